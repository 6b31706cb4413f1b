package deploy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Govern puts the rules file that was read into effect. It returns the request as the names of the file read it, the
// settings under its rules, and the facts, which say what is wrong with a file that cannot be used. The names of such a
// file count all the same: people must be able to see and remove locks.
func Govern(r Request, c config.Config, f Facts) (Request, config.Config, Facts) {
	if c.PolicyFile.Path == "" || !f.Read[PolicyPart] {
		return r, c, f
	}
	if !f.Policy.Exists {
		if c.PolicyFile.Required {
			f = f.without(PolicyPart, noPolicyFile(c.PolicyFile.Path))
		}
		return r, c, f
	}
	read, err := policy.Read(f.Policy.Text)
	read.Source = policy.Source{Path: f.Policy.Path, Commit: f.Policy.Commit}
	governed := c.Named(read)
	if err == nil {
		governed, err = c.Under(read)
	}
	if err == nil {
		err = Ambiguous(governed)
	}
	if err != nil {
		f = f.without(PolicyPart, brokenPolicy(f.Policy, err))
		governed.Policy = nil
	}
	return r.readAgain(governed), governed, f
}

// Ambiguous returns an error of type policy.Errors where a command that names an environment of the rules file would mean
// something else, such as the stable branch or an exact commit.
func Ambiguous(c config.Config) error {
	if c.Policy == nil || c.Mode == config.TrackIt || c.Mode == config.Promote {
		return nil
	}
	grammar, trigger := Grammar(c), cmp.Or(c.Commands.Deploy, c.Commands.Noop)
	var errs policy.Errors
	for _, one := range c.Policy.Environments {
		plain, rollback := trigger+" "+one.Name, trigger+" "+c.StableBranch+" to "+one.Name
		wrong := ""
		switch {
		case trigger == "":
		case !means(grammar, plain, command.Command{Environment: one.Name}):
			wrong = plain
		case !means(grammar, rollback, command.Command{Environment: one.Name, StableBranch: true}):
			wrong = rollback
		}
		if wrong != "" {
			text := fmt.Sprintf("the command %q means something else; choose another name", wrong)
			errs = append(errs, &policy.Error{Line: one.Line, Column: 1, Path: "environments." + one.Name, Text: text})
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// means reports whether what someone types is for an environment, of the pull request's head or of the stable branch.
func means(g command.Grammar, typed string, wanted command.Command) bool {
	got, err := g.Parse(typed)
	return err == nil && got.Kind.Deploys() && got.Environment == wanted.Environment && got.StableBranch == wanted.StableBranch &&
		got.SHA == "" && !got.Overrides && got.Params.Raw == ""
}

// readAgain returns the request with its command read under other settings.
func (r Request) readAgain(c config.Config) Request {
	switch {
	case c.Mode == config.Comment && r.Command.Kind != command.None:
		r.Command, r.Unreadable = Grammar(c).Parse(r.Event.Comment.Body)
	case c.Mode == config.TrackIt, c.Mode == config.Promote:
		r.Command.Environment = c.For(r.Command.Environment).Resolved.Environment
	}
	return r
}

func (f Facts) without(part Part, problem Problem) Facts {
	f.MarkUnavailable(part, problem)
	return f
}

func noPolicyFile(path string) Problem {
	return Problem{
		Text: "There is no rules file " + markdown.Code(path) + " on the default branch.",
		Hint: "Add the file, or correct the input `policy_path`.",
	}
}

// MostMistakes is how many mistakes of a rules file a comment shows.
const MostMistakes = 10

func brokenPolicy(file PolicyFile, err error) Problem {
	lines := []string{err.Error()}
	if several, isList := errors.AsType[policy.Errors](err); isList {
		lines = nil
		for _, one := range several[:min(len(several), MostMistakes)] {
			lines = append(lines, one.Error())
		}
		if more := len(several) - MostMistakes; more > 0 {
			lines = append(lines, fmt.Sprintf("%d more", more))
		}
	}
	return Problem{
		Text: "The rules file " + markdown.Code(file.Path) + " is broken:\n\n- " + markdown.Codes(lines, "\n- "),
		Hint: "Correct it on the default branch (commit " + markdown.Code(Short(file.Commit)) + "). Until then nothing is deployed.",
	}
}

// policyGate wants it to be known which rules hold.
func policyGate() Gate {
	return Gate{
		Name: "policy", Check: checkPolicy,
		Needs: func(k *Case, n *Needs) { n.Policy = k.Config.PolicyFile.Path },
		Parts: func(k *Case) []Part {
			if k.Config.PolicyFile.Path == "" || k.goesBackAnyway() {
				return nil
			}
			return []Part{PolicyPart}
		},
		Code: func(*Case, Part) Reason { return PolicyInvalid },
	}
}

func checkPolicy(k *Case) Finding {
	path := k.Config.PolicyFile.Path
	problem, missing := k.Missing(PolicyPart)
	switch {
	case path == "":
		return pass("the inputs have all rules")
	case missing:
		return Finding{
			Level:  Warn,
			Text:   "The rules file is not in effect, and does not hold up a rollback by someone who administers or maintains the repository. " + problem.Text,
			Hint:   "Correct it when the incident is over.",
			Notice: "⚠️ The rules file " + markdown.Code(path) + " cannot be used. The rollback goes on without it.",
		}
	case !k.Policy.Exists:
		return pass("there is no rules file " + markdown.Code(path))
	case k.Config.Policy == nil || k.Config.Policy.Source != (policy.Source{Path: k.Policy.Path, Commit: k.Policy.Commit}):
		return block(PolicyInvalid, "The rules of "+markdown.Code(path)+" are not in effect.", "Run the command again.")
	case k.Config.Resolved.Rules == nil && k.tracks():
		return Finding{
			Level: Warn,
			Text:  "The rules file " + markdown.Code(path) + " does not name " + markdown.Code(k.Target.Environment) + ": no rules are checked.",
			Hint:  "Add the environment to the file if rules should hold for it.",
		}
	}
	if idle := idleRules(k.Config); len(idle) > 0 {
		return Finding{
			Level: Warn,
			Text:  "No environment of the rules file " + markdown.Code(path) + " is a production environment: these hold nowhere: " + markdown.Codes(idle, ", ") + ".",
			Hint:  "Name `environments` there, or mark one with `production: true`.",
		}
	}
	return pass("the rules of " + markdown.Code(path) + " are in effect")
}

// idleRules lists the freezes and path rules that are for production environments, where there are none.
func idleRules(c config.Config) []string {
	isProduction := func(name string) bool { return c.For(name).Resolved.Production }
	if slices.ContainsFunc(c.Policy.Names(), isProduction) {
		return nil
	}
	var idle []string
	for _, one := range c.Policy.Freezes {
		if one.Environments == nil {
			idle = append(idle, one.Name)
		}
	}
	for _, one := range c.Policy.PathRules {
		if one.Environments == nil {
			idle = append(idle, one.Name)
		}
	}
	return idle
}

// PolicyState says which rules file is in effect, for people.
type PolicyState struct {
	File    PolicyFile
	Problem *Problem // why the file is not in effect, nil where it is, and where there is no file
	Lines   int
}

func policyState(k *Case) PolicyState {
	state := PolicyState{File: k.Policy, Lines: strings.Count(strings.TrimSuffix(k.Policy.Text, "\n"), "\n") + 1}
	if k.Config.PolicyFile.Path == "" {
		return PolicyState{}
	}
	if problem, missing := k.Missing(PolicyPart); missing {
		state.Problem = &problem
	}
	return state
}
