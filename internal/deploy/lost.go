package deploy

import "slices"

// Lost is a deployment whose run has ended without saying how it went: its runner was lost, for example.
// Whoever deploys next says so in its place.
type Lost struct {
	Maker
	SHA     string // "" where only its lock tells of it
	Created bool   // there is a deployment on GitHub
}

// findLost finds what was lost in the environment: deployments that look as if they were under way, and one
// that came no further than its lock.
func findLost(f Facts, left LockState) []Lost {
	var all []Lost
	for _, d := range f.Live {
		if d.Running() && d.Maker.State == RunEnded {
			all = append(all, Lost{Maker: d.Maker, SHA: d.SHA, Created: true})
		}
	}
	if held := left.Lock.Document; left.Hold == Left && left.Lock.Run == RunEnded && held.Version != "" {
		run := RunID{ID: held.RunID, Attempt: held.RunAttempt}
		if !slices.ContainsFunc(all, func(one Lost) bool { return one.Run == run }) {
			all = append(all, Lost{Maker: Maker{Run: run, Product: held.Product, Version: held.Version, State: RunEnded}})
		}
	}
	return all
}
