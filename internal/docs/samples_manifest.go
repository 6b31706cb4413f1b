package docs

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// manifestSample is a manifest of one release, as a file has it.
func manifestSample(*maker, block) string {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	page := "https://github.com/acme/shop/"
	newest := strings.Repeat("4f2a9c1d", 5)
	typo := strings.Repeat("c0ffee12", 5)
	changes := []releases.Change{
		{Change: deploy.Change{Pull: 41, SHA: newest, Title: "SHOP-12: faster checkout", Author: "alice", URL: page + "pull/41"}},
		{Change: deploy.Change{SHA: typo, Title: "Fix a typo", Author: "bob", URL: page + "commit/" + typo}},
	}
	all := []releases.Release{{
		Deployment: deploy.Deployment{SHA: newest, Own: true, Version: "v1.5.0", Actor: "alice", State: deploy.Active, LogURL: page + "actions/runs/9000000001"},
		Result:     releases.Succeeded, SucceededAt: at(3, 14), Kind: releases.Forward, Changes: changes,
	}}
	h := releases.History{Environment: "production", ReadAt: at(4, 0), Since: at(4, 0).AddDate(-1, 0, 0)}
	return "```yaml\n" + string(manifest.Of(h, all, `[A-Z][A-Z0-9]+-\d+`).Format("manifest.yml")) + "```\n"
}
