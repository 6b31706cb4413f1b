package command

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKindString(t *testing.T) {
	t.Parallel()
	names := map[Kind]string{
		None: "none", Deploy: "deploy", Noop: "noop", Lock: "lock", Unlock: "unlock",
		LockInfo: "lock_info", Help: "help", Deprecated: "deprecated", Naked: "naked",
		Rollback: "rollback", Status: "status",
		Status + 1: "none", -1: "none",
	}
	for kind, name := range names {
		t.Run(fmt.Sprintf("%d is %s", kind, name), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, name, kind.String())
		})
	}
}

func TestKindPredicates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind                         Kind
		deploys, aboutLocks, changes bool
	}{
		{None, false, false, false},
		{Deploy, true, false, true},
		{Noop, true, false, false},
		{Lock, false, true, false},
		{Unlock, false, true, false},
		{LockInfo, false, true, false},
		{Help, false, false, false},
		{Deprecated, false, false, false},
		{Naked, false, false, false},
		{Rollback, true, false, true},
		{Status, false, false, false},
	} {
		t.Run(test.kind.String(), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.deploys, test.kind.Deploys())
			assert.Equal(t, test.aboutLocks, test.kind.AboutLocks())
			assert.Equal(t, test.changes, test.kind.Changes())
		})
	}
}

func TestParseNothing(t *testing.T) {
	t.Parallel()
	empty := Grammar{DisableNakedCommands: true}
	for _, body := range []string{"", " ", "\x00", "\r\n\t\ufeff", "hello", ".deploy", "|", "--reason x"} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			for _, grammar := range []Grammar{empty, {}} {
				command, err := grammar.Parse(body)
				require.NoError(t, err)
				assert.Equal(t, None, command.Kind, "%q", body)
				assert.Empty(t, command.Type, "%q", body)
			}
		})
	}
}

func TestParseOddText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		want Command
	}{
		{"crlf at the end", ".deploy staging\r\n", deploys("staging")},
		{"nul behind the trigger", ".deploy\x00", Command{}},
		{"nul behind the environment", ".deploy staging\x00", unknown()},
		{"next line is no white space", ".deploy\u0085staging", Command{}},
		{"line separator", ".deploy\u2028staging", deploys("staging")},
		{"invalid byte behind the trigger", ".deploy\xff", Command{}},
		{"invalid byte in the environment", ".deploy stag\xffing", unknown()},
		{
			"invalid byte in the parameters", ".deploy | a\xffb --\xed\xa0\x80=1",
			deploys("production").given("a\ufffdb --\ufffd=1", "{\"_\":[\"a\ufffdb\"],\"\ufffd\":1}"),
		},
		{"emoji", ".deploy 🚀", unknown()},
		{"only the separator", "|", Command{}},
		{"deprecated is not trimmed away", "\n.deploy noop\n", Command{Kind: Deprecated}},
		{"deprecated needs one blank", ".deploy  noop", unknown()},
		{"deprecated minds the case", ".deploy Noop", unknown()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := defaults().Parse(test.body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}

// TestParseInvalidText covers the text itself, which always is valid UTF-8.
func TestParseInvalidText(t *testing.T) {
	t.Parallel()
	command, err := defaults().Parse(" a\xffb\x00 ")
	require.NoError(t, err)
	assert.Equal(t, "a\ufffdb\x00", command.Text)
}

// TestOverlappingTriggers covers that the output type and the command that is run follow
// different orders when a comment begins with several triggers.
func TestOverlappingTriggers(t *testing.T) {
	t.Parallel()
	set := func(name, trigger string) Grammar {
		g := defaults()
		switch name {
		case "help":
			g.HelpTrigger = trigger
		case "lock":
			g.LockTrigger = trigger
		case "unlock":
			g.UnlockTrigger = trigger
		case "alias":
			g.LockInfoAlias = trigger
		}
		return g
	}
	tests := []struct {
		name    string
		grammar Grammar
		body    string
		kind    Kind
		kindOf  string
		target  string
	}{
		{"help before deploy", set("help", ".deploy help"), ".deploy help", Help, "deploy", ""},
		{"help before lock", set("help", ".lock help"), ".lock help", Help, "lock", ""},
		{"help before unlock", set("help", ".unlock help"), ".unlock help", Help, "unlock", ""},
		{"help before alias", set("help", ".wcid help"), ".wcid help me", Help, "help", ""},
		{"lock before deploy", set("lock", ".deploy lock"), ".deploy lock staging", Lock, "deploy", "staging"},
		{"alias before deploy", set("alias", ".deploy who"), ".deploy who", LockInfo, "deploy", "production"},
		{"unlock before deploy", set("unlock", ".deploy free"), ".deploy free staging", Unlock, "deploy", "staging"},
		{"lock before unlock", set("unlock", ".lock free"), ".lock free", Lock, "lock", ""},
		{"alias is the longer one", set("alias", ".lock who"), ".lock who staging", LockInfo, "lock", "staging"},
		{"alias is the shorter one", set("lock", ".wcid lock"), ".wcid lock staging", LockInfo, "lock", "staging"},
		{"alias looks like a flag", set("alias", ".lock --info"), ".lock --info staging", LockInfo, "lock", "staging"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, err := test.grammar.Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.kind, command.Kind)
			assert.Equal(t, test.kindOf, command.Type)
			assert.Equal(t, test.target, command.Environment)
		})
	}
}

func TestEmptyTriggersAreOff(t *testing.T) {
	t.Parallel()
	g := defaults()
	g.NoopTrigger, g.LockTrigger, g.UnlockTrigger, g.HelpTrigger, g.LockInfoAlias = "", "", "", "", ""
	for body, want := range map[string]Command{
		"":                          {},
		".noop":                     {},
		".lock":                     {},
		".help":                     {},
		".deploy":                   deploys("production"),
		".deploy staging":           deploys("staging"),
		".deploy main staging":      rollsBack("staging"),
		".deploy staging " + commit: unknown(),
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := g.Parse(body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, want, got, "%q", body)
		})
	}
}

// What GitHub does not render is no part of a command.
func TestHiddenText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, text string }{
		"a remark behind it":           {".deploy staging\n\n<!-- sync:thread -->", ".deploy staging"},
		"a remark in it":               {".deploy <!-- production -->staging", ".deploy staging"},
		"several":                      {".deploy<!-- a --> staging <!-- b -->", ".deploy staging"},
		"over several lines":           {".deploy staging <!-- a\nb\n--> ", ".deploy staging"},
		"one without an end":           {".deploy staging\n<!-- and on", ".deploy staging"},
		"one in a line, without end":   {".deploy staging <!-- shown", ".deploy staging <!-- shown"},
		"in the parameters":            {".deploy staging | --a=1 <!-- b -->", ".deploy staging | --a=1"},
		"before the command":           {"<!-- a --> .deploy staging", "<!-- a --> .deploy staging"},
		"before and behind":            {"<!-- a --> .deploy <!-- b -->", "<!-- a --> .deploy <!-- b -->"},
		"an arrow is no end by itself": {".deploy --> staging", ".deploy --> staging"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, err := defaults().Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.text, command.Text)
		})
	}
}

// A flag that begins with a long dash is one with two hyphens; a reason and parameters stay as they are.
func TestLongDashes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, text string }{
		"a flag":               {".lock staging \u2014for 2h", ".lock staging --for 2h"},
		"an en dash":           {".unlock \u2013global", ".unlock --global"},
		"a horizontal bar":     {".lock \u2015info", ".lock --info"},
		"the reason":           {".lock staging \u2014reason a \u2014b", ".lock staging --reason a \u2014b"},
		"in the reason":        {".lock --reason we \u2014for 2h\u2014 wait", ".lock --reason we \u2014for 2h\u2014 wait"},
		"before the reason":    {".lock \u2014for 2h --reason a", ".lock --for 2h --reason a"},
		"between words":        {".lock a\u2014b", ".lock a\u2014b"},
		"alone":                {".lock \u2014 b", ".lock \u2014 b"},
		"behind the separator": {".deploy | \u2014replicas=1", ".deploy | \u2014replicas=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, err := defaults().Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.text, command.Text)
		})
	}
	command, err := defaults().Parse(".deploy | a \u2014replicas=1 \u2013b")
	require.NoError(t, err)
	assert.Equal(t, "\u2014replicas=1", command.Params.LongDash)
}
