package gh_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// When a deployment succeeded is read where it is asked for, however far back deployments are read.
func TestTimesOfDeployments(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]deploy.Scope{"newest": deploy.Newest, "until own": deploy.UntilOwn, "since its run": deploy.SinceItsRun} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				for _, state := range []string{"success", "failure"} {
					github.Deploy(sim.DeploymentSpec{Environment: state, SHA: github.Head("main"), Ref: "main", Creator: "alice", State: state})
				}
				client := newClient(t, github.Client().Transport, "sim-token")
				asked := deploy.Needs{Environments: []string{"success", "failure"}, Scope: scope}
				facts, err := client.Facts(t.Context(), asked)
				require.NoError(t, err)
				assert.False(t, facts.Deployments["success"][0].SucceededAt.OK, "it was not asked for")
				asked.Times = true
				facts, err = client.Facts(t.Context(), asked)
				require.NoError(t, err)
				at := facts.Deployments["success"][0].SucceededAt
				assert.True(t, at.OK)
				assert.WithinDuration(t, time.Now(), at.Value, 0)
				assert.Equal(t, deploy.Known[time.Time]{}, facts.Deployments["failure"][0].SucceededAt)
			})
		})
	}
}

// The newest success counts. Where one has no time, it may be the newest one.
func TestNewestSuccess(t *testing.T) {
	t.Parallel()
	early, late := "2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z"
	status := func(state, at string) string { return fmt.Sprintf(`{"state":%q,"createdAt":%q}`, state, at) }
	for name, test := range map[string]struct {
		statuses  string
		want      string // "" for unknown
		succeeded bool
	}{
		"none":                     {`{"nodes":[]}`, "", false},
		"null":                     {`null`, "", false},
		"one":                      {`{"nodes":[` + status("SUCCESS", early) + `]}`, early, true},
		"newest first":             {`{"nodes":[` + status("INACTIVE", late) + `,` + status("SUCCESS", late) + `,` + status("SUCCESS", early) + `]}`, late, true},
		"newest last":              {`{"nodes":[` + status("SUCCESS", early) + `,` + status("SUCCESS", late) + `]}`, late, true},
		"a failure afterwards":     {`{"nodes":[` + status("FAILURE", late) + `,` + status("SUCCESS", early) + `]}`, early, true},
		"no success":               {`{"nodes":[` + status("IN_PROGRESS", early) + `]}`, "", false},
		"a success without a time": {`{"nodes":[` + status("SUCCESS", early) + `,{"state":"SUCCESS","createdAt":null}]}`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.Fail(sim.Fault{Operation: "query", Status: 200, Body: `{"data":{"rateLimit":{"cost":1,"remaining":9,"resetAt":"2026-11-30T10:00:00Z"},
				"repository":{"nameWithOwner":"acme/shop","id":"R_1","e0":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[{
				"environment":"staging","commitOid":"1","state":"ACTIVE","payload":null,"createdAt":"2026-11-30T09:00:00Z","creator":null,"latestStatus":null,
				"statuses":` + test.statuses + `}]}}}}`})
			facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Environments: []string{"staging"}, Times: true})
			require.NoError(t, err)
			require.Len(t, facts.Deployments["staging"], 1)
			found := facts.Deployments["staging"][0]
			assert.Equal(t, test.succeeded, found.Succeeded)
			got := ""
			if found.SucceededAt.OK {
				got = found.SucceededAt.Value.Format(time.RFC3339)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// The facts are as old as the answer says, also those that come back inside a write, whatever the runner's clock shows.
func TestReadAtIsGitHubsTime(t *testing.T) {
	t.Parallel()
	for name, clock := range map[string]func(start time.Time) time.Time{
		"right":        func(time.Time) time.Time { return time.Now() },
		"stopped":      func(start time.Time) time.Time { return start },
		"twice as far": func(start time.Time) time.Time { return time.Now().Add(time.Since(start)) },
		"ahead":        func(time.Time) time.Time { return time.Now().Add(2900 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github, start := newGitHub(t), time.Now()
				client, err := gh.New(gh.Options{
					Token: "sim-token", Owner: "acme", Repository: "shop", Transport: github.Client().Transport,
					Now: func() time.Time { return clock(start) },
				})
				require.NoError(t, err)
				facts, err := client.Facts(t.Context(), deploy.Needs{Pull: 7})
				require.NoError(t, err)
				assert.True(t, start.Equal(facts.ReadAt), facts.ReadAt)
				for _, later := range []time.Duration{4 * time.Second, 7 * time.Minute} {
					time.Sleep(later)
					done, err := client.Do(t.Context(), plan.Comment{
						Pull: 7, PullID: facts.Pull.ID, Marker: "<!-- one -->", Body: "Hello <!-- one -->", Recheck: &deploy.Needs{Pull: 7},
					}, plan.Ledger{})
					require.NoError(t, err)
					require.NotNil(t, done.Facts)
					assert.True(t, time.Now().Equal(done.Facts.ReadAt), done.Facts.ReadAt)
				}
			})
		})
	}
}
