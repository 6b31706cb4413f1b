package workflow_test

import (
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
	assert.Equal(t, workflow.Workflow{
		Name:        "deploy",
		Triggers:    map[string]workflow.Trigger{"issue_comment": {Types: []string{"created"}}, "workflow_dispatch": {}},
		Permissions: &workflow.Permissions{Scopes: map[string]string{}},
		Concurrency: workflow.Concurrency{Group: "deploy"},
		Jobs: []workflow.Job{
			{
				ID: "start", Name: "Start", If: "github.event.issue.pull_request", RunsOn: []string{"ubuntu-latest"},
				Environment: workflow.Environment{Name: "production", Deploys: true},
				Permissions: &workflow.Permissions{Scopes: map[string]string{"contents": "write"}},
				Steps: []workflow.Step{{
					ID: "lockstep", Uses: "lockstep-action/lockstep@v1", Line: 18,
					With: map[string]string{"environment": "staging", "environment_url_in_comment": "false", "number": "3"},
				}},
			},
			{
				ID: "deploy", Needs: []string{"start"}, RunsOn: []string{"self-hosted", "linux"},
				Environment: workflow.Environment{Name: "${{ needs.start.outputs.environment }}", Computed: true},
				Concurrency: workflow.Concurrency{Group: "deploy", Cancels: true},
				Steps:       []workflow.Step{{Run: "./deploy.sh", With: map[string]string{}, Line: 30}},
			},
			{ID: "finish", Needs: []string{"deploy"}, RunsOn: []string{"linux"}},
			{ID: "call", Uses: "./.github/workflows/other.yml"},
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
		read, err := workflow.Parse(written + "\njobs: {}\n")
		require.NoError(t, err, written)
		assert.Len(t, read.Triggers, len(events), written)
		for _, event := range events {
			assert.True(t, read.Starts(event), written)
		}
		assert.False(t, read.Starts("schedule"), written)
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
		read, err := workflow.Parse("permissions: " + written + "\njobs: {}\n")
		require.NoError(t, err, written)
		granted := read.Granted(workflow.Job{})
		require.NotNil(t, granted, written)
		assert.Equal(t, want.read, granted.Grants("contents", "read"), written)
		assert.Equal(t, want.write, granted.Grants("contents", "write"), written)
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
}

func TestMentions(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		"steps.x.outputs.continue == 'true'":              true,
		"always() && needs.start.outputs.continue":        true,
		"needs['start'].outputs['continue'] == 'true'":    true,
		`fromJSON(needs.start.outputs["continue"])`:       true,
		"steps.x.outputs.continued":                       false,
		"steps.x.outcome == 'success'":                    false,
		"contains(github.event.comment.body, 'continue')": false,
	} {
		assert.Equal(t, want, workflow.Mentions(condition, "continue"), condition)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for written, problem := range map[string]string{
		"jobs: [":      "did not find",
		"on: push":     "there are no jobs",
		"jobs: [a]":    "there are no jobs",
		"jobs: {a: 1}": `job "a"`,
		"jobs:\n  a:\n    steps:\n      - with: x": "step in line 4",
	} {
		_, err := workflow.Parse(written)
		require.ErrorContains(t, err, problem, written)
	}
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
