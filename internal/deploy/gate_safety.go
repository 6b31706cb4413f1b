package deploy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// safetyGate wants the commit to be older than the command: a later one is not what the actor meant.
func safetyGate() Gate {
	return Gate{Name: "safety", Parts: (*Case).sourceParts, Check: checkSafety}
}

func checkSafety(k *Case) Finding {
	commit := k.Target.Commit
	if commit.SHA == "" {
		return pass("without a commit there is no date to check")
	}
	text, hint := tooLate(k, commit)
	switch {
	case text == "":
		return pass("the commit is older than the command")
	case k.Command.StableBranch:
		return Finding{Level: Warn, Text: text}
	}
	return block(CommitSafetyFailed, text, hint)
}

// tooLate looks at when GitHub first saw a head as well, because the author's date can be chosen freely. Not so for a
// commit that cannot be exchanged, which may have got its first check long after its push.
func tooLate(k *Case, commit Commit) (text, hint string) {
	const again = "Look at the newest commits of the pull request, then write the command in a new comment."
	asked, name := k.Event.Comment.CreatedAt, markdown.Code(Short(commit.SHA))
	authored := commit.AuthoredAt.Value
	switch {
	case asked.IsZero():
		return "The event does not say when the command was written.", "Write the command in a new comment."
	case !commit.AuthoredAt.OK:
		return "GitHub did not say when the commit " + name + " was written.", "Wait a moment and run the command again."
	case authored.After(asked):
		return "The commit " + name + " was written after the command: " + dates(authored, asked) + ".", again
	case k.DeploysHead() && commit.SeenAt != nil && commit.SeenAt.After(asked):
		return "The commit " + name + " reached GitHub after the command: " + dates(*commit.SeenAt, asked) + ".", again
	}
	return "", ""
}

func dates(commit, asked time.Time) string {
	return "at " + FormatTime(commit) + ", and the command at " + FormatTime(asked)
}

// verificationGate wants the commit to have a signature that GitHub verified before the command was written.
func verificationGate() Gate {
	needs := func(k *Case, n *Needs) { n.Signatures = k.Config.Origin.Verification }
	return Gate{Name: "verification", Needs: needs, Check: checkVerification, Parts: func(k *Case) []Part {
		if !k.Config.Origin.Verification {
			return nil
		}
		return k.sourceParts()
	}}
}

func checkVerification(k *Case) Finding {
	switch {
	case !k.Config.Origin.Verification:
		return pass("signatures do not matter")
	case k.Target.Commit.SHA == "":
		return pass("without a commit there is no signature to check")
	}
	text, hint := unverified(k, k.Target.Commit)
	switch {
	case text == "":
		return pass("the commit has a verified signature")
	case k.Command.StableBranch && !k.Config.Origin.VerifyRollbacks:
		return Finding{Level: Warn, Text: text}
	}
	return block(CommitSafetyFailed, text, hint)
}

func unverified(k *Case, commit Commit) (text, hint string) {
	const sign = "Sign the commit with a key that GitHub knows, push it, and run the command again."
	asked, name := k.Event.Comment.CreatedAt, markdown.Code(Short(commit.SHA))
	switch {
	case !commit.Verified && commit.Signature != "":
		return "The signature of the commit " + name + " is not verified: GitHub calls it " + markdown.Code(commit.Signature) + ".", sign
	case !commit.Verified:
		return "The commit " + name + " is not signed.", sign
	case !commit.VerifiedAt.OK:
		return "GitHub does not say when it verified the signature of the commit " + name + ".",
			"Wait a moment and run the command again."
	case commit.VerifiedAt.Value.After(asked):
		return "The signature of the commit " + name + " was verified after the command: " + dates(commit.VerifiedAt.Value, asked) + ".",
			"Look at the newest commits of the pull request, then write the command in a new comment."
	}
	return "", ""
}
