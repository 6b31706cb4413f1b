package dora

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// Rule is one of the rules by which a deployment counts as failed.
type Rule string

// The rules.
const (
	FailedLater Rule = "failure_after_success" // a status of failure follows its success
	RolledBack  Rule = "rollback"              // the next deployment is a rollback
	HadIncident Rule = "incident"              // an issue about an incident was opened while it ran, or names it
)

// Report has the metrics of each environment.
type Report struct {
	Settings

	Rules        []Rule // that were in use
	Environments []Environment
}

// Environment has the metrics of one environment.
type Environment struct {
	Name string
	From time.Time // when the time begins that is known, which is later than the report's where it was cut
	Cut  time.Time // the same where it was cut, else zero
	None bool      // GitHub has no deployment to it, now or before

	Frequency Frequency
	Lead      Spans // from the first commit of a change to the success of the deployment that brought it
	Coding    Spans // from the first commit to the pull request
	Review    Spans // from the pull request to its merge
	Deploy    Spans // from the merge to the success
	Failed    Share // deployments that needed someone at once
	Recovery  Spans // from the failure until it was over
	Open      int   // failures that are not over
	Rework    Share // rollbacks
	Attempts  Share // attempts that failed. It is not a DORA metric
	Duration  Spans // from the start of a deployment to its success

	Weeks     []Week // oldest first
	Counts    Counts
	Unknown   []Gap   // why it is not known of some deployments what they brought
	Attempted []*Mark // every deployment of the time, oldest first
}

// Frequency says how often something is deployed.
type Frequency struct {
	Deployments int           // that succeeded, without redeploys: the N of the other metrics
	Window      time.Duration // in which they did
	WeekDays    Known         // the median of days with a deployment in a whole week, times two
	WholeWeeks  int           // that the median is about
}

// Known is a number that may not be known.
type Known struct {
	Value int
	OK    bool
}

// Share is a part of a number of deployments.
type Share struct{ Count, Of int }

// Week is one week, from Monday, in the zone of the report.
type Week struct {
	Name        string // as in ISO 8601, such as 2026-W36
	From        time.Time
	Partial     bool // not all of it is inside of the time that the report is about
	Deployments int
	Days        int // with a deployment
	Lead        Spans
}

// Counts are what the metrics rest on, and what they leave out.
type Counts struct {
	First, Forward, Rollbacks, Redeploys int // of the deployments that succeeded
	Failed, Aborted, Abandoned, Running  int // of those that did not
	Timeless                             int // succeeded, and it is not known when
	Pulls, Commits                       int // changes: pull requests, and commits without one
	BeforeMerge                          int // pull requests that were deployed before they were merged
	Incidents                            int // of the deployments that count
	Earlier                              int // incidents of deployments before that time
	Unplaced                             int // incidents that belong to no deployment here
}

// Gap is a reason for which something is unknown.
type Gap struct {
	Reason string
	Count  int
}

// Mark is one attempt with what the report makes of it.
type Mark struct {
	releases.Release

	At       time.Time
	Failures []Rule // by which it counts as failed, nil for none
}
