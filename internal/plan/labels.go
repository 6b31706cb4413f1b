package plan

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/message"
)

// AddLabels adds labels to a pull request.
type AddLabels struct {
	Pull  int
	Names []string
}

func (AddLabels) effect()          {}
func (a AddLabels) String() string { return "add the labels " + strings.Join(a.Names, ", ") }

// RemoveLabel takes a label off a pull request, if it is there.
type RemoveLabel struct {
	Pull int
	Name string
}

func (RemoveLabel) effect()          {}
func (r RemoveLabel) String() string { return "remove the label " + r.Name }

// Labels are what a pull request gets and loses when its deployment ends.
type Labels struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// settleLabels settles the labels of the end. What a rollback has added stays until something else is deployed there.
// No label of another environment is removed.
func (e *EndSettings) settleLabels(s message.Subject, of config.Config) {
	c, elsewhere := of.Labels.For(s.Environment), of.Elsewhere(s.Environment)
	isElsewhere := func(name string) bool {
		return slices.ContainsFunc(elsewhere, func(other string) bool { return strings.EqualFold(name, other) })
	}
	good, bad, skip := c.Deployed, c.DeployFailed, c.SkipDeployedIfApproved
	if s.Noop {
		good, bad, skip = c.Noop, c.NoopFailed, c.SkipNoopIfApproved
	}
	e.Success, e.Failure, e.TakenBack = Labels{Add: good, Remove: bad}, Labels{Add: bad, Remove: good}, nil
	if skip && s.Reviews != nil && s.Reviews.Decision == "APPROVED" {
		e.Success.Add = nil
	}
	switch {
	case s.Noop:
	case s.Rollback != nil:
		e.Success.Add = slices.Concat(e.Success.Add, c.RolledBack)
	default:
		e.Success.Remove, e.TakenBack = slices.Concat(bad, c.RolledBack), c.RolledBack
	}
	e.Success.Remove = slices.DeleteFunc(slices.Clone(e.Success.Remove), isElsewhere)
	e.Failure.Remove = slices.DeleteFunc(slices.Clone(e.Failure.Remove), isElsewhere)
}

func labels(l Ledger, ending message.Ending) []Step {
	ended := l.End.Failure
	switch {
	case ending.Status == config.Completed:
		ended = l.End.Success
	case ending.TakenBack():
		ended.Add = slices.Concat(ended.Add, l.End.TakenBack)
	}
	var steps []Step
	for _, name := range ended.Remove {
		if !slices.ContainsFunc(ended.Add, func(other string) bool { return strings.EqualFold(name, other) }) {
			steps = append(steps, Step{Effect: RemoveLabel{Pull: l.Pull, Name: name}, Must: true, Concurrent: true})
		}
	}
	if len(ended.Add) > 0 {
		steps = append(steps, Step{Effect: AddLabels{Pull: l.Pull, Names: ended.Add}, Must: true, Concurrent: true})
	}
	return steps
}
