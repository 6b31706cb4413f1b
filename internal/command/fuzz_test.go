package command

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/period"
)

func FuzzParse(f *testing.F) {
	for _, examples := range [][]example{
		deploymentExamples(), commitExamples(), overlapExamples(), lockExamples(),
	} {
		for _, example := range examples {
			g := example.grammar()
			f.Add(example.body, g.Trigger, g.NoopTrigger, g.ParamSeparator, g.DisableNakedCommands)
		}
	}
	f.Add(".lock staging --for 1h30m --reason x", ".deploy", ".noop", "|", true)
	f.Add(".lock --for 2h --for --reason", ".deploy", ".noop", "|", false)
	f.Add(".lock \xff --global\x00 --reason \r\n", ".deploy", ".noop", "", true)
	f.Fuzz(func(t *testing.T, body, trigger, noopTrigger, separator string, noNaked bool) {
		g := defaults()
		g.Trigger, g.NoopTrigger, g.ParamSeparator = trigger, noopTrigger, separator
		g.DisableNakedCommands = noNaked
		command, err := g.Parse(body)
		checkCommand(t, g, command)
		if err != nil {
			assert.Equal(t, command.Kind != Lock, command.Params.Raw != "")
			assert.Empty(t, command.Params.JSON)
			assert.Zero(t, command.For)
		}
	})
}

// checkCommand checks what is true of every command.
func checkCommand(t *testing.T, g Grammar, command Command) {
	t.Helper()
	assert.True(t, utf8.ValidString(command.Text))
	assert.Equal(t, js.Trim(command.Text), command.Text)
	triggers := []string{
		g.Trigger, g.NoopTrigger, g.LockTrigger, g.UnlockTrigger, g.HelpTrigger, g.LockInfoAlias,
	}
	triggered := slices.ContainsFunc(triggers, func(trigger string) bool {
		rest, found := strings.CutPrefix(command.Text, trigger)
		next, _ := utf8.DecodeRuneInString(rest)
		return trigger != "" && found && (rest == "" || js.IsSpace(next))
	})
	switch command.Kind {
	case None:
		assert.False(t, triggered)
		assert.Equal(t, Command{Text: command.Text}, command)
	case Deprecated, Naked:
		assert.Equal(t, Command{Kind: command.Kind, Text: command.Text}, command)
	case Deploy, Noop, Lock, Unlock, LockInfo, Help:
		assert.True(t, triggered)
		assert.NotEmpty(t, command.Type)
	default:
		assert.Fail(t, "unknown kind", command.Kind)
	}
	if command.Kind != Lock {
		assert.Zero(t, command.For)
	}
	assert.True(t, command.For >= 0 && command.For <= period.Longest)
	checkEnvironment(t, g, command)
}

func checkEnvironment(t *testing.T, g Grammar, command Command) {
	t.Helper()
	if command.Environment != "" {
		assert.Contains(t, append(g.targets(), g.DefaultEnvironment), command.Environment)
	}
	assert.Equal(t, command.Environment != "" || command.Global, command.KnownEnvironment)
	assert.False(t, command.Environment != "" && command.Global)
	isDeployment := command.Kind == Deploy || command.Kind == Noop
	if !isDeployment {
		assert.False(t, command.StableBranch)
		assert.Empty(t, command.SHA)
		assert.Equal(t, Params{}, command.Params)
	}
	if command.SHA != "" {
		assert.Regexp(t, "^([a-f0-9]{40}|[a-f0-9]{64})$", command.SHA)
	}
}

func FuzzParams(f *testing.F) {
	for _, vector := range readVectors(f) {
		f.Add(vector.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		raw = strings.ToValidUTF8(raw, "\ufffd")
		params, err := parseParams(raw)
		assert.Equal(t, raw, params.Raw)
		if err != nil {
			assert.Empty(t, params.JSON)
			return
		}
		var read map[string]any
		require.NoError(t, json.Unmarshal([]byte(params.JSON), &read))
		assert.Contains(t, read, "_")
		again, err := parseParams(raw)
		require.NoError(t, err)
		assert.Equal(t, params, again)
	})
}
