package command

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
)

func (g Grammar) deployment(command Command, found triggers) (Command, error) {
	words, raw, given := g.splitParams(command.Text)
	commit, rest := g.exactCommit(words)
	target := g.target(rest)
	command.Reason = reasonIn(command.Text)
	if target.environment == "" {
		command.Flag = firstFlag(words)
		if before, flags, cut := g.cutFlags(words); cut {
			command.Overrides, command.Override, command.Reason = true, flags[overrideFlag], flags[reasonFlag]
			commit, rest = g.exactCommit(before)
			target = g.target(rest)
			if target.bare { // what lifts rules says where
				target.environment = ""
			}
		}
	}

	command.Kind = Deploy
	if target.noop || target.environment == "" && found.noop {
		command.Kind = Noop
	}
	if target.environment != "" {
		command.Environment, command.KnownEnvironment = target.environment, true
		command.StableBranch, command.SHA = target.stable, strings.ToLower(commit)
		command.Flag = ""
	}
	var err error
	if given {
		command.Params, err = readParams(raw)
	}
	return command, err
}

// readParams reads what follows the separator.
func readParams(raw string) (Params, error) {
	params, err := parseParams(raw)
	params.LongDash = js.Trim(longFlag.FindString(" " + raw + " "))
	return params, err
}

// splitParams splits text at the first separator. One with nothing behind it stays a part of the command, and an
// empty one splits after the first character: both then name no known environment.
func (g Grammar) splitParams(text string) (command, params string, given bool) {
	before, after, _ := strings.Cut(text, g.ParamSeparator)
	if g.ParamSeparator == "" {
		before, after = cutRune(text)
	}
	if after == "" {
		return text, "", false
	}
	return js.Trim(before), js.Trim(after), true
}

// target is what a deployment command points at.
type target struct {
	environment string // "" when it is unknown
	stable      bool
	noop        bool
	bare        bool // no environment is named
}

// form is one way to begin a deployment command.
type form struct {
	words string // the trigger, for a rollback with the stable branch
	rest  string // the command without these words
	target
}

// target finds the environment in the words of a deployment command. Another spelling of a target means the target,
// unless the words mean something as they are.
func (g Grammar) target(words string) target {
	forms, targets := g.forms(words), g.targets()
	if found, ok := g.search(forms, words, targets, exactly); ok {
		return found
	}
	found, _ := g.search(forms, words, targets, envname.Same)
	return found
}

// search tries the forms without an environment after the first target: a stable branch that is named like the first
// target is an environment, and like another one a rollback.
func (g Grammar) search(forms forms, words string, targets []string, same spelling) (target, bool) {
	first := min(1, len(targets))
	if found, ok := forms.named(targets[:first], same); ok {
		return found, true
	}
	if found, ok := forms.bare(words); ok {
		found.environment, found.bare = g.defaultEnvironment(), true
		return found, true
	}
	return forms.named(targets[first:], same)
}

// spelling reports whether two spellings name the same environment.
type spelling func(a, b string) bool

func exactly(a, b string) bool { return a == b }

// forms are the ways to begin a deployment command: of the pull request and of the stable branch, in order of
// precedence.
type forms struct {
	plain, rollback []form
}

func (g Grammar) forms(words string) forms {
	var all forms
	for _, trigger := range []string{g.Trigger, g.NoopTrigger} {
		if trigger == "" {
			continue
		}
		noop := trigger != g.Trigger
		stable := trigger + " " + g.StableBranch
		all.plain = append(all.plain, form{trigger, without(words, trigger), target{noop: noop}})
		all.rollback = append(all.rollback, form{stable, without(words, stable), target{stable: true, noop: noop}})
	}
	return all
}

func without(words, part string) string { return js.Trim(strings.Replace(words, part, "", 1)) }

func (f forms) named(environments []string, same spelling) (target, bool) {
	for _, environment := range environments {
		attempts := []struct {
			forms       []form
			preposition string
		}{{f.plain, ""}, {f.plain, "to "}, {f.rollback, "to "}, {f.rollback, ""}}
		for _, attempt := range attempts {
			if found, ok := leaving(attempt.forms, attempt.preposition, environment, same); ok {
				found.environment = environment
				return found, true
			}
		}
	}
	return target{}, false
}

func leaving(forms []form, preposition, environment string, same spelling) (target, bool) {
	for _, form := range forms {
		if name, found := strings.CutPrefix(form.rest, preposition); found && same(name, environment) {
			return form.target, true
		}
	}
	return target{}, false
}

func (f forms) bare(words string) (target, bool) {
	for _, form := range slices.Concat(f.plain, f.rollback) {
		if form.words == words {
			return form.target, true
		}
	}
	return target{}, false
}

// exactCommit takes the exact commit out of the words of a deployment command, if there is one behind a trigger.
// Every mention of it is removed, with the white space around it.
func (g Grammar) exactCommit(words string) (commit, rest string) {
	words = js.Trim(words)
	for _, trigger := range []string{g.Trigger, g.NoopTrigger} {
		if commit := commitAfter(words, trigger); commit != "" {
			parts := strings.Split(words, commit)
			for i, part := range parts {
				parts[i] = js.Trim(part)
			}
			return commit, strings.Join(parts, "")
		}
	}
	return "", words
}

// leadingCommit matches 64 hexadecimal digits, or else 40.
var leadingCommit = regexp.MustCompile(`^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})`)

// commitAfter returns the first commit that follows trigger and white space, and is a word of its own. The trigger may
// be anywhere and in any case.
func commitAfter(words, trigger string) string {
	for i := 0; trigger != "" && i+len(trigger) < len(words); i++ {
		after := words[i+len(trigger):]
		if !strings.EqualFold(words[i:i+len(trigger)], trigger) || !startsBlank(after) {
			continue
		}
		after = strings.TrimLeftFunc(after, js.IsSpace)
		if commit := leadingCommit.FindString(after); commit != "" && startsBlank(after[len(commit):]) {
			return commit
		}
	}
	return ""
}
