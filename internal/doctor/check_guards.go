package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkGuards looks for steps and jobs that run no matter what the action said. A refusal ends the job, but `.help`,
// `.lock` and comments that are no command do not.
func checkGuards(e Examination, use StepRef) []deploy.Finding {
	g := guarding{Examination: e, use: use}
	g.guarded = g.anythingAsks()
	found := g.steps()
	if !g.ends(use.In.Steps[use.At+1:]) {
		found = append(found, g.jobs()...)
	}
	return found
}

// guarding is a step that answers commands, with what comes behind it.
type guarding struct {
	Examination
	use     StepRef
	guarded bool // something waits for what the step says
}

func (g guarding) steps() []deploy.Finding {
	var found []deploy.Finding
	for i := g.use.At + 1; i < len(g.use.In.Steps); i++ {
		step := g.use.In.Steps[i]
		if g.ends([]workflow.Step{step}) {
			break
		}
		if g.harmless(step) {
			continue
		}
		hint := "If it is there for deployments, give it " + markdown.Code("if: steps."+stepID(g.use)+".outputs.continue == 'true'")
		if g.use.Step.ID == "" {
			hint += ", and the step of the action `id: lockstep`"
		}
		found = append(found, deploy.Finding{
			Level: g.level(step.If, step), Hint: hint + ".",
			Text: fmt.Sprintf("%s: the step %s runs after every command, also after `.help`.", g.use.where(), stepName(step, i)),
		})
	}
	return found
}

func (g guarding) jobs() []deploy.Finding {
	var found []deploy.Finding
	for _, job := range g.use.Workflow.After(g.use.Job) {
		if g.waits(job) || g.behind(job) {
			continue
		}
		found = append(found, deploy.Finding{
			Level: g.level(job.If, append(slices.Clone(job.Steps), workflow.Step{With: job.With})...), Text: Place{g.use.File, job.ID}.where() + ": it runs after every command, also after `.help`.",
			Hint: "If it is there for deployments, give it " + g.jobCondition() + ".",
		})
	}
	return found
}

// jobCondition is what makes a job wait. A call of the reusable workflow has all outputs that it needs.
func (g guarding) jobCondition() string {
	continues := "needs." + g.use.Job + ".outputs.continue == 'true'"
	if g.use.Called {
		return markdown.Code("if: " + continues + " && needs." + g.use.Job + ".outputs.run_attempt == github.run_attempt")
	}
	return markdown.Code("if: "+continues) + ", and the job " + markdown.Code(g.use.Job) + " that output"
}

// level separates mistakes from what can be meant. It is a mistake where nothing at all waits, where something
// that makes use of a deployment has no condition, and where a condition is a text, which is always true.
func (g guarding) level(condition string, steps ...workflow.Step) deploy.Level {
	if !g.guarded || workflow.AlwaysTrue(condition) || condition == "" && slices.ContainsFunc(steps, usesDeployment) {
		return deploy.Block
	}
	return deploy.Warn
}

func usesDeployment(step workflow.Step) bool {
	return slices.ContainsFunc(texts(step), func(text string) bool {
		return mentions(text, "sha", "ref", "environment", "noop", "params")
	})
}

// anythingAsks reports whether any step or job looks at what the step said.
func (g guarding) anythingAsks() bool {
	return g.use.Called || slices.ContainsFunc(g.use.In.Steps[g.use.At+1:], g.stepAsks) ||
		slices.ContainsFunc(g.use.Workflow.After(g.use.Job), g.jobAsks) ||
		g.use.Workflow.Starts("workflow_call") && g.asks(values(g.use.In.Outputs)...)
}

func (g guarding) stepAsks(step workflow.Step) bool {
	return g.use.isAsked(step.If) || g.asks(texts(step)...)
}

func (g guarding) jobAsks(job workflow.Job) bool {
	finishes := slices.ContainsFunc(job.Steps, func(step workflow.Step) bool { return isOurs(g.Names, step.Uses) })
	asks := g.use.isAsked(job.If) || slices.ContainsFunc(job.Steps, g.stepAsks)
	return !finishes && asks || g.asks(values(job.With)...)
}

func (g guarding) asks(all ...string) bool {
	return slices.ContainsFunc(all, func(text string) bool { return mentions(text, "continue", "decision", "reason_code") })
}

var prepares = regexp.MustCompile(`^actions/(?:checkout|setup-[a-z-]+|cache|upload-artifact|download-artifact)(?:/[a-z]+)?@`)

// harmless reports whether a step has a condition, looks for itself, or only prepares the job.
func (g guarding) harmless(step workflow.Step) bool {
	return !g.unconditional(step.If) || g.asks(textsInside(step)...) || isOurs(g.Names, step.Uses) || prepares.MatchString(step.Uses)
}

func (g guarding) waits(job workflow.Job) bool {
	acts := func(step workflow.Step) bool { return !g.harmless(step) }
	return !g.unconditional(job.If) || g.asks(values(job.With)...) || job.Uses == "" && !slices.ContainsFunc(job.Steps, acts)
}

// behind reports whether a job waits for one that has a condition: what is skipped skips what needs it.
func (g guarding) behind(job workflow.Job) bool {
	var behind []string
	for _, after := range g.use.Workflow.After(g.use.Job) {
		behind = append(behind, after.ID)
	}
	return !workflow.Insists(job.If) && slices.ContainsFunc(g.use.Workflow.Before(job.ID), func(before workflow.Job) bool {
		return slices.Contains(behind, before.ID) && !g.unconditional(before.If)
	})
}

var succeeded = regexp.MustCompile(`(?i)(?:needs\.([\w-]+)\.result|steps\.([\w-]+)\.(?:outcome|conclusion))\s*==\s*'success'`)

// unconditional reports whether a condition is true after `.help` as well, as the success of the action is.
func (g guarding) unconditional(condition string) bool {
	return workflow.Unconditional(succeeded.ReplaceAllStringFunc(condition, func(text string) string {
		of := succeeded.FindStringSubmatch(text)
		if strings.EqualFold(of[1], g.use.Job) || strings.EqualFold(of[2], stepID(g.use)) {
			return "true"
		}
		return text
	}))
}

var exits = regexp.MustCompile(`\bexit\b`)

func (g guarding) ends(steps []workflow.Step) bool {
	return slices.ContainsFunc(steps, func(step workflow.Step) bool {
		refuses := step.If == "" && g.asks(texts(step)...) || g.asks(step.If) && strings.Contains(step.If, "!")
		return refuses && exits.MatchString(step.Run)
	})
}

func texts(step workflow.Step) []string { return append(textsInside(step), step.If) }

// textsInside are those in which it can look at something once it runs.
func textsInside(step workflow.Step) []string {
	return slices.Concat([]string{step.Run}, values(step.Env), values(step.With))
}

func values(mapping map[string]string) []string { return slices.Collect(maps.Values(mapping)) }

func stepName(step workflow.Step, at int) string {
	if name := cmp.Or(step.Name, step.ID, step.Uses); name != "" {
		return markdown.Code(name)
	}
	return fmt.Sprintf("number %d (line %d)", at+1, step.Line)
}

func stepID(use StepRef) string { return cmp.Or(use.Step.ID, "lockstep") }
