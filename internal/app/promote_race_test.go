package app_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

// staged deploys the newest commit of main to staging, by a run that GitHub confirms.
func staged(github *sim.GitHub) {
	run := github.AddRun(sim.WorkflowRun{Path: ".github/workflows/staging.yml", Event: "schedule", HeadBranch: "main", HeadSHA: github.Head("main")})
	github.Deploy(sim.DeploymentSpec{
		Environment: "staging", Ref: "main", SHA: github.Head("main"), Creator: "github-actions[bot]", State: "success",
		Payload: map[string]any{"type": "branch-deploy", "tool": "lockstep", "github_run_id": run, "github_run_attempt": 1},
	})
	github.FinishRun(run, "success")
}

// promoter is a run that promotes. All have the same actor, who wrote the schedule.
func promoter(t *testing.T, github *sim.GitHub) *person {
	t.Helper()
	p := newPerson(t, github, "u0", []byte(`{"schedule":"7 3 * * *"}`))
	maps.Copy(p.variables, map[string]string{
		"GITHUB_EVENT_NAME": "schedule", "INPUT_MODE": "promote", "INPUT_ENFORCED_DEPLOYMENT_ORDER": "staging,production",
	})
	return p
}

// Of many runs that promote at the same moment exactly one starts a deployment; for the others there is nothing to do,
// which is no failure.
func TestPromotionCrowd(t *testing.T) {
	t.Parallel()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		github := sim.New(schema, sim.Repository{})
		github.SetLatency(100 * time.Millisecond)
		github.AddUser(sim.User{Login: "u0", Permission: "write"})
		staged(github)
		time.Sleep(time.Minute)
		var people []*person
		for range 20 {
			people = append(people, promoter(t, github))
		}
		claim(t, people)
		won := winners(people)
		require.Len(t, won, 1, people[0].log.String())
		for _, p := range people {
			assert.Zero(t, p.exit, p.log.String())
			if p != won[0] {
				assert.Equal(t, "nothing_to_promote", p.outputs["reason_code"], p.log.String())
			}
		}
		together(people, func(p *person) { p.app().Post(t.Context()) })
		assert.Empty(t, holder(t, github, "production-branch-deploy-lock"))
		assert.Len(t, github.Deployments("production"), 1)
		assert.Empty(t, github.Violations())
	})
}

// TestPromotionInterleavings lets promotions and commands overtake each other everywhere, and lets some of them be
// cancelled or lost. A failure names its seed; -interleaving=SEED plays it again.
func TestPromotionInterleavings(t *testing.T) {
	t.Parallel()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	for range times(12) {
		seed := rand.Uint64N(1_000_000) + 1
		if *interleaving != 0 {
			seed = *interleaving
		}
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { promoteMeanwhile(t, sim.New(schema, sim.Repository{}), seed) })
		})
	}
}

func promoteMeanwhile(t *testing.T, github *sim.GitHub, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, seed))
	for i := range 12 {
		github.AddUser(sim.User{Login: fmt.Sprintf("u%d", i), Permission: "write"})
	}
	github.Push(sim.Commit{Branch: "feature", Message: "Faster", Files: map[string]string{"a": "b"}})
	github.OpenPull(sim.Pull{Number: 1, Author: "u0", Head: "feature"})
	lost := map[int64]bool{}
	for batch := range 3 {
		about := fmt.Sprintf("seed %d, batch %d", seed, batch)
		github.Push(sim.Commit{Branch: "main", Message: "More", Files: map[string]string{"m": strconv.Itoa(batch)}})
		staged(github)
		time.Sleep(time.Minute)
		all, c := trains(t, github, random), &commotion{going: map[string][]*deed{}}
		var group sync.WaitGroup
		for _, d := range all {
			lost[d.run] = d.lost
			group.Go(func() { d.play(t, github, c) })
		}
		group.Wait()
		assert.Empty(t, c.violations, about)
		gone := 0
		for _, d := range all {
			require.NoError(t, d.unread, about)
			if d.command == "" && d.outputs["continue"] == "true" {
				gone++
				assert.Equal(t, github.Head("main"), d.outputs["sha"], about)
			}
		}
		assert.LessOrEqual(t, gone, 1, "%s: one commit is promoted once", about)
		settled(t, github, lost, about)
	}
	assert.Empty(t, github.Violations(), seed)
}

// trains draws runs that promote, and people who deploy there meanwhile.
func trains(t *testing.T, github *sim.GitHub, random *rand.Rand) []*deed {
	t.Helper()
	template, err := testdata.Files().ReadFile("events/issue_comment.created.json")
	require.NoError(t, err)
	var all []*deed
	for i := range 3 + random.IntN(4) {
		d := &deed{
			person: promoter(t, github), lost: random.IntN(8) == 0,
			after: time.Duration(random.IntN(2000)) * time.Millisecond, takes: time.Duration(random.IntN(6000)) * time.Millisecond,
			random: rand.New(rand.NewPCG(random.Uint64(), uint64(i))),
		}
		if random.IntN(5) == 0 {
			login := fmt.Sprintf("u%d", i)
			payload, err := github.CommentEvent(template, "created", github.Comment(1, login, ".deploy production"))
			require.NoError(t, err)
			d.person, d.command = newPerson(t, github, login, payload), ".deploy production"
		}
		if random.IntN(4) == 0 {
			d.stopped = time.Duration(1+random.IntN(4000)) * time.Millisecond
		}
		d.run, err = strconv.ParseInt(d.variables["GITHUB_RUN_ID"], 10, 64)
		require.NoError(t, err)
		all = append(all, d)
	}
	return all
}
