package dora

import (
	"math"
	"time"

	"github.com/lockstep-action/lockstep/internal/js"
)

// version is that of the form in which reports are written.
const version = 1

type jsonReport struct {
	Version      int               `json:"schema_version"`
	Repository   string            `json:"repository"`
	At           string            `json:"at"`
	From         string            `json:"from"`
	Days         int               `json:"days"`
	Zone         string            `json:"time_zone"`
	Rules        []Rule            `json:"failure_rules"`
	Unread       *string           `json:"incidents_unread_before"`
	Environments []jsonEnvironment `json:"environments"`
}

type jsonEnvironment struct {
	Environment string        `json:"environment"`
	Cut         *string       `json:"window_cut_at"`
	Frequency   jsonFrequency `json:"deployment_frequency"`
	Lead        jsonLead      `json:"change_lead_time"`
	Failed      jsonShare     `json:"change_fail_rate"`
	Recovery    jsonRecovery  `json:"failed_deployment_recovery_time"`
	Rework      jsonShare     `json:"deployment_rework_rate"`
	Attempts    jsonShare     `json:"attempt_failure_rate"`
	Duration    jsonSpans     `json:"duration"`
	Weeks       []jsonWeek    `json:"weeks"`
	Counts      jsonCounts    `json:"counts"`
	Unknown     []jsonGap     `json:"unknown"`
}

type jsonFrequency struct {
	N        int      `json:"n"`
	PerDay   *float64 `json:"per_day"`
	Level    *int     `json:"level"`
	WeekDays *float64 `json:"median_days_per_week"`
	Weeks    int      `json:"whole_weeks"`
}

type jsonSpans struct {
	N        int  `json:"n"`
	Median   *int `json:"p50_seconds"`
	P90      *int `json:"p90_seconds"`
	Negative int  `json:"negative"`
	Unknown  int  `json:"unknown"`
}

type jsonLead struct {
	jsonSpans

	Level  *int      `json:"level"`
	Coding jsonSpans `json:"coding"`
	Review jsonSpans `json:"review"`
	Deploy jsonSpans `json:"deploy"`
}

type jsonRecovery struct {
	jsonSpans

	Level *int `json:"level"`
	Open  int  `json:"open"`
}

type jsonShare struct {
	N     int      `json:"n"`
	Count int      `json:"count"`
	Rate  *float64 `json:"rate"`
}

type jsonWeek struct {
	Week        string `json:"week"`
	From        string `json:"from"`
	Partial     bool   `json:"partial"`
	Deployments int    `json:"deployments"`
	Days        int    `json:"days"`
	Changes     int    `json:"changes"`
	Lead        *int   `json:"lead_time_p50_seconds"`
}

type jsonCounts struct {
	First       int `json:"first"`
	Forward     int `json:"forward"`
	Rollbacks   int `json:"rollbacks"`
	Redeploys   int `json:"redeploys"`
	Failed      int `json:"failed"`
	Aborted     int `json:"aborted"`
	Abandoned   int `json:"abandoned"`
	Running     int `json:"in_progress"`
	Timeless    int `json:"without_time"`
	Pulls       int `json:"pull_requests"`
	Commits     int `json:"commits_without_pull_request"`
	BeforeMerge int `json:"deployed_before_merge"`
	Incidents   int `json:"incidents"`
	Earlier     int `json:"incidents_of_earlier_deployments"`
	Unplaced    int `json:"incidents_of_no_deployment"`
}

type jsonGap struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// JSON returns the report for programs. What is not known is null.
func (r Report) JSON(repository string) string {
	all := jsonReport{
		Version: version, Repository: repository, At: timeText(r.At), From: timeText(r.From()), Days: r.Days, Zone: r.Zone.String(),
		Rules: r.Rules, Unread: js.TimeOrNull(r.Unread), Environments: []jsonEnvironment{},
	}
	for _, one := range r.Environments {
		all.Environments = append(all.Environments, one.json())
	}
	text, _ := js.Stringify(all) // no number in it is infinite
	return text
}

func (e Environment) json() jsonEnvironment {
	out := jsonEnvironment{
		Environment: e.Name, Cut: js.TimeOrNull(e.Cut),
		Frequency: e.Frequency.json(),
		Lead:      jsonLead{e.Lead.json(), js.OrNull(e.Lead.Level()), e.Coding.json(), e.Review.json(), e.Deploy.json()},
		Failed:    e.Failed.json(), Recovery: jsonRecovery{e.Recovery.json(), js.OrNull(e.Recovery.Level()), e.Open},
		Rework: e.Rework.json(), Attempts: e.Attempts.json(), Duration: e.Duration.json(),
		Weeks: []jsonWeek{}, Counts: jsonCounts(e.Counts), Unknown: []jsonGap{},
	}
	for _, week := range e.Weeks {
		out.Weeks = append(out.Weeks, jsonWeek{
			Week: week.Name, From: week.From.Format(time.DateOnly), Partial: week.Partial,
			Deployments: week.Deployments, Days: week.Days, Changes: week.Lead.N(), Lead: week.Lead.seconds(Median),
		})
	}
	for _, gap := range e.Unknown {
		out.Unknown = append(out.Unknown, jsonGap(gap))
	}
	return out
}

func (f Frequency) json() jsonFrequency {
	out := jsonFrequency{N: f.Deployments, Level: js.OrNull(f.Level()), Weeks: f.WholeWeeks}
	if f.Window > 0 {
		out.PerDay = new(rounded(f.PerDay()))
	}
	if f.WeekDays.OK {
		out.WeekDays = new(float64(f.WeekDays.Value) / 2)
	}
	return out
}

func (s Spans) json() jsonSpans {
	return jsonSpans{N: s.N(), Median: s.seconds(Median), P90: s.seconds(P90), Negative: s.Negative, Unknown: s.Unknown}
}

func (s Spans) seconds(percent int) *int {
	at, known := s.At(percent)
	if !known {
		return nil
	}
	return new(int(at / time.Second))
}

func (s Share) json() jsonShare {
	out := jsonShare{N: s.Of, Count: s.Count}
	if rate, known := s.Rate(); known {
		out.Rate = new(rounded(rate))
	}
	return out
}

// rounded cuts a number to four digits behind the point.
func rounded(f float64) float64 { return math.Round(f*1e4) / 1e4 }

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
