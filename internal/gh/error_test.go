package gh_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// What GitHub says decides on the hint, not the status alone: a 403 has many causes.
func TestHints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		message string
		hint    string
		denied  bool
		refused bool
	}{
		"a permission":             {403, "Resource not accessible by integration", "Add `pull-requests: write` to the `permissions:` of the job.", true, true},
		"a fine-grained token":     {403, "Resource not accessible by personal access token", "The fine-grained personal access token in the input `github_token` lacks `pull-requests: write`, or cannot have it", true, true},
		"an invalid token":         {401, "Bad credentials", "The token is invalid or expired.", true, true},
		"a locked conversation":    {403, "Unable to create comment because issue is locked.", "Unlock the conversation of this pull request, or comment on another one", false, true},
		"an archived repository":   {403, "Repository was archived so is read-only.", "The repository is archived, and so read-only.", false, true},
		"an IP allow list":         {403, "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.", "Add the addresses of the runner to the IP allow list", false, true},
		"single sign-on":           {403, "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.", "Authorize the token in the input `github_token`", false, true},
		"a workflow file":          {403, "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission", "Merge the base into the branch yourself", false, true},
		"anything else":            {403, "Sorry. Your account was suspended.", "An administrator of the repository or of its organization can tell why GitHub refuses this.", false, true},
		"a limit":                  {403, "API rate limit exceeded for installation.", "The token's rate limit is used up.", false, false},
		"a ruleset":                {422, "Repository rule violations found", "A ruleset of the repository forbids it.", false, false},
		"a name like sign-on":      {422, "No ref found for: SAML-login", "check the names in the command", false, false},
		"a name like a lock":       {422, "No ref found for: issue is locked", "check the names in the command", false, false},
		"a name like a rule":       {422, "No ref found for: rule violations", "check the names in the command", false, false},
		"a name like a limit":      {500, "No ref found for: rate limit", "look at <https://www.githubstatus.com>", false, false},
		"a refusal with a name":    {403, "No access to was archived, IP allow list, SAML", "An administrator of the repository", false, true},
		"an answer of other kinds": {500, "Oops", "Run the command again.", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := &answers{list: []answering{answer(test.status, `{"message":"`+test.message+`"}`)}}
			_, err := newClient(t, wire, "x").Do(t.Context(), plan.Comment{Pull: 7, Body: "Hi."}, plan.Ledger{})
			require.Error(t, err)
			assert.Contains(t, gh.Explain(err).Hint, test.hint)
			assert.Equal(t, test.denied, gh.Denied(err))
			assert.Equal(t, test.refused, gh.Refused(err))
			assert.Equal(t, test.hint != "" && name == "a locked conversation", gh.ConversationLocked(err))
		})
	}
}

// GraphQL says why in an error's type. What it quotes there decides on nothing.
func TestHintsOfGraphQL(t *testing.T) {
	t.Parallel()
	const locked, signOn = "Unable to create comment because issue is locked.", "Resource protected by organization SAML enforcement."
	for name, test := range map[string]struct {
		kind, message, hint string
		refused, locked     bool
	}{
		"single sign-on":       {"FORBIDDEN", signOn, "Authorize the token", true, false},
		"it quotes sign-on":    {"UNPROCESSABLE", signOn, "Run the command again.", false, false},
		"locked, forbidden":    {"FORBIDDEN", locked, "Unlock the conversation", true, true},
		"locked, not possible": {"UNPROCESSABLE", locked, "Unlock the conversation", false, true},
		"it quotes a lock":     {"NOT_FOUND", locked, "Run the command again.", false, false},
		"a limit":              {"RATE_LIMITED", "API rate limit exceeded for installation.", "The token's rate limit is used up.", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := &answers{list: []answering{answer(200, `{"data":{"addComment":null},"errors":[{"type":"`+test.kind+`","path":["addComment"],"message":"`+test.message+`"}]}`)}}
			comment := plan.Comment{Pull: 7, PullID: "PR_7", Body: "Hi.", Recheck: &deploy.Needs{Pull: 7}}
			_, err := newClient(t, wire, "x").Do(t.Context(), comment, plan.Ledger{})
			require.Error(t, err)
			assert.Contains(t, gh.Explain(err).Hint, test.hint)
			assert.Equal(t, test.refused, gh.Refused(err))
			assert.Equal(t, test.locked, gh.ConversationLocked(err))
		})
	}
}

// A field that an older server lacks is no outage.
func TestOlderServer(t *testing.T) {
	t.Parallel()
	wire := &answers{list: []answering{answer(200, `{"errors":[{"path":["query","repository"],"extensions":{"code":"undefinedField","typeName":"Ref","fieldName":"rules"},"message":"Field 'rules' doesn't exist on type 'Ref'"}]}`)}}
	_, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 7, StableBranch: "main"})
	require.Error(t, err)
	assert.Equal(t, "This GitHub Enterprise Server is older than 3.17, the oldest version that works. Update it.", gh.Explain(err).Hint)
}

// The time is GitHub's, where the runner's clock is off by more than an answer can be late.
func TestClock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ ahead, skew time.Duration }{
		"right":      {0, 0},
		"an instant": {2 * time.Second, 0},
		"ahead":      {7 * time.Minute, 7 * time.Minute},
		"behind":     {-time.Hour, -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				client, err := gh.New(gh.Options{
					Token: "sim-token", Owner: "acme", Repository: "shop", Transport: github.Client().Transport,
					Now: func() time.Time { return time.Now().Add(test.ahead) },
				})
				require.NoError(t, err)
				facts, err := client.Facts(t.Context(), deploy.Needs{Pull: 7, StableBranch: "main"})
				require.NoError(t, err)
				assert.Equal(t, test.skew, facts.Skew)
				assert.True(t, time.Now().Equal(facts.ReadAt), facts.ReadAt)
			})
		})
	}
}

// One part of the action goes by one measure: the headers have whole seconds, and two of them may differ by one.
func TestClockIsDecidedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		assumed time.Duration
		ahead   []time.Duration // of the runner's clock, at each answer
		want    time.Duration
	}{
		"near the limit, from below": {0, []time.Duration{2900 * time.Millisecond, 3500 * time.Millisecond}, 0},
		"near the limit, from above": {0, []time.Duration{4 * time.Second, 2 * time.Second}, 4 * time.Second},
		"a late first answer":        {0, []time.Duration{20 * time.Second, 0}, 0},
		"a clock that is set":        {0, []time.Duration{0, time.Hour}, time.Hour},
		"as the start found it":      {4 * time.Second, []time.Duration{3 * time.Second}, 4 * time.Second},
		"not as the start found it":  {time.Hour, []time.Duration{0}, 0},
		"no answer yet":              {time.Hour, nil, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github, ahead := newGitHub(t), time.Duration(0)
				client, err := gh.New(gh.Options{
					Token: "sim-token", Owner: "acme", Repository: "shop", Transport: github.Client().Transport,
					Now: func() time.Time { return time.Now().Add(ahead) },
				})
				require.NoError(t, err)
				client.Assume(test.assumed)
				for _, ahead = range test.ahead {
					_, err := client.Facts(t.Context(), deploy.Needs{})
					require.NoError(t, err)
				}
				assert.Equal(t, test.want, client.Skew())
			})
		})
	}
}
