package deploy_test

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestReviewsWords(t *testing.T) {
	t.Parallel()
	const ask = "Ask someone with write access, or a code owner of the changed files, for a review, and run the command when it is approved."
	for _, test := range []struct {
		decision   string
		admins     config.Admins
		text, hint string
	}{
		{deploy.ReviewRequired, config.Admins{}, "This pull request still needs an approving review.", ask},
		{
			deploy.ReviewRequired,
			config.Admins{Logins: []string{"ada", "bob"}, Teams: []string{"acme/ops"}},
			"This pull request still needs an approving review.", ask + " An admin (`ada`, `bob`, `acme/ops`) can deploy without one.",
		},
		{
			deploy.ChangesRequested,
			config.Admins{},
			"This pull request was reviewed, and the reviewer asked for changes.",
			"Answer the review, ask the reviewer to look again, and run the command when it is approved.",
		},
		{"MAYBE", config.Admins{}, "This pull request has an unknown review state `MAYBE`.", ask},
	} {
		t.Run(fmt.Sprintf("%s, admins %q", test.decision, test.admins.Logins), func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Admins, f.Pull.ReviewDecision = test.admins, test.decision
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, []string{"reviews"}, deploytest.Blocked(d))
			assert.Equal(t, deploy.Finding{
				Gate: "reviews", Level: deploy.Block, Code: deploy.PrechecksFailed, Text: test.text, Hint: test.hint,
			}, deploytest.Said(t, d, "reviews"))
			assert.Equal(t, test.decision, d.Evidence.ReviewDecision)
			assert.Equal(t, 1, d.Evidence.Approvals)
		})
	}
}

func TestReviewsHostile(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	f.Pull.ReviewDecision = deploytest.Hostile
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "reviews"))
	c.Admins.Teams, f.Pull.ReviewDecision = []string{deploytest.Hostile}, deploy.ReviewRequired
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "reviews"))
}

func TestReviewsSkipped(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]deploy.Verdict{"dev": deploy.Proceed, "production": deploy.Refuse} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Reviews.Skip, f.Pull.ReviewDecision = []string{"dev", "staging"}, deploy.ReviewRequired
			d := deploy.Decide(deploytest.Asking(command.Deploy, environment), c, f)
			assert.Equal(t, want, d.Verdict)
			assert.Equal(t, want == deploy.Proceed, d.Evidence.ReviewDecision == deploy.ReviewsSkipped)
		})
	}
}

// Who counts as an admin.
func TestReviewsAdmin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor  string
		logins []string
		teams  []string
		want   bool
	}{
		"no admins":      {"octocat", nil, nil, false},
		"listed":         {"octocat", []string{"ada", "octocat"}, nil, true},
		"another case":   {"OctoCat", []string{"octocat"}, nil, true},
		"another one":    {"octocat", []string{"octocat2", "octo"}, nil, false},
		"in a team":      {"octocat", nil, []string{"acme/ops"}, true},
		"unknown actor":  {"", []string{""}, nil, false},
		"listed and not": {"", []string{"octocat"}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			r := deploytest.Asking(command.Deploy, "production")
			r.Event.Actor, r.Event.Triggering, c.Admins.Logins, f.Actor.Teams = test.actor, test.actor, test.logins, test.teams
			f.Pull.ReviewDecision = deploy.ReviewRequired
			d := deploy.Decide(r, c, f)
			assert.Equal(t, test.want, d.Evidence.Admin)
			assert.Equal(t, test.want, d.Verdict == deploy.Proceed)
		})
	}
}

// An admin needs no review, and everything else like anyone.
func TestReviewsAdminIsHeldToTheRest(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Admins.Logins = []string{"octocat"}
	f.Pull.ReviewDecision, f.Pull.Draft, f.Pull.MergeState = deploy.ChangesRequested, true, "DIRTY"
	f.Pull.Checks = reported(deploytest.CheckRun("a", "FAILURE"))
	f.Pull.BehindBase = distance(1)
	assert.Equal(t, []string{"checks", "outdated", "draft", "conflicts"}, deploytest.Blocked(deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)))
}

// An actor who may be an admin is not treated as one, and learns why.
func TestReviewsTeamsUnavailable(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Admins.Teams = []string{"acme/admins"}
	for _, test := range []struct {
		decision string
		kind     command.Kind
		want     deploy.Level
	}{
		{deploy.Approved, command.Deploy, deploy.Warn},
		{"", command.Deploy, deploy.Warn},
		{deploy.ReviewRequired, command.Noop, deploy.Warn},
		{deploy.ReviewRequired, command.Deploy, deploy.Block},
	} {
		t.Run(test.kind.String()+" "+cmp.Or(test.decision, "no review"), func(t *testing.T) {
			t.Parallel()
			f := deploytest.Without(deploy.TeamsPart)
			f.Pull.ReviewDecision = test.decision
			d := deploy.Decide(deploytest.Asking(test.kind, "production"), c, f)
			finding := deploytest.Said(t, d, "reviews")
			assert.Equal(t, test.want, finding.Level)
			assert.Contains(t, finding.Text+finding.Hint, "I could not read the teams.")
			assert.False(t, d.Evidence.Admin)
		})
	}
	f := deploytest.Without(deploy.TeamsPart)
	f.Actor.Teams, f.Pull.ReviewDecision = []string{"acme/ops"}, deploy.ReviewRequired
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Verdict, "another team could be read")
}
