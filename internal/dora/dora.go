// Package dora computes the DORA metrics from what was released.
//
// It is pure. What counts for nothing, and what is not known, is counted as well: a report never shows less than it says.
package dora

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// Settings say what a report is about.
type Settings struct {
	At        time.Time      // when everything was read, by GitHub's clock
	Days      int            // how far it looks back
	Zone      *time.Location // of days and weeks, nil for UTC
	Incidents bool           // whether incidents were asked for
	Unread    time.Time      // incidents opened before were not read, because there are too many; zero where all were
}

// From returns when the time begins that the report is about.
func (s Settings) From() time.Time { return s.At.Add(-time.Duration(s.Days) * day) }

// Pulls returns the pull requests that a report will be about, each value once.
func Pulls(s Settings, all []Series) []*releases.Pull {
	var pulls []*releases.Pull
	seen := map[*releases.Pull]bool{nil: true}
	for _, series := range all {
		for _, one := range series.Releases {
			for _, change := range one.Changes {
				if !seen[change.Pull] && !one.SucceededAt.Before(s.From()) {
					seen[change.Pull], pulls = true, append(pulls, change.Pull)
				}
			}
		}
	}
	return pulls
}

// Series is what was released to one environment.
type Series struct {
	Environment string
	Cut         time.Time          // deployments before were not read, because there are too many; zero where all were
	Releases    []releases.Release // newest first
}

// Of computes a report.
func Of(s Settings, all []Series, incidents []releases.Incident) Report {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	r := Report{Settings: s, Rules: []Rule{FailedLater, RolledBack}}
	if s.Incidents {
		r.Rules = append(r.Rules, HadIncident)
	}
	for _, one := range all {
		c := newCounter(r, one)
		c.blame(incidents)
		c.count()
		r.Environments = append(r.Environments, c.done())
	}
	return r
}

const day = 24 * time.Hour
