package pagetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// Reports returns reports by name.
func Reports() map[string]page.Metrics {
	return map[string]page.Metrics{"dora": Report(), "dora-hostile": HostileReport(), "dora-empty": EmptyReport(), "dora-year": Year()}
}

func attempt(before time.Duration, result releases.Outcome, kind releases.Kind) releases.Release {
	end := ago(before)
	r := releases.Release{Result: result, Kind: kind, StartedAt: end.Add(-6 * time.Minute)}
	r.CreatedAt, r.LogURL = r.StartedAt, address+"/actions/runs/1"
	r.SHA = fmt.Sprintf("%x", 0x4f2a9c1+int64(before/time.Hour)*7919) + strings.Repeat("0", 33)
	switch result {
	case releases.Succeeded:
		r.SucceededAt = end
	case releases.Failed, releases.Aborted:
		r.FailedAt = end
	case releases.Abandoned, releases.Running:
	}
	return r
}

// forward is a deployment that brings a pull request, so long after its first commit.
func forward(before, lead time.Duration) releases.Release {
	r := attempt(before, releases.Succeeded, releases.Forward)
	first := r.SucceededAt.Add(-lead)
	pull := &releases.Pull{Number: int(before / time.Hour), FirstCommitAt: first, CreatedAt: first.Add(lead / 3), MergedAt: first.Add(lead * 2 / 3)}
	r.Changes = []releases.Change{{Pull: pull}}
	return r
}

// quarter are the deployments of three months, newest first.
func quarter() []releases.Release {
	leads := []time.Duration{40 * time.Minute, 5 * time.Hour, 20 * time.Hour, 3 * day, 30 * time.Hour, 6 * day, 12 * day, 2 * time.Hour}
	all := []releases.Release{attempt(2*time.Minute, releases.Running, "")}
	for i := range 61 {
		before := time.Duration(i*34+5) * time.Hour
		switch i % 13 {
		case 4:
			all = append(all, attempt(before, releases.Succeeded, releases.Rollback))
		case 7:
			all = append(all, attempt(before, releases.Failed, ""))
		case 9:
			all = append(all, attempt(before, releases.Succeeded, releases.Redeploy))
		case 11:
			all = append(all, attempt(before, releases.Aborted, ""))
		default:
			all = append(all, forward(before, leads[i%len(leads)]))
		}
	}
	return append(all, attempt(89*day, releases.Succeeded, releases.First))
}

func reported(days int, all ...dora.Series) page.Metrics {
	settings := dora.Settings{At: at(), Days: days, Zone: time.FixedZone("Europe/Berlin", 3600), Incidents: true}
	issues := []releases.Incident{{OpenedAt: ago(9 * day), ClosedAt: ago(8 * day)}, {OpenedAt: ago(20 * day), ClosedAt: ago(20*day - 40*time.Minute)}}
	return page.Metrics{Repository: repository, Address: address, Report: dora.Of(settings, all, issues)}
}

// Report is a report about a quarter of two environments.
func Report() page.Metrics {
	return reported(90, dora.Series{Environment: "production", Releases: quarter()}, dora.Series{Environment: "production-eu", Releases: quarter()[40:]})
}

// Year is a report about a year, of which a part could not be read.
func Year() page.Metrics {
	var all []releases.Release
	for i := range 900 {
		all = append(all, forward(time.Duration(i*8+1)*time.Hour, time.Duration(i%50)*5*time.Hour))
	}
	return reported(365, dora.Series{Environment: "production", Cut: ago(300 * day), Releases: all})
}

// EmptyReport is about an environment to which nothing was deployed, and has a note.
func EmptyReport() page.Metrics {
	m := reported(90, dora.Series{Environment: "production"})
	m.Notes = []string{"The rules file has errors: line 3, column 1: unknown key."}
	return m
}

// HostileReport has texts from outside that try to be more.
func HostileReport() page.Metrics {
	var all []dora.Series
	for _, evil := range Evil() {
		series := dora.Series{Environment: evil}
		for i := range 8 {
			one := forward(time.Duration(i*40)*time.Hour, day)
			one.SHA, one.Version, one.LogURL, one.Commit, one.Pull = evil, evil, evil, &deploy.Commit{URL: evil}, -1
			one.Unknown = map[bool]string{true: evil}[i == 3]
			series.Releases = append(series.Releases, one)
		}
		all = append(all, series)
	}
	m := reported(90, all...)
	m.Repository, m.Address, m.Notes = Evil()[0], "javascript:document.title='taken'", Evil()
	return m
}
