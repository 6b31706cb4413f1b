package command

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// rollback reads the words behind the trigger: an environment, "to" with a commit or a version, and a reason. Parameters
// follow the separator, as in a deployment.
func (g Grammar) rollback(command Command) (Command, error) {
	command.Kind = Rollback
	words, raw, given := g.splitParams(command.Text)
	command.Reason = reasonIn(words)
	rest, whole := strings.CutPrefix(beforeReason(words), g.RollbackTrigger)
	environment, to, named := g.wayBack(js.Trim(rest))
	if whole && named { // a separator may be a part of the trigger
		command.Environment, command.KnownEnvironment, command.To = environment, true, to
	}
	var err error
	if given {
		command.Params, err = readParams(raw)
	}
	return command, err
}

// wayBack reads "[environment] [to <commit or version>]". "to <environment>" names the environment, as in a deployment.
func (g Grammar) wayBack(words string) (environment, to string, ok bool) {
	if words == "" {
		return g.defaultEnvironment(), "", true
	}
	if found := g.named(words); found != "" {
		return found, "", true
	}
	name, to, found := cutLast(words, "to")
	if !found || to == "" || strings.ContainsFunc(to, js.IsSpace) {
		return "", "", false
	}
	if name != "" {
		environment = g.named(name)
		return environment, to, environment != ""
	}
	if environment = g.named(to); environment != "" {
		return environment, "", true
	}
	return g.defaultEnvironment(), to, true
}

// cutLast splits words around the last mention of a word.
func cutLast(words, word string) (before, after string, found bool) {
	at := -1
	for from := 0; ; {
		next := indexFlag(words[from:], word)
		if next < 0 {
			break
		}
		at = from + next
		from = at + len(word)
	}
	if at < 0 {
		return words, "", false
	}
	return js.Trim(words[:at]), js.Trim(words[at+len(word):]), true
}
