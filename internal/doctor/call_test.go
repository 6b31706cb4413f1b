package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

// calling is a workflow that calls the reusable one, and that nothing is wrong with.
const calling = `name: deploy
on:
  issue_comment:
    types: [created]
permissions: {}
jobs:
  lockstep:
    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')
    permissions:
      contents: write
      actions: read
      pull-requests: write
      deployments: write
      checks: read
      statuses: read
    uses: lockstep-action/lockstep/.github/workflows/deploy.yml@v1
    with:
      environments: dev,prod
      script: ./deploy.sh "$ENVIRONMENT"
    secrets:
      DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}
`

// named is how it hands over a secret.
const named = "    secrets:\n      DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}\n"

func TestCalls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, new string
		want     string // part of what is wrong, "" for nothing
	}{
		"fine":                 {"", "", ""},
		"by commit":            {"@v1", "@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2 # v1.0.0", ""},
		"rules":                {"environments: dev,prod", "environments: dev,prod\n      rules: .github/lockstep.yml", ""},
		"computed rules":       {"environments: dev,prod", "environments: dev,prod\n      rules: ${{ vars.RULES }}", ""},
		"no permission":        {"      actions: read\n", "", "block permissions: `.github/workflows/deploy.yml`, job `lockstep`: its token lacks `actions: read`. Add it to the `permissions:` of the job. GitHub does not start a called workflow that needs more than its caller grants."},
		"no permissions":       {"    permissions:\n      contents: write\n      actions: read\n      pull-requests: write\n      deployments: write\n      checks: read\n      statuses: read\n", "", "its token lacks `pull-requests: write`"},
		"no condition":         {"    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')\n", "", "condition: `.github/workflows/deploy.yml`, job `lockstep`: a runner starts for every comment"},
		"deaf condition":       {"body, '.')", "body, '.deploy')", "words: `.github/workflows/deploy.yml`, job `lockstep`: its condition does not let these commands through: `.noop`, `.help`"},
		"another event":        {"  issue_comment:\n    types: [created]", "  push:", "comments do not start it"},
		"no script":            {"      script: ./deploy.sh \"$ENVIRONMENT\"\n", "", "the input \"script\" of the reusable workflow is missing"},
		"no environments":      {"      environments: dev,prod\n", "", "the input \"environments\" of the reusable workflow is missing"},
		"unknown input":        {"environments: dev,prod", "environments: dev,prod\n      trigger: .ship", "the reusable workflow has no input \"trigger\""},
		"wrong input":          {"environments: dev,prod", "environments: dev,prod\n      confirmation: perhaps", "`input \"confirmation\" has the value \"perhaps\": must be true or false`. Correct it; `docs/reusable-workflow.md`"},
		"injection":            {`"$ENVIRONMENT"`, `${{ github.event.comment.body }}`, "scripts: `.github/workflows/deploy.yml`, job `lockstep`: the input `script` contains `${{ github.event.comment.body }}`"},
		"injection by name":    {`"$ENVIRONMENT"`, `${{ github['event'].comment.body }}`, "the input `script` contains `${{ github['event'].comment.body }}`"},
		"injection of all":     {`"$ENVIRONMENT"`, `${{ toJSON(github) }}`, "the input `script` contains `${{ toJSON(github) }}`"},
		"injection behind":     {`"$ENVIRONMENT"`, `${{ github.event.issue.number && github.event.issue.title }}`, "the input `script` contains"},
		"a number":             {`"$ENVIRONMENT"`, `"$ENVIRONMENT" ${{ github.event.issue.number }} ${{ github.event_name }}`, ""},
		"own words":            {`"$ENVIRONMENT"`, `"$ENVIRONMENT" ${{ vars.REGION }}`, ""},
		"matrix":               {named, "    strategy: {matrix: {region: [eu, us]}}\n", "each job of its matrix takes the same comment"},
		"what comes after":     {named, "  tell:\n    needs: lockstep\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./tell.sh ${{ needs.lockstep.outputs.sha }}\n", "give it `if: needs.lockstep.outputs.continue == 'true' && needs.lockstep.outputs.run_attempt == github.run_attempt`."},
		"no secrets":           {named, "", ""},
		"empty secrets":        {named, "    secrets: {}\n", ""},
		"a secret missing":     {"./deploy.sh \"$ENVIRONMENT\"\n" + named, "./deploy.sh \"$DEPLOY_KEY\"\n", "warn inputs: `.github/workflows/deploy.yml`, job `lockstep`: the script uses `DEPLOY_KEY`, which the job does not hand over. Hand over each secret by name, below `secrets:`: `DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}`."},
		"inherited secrets":    {named, "    secrets: inherit\n", "warn inputs: `.github/workflows/deploy.yml`, job `lockstep`: with `secrets: inherit`, GitHub hands no secrets to a workflow of another owner."},
		"unknown secret":       {"DEPLOY_KEY:", "AWS_KEY:", "the reusable workflow has no secret \"AWS_KEY\": GitHub does not start it"},
		"secret in lower case": {"DEPLOY_KEY:", "deploy_key:", ""},
		"repeated":             {"dev,prod", "dev,dev", "`input \"environments\" has the value \"dev,dev\": \"dev\" is in the list twice`"},
		"mistyped input":       {"environments: dev,prod", "environment: dev,prod", "no input \"environment\", perhaps \"environments\" is meant"},
		"a list":               {"environments: dev,prod", "environments: [dev, prod]", "missing, or not a text"},
		"spaces":               {"dev,prod", "dev prod", "separate names by commas"},
		"one environment":      {"dev,prod", "prod", ""},
		"another default":      {"environments: dev,prod", "environments: dev,prod\n      default_environment: live", "names \"live\", which is not among"},
		"known default":        {"environments: dev,prod", "environments: dev, prod\n      default_environment: prod", ""},
		"no version":           {"@v1", "", "block workflows: `.github/workflows/deploy.yml`, job `lockstep`: GitHub cannot start `uses: lockstep-action/lockstep/.github/workflows/deploy.yml`."},
		"another file":         {"deploy.yml@v1", "deploys.yml@v1", "A job calls `lockstep-action/lockstep/.github/workflows/deploy.yml@<version>`, a step uses `lockstep-action/lockstep@<version>`."},
		"no file":              {"/.github/workflows/deploy.yml@v1", "@v1", "GitHub cannot start `uses: lockstep-action/lockstep@v1`"},
		"a step":               {"    uses: lockstep", "    runs-on: ubuntu-latest\n    steps:\n    - uses: lockstep", "GitHub cannot start"},
		"never runs":           {"github.event.issue.pull_request &&", "github.event.pull_request &&", "block condition: `.github/workflows/deploy.yml`, job `lockstep`: its condition is false for every comment"},
		"no such output": {
			named, "  tell:\n    needs: lockstep\n    if: needs.lockstep.outputs.continue == 'true' && needs.lockstep.outputs.run_attempt == github.run_attempt\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./tell.sh ${{ needs.lockstep.outputs.params }}\n",
			"block outputs: `.github/workflows/deploy.yml`, job `tell`: the job `lockstep` has no output `params`, so `needs.lockstep.outputs.params` is always empty.",
		},
		"re-run alone": {
			named, "  smoke:\n    needs: lockstep\n    if: needs.lockstep.outputs.continue == 'true'\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n",
			"Add `&& needs.lockstep.outputs.run_attempt == github.run_attempt` to its `if:`.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, calling, test.old)
			said := unwell(doctor.Examine(examination(map[string]string{path: strings.Replace(calling, test.old, test.new, 1)})))
			if test.want == "" {
				assert.Empty(t, said)
			}
			assert.Contains(t, said, test.want)
		})
	}
}

// A workflow in which only the name of another action was replaced learns what its inputs are called here.
func TestInputsOfOtherActions(t *testing.T) {
	t.Parallel()
	const renamed = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: lockstep-action/lockstep@v1
        with: {step: start, env: staging, token: x, env_url: "https://example.com", initial-status: queued, state: success}
`
	said := unwell(doctor.Examine(examination(map[string]string{path: renamed})))
	for given, meant := range map[string]string{
		"step": "mode", "env": "environment", "token": "github_token", "env_url": "environment_urls", "initial-status": "status", "state": "status",
	} {
		assert.Contains(t, said, `there is no input "`+given+`", perhaps "`+meant+`" is meant`)
	}
	assert.Contains(t, said, "`track` records what a workflow deploys")
}

// The advice names the step as the file does.
func TestCheckoutHintNamesStep(t *testing.T) {
	t.Parallel()
	const own = `on: {issue_comment: {types: [created]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - {uses: lockstep-action/lockstep@v1, id: branch-deploy}
      - {uses: actions/checkout@v6, if: "steps.branch-deploy.outputs.continue == 'true'", with: {ref: "${{ steps.branch-deploy.outputs.ref }}"}}
`
	assert.Contains(t, unwell(doctor.Examine(examination(map[string]string{path: own}))), "ref: ${{ steps.branch-deploy.outputs.sha }}")
}

func TestAnsweredTwice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"twice":             {"", "", "job `lockstep`, takes the same comments. Each command gets two answers, and both may deploy."},
		"another condition": {"body, '.')", "body, '.') && contains(github.event.comment.body, 'dev')", ""},
		"unsure":            {"body, '.')", "body, '.') && vars.SECOND", ""},
		"another event":     {"issue_comment:", "workflow_call:", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := strings.Replace(calling, test.old, test.new, 1)
			said := unwell(doctor.Examine(examination(map[string]string{path: calling, ".github/workflows/second.yml": second})))
			if test.want == "" {
				assert.NotContains(t, said, "takes the same comments")
			}
			assert.Contains(t, said, test.want)
		})
	}
}

// A call is set to what the reusable workflow makes of its inputs.
func TestSettingsOfCalls(t *testing.T) {
	t.Parallel()
	e := examination(map[string]string{path: calling})
	require.Len(t, e.Uses, 1)
	c := e.Uses[0].Settings
	assert.Equal(t, []string{"dev", "prod"}, c.Targets)
	assert.Equal(t, []string{"dev", "prod"}, c.Order)
	assert.True(t, c.Commands.DisableNaked)
	assert.Equal(t, doctor.Commands, e.Uses[0].Role)

	e = examination(map[string]string{path: strings.Replace(calling, "dev,prod", "dev,prod\n      rules: .github/rules.yml\n      default_environment: dev", 1)})
	c = e.Uses[0].Settings
	assert.Empty(t, c.Order)
	assert.Equal(t, ".github/rules.yml", c.PolicyFile.Path)
	assert.Equal(t, "dev", c.Environment)
	assert.False(t, c.Commands.DisableNaked)
	assert.Equal(t, config.AllChecks, c.Checks.Mode)
}

// The owner of the reusable workflow, who may have a copy of it, can hand over secrets without naming them.
func TestSecretsOfTheSameOwner(t *testing.T) {
	t.Parallel()
	inherits := strings.Replace(calling, named, "    secrets: inherit\n", 1)
	for repository, advised := range map[string]bool{"lockstep-action/website": false, "Lockstep-Action/website": false, "acme/shop": true, "": true} {
		t.Run(repository, func(t *testing.T) {
			t.Parallel()
			e := examination(map[string]string{path: inherits})
			e.Repository = repository
			assert.Equal(t, advised, strings.Contains(unwell(doctor.Examine(e)), "secrets: inherit"))
		})
	}
}

// With the input rules, the order of the input environments no longer counts.
func TestOrderOfCallsWithRules(t *testing.T) {
	t.Parallel()
	const advice = "no order is enforced"
	for name, test := range map[string]struct {
		rules   string
		advised bool
	}{
		"no after": {"version: 1\nenvironments:\n  dev:\n  prod:\n", true},
		"after":    {"version: 1\nenvironments:\n  dev:\n  prod:\n    after: dev\n", false},
		"one":      {"version: 1\nenvironments:\n  prod:\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const file = ".github/lockstep.yml"
			e := examination(map[string]string{path: strings.Replace(calling, "dev,prod", "dev,prod\n      rules: "+file, 1)})
			e.Setup = e.Under(map[string]checkup.RulesFile{file: {Path: file, Now: checkup.Text{Text: test.rules, Exists: true}}})
			assert.Equal(t, test.advised, strings.Contains(unwell(doctor.Examine(e)), advice))
		})
	}
}
