package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/doctor"
)

// Workflows that are right, or may well be meant, are not accused, whichever unusual form they have.
func TestCorrectWorkflows(t *testing.T) {
	t.Parallel()
	const (
		guard     = "        if: steps.lockstep.outputs.continue == 'true'\n"
		skip      = "skip_completing: true"
		sha       = "ref: ${{ needs.start.outputs.sha }}"
		deploy    = `run: ./deploy.sh "$PARAMS"`
		smoke     = "    needs: deploy\n"
		order     = "          enforced_deployment_order: development,staging,production\n"
		noop      = "          NOOP: ${{ needs.start.outputs.noop }}\n"
		attempt   = " && needs.start.outputs.run_attempt == github.run_attempt"
		startsAny = "startsWith(github.event.comment.body, '.')"
		live      = `    environment: {name: "${{ needs.start.outputs.environment }}", deployment: false}` + "\n"
	)
	for name, change := range map[string][]string{
		"braces around a condition":             {guard, "        if: ${{ steps.lockstep.outputs.continue == 'true' && steps.lockstep.outputs.noop == 'true' }}\n"},
		"condition on several lines":            {guard, "        if: |\n          steps.lockstep.outputs.continue == 'true' &&\n          steps.lockstep.outputs.noop != 'true'\n"},
		"condition on another output":           {guard, "        if: steps.lockstep.outputs.type == 'deploy'\n"},
		"condition on noop alone":               {guard, "        if: steps.lockstep.outputs.noop\n"},
		"condition on an environment":           {guard, "        if: steps.lockstep.outputs.environment != ''\n"},
		"step for failures":                     {guard, "        if: failure()\n"},
		"step that looks for itself":            {guard, "        env: {GO: \"${{ steps.lockstep.outputs.continue }}\"}\n"},
		"step that the environment decides":     {guard, "        if: env.CONTINUE == 'true'\n"},
		"steps that follow another":             {guard, guard + "        id: first\n        run: ./first.sh\n      - name: next\n        if: steps.first.outcome == 'success'\n"},
		"guard that ends the job":               {"      - name: tell\n" + guard, "      - if: steps.lockstep.outputs.continue != 'true'\n        run: exit 1\n      - name: tell\n"},
		"script that ends the job":              {"      - name: tell\n" + guard, "      - run: test \"${{ steps.lockstep.outputs.continue }}\" = true || exit 1\n      - name: tell\n"},
		"guard that ends the job for others":    {"      - name: tell\n", "      - if: steps.lockstep.outputs.continue != 'true'\n        run: exit 1\n      - name: tell\n", smoke, "    needs: start\n"},
		"second use in the job":                 {"      - name: tell\n", "      - uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2\n        with: {mode: track, version: '1', environment: staging}\n      - name: tell\n"},
		"trusted scripts alone":                 {sha, "path: trusted"},
		"commit or else the branch":             {sha, "ref: ${{ needs.start.outputs.sha || needs.start.outputs.ref }}"},
		"end right behind the start":            {"needs: [start, deploy, smoke]\n    if: always() && ", "needs: start\n    if: ", "needs.deploy.result", "needs.start.result"},
		"group of the job that deploys":         {"  deploy:\n    needs: start\n", "  deploy:\n    concurrency: x\n    needs: start\n"},
		"expiry that the runner works out":      {skip, skip + "\n          sticky_locks: true\n          lock_expiry: ${{ vars.X }}"},
		"order of other targets":                {"environment_targets: development,staging,production", "environment_targets: ${{ vars.TARGETS }}", order, "          enforced_deployment_order: qa,live\n"},
		"preparations":                          {"      - name: tell\n", "      - uses: actions/checkout@v6\n        with: {ref: \"${{ steps.lockstep.outputs.sha }}\"}\n      - uses: actions/setup-node@v6\n      - name: tell\n"},
		"checkout before the action":            {"    steps:\n      - id", "    steps:\n      - uses: actions/checkout@v6\n      - run: make\n      - id"},
		"called workflow that is handed it":     {"    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n", "    needs: start\n    uses: ./x.yml\n    with: {go: \"${{ needs.start.outputs.continue }}\", attempt: \"${{ needs.start.outputs.run_attempt }}\"}\n    secrets: inherit\n"},
		"job whose steps have conditions":       {"    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n", "    needs: start\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n        if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt\n"},
		"output by another name":                {smoke, "    needs: start\n    if: needs.start.outputs.go == 'yes' && needs.start.outputs.attempt == github.run_attempt\n", "      ref: ${{", "      go: ${{ steps.lockstep.outputs.continue == 'true' && 'yes' }}\n      attempt: ${{ steps.lockstep.outputs.run_attempt }}\n      ref: ${{"},
		"job for failures":                      {smoke, "    needs: deploy\n    if: failure()\n"},
		"composite action":                      {"run: ./smoke.sh", "uses: ./.github/actions/smoke"},
		"scripts of the default branch":         {"      - env:\n", "      - uses: actions/checkout@v6\n        with: {path: trusted}\n      - env:\n"},
		"second checkout":                       {"      - env:\n", "      - uses: actions/checkout@v6\n      - env:\n"},
		"another repository":                    {sha, sha + "\n      - uses: actions/checkout@v6\n        with: {repository: acme/tools, ref: main}"},
		"commit or else the workflow's":         {sha, "ref: ${{ needs.start.outputs.sha || github.sha }}"},
		"default branch by name":                {sha, "ref: ${{ github.event.repository.default_branch }}"},
		"branch that another step names":        {sha, "ref: ${{ steps.comment-branch.outputs.head_ref }}", "      - env:\n", "      - id: comment-branch\n        run: ./branch.sh\n      - env:\n"},
		"comparison in a script":                {deploy, `run: ./deploy.sh ${{ contains(github.event.comment.body, '--fast') }} ${{ github.head_ref == 'main' }}`},
		"output of another step in a script":    {deploy, `run: ./deploy.sh ${{ steps.build.outputs.ref }} ${{ needs.start.outputs.sha }} ${{ github.event.pull_request.base.ref }}`, "      - env:\n", "      - id: build\n        run: make\n      - env:\n"},
		"token of an app":                       {"      contents: write\n      actions: read\n      pull-requests: write\n      deployments: write\n      checks: read\n      statuses: read\n", "      contents: read\n", skip, skip + "\n          github_token: ${{ steps.app.outputs.token }}", "    steps:\n      - id", "    steps:\n      - {id: app, uses: actions/create-github-app-token@v2}\n      - id"},
		"everything for the workflow":           {"permissions: {}\n", "permissions: write-all\n", "  smoke:\n", "  smoke:\n    permissions: {contents: read}\n"},
		"matrix":                                {"runs-on: ubuntu-latest", "strategy: {matrix: {os: [ubuntu-latest]}}\n    runs-on: ${{ matrix.os }}"},
		"labels of one's own":                   {"runs-on: ubuntu-latest", "runs-on: [self-hosted, linux, windows-builders]"},
		"group of runners":                      {"runs-on: ubuntu-latest", "runs-on: {group: large, labels: [linux]}"},
		"group of one":                          {"permissions: {}\n", "permissions: {}\nconcurrency: {group: 'x-${{ github.event.comment.id }}', cancel-in-progress: true}\n"},
		"group that queues":                     {"permissions: {}\n", "permissions: {}\nconcurrency: {group: x, queue: max}\n"},
		"cancels depending on something":        {"permissions: {}\n", "permissions: {}\nconcurrency: {group: x, queue: max, cancel-in-progress: \"${{ github.event_name == 'push' }}\"}\n"},
		"deployment that is an expression":      {"deployment: false", "deployment: \"${{ false }}\""},
		"no deployment, computed":               {"deployment: false", "deployment: \"${{ vars.X }}\""},
		"targets that the runner works out":     {"environment_targets: development,staging,production", "environment_targets: ${{ vars.TARGETS }}"},
		"scope that the runner works out":       {", deployment: false", "", skip, skip + "\n          deployment_order_scope: ${{ vars.SCOPE }}"},
		"locks that the runner decides on":      {"      contents: write\n", "      contents: read\n", skip, skip + "\n          disable_lock: ${{ vars.X }}"},
		"admins with a token":                   {skip, skip + "\n          admins: acme/ops\n          admins_pat: ${{ secrets.PAT }}"},
		"default that is written out":           {skip, skip + "\n          admins_pat: \"false\"\n          github_token: ${{ github.token }}\n          production_environments: production"},
		"input in another case":                 {skip, "Skip_Completing: true"},
		"quoted action":                         {"uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2", "uses: 'lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2'"},
		"locks that expire":                     {skip, skip + "\n          sticky_locks: true\n          lock_expiry: 2h"},
		"end by hand or success":                {"always() && needs.start.outputs", "(success() || failure()) && needs.start.outputs"},
		"end for cancelled runs too":            {"always() && needs.start.outputs", "(!cancelled()) && needs.start.outputs"},
		"step that may fail":                    {deploy, deploy + "\n        continue-on-error: true"},
		"job that may fail and is not asked":    {"  smoke:\n", "  smoke:\n    continue-on-error: true\n"},
		"job with a container and defaults":     {"  smoke:\n", "  smoke:\n    container: node:24\n    defaults: {run: {shell: bash}}\n    timeout-minutes: 5\n"},
		"order without deployments of jobs":     {order, "", live, ""},
		"condition of a job before":             {"jobs:\n  start:\n    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')\n", "jobs:\n  gate:\n    if: github.event.issue.pull_request\n    runs-on: ubuntu-latest\n    steps: [{run: x}]\n  start:\n    needs: gate\n"},
		"started by hand as well":               {"permissions: {}\n", "permissions: {}\n", "  issue_comment:\n    types: [created]\n", "  issue_comment:\n    types: created\n  workflow_dispatch:\n"},
		"comments that the runner decides on":   {skip, skip + "\n          comment_actions: ${{ vars.ACTIONS }}"},
		"names that the runner works out":       {"environment_targets: development,staging,production", "environment_targets: ${{ vars.T }}\n          skip_ci: x"},
		"numbered environments":                 {"environment_targets: development,staging,production", "environment_targets: development,staging,staging-2,production", order, ""},
		"condition that names every command":    {startsAny, "(startsWith(github.event.comment.body, '.deploy') || startsWith(github.event.comment.body, '.noop') || startsWith(github.event.comment.body, '.lock') || startsWith(github.event.comment.body, '.unlock') || startsWith(github.event.comment.body, '.help') || startsWith(github.event.comment.body, '.wcid'))"},
		"condition on other words":              {startsAny, "startsWith(github.event.comment.body, '/')", skip, skip + "\n          trigger: /deploy\n          noop_trigger: /noop\n          help_trigger: /help\n          disable_lock: true"},
		"words that the runner works out":       {startsAny, "startsWith(github.event.comment.body, '/')", skip, skip + "\n          trigger: ${{ vars.A }}\n          noop_trigger: ${{ vars.B }}\n          help_trigger: ${{ vars.C }}\n          disable_lock: true"},
		"condition that the runner works out":   {startsAny, "startsWith(github.event.comment.body, vars.PREFIX)"},
		"condition on who comments":             {startsAny, "contains(fromJSON('[\"OWNER\", \"MEMBER\"]'), github.event.comment.author_association)"},
		"no rehearsals at all":                  {noop, "", startsAny, "(startsWith(github.event.comment.body, '.deploy') || startsWith(github.event.comment.body, '.lock') || startsWith(github.event.comment.body, '.unlock') || startsWith(github.event.comment.body, '.help') || startsWith(github.event.comment.body, '.wcid'))"},
		"rehearsal by another name":             {"NOOP: ${{ needs.start.outputs.noop }}", "PLAN: ${{ needs.start.outputs.plan }}", "      ref: ${{", "      plan: ${{ steps.lockstep.outputs.noop }}\n      ref: ${{"},
		"rehearsal told by a script":            {noop, "          OUTPUTS: ${{ toJSON(needs.start.outputs) }}\n"},
		"rehearsal told by the comment":         {noop, "          COMMENT: ${{ github.event.comment.body }}\n"},
		"rehearsal told by a step before":       {noop, "", "    steps:\n      - id", "    steps:\n      - run: ./kind.sh \"$GITHUB_EVENT_PATH\"\n      - id"},
		"rehearsal told by the deployment":      {noop, "", "      - env:\n", "      - if: needs.start.outputs.deployment_id != ''\n        env:\n", "      ref: ${{", "      deployment_id: ${{ steps.lockstep.outputs.deployment_id }}\n      ref: ${{"},
		"rehearsal in the environment of a job": {noop, "", "  deploy:\n    needs: start\n", "  deploy:\n    needs: start\n    env: {NOOP: \"${{ needs.start.outputs.noop }}\"}\n"},
		"attempt in the condition of a step":    {attempt, "", "      - env:\n", "      - if: needs.start.outputs.run_attempt == github.run_attempt\n        env:\n"},
		"job that only follows":                 {smoke, "    needs: [deploy]\n    if: needs.deploy.result == 'success'\n"},
		"report on what became of it":           {smoke, "    needs: [start, deploy]\n    if: always() && needs.start.outputs.continue == 'true'\n"},
		"default environment of its own":        {skip, skip + "\n          environment: github-pages\n          production_environments: github-pages\n          skip_ci: github-pages\n          environment_urls: github-pages|https://x.example"},
		"order up to the default environment":   {"environment_targets: development,staging,production", "environment_targets: development,staging"},
		"default that the runner works out":     {skip, skip + "\n          environment: ${{ vars.X }}\n          production_environments: github-pages\n          skip_ci: x"},
		"matrix of triggers":                    {"runs-on: ubuntu-latest", "strategy: {matrix: {service: [api, web]}}\n    runs-on: ubuntu-latest", skip, skip + "\n          trigger: .deploy-${{ matrix.service }}"},
		"outputs in a text":                     {deploy, deploy + "\n      - run: echo \"${{ contains(github.actor, 'steps.nothing.outputs.x') }} steps.none.outputs.x\""},
		"output of a called workflow":           {"    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n", "    needs: deploy\n    uses: ./x.yml\n  after:\n    needs: smoke\n    runs-on: ubuntu-latest\n    steps: [{run: \"${{ needs.smoke.outputs.x }}\"}]\n"},
		"names in another case":                 {guard, "        if: Steps.LockStep.Outputs.Continue == 'true'\n"},
		"webhook without a secret in its name":  {skip, skip + "\n          webhook_url: ${{ vars.WEBHOOK }}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: changed(t, change...)}))))
		})
	}
}

// What branch-deploy's own documentation shows can stay as it is: there is advice, and nothing that has to
// change.
func TestWorkflowsOfBranchDeploy(t *testing.T) {
	t.Parallel()
	const head = `name: branch-deploy
on:
  issue_comment:
    types: [created]
permissions:
  pull-requests: write
  deployments: write
  contents: write
  checks: read
  statuses: read
jobs:
  deploy:
    if: ${{ github.event.issue.pull_request }} # only on pull requests
    runs-on: ubuntu-latest
`
	const ours = `
      - uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2
        id: branch-deploy
`
	for name, rest := range map[string]string{
		"simple": `    steps:` + ours + `      - uses: actions/checkout@v6
        with:
          ref: ${{ steps.branch-deploy.outputs.sha }}
      - name: noop
        if: ${{ steps.branch-deploy.outputs.continue == 'true' && steps.branch-deploy.outputs.noop == 'true' }}
        run: echo noop
      - name: deploy
        if: ${{ steps.branch-deploy.outputs.continue == 'true' && steps.branch-deploy.outputs.noop != 'true' }}
        run: echo deploy
`,
		"with an environment of secrets, and a step that is forgotten": `    environment: production-secrets
    steps:` + ours + `        with: {enforced_deployment_order: "development,staging,production"}
      - if: steps.branch-deploy.outputs.continue == 'true'
        uses: actions/checkout@v6
        with: {ref: "${{ steps.branch-deploy.outputs.sha }}"}
      - {id: plan, run: npm install}
      - if: ${{ steps.branch-deploy.outputs.continue == 'true' && steps.plan.outcome == 'failure' }}
        run: exit 1
`,
		"conditions on other outputs, next to a step that is forgotten": `    steps:` + ours + `      - run: npm install
      - if: steps.branch-deploy.outputs.environment == 'production'
        run: ./deploy.sh
`,
		"several jobs that are ended by hand": `    outputs:
      continue: ${{ steps.branch-deploy.outputs.continue }}
      sha: ${{ steps.branch-deploy.outputs.sha }}
    steps:` + ours + `        with:
          skip_completing: "true"
  work:
    needs: deploy
    if: ${{ needs.deploy.outputs.continue == 'true' }}
    environment: secrets
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with: {ref: "${{ needs.deploy.outputs.sha }}"}
      - run: ./deploy.sh
  result:
    needs: [deploy, work]
    if: ${{ always() && needs.deploy.outputs.continue == 'true' }}
    runs-on: ubuntu-latest
    steps:
      - run: gh api --method POST "repos/${GITHUB_REPOSITORY}/deployments/1/statuses"
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := unwell(doctor.Examine(examination(map[string]string{path: head + rest})))
			assert.NotContains(t, found, "block ", found)
			assert.Contains(t, found, "lacks `actions: read`")
		})
	}
}

// Other workflows of a repository stay as they are.
func TestOtherWorkflows(t *testing.T) {
	t.Parallel()
	const ours = "uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2"
	for name, text := range map[string]string{
		"push that records itself": "on: push\njobs: {a: {runs-on: ubuntu-latest, permissions: {contents: read, deployments: write}, steps: [{" + ours + ", with: {version: '${{ github.sha }}', environment: staging}}, {run: ./deploy.sh}]}}",
		"modes by event": "on: [push, pull_request]\njobs: {a: {runs-on: ubuntu-latest, steps: [{" + ours +
			", with: {merge_deploy_mode: \"${{ github.event_name == 'push' }}\", unlock_on_merge_mode: \"${{ github.event_name == 'pull_request' }}\"}}]}}",
		"build":                   "on: push\njobs: {a: {runs-on: ubuntu-latest, permissions: {}, steps: [{" + ours + ", with: {version: '1', event_type: build}}]}}",
		"kind of event by matrix": "on: push\njobs: {a: {runs-on: ubuntu-latest, permissions: {}, steps: [{" + ours + ", with: {version: '1', event-type: '${{ matrix.x }}'}}]}}",
		"no use at all":           "on: [issue_comment]\njobs: {a: {runs-on: windows-latest, concurrency: x, steps: [{run: 'echo ${{ github.event.comment.body }}'}]}}",
		"wrapped":                 "on: [issue_comment]\njobs: {a: {runs-on: ubuntu-latest, steps: [{uses: ./.github/actions/deploy}, {run: ./deploy.sh}]}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: healthy, ".github/workflows/other.yml": text}))))
		})
	}
	own := "on: push\njobs: {a: {runs-on: ubuntu-latest, environment: staging, permissions: {contents: read, deployments: write}, steps: [{" + ours + ", with: {version: '1', environment: staging}}]}}"
	found := unwell(doctor.Examine(examination(map[string]string{path: healthy, ".github/workflows/other.yml": own})))
	assert.True(t, strings.HasPrefix(found, "warn job environments"), found)
}

// A called workflow is found by its path and by the repository's name, and by no other's.
func TestCallers(t *testing.T) {
	t.Parallel()
	called := changed(t, "issue_comment:\n    types: [created]", "workflow_call:", "permissions: {}\n", "")
	for uses, judged := range map[string]bool{
		"./.github/workflows/deploy.yml":               true,
		"acme/shop/.github/workflows/deploy.yml@main":  true,
		"Acme/Shop/.github/workflows/deploy.yml@main":  true,
		"acme/other/.github/workflows/deploy.yml@main": false,
	} {
		t.Run(uses, func(t *testing.T) {
			t.Parallel()
			caller := "on: {issue_comment: {types: [created]}}\njobs: {call: {permissions: {contents: read}, uses: " + uses + "}}"
			e := examination(map[string]string{path: called, ".github/workflows/caller.yml": caller})
			e.Repository = "acme/shop"
			assert.Equal(t, judged, strings.Contains(unwell(doctor.Examine(e)), "job `call`: its token lacks"))
		})
	}
	inner := strings.Replace("on: workflow_call\njobs: {call: {uses: X}}", "X", "./"+path, 1)
	e := examination(map[string]string{path: called, ".github/workflows/inner.yml": inner})
	require.NotContains(t, unwell(doctor.Examine(e)), "job `call`", "its own caller decides")
}

// In a private repository nothing is read without a permission.
func TestPrivateRepository(t *testing.T) {
	t.Parallel()
	for without, want := range map[string]string{"checks: read": "block permissions: ", "actions: read": "warn permissions: "} {
		t.Run(without, func(t *testing.T) {
			t.Parallel()
			e := examination(map[string]string{path: changed(t, "      "+without+"\n", "")})
			e.Facts.Private = true
			found := unwell(doctor.Examine(e))
			assert.True(t, strings.HasPrefix(found, want), found)
			assert.NotContains(t, found, "public")
		})
	}
}

// Where the order goes by the runs of deployments, every deployment after the first needs to read them.
func TestVerifiedOrder(t *testing.T) {
	t.Parallel()
	const order = "          enforced_deployment_order: development,staging,production\n"
	for name, test := range map[string]struct{ order, scope, want string }{
		"verified":          {order, "verified", "block permissions: "},
		"own":               {order, "own", "warn permissions: "},
		"without an order":  {"", "verified", "warn permissions: "},
		"set by a variable": {order, "${{ vars.SCOPE }}", "warn permissions: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examination(map[string]string{path: changed(t, "      actions: read\n", "", order, test.order, "skip_completing", "deployment_order_scope: "+test.scope+"\n          skip_completing")})
			e.Facts.Private = true
			found := unwell(doctor.Examine(e))
			assert.Contains(t, found, test.want)
			assert.Contains(t, found, "its token lacks `actions: read`.")
		})
	}
	e := examination(map[string]string{path: "on: push\njobs: {a: {runs-on: ubuntu-latest, permissions: {deployments: write}, " +
		"steps: [{uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2, with: {mode: track, environment: production, status: started, " +
		"disable_lock: true, enforced_deployment_order: 'staging,production', deployment_order_scope: verified}}]}}"})
	assert.Contains(t, unwell(doctor.Examine(e)), "its token lacks `contents: read`, `actions: read`.")
}

// The job that deploys can stand in the caller's file, which learns by outputs whether to.
func TestOutputsOfACalledWorkflow(t *testing.T) {
	t.Parallel()
	const text = "on: EVENT\njobs: {a: {if: github.event.issue.pull_request, runs-on: ubuntu-latest, outputs: {go: '${{ steps.x.outputs.continue }}'}, " +
		"permissions: {contents: write, actions: read, pull-requests: write, deployments: write, checks: read, statuses: read}, " +
		"steps: [{id: x, uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2}, {run: ./tell.sh}]}}"
	for event, want := range map[string]string{"workflow_call": "warn guards", "{issue_comment: {types: [created]}}": "block guards"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			found := unwell(doctor.Examine(examination(map[string]string{path: strings.Replace(text, "EVENT", event, 1)})))
			assert.True(t, strings.HasPrefix(found, want), found)
		})
	}
}

// What a caller grants says nothing about a workflow that comments start as well.
func TestCalledAndStarted(t *testing.T) {
	t.Parallel()
	const text = "on: {issue_comment: {types: [created]}, workflow_call: null}\njobs: {a: {if: github.event.issue.pull_request, runs-on: ubuntu-latest, " +
		"steps: [{id: x, uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2}]}}"
	const caller = "on: push\njobs: {b: {permissions: {contents: write, actions: read, pull-requests: write, deployments: write, checks: read, statuses: read}, uses: ./" + path + "}}"
	for name, files := range map[string]map[string]string{"alone": {path: text}, "with its caller": {path: text, ".github/workflows/caller.yml": caller}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, unwell(doctor.Examine(examination(files))), "nothing says what its token may do")
		})
	}
	called := strings.Replace(text, "issue_comment: {types: [created]}, ", "", 1)
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: called, ".github/workflows/caller.yml": caller}))))
}

// Commands may be shared out among files and jobs.
func TestWordsInAnotherFile(t *testing.T) {
	t.Parallel()
	text := changed(t, "startsWith(github.event.comment.body, '.')", "startsWith(github.event.comment.body, '.deploy')")
	other := changed(t, "startsWith(github.event.comment.body, '.')", "!startsWith(github.event.comment.body, '.deploy')")
	assert.Contains(t, unwell(doctor.Examine(examination(map[string]string{path: text}))), "warn words")
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: text, ".github/workflows/other.yml": other}))))
}

// A rehearsal that nothing tells from a deployment is better kept away; a condition that looks for a word anywhere
// does not keep it away.
func TestRehearsalsThatAreKeptAway(t *testing.T) {
	t.Parallel()
	for function, want := range map[string]struct{ says, not string }{
		"startsWith": {"let these commands through: `.help`", "warn noop"},
		"contains":   {"warn noop", "let these commands through: `.help`"},
	} {
		t.Run(function, func(t *testing.T) {
			t.Parallel()
			text := changed(t, "          NOOP: ${{ needs.start.outputs.noop }}\n", "", "startsWith(github.event.comment.body, '.')", function+"(github.event.comment.body, '.deploy')")
			found := unwell(doctor.Examine(examination(map[string]string{path: text})))
			assert.Contains(t, found, want.says)
			assert.NotContains(t, found, want.not)
		})
	}
}

// A step for other events than comments misses no command.
func TestWordsOfAnotherEvent(t *testing.T) {
	t.Parallel()
	text := changed(t, "    types: [created]\n", "    types: [created]\n  push:\n", "github.event.issue.pull_request && startsWith(github.event.comment.body, '.')", "github.event_name == 'push'")
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: text}))))
}
