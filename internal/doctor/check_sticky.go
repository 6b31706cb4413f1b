package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// checkSticky looks whether locks that deployments keep are freed when their pull request has ended.
func checkSticky(e Examination) []deploy.Finding {
	sticky := slices.ContainsFunc(e.Settings(), func(c Settings) bool {
		return !c.Locks.Disabled && (c.Locks.Sticky || c.Locks.StickyNoop) && c.Locks.Expiry == 0 && c.Knows("lock_expiry")
	})
	if _, unread := e.Facts.Unread[FilesPart]; !sticky || unread || len(e.Files) == 0 {
		return nil
	}
	if len(e.having(Unlocks, Unclear)) > 0 {
		return fine("a workflow frees the locks of pull requests that have ended")
	}
	return []deploy.Finding{{
		Level: deploy.Warn, Text: "Deployments keep their locks, also when the pull request is merged, and no workflow frees them then.",
		Hint: "Add one with `unlock_on_merge_mode: true`, as `docs/merge-modes.md` of the action shows it, or free them with `.unlock`.",
	}}
}
