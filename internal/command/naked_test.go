package command

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNaked(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body string
		want Kind
	}{
		{".deploy", Naked},
		{"\ufeff.deploy\r\n", Naked},
		{".noop", Naked},
		{".lock", Naked},
		{".unlock", Naked},
		{".wcid", Naked},
		{".help", Help},
		{".deploy staging", Deploy},
		{".deploy qa", Deploy},
		{".deployment", None},
		{".deploy noop", Deprecated},
		{"hello", None},
		{"", None},
		{"--reason x", None},
		{"| x", None},

		{".deploy | x", Naked},
		{".deploy| x", Naked},
		{".noop | --cpu=2", Naked},
		{".lock | x", Naked},
		{".deploy |", Deploy},
		{".deploy staging | x", Deploy},

		{".deploy --info", Naked},
		{".deploy --i --d", Naked},
		{".lock -i -d", Naked},
		{".unlock --details", Naked},
		{".wcid\t--i", Naked},
		{".lock --infos", Lock},
		{".deploy -d | x", Naked},
		// There, removing the flag leaves a separator with nothing behind it, which is not
		// naked; parameters do not name an environment.
		{".deploy | -d", Naked},

		{".lock --reason x", Naked},
		{".deploy --reason x", Naked},
		{".deploy | --reason x", Naked},
		{".lock --reason a | b", Naked},
		{".lock staging --reason x", Lock},

		{".lock --for 2h", Naked},
		{".lock --for 2h --reason x", Naked},
		{".lock --for 2h | x", Naked},
		{".lock --for", Naked},
		{".lock --for soon", Naked},
		{".lock --for 2h --for 3h", Naked},
		{".lock staging --for 2h", Lock},
		{".lock --for 2h staging", Lock},
		{".lock --for 2h qa", Lock},
		{".lock --for 2h --global", Lock},
		// These name an unknown environment: only what claims a lock has a period.
		{".lock --for 2h -i", LockInfo},
		{".wcid --for 2h", LockInfo},
		{".unlock --for 2h", Unlock},
		{".deploy --for 2h", Deploy},

		{".lock --global", Lock},
		{".unlock --global", Unlock},
		{".wcid --global", LockInfo},
		{".lock -i --global", LockInfo},
		{".lock --global --reason x", Lock},
		{".lock --global | x", Lock},
		// W7: there, the flag anywhere in any comment makes it pass for named.
		{".lock --reason x --global", Naked},
		{".lock | --global", Naked},
		{".deploy | --global", Naked},
		{".noop --reason --global", Naked},
		{".deploy --global", Deploy}, // names an unknown environment
		{".lock --globally", Lock},   // so does this
	}
	g := defaults()
	noNaked(&g)
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			command, err := g.Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want, command.Kind, "%q", test.body)
		})
	}
}

func TestNakedIsAllowedByDefault(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Kind{
		".deploy": Deploy, ".noop | x": Noop, ".lock": Lock, ".unlock": Unlock, ".wcid": LockInfo,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			command, err := defaults().Parse(body)
			require.NoError(t, err)
			assert.Equal(t, want, command.Kind, "%q", body)
		})
	}
}

// TestNakedCommandHoldsNothingElse covers that nothing of a refused command can be acted on.
func TestNakedCommandHoldsNothingElse(t *testing.T) {
	t.Parallel()
	g := defaults()
	noNaked(&g)
	command, err := g.Parse(" .deploy | --_=1 x")
	require.NoError(t, err)
	assert.Equal(t, Command{Kind: Naked, Text: ".deploy | --_=1 x"}, command)
}

func TestNakedWithOddSettings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		with func(*Grammar)
		body string
		want Kind
	}{
		{"separator begins the global flag", func(g *Grammar) { g.ParamSeparator = "--" }, ".lock --global", Lock},
		{"separator before the global flag", func(g *Grammar) { g.ParamSeparator = "--" }, ".lock -- --global", Naked},
		{"no global flag", func(g *Grammar) { g.GlobalLockFlag = "" }, ".lock", Naked},
		{"no separator", func(g *Grammar) { g.ParamSeparator = "" }, ".lock --global", Lock},
		{"no noop trigger", func(g *Grammar) { g.NoopTrigger = "" }, "-i", None},
		{"trigger of two words", func(g *Grammar) { g.Trigger = "ship it" }, "ship it", Naked},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := defaults()
			noNaked(&g)
			test.with(&g)
			command, err := g.Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want, command.Kind)
		})
	}
}
