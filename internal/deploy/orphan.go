package deploy

import "slices"

// Orphan is a deployment whose run has ended without saying how it went: its runner was lost, for example.
// Whoever deploys next says so in its place.
type Orphan struct {
	CreatedByRun
	SHA     string // "" where only its lock tells of it
	Created bool   // there is a deployment on GitHub
}

// findOrphans finds what was lost in the environment: deployments that look as if they were under way, and one
// that came no further than its lock.
func findOrphans(f Facts, left LockState) []Orphan {
	var all []Orphan
	for _, d := range f.Live {
		if d.Running() && d.CreatedBy.State == RunEnded {
			all = append(all, Orphan{CreatedByRun: d.CreatedBy, SHA: d.SHA, Created: true})
		}
	}
	if held := left.Lock.Document; left.Status == Stale && left.Lock.Run == RunEnded && held.Version != "" {
		run := RunID{ID: held.RunID, Attempt: held.RunAttempt}
		if !slices.ContainsFunc(all, func(one Orphan) bool { return one.Run == run }) {
			all = append(all, Orphan{CreatedByRun: CreatedByRun{Run: run, Product: held.Product, Version: held.Version, State: RunEnded}})
		}
	}
	return all
}
