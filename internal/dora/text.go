package dora

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Row is one metric in words: what the columns of Heads say.
type Row []string

// Heads are the titles of the columns of rows.
func Heads() []string { return []string{"Metric", "Value", "Level", "n", "Median", "p90"} }

// Places of columns.
const columnLevel, columnN = 2, 3

const unknown = "–"

// Metrics are the five DORA metrics.
func (e Environment) Metrics() []Row {
	f := e.Frequency
	frequency := Row{"Deployment frequency", f.text(), level(f.Level(), f.Deployments), strconv.Itoa(f.Deployments), f.days(), unknown}
	recovery := e.Recovery.row("Failed deployment recovery time", e.Recovery.Level())
	if e.Open > 0 {
		recovery[columnN] += fmt.Sprintf(" + %d open", e.Open)
	}
	return []Row{frequency, e.Lead.row("Change lead time", e.Lead.Level()), e.Failed.row("Change fail rate"), recovery, e.Rework.row("Deployment rework rate (rollbacks)")}
}

// Parts are lengths of time that explain the metrics, and a rate that is not a DORA metric.
func (e Environment) Parts() []Row {
	rows := []Row{
		e.Coding.row("Lead time: first commit to pull request", 0), e.Review.row("Lead time: pull request to merge", 0),
		e.Deploy.row("Lead time: merge to deployment", 0), e.Duration.row("Duration of a deployment", 0), e.Attempts.row("Attempts that failed (not a DORA metric)"),
	}
	for i := range rows {
		rows[i][columnLevel] = unknown
	}
	return rows
}

func (f Frequency) text() string {
	perDay := f.PerDay()
	switch {
	case f.Deployments == 0:
		return "0"
	case perDay >= 1:
		return number(perDay) + " a day"
	case perDay*7 >= 1:
		return number(perDay*7) + " a week"
	}
	return number(perDay*30) + " in 30 days"
}

func (f Frequency) days() string {
	if !f.WeekDays.OK {
		return unknown
	}
	if f.WeekDays.Value == 2 {
		return "1 day a week"
	}
	return strconv.FormatFloat(float64(f.WeekDays.Value)/2, 'f', -1, 64) + " days a week"
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func (s Spans) row(name string, reached int) Row {
	return Row{name, s.Text(Median), level(reached, s.N()), strconv.Itoa(s.N()), s.Text(Median), s.Text(P90)}
}

// Text writes a percentile.
func (s Spans) Text(percent int) string {
	at, known := s.At(percent)
	if !known {
		return unknown
	}
	return Length(at)
}

func (s Share) row(name string) Row {
	value := unknown
	if rate, known := s.Rate(); known {
		value = fmt.Sprintf("%s %% (%d)", number(100*rate), s.Count)
	}
	return Row{name, value, unknown, strconv.Itoa(s.Of), unknown, unknown}
}

func level(reached, n int) string {
	if reached == 0 {
		return fmt.Sprintf("n=%d", n)
	}
	return fmt.Sprintf("%d of 6", reached)
}

// Length writes a length of time with its two largest units.
func Length(d time.Duration) string {
	units := []struct {
		name string
		size time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, unit := range units {
		if d < unit.size {
			continue
		}
		text := fmt.Sprintf("%d%s", d/unit.size, unit.name)
		if rest := d % unit.size; i+1 < len(units) && rest >= units[i+1].size {
			text += fmt.Sprintf(" %d%s", rest/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0s"
}

// Words says a rule.
func (r Rule) Words() string {
	return map[Rule]string{
		FailedLater: "a failure status follows its success",
		RolledBack:  "the next deployment is a rollback",
		HadIncident: "an issue about an incident is opened while it runs, or names its commit",
	}[r]
}

// Notes say what a report is about, in plain text.
func (r Report) Notes() []string {
	var words []string
	for _, rule := range r.Rules {
		words = append(words, rule.Words())
	}
	notes := []string{
		fmt.Sprintf("The last %d days, from %s to %s; days and weeks are those of %s.", r.Days, r.clock(r.From()), r.clock(r.At), r.Zone),
		"A deployment counts as failed when " + strings.Join(words, "; or ") + ".",
	}
	if !r.Incidents {
		notes = append(notes, "Incidents do not count: the input incident_labels is empty.")
	}
	if !r.Unread.IsZero() {
		notes = append(notes, "Issues that were opened before "+r.clock(r.Unread)+" were not read, because there are too many.")
	}
	return append(notes, "The rework rate counts rollbacks: GitHub does not say which other deployments were unplanned.",
		"Levels are those of DORA's Quick Check, from 1 to 6. Fewer than five values have no level.")
}

func (r Report) clock(t time.Time) string { return t.In(r.Zone).Format("2006-01-02 15:04") }

// NotesOf says what the metrics of an environment leave out, in plain text.
func (r Report) NotesOf(e Environment) []string {
	var notes []string
	if e.None {
		notes = append(notes, "GitHub knows of no deployment to this environment. Is the name right?")
	}
	if !e.Cut.IsZero() {
		notes = append(notes, "The report begins on "+e.Cut.In(r.Zone).Format(time.DateOnly)+": earlier deployments were not read, because there are too many.")
	}
	n := e.Counts
	for _, one := range []struct {
		count int
		words string
	}{
		{n.Redeploys, "redeploys of files that already ran"},
		{n.Aborted, "attempts that were aborted"},
		{n.Abandoned, "attempts without a result"},
		{n.Running, "deployments that have not ended"},
		{n.Timeless, "successes whose time GitHub does not say"},
		{n.Earlier, "incidents of earlier deployments"},
		{n.Unplaced, "incidents that belong to no deployment here"},
	} {
		if one.count > 0 {
			notes = append(notes, fmt.Sprintf("Not counted: %s: %d.", one.words, one.count))
		}
	}
	if n.First > 0 {
		notes = append(notes, "The first deployment has no lead time: there is nothing to compare it with.")
	}
	if n.Commits > 0 {
		notes = append(notes, plural(n.Commits, "change is a commit", "changes are commits")+" without a pull request.")
	}
	if n.BeforeMerge > 0 {
		notes = append(notes, plural(n.BeforeMerge, "pull request was", "pull requests were")+" deployed before the merge, and have no time from merge to deployment.")
	}
	for _, gap := range e.Unknown {
		notes = append(notes, "It is not known what "+plural(gap.Count, "deployment", "deployments")+" changed: "+gap.Reason+".")
	}
	return append(notes, e.dropped()...)
}

// dropped says which times were left out.
func (e Environment) dropped() []string {
	var notes []string
	for _, one := range []struct {
		of    string
		spans Spans
	}{
		{"lead time", e.Lead},
		{"coding", e.Coding},
		{"review", e.Review},
		{"merge to deployment", e.Deploy},
		{"recovery", e.Recovery},
		{"duration", e.Duration},
	} {
		if one.spans.Negative > 0 {
			notes = append(notes, plural(one.spans.Negative, "time", "times")+" ("+one.of+") left out: they end before they begin.")
		}
		if one.spans.Unknown > 0 {
			notes = append(notes, plural(one.spans.Unknown, "time", "times")+" ("+one.of+") left out: GitHub does not say when they began.")
		}
	}
	return notes
}

func plural(count int, singular, several string) string {
	if count == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%d %s", count, several)
}
