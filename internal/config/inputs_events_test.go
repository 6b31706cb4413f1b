package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestReadEventFlags(t *testing.T) {
	t.Parallel()
	assertFlag(t, "finish_on_post", func(c *config.Config) *bool { return &c.Track.FinishOnPost })
	assertFlag(t, "include_email", func(c *config.Config) *bool { return &c.Track.IncludeEmail })
	assertFlag(t, "allow_insecure_http", func(c *config.Config) *bool { return &c.AllowInsecureHTTP })
}

func TestFinishOnPostBesideSkipCompleting(t *testing.T) {
	t.Parallel()
	problem := failing(t, values{"finish_on_post": "true", "skip_completing": "true"})
	assert.Equal(t, "finish_on_post", problem.Input)
	assert.Contains(t, problem.Accepted, "skip_completing: true")
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
		`The metadata key "vi_\na" begins with vi_, which Versioner keeps for itself.`,
		`The metadata key "vi_b" begins with vi_, which Versioner keeps for itself.`,
	}, c.Advice)
	assert.Contains(t, string(c.Track.Metadata), "vi_b", "the workflow has the last word")
}
