package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
)

func TestFacts(t *testing.T) {
	t.Parallel()
	foreign := []deploy.Deployment{{Environment: "staging", Creator: "github-actions"}}
	for name, test := range map[string]struct {
		inputs map[string]string
		facts  func(*checkup.Facts)
		want   string // the whole of what is not praise, "" for nothing
	}{
		"nothing but the defaults": {nil, func(*checkup.Facts) {}, ""},
		"foreign deployment that counts": {
			map[string]string{"enforced_deployment_order": "development,staging,production"},
			func(f *checkup.Facts) { f.Deploy.Deployments["staging"] = foreign },
			"warn order: The newest deployment to `staging` was made by `github-actions` and not by Lockstep; the order goes by it. " +
				"If a job's `environment:` makes such deployments, write `environment: {name: …, deployment: false}` there, or set `deployment_order_scope: own`.",
		},
		"deployments that may not be seen": {
			map[string]string{"enforced_deployment_order": "development,staging,production"},
			func(f *checkup.Facts) {
				f.Deploy.Unavailable = map[deploy.Part]deploy.Problem{"deployments of staging": {Text: "I could not read them.", Hint: "Add it."}}
			}, "warn order: I could not read them. Add it.",
		},
		"foreign deployment that does not count": {
			map[string]string{"enforced_deployment_order": "development,staging,production", "deployment_order_scope": "own"},
			func(f *checkup.Facts) { f.Deploy.Deployments["staging"] = foreign }, "",
		},
		"foreign deployment at the end of the order": {
			map[string]string{"enforced_deployment_order": "development,production,staging"},
			func(f *checkup.Facts) { f.Deploy.Deployments["staging"] = foreign }, "",
		},
		"loose rules": {
			nil, func(f *checkup.Facts) { f.Deploy.Rules = f.Deploy.Rules[1:] },
			"warn rules: The rules of `main` could be stricter: `missing_deletion`. Add them in the repository's settings, or set `use_security_warnings: false`.",
		},
		"advice that is switched off": {
			map[string]string{"use_security_warnings": "false"}, func(f *checkup.Facts) { f.Deploy.Rules = nil }, "",
		},
		"required checks that no rule requires": {
			map[string]string{"checks": "required", "use_security_warnings": "false"},
			func(f *checkup.Facts) { f.Deploy.Rules = nil },
			"warn rules: `checks: required` is set, but no ruleset of `main` requires a check. Unless branch protection does, none has to pass. Require checks in a ruleset of the branch, or set `checks: all`.",
		},
		"required checks where a plan knows no rules": {
			map[string]string{"checks": "required"}, func(f *checkup.Facts) { f.Deploy.Rules, f.Deploy.NoRules = nil, true }, "",
		},
		"rules for locks": {
			nil, func(f *checkup.Facts) {
				f.LockRules = map[string][]string{"staging-branch-deploy-lock": {"deletion", "creation", "non_fast_forward"}, "global-branch-deploy-lock": {"creation"}, "x": nil}
			},
			"warn locks: Rules of the repository (`creation`, `deletion`) also apply to the branches that are locks: `global-branch-deploy-lock`, `staging-branch-deploy-lock`. " +
				"GitHub may refuse to create or to delete them. Exclude `**/*-branch-deploy-lock` from the ruleset, or let GitHub Actions bypass it.",
		},
		"harmless rules for locks": {
			nil, func(f *checkup.Facts) { f.LockRules = map[string][]string{"x": {"non_fast_forward"}} }, "",
		},
		"labels": {
			map[string]string{"successful_deploy_labels": "deployed,live", "failed_noop_labels": "broken"},
			func(f *checkup.Facts) { f.Labels = map[string]bool{"live": true} },
			"warn labels: The repository does not have these labels yet: `deployed`, `broken`. Create them, such as with `gh label create`: a token without `issues: write` may not be able to. If a name is mistyped, correct it.",
		},
		"labels of environments": {
			map[string]string{"rollback_labels": "back-{environment}", "environment_targets": "production,staging"},
			func(f *checkup.Facts) { f.Labels = map[string]bool{"back-staging": true} },
			"warn labels: The repository does not have these labels yet: `back-production`. Create them, such as with `gh label create`: a token without `issues: write` may not be able to. If a name is mistyped, correct it.",
		},
		"labels that exist": {
			map[string]string{"successful_noop_labels": "tried"}, func(f *checkup.Facts) { f.Labels = map[string]bool{"tried": true} }, "",
		},
		"template that is broken": {
			nil, func(f *checkup.Facts) {
				f.Files = map[string]*string{".github/deployment_message.md": new("{{ status")}
			},
			"warn template: The template `.github/deployment_message.md` cannot be used: `line 1: \"{{\" is never closed`. Correct the file on the default branch. Until then the default message is used.",
		},
		"template that is not there": {
			map[string]string{"deploy_message_path": "docs/x.md"},
			func(f *checkup.Facts) { f.Files = map[string]*string{"docs/x.md": nil} },
			"warn template: There is no template `docs/x.md`. Commit it to the default branch, or leave `deploy_message_path` out.",
		},
		"protection that a job waits for": {
			nil, func(f *checkup.Facts) {
				f.Environments = []checkup.Environment{{Name: "production", Rules: []string{"WAIT_TIMER"}}}
			}, "",
		},
		"admins with a token": {map[string]string{"admins": "acme/ops", "admins_pat": "x"}, func(*checkup.Facts) {}, ""},
		"admins without one": {
			map[string]string{"admins": "acme/ops"},
			func(*checkup.Facts) {},
			"warn admins: `admins` names teams (`acme/ops`), but there is no token that may read their members: they do not count as admins. Give `admins_pat` a token that may read the organization's members.",
		},
		"locks that stay": {
			map[string]string{"sticky_locks": "true"},
			func(*checkup.Facts) {},
			"warn sticky locks: Deployments keep their locks, also when the pull request is merged, and no workflow frees them then. " +
				"Add one with `unlock_on_merge_mode: true`, as `docs/merge-modes.md` of the action shows it, or free them with `.unlock`.",
		},
		"no locks at all": {map[string]string{"sticky_locks": "true", "disable_lock": "true"}, func(*checkup.Facts) {}, ""},
		"more environments than are listed": {
			map[string]string{"environment_targets": "stagging"}, func(f *checkup.Facts) { f.Unlisted = true }, "",
		},
		"own token": {
			nil, func(f *checkup.Facts) {
				f.Token = []checkup.Grant{{Permission: "contents: write", For: "take locks", Personal: true}}
			},
			"block token: The token of this job may not take locks. Give it `contents: write` where it was made: `permissions:` of a job say nothing about it.",
		},
		"fine-grained token": {
			nil, func(f *checkup.Facts) {
				f.Token = []checkup.Grant{{Permission: "contents: write", For: "take locks", Personal: true}, {Permission: "checks: read", For: "read check runs", Personal: true}}
			},
			"block token: The token of this job may not take locks, nor read check runs. A fine-grained personal access token cannot have `checks: read`. " +
				"Use the workflow's own token, the token of an app, or a classic one.",
		},
		"what is needed comes first": {
			nil, func(f *checkup.Facts) {
				f.Token = []checkup.Grant{{Permission: "actions: read", For: "see runs"}, {Permission: "contents: write", For: "take locks"}, {Permission: "statuses: read", For: "read commit statuses"}}
			},
			"block token: The token of this job may not take locks, nor read commit statuses. Add `contents: write`, `statuses: read` to the `permissions:` of the job.\n" +
				"warn token: The token of this job may not see runs. Add `actions: read` to the `permissions:` of the job.",
		},
		"permission for comfort": {
			nil, func(f *checkup.Facts) {
				f.Token = []checkup.Grant{{Permission: "actions: read", For: "see runs"}, {Permission: "checks: read", Allowed: true}}
			},
			"warn token: The token of this job may not see runs. Add `actions: read` to the `permissions:` of the job.",
		},
		"permission that the order needs": {
			map[string]string{"enforced_deployment_order": "development,staging,production", "deployment_order_scope": "verified"},
			func(f *checkup.Facts) {
				f.Token = []checkup.Grant{{Permission: "actions: read", For: "see runs"}}
			},
			"block token: The token of this job may not see runs. Add `actions: read` to the `permissions:` of the job.",
		},
		"tracking that cannot be reached": {
			nil, func(f *checkup.Facts) {
				f.Receivers = []checkup.Receiver{{Name: "versioner", Gate: true, Problem: "no such host"}, {Name: "slack", Problem: "it answers with HTTP 503"}, {Name: "webhook"}}
			},
			"block tracking: `versioner` is asked before each deployment, and was not reached: `no such host`. Check its address, and that this runner may reach it.\n" +
				"warn tracking: `slack` was not reached: `it answers with HTTP 503`. Check its address, and that this runner may reach it. Deployments go on without it.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := running(t, test.inputs)
			test.facts(&e.Facts)
			assert.Equal(t, test.want, unwell(doctor.Examine(e)))
		})
	}
}

// Protection rules hold for jobs with "environment:" alone.
func TestProtectionThatNoJobWaitsFor(t *testing.T) {
	t.Parallel()
	text := changed(t, `    environment: {name: "${{ needs.start.outputs.environment }}", deployment: false}`+"\n", "")
	e := examination(map[string]string{path: text})
	e.Facts.Environments = []checkup.Environment{{Name: "production", Rules: []string{"REQUIRED_REVIEWERS"}}, {Name: "elsewhere", Rules: []string{"WAIT_TIMER"}}}
	assert.Equal(t, "warn environments: `production` has protection rules on GitHub (`required reviewers`), but no job waits for them. "+
		"They apply to jobs with `environment:`. Let the job that deploys have `environment: {name: …, deployment: false}`.", unwell(doctor.Examine(e)))
	called := strings.Replace(text, "    runs-on: ubuntu-latest\n    steps:\n      - run: ./smoke.sh\n", "    uses: ./x.yml\n", 1)
	e.Read([]checkup.File{{Path: path, Text: called}})
	assert.Empty(t, unwell(doctor.Examine(e)), "what is called may wait")
}

// What could not be read is said, and nothing is concluded from it.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	e := running(t, map[string]string{"successful_deploy_labels": "deployed", "enforced_deployment_order": "development,staging,production"})
	e.Files, e.Uses = nil, nil
	for _, part := range []checkup.Part{
		checkup.FilesPart, checkup.DeploymentsPart, checkup.EnvironmentsPart, checkup.LabelsPart, checkup.TemplatesPart, checkup.LockRulesPart,
	} {
		e.Facts.Unavailable[part] = deploy.Problem{Text: "GitHub said no.", Hint: "Ask again."}
	}
	e.Facts.Environments, e.Facts.Deploy.Rules = nil, nil
	assert.Equal(t, "warn workflows: The workflow files could not be looked at. GitHub said no. Ask again.\n"+
		"warn environments: The environments could not be looked at. GitHub said no. Ask again.\n"+
		"warn rules: The deployments and rules could not be looked at. GitHub said no. Ask again.\n"+
		"warn locks: The rules for locks could not be looked at. GitHub said no. Ask again.\n"+
		"warn labels: The labels could not be looked at. GitHub said no. Ask again.\n"+
		"warn template: The templates could not be looked at. GitHub said no. Ask again.", unwell(doctor.Examine(e)))
}

// Needs are what the settings name: of the running step, or else of the workflow files.
func TestNeeds(t *testing.T) {
	t.Parallel()
	fromFiles := examination(map[string]string{path: healthy}).Needs("abc", 7)
	assert.Equal(t, checkup.Needs{
		Commit: "abc", Run: 7,
		Deploy: deploy.Needs{StableBranch: "main", Rules: true, Environments: []string{"development", "staging"}},
		Files:  []string{".github/deployment_message.md"},
		Locks:  []string{"global-branch-deploy-lock", "development-branch-deploy-lock", "staging-branch-deploy-lock", "production-branch-deploy-lock"},
	}, fromFiles)
	e := running(t, map[string]string{
		"deployment_order_scope": "own", "enforced_deployment_order": "staging,production", "environment_targets": "staging,production",
		"disable_lock": "true", "failed_deploy_labels": "broken",
	})
	assert.Equal(t, checkup.Needs{
		Deploy: deploy.Needs{StableBranch: "main", Rules: true},
		Files:  []string{".github/deployment_message.md"}, Labels: []string{"broken"},
	}, e.Needs("", 0))
	e.Deploys = true
	assert.Equal(t, []string{"pull-requests: write", "deployments: write", "checks: read", "statuses: read", "actions: read", "contents: read"}, e.Needs("", 0).Permissions)
	assert.Equal(t, checkup.Needs{}, examination(nil).Needs("", 0))
}

// Files can be those of a stranger's pull request: nothing in them becomes more than text.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	const evil = "`@everyone <img src=x> ::error::x ![x](http://x) | -->"
	quoted := `"` + "`@everyone <img src=x> ::error::x ![x](http://x) | -->" + `"`
	text := "on: {issue_comment: {types: [" + quoted + "]}}\njobs:\n  " + quoted + ":\n    runs-on: " + `"windows` + evil + `"` + "\n    environment: " + quoted + "\n" +
		"    steps:\n      - id: " + quoted + "\n        uses: " + `"lockstep-action/lockstep@` + evil + `"` + "\n        with: {" + quoted + ": " + quoted + ", reaction: " + quoted + ", environment_targets: " + quoted +
		", enforced_deployment_order: " + `"a,` + evil + `"` + ", successful_deploy_labels: " + quoted + ", deploy_message_path: " + quoted + ", stable_branch: " + quoted + ", checks: required, skip_completing: true}\n" +
		"      - name: " + quoted + "\n        run: " + `"x ${{ github.event.comment.body || '` + evil + `' }}"` + "\n" +
		"  next:\n    needs: " + quoted + "\n"
	e := examination(map[string]string{".github/workflows/" + evil + ".yml": text, ".github/workflows/" + evil + "2.yml": "jobs: [" + evil})
	require.NotEmpty(t, e.Uses)
	e.Facts.Deploy.Rules = nil
	e.Facts.Deploy.Deployments["a"] = []deploy.Deployment{{Creator: evil}}
	e.Facts.Environments = []checkup.Environment{{Name: evil, Rules: []string{evil}}}
	e.Facts.LockRules = map[string][]string{evil: {"deletion"}}
	e.Facts.Receivers = []checkup.Receiver{{Name: evil, Problem: evil}}
	findings := doctor.Examine(e)
	assert.Greater(t, len(findings), 12)
	for _, f := range findings {
		assertHarmless(t, f)
	}
}

// assertHarmless fails the test where a finding shows more of a hostile name than code.
func assertHarmless(t *testing.T, f deploy.Finding) {
	t.Helper()
	for _, text := range []string{f.Text, f.Hint} {
		plain, problems := markdowntest.Prose(text)
		assert.Empty(t, problems, text)
		assert.NotContains(t, plain, "@everyone", text)
		assert.NotContains(t, plain, "<img", text)
		assert.NotContains(t, text, "\n", text)
	}
}

// What the runner works out does not count as a mistake.
func TestComputedSettings(t *testing.T) {
	t.Parallel()
	text := changed(t, "skip_completing", "stable_branch: ${{ vars.BRANCH }}\n          deployment_order_scope: ${{ vars.SCOPE }}\n          skip_completing")
	e := examination(map[string]string{path: text})
	e.Facts.Deploy.Rules = nil
	e.Facts.Deploy.Deployments["staging"] = []deploy.Deployment{{Environment: "staging", Creator: "robot"}}
	assert.Empty(t, unwell(doctor.Examine(e)))
	assert.Equal(t, deploy.Needs{}, e.Needs("", 0).Deploy)
}

// What a step is set to by the examining one does not hide what files say.
func TestOrderOfTheFile(t *testing.T) {
	t.Parallel()
	e := running(t, nil)
	e.Read([]checkup.File{{Path: path, Text: changed(t, ", deployment: false", "")}})
	assert.Contains(t, unwell(doctor.Examine(e)), "block job environments")
}

// Who frees the locks of ended pull requests may stand in another file.
func TestUnlocksElsewhere(t *testing.T) {
	t.Parallel()
	const unlocks = "on: {pull_request: {types: [closed]}}\njobs: {a: {runs-on: ubuntu-latest, permissions: {contents: write, actions: read}, steps: [{uses: lockstep-action/lockstep@4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2, with: {unlock_on_merge_mode: true}}]}}"
	text := changed(t, "skip_completing", "sticky_locks: true\n          skip_completing")
	assert.Empty(t, unwell(doctor.Examine(examination(map[string]string{path: text, ".github/workflows/unlock.yml": unlocks}))))
	unfinished := changed(t, "mode: finish", "mode: track\n          version: 1")
	found := unwell(doctor.Examine(examination(map[string]string{path: unfinished, ".github/workflows/other.yml": healthy})))
	assert.Contains(t, found, "warn finish: `.github/workflows/deploy.yml`", "the end in another file is another's")
}
