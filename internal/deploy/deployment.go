package deploy

import (
	"slices"
	"time"
)

// OwnPayloadType is the type in the payload of deployments that count as our own: ours, and those of branch-deploy.
const OwnPayloadType = "branch-deploy"

// Deployment is one deployment of one environment.
type Deployment struct {
	Environment string
	SHA         string
	TreeSHA     string // of that commit
	State       string // as GraphQL's DeploymentState spells it
	Own         bool   // the payload is ours, or that of branch-deploy
	Version     string // from our own payload, "" when it has none
	Succeeded   bool   // one of its statuses is a success
	Creator     string
	LogURL      string
	CreatedAt   time.Time
	CreatedBy   CreatedByRun // zero for deployments of other tools
}

// CreatedByRun is the run that created a deployment of ours, with what it reported to the tracking endpoint.
type CreatedByRun struct {
	Run     RunID
	Comment int64 // the comment that has the command
	Product string
	Version string
	State   RunState // of deployments that are in progress
}

// The states of a deployment that gates compare.
const (
	Active   = "ACTIVE"   // its newest status is a success
	Inactive = "INACTIVE" // a newer deployment replaced it, or it was taken down
)

// InProgress reports whether the deployment has not ended, or waits for its turn.
func (d Deployment) InProgress() bool {
	return slices.Contains([]string{"IN_PROGRESS", "QUEUED", "PENDING", "WAITING"}, d.State)
}

// Failed reports whether the deployment was tried and failed.
func (d Deployment) Failed() bool { return d.State == "FAILURE" || d.State == "ERROR" }

// Running returns the newest deployment that ever succeeded, nil where there is none, or where it is inactive now.
func Running(deployments []Deployment) *Deployment {
	i := slices.IndexFunc(deployments, func(d Deployment) bool { return d.Succeeded || d.State == Active })
	if i < 0 || deployments[i].State == Inactive {
		return nil
	}
	return &deployments[i]
}

func newestOwn(deployments []Deployment) int {
	return slices.IndexFunc(deployments, func(d Deployment) bool { return d.Own })
}

// Orphan is a deployment whose run has ended without reporting a result; the next deployment closes it.
type Orphan struct {
	CreatedByRun
	SHA     string // "" where only its lock is left
	Created bool   // there is a deployment on GitHub
}

// orphans lists deployments that only look as if they were in progress, and one that came no further than its lock.
func orphans(k *Case) []Orphan {
	var all []Orphan
	for _, d := range k.Live {
		if d.InProgress() && d.CreatedBy.State == RunEnded {
			all = append(all, Orphan{CreatedByRun: d.CreatedBy, SHA: d.SHA, Created: true})
		}
	}
	left := k.Locks.Target
	if held := left.Lock.Document; left.Status == Stale && left.Lock.Run == RunEnded && held.Version != "" {
		run := RunID{ID: held.RunID, Attempt: held.RunAttempt}
		if !slices.ContainsFunc(all, func(one Orphan) bool { return one.Run == run }) {
			all = append(all, Orphan{CreatedByRun: CreatedByRun{Run: run, Product: held.Product, Version: held.Version, State: RunEnded}})
		}
	}
	return all
}
