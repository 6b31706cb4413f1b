package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func decision(t *testing.T, g *sim.GitHub) any {
	t.Helper()
	pull, _ := repository(t, g, `pullRequest(number: 1) { reviewDecision }`)["pullRequest"].(map[string]any)
	return pull["reviewDecision"]
}

func reviewed(t *testing.T) *sim.GitHub {
	t.Helper()
	g := start(t)
	g.AddUser(sim.User{Login: "bob", Permission: "write"})
	g.AddUser(sim.User{Login: "carol", Permission: "admin"})
	g.AddUser(sim.User{Login: "dave", Permission: "read"})
	g.OpenPull(sim.Pull{})
	return g
}

func TestReviewDecision(t *testing.T) {
	t.Parallel()
	g := reviewed(t)
	g.Review(1, "bob", "APPROVED")
	assert.Nil(t, decision(t, g), "no rule requires reviews")

	g.RequireReviews(2)
	assert.Equal(t, "REVIEW_REQUIRED", decision(t, g))
	g.Review(1, "dave", "APPROVED")
	g.Review(1, "bob", "APPROVED")
	assert.Equal(t, "REVIEW_REQUIRED", decision(t, g), "readers do not count, and no one counts twice")
	g.Review(1, "carol", "CHANGES_REQUESTED")
	assert.Equal(t, "CHANGES_REQUESTED", decision(t, g))
	g.Review(1, "carol", "COMMENTED")
	assert.Equal(t, "CHANGES_REQUESTED", decision(t, g), "a comment takes nothing back")
	g.Review(1, "carol", "approved")
	assert.Equal(t, "APPROVED", decision(t, g))
	g.PushToPull(1, sim.Commit{})
	assert.Equal(t, "APPROVED", decision(t, g), "reviews outlive a push")
	g.Review(1, "carol", "DISMISSED")
	assert.Equal(t, "REVIEW_REQUIRED", decision(t, g))
}

// GitHub's documentation on protected branches: the state of the diff is recorded when a pull request is approved, and
// the approval is dismissed when a push makes it another diff.
func TestStaleReviewsAreDismissed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		push func(*sim.GitHub)
		want string
	}{
		"another diff":       {func(g *sim.GitHub) { g.PushToPull(1, sim.Commit{Files: map[string]string{"new.txt": "new"}}) }, "REVIEW_REQUIRED"},
		"a date in the past": {func(g *sim.GitHub) { g.PushToPull(1, backdated()) }, "REVIEW_REQUIRED"},
		"the same diff":      {func(g *sim.GitHub) { g.PushToPull(1, sim.Commit{}) }, "APPROVED"},
		"there and back": {func(g *sim.GitHub) {
			before := g.PullHead(1)
			head := g.PushToPull(1, backdated())
			force(t, g, "change-1", before)
			assert.NotEqual(t, head, g.PullHead(1))
		}, "REVIEW_REQUIRED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reviewed(t)
			g.AddRule(sim.Rule{Type: "pull_request", Parameters: map[string]any{"dismiss_stale_reviews_on_push": true}})
			g.Review(1, "bob", "APPROVED")
			assert.Equal(t, "APPROVED", decision(t, g))
			test.push(g)
			assert.Equal(t, test.want, decision(t, g))
		})
	}
}

func backdated() sim.Commit {
	return sim.Commit{Files: map[string]string{"old.txt": "old"}, AuthoredAt: time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)}
}

// What the newest opinions show: dismissed ones with their state, older ones with their commit, and with writersOnly no one
// who may not write now. See https://docs.github.com/graphql/reference/objects#pullrequest; that a dismissed review stays
// in the list is an assumption, see U20b.
func TestOpinions(t *testing.T) {
	t.Parallel()
	g := reviewed(t)
	first := g.PullHead(1)
	g.Review(1, "bob", "APPROVED")
	g.Review(1, "carol", "APPROVED")
	g.Review(1, "dave", "APPROVED")
	second := g.PushToPull(1, sim.Commit{})
	require.NoError(t, g.SubmitReview(sim.ReviewSpec{Pull: 1, Login: "CAROL", State: "changes_requested"}))
	require.NoError(t, g.SubmitReview(sim.ReviewSpec{Pull: 1, Login: "carol", State: "DISMISSED"}))
	g.AddUser(sim.User{Login: "erin", Permission: "write"})
	require.NoError(t, g.SubmitReview(sim.ReviewSpec{Pull: 1, Login: "erin", State: "APPROVED", Commit: first}))
	const list = `pullRequest(number: 1) { latestOpinionatedReviews(first: 100, writersOnly: true) { nodes { author { login } state commit { oid } } } }`
	includes(t, `{"pullRequest": {"latestOpinionatedReviews": {"nodes": [
		{"author": {"login": "bob"}, "state": "APPROVED", "commit": {"oid": "`+first+`"}},
		{"author": {"login": "carol"}, "state": "DISMISSED", "commit": {"oid": "`+second+`"}},
		{"author": {"login": "erin"}, "state": "APPROVED", "commit": {"oid": "`+first+`"}}]}}}`, repository(t, g, list))
	g.AddUser(sim.User{Login: "bob", Permission: "read"})
	g.AddUser(sim.User{Login: "erin", Permission: "none"})
	includes(t, `{"pullRequest": {"latestOpinionatedReviews": {"nodes": [{"author": {"login": "carol"}}]}}}`, repository(t, g, list))
}

// "Pull request authors cannot approve their own pull requests": the words are those that REST answers with, as
// quoted in juliangruber/approve-pull-request-action#61.
func TestRefusedReviews(t *testing.T) {
	t.Parallel()
	g := reviewed(t)
	for name, test := range map[string]struct {
		review sim.ReviewSpec
		want   string
	}{
		"own approval":    {sim.ReviewSpec{Login: "Octocat", State: "APPROVED"}, "Can not approve your own pull request"},
		"own refusal":     {sim.ReviewSpec{Login: "octocat", State: "CHANGES_REQUESTED"}, "Can not request changes on your own pull request"},
		"foreign commit":  {sim.ReviewSpec{Login: "bob", State: "APPROVED", Commit: g.Head("main")}, "is not part of the pull request"},
		"no review yet":   {sim.ReviewSpec{Login: "bob", State: "DISMISSED"}, "bob has no review that can be dismissed"},
		"own comment":     {sim.ReviewSpec{Login: "octocat", State: "COMMENTED"}, ""},
		"comment remains": {sim.ReviewSpec{Login: "octocat", State: "DISMISSED"}, "has no review that can be dismissed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.review.Pull = 1
			err := g.SubmitReview(test.review)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestReviews(t *testing.T) {
	t.Parallel()
	g := reviewed(t)
	head := g.PullHead(1)
	g.Review(1, "bob", "APPROVED")
	g.Review(1, "dave", "APPROVED")
	g.Review(1, "bob", "COMMENTED")
	includes(t, `{"pullRequest": {"reviews": {"totalCount": 3}, "approved": {"totalCount": 2},
		"byBob": {"nodes": [{"state": "APPROVED", "commit": {"oid": "`+head+`"}, "authorCanPushToRepository": true}, {"state": "COMMENTED"}]},
		"latestReviews": {"nodes": [{"author": {"login": "dave"}}, {"author": {"login": "bob"}, "state": "COMMENTED"}]},
		"latestOpinionatedReviews": {"nodes": [{"author": {"login": "bob"}, "state": "APPROVED"}]}}}`,
		repository(t, g, `pullRequest(number: 1) { reviews(first: 1) { totalCount } approved: reviews(first: 1, states: APPROVED) { totalCount }
			byBob: reviews(first: 5, author: "bob") { nodes { state commit { oid } authorCanPushToRepository } }
			latestReviews(first: 5) { nodes { author { login } state } }
			latestOpinionatedReviews(first: 5, writersOnly: true) { nodes { author { login } state } } }`))
	play(t, g, []exchange{
		{"REST", "GET /./pulls/1/reviews?per_page=2", nil, 200, `[{"state": "APPROVED", "user": {"login": "bob"}, "commit_id": "` + head + `"}, {"user": {"login": "dave"}}]`},
	})
}

// Without a required approval there is a decision only where code owners are asked for, and there are some.
// See https://docs.github.com/graphql/reference/enums#pullrequestreviewdecision and GitHub's rules for code owners.
func TestDecisionOfCodeOwners(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		owners []string
		by     string
		want   string
	}{
		"no owners":          {nil, "alice", `null`},
		"no approval":        {[]string{"carol"}, "", `"REVIEW_REQUIRED"`},
		"approved by others": {[]string{"carol"}, "alice", `"REVIEW_REQUIRED"`},
		"approved by one":    {[]string{"alice", "carol"}, "carol", `"APPROVED"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.OpenPull(sim.Pull{})
			g.AddRule(sim.Rule{Type: "pull_request", Parameters: map[string]any{"required_approving_review_count": 0, "require_code_owner_review": true}})
			g.OwnCode(test.owners...)
			if test.by != "" {
				g.AddUser(sim.User{Login: test.by, Permission: "write"})
				g.Review(1, test.by, "APPROVED")
			}
			includes(t, `{"pullRequest": {"reviewDecision": `+test.want+`}}`, repository(t, g, `pullRequest(number: 1) { reviewDecision }`))
		})
	}
}
