package deploy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Override is what someone with the right to do so has lifted.
type Override struct {
	Rules  []policy.RuleName
	Reason string
	By     string
}

// The length of the reason for an override, in characters. The rest of a longer one is left out.
const shortestReason, longestReason = 10, 200

// overrideReason is the reason without line breaks and what does not show.
func (k *Case) overrideReason() string {
	shown := func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}
	words := []rune(strings.Join(strings.Fields(strings.Map(shown, k.Command.Override)), " "))
	if len(words) > longestReason {
		return strings.TrimSpace(string(words[:longestReason-1])) + "…"
	}
	return string(words)
}

// overrider is who lifts rules.
func (k *Case) overrider() Actor {
	by := k.Actor
	by.Login = k.Event.Actor
	return by
}

// overrides reports whether someone with the right to do so lifts a rule with this command.
func (k *Case) overrides(rule policy.RuleName) bool {
	return k.Command.Overrides && k.ruled() && k.mayOverride() && k.hasReason() && k.liftable(rule)
}

func (k *Case) liftable(rule policy.RuleName) bool {
	return k.ruled() && slices.Contains(k.Config.Resolved.Rules.Override.Rules, rule)
}

func (k *Case) hasReason() bool { return utf8.RuneCountInString(k.overrideReason()) >= shortestReason }

// mayOverride is false for a run that was started again: who does so did not write the command.
func (k *Case) mayOverride() bool {
	return !k.Event.Rerun() && !isBot(k.Event.Actor) && k.among(k.Config.Resolved.Rules.Override.Allow, k.overrider())
}

// lift turns a refusal by a rule into a warning, which the comment on the start repeats.
func (k *Case) lift(rule policy.RuleName, f Finding) Finding {
	f.Level, f.Softened = Warn, Overridden
	f.Notice = "⚠️ " + bold(k.Event.Actor) + " overrides " + markdown.Code(string(rule)) + ": " + f.Text +
		" Reason: " + markdown.Code(k.overrideReason()) + "."
	return f
}

// overridden is what the command has lifted, nil for nothing.
func (k *Case) overridden(findings []Finding) *Override {
	var rules []policy.RuleName
	for _, finding := range findings {
		if finding.Softened == Overridden {
			rules = append(rules, finding.Rule)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	return &Override{Rules: distinct(rules), Reason: k.overrideReason(), By: k.Event.Actor}
}

// overrideFinding says what becomes of --override, once every gate has spoken; nil where there is nothing to say.
func (k *Case) overrideFinding(findings []Finding) *Finding {
	var unmet, lifted []policy.RuleName
	for _, finding := range findings {
		switch {
		case finding.Rule == "":
		case finding.Level == Block:
			unmet = append(unmet, finding.Rule)
		case finding.Softened == Overridden:
			lifted = append(lifted, finding.Rule)
		}
	}
	var said Finding
	switch {
	case !k.ruled():
		return nil
	case k.Command.Overrides:
		said = k.overrideState(unmet, len(lifted) > 0)
	case k.Command.Params.OverridesBehind() && slices.ContainsFunc(unmet, k.liftable):
		said = block(NotAllowed, "Behind "+markdown.Code(k.Config.Commands.Separator)+" `--override` is a parameter, and lifts nothing.",
			"Type it before the separator: "+k.overrideForm())
	default:
		return nil
	}
	said.Gate = "override"
	return &said
}

func (k *Case) overrideState(unmet []policy.RuleName, lifts bool) Finding {
	switch {
	case !k.hasReason():
		return block(UnexpectedError, fmt.Sprintf("`--override` needs a reason of %d characters or more.", shortestReason), "Type "+k.overrideForm())
	case len(unmet) > 0 && !lifts:
		return k.overrideRefusal(unmet)
	case len(unmet) > 0:
		return block(NotAllowed, "`--override` does not lift "+ruleNames(unmet)+".", k.mayLift())
	case !lifts:
		return Finding{Level: Warn, Text: "`--override` has nothing to lift: it is not recorded.", Hint: "Leave it out."}
	}
	return pass("`--override` lifts rules")
}

func (k *Case) overrideRefusal(unmet []policy.RuleName) Finding {
	override := k.Config.Resolved.Rules.Override
	switch {
	case override.Line == 0:
		return block(NotAllowed, "No one can lift rules here: the rules file has no `override`.", "Meet the rules, or change the file on the default branch.")
	case !slices.ContainsFunc(unmet, k.liftable):
		return block(NotAllowed, "`--override` does not lift "+ruleNames(unmet)+".", k.mayLift())
	case k.Event.Rerun():
		return block(NotAllowed, "`--override` is void where a run is started again.", "Type the command again, in a new comment.")
	}
	teams := k.notMembers(override.Allow, k.Event.Actor)
	return block(NotAllowed,
		joined(markdown.Code(markdown.Brief(k.Event.Actor))+" may not lift rules.", teams.Text),
		joined(teams.Hint, "These may: "+principalNames(override.Allow)+"."))
}

func (k *Case) mayLift() string {
	return "The rules file lets it lift " + ruleNames(k.Config.Resolved.Rules.Override.Rules) + "."
}

func (k *Case) overrideForm() string {
	command := trigger(k.Command.Kind, k.Config.Commands)
	if k.Command.StableBranch {
		command += " " + k.Config.StableBranch + " to"
	}
	return markdown.Code(command+" "+k.Target.Environment+" --override <reason>") + "."
}

func ruleNames(rules []policy.RuleName) string {
	names := make([]string, len(rules))
	for i, rule := range distinct(rules) {
		names[i] = string(rule)
	}
	return markdown.Codes(slices.DeleteFunc(names, func(name string) bool { return name == "" }), ", ")
}
