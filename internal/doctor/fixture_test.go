package doctor_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/track"
)

// healthy is a workflow in two jobs that nothing is wrong with.
const healthy = `name: deploy
on:
  issue_comment:
    types: [created]
permissions: {}
jobs:
  start:
    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')
    runs-on: ubuntu-latest
    permissions:
      contents: write
      actions: read
      pull-requests: write
      deployments: write
      checks: read
      statuses: read
    outputs:
      continue: ${{ steps.lockstep.outputs.continue }}
      environment: ${{ steps.lockstep.outputs.environment }}
      noop: ${{ steps.lockstep.outputs.noop }}
      params: ${{ steps.lockstep.outputs.params }}
      ref: ${{ steps.lockstep.outputs.ref }}
      sha: ${{ steps.lockstep.outputs.sha }}
      run_attempt: ${{ steps.lockstep.outputs.run_attempt }}
      context: ${{ steps.lockstep.outputs.context }}
      handoff: ${{ steps.lockstep.outputs.handoff }}
    steps:
      - id: lockstep
        uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2 # v1.0.0
        with:
          environment_targets: development,staging,production
          enforced_deployment_order: development,staging,production
          skip_completing: true
      - name: tell
        if: steps.lockstep.outputs.continue == 'true'
        run: ./tell.sh
  deploy:
    needs: start
    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt
    runs-on: ubuntu-latest
    environment: {name: "${{ needs.start.outputs.environment }}", deployment: false}
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v6
        with:
          ref: ${{ needs.start.outputs.sha }}
      - env:
          PARAMS: ${{ needs.start.outputs.params }}
          NOOP: ${{ needs.start.outputs.noop }}
        run: ./deploy.sh "$PARAMS"
  smoke:
    needs: deploy
    runs-on: ubuntu-latest
    steps:
      - run: ./smoke.sh
  finish:
    needs: [start, deploy, smoke]
    if: always() && needs.start.outputs.continue == 'true'
    runs-on: ubuntu-latest
    permissions:
      contents: write
      pull-requests: write
      deployments: write
    steps:
      - uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2 # v1.0.0
        with:
          mode: finish
          handoff: ${{ needs.start.outputs.handoff }}
          status: ${{ needs.deploy.result }}
`

const path = ".github/workflows/deploy.yml"

// examination is one of workflow files: texts at their paths.
func examination(files map[string]string) doctor.Examination {
	e := doctor.Examination{Facts: checkup.Facts{
		Deploy:       deploy.Facts{Rules: strictRules(), Deployments: map[string][]deploy.Deployment{}},
		Environments: []checkup.Environment{{Name: "staging"}},
		Unavailable:  map[checkup.Part]deploy.Problem{},
	}}
	e.Facts.Deploy.MarkRead(deploy.RulesPart, deploy.StablePart)
	e.Names = []string{"lockstep-action/lockstep"}
	var read []checkup.File
	for name, text := range files {
		read = append(read, checkup.File{Path: name, Text: text})
	}
	e.Read(read)
	return e
}

// strictRules are rules that need no advice.
func strictRules() []deploy.Rule {
	return []deploy.Rule{
		{Type: "deletion"},
		{Type: "non_fast_forward"},
		{Type: "required_deployments"},
		{Type: "required_status_checks", Parameters: map[string]any{"strict_required_status_checks_policy": true}},
		{Type: "pull_request", Parameters: map[string]any{
			"dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "required_approving_review_count": 1,
		}},
	}
}

// changed replaces parts of the healthy workflow: old, new, old, new and so on.
func changed(t *testing.T, parts ...string) string {
	t.Helper()
	text := healthy
	for i := 0; i < len(parts); i += 2 {
		require.Contains(t, text, parts[i])
		text = strings.Replace(text, parts[i], parts[i+1], 1)
	}
	return text
}

// running is a setup in which the examining step answers commands with these inputs.
func running(t *testing.T, inputs map[string]string) doctor.Examination {
	t.Helper()
	e := examination(map[string]string{path: healthy})
	c := settings(t, inputs)
	e.Running = &c
	return e
}

func settings(t *testing.T, inputs map[string]string) config.Config {
	t.Helper()
	all := config.Defaults(track.SinkTypes()...)
	all["github_token"] = "token"
	maps.Copy(all, inputs)
	c, err := config.Read(config.SourceOf(all), track.SinkTypes()...)
	require.NoError(t, err)
	return c
}

// unwell are the findings that are no praise, one a line.
func unwell(findings []deploy.Finding) string {
	var lines []string
	for _, f := range findings {
		if f.Level != deploy.Pass {
			lines = append(lines, f.Level.String()+" "+f.Gate+": "+f.Text+" "+f.Hint)
		}
	}
	return strings.Join(lines, "\n")
}
