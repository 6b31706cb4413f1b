package doctor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// word is a word that begins a command, with the input that changes it.
type word struct{ input, text string }

func (s Settings) words() []word {
	c := s.Commands
	all := []word{{"trigger", c.Deploy}, {"noop_trigger", c.Noop}, {"help_trigger", c.Help}}
	if takesLocks(s) {
		all = append(all, word{"lock_trigger", c.Lock}, word{"unlock_trigger", c.Unlock}, word{"lock_info_alias", c.LockInfo})
	}
	return slices.DeleteFunc(all, func(w word) bool { return w.text == "" || !s.Knows(w.input) })
}

// checkWords looks for commands that the condition of a job visibly keeps away from the action. Another job, or
// another file, may take them.
func checkWords(e Examination, use StepRef) []deploy.Finding {
	if !use.Workflow.Starts("issue_comment") || !use.forComments() {
		return nil
	}
	if twice := answeredTwice(e, use); twice != nil {
		return twice
	}
	var missed []string
	for _, word := range use.Settings.words() {
		if !slices.ContainsFunc(e.answers(), func(other StepRef) bool { return other.hears(word.text) }) && !use.rightlyMisses(word) {
			missed = append(missed, word.text)
		}
	}
	if len(missed) == 0 {
		return nil
	}
	return []deploy.Finding{warn(
		use.where()+": its condition does not let these commands through: "+markdown.Codes(missed, ", ")+".",
		"Let the condition ask for each of them, as in "+markdown.Code("startsWith(github.event.comment.body, '"+missed[0]+"')")+", or for what all commands begin with.",
	)}
}

// rightlyMisses reports whether the word is that of rehearsals, which nothing tells from deployments.
func (u StepRef) rightlyMisses(w word) bool {
	return w.input == "noop_trigger" && !tellsNoop(u) && u.rehearsal() == ""
}

// hears reports whether a command of the word may reach the step, alone or with an environment.
func (u StepRef) hears(word string) bool {
	return u.reachedBy(word) || u.reachedBy(word+" "+u.Settings.Environment)
}

// forComments reports whether any comment may reach the step.
func (u StepRef) forComments() bool { return !u.refuses(map[string]string{}) }

func (u StepRef) reachedBy(comment string) bool {
	return !u.refuses(map[string]string{"github.event.comment.body": comment})
}

// refuses reports whether conditions surely keep a new comment on a pull request away.
func (u StepRef) refuses(known map[string]string) bool {
	commented(known)
	return slices.ContainsFunc(u.conditions(), func(condition string) bool { return workflow.Refuses(condition, known) })
}

// conditions are all that decide whether the step runs.
func (u StepRef) conditions() []string {
	conditions := []string{u.In.If, u.Step.If}
	for _, job := range u.Workflow.Before(u.Job) {
		conditions = append(conditions, job.If)
	}
	return conditions
}

// commented adds what is known of the event of a new comment on a pull request.
func commented(known map[string]string) {
	known["github.event_name"], known["github.event.action"] = "issue_comment", "created"
	known["github.event.issue.pull_request"], known["github.event.pull_request"] = "{}", ""
}

// surelyReachedBy reports whether a comment reaches the step, whatever else is true.
func (u StepRef) surelyReachedBy(comment string) bool {
	known := map[string]string{"github.event.comment.body": comment}
	commented(known)
	return u.Workflow.Starts("issue_comment") && !slices.ContainsFunc(u.conditions(), func(condition string) bool {
		return condition != "" && !workflow.Refuses("!("+condition+")", known)
	})
}

// answeredTwice finds another step that starts the same deployment. Of two, the second has the finding.
func answeredTwice(e Examination, use StepRef) []deploy.Finding {
	trigger := use.Settings.Commands.Deploy
	takes := func(u StepRef) bool {
		return u.Settings.Knows("trigger") && u.Settings.Commands.Deploy == trigger && u.surelyReachedBy(trigger+" "+use.Settings.Environment)
	}
	answers := e.answers()
	before := answers[:slices.IndexFunc(answers, func(u StepRef) bool { return u.Place == use.Place })]
	first := slices.IndexFunc(before, takes)
	if first < 0 || !takes(use) {
		return nil
	}
	return []deploy.Finding{warn(
		use.where()+": "+before[first].where()+", takes the same comments. Each command gets two answers, and both may deploy.",
		"Leave one of them out, or give it another `trigger` and a condition of its own.",
	)}
}

// checkNoop looks for workflows in which a rehearsal does what a deployment does.
func checkNoop(e Examination, use StepRef) []deploy.Finding {
	g := guarding{Examination: e, use: use}
	noop := use.rehearsal()
	if !g.acts() || tellsNoop(use) || noop == "" || !use.forComments() {
		return nil
	}
	hint := "Give what deploys " + markdown.Code("if: … && steps."+stepID(use)+".outputs.noop != 'true'")
	if len(use.Workflow.After(use.Job)) > 0 {
		hint += ", or " + markdown.Code("needs."+use.Job+".outputs.noop != 'true'") + " in another job"
	}
	return []deploy.Finding{warn(use.where()+": nothing asks for the output `noop`: "+markdown.Code(noop)+" deploys for real.", hint+".")}
}

// rehearsal is a comment that asks for a rehearsal and reaches the step, "" for none. A condition may look anywhere in a
// comment for the word of deployments.
func (u StepRef) rehearsal() string {
	c := u.Settings.Commands
	for _, comment := range []string{c.Noop, c.Noop + " " + u.Settings.Environment, c.Noop + " " + c.Separator + " " + c.Deploy} {
		if c.Noop != "" && u.reachedBy(comment) {
			return comment
		}
	}
	return ""
}

// acts reports whether anything in the file is there for deployments.
func (g guarding) acts() bool {
	acts := func(step workflow.Step) bool { return !isOurs(g.Names, step.Uses) && !prepares.MatchString(step.Uses) }
	return slices.ContainsFunc(g.use.In.Steps[g.use.At+1:], acts) || slices.ContainsFunc(g.use.Workflow.After(g.use.Job), func(job workflow.Job) bool {
		return job.Uses != "" || slices.ContainsFunc(job.Steps, acts)
	})
}

// tellsNoop reports whether anything in the file can tell a rehearsal from a deployment.
func tellsNoop(use StepRef) bool {
	if use.Called {
		return true
	}
	var all []string
	for _, step := range use.In.Steps {
		all = append(all, texts(step)...)
	}
	for _, job := range use.Workflow.After(use.Job) {
		all = append(all, job.Values...)
	}
	if use.Workflow.Starts("workflow_call") {
		all = append(all, values(use.In.Outputs)...)
	}
	return slices.ContainsFunc(all, func(text string) bool {
		outputs := []string{"noop", "result", "record", "comment_body"}
		if comparison.MatchString(text) { // a rehearsal has no deployment
			outputs = append(outputs, "deployment_id")
		}
		return readsComment.MatchString(text) || mentions(text, "noop") ||
			slices.ContainsFunc(workflow.References(text), func(one workflow.Reference) bool { return use.asksFor(one, outputs...) })
	})
}

var readsComment = regexp.MustCompile(`(?i)event\.comment\.body|GITHUB_EVENT_PATH|toJSON\(\s*(?:steps|needs(?:\.\*\.outputs)?|github(?:\.event(?:\.comment)?)?)\s*\)`)

func sameName(a, b string) bool { return strings.EqualFold(a, b) }

// asksFor reports whether a reference is to one of these outputs of the step, by itself or as an output of its job; or
// to all of its outputs.
func (u StepRef) asksFor(one workflow.Reference, outputs ...string) bool {
	switch {
	case one.Context == "steps" && u.Step.ID != "" && sameName(one.ID, u.Step.ID):
		return one.Whole || has(outputs, one.Output)
	case one.Context != "needs" || !sameName(one.ID, u.Job):
		return false
	}
	for name, value := range u.In.Outputs {
		if sameName(name, one.Output) && mentions(value, outputs...) {
			return true
		}
	}
	return one.Whole || has(outputs, one.Output)
}
