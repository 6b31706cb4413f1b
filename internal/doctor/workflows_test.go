package doctor_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

func TestHealthy(t *testing.T) {
	t.Parallel()
	findings := doctor.Examine(examination(map[string]string{path: healthy}))
	assert.Empty(t, unwell(findings))
	assert.Greater(t, len(findings), 10)
	for _, f := range findings {
		assert.NotEmpty(t, f.Gate)
		assert.NotEmpty(t, f.Text)
	}
}

// Each mistake is found, by the check that is there for it and by no other.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change []string
		want   string // level and check
		says   []string
	}{
		"not started by comments": {
			[]string{"issue_comment:\n    types: [created]", "push:"},
			"block trigger",
			[]string{"comments do not start it"},
		},
		"started by every change of a comment": {
			[]string{"issue_comment:\n    types: [created]", "issue_comment:"},
			"warn trigger",
			[]string{"`edited` or `deleted`", "`issue_comment: {types: [created]}`"},
		},
		"started by more than is wanted": {
			[]string{"types: [created]", "types: [deleted, created, edited]", "skip_completing", "comment_actions: edited,created\n          skip_completing"},
			"warn trigger",
			[]string{"were `deleted`", "`issue_comment: {types: [edited, created]}`"},
		},
		"commands in comments that start nothing": {
			[]string{"skip_completing", "comment_actions: edited,created\n          skip_completing"},
			"block trigger",
			[]string{"were `edited`, although they may carry commands"},
		},
		"no condition": {
			[]string{"    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')\n", ""},
			"warn condition",
			[]string{"a runner starts for every comment"},
		},
		"nothing waits for the action": {
			[]string{
				"        if: steps.lockstep.outputs.continue == 'true'\n", "", "    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt\n", "",
				"${{ needs.start.outputs.sha }}", "main", `"${{ needs.start.outputs.environment }}"`, "x",
			},
			"block guards",
			[]string{"the step `tell`", "job `deploy`", "job `smoke`"},
		},
		"step that makes use of a deployment": {
			[]string{"        if: steps.lockstep.outputs.continue == 'true'\n        run: ./tell.sh", "        env: {SHA: '${{ steps.lockstep.outputs.sha }}'}\n        run: ./tell.sh"},
			"block guards",
			[]string{"the step `tell`"},
		},
		"step that waits for success": {
			[]string{"if: steps.lockstep.outputs.continue == 'true'", "if: steps.lockstep.outcome == 'success'"},
			"warn guards",
			[]string{"the step `tell`"},
		},
		"job that waits for success": {
			[]string{"    needs: deploy\n", "    needs: start\n    if: needs.start.result == 'success'\n"},
			"warn guards",
			[]string{"job `smoke`"},
		},
		"called workflow without a guard": {
			[]string{"    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n", "    needs: start\n    uses: ./x.yml\n    with: {sha: '${{ needs.start.outputs.sha }}'}\n"},
			"block guards",
			[]string{"job `smoke`"},
		},
		"condition that is a text": {
			[]string{"if: github.event.issue.pull_request && startsWith", "if: ${{ github.event.issue.pull_request }} && startsWith"},
			"warn condition",
			[]string{"job `start`", "a runner starts for every comment"},
		},
		"guard that is a text": {
			[]string{"if: steps.lockstep.outputs.continue == 'true'", "if: ${{ steps.lockstep.outputs.continue }} == 'true'"},
			"block guards",
			[]string{"the step `tell`", "also after `.help`"},
		},
		"branch in JavaScript": {
			[]string{`run: ./deploy.sh "$PARAMS"`, "uses: actions/github-script@v8\n        with: {script: 'x = `${{ needs.start.outputs.ref }}`'}"},
			"block scripts",
			[]string{"`${{ needs.start.outputs.ref }}`"},
		},
		"comparison next to the text itself": {
			[]string{`run: ./deploy.sh "$PARAMS"`, "run: ./deploy.sh ${{ needs.start.outputs.ref == 'x' || needs.start.outputs.ref }}"},
			"block scripts",
			[]string{"the author of that text writes the script"},
		},
		"pull request is checked out first": {
			[]string{"    steps:\n      - id", "    steps:\n      - uses: actions/checkout@v6\n        with: {ref: 'refs/pull/${{ github.event.issue.number }}/head'}\n      - id"},
			"warn checkout",
			[]string{"job `start`", "before the action has checked anything"},
		},
		"branch in a script": {
			[]string{`run: ./deploy.sh "$PARAMS"`, `run: ./deploy.sh "${{ needs.start.outputs.ref }}"`},
			"block scripts",
			[]string{"the author of that text"},
		},
		"failure that the end cannot see": {
			[]string{"  deploy:\n    needs: start\n", "  deploy:\n    continue-on-error: true\n    needs: start\n"},
			"block finish",
			[]string{"job `deploy`", "its result is `success` although it failed"},
		},
		"end of the same job that is skipped": {
			[]string{"needs: [start, deploy, smoke]\n    if: always() && ", "needs: start\n    if: ", "needs.deploy.result", "needs.start.result", "    steps:\n      - uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2 # v1.0.0\n        with:\n          mode", "    steps:\n      - run: x\n        if: needs.start.outputs.continue == 'true'\n      - uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2 # v1.0.0\n        with:\n          mode"},
			"block finish",
			[]string{"a step before it fails"},
		},
		"commands that are dropped": {
			[]string{"permissions: {}\n", "permissions: {}\nconcurrency: deploy\n"},
			"warn concurrency",
			[]string{"GitHub keeps the newest"},
		},
		"deployment that the next one cancels": {
			[]string{"  deploy:\n    needs: start\n", "  deploy:\n    concurrency: {group: x, cancel-in-progress: true}\n    needs: start\n"},
			"block concurrency",
			[]string{"job `deploy`"},
		},
		"step that always tells": {
			[]string{"        if: steps.lockstep.outputs.continue == 'true'\n        run: ./tell.sh", "        if: always()\n        env: {SHA: '${{ steps.lockstep.outputs.sha }}'}\n        run: ./tell.sh"},
			"warn guards",
			[]string{"the step `tell`"},
		},
		"this repository by name": {
			[]string{"ref: ${{ needs.start.outputs.sha }}", "repository: ${{ github.repository }}"},
			"warn checkout",
			[]string{"the default branch"},
		},
		"token of the job by name": {
			[]string{"      actions: read\n", "", "skip_completing", "github_token: ${{ secrets.GITHUB_TOKEN }}\n          skip_completing"},
			"warn permissions",
			[]string{"lacks `actions: read`"},
		},
		"token of the job": {
			[]string{"      actions: read\n", "", "skip_completing", "github_token: ${{ github.token }}\n          skip_completing"},
			"warn permissions",
			[]string{"lacks `actions: read`"},
		},
		"runner without Docker": {
			[]string{"runs-on: ubuntu-latest", "runs-on: ubuntu-slim"},
			"block runner",
			[]string{"`ubuntu-slim`"},
		},
		"settings about nothing": {
			[]string{"skip_completing", "skip_ci: stagging\n          skip_reviews: qa\n          draft_permitted_targets: test\n          environment_urls: prod|https://x.example\n          production_environments: live\n          skip_completing"},
			"warn names",
			[]string{"`skip_ci` names what no command can deploy to: `stagging`", "`skip_reviews`", "`draft_permitted_targets`", "`environment_urls`", "`production_environments`"},
		},
		"rehearsal that deploys": {
			[]string{"          NOOP: ${{ needs.start.outputs.noop }}\n", ""},
			"warn noop",
			[]string{"job `start`: nothing asks for the output `noop`: `.noop` deploys for real", "`needs.start.outputs.noop != 'true'`"},
		},
		"results that tell no rehearsal": {
			[]string{"          NOOP: ${{ needs.start.outputs.noop }}\n", "", "mode: finish\n          handoff: ${{ needs.start.outputs.handoff }}\n          status: ${{ needs.deploy.result }}", "result_mode: true\n          context: ${{ needs.start.outputs.context }}\n          job_results: ${{ toJSON(needs.*.result) }}"},
			"warn noop",
			[]string{"`.noop` deploys for real"},
		},
		"rehearsal in other words that deploys": {
			[]string{"          NOOP: ${{ needs.start.outputs.noop }}\n", "", "skip_completing", "noop_trigger: .try\n          skip_completing"},
			"warn noop",
			[]string{"`.try` deploys for real"},
		},
		"commands that a condition keeps away": {
			[]string{"startsWith(github.event.comment.body, '.')", "(startsWith(github.event.comment.body, '.deploy') || contains(github.event.comment.body, '.lock'))"},
			"warn words",
			[]string{"job `start`", "does not let these commands through: `.noop`, `.help`, `.unlock`, `.wcid`.", "`startsWith(github.event.comment.body, '.noop')`"},
		},
		"words without locks": {
			[]string{"startsWith(github.event.comment.body, '.')", "github.event.comment.body == '.deploy'", "skip_completing", "disable_lock: true\n          skip_completing"},
			"warn words",
			[]string{"these commands through: `.noop`, `.help`."},
		},
		"job that does not know its attempt": {
			[]string{" && needs.start.outputs.run_attempt == github.run_attempt", ""},
			"warn attempts",
			[]string{"job `deploy`: *Re-run failed jobs* runs it again without a check", "Add `&& needs.start.outputs.run_attempt == github.run_attempt` to its `if:`."},
		},
		"attempt that is not handed on": {
			[]string{" && needs.start.outputs.run_attempt == github.run_attempt", "", "      run_attempt: ${{ steps.lockstep.outputs.run_attempt }}\n", ""},
			"warn attempts",
			[]string{"and `run_attempt: ${{ steps.lockstep.outputs.run_attempt }}` to the `outputs:` of the job `start`."},
		},
		"attempt by another name": {
			[]string{" && needs.start.outputs.run_attempt == github.run_attempt", "", "      run_attempt:", "      attempt:"},
			"warn attempts",
			[]string{"Add `&& needs.start.outputs.attempt == github.run_attempt` to its `if:`."},
		},
		"go-ahead by another name": {
			[]string{
				"needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt", "needs.start.outputs.go == 'true'",
				"      ref: ${{ steps", "      go: ${{ steps.lockstep.outputs.continue }}\n      ref: ${{ steps",
			},
			"warn attempts",
			[]string{"job `deploy`"},
		},
		"job in spite of failures that does not know its attempt": {
			[]string{"    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt", "    if: always() && needs.start.outputs.continue == 'true'"},
			"warn attempts",
			[]string{"job `deploy`"},
		},
		"guard without its output": {
			[]string{"      run_attempt: ${{ steps.lockstep.outputs.run_attempt }}\n", ""},
			"block outputs",
			[]string{"job `deploy`: the job `start` has no output `run_attempt`", "Add `run_attempt: ${{ steps.lockstep.outputs.run_attempt }}` to the `outputs:` of that job."},
		},
		"misspelt output of the step": {
			[]string{"if: steps.lockstep.outputs.continue == 'true'", "if: steps.lockstep.outputs.contineu == 'true'"},
			"block outputs",
			[]string{"job `start`: Lockstep has no output `contineu`", "Perhaps `steps.lockstep.outputs.continue` is meant."},
		},
		"misspelt output of a job": {
			[]string{"needs.start.outputs.params", "needs.start.outputs.parms"},
			"block outputs",
			[]string{"job `deploy`: the job `start` has no output `parms`", "Perhaps `needs.start.outputs.params` is meant."},
		},
		"unknown output of a job": {
			[]string{"needs.start.outputs.params", "needs.start.outputs.something_else"},
			"block outputs",
			[]string{"`docs/outputs.md` of the action names each output"},
		},
		"misspelt step": {
			[]string{"if: steps.lockstep.outputs.continue == 'true'", "if: steps.lockstop.outputs.continue == 'true'"},
			"block outputs",
			[]string{"no step has the `id` `lockstop`", "Perhaps `steps.lockstep` is meant."},
		},
		"step by another name": {
			[]string{"if: steps.lockstep.outputs.continue == 'true'", "if: steps.branch-deploy.outputs.continue == 'true'"},
			"block outputs",
			[]string{"no step has the `id` `branch-deploy`", "There is `steps.lockstep`."},
		},
		"step of another job": {
			[]string{"${{ needs.start.outputs.params }}", "${{ steps.lockstep.outputs.params }}"},
			"block outputs",
			[]string{"job `deploy`: no step has the `id` `lockstep`"},
		},
		"misspelt job": {
			[]string{"${{ needs.start.outputs.params }}", "${{ needs.starts.outputs.params }}"},
			"block outputs",
			[]string{"there is no job `starts`", "Perhaps `needs.start` is meant."},
		},
		"job that is not waited for": {
			[]string{"    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh", "    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh ${{ needs.start.outputs.sha }}"},
			"block outputs",
			[]string{"job `smoke`: it does not wait for the job `start`", "Add `start` to its `needs:`."},
		},
		"missing output with something to fall back on": {
			[]string{"${{ needs.start.outputs.params }}", "${{ needs.start.outputs.parms || 'x' }}"},
			"warn outputs",
			[]string{"has no output `parms`"},
		},
		"matrix on the job of the action": {
			[]string{"runs-on: ubuntu-latest", "strategy: {matrix: {region: [eu, us]}}\n    runs-on: ubuntu-latest"},
			"block matrix",
			[]string{"job `start`: each job of its matrix takes the same comment"},
		},
		"matrix that only the runner knows": {
			[]string{"runs-on: ubuntu-latest", "strategy: {matrix: {region: '${{ fromJSON(vars.REGIONS) }}'}}\n    runs-on: ubuntu-latest"},
			"warn matrix",
			[]string{"job `start`"},
		},
		"key that is written twice": {
			[]string{"      checks: read\n", "      checks: read\n      actions: read\n"},
			"block workflows",
			[]string{"`.github/workflows/deploy.yml` has the key `actions` twice, in lines 12 and 16: GitHub refuses the whole file", "Leave one of them out."},
		},
		"teams that cannot be read": {
			[]string{"skip_completing", "admins: alice,acme/ops\n          skip_completing"},
			"warn admins",
			[]string{"`acme/ops`"},
		},
		"locks that stay": {
			[]string{"skip_completing", "sticky_locks_for_noop: true\n          skip_completing"},
			"warn sticky locks",
			[]string{"no workflow frees them"},
		},
		"missing permission to read": {
			[]string{"      checks: read\n", ""},
			"warn permissions",
			[]string{"lacks `checks: read`", "In a public repository"},
		},
		"permissions of branch-deploy": {
			[]string{"      actions: read\n", ""},
			"warn permissions",
			[]string{"lacks `actions: read`"},
		},
		"not on Linux": {
			[]string{"runs-on: ubuntu-latest\n    permissions:\n      contents: write\n      actions", "runs-on: windows-2025\n    permissions:\n      contents: write\n      actions"},
			"block runner",
			[]string{"`windows-2025`"},
		},
		"missing permissions": {
			[]string{"      pull-requests: write\n      deployments: write\n      checks", "      issues: write\n      checks"},
			"block permissions",
			[]string{"`pull-requests: write`, `deployments: write`", "`issues: write` does not cover"},
		},
		"missing permission to finish": {
			[]string{"      pull-requests: write\n      deployments: write\n    steps:\n      - uses: lock", "      deployments: write\n    steps:\n      - uses: lock"},
			"block permissions",
			[]string{"job `finish`", "lacks `pull-requests: write`"},
		},
		"permissions left to the repository": {
			[]string{"permissions: {}\n", "", "    permissions:\n      contents: write\n      pull-requests: write\n      deployments: write\n    steps:\n      - uses: lock", "    steps:\n      - uses: lock"},
			"warn permissions",
			[]string{"nothing says what its token may do"},
		},
		"step without a guard": {
			[]string{"        if: steps.lockstep.outputs.continue == 'true'\n", ""},
			"warn guards",
			[]string{"the step `tell`", "also after `.help`", "`if: steps.lockstep.outputs.continue == 'true'`"},
		},
		"job without a guard": {
			[]string{"    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt\n", "", "    needs: deploy\n", "    needs: [start, deploy]\n    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt\n"},
			"block guards",
			[]string{"job `deploy`", "`if: needs.start.outputs.continue == 'true'`"},
		},
		"job that insists": {
			[]string{"    needs: deploy\n", "    needs: deploy\n    if: always()\n"},
			"warn guards",
			[]string{"job `smoke`"},
		},
		"default branch is checked out": {
			[]string{"        with:\n          ref: ${{ needs.start.outputs.sha }}\n", ""},
			"warn checkout",
			[]string{"job `deploy`", "the default branch"},
		},
		"branch is checked out": {
			[]string{"ref: ${{ needs.start.outputs.sha }}", "ref: ${{ needs.start.outputs.ref }}"},
			"warn checkout",
			[]string{"can move after it was checked"},
		},
		"whatever the pull request holds is checked out": {
			[]string{"ref: ${{ needs.start.outputs.sha }}", "ref: refs/pull/${{ github.event.issue.number }}/head"},
			"block checkout",
			[]string{"not the commit that was checked"},
		},
		"parameters in a script": {
			[]string{`run: ./deploy.sh "$PARAMS"`, `run: ./deploy.sh ${{ needs.start.outputs.params }}`},
			"warn scripts",
			[]string{"`${{ needs.start.outputs.params }}`", "those who may run commands"},
		},
		"no step finishes": {
			[]string{"mode: finish", "mode: track\n          version: 1"},
			"warn finish",
			[]string{"job `start`", "none of its steps has `mode: finish`"},
		},
		"finish that is skipped": {
			[]string{"always() && needs.start.outputs.continue", "needs.start.outputs.continue"},
			"block finish",
			[]string{"skipped when a job before it fails"},
		},
		"finish that praises itself": {
			[]string{"          status: ${{ needs.deploy.result }}\n", ""},
			"block finish",
			[]string{"how this job went", "`status: ${{ needs.<job that deploys>.result }}`"},
		},
		"result mode without results": {
			[]string{"mode: finish\n          handoff: ${{ needs.start.outputs.handoff }}", "result_mode: true\n          context: ${{ needs.start.outputs.context }}"},
			"block finish",
			[]string{"without `job_results`", "`job_results: ${{ toJSON(needs.*.result) }}`"},
		},
		"runs that cancel each other": {
			[]string{"permissions: {}\n", "permissions: {}\nconcurrency: {group: deploy, cancel-in-progress: true}\n"},
			"block concurrency",
			[]string{"`cancel-in-progress`"},
		},
		"deployments by GitHub": {
			[]string{", deployment: false", ""},
			"block job environments",
			[]string{"job `deploy`", "creates a second deployment", "`environment: {name: …, deployment: false}`", "deployment_order_scope: own"},
		},
		"deployments by GitHub without an order": {
			[]string{", deployment: false", "", "          enforced_deployment_order: development,staging,production\n", ""},
			"warn job environments",
			[]string{"creates a second deployment"},
		},
		"unknown input": {
			[]string{"skip_completing: true", "skip_completing: true\n          environment_url: x"},
			"warn inputs",
			[]string{`no input "environment_url", perhaps "environment_urls" is meant`},
		},
		"input that branch-deploy had": {
			[]string{"skip_completing: true", "skip_completing: true\n          prefix_only: false"},
			"warn inputs",
			[]string{`no input "prefix_only". A command is always at the beginning of a comment`},
		},
		"input with a wrong value": {
			[]string{"skip_completing: true", "skip_completing: true\n          reaction: thumb"},
			"block inputs",
			[]string{`input "reaction" has the value "thumb"`},
		},
		"wrong value next to what the runner works out": {
			[]string{"mode: finish", "mode: finish\n          disable_lock: perhaps"},
			"block inputs",
			[]string{"job `finish`", `"disable_lock" has the value "perhaps"`},
		},
		"version that makes the step record instead": {
			[]string{"skip_completing: true", "skip_completing: true\n          version: v1.4.2"},
			"block inputs",
			[]string{"comments get no answer", "`mode: comment`"},
		},
		"secret in the file": {
			[]string{"skip_completing: true", "skip_completing: true\n          versioner_api_key: sk_live_1234567890"},
			"block inputs",
			[]string{"the secret `versioner_api_key` is written in the file"},
		},
		"target without a place in the order": {
			[]string{"environment_targets: dev", "environment_targets: sandbox,dev"},
			"block order",
			[]string{"always refuses deployments to them: `sandbox`"},
		},
		"order with what cannot be deployed": {
			[]string{"environment_targets: development,", "environment_targets: "},
			"block order",
			[]string{"out of reach: `development`"},
		},
		"order that repeats itself": {
			[]string{"order: development,", "order: development,staging,"},
			"block inputs",
			[]string{`"staging" is in the list twice`},
		},
		"order of one": {
			[]string{"targets: development,staging,production", "targets: production", "order: development,staging,production", "order: production"},
			"warn order",
			[]string{"enforces nothing"},
		},
		"mistyped environment": {
			[]string{"targets: development,staging,", "targets: development,stagging,", "order: development,staging,", "order: development,stagging,"},
			"warn environments",
			[]string{"no environment `stagging`, but one that is called `staging`"},
		},
		"environment in another case": {
			[]string{"targets: development,staging,", "targets: development,Staging,", "order: development,staging,", "order: development,Staging,"},
			"warn environments",
			[]string{"`Staging` is called `staging` on GitHub"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := unwell(doctor.Examine(examination(map[string]string{path: changed(t, test.change...)})))
			require.NotEmpty(t, found)
			for line := range strings.Lines(found) {
				assert.True(t, strings.HasPrefix(line, test.want+": "), line)
			}
			for _, text := range test.says {
				assert.Contains(t, found, text)
			}
		})
	}
}

// A step can be found by the image, or by its path in the action's own repository.
func TestFind(t *testing.T) {
	t.Parallel()
	for uses, ours := range map[string]bool{
		"lockstep-action/lockstep@v1":                                   true,
		"Lockstep-Action/Lockstep@v1":                                   true,
		"docker://ghcr.io/lockstep-action/lockstep:v1":                  true,
		"docker://ghcr.io/lockstep-action/lockstep@sha256:" + zeros(64): true,
		"./":                            false,
		"./.github/actions/lockstep":    false,
		"lockstep-action/lockstep/x@v1": false,
		"acme/lockstep@v1":              false,
		"docker://alpine":               false,
	} {
		t.Run(uses, func(t *testing.T) {
			t.Parallel()
			text := "on: issue_comment\njobs: {a: {steps: [{uses: '" + uses + "'}]}}\n"
			found, unreadable := find([]string{"lockstep-action/lockstep"}, []checkup.File{{Path: path, Text: text}})
			assert.Empty(t, unreadable)
			assert.Equal(t, ours, len(found) == 1)
		})
	}
	found, _ := find([]string{"./"}, []checkup.File{{Path: path, Text: "jobs: {a: {steps: [{uses: ./}]}}"}})
	assert.Len(t, found, 1)
}

func zeros(n int) string { return strings.Repeat("0", n) }

func TestRoles(t *testing.T) {
	t.Parallel()
	for with, role := range map[string]doctor.Role{
		"":                                  doctor.Commands,
		"mode: comment":                     doctor.Commands,
		`mode: "${{ vars.MODE }}"`:          doctor.Commands,
		"product: shop":                     doctor.Commands,
		`version: "${{ github.sha }}"`:      doctor.Tracks,
		"mode: track, environment: staging": doctor.Tracks,
		"mode: finish":                      doctor.Finishes,
		"mode: doctor":                      doctor.Examines,
		"merge_deploy_mode: true":           doctor.Merges,
		"unlock_on_merge_mode: true":        doctor.Unlocks,
	} {
		t.Run(cmp.Or(with, "no inputs"), func(t *testing.T) {
			t.Parallel()
			text := "on: issue_comment\njobs: {a: {steps: [{uses: lockstep-action/lockstep@v1, with: {" + with + "}}]}}"
			found, unreadable := find([]string{"lockstep-action/lockstep"}, []checkup.File{{Path: path, Text: text}})
			require.Empty(t, unreadable)
			require.Len(t, found, 1)
			assert.Equal(t, role, found[0].Role)
		})
	}
	text := "on: push\njobs: {a: {steps: [{uses: lockstep-action/lockstep@v1, with: {product: shop}}]}}"
	found, _ := find([]string{"lockstep-action/lockstep"}, []checkup.File{{Path: path, Text: text}})
	assert.Equal(t, doctor.Tracks, found[0].Role)
}

// Where only our own deployments count, those that GitHub makes for jobs do no harm.
func TestJobEnvironmentsNextToOurOwn(t *testing.T) {
	t.Parallel()
	text := changed(t, ", deployment: false", "", "skip_completing", "deployment_order_scope: own\n          skip_completing")
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: text}))))
}

func TestUnreadableWorkflow(t *testing.T) {
	t.Parallel()
	findings := doctor.Examine(examination(map[string]string{path: healthy, ".github/workflows/broken.yml": "jobs: ["}))
	found := unwell(findings)
	assert.Contains(t, found, "warn workflows: `.github/workflows/broken.yml` cannot be read as a workflow")
	assert.Equal(t, 0, strings.Count(found, "\n"))
}

func TestNoWorkflow(t *testing.T) {
	t.Parallel()
	assert.Contains(t, unwell(doctor.Examine(examination(nil))), "warn workflows: None of the workflow files")
	away := running(t, nil)
	away.Facts.Environments = []checkup.Environment{{Name: "production", Rules: []string{"WAIT_TIMER"}}}
	away.Files, away.Uses = nil, nil // the workflow of a command can be in another repository
	assert.Empty(t, unwell(doctor.Examine(away)))
}

// A called workflow has the permissions of its caller at most.
func TestCalledWorkflow(t *testing.T) {
	t.Parallel()
	called := changed(t, "issue_comment:\n    types: [created]", "workflow_call:", "permissions: {}\n", "")
	const caller = `on: {issue_comment: {types: [created]}}
jobs:
  call:
    permissions: {contents: write, actions: read, pull-requests: write, deployments: write, checks: read, statuses: read}
    uses: ./.github/workflows/deploy.yml
`
	files := func(caller string) map[string]string {
		return map[string]string{path: called, ".github/workflows/caller.yml": caller}
	}
	assert.Empty(t, unwell(doctor.Examine(examination(files(caller)))))
	loose := called
	for old, replacement := range map[string]string{
		"        with:\n          ref: ${{ needs.start.outputs.sha }}\n":                          "",
		"    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')\n": "",
		"mode: finish": "mode: track\n          version: 1",
	} {
		require.Contains(t, loose, old)
		loose = strings.Replace(loose, old, replacement, 1)
	}
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: loose, ".github/workflows/caller.yml": caller}))), "its caller may see to all of that")
	weak := strings.Replace(called, "      deployments: write\n      checks", "      checks", 1)
	found := unwell(doctor.Examine(examination(map[string]string{path: weak, ".github/workflows/caller.yml": caller})))
	assert.Contains(t, found, "job `start`: its token lacks `deployments: write`", "what it asks for itself is less")
	poor := strings.Replace(caller, "deployments: write", "deployments: read", 1)
	found = unwell(doctor.Examine(examination(files(poor))))
	assert.Contains(t, found, "block permissions: `.github/workflows/caller.yml`, job `call`: its token lacks `deployments: write`")
}

// What deployments go on without is advice, also where something else is missing.
func TestPermissionsByNeed(t *testing.T) {
	t.Parallel()
	poor := changed(t, "      actions: read\n      pull-requests: write\n", "")
	assert.Equal(t, "block permissions: `.github/workflows/deploy.yml`, job `start`: its token lacks `pull-requests: write`. Add it to the `permissions:` of the job.\n"+
		"warn permissions: `.github/workflows/deploy.yml`, job `start`: its token lacks `actions: read`. Add it to the `permissions:` of the job. "+
		"In a public repository GitHub may let it read all the same; in a private one it does not.", unwell(doctor.Examine(examination(map[string]string{path: poor}))))
}

// In the action's own workflow the token itself was tried out: the file is not judged as well.
func TestTokenComesFirst(t *testing.T) {
	t.Parallel()
	poor := changed(t, "      deployments: write\n      checks", "      checks")
	e := examination(map[string]string{path: poor})
	e.Here = doctor.Place{File: path, Job: "start"}
	e.Facts.Token = []checkup.Grant{
		{Permission: "contents: write", For: "take locks", Allowed: true},
		{Permission: "deployments: write", For: "create deployments"},
		{Permission: "checks: read", For: "read check runs", Allowed: true, Problem: &deploy.Problem{Text: "GitHub is down.", Hint: "Wait."}},
	}
	found := unwell(doctor.Examine(e))
	assert.Equal(t, "warn token: It is not known whether the token has `checks: read`. GitHub is down. Wait.\n"+
		"block token: The token of this job may not create deployments. Add `deployments: write` to the `permissions:` of the job.", found)
}

// find lists the uses of the action in files, and the files that cannot be read.
func find(names []string, files []checkup.File) ([]doctor.StepRef, map[string]error) {
	setup := doctor.Setup{Names: names}
	setup.Read(files)
	return setup.Uses, setup.Unreadable
}
