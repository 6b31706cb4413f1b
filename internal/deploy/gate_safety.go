package deploy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// safetyGate wants the commit to be older than the command: a later one is not what the actor meant.
func safetyGate() Gate {
	return Gate{
		Name: "safety", Parts: safetyParts, Check: checkSafety,
		Needs: func(k *Case, n *Needs) {
			n.Pushes, n.StablePushes = k.DeploysHead(), k.rerunsRollback()
			if n.Pushes || n.StablePushes {
				n.Asked = k.Event.Comment.CreatedAt
			}
		},
		Advice: func(k *Case) []Part {
			if !k.DeploysHead() {
				return nil
			}
			return []Part{PushesPart}
		},
	}
}

func safetyParts(k *Case) []Part {
	if k.rerunsRollback() {
		return append(k.sourceParts(), PushesPart)
	}
	return k.sourceParts()
}

// rerunsRollback reports whether a run that deploys the stable branch was started again: whatever was merged since the
// command would be deployed.
func (k *Case) rerunsRollback() bool { return k.Command.StableBranch && k.Event.Rerun() }

func checkSafety(k *Case) Finding {
	commit := k.Target.Commit
	if commit.SHA == "" {
		return pass("without a commit there is no date to check")
	}
	text, hint := tooLate(k, commit)
	_, unread := k.Missing(PushesPart)
	switch {
	case text == "" && k.DeploysHead() && !commit.PushedAt.OK && !unread:
		return Finding{Level: Warn, Text: "GitHub does not say when the branch got the commit " + markdown.Code(Short(commit.SHA)) + "."}
	case k.rerunsRollback():
		return checkRerunRollback(k, commit)
	case text == "":
		return pass("the commit is older than the command")
	case k.Command.GoesBack():
		return Finding{Level: Warn, Text: text}
	}
	return block(CommitSafetyFailed, text, hint)
}

func checkRerunRollback(k *Case, commit Commit) Finding {
	asked, pushed := k.Event.Comment.CreatedAt, commit.PushedAt
	stable, name := markdown.Code(k.Config.StableBranch), markdown.Code(Short(commit.SHA))
	typed := k.typed(trigger(k.Command.Kind, k.Config.Commands), k.Target.Environment)
	again := "Write the command in a new comment: " + markdown.Code(typed) + "."
	switch {
	case asked.IsZero() || !pushed.OK:
		return block(CommitSafetyFailed, "This run was started again, and GitHub does not say whether "+stable+" got the commit "+name+" before the command.", again)
	case pushed.Value.After(asked):
		return block(CommitSafetyFailed, "This run was started again, and "+stable+" got the commit "+name+" after the command: "+dates(pushed.Value, asked)+".", again)
	}
	return pass("the stable branch had the commit before the command")
}

// tooLate trusts GitHub's own times more than the author's, which can be chosen freely: when the head branch got the
// commit, or else when the commit got its first check. Neither is known of a commit that cannot be exchanged.
func tooLate(k *Case, commit Commit) (text, hint string) {
	const again = "Look at the newest commits of the pull request, then write the command in a new comment."
	asked, name := k.Event.Comment.CreatedAt, markdown.Code(Short(commit.SHA))
	if asked.IsZero() {
		return "The event does not say when the command was written.", "Write the command in a new comment."
	}
	if k.DeploysHead() {
		switch pushed, seen := commit.PushedAt, commit.SeenAt; {
		case pushed.OK && pushed.Value.After(asked):
			return "The branch got the commit " + name + " after the command: " + dates(pushed.Value, asked) + ".", again
		case pushed.OK:
			return "", ""
		case seen != nil && seen.After(asked):
			return "GitHub first checked the commit " + name + " after the command, and does not say when it was pushed: " + dates(*seen, asked) + ".", again
		case seen == nil && k.Pull.CrossRepo:
			return "GitHub does not say when the fork got the commit " + name + ".", "Wait until a check has begun on it, then write the command in a new comment."
		case seen != nil:
			return "", ""
		}
	}
	switch {
	case !commit.AuthoredAt.OK:
		return "GitHub did not say when the commit " + name + " was written.", "Wait a moment and run the command again."
	case commit.AuthoredAt.Value.After(asked):
		return "The commit " + name + " was written after the command: " + dates(commit.AuthoredAt.Value, asked) + ".",
			again + " If the author's clock is wrong, amend the commit and push it."
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
	case k.Command.GoesBack() && !k.Config.Origin.VerifyRollbacks:
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
