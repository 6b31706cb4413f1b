package app_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

var interleaving = flag.Uint64("interleaving", 0, "the one seed of TestInterleavings to play; 0 plays some new ones")

// deed is one run of a workflow among others: what is typed, when, and what happens to it.
type deed struct {
	*person
	command string
	after   time.Duration // the batch began
	takes   time.Duration // the job, once it goes
	stopped time.Duration // after the start the run is told to stop, 0 for never
	lost    bool          // the runner is lost: no post part runs
	run     int64
	random  *rand.Rand
	mu      sync.Mutex
}

// RoundTrip lets each request take its time, and the runs overtake each other everywhere.
func (d *deed) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	pause := time.Duration(d.random.IntN(400)) * time.Millisecond
	d.mu.Unlock()
	select {
	case <-time.After(pause):
		return d.transport.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// play runs the deed from the command to the end of its workflow run.
func (d *deed) play(t *testing.T, github *sim.GitHub, c *commotion) {
	t.Helper()
	time.Sleep(d.after)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if d.stopped > 0 {
		defer time.AfterFunc(d.stopped, cancel).Stop()
	}
	d.exit = d.actor().Main(ctx)
	d.outputs, _ = runnertest.ReadFile(d.variables["GITHUB_OUTPUT"])
	state, err := runnertest.ReadFile(d.variables["GITHUB_STATE"])
	d.unread = err
	for name, value := range state {
		d.variables["STATE_"+name] = value
	}
	if d.outputs["continue"] == "true" {
		c.goes(d)
		time.Sleep(d.takes)
		c.ends(d) // nothing is deployed when the post part frees the lock, and then tells of it
	}
	if !d.lost {
		d.actor().Post(t.Context())
	}
	github.FinishRun(d.run, "success")
}

func (d *deed) actor() *app.App {
	r := runner.New(&d.log, func(name string) string { return d.variables[name] })
	return app.New(r, app.Deps{Transport: d, Now: time.Now, Environ: func() []string { return nil }, Version: "test"})
}

// commotion knows which deployments go at the moment, as the workflows see it.
type commotion struct {
	mu         sync.Mutex
	going      map[string][]*deed // by environment
	violations []string
	freed      bool // a person may remove the lock of a deployment that is under way
}

func (c *commotion) goes(d *deed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	environment := d.outputs["environment"]
	for _, other := range c.going[environment] {
		if !c.freed {
			c.violations = append(c.violations, fmt.Sprintf("%s and %s go in %s at the same time", other.login, d.login, environment))
		}
	}
	c.going[environment] = append(c.going[environment], d)
}

func (c *commotion) ends(d *deed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for environment, going := range c.going {
		c.going[environment] = slices.DeleteFunc(going, func(other *deed) bool { return other == d })
	}
}

// deeds draws what happens in a batch. Everybody types one command.
func deeds(t *testing.T, github *sim.GitHub, random *rand.Rand, commands []string) []*deed {
	t.Helper()
	template, err := testdata.Files().ReadFile("events/issue_comment.created.json")
	require.NoError(t, err)
	var all []*deed
	for i := range 4 + random.IntN(8) {
		login, command := fmt.Sprintf("u%d", i), commands[random.IntN(len(commands))]
		payload, err := github.CommentEvent(template, "created", github.Comment(1, login, command))
		require.NoError(t, err)
		d := &deed{
			person: newPerson(t, github, login, payload), command: command, lost: random.IntN(8) == 0,
			after: time.Duration(random.IntN(3000)) * time.Millisecond, takes: time.Duration(random.IntN(8000)) * time.Millisecond,
			random: rand.New(rand.NewPCG(random.Uint64(), uint64(i))),
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

// pushes moves the head of the pull request now and then.
func pushes(github *sim.GitHub, random *rand.Rand) {
	for i := range random.IntN(3) {
		time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
		github.Push(sim.Commit{Branch: "feature", Message: "More", Files: map[string]string{"a": fmt.Sprint(random.Uint64(), i)}})
	}
}

// TestInterleavings lets many runs happen at the same time, in random order and with random mishaps, and
// looks at the world whenever it has come to rest. A failure names its seed; -interleaving=SEED plays it
// again.
func TestInterleavings(t *testing.T) {
	t.Parallel()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	seeds := []uint64{*interleaving}
	if *interleaving == 0 {
		seeds = nil
		for range times(12) {
			seeds = append(seeds, rand.Uint64N(1_000_000)+1)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { interleave(t, sim.New(schema, sim.Repository{}), seed) })
		})
	}
}

func interleave(t *testing.T, github *sim.GitHub, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, seed))
	github.Push(sim.Commit{Branch: "feature", Message: "Faster", Files: map[string]string{"a": "b"}})
	github.OpenPull(sim.Pull{Number: 1, Author: "u0", Head: "feature"})
	for i := range 12 {
		github.AddUser(sim.User{Login: fmt.Sprintf("u%d", i), Permission: "write"})
	}
	deploys := []string{".deploy production", ".deploy production", ".deploy staging", ".noop production", ".noop staging"}
	locks := []string{".lock production", ".lock staging", ".lock --global"}
	unlocks := []string{".unlock production", ".unlock staging", ".unlock --global"}
	lost := map[int64]bool{}
	for batch, commands := range [][]string{deploys, slices.Concat(deploys, locks), unlocks, slices.Concat(deploys, locks, unlocks), deploys} {
		about := fmt.Sprintf("seed %d, batch %d", seed, batch)
		began := time.Now()
		c := &commotion{going: map[string][]*deed{}, freed: slices.Contains(commands, ".unlock production")}
		all := deeds(t, github, random, commands)
		var group sync.WaitGroup
		for _, d := range all {
			lost[d.run] = d.lost
			group.Go(func() { d.play(t, github, c) })
		}
		group.Go(func() { pushes(github, random) })
		group.Wait()
		assert.Empty(t, c.violations, about)
		assert.Less(t, time.Since(began), 5*time.Minute, about)
		for _, d := range all {
			answered(t, d, about)
		}
		settled(t, github, lost, about)
	}
	tidy(t, github, random)
	settled(t, github, nil, fmt.Sprintf("seed %d, at the end", seed))
	assert.Empty(t, github.Violations(), seed)
}

// tidy removes all locks and deploys everywhere, one thing after the other: after that nothing is left of
// the runs that were lost.
func tidy(t *testing.T, github *sim.GitHub, random *rand.Rand) {
	t.Helper()
	for _, command := range []string{".unlock --global", ".unlock production", ".unlock staging", ".deploy production", ".deploy staging"} {
		d := deeds(t, github, random, []string{command})[0]
		d.stopped, d.lost = 0, false
		d.play(t, github, &commotion{going: map[string][]*deed{}})
		assert.Zero(t, d.exit, "%s: %s", command, d.log.String())
	}
}

// answered holds what a run said: what was to deploy and does not go fails.
func answered(t *testing.T, d *deed, about string) {
	t.Helper()
	require.NoError(t, d.unread, about)
	locked := slices.Contains([]string{"lock_acquired", "lock_already_owned"}, d.outputs["reason_code"]) // by this command, or in an earlier batch
	if d.outputs["continue"] != "true" && !strings.HasPrefix(d.command, ".unlock") && !locked {
		assert.Equal(t, 1, d.exit, "%s: %s by %s is answered with %q: %s", about, d.command, d.login, d.outputs["reason_code"], d.log.String())
	}
}

// settled looks at the world when nothing is under way. Only what belongs to lost runs may look
// as if it were, and only locks that were asked for may be held.
func settled(t *testing.T, github *sim.GitHub, lost map[int64]bool, about string) {
	t.Helper()
	for _, deployment := range github.Deployments("") {
		if state := latest(deployment); state == "none" || state == "in_progress" {
			assert.True(t, lost[runOf(t, deployment)], "%s: deployment %d is left %s", about, deployment.ID, state)
		}
	}
	for _, environment := range []string{"", "production", "staging"} {
		lock, locked := lockOf(t, github, sim.LockBranch(environment))
		if locked && !lock.Sticky {
			assert.True(t, lost[lock.RunID], "%s: the lock %q of run %d is left", about, environment, lock.RunID)
		}
	}
}

func latest(d sim.Deployment) string {
	if len(d.Statuses) == 0 {
		return "none"
	}
	return d.Statuses[0].State
}

func runOf(t *testing.T, d sim.Deployment) int64 {
	t.Helper()
	var payload struct {
		Run int64 `json:"github_run_id"`
	}
	require.NoError(t, json.Unmarshal(d.Payload, &payload))
	return payload.Run
}

// held is what a lock says of who holds it.
type held struct {
	Sticky bool  `json:"sticky"`
	RunID  int64 `json:"run_id"`
}

func lockOf(t *testing.T, github *sim.GitHub, branch string) (held, bool) {
	t.Helper()
	text, found := github.File(branch, sim.LockFile)
	var file held
	if found {
		require.NoError(t, json.Unmarshal([]byte(text), &file))
	}
	return file, found
}
