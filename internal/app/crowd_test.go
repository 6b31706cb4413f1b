package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
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

// person is one of a crowd who all type the same command at the same moment, each in a run of their
// own.
type person struct {
	login     string
	variables map[string]string
	transport sim.Network
	log       bytes.Buffer
	exit      int
	outputs   map[string]string
	unread    error
}

func (p *person) app() *app.App {
	r := runner.New(&p.log, func(name string) string { return p.variables[name] })
	return app.New(r, app.Deps{Transport: p.transport, Now: time.Now, Environ: func() []string { return nil }, Version: "test"})
}

// crowd is as many people, on one pull request.
func crowd(t *testing.T, github *sim.GitHub, command string, size int) []*person {
	t.Helper()
	github.Push(sim.Commit{Branch: "feature", Message: "Faster", Files: map[string]string{"a": "b"}})
	github.OpenPull(sim.Pull{Number: 1, Author: "u0", Head: "feature"})
	template, err := testdata.Files().ReadFile("events/issue_comment.created.json")
	require.NoError(t, err)
	var people []*person
	for i := range size {
		login := fmt.Sprintf("u%d", i)
		github.AddUser(sim.User{Login: login, Permission: "write"})
		payload, err := github.CommentEvent(template, "created", github.Comment(1, login, command))
		require.NoError(t, err)
		people = append(people, newPerson(t, github, login, payload))
	}
	return people
}

func newPerson(t *testing.T, github *sim.GitHub, login string, payload []byte) *person {
	t.Helper()
	dir := t.TempDir()
	p := &person{login: login, transport: sim.Network{"api.github.com": github}, variables: map[string]string{
		"GITHUB_EVENT_NAME": "issue_comment", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_ACTOR": login,
		"GITHUB_RUN_ID": strconv.FormatInt(github.AddRun(sim.WorkflowRun{Actor: login}), 10), "GITHUB_RUN_ATTEMPT": "1",
		"GITHUB_SHA": github.Head("main"),
	}}
	for name, value := range app.DefaultInputs() {
		p.variables["INPUT_"+strings.ToUpper(name)] = value
	}
	maps.Copy(p.variables, map[string]string{"INPUT_GITHUB_TOKEN": sim.DefaultToken, "INPUT_STATUS": "success"})
	for variable, file := range map[string]string{"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary", "GITHUB_EVENT_PATH": "event"} {
		p.variables[variable] = filepath.Join(dir, file)
		require.NoError(t, os.WriteFile(p.variables[variable], nil, 0o600))
	}
	require.NoError(t, os.WriteFile(p.variables["GITHUB_EVENT_PATH"], payload, 0o600))
	return p
}

// together lets all of them do something at the same time.
func together(people []*person, do func(*person)) {
	var group sync.WaitGroup
	for _, p := range people {
		group.Go(func() { do(p) })
	}
	group.Wait()
}

// main runs the main part, and hands on what it saved.
func (p *person) main(t *testing.T) {
	t.Helper()
	p.exit = p.app().Main(t.Context())
	outputs, errOutputs := runnertest.ReadFile(p.variables["GITHUB_OUTPUT"])
	state, errState := runnertest.ReadFile(p.variables["GITHUB_STATE"])
	p.outputs, p.unread = outputs, errors.Join(errOutputs, errState)
	for name, value := range state {
		p.variables["STATE_"+name] = value
	}
}

// claim lets all of them run at the same time.
func claim(t *testing.T, people []*person) {
	t.Helper()
	together(people, func(p *person) { p.main(t) })
	for _, p := range people {
		require.NoError(t, p.unread)
	}
}

func (p *person) won() bool {
	return p.outputs["continue"] == "true" || p.outputs["reason_code"] == "lock_acquired"
}

func winners(people []*person) []*person {
	var won []*person
	for _, p := range people {
		if p.won() {
			won = append(won, p)
		}
	}
	return won
}

// holder is the owner of a lock, "" for no lock.
func holder(t *testing.T, github *sim.GitHub, branch string) string {
	t.Helper()
	if github.Head(branch) == "" {
		return ""
	}
	text, found := github.File(branch, "lock.json")
	require.True(t, found)
	var lock struct {
		CreatedBy string `json:"created_by"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &lock))
	return lock.CreatedBy
}

const crowdSize = 50

// Of fifty people who claim the same thing at the same moment exactly one gets it, and everybody else
// is told who that is.
func TestCrowd(t *testing.T) {
	t.Parallel()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	for command, branch := range map[string]string{
		".deploy production": "production-branch-deploy-lock",
		".noop production":   "production-branch-deploy-lock",
		".lock production":   "production-branch-deploy-lock",
		".lock --global":     "global-branch-deploy-lock",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				github.SetLatency(100 * time.Millisecond)
				people := crowd(t, github, command, crowdSize)
				claim(t, people)
				won := winners(people)
				require.Len(t, won, 1)
				assert.Equal(t, won[0].login, holder(t, github, branch))
				for _, p := range people {
					if p != won[0] {
						assert.Equal(t, "lock_conflict", p.outputs["reason_code"], p.log.String())
						assert.Equal(t, 1, p.exit)
						assert.Contains(t, p.log.String(), won[0].login)
					}
				}
				finishCrowd(t, github, people, branch)
			})
		})
	}
}

// finishCrowd ends all jobs: a lock that belongs to a deployment is gone then.
func finishCrowd(t *testing.T, github *sim.GitHub, people []*person, branch string) {
	t.Helper()
	sticky := strings.HasPrefix(people[0].outputs["comment_body"], ".lock")
	together(people, func(p *person) { p.app().Post(t.Context()) })
	if !sticky {
		assert.Empty(t, holder(t, github, branch))
	}
	assert.Empty(t, github.Violations())
}

// times is how often something random is tried: a third as often with -short.
func times(n int) int {
	if testing.Short() {
		return n / 3
	}
	return n
}

// The same with failures spread over the requests: then maybe no one wins, but never two, and no lock of
// a deployment stays that no run knows of.
func TestCrowdWithFaults(t *testing.T) {
	t.Parallel()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	for seed := range uint64(times(6)) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				github.SetLatency(100 * time.Millisecond)
				people := crowd(t, github, ".deploy production", crowdSize)
				scatter(github, rand.New(rand.NewPCG(seed, seed)))
				claim(t, people)
				won := winners(people)
				require.LessOrEqual(t, len(won), 1)
				if len(won) == 1 {
					assert.Equal(t, won[0].login, holder(t, github, "production-branch-deploy-lock"))
				}
				assert.LessOrEqual(t, running(github), len(won))
				finishCrowd(t, github, people, "production-branch-deploy-lock")
				assert.Zero(t, running(github))
			})
		})
	}
}

// scatter puts failures at random places.
func scatter(github *sim.GitHub, random *rand.Rand) {
	kinds := []sim.Fault{
		{Status: 502},
		{Status: 502, After: true},
		{Cut: true},
		{Cut: true, After: true},
		{Hang: true},
		{Hang: true, After: true},
		{Status: 409, Body: `{"message":"Conflict"}`},
		{Status: 429, Header: map[string]string{"Retry-After": "2"}},
	}
	for range 60 {
		fault := kinds[random.IntN(len(kinds))]
		fault.Times, fault.Skip = 1, random.IntN(8*crowdSize)
		github.Fail(fault)
	}
}

// running counts the deployments that look as if they were under way.
func running(github *sim.GitHub) int {
	count := 0
	for _, deployment := range github.Deployments("production") {
		if len(deployment.Statuses) == 0 || deployment.Statuses[0].State == "in_progress" {
			count++
		}
	}
	return count
}
