package runner_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/runner"
)

func TestLogLevels(t *testing.T) {
	t.Parallel()
	tests := map[slog.Level]string{
		slog.LevelDebug - 4: "::debug::facts read round=2\n",
		slog.LevelDebug:     "::debug::facts read round=2\n",
		slog.LevelInfo:      "facts read round=2\n",
		slog.LevelInfo + 2:  "facts read round=2\n",
		slog.LevelWarn:      "::warning::facts read round=2\n",
		slog.LevelError:     "::error::facts read round=2\n",
		slog.LevelError + 4: "::error::facts read round=2\n",
	}
	for level, want := range tests {
		t.Run(level.String(), func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			runner.New(&log, variables(nil)).Log().Log(t.Context(), level, "facts read", "round", 2)
			assert.Equal(t, want, log.String(), level.String())
		})
	}
}

// secretive is a value that shows itself only through LogValue.
type secretive struct{ Token string }

func (secretive) LogValue() slog.Value { return slog.StringValue("hidden") }

func TestLogAttributes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000000, time.UTC)
	tests := map[string]struct {
		attrs []any
		want  string
	}{
		"none":          {nil, "m"},
		"plain":         {[]any{"ref", "feature/x-1", "count", 3, "ok", true}, "m ref=feature/x-1 count=3 ok=true"},
		"quoted":        {[]any{"a", "two words", "b", "", "c", `say "hi"`, "d", "k=v", "e", `back\slash`}, `m a="two words" b="" c="say \"hi\"" d="k=v" e="back\\slash"`},
		"line ends":     {[]any{"a", "x\r\n::error::y"}, `m a="x\r\n::error::y"`},
		"ansi":          {[]any{"a", "\x1b[31mred"}, `m a="\x1b[31mred"`},
		"invisible":     {[]any{"a", "x\u202ey", "b", "\u00a0", "c", "\xff"}, `m a="x\u202ey" b="\u00a0" c="\xff"`},
		"legacy":        {[]any{"a", "##[error]x", "b", "y ##[group]z"}, `m a=##\[error]x b="y ##\[group]z"`},
		"key":           {[]any{"two words\n", 1}, `m "two words\n"=1`},
		"error":         {[]any{"error", errors.New("no such file")}, `m error="no such file"`},
		"time":          {[]any{"at", at, "took", 1500 * time.Millisecond}, "m at=2026-01-02T03:04:05.006Z took=1.5s"},
		"log value":     {[]any{"who", secretive{Token: "t"}}, "m who=hidden"},
		"group":         {[]any{slog.Group("pull", "number", 7, slog.Group("head", "ref", "x"))}, "m pull.number=7 pull.head.ref=x"},
		"inlined group": {[]any{slog.Group("", "a", 1)}, "m a=1"},
		"empty":         {[]any{slog.Attr{}}, "m"},
		"other scripts": {[]any{"a", "Straße", "b", "デプロイ", "c", "🚀"}, "m a=Straße b=デプロイ c=🚀"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			runner.New(&log, variables(nil)).Log().Info("m", test.attrs...)
			assert.Equal(t, test.want+"\n", log.String())
		})
	}
}

func TestLogWith(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	base := runner.New(&log, variables(nil)).Log().With("mode", "comment")
	inner := base.WithGroup("sink").With("name", "slack").WithGroup("")
	inner.Info("sent", "try", 1)
	base.Info("done", "code", 0)
	assert.Equal(t, "sent mode=comment sink.name=slack sink.try=1\ndone mode=comment code=0\n", log.String())
}

func TestLogMessages(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"":                    "",
		"::error::x":          `\::error::x`,
		"  ::add-mask::a":     `  \::add-mask::a`,
		"\t::error::x":        `\t::error::x`,
		"\u2003::error::x":    `\u2003::error::x`,
		"a\n::error::x":       `a\n::error::x`,
		"a\r::error::x":       `a\r::error::x`,
		"see a::b":            "see a::b",
		"::":                  `\::`,
		"x ##[set-env name=a": `x ##\[set-env name=a`,
		"####[[error]":        `####\[[error]`,
		"100%":                "100%",
		"%s %d %!":            "%s %d %!",
		`\`:                   `\`,
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			runner.New(&log, variables(nil)).Log().Info(message)
			assert.Equal(t, want+"\n", log.String())
		})
	}
}

func TestLogNeedsNoContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	runner.New(&log, variables(nil)).Log().InfoContext(ctx, "undone")
	assert.Equal(t, "undone\n", log.String(), "what happens after a cancellation is logged as well")
}
