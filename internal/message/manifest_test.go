package message_test

import (
	"fmt"
	"testing"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestManifestSummary(t *testing.T) {
	t.Parallel()
	released := manifest.Release{
		Version: new("v1|`2`"), Date: "2026-09-01T10:00:00Z", SHA: "4f2a9c1000000000000000000000000000000000", Status: manifest.RolledBack,
		URL: new("https://github.com/acme/shop/actions/runs/1"), Stories: []string{"SHOP-1", "|"},
		Changes: []manifest.Change{
			{Pull: new(41), SHA: "4f2a9c1000000000000000000000000000000000", Title: "Faster | <b> @bob #7 [x](y)", URL: new("https://github.com/acme/shop/pull/41")},
			{SHA: "97d0b3e000000000000000000000000000000000", Title: "Direct", URL: new("javascript:alert(1)")},
		},
	}
	many := manifest.Release{Date: "2026-08-01T10:00:00Z", SHA: released.SHA, Status: manifest.Replaced}
	for i := range 8 {
		many.Changes = append(many.Changes, manifest.Change{Pull: new(i + 1), SHA: released.SHA, Title: fmt.Sprint("Change ", i+1)})
	}
	gap := manifest.Release{Date: "2026-07-01T10:00:00Z", SHA: released.SHA, Status: manifest.Replaced, Unknown: new("the commit no longer exists")}
	m := manifest.Manifest{Environment: "pro|duction", Since: "2025-09-02T10:00:00Z", Releases: []manifest.Release{released, many, gap}}
	golden(t, "manifest", message.ManifestSummary(m, deploy.Decision{}))
	refused := deploy.Decision{Findings: []deploy.Finding{{Level: deploy.Block, Text: "The manifest could not be written.", Hint: "Choose another path."}}}
	golden(t, "manifest-empty", message.ManifestSummary(manifest.Manifest{Environment: "production", Since: m.Since}, refused))
	for len(m.Releases) < 40 {
		m.Releases = append(m.Releases, gap)
	}
	golden(t, "manifest-long", message.ManifestSummary(m, deploy.Decision{}))
}
