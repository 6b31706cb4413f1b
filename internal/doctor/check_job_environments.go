package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkJobEnvironments looks for jobs for which GitHub creates deployments by itself, beside those of
// Lockstep. Each is the newest one of its environment, whatever came of the gates.
func checkJobEnvironments(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.having(Commands, Tracks) {
		jobs := append([]workflow.Job{use.In}, use.Workflow.After(use.Job)...)
		for _, job := range jobs {
			if job.Environment.Deploys && use.Settings.OrderScope != config.OwnDeployments && use.Settings.Knows("deployment_order_scope") {
				found = append(found, e.makesDeployments(use, job))
			}
		}
	}
	return orFine(found, "no job makes deployments beside those of Lockstep")
}

func (e Examination) makesDeployments(use StepRef, job workflow.Job) deploy.Finding {
	name := job.Environment.Name
	if job.Environment.Computed {
		name = "…"
	}
	finding := deploy.Finding{
		Level: deploy.Warn,
		Text:  Place{use.File, job.ID}.where() + ": for its `environment:` GitHub creates a second deployment.",
		Hint:  "Write " + markdown.Code("environment: {name: "+name+", deployment: false}") + ": secrets and protection rules stay.",
	}
	if e.misleads(use, job.Environment) {
		finding.Level = deploy.Block
		finding.Text += " The enforced order goes by the newest one, so that later environments are refused, or let in too early."
		finding.Hint += " On a GitHub that does not know the setting, set `deployment_order_scope: own`."
	}
	return finding
}

// misleads reports whether the order goes by the deployments that GitHub creates for a job. A step that only
// records is later than its job, and so is its deployment.
func (e Examination) misleads(use StepRef, environment workflow.Environment) bool {
	return use.Role == Commands && slices.ContainsFunc(append(e.Settings(), use.Settings), func(c Settings) bool {
		return c.goesByAll() && (environment.Computed || slices.Contains(c.Order, environment.Name))
	})
}
