package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Abandon plans the way out of a start that failed: what was begun is taken back, and then the pull request says why.
func Abandon(l Ledger, problem deploy.Problem) []Step {
	steps := withdraw(l, []deploy.Finding{{Text: problem.Text}})
	if l.Pull == 0 {
		return steps
	}
	steps = append(steps, answer(l, message.Failed(l.Subject, problem), "-1")...)
	if l.PromptID != 0 && l.Answer == deploy.NoAnswer {
		steps = append(steps, Step{Effect: edit(l, l.PromptID, PromptComment, message.Unanswered(l.Subject, l.Timeout)), Concurrent: true})
	}
	return steps
}

// withdraw takes back what a start has brought about so far. A deployment that has ended stays as it is, whatever
// became of the record of it.
func withdraw(l Ledger, why []deploy.Finding) []Step {
	if l.Records {
		return nil
	}
	var steps []Step
	reason := "the start was called off"
	if len(why) > 0 {
		reason += ": " + why[0].Text
	}
	if l.Attempted || l.DeploymentID != 0 {
		steps = append(steps, Step{Effect: status(l, "error", "aborted: the deployment did not start"), Must: true, Concurrent: true})
	}
	if l.Announced {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	if l.Notified {
		steps = append(steps, Step{Effect: NotifySinks{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	return append(steps, releaseOwn(l)...)
}

// Interrupted says why a start that was found half done is abandoned.
func Interrupted() deploy.Problem {
	return deploy.Problem{
		Text: "The start was interrupted before the deployment was fully set up: the job was cancelled, or its runner died.",
		Hint: "Run the command again.",
	}
}

// CloseOrphan ends the GitHub deployment of a run that was lost, unless it has ended meanwhile.
type CloseOrphan struct {
	Environment string
	CreatedBy   deploy.CreatedByRun
}

func (CloseOrphan) effect()        {}
func (CloseOrphan) String() string { return "end the deployment of a run that was lost" }

// WhyOrphaned says what became of a deployment whose run was lost.
const WhyOrphaned = "aborted: its run ended without saying how it went"

func closeOrphans(l Ledger, d deploy.Decision) []Step {
	var steps []Step
	for _, orphan := range d.Orphans {
		if orphan.Created {
			steps = append(steps, Step{Effect: CloseOrphan{Environment: d.Target.Environment, CreatedBy: orphan.CreatedByRun}, Concurrent: true})
		}
		if l.Tracks() {
			aborted := RecordEvent{Status: config.Aborted, Message: WhyOrphaned, Orphan: &orphan}
			steps = append(steps, Step{Effect: aborted, Concurrent: true})
		}
	}
	return steps
}
