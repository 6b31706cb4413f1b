package deploy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Origin is what GitHub says of a workflow run that deployments name.
type Origin struct {
	Run       int64
	Exists    bool
	File      string // the path of the workflow
	Event     string
	Contained bool             // its commit is part of the default branch; asked only where it matters
	Attempt   Known[int]       // the newest one
	Going     bool             // it has not ended
	CreatedAt Known[time.Time] // the first attempt
	UpdatedAt Known[time.Time] // of one that has ended: when it did
}

// OfDefaultBranch reports whether GitHub runs an event with workflow files of the default branch only.
func OfDefaultBranch(event string) bool {
	return slices.Contains([]string{"issue_comment", "repository_dispatch", "schedule", "workflow_run"}, event)
}

// OfItsCommit reports whether GitHub runs an event with the workflow file of the commit that it is about, in this
// repository. The commit may be any: a tag may have the name of the default branch.
func OfItsCommit(event string) bool {
	return slices.Contains([]string{"push", "release", "workflow_dispatch"}, event)
}

// trusted reports whether the run is of a workflow file on the default branch.
func (o Origin) trusted() bool {
	return strings.HasPrefix(o.File, ".github/workflows/") && (OfDefaultBranch(o.Event) || OfItsCommit(o.Event) && o.Contained)
}

// spans reports whether something happened while the run was going on.
func (o Origin) spans(at time.Time) bool {
	begun := o.CreatedAt.OK && !at.Before(o.CreatedAt.Value)
	return begun && (o.Going || o.UpdatedAt.OK && !at.After(o.UpdatedAt.Value))
}

// Vouching returns which of an environment's deployments says what Lockstep put there, and whether it says that this
// runs there: the newest of ours, if it is active, or was until a deployment of another tool succeeded.
func Vouching(deployments []Deployment) (position int, runs bool) {
	position = newestOwn(deployments)
	return position, position >= 0 && stillRuns(deployments, position)
}

// unreadableBefore reports whether a deployment that may be ours is newer than the one at a position, or there is one at all
// where the position is -1.
func unreadableBefore(deployments []Deployment, position int) bool {
	at := slices.IndexFunc(deployments, func(d Deployment) bool { return d.Unreadable })
	return at >= 0 && (position < 0 || at < position)
}

// stillRuns takes the deployment of another tool for no sign: it makes GitHub set ours to inactive, which says nothing
// about our commit.
func stillRuns(deployments []Deployment, position int) bool {
	d := deployments[position]
	return d.State == Active || d.State == Inactive && d.Succeeded && replaced(deployments, position)
}

// replaced reports whether a newer deployment has succeeded, which makes GitHub set the one at a position to inactive. One
// that has not leaves a single explanation: it was taken down.
func replaced(deployments []Deployment, position int) bool {
	return slices.ContainsFunc(deployments[:position], Deployment.everRan)
}

// doubt returns why a deployment does not prove that the run it names made it, "" for one that does. The deployments
// are those of its environment, newest first.
func doubt(deployments []Deployment, position int, origins []Origin) string {
	d := deployments[position]
	run := d.CreatedBy.Run
	i := slices.IndexFunc(origins, func(o Origin) bool { return o.Run == run.ID })
	switch {
	case run.ID <= 0:
		return "it names no run of Lockstep"
	case d.Moved:
		return "it was made for another environment, and a status has moved it"
	case i < 0:
		return fmt.Sprintf("the run %d that it names was not looked up", run.ID)
	case !origins[i].Exists:
		return fmt.Sprintf("GitHub shows no run %d, which it names, or the token lacks `actions: read`", run.ID)
	case !origins[i].trusted():
		return fmt.Sprintf("the run %d that it names is not of a workflow file on the default branch", run.ID)
	case run.Attempt < 1 || !origins[i].Attempt.OK || run.Attempt > origins[i].Attempt.Value:
		return fmt.Sprintf("the run %d that it names has no attempt %d", run.ID, run.Attempt)
	case !origins[i].spans(d.CreatedAt):
		return fmt.Sprintf("it was not created while the run %d that it names was going on", run.ID)
	}
	return rivals(deployments, position, origins[i])
}

// rivals looks for another deployment that names the same run and attempt, for whatever comment: one of the two is
// forged. One from outside of the run's time certainly is, and says nothing of the other. All that were created since
// the run began have to be known for that.
func rivals(deployments []Deployment, position int, origin Origin) string {
	run := deployments[position].CreatedBy.Run
	for i, other := range deployments {
		if i != position && other.CreatedBy.Run == run && origin.spans(other.CreatedAt) {
			return fmt.Sprintf("another deployment names the same attempt of the run %d", run.ID)
		}
	}
	if last := deployments[len(deployments)-1]; !last.First && !last.CreatedAt.Before(origin.CreatedAt.Value) {
		return fmt.Sprintf("there are too many deployments since the run %d that it names began", run.ID)
	}
	return ""
}
