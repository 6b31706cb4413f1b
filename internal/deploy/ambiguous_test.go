package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// A command that names an environment of the rules file must not mean anything else.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*config.Config)
		names  string // keys below environments
		want   string // "" for no error
	}{
		"usual names":                   {nil, "  staging:\n  a/b:\n  a b:\n  to:\n  123:\n", ""},
		"the stable branch":             {nil, "  staging:\n  main:\n", `line 4, column 1: environments.main: the command ".deploy main" means something else; choose another name`},
		"the stable branch comes first": {nil, "  main:\n  staging:\n", ""},
		"an exact commit":               {nil, "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:\n", `the command ".deploy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" means something else`},
		"a flag":                        {nil, "  staging:\n  staging --override x:\n", ""},
		"the separator":                 {nil, "  \"a | b\":\n", `the command ".deploy a | b" means something else`},
		"a preposition":                 {nil, "  staging:\n  to staging:\n", `the command ".deploy to staging" means something else`},
		"the command of a rollback":     {nil, "  main to staging:\n  staging:\n", `environments.staging: the command ".deploy main to staging" means something else`},
		"without the command":           {func(c *config.Config) { c.Commands.Deploy = "" }, "  staging:\n  main:\n", `the command ".noop main" means something else`},
		"a step that records":           {func(c *config.Config) { c.Mode = config.TrackIt }, "  staging:\n  main:\n", ""},
		"another stable branch":         {func(c *config.Config) { c.StableBranch = "trunk" }, "  staging:\n  main:\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config.Config{Mode: config.Comment, StableBranch: "main", Environment: "staging"}
			c.Commands = config.Commands{Deploy: ".deploy", Noop: ".noop", Separator: "|"}
			read, err := policy.Read("version: 1\nenvironments:\n" + test.names)
			require.NoError(t, err)
			if test.change != nil {
				test.change(&c)
			}
			c, err = c.Under(read)
			require.NoError(t, err)
			err = deploy.Ambiguous(c)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
			assert.ErrorAs(t, err, new(policy.Errors))
		})
	}
}
