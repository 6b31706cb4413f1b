package config_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestReadFinishFlags(t *testing.T) {
	t.Parallel()
	assertFlag(t, "skip_completing", func(c *config.Config) *bool { return &c.SkipCompleting })
	assertFlag(t, "unlock_on_close", func(c *config.Config) *bool { return &c.Merge.OnClose })
	assertFlag(t, "unlock_global_on_merge", func(c *config.Config) *bool { return &c.Merge.Global })
}

func TestReadHandoff(t *testing.T) {
	t.Parallel()
	const handed = `{"schema_version":1,"environment":"prod eu"}`
	for given, want := range map[string]string{"": "", " ": "", handed: handed, "\n" + handed + "\n": handed} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"mode": "finish", "handoff": given})
			assert.Equal(t, want, c.Handoff, "%q", given)
			assert.Equal(t, config.Finish, c.Mode, "an empty handoff says that there is nothing to finish")
		})
	}
	for _, mode := range []string{"", "auto", "comment", "track"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"mode": mode, "handoff": handed})
			assert.Equal(t, config.InputError{Input: "handoff", Accepted: "needs mode: finish"}, *problem, mode)
		})
	}
	for _, given := range []values{{"mode": "Finish"}, {"mode": "finish", "merge_deploy_mode": "true"}} {
		t.Run(fmt.Sprint(given), func(t *testing.T) {
			t.Parallel()
			given["handoff"] = handed
			assert.Equal(t, "mode", failing(t, given).Input, "one mistake is told once")
		})
	}
}

func TestReadMergeModes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mode, deploy, unlock string
		want                 config.Mode
	}{
		{"auto", "false", "false", config.Auto},
		{"comment", "", "", config.Comment},
		{"track", "False", "FALSE", config.TrackIt},
		{"finish", "false", "false", config.Finish},
		{"auto", "true", "false", config.MergeDeploy},
		{"", " TRUE ", "", config.MergeDeploy},
		{"comment", "true", "false", config.MergeDeploy},
		{"auto", "false", "true", config.UnlockOnMerge},
		{"comment", "false", "True", config.UnlockOnMerge},
		{"auto", "true", "true", config.UnlockOnMerge},
		{"comment", "true", "true", config.UnlockOnMerge},
	} {
		t.Run(fmt.Sprint(test.mode, " ", test.deploy, " ", test.unlock), func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"mode": test.mode, "merge_deploy_mode": test.deploy, "unlock_on_merge_mode": test.unlock})
			assert.Equal(t, test.want, c.Mode, "%v", test)
		})
	}
	for _, input := range []string{"merge_deploy_mode", "unlock_on_merge_mode"} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for _, given := range []string{"yes", "1", "tRue", "null", "merged"} {
				problem := failing(t, values{input: given})
				assert.Equal(t, config.InputError{Input: input, Value: given, Accepted: "must be true or false"}, *problem)
			}
		})
	}
}

func TestMergeModesBesideOtherModes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ deploy, unlock, named string }{
		{"true", "false", "merge_deploy_mode"},
		{"false", "true", "unlock_on_merge_mode"},
		{"true", "true", "unlock_on_merge_mode"},
	} {
		t.Run(test.named+" "+test.deploy+" "+test.unlock, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []string{"track", "finish"} {
				given := values{"mode": mode, "merge_deploy_mode": test.deploy, "unlock_on_merge_mode": test.unlock}
				assert.Equal(t, config.InputError{
					Input: "mode", Value: mode, Accepted: "must be left out with " + test.named + ": true, which is a mode of its own",
				}, *failing(t, given))
			}
		})
	}
	problem := failing(t, values{"merge_deploy_mode": "true", "handoff": "{}"})
	assert.Equal(t, "handoff", problem.Input, "there is nothing to finish in that mode")
}

// A run that cannot go on still has to know whether the event concerns it.
func TestMergeModeBesideErrors(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"fly", "track"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			c, err := config.Read(source(filled(values{"mode": mode, "unlock_on_merge_mode": "true"}), nil))
			require.Error(t, err)
			assert.Equal(t, config.UnlockOnMerge, c.Mode)
		})
	}
}
