package runnertest

import (
	"slices"
	"strings"
	"unicode"
)

// Command is a workflow command as the runner understands it.
type Command struct {
	Name       string
	Properties map[string]string
	Data       string
}

// Commands returns the workflow commands that the runner reads in a step's log, in their order.
//
// Source: actions/runner, ActionCommand.cs: `::name properties::data` behind white space at a
// line's start, else `##[name properties]data` anywhere in a line; unknown names are plain text.
// Unlike the runner it goes on behind stop-commands: nothing can hide there.
func Commands(log string) []Command {
	var found []Command
	// The runner reads lines that end in CR, LF or both.
	for _, line := range strings.FieldsFunc(log, func(c rune) bool { return c == '\r' || c == '\n' }) {
		command, isCommand := parse(line)
		if !isCommand {
			command, isCommand = parseLegacy(line)
		}
		if isCommand {
			found = append(found, command)
		}
	}
	return found
}

func parse(line string) (Command, bool) {
	info, isCommand := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	if !isCommand {
		return Command{}, false
	}
	info, data, isCommand := strings.Cut(info, "::")
	name, properties, _ := strings.Cut(info, " ")
	if !isCommand || !known(name) {
		return Command{}, false
	}
	return Command{
		Name:       name,
		Properties: split(strings.TrimSpace(properties), ",", unescaper("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")),
		Data:       unescaper("%0D", "\r", "%0A", "\n", "%25", "%")(data),
	}, true
}

func parseLegacy(line string) (Command, bool) {
	_, info, isCommand := strings.Cut(line, "##[")
	if !isCommand {
		return Command{}, false
	}
	info, data, isCommand := strings.Cut(info, "]")
	name, properties, _ := strings.Cut(info, " ")
	if !isCommand || !known(name) {
		return Command{}, false
	}
	unescape := unescaper("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%25", "%")
	return Command{Name: name, Properties: split(properties, ";", unescape), Data: unescape(data)}, true
}

// known reports whether the runner has a command of that name, in whatever case.
func known(name string) bool {
	return slices.Contains([]string{
		"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
		"remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
	}, strings.ToLower(name))
}

func split(properties, separator string, unescape func(string) string) map[string]string {
	values := map[string]string{}
	for property := range strings.SplitSeq(properties, separator) {
		key, value, _ := strings.Cut(strings.TrimLeft(property, "="), "=")
		if key != "" && value != "" {
			values[key] = unescape(value)
		}
	}
	return values
}

// unescaper replaces one kind of escape after the other, as the runner does.
func unescaper(pairs ...string) func(string) string {
	return func(text string) string {
		for pair := range slices.Chunk(pairs, 2) {
			text = strings.ReplaceAll(text, pair[0], pair[1])
		}
		return text
	}
}
