package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func TestReadEventFlags(t *testing.T) {
	t.Parallel()
	assertFlag(t, "finish_on_post", func(c *config.Config) *bool { return &c.Track.FinishOnPost })
	assertFlag(t, "include_email", func(c *config.Config) *bool { return &c.Track.IncludeEmail })
	assertFlag(t, "allow_insecure_http", func(c *config.Config) *bool { return &c.AllowInsecureHTTP })
}

func TestFinishOnPostWithSkipCompleting(t *testing.T) {
	t.Parallel()
	problem := failing(t, values{"finish_on_post": "true", "skip_completing": "true"})
	assert.Equal(t, "finish_on_post", problem.Input)
	assert.Contains(t, problem.Accepted, "skip_completing: true")
}

// The environment's name takes its place in the labels of every input, and in nothing else.
func TestLabelsFor(t *testing.T) {
	t.Parallel()
	all := config.Labels{
		Deployed: []string{"deploy-{environment}", "done"}, DeployFailed: []string{"{environment}{environment}"},
		Noop: []string{"{Environment}"}, RolledBack: []string{"back to {environment}"}, SkipNoopIfApproved: true,
	}
	assert.Equal(t, config.Labels{
		Deployed: []string{"deploy-Eu, 1", "done"}, DeployFailed: []string{"Eu, 1Eu, 1"},
		Noop: []string{"{Environment}"}, RolledBack: []string{"back to Eu, 1"}, SkipNoopIfApproved: true,
	}, all.For("Eu, 1"))
	assert.Equal(t, "deploy-{environment}", all.Deployed[0], "the settings stay")
}

// GitHub refuses a label of more than 50 characters, and all others with it.
func TestLongLabels(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 45)
	for name, test := range map[string]struct{ input, label string }{
		"as it is":            {"failed_noop_labels", strings.Repeat("x", 51)},
		"with the name":       {"successful_deploy_labels", "deploy-{environment}"},
		"one of several":      {"rollback_labels", "a,deploy-{environment},b"},
		"with it more often":  {"failed_deploy_labels", "{environment}{environment}"},
		"only of a rehearsal": {"successful_noop_labels", "tried: {environment}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{test.input: test.label, "environment_targets": "production," + long})
			assert.Equal(t, test.input, problem.Input)
			assert.Contains(t, problem.Accepted, "at most 50 characters")
		})
	}
	_, err := readInputs(t, map[string]string{"environment_targets": "production," + long, "successful_deploy_labels": "on-{environment}," + strings.Repeat("x", 50)})
	assert.NoError(t, err)
}

func TestReadMetadata(t *testing.T) {
	t.Parallel()
	long := `{"a":"` + strings.Repeat("x", 100<<10-8) + `"}`
	for given, want := range map[string]string{
		"": "{}", " ": "{}", "{}": "{}", " { } ": "{ }",
		`{"z":1,"a":{"vi_x":null},"z":2}`: `{"z":1,"a":{"vi_x":null},"z":2}`,
		"{\"a\":\n[1,\t2.50]}\n":          "{\"a\":\n[1,\t2.50]}",
		`{"":"ü\u0000"}`:                  `{"":"ü\u0000"}`,
		long:                              long,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"metadata": given})
			assert.Equal(t, want, string(c.Track.Metadata), "%.40q", given)
			assert.Empty(t, c.Advice)
		})
	}
}

func TestReadMetadataRefused(t *testing.T) {
	t.Parallel()
	const object, syntax = "Metadata must be a JSON object", "Metadata must be valid JSON"
	for given, want := range map[string]string{
		"[]": object, `[{"a":1}]`: object, "null": object, "true": object, "0": object, `"{}"`: object,
		"{": syntax, "{}}": syntax, "{'a':1}": syntax, `{"a":1,}`: syntax, "{} {}": syntax, "a=1": syntax, "NaN": syntax,
		"{\"a\":\"\xff\"}": syntax,
		`{"a":"` + strings.Repeat("x", 100<<10-7) + `"}`: "Metadata must not be larger than 100 KiB",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"metadata": given})
			assert.Equal(t, config.InputError{Input: "metadata", Accepted: "Invalid metadata JSON: " + want}, *problem, "%.40q", given)
		})
	}
}

func TestReadArtifacts(t *testing.T) {
	t.Parallel()
	assert.Empty(t, read(t, values{}).Track.Artifacts)
	c := read(t, values{"artifacts": " OCI = ghcr.io/acme/shop@sha256:0a \r\n\nnpm=@acme/shop=1\n"})
	assert.Equal(t, []config.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop@sha256:0a"}, {Type: "npm", Location: "@acme/shop=1"}}, c.Track.Artifacts)
	for _, wrong := range []string{"oci", "=x", "oci=", "oci=a b", "o ci=a", "oci=a\x1bb", "oci=a\u202eb"} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"artifacts": wrong})
			assert.Contains(t, problem.Accepted, "type=location", wrong)
			assert.Empty(t, problem.Value, "it may hold a secret")
		})
	}
	assert.Contains(t, failing(t, values{"artifacts": "zip=https://ada:s3cret@files.example/a.zip"}).Accepted, "password")
	assert.Contains(t, failing(t, values{"artifacts": "zip=https://files.example/a.zip?sig=s3cret"}).Accepted, "query")
	assert.Contains(t, failing(t, values{"artifacts": strings.Repeat("a=b\n", 51)}).Accepted, "at most 50")
	assert.Len(t, read(t, values{"artifacts": strings.Repeat("a=b\n", 50)}).Track.Artifacts, 50)
}

func TestReadPagesOfVersioner(t *testing.T) {
	t.Parallel()
	assert.Empty(t, read(t, values{}).Versioner.UIURL)
	assert.Equal(t, "https://pages.example/x", read(t, values{"versioner_ui_url": "https://pages.example/x/"}).Versioner.UIURL)
	assert.Contains(t, failing(t, values{"versioner_ui_url": "pages.example"}).Accepted, "https://")
}

// A rollback is a failure; what was special about it goes with the metadata.
func TestMetadataOfARollback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ status, given, want string }{
		{"rolled_back", "", `{"rolled_back":true}`},
		{" Rolled_Back ", `{"a": [1], "z": "<"}`, `{"a":[1],"rolled_back":true,"z":"<"}`},
		{"rolled_back", `{"rolled_back": "to 1.2"}`, `{"rolled_back": "to 1.2"}`},
		{"failure", `{"a": 1}`, `{"a": 1}`},
	} {
		t.Run(test.status+" "+test.given, func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"status": test.status, "metadata": test.given})
			assert.Equal(t, config.Failed, c.Status)
			assert.JSONEq(t, test.want, string(c.Track.Metadata))
		})
	}
	problem := failing(t, values{"status": "rolled_back", "metadata": "[]"})
	assert.Contains(t, problem.Accepted, "Metadata must be a JSON object")
}

func TestReservedMetadata(t *testing.T) {
	t.Parallel()
	c := read(t, values{"metadata": `{"vi_b":1,"vi":2,"VI_c":3," vi_d":4,"vi_\na":5,"vi_b":6}`})
	assert.Equal(t, []string{
		`The metadata key "vi_\na" begins with vi_, which Versioner reserves.`,
		`The metadata key "vi_b" begins with vi_, which Versioner reserves.`,
	}, c.Advice)
	assert.Contains(t, string(c.Track.Metadata), "vi_b", "the workflow has the last word")
}

func TestReadComments(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.CommentStyle{
		"": config.NewComment, "new": config.NewComment, "update\n": config.UpdateComment,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"comments": given}).Messages.Style, "%q", given)
		})
	}
	for _, given := range []string{"New", "edit", "true", "false", "none", "new,update"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "comments", Value: given, Accepted: "must be new or update",
			}, *failing(t, values{"comments": given}))
		})
	}
}

func TestReadTemplatePath(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		".github/deployment_message.md": ".github/deployment_message.md",
		"":                              "",
		" \n":                           "",
		"null":                          "",
		" undefined ":                   "",
		"Null":                          "Null",
		"false":                         "false",
		"message.md":                    "message.md",
		" docs/my message.md ":          "docs/my message.md",
		"a/b/c":                         "a/b/c",
		".hidden/..odd/...":             ".hidden/..odd/...",
		"näme/メ.md":                     "näme/メ.md",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"deploy_message_path": given}).Messages.TemplatePath, "%q", given)
		})
	}
	for _, given := range []string{
		"/", "/message.md", "//host/message.md", `\message.md`, `docs\message.md`, `C:\message.md`, "docs//message.md",
		"docs/", ".", "..", "./message.md", "../message.md", "docs/./message.md", "docs/../message.md", "docs/..", "docs/.",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"deploy_message_path": given})
			assert.Equal(t, config.InputError{
				Input: "deploy_message_path", Value: given,
				Accepted: `must be a path from the root of the repository, without \, //, . or .. in it and without / at either end`,
			}, *problem)
		})
	}
}

// Only a runner fills in the default.
func TestReadTemplatePathLeftOut(t *testing.T) {
	t.Parallel()
	inputs := filled(nil)
	delete(inputs, "deploy_message_path")
	c, err := config.Read(source(inputs, nil), track.SinkTypes()...)
	require.NoError(t, err)
	assert.Empty(t, c.Messages.TemplatePath)
}

func TestReadLabels(t *testing.T) {
	t.Parallel()
	for input, field := range map[string]func(*config.Config) *[]string{
		"successful_deploy_labels": func(c *config.Config) *[]string { return &c.Labels.Deployed },
		"successful_noop_labels":   func(c *config.Config) *[]string { return &c.Labels.Noop },
		"failed_deploy_labels":     func(c *config.Config) *[]string { return &c.Labels.DeployFailed },
		"failed_noop_labels":       func(c *config.Config) *[]string { return &c.Labels.NoopFailed },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for given, labels := range map[string][]string{
				"": nil, " ": nil, ",": nil, " , ,": nil, "shipped": {"shipped"}, "false": {"false"},
				" In Production ,,🚀, In Production": {"In Production", "🚀", "In Production"},
			} {
				want := read(t, nil)
				*field(&want) = labels
				assert.Equal(t, want, read(t, values{input: given}), "%s: %q", input, given)
			}
		})
	}
}

func TestReadLabelFlags(t *testing.T) {
	t.Parallel()
	assertFlag(t, "skip_successful_noop_labels_if_approved", func(c *config.Config) *bool { return &c.Labels.SkipNoopIfApproved })
	assertFlag(t, "skip_successful_deploy_labels_if_approved", func(c *config.Config) *bool { return &c.Labels.SkipDeployedIfApproved })
}

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

func TestMergeModesWithOtherModes(t *testing.T) {
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
func TestMergeModeWithErrors(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"fly", "track"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			c, err := config.Read(source(filled(values{"mode": mode, "unlock_on_merge_mode": "true"}), nil), track.SinkTypes()...)
			require.Error(t, err)
			assert.Equal(t, config.UnlockOnMerge, c.Mode)
		})
	}
}
