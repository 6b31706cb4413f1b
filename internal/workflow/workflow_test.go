package workflow_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/workflow"
)

const whole = `
name: deploy
on:
  issue_comment:
    types: [created]
  workflow_dispatch:
permissions: {}
concurrency: deploy
jobs:
  start:
    name: Start
    if: github.event.issue.pull_request
    runs-on: ubuntu-latest
    environment: production
    permissions:
      contents: write
    steps:
      - id: lockstep
        uses: lockstep-action/lockstep@v1
        with:
          Environment: staging
          environment_url_in_comment: false
          number: 3
  deploy:
    needs: start
    runs-on: [self-hosted, linux]
    environment: {name: "${{ needs.start.outputs.environment }}", deployment: false}
    concurrency: {group: deploy, cancel-in-progress: true}
    steps:
      - run: ./deploy.sh
  finish:
    needs: [deploy]
    runs-on: {group: large, labels: [linux]}
    steps: []
  call:
    uses: ./.github/workflows/other.yml
`

func TestParse(t *testing.T) {
	t.Parallel()
	read, err := workflow.Parse(whole)
	require.NoError(t, err)
	for i := range read.Jobs {
		read.Jobs[i].Values = nil // TestValues looks at them
	}
	assert.Equal(t, workflow.Workflow{
		Name:        "deploy",
		Triggers:    map[string]workflow.Trigger{"issue_comment": {Types: []string{"created"}}, "workflow_dispatch": {}},
		Permissions: &workflow.Permissions{Scopes: map[string]string{}},
		Concurrency: workflow.Concurrency{Group: "deploy"},
		Jobs: []workflow.Job{
			{
				ID: "start", Name: "Start", If: "github.event.issue.pull_request", Matrix: 1, RunsOn: []string{"ubuntu-latest"},
				Environment: workflow.Environment{Name: "production", Deploys: true},
				Permissions: &workflow.Permissions{Scopes: map[string]string{"contents": "write"}},
				Steps: []workflow.Step{{
					ID: "lockstep", Uses: "lockstep-action/lockstep@v1", Line: 18,
					With: map[string]string{"environment": "staging", "environment_url_in_comment": "false", "number": "3"},
				}},
			},
			{
				ID: "deploy", Needs: []string{"start"}, Matrix: 1, RunsOn: []string{"self-hosted", "linux"},
				Environment: workflow.Environment{Name: "${{ needs.start.outputs.environment }}", Computed: true},
				Concurrency: workflow.Concurrency{Group: "deploy", Cancels: true},
				Steps:       []workflow.Step{{Run: "./deploy.sh", With: map[string]string{}, Line: 30}},
			},
			{ID: "finish", Needs: []string{"deploy"}, Matrix: 1, RunsOn: []string{"linux"}},
			{ID: "call", Matrix: 1, Uses: "./.github/workflows/other.yml"},
		},
	}, read)
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	for written, events := range map[string][]string{
		"on: push":                            {"push"},
		"on: [push, pull_request]":            {"push", "pull_request"},
		"on: {push: {branches: [main]}}":      {"push"},
		"on:\n  push:\n  issue_comment: null": {"push", "issue_comment"},
		"name: none":                          {},
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			read, err := workflow.Parse(written + "\njobs: {}\n")
			require.NoError(t, err)
			assert.Len(t, read.Triggers, len(events))
			for _, event := range events {
				assert.True(t, read.Starts(event))
			}
			assert.False(t, read.Starts("schedule"))
		})
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]struct{ read, write bool }{
		"read-all":                {true, false},
		"write-all":               {true, true},
		"{}":                      {false, false},
		"":                        {false, false},
		"{contents: read}":        {true, false},
		"{contents: write}":       {true, true},
		"{contents: none}":        {false, false},
		"{deployments: write}":    {false, false},
		"{contents: read, x: []}": {true, false},
	} {
		t.Run(cmp.Or(written, "empty"), func(t *testing.T) {
			t.Parallel()
			read, err := workflow.Parse("permissions: " + written + "\njobs: {}\n")
			require.NoError(t, err)
			granted := read.Granted(workflow.Job{})
			require.NotNil(t, granted)
			assert.Equal(t, want.read, granted.Grants("contents", "read"))
			assert.Equal(t, want.write, granted.Grants("contents", "write"))
		})
	}
	silent, err := workflow.Parse("jobs: {}\n")
	require.NoError(t, err)
	assert.Nil(t, silent.Granted(workflow.Job{}))
	own := &workflow.Permissions{All: "read"}
	assert.Same(t, own, silent.Granted(workflow.Job{Permissions: own}))
}

func TestAfter(t *testing.T) {
	t.Parallel()
	read, err := workflow.Parse("jobs: {c: {needs: b}, a: {}, b: {needs: [a]}, d: {needs: [x]}, e: {}}\n")
	require.NoError(t, err)
	var ids []string
	for _, job := range read.After("a") {
		ids = append(ids, job.ID)
	}
	assert.Equal(t, []string{"c", "b"}, ids)
	assert.Empty(t, read.After("e"))
	ids = nil
	for _, job := range read.Before("c") {
		ids = append(ids, job.ID)
	}
	assert.Equal(t, []string{"a", "b"}, ids)
	assert.Empty(t, read.Before("a"))
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ written, problem string }{
		"no YAML":           {"jobs: [", "did not find"},
		"no jobs":           {"on: push", "there are no jobs"},
		"a list of jobs":    {"jobs: [a]", "there are no jobs"},
		"a number of a job": {"jobs: {a: 1}", `job "a"`},
		"a text of inputs":  {"jobs:\n  a:\n    steps:\n      - with: x", "step in line 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := workflow.Parse(test.written)
			require.ErrorContains(t, err, test.problem)
		})
	}
}

// Forms that GitHub takes and that are easily overlooked.
func TestForms(t *testing.T) {
	t.Parallel()
	read, err := workflow.Parse(`
x: [&events [issue_comment], &grants {contents: write}, &where {name: live, deployment: false}, &waits {group: g, cancel-in-progress: true}]
on: *events
permissions: *grants
concurrency: *waits
jobs:
  a:
    needs: &needs [b]
    runs-on: ${{ matrix.os }}
    environment: *where
    permissions: read-all
    concurrency: {group: g, cancel-in-progress: "${{ github.ref != 'x' }}", queue: max}
    continue-on-error: ${{ true }}
    outputs: {go: "${{ steps.x.outputs.continue }}"}
    env: ${{ fromJSON('{}') }}
    steps:
      - &step {run: deploy, env: {A: b}}
      - *step
      - {uses: 'a/b@c', env: "${{ fromJSON('{}') }}", with: {Version: 1.0, flag: true, none: }}
  b: {if: true, needs: *needs, environment: {name: x, deployment: "${{ false }}"}, runs-on: {labels: linux}}
  c: {environment: {name: x, deployment: true}, continue-on-error: "${{ matrix.x }}"}
  d: {environment: {url: x}, uses: ./x.yml, with: {a: 1}, secrets: inherit, strategy: {matrix: {a: [1]}}, permissions: *grants}
`)
	require.NoError(t, err)
	assert.Equal(t, map[string]workflow.Trigger{"issue_comment": {}}, read.Triggers)
	assert.True(t, read.Permissions.Grants("contents", "write"))
	assert.Equal(t, workflow.Concurrency{Group: "g", Cancels: true}, read.Concurrency)
	require.Len(t, read.Jobs, 4)
	a, b, c, d := read.Jobs[0], read.Jobs[1], read.Jobs[2], read.Jobs[3]
	assert.Equal(t, workflow.Environment{Name: "live"}, a.Environment)
	assert.False(t, read.Granted(a).Grants("contents", "write"))
	assert.Equal(t, workflow.Concurrency{Group: "g", Queues: true}, a.Concurrency)
	assert.True(t, a.Tolerated)
	assert.Equal(t, "${{ steps.x.outputs.continue }}", a.Outputs["go"])
	require.Len(t, a.Steps, 3)
	assert.Equal(t, map[string]string{"A": "b"}, a.Steps[1].Env)
	assert.Equal(t, map[string]string{"version": "1.0", "flag": "true", "none": ""}, a.Steps[2].With)
	assert.Equal(t, []string{"b"}, b.Needs)
	assert.False(t, b.Environment.Deploys)
	assert.Equal(t, []string{"linux"}, b.RunsOn)
	assert.True(t, c.Environment.Deploys)
	assert.False(t, c.Tolerated)
	assert.Equal(t, workflow.Environment{}, d.Environment)
	assert.Equal(t, map[string]string{"a": "1"}, d.With)
	assert.True(t, d.Permissions.Grants("contents", "write"))
}

func TestAlias(t *testing.T) {
	t.Parallel()
	read, err := workflow.Parse("jobs:\n  a: &a\n    runs-on: ubuntu-latest\n  b: *a\n")
	require.NoError(t, err)
	require.Len(t, read.Jobs, 2)
	assert.Equal(t, []string{"ubuntu-latest"}, read.Jobs[1].RunsOn)
}

// Whatever a file holds, reading it ends, and what was read can be asked about.
func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("on: [push\njobs: &x {a: *x}")
	f.Add("jobs: {a: {needs: a, permissions: 3, environment: [x], concurrency: {}}}")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := workflow.Parse(text)
		if err != nil {
			assert.Empty(t, read.Jobs)
			return
		}
		for _, job := range read.Jobs {
			read.After(job.ID)
			if granted := read.Granted(job); granted != nil {
				granted.Grants("contents", "write")
			}
		}
	})
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	for matrix, jobs := range map[string]int{
		"{}":                                    1,
		"{os: [linux]}":                         1,
		"{os: [linux, arm], go: [1, 2, 3]}":     6,
		"{include: [{a: 1}, {a: 2}]}":           2,
		"{os: [linux, arm], include: [{}]}":     2,
		"{os: [linux, arm], exclude: [{}]}":     0,
		"${{ fromJSON(needs.a.outputs.list) }}": 0,
		`{os: "${{ fromJSON(vars.LIST) }}"}`:    0,
	} {
		t.Run(matrix, func(t *testing.T) {
			t.Parallel()
			read, err := workflow.Parse("jobs: {a: {strategy: {matrix: " + matrix + "}}}")
			if matrix[0] == '$' {
				read, err = workflow.Parse("jobs: {a: {strategy: {matrix: '" + matrix + "'}}}")
			}
			require.NoError(t, err)
			assert.Equal(t, jobs, read.Jobs[0].Matrix)
		})
	}
}

// Outputs are left out: that a job offers something says nothing about who takes it.
func TestValues(t *testing.T) {
	t.Parallel()
	read, err := workflow.Parse("jobs: {a: {env: {A: one}, outputs: {B: two}, strategy: {matrix: {C: [three]}}, steps: [{run: four, with: {D: five}}]}}")
	require.NoError(t, err)
	assert.Equal(t, []string{"one", "three", "four", "five"}, read.Jobs[0].Values)
}

// GitHub compares keys without regard to case, and refuses a file in which one is there twice.
func TestRepeatedKeys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"on: push\non: pull_request\njobs: {}":                                     `key "on" is written twice, in lines 1 and 2`,
		"permissions:\n  actions: read\n  checks: read\n  Actions: read\njobs: {}": `key "Actions" is written twice, in lines 2 and 4`,
		"jobs:\n  a:\n    steps:\n      - {run: x, run: y}":                        `key "run" is written twice, in lines 4 and 4`,
		"jobs:\n  a: {steps: [{run: x}, {run: x}]}\n  b: {steps: []}":              "",
	} {
		t.Run(cmp.Or(want, "none"), func(t *testing.T) {
			t.Parallel()
			_, err := workflow.Parse(text)
			if want == "" {
				require.NoError(t, err)
				return
			}
			var repeated *workflow.RepeatedKeyError
			require.ErrorAs(t, err, &repeated)
			require.EqualError(t, err, want)
		})
	}
}
