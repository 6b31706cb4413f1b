package runner

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sethvargo/go-githubactions"
)

// handler prints log records as workflow commands. The runner hides debug lines unless a user asked for them.
type handler struct {
	actions *githubactions.Action
	prefix  string // the open groups, each with a dot behind it
	fields  string // the attributes so far, each with a blank before it
}

// Enabled reports that every level is wanted.
func (h handler) Enabled(context.Context, slog.Level) bool { return true }

// Handle prints the record as one line.
func (h handler) Handle(_ context.Context, record slog.Record) error {
	fields := []byte(h.fields)
	record.Attrs(func(a slog.Attr) bool {
		fields = appendField(fields, h.prefix, a)
		return true
	})
	line := oneLine(record.Message + string(fields))
	name := commandName(record.Level)
	return recovered(func() {
		if name == "" {
			h.actions.Infof("%s", line)
			return
		}
		h.actions.IssueCommand(&githubactions.Command{Name: name, Message: line})
	})
}

// WithAttrs returns a handler whose lines carry these attributes too.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := []byte(h.fields)
	for _, a := range attrs {
		fields = appendField(fields, h.prefix, a)
	}
	h.fields = string(fields)
	return h
}

// WithGroup returns a handler that puts the group's name before the keys to come.
func (h handler) WithGroup(name string) slog.Handler {
	if name != "" {
		h.prefix += name + "."
	}
	return h
}

func commandName(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "debug"
	case level < slog.LevelWarn:
		return ""
	case level < slog.LevelError:
		return "warning"
	default:
		return "error"
	}
}

// appendField appends ` key=value`, for a group one for each of its members.
func appendField(fields []byte, prefix string, a slog.Attr) []byte {
	value := a.Value.Resolve()
	if a.Key == "" && value.Kind() != slog.KindGroup {
		return fields
	}
	if value.Kind() != slog.KindGroup {
		fields = append(fields, ' ')
		fields = append(fields, word(prefix+a.Key)...)
		fields = append(fields, '=')
		return append(fields, word(valueText(value))...)
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, member := range value.Group() {
		fields = appendField(fields, prefix, member)
	}
	return fields
}

func valueText(value slog.Value) string {
	if value.Kind() == slog.KindTime {
		return value.Time().Format(time.RFC3339Nano)
	}
	return value.String()
}

func word(text string) string {
	odd := func(c rune) bool {
		return c == ' ' || c == '=' || c == '"' || c == '\\' || c == utf8.RuneError || !unicode.IsPrint(c)
	}
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}

// oneLine returns text as one line, with visible escapes of what does not print (line ends, ANSI escapes,
// bidirectional overrides). The runner looks for `##[command]` anywhere in a line and for `::command::` behind white
// space at its start: a backslash breaks both.
func oneLine(text string) string {
	line := strings.ReplaceAll(visible(text), "##[", `##\[`)
	blanks := len(line) - len(strings.TrimLeft(line, " "))
	if strings.HasPrefix(line[blanks:], "::") {
		line = line[:blanks] + `\` + line[blanks:]
	}
	return line
}

func visible(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsPrint(c) && (c != utf8.RuneError || size > 1) {
			out.WriteString(text[i : i+size])
		} else {
			quoted := strconv.Quote(text[i : i+size])
			out.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return out.String()
}
