package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func flags(g *Grammar) { g.Flags = true }

func (c Command) overriding(reason string) Command {
	c.Overrides, c.Override = true, reason
	return c
}

func (c Command) flagged(flag string) Command {
	c.Flag = flag
	return c
}

func TestFlags(t *testing.T) {
	t.Parallel()
	const commit = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
	exact := deploys("staging")
	exact.SHA = commit
	for name, test := range map[string]struct {
		with func(*Grammar)
		body string
		want Command
	}{
		"override":                    {flags, ".deploy staging --override the shop is down", deploys("staging").overriding("the shop is down")},
		"of a noop":                   {flags, ".noop staging --override the shop is down", noops("staging").overriding("the shop is down")},
		"of a rollback":               {flags, ".deploy main to staging --override x", rollsBack("staging").overriding("x")},
		"of an exact commit":          {flags, ".deploy " + commit + " staging --override x", exact.overriding("x")},
		"commit in the reason":        {flags, ".deploy staging --override revert " + commit, deploys("staging").overriding("revert " + commit)},
		"another spelling":            {flags, ".deploy STAGING --override x", deploys("staging").overriding("x")},
		"without a reason":            {flags, ".deploy staging --override", deploys("staging").overriding("")},
		"up to the separator":         {flags, ".deploy staging --override x y | --z", deploys("staging").overriding("x y").given("--z", `{"_":[],"z":true}`)},
		"up to another flag":          {flags, ".deploy staging --override x y --reason z", deploys("staging").overriding("x y").because("z")},
		"behind another flag":         {flags, ".deploy staging --reason z --override x y", deploys("staging").overriding("x y").because("z")},
		"twice":                       {flags, ".deploy staging --override x --override y", deploys("staging").overriding("x --override y")},
		"other flag in the reason":    {flags, ".deploy staging --override x --force y", deploys("staging").overriding("x --force y")},
		"over several lines":          {flags, ".deploy staging\r\n--override x\r\ny", deploys("staging").overriding("x\r\ny")},
		"long dash":                   {flags, ".deploy staging —override the shop", deploys("staging").overriding("the shop")},
		"no environment":              {flags, ".deploy --override the shop is down", unknown().overriding("the shop is down").flagged("--override")},
		"no environment for rollback": {flags, ".deploy main --override x", unknown().overriding("x").flagged("--override")},
		"environment in the reason":   {flags, ".deploy --override x staging", unknown().overriding("x staging").flagged("--override")},
		"unknown environment":         {flags, ".deploy qa --override x", unknown().overriding("x").flagged("--override")},
		"misspelt":                    {flags, ".deploy staging --overide x", unknown().flagged("--overide")},
		"another flag before":         {flags, ".deploy staging --force --override x", unknown().overriding("x").flagged("--force")},
		"capitals":                    {flags, ".deploy staging --Override x", unknown().flagged("--Override")},
		"part of a word":              {flags, ".deploy staging --overrides x", unknown().flagged("--overrides")},
		"with an equals sign":         {flags, ".deploy staging --override=x", unknown().flagged("--override=x")},
		"zero-width space":            {flags, ".deploy staging --over\u200bride x", unknown().flagged("--over\u200bride")},
		"behind the separator":        {flags, ".deploy staging | --override x", deploys("staging").given("--override x", `{"_":[],"override":"x"}`)},
		"reason alone":                {flags, ".deploy staging --reason x", unknown().because("x")},
		"environment with its name": {func(g *Grammar) {
			g.Flags, g.EnvironmentTargets = true, []string{"a --override b", "a"}
		}, ".deploy a --override b", deploys("a --override b")},
		"no rules":            {nil, ".deploy staging --override x", unknown().flagged("--override")},
		"no rules, separator": {nil, ".deploy staging | --override x", deploys("staging").given("--override x", `{"_":[],"override":"x"}`)},
		"naked commands are off": {func(g *Grammar) {
			g.Flags, g.DisableNakedCommands = true, true
		}, ".deploy --override x", unknown().overriding("x").flagged("--override")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := defaults()
			if test.with != nil {
				test.with(&g)
			}
			got, err := g.Parse(test.body)
			require.NoError(t, err)
			got.Text = ""
			assert.Equal(t, test.want, got)
		})
	}
}

func TestOverridesBehind(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"--override": true, "--a\n--override x": true, "": false, "--overrides": false, "--override=x": false, "override": false,
	} {
		assert.Equal(t, want, Params{Raw: raw}.OverridesBehind(), raw)
	}
}

// Flags add a meaning to commands that name no environment. All others mean the same.
func FuzzFlags(f *testing.F) {
	for _, body := range []string{
		".deploy staging --override x --reason y | z", ".deploy --override --override", ".noop main to staging --override\u00a0x", ".deploy|--override",
	} {
		f.Add(body, "|")
	}
	f.Fuzz(func(t *testing.T, body, separator string) {
		plain := defaults()
		plain.ParamSeparator = separator
		flagged := plain
		flagged.Flags = true
		before, _ := plain.Parse(body)
		after, _ := flagged.Parse(body)
		if !before.Kind.Deploys() || before.KnownEnvironment || !strings.Contains(body, "override") {
			assert.Equal(t, before, after)
			return
		}
		if after.KnownEnvironment {
			assert.True(t, after.Overrides, "%q names an environment only with its flag", body)
		}
	})
}
