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
		c := read(t, values{"metadata": given})
		assert.Equal(t, want, string(c.Track.Metadata), "%.40q", given)
		assert.Empty(t, c.Advice)
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
		problem := failing(t, values{"metadata": given})
		assert.Equal(t, config.InputError{Input: "metadata", Accepted: "Invalid metadata JSON: " + want}, *problem, "%.40q", given)
	}
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
