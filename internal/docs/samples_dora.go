package docs

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// doraSample is the output of mode dora about two weeks.
func doraSample(*maker, block) string {
	at := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	released := func(days int, lead time.Duration) releases.Release {
		end := at.AddDate(0, 0, -days)
		first := end.Add(-lead)
		pull := &releases.Pull{Number: days, FirstCommitAt: first, CreatedAt: first.Add(lead / 4), MergedAt: end.Add(-lead / 4)}
		return releases.Release{
			Result: releases.Succeeded, Kind: releases.Forward, StartedAt: end.Add(-6 * time.Minute), SucceededAt: end,
			Changes: []releases.Change{{Pull: pull}},
		}
	}
	back, gone := released(6, 0), released(9, 0)
	back.Kind, back.Changes = releases.Rollback, nil
	gone.Changes, gone.Unknown = nil, "the commit no longer exists"
	failed := released(7, time.Hour)
	failed.Statuses = []deploy.Status{{State: "FAILURE", CreatedAt: deploy.Know(failed.SucceededAt.Add(20 * time.Hour))}, {State: "SUCCESS", CreatedAt: deploy.Know(failed.SucceededAt)}}
	all := []releases.Release{released(2, 5*time.Hour), released(4, 30*time.Hour), back, failed, gone, released(12, 12*time.Hour)}
	series := []dora.Series{{Environment: "production", Releases: all}}
	text := dora.Of(dora.Settings{At: at, Days: 14, Incidents: true}, series, nil).JSON("acme/shop")
	var lines bytes.Buffer
	_ = json.Indent(&lines, []byte(text), "", "  ") // it is JSON
	return "```json\n" + strings.TrimSpace(lines.String()) + "\n```"
}
