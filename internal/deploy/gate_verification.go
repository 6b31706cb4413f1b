package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkVerification wants the commit to carry a signature that GitHub verified before the command was
// written. A rollback is only warned, unless it is held to that too.
func checkVerification(r Request, c config.Config, f Facts) Finding {
	t := target(r, c, f)
	switch {
	case !c.Origin.Verification:
		return Finding{Text: "signatures do not matter"}
	case t.Commit.SHA == "":
		return Finding{Text: "without a commit there is no signature to look at"}
	}
	text, hint := unverified(r, t.Commit)
	switch {
	case text == "":
		return Finding{Text: "the commit has a verified signature"}
	case r.Command.StableBranch && !c.Origin.VerifyRollbacks:
		return Finding{Level: Warn, Text: text}
	}
	return Finding{Level: Block, Code: CommitSafetyFailed, Text: text, Hint: hint}
}

// unverified says what speaks against the commit's signature, "" when nothing does.
func unverified(r Request, commit Commit) (text, hint string) {
	asked, name := r.Event.Comment.CreatedAt, markdown.Code(Short(commit.SHA))
	switch {
	case !commit.Verified && commit.Signature != "":
		return "The signature of the commit " + name + " is not verified: GitHub calls it " + markdown.Code(commit.Signature) + ".",
			"Sign the commit with a key that GitHub knows, push it, and run the command again."
	case !commit.Verified:
		return "The commit " + name + " is not signed.",
			"Sign the commit with a key that GitHub knows, push it, and run the command again."
	case commit.VerifiedAt.IsZero():
		return "GitHub does not say when it verified the signature of the commit " + name + ".",
			"Wait a moment and run the command again."
	case commit.VerifiedAt.After(asked):
		return "The signature of the commit " + name + " was verified after the command: " + dates(commit.VerifiedAt, asked) + ".",
			"Look at the newest commits of the pull request, then write the command in a new comment."
	}
	return "", ""
}
