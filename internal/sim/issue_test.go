package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// https://docs.github.com/en/rest/issues/issues#get-an-issue: a pull request is an issue, and has the key pull_request.
func TestIssues(t *testing.T) {
	t.Parallel()
	g := start(t)
	pull := g.OpenPull(sim.Pull{})
	number := g.OpenIssue(sim.Issue{Title: "What runs where", Body: "By hand."})
	gone := g.OpenIssue(sim.Issue{Deleted: true})
	assert.Equal(t, []int{1, 2, 3}, []int{pull, number, gone})
	assert.Equal(t, 4, g.OpenPull(sim.Pull{}), "they share their numbers")
	play(t, g, []exchange{
		{"read", "GET /./issues/2", nil, 200, `{"number": 2, "body": "By hand.", "state": "open", "locked": false}`},
		{"pull request", "GET /./issues/1", nil, 200, `{"number": 1, "pull_request": {"url": "~/pulls/1"}}`},
		{"missing", "GET /./issues/7", nil, 404, `{"message": "Not Found"}`},
		{"deleted", "GET /./issues/3", nil, 410, `{"message": "This issue was deleted"}`},
		{"write", "PATCH /./issues/2", map[string]any{"body": "New."}, 200, `{"body": "New.", "title": "What runs where"}`},
		{"without text", "PATCH /./issues/2", map[string]any{"state": "closed"}, 200, `{"body": "New.", "state": "closed"}`},
		{"too long", "PATCH /./issues/2", map[string]any{"body": strings.Repeat("x", 65537)}, 422, `{"message": "Validation Failed"}`},
		{"text of a pull request", "PATCH /./issues/1", map[string]any{"body": "x"}, 200, `{"body": "x"}`},
	})
	assert.Equal(t, "New.", g.Issue(2).Body)
	assert.Zero(t, g.Issue(1))
	g.EditIssue(2, func(i *sim.Issue) { i.Locked, i.Number = true, 9 })
	play(t, g, []exchange{{"locked", "PATCH /./issues/2", map[string]any{"body": "x"}, 403, `{"message": "Unable to update because issue is locked."}`}})
}

// A token for pull requests alone sees the issues that are pull requests.
func TestIssuesNeedTheirOwnPermission(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.OpenIssue(sim.Issue{})
	copied := g.Clone()
	for _, one := range []*sim.GitHub{g, copied} {
		one.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "write"}})
		play(t, one, []exchange{
			{"issue", "GET /./issues/2", nil, 403, `{"message": "Resource not accessible by integration"}`},
			{"pull request", "GET /./issues/1", nil, 200, ""},
		})
		one.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"issues": "read"}})
		play(t, one, []exchange{
			{"read", "GET /./issues/2", nil, 200, ""},
			{"write", "PATCH /./issues/2", map[string]any{"body": "x"}, 403, ""},
		})
	}
}

// The labels of GraphQL are alternatives, and since is about the last change.
func TestIssuesOfLabels(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	old := g.OpenIssue(sim.Issue{Title: "old", Labels: []string{"Incident"}})
	g.OpenIssue(sim.Issue{Title: "other", Labels: []string{"bug"}})
	g.OpenIssue(sim.Issue{Title: "plain"})
	g.OpenIssue(sim.Issue{Title: "gone", Labels: []string{"bug"}, Deleted: true})
	g.EditIssue(old, func(i *sim.Issue) { i.Closed = true })
	for name, test := range map[string]struct{ query, want string }{
		"all": {`issues(first: 9) { nodes { title } }`, `{"issues": {"nodes": [{"title": "old"}, {"title": "other"}, {"title": "plain"}]}}`},
		"one label, in any case": {
			`issues(first: 9, labels: ["incident"]) { totalCount nodes { title closed state labels(first: 1) { nodes { name } } url } }`,
			`{"issues": {"totalCount": 1, "nodes": [{"title": "old", "closed": true, "state": "CLOSED", "labels": {"nodes": [{"name": "Incident"}]}, "url": "~/acme/shop/issues/2"}]}}`,
		},
		"any of two":        {`issues(first: 9, labels: ["incident", "bug"]) { totalCount }`, `{"issues": {"totalCount": 2}}`},
		"newest first":      {`issues(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { title } }`, `{"issues": {"nodes": [{"title": "plain"}]}}`},
		"not changed":       {`issues(first: 1, filterBy: {since: "2999-01-01T00:00:00Z"}) { totalCount }`, `{"issues": {"totalCount": 0}}`},
		"changed":           {`issues(first: 1, filterBy: {since: "2000-01-01T00:00:00Z", labels: ["bug"]}) { totalCount }`, `{"issues": {"totalCount": 1}}`},
		"label of an issue": {`label(name: "bug") { name }`, `{"label": {"name": "bug"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			includes(t, test.want, repository(t, g, test.query))
		})
	}
}

func TestIssuesOverTime(t *testing.T) {
	t.Parallel()
	g := start(t)
	old := g.OpenIssue(sim.Issue{Closed: true})
	g.EditIssue(old, func(i *sim.Issue) { i.Closed = false })
	includes(t, `{"issues": {"nodes": [{"closedAt": null}]}}`, repository(t, g, `issues(first: 1) { nodes { closedAt } }`))
	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	includes(t, `{"errors": [{"type": "FORBIDDEN", "path": ["repository", "issues"]}]}`, queryAs(t, g, sim.DefaultToken, `issues(first: 1) { totalCount }`))
}
