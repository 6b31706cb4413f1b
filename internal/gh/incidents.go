package gh

import (
	"context"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// Incidents are issues about incidents.
type Incidents struct {
	All    []releases.Incident
	Unread time.Time // issues opened before were not read, because there are too many; zero where all were
	Absent []string  // labels that the repository does not have
}

// mostIncidentPages is how many pages of a hundred issues are read for each label.
const mostIncidentPages = 5

type incidentPage struct {
	Label *struct{ Name string } `graphql:"label(name: $label)"`

	Issues struct {
		Nodes []struct {
			Number    int
			Title     string
			Body      string
			URL       string
			CreatedAt time.Time
			ClosedAt  *time.Time
		}
		PageInfo pageInfo
	} `graphql:"issues(labels: $labels, first: 100, after: $cursor, filterBy: {since: $since}, orderBy: {field: CREATED_AT, direction: DESC})"`
}

// Incidents reads the issues with one of the labels that were opened since a time. Each label is asked for by itself: an
// issue with several is there once.
func (r *reader) Incidents(ctx context.Context, labels []string, since time.Time) (Incidents, error) {
	found, known := Incidents{}, map[int]bool{}
	for _, label := range labels {
		if err := r.incidentsOf(ctx, label, since, &found); err != nil {
			return Incidents{}, doing{"read the issues with the label " + markdown.Code(label), "issues: read"}.failed(err)
		}
	}
	once := found.All[:0]
	for _, one := range found.All {
		if !known[one.Number] {
			known[one.Number], once = true, append(once, one)
		}
	}
	found.All = once
	return found, nil
}

func (r *reader) incidentsOf(ctx context.Context, label string, since time.Time, found *Incidents) error {
	var cursor *githubv4.String
	for page := range mostIncidentPages {
		read, err := queryRepository[incidentPage](ctx, r.repository, map[string]any{
			"label": githubv4.String(label), "labels": []githubv4.String{githubv4.String(label)},
			"cursor": cursor, "since": githubv4.DateTime{Time: since},
		})
		if err != nil {
			return err
		}
		if read.Label == nil {
			found.Absent = append(found.Absent, label)
			return nil
		}
		all := read.convert()
		oldest := since
		for _, one := range all {
			oldest = one.OpenedAt
		}
		found.All = append(found.All, slices.DeleteFunc(all, func(one releases.Incident) bool { return one.OpenedAt.Before(since) })...)
		next, err := nextPage(read.Issues.PageInfo, cursor)
		if err != nil || next == nil || oldest.Before(since) {
			return err
		}
		if page == mostIncidentPages-1 && oldest.After(found.Unread) {
			found.Unread = oldest
		}
		cursor = next
	}
	return nil
}

func (p incidentPage) convert() []releases.Incident {
	var all []releases.Incident
	for _, node := range p.Issues.Nodes {
		all = append(all, releases.Incident{
			Number: node.Number, Title: node.Title, Body: node.Body, URL: node.URL, OpenedAt: node.CreatedAt, ClosedAt: value(node.ClosedAt),
		})
	}
	return all
}

// Absence says that the repository has no such labels.
func (i Incidents) Absence() *deploy.Problem {
	if len(i.Absent) == 0 {
		return nil
	}
	return &deploy.Problem{
		Text: "The repository has no label " + markdown.Codes(i.Absent, ", ") + ": no issue can have it.",
		Hint: "The input `incident_labels` takes names of labels, separated by commas.",
	}
}
