package manifest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/releases"
)

func at(hours int) time.Time {
	return time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}

// released is a release that succeeded at an hour, forward and with changes of these titles.
func released(hours int, titles ...string) releases.Release {
	r := releases.Release{
		Deployment: deploy.Deployment{SHA: fmt.Sprintf("%040d", hours), State: "ACTIVE", Creator: "alice"},
		Result:     releases.Succeeded, StartedAt: at(hours - 1), SucceededAt: at(hours), Kind: releases.Forward,
	}
	for i, title := range titles {
		r.Changes = append(r.Changes, releases.Change{Change: deploy.Change{Pull: i + 1, SHA: r.SHA, Title: title}})
	}
	return r
}

func history() releases.History {
	return releases.History{Environment: "production", ReadAt: at(100), Since: at(0)}
}

const pattern = `[A-Z][A-Z0-9]+-\d+`

// Both formats say the same, whatever people call things.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, title := range map[string]string{
		"plain": "SHOP-1: faster", "number": "12", "date": "2026-01-01", "null": "null", "no": "no", "anchor": "&a *a !!str", "comment": "a # b", "key": "a: b",
		"block": "| a\n  b", "quotes": `"'\`, "list": "- a", "flow": "{a: [b", "tab": "\ta", "end": "---", "percent": "%YAML", "emoji": "🚀", "empty": "",
		"controls": "\x00\x07\x1b\x7f\u0080\u0085\u009f", "separators": "a\u2028b\u2029c", "mark": "\ufeffa", "invalid": "a\xffb", "noncharacter": "a\ufffe", "wide": strings.Repeat("é", 200),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := manifest.Of(history(), []releases.Release{released(10, title, "second")}, pattern)
			var fromJSON, fromYAML any
			require.NoError(t, json.Unmarshal(m.Format("manifest.json"), &fromJSON))
			require.NoError(t, yaml.Unmarshal(m.Format("a/manifest.YML"), &fromYAML))
			again, err := json.Marshal(fromYAML)
			require.NoError(t, err)
			want, err := json.Marshal(fromJSON)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(again))
			assert.JSONEq(t, string(want), m.Output())
			assert.NotContains(t, m.Output(), "\n")
		})
	}
}

func TestYAML(t *testing.T) {
	t.Parallel()
	m := manifest.Of(history(), []releases.Release{released(10, "SHOP-1: faster, SHOP-2 and SHOP-1")}, pattern)
	m.Releases[0].Version = nil
	assert.Equal(t, `schema_version: 1
at: "2026-09-05T04:00:00Z"
environment: "production"
since: "2026-09-01T00:00:00Z"
releases:
  - version: null
    environment: "production"
    date: "2026-09-01T10:00:00Z"
    sha: "0000000000000000000000000000000000000010"
    status: "live"
    url: null
    by: "alice"
    kind: "forward"
    changes:
      - pull_request: 1
        sha: "0000000000000000000000000000000000000010"
        title: "SHOP-1: faster, SHOP-2 and SHOP-1"
        author: null
        url: null
    unknown: null
    stories:
      - "SHOP-1"
      - "SHOP-2"
left_out: 0
`, string(m.Format("manifest.yml")))
}

// An output is passed on as a variable of the environment, which has a limit. Files have everything.
func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	var all []releases.Release
	for i := range 90 {
		all = append(all, released(99-i, strings.Repeat("x", 4000)))
	}
	m := manifest.Of(history(), all, pattern)
	assert.Len(t, m.Releases, 90)
	output := m.Output()
	assert.LessOrEqual(t, len(output), 100<<10)
	var short manifest.Manifest
	require.NoError(t, json.Unmarshal([]byte(output), &short))
	assert.NotEmpty(t, short.Releases)
	assert.Equal(t, 90, len(short.Releases)+short.LeftOut)
	assert.Equal(t, m.Releases[0].SHA, short.Releases[0].SHA, "the newest stay")
	assert.Zero(t, m.LeftOut)
}
