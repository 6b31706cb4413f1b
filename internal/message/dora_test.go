package message_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// released is a deployment so many days before, which brings a change that took so long.
func released(days int, lead time.Duration) releases.Release {
	end := at().AddDate(0, 0, -days)
	return releases.Release{
		Result: releases.Succeeded, Kind: releases.Forward, StartedAt: end.Add(-5 * time.Minute), SucceededAt: end,
		Changes: []releases.Change{{AuthoredAt: end.Add(-lead)}},
	}
}

func report(days int, environment string, all ...releases.Release) dora.Report {
	return dora.Of(dora.Settings{At: at(), Days: days}, []dora.Series{{Environment: environment, Releases: all}}, nil)
}

func TestDORASummary(t *testing.T) {
	t.Parallel()
	back := released(4, 0)
	back.Kind, back.Changes = releases.Rollback, nil
	lost := released(11, 0)
	lost.Unknown = "the commit no longer exists"
	r := report(28, "production", released(2, 3*time.Hour), back, released(5, 30*time.Hour), lost, released(20, 4*24*time.Hour), released(21, time.Hour))
	d := deploy.Decision{Findings: []deploy.Finding{{Level: deploy.Warn, Text: "The rules file is broken.", Hint: "The inputs count instead, and UTC."}}}
	golden(t, "dora-summary", message.DORASummary(r, d))
	golden(t, "dora-summary-empty", message.DORASummary(report(28, "production"), deploy.Decision{}))
}

// What is drawn follows the rules by which Mermaid reads a chart in versions 10 and 11.
func TestDORACharts(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]dora.Report{
		"hours":    report(90, "production", released(1, 90*time.Minute), released(30, time.Hour)),
		"days":     report(90, "production", released(1, 9*24*time.Hour), released(30, 30*time.Minute)),
		"a year":   report(365, "production", released(1, time.Hour), released(300, time.Hour)),
		"one week": report(1, "production", released(0, time.Hour), released(1, time.Hour)),
		"hostile":  report(90, "\"]\n```\n<script>", released(1, time.Hour)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			charts := strings.Split(message.DORASummary(r, deploy.Decision{}), "```mermaid\n")[1:]
			assert.NotEmpty(t, charts)
			for _, chart := range charts {
				chart, _, _ = strings.Cut(chart, "\n```")
				lines := regexp.MustCompile(`^xychart-beta\n    title "[A-Za-z ,]+"\n    x-axis \[(.+)\]\n    y-axis "[A-Z][a-z]+" 0 --> [1-9][0-9]*\n    bar \[([0-9., ]+)\]$`).FindStringSubmatch(chart)
				if assert.NotNil(t, lines, chart) {
					labels, values := strings.Split(lines[1], ", "), strings.Split(lines[2], ", ")
					assert.Len(t, values, len(labels))
					assert.LessOrEqual(t, len(labels), 26)
					assert.Regexp(t, `^"W[0-9]{2}\*?"$`, labels[0])
				}
			}
		})
	}
	assert.NotContains(t, message.DORASummary(report(90, "production"), deploy.Decision{}), "mermaid", "an empty series is an error")
	early := report(90, "production", released(85, time.Hour))
	assert.Equal(t, 1, strings.Count(message.DORASummary(early, deploy.Decision{}), `["W35"]`), "a week without a change has no lead time, and no bar")
}

func TestHostileDORASummary(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"@octocat | <img src=x> [a](https://b.example)", "</details>\n# evil", "`code`", strings.Repeat("W", 300)} {
		assert.Empty(t, harm(message.DORASummary(report(28, name, released(2, time.Hour)), deploy.Decision{})), name)
	}
}
