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

func endLabels(s message.Subject, c config.Labels) (success, failure Labels) {
	good, bad, skip := c.Deployed, c.DeployFailed, c.SkipDeployedIfApproved
	if s.Noop {
		good, bad, skip = c.Noop, c.NoopFailed, c.SkipNoopIfApproved
	}
	success, failure = Labels{Add: good, Remove: bad}, Labels{Add: bad, Remove: good}
	if skip && s.Reviews != nil && s.Reviews.Decision == "APPROVED" {
		success.Add = nil
	}
	return success, failure
}

func labels(l Ledger, s config.Status) []Step {
	ended := l.End.Failure
	if s == config.Completed {
		ended = l.End.Success
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
