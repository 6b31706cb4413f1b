package doctor

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// unborn reports environments that the rules file names and GitHub does not have.
func (e Examination) unborn() []deploy.Finding {
	named := gather(e.Settings(), func(c Settings) []string {
		if c.Policy == nil {
			return nil
		}
		return c.Policy.Names()
	})
	missing := slices.DeleteFunc(named, func(name string) bool {
		return slices.ContainsFunc(e.Facts.Environments, func(one checkup.Environment) bool { return envname.Same(one.Name, name) })
	})
	if len(missing) == 0 || e.Facts.Unlisted {
		return nil
	}
	return []deploy.Finding{warn(
		"The rules file names environments that GitHub does not have: "+markdown.Codes(missing, ", ")+".",
		"Correct a name that is mistyped. GitHub creates the others with their first deployment; to give them secrets and protection rules before, create them in the repository's settings.",
	)}
}

func (s Setup) ordered() []Settings {
	return slices.DeleteFunc(s.Settings(), func(c Settings) bool { return len(c.Order) == 0 && len(c.earlier()) == 0 })
}

// checkOrder looks for commands that the enforced order will always refuse, and for environments that it forgets.
func checkOrder(e Examination, c Settings) []deploy.Finding {
	if len(c.Order) == 0 { // the rules file has no such mistakes
		return e.foreign(c)
	}
	return append(orderMistakes(c), e.foreign(c)...)
}

func orderMistakes(c Settings) []deploy.Finding {
	const correct = "Correct `enforced_deployment_order` or `environment_targets`."
	var found []deploy.Finding
	if left := unlisted(c.targets(), c.Order); len(left) > 0 {
		found = append(found, block("The enforced order does not say where these belong, and always refuses deployments to them: "+markdown.Codes(left, ", ")+".", correct))
	}
	if left := unlisted(c.Order, c.reachable()); len(left) > 0 && c.Knows("environment_targets", "environment") {
		found = append(found, block("No command can deploy to these; what comes after them in the enforced order is out of reach: "+markdown.Codes(left, ", ")+".", correct))
	}
	if len(c.Order) == 1 {
		found = append(found, warn("The enforced order names a single environment: it enforces nothing.", correct))
	}
	return found
}

func (e Examination) foreign(c Settings) []deploy.Finding {
	if !c.listsAll() {
		return nil
	}
	var found []deploy.Finding
	for _, environment := range c.earlier() {
		if problem, missing := e.Facts.Deploy.Unavailable[deploy.DeploymentsPart+deploy.Part(environment)]; missing {
			found = append(found, warn(problem.Text, problem.Hint))
			continue
		}
		newest := e.Facts.Deploy.Deployments[environment]
		if len(newest) == 0 || newest[0].Own {
			continue
		}
		found = append(found, warn(
			"The newest deployment to "+markdown.Code(environment)+" was made by "+markdown.Code(newest[0].Creator)+" and not by Lockstep; the order goes by it.",
			"If a job's `environment:` makes such deployments, write `environment: {name: …, deployment: false}` there, or set `deployment_order_scope: own`.",
		))
	}
	return found
}

func checkEnvironments(e Examination) []deploy.Finding {
	known := gather(e.Settings(), Settings.targets)
	if len(known) == 0 {
		return nil
	}
	if problem := e.unavailable(checkup.EnvironmentsPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, target := range known {
		i := slices.IndexFunc(e.Facts.Environments, func(one checkup.Environment) bool { return envname.Same(one.Name, target) })
		if i < 0 {
			found = append(found, e.mistyped(target, known)...)
			continue
		}
		environment := e.Facts.Environments[i]
		if environment.Name != target {
			found = append(found, warn(
				"The environment "+markdown.Code(target)+" is called "+markdown.Code(environment.Name)+" on GitHub.",
				"Use one spelling: the order and locks tell them apart.",
			))
		}
		found = append(found, e.bypassed(environment)...)
	}
	found = append(found, e.unborn()...)
	return orFine(found, "the environments of commands are those of the repository, or do not exist yet: "+markdown.Codes(known, ", "))
}

// mistyped reports a target that looks like another environment. One that is like no other is created by its
// first deployment, and one that is like another target is meant.
func (e Examination) mistyped(target string, known []string) []deploy.Finding {
	for _, one := range e.Facts.Environments {
		if slices.ContainsFunc(known, func(other string) bool { return envname.Same(other, one.Name) }) {
			continue
		}
		distance := levenshtein.ComputeDistance(strings.ToLower(target), strings.ToLower(one.Name))
		if !e.Facts.Unlisted && distance*3 < len(target) {
			return []deploy.Finding{warn(
				"The repository has no environment "+markdown.Code(target)+", but one that is called "+markdown.Code(one.Name)+".",
				"If that is the one, correct `environment_targets`; otherwise GitHub creates the other one with its first deployment.",
			)}
		}
	}
	return nil
}

// bypassed reports protection rules that no job waits for: GitHub applies them to jobs with "environment:" alone.
func (e Examination) bypassed(environment checkup.Environment) []deploy.Finding {
	waits := func(job workflow.Job) bool {
		return job.Uses != "" || job.Environment.Computed || envname.Same(job.Environment.Name, environment.Name)
	}
	names := func(use StepRef) bool { return slices.ContainsFunc(use.Workflow.Jobs, waits) }
	if len(environment.Rules) == 0 || len(e.Uses) == 0 || slices.ContainsFunc(e.Uses, names) {
		return nil
	}
	rules := make([]string, len(environment.Rules))
	for i, rule := range environment.Rules {
		rules[i] = strings.ReplaceAll(strings.ToLower(rule), "_", " ")
	}
	return []deploy.Finding{warn(
		markdown.Code(environment.Name)+" has protection rules on GitHub ("+markdown.Codes(rules, ", ")+"), but no job waits for them.",
		"They apply to jobs with `environment:`. Let the job that deploys have `environment: {name: …, deployment: false}`.",
	)}
}

// checkJobEnvironments looks for jobs for which GitHub creates deployments by itself, next to those of
// Lockstep. Each is the newest one of its environment, no matter what the gates say.
func checkJobEnvironments(e Examination, use StepRef) []deploy.Finding {
	creates := use.Role == Commands || use.Role == Tracks
	if !creates || use.Settings.OrderScope.OwnOnly() || !use.Settings.Knows("deployment_order_scope") {
		return nil
	}
	var found []deploy.Finding
	for _, job := range append([]workflow.Job{use.In}, use.Workflow.After(use.Job)...) {
		if job.Environment.Deploys {
			found = append(found, e.secondDeployment(use, job))
		}
	}
	return found
}

func (e Examination) secondDeployment(use StepRef, job workflow.Job) deploy.Finding {
	name := job.Environment.Name
	if job.Environment.Computed {
		name = "…"
	}
	finding := warn(
		Place{use.File, job.ID}.where()+": for its `environment:` GitHub creates a second deployment.",
		"Write "+markdown.Code("environment: {name: "+name+", deployment: false}")+": secrets and protection rules stay.",
	)
	if e.affectsOrder(use, job.Environment) {
		finding.Level = deploy.Block
		finding.Text += " The enforced order goes by the newest one: later environments are refused, or let in too early."
		finding.Hint += " On a GitHub that does not know the setting, set `deployment_order_scope: own`."
	}
	return finding
}

// affectsOrder reports whether the order goes by the deployments that GitHub creates for a job. A step that only
// records is later than its job, and so is its deployment.
func (e Examination) affectsOrder(use StepRef, environment workflow.Environment) bool {
	return use.Role == Commands && slices.ContainsFunc(append(e.Settings(), use.Settings), func(c Settings) bool {
		return c.listsAll() && (environment.Computed || envname.Contains(slices.Concat(c.Order, c.earlier()), environment.Name))
	})
}
