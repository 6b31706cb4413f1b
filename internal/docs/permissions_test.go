package docs

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// jobOn finds the first job of a name on a page that calls the action, with the permissions it has.
func jobOn(t *testing.T, page, name string) (workflow, job) {
	t.Helper()
	for _, w := range workflows(t) {
		if job := w.Jobs[name]; w.page == page && len(job.calls()) > 0 {
			if job.Permissions == nil {
				job.Permissions = w.Permissions
			}
			require.NotEmpty(t, job.Permissions)
			return w.workflow, job
		}
	}
	require.Fail(t, "no such job calls the action", "%s: %s", page, name)
	return workflow{}, job{}
}

// inputs are what a step gives to our action, apart from what only a runner can evaluate.
func inputs(w workflow, s step) map[string]string {
	given := map[string]string{}
	for name, value := range s.With {
		if value = evaluated(w, value); !strings.Contains(value, "${{") {
			given[name] = value
		}
	}
	return given
}

// targets are the environments that a caller names.
const targets = "development,staging,production"

// evaluated is a value with everything in it that is known without a runner, on one line.
func evaluated(w workflow, value string) string {
	known := []string{
		"${{ env.SERVICE }}", "api", "${{ secrets.VERSIONER_API_KEY }}", "sk_acme_1_rehearsal",
		"${{ inputs.environments }}", targets, "${{ inputs.rules == '' && inputs.environments || '' }}", targets,
	}
	for name, text := range w.Env {
		known = append(known, "${{ env."+name+" }}", strings.Join(strings.Fields(text), " "))
	}
	return strings.NewReplacer(known...).Replace(value)
}

// deploys is how a job fares that deploys, on a pull request with a check run, a commit status and a
// rule, where an earlier deployment to staging was cut off.
const deploys = `
user alice write
signed checkout Faster checkout
pull 1 alice checkout
check build checkout success
rule checks build
pass 1m
INPUTS
TOKEN
comment alice 1 .deploy to development
want output continue true
job success
want deployment development success
want comment Deployment Results
comment alice 1 .deploy to staging
want output continue true
`

// starts is how a job fares that leaves the end to another one.
const starts = `
user alice write
signed checkout Faster checkout
pull 1 alice checkout
check build checkout success
rule checks build
deployed development checkout robot success
pass 1m
INPUTS
TOKEN
comment alice 1 .deploy to staging
want output continue true
job success
want deployment staging in_progress
`

// opened is a pull request that may be deployed.
const opened = "\nuser alice write\npush checkout Faster checkout\npull 1 alice checkout\npass 1m\n"

// finishes is how a job fares that ends what another one began.
const finishes = opened + `
INPUTS
set skip_completing true
comment alice 1 .deploy to staging
set skip_completing false
TOKEN
finish success
want deployment staging success
want comment Deployment Results
want lock staging none
`

// compares and unlocks are how jobs fare after a merge.
const (
	compares = opened + `
comment alice 1 .deploy to production
job success
merge 1
TOKEN
step push alice merge_deploy_mode=true environment=production
want output continue false
`
	unlocks = opened + `
comment alice 1 .lock staging
comment alice 1 .deploy to production
crash
merge 1
TOKEN
closed 1 alice unlock_on_merge_mode=true
want output unlocked_environments production,staging
`
)

// shows is how a job fares that shows what runs where, after a deployment whose runner was lost.
const shows = opened + `
issue 12 issue.md
comment alice 1 .lock production
comment alice 1 .deploy to staging
crash
INPUTS
TOKEN
step schedule alice
want exit 0
want summary last attempt lost
want page last attempt lost
want issue 12 last attempt lost
want summary 🔒
`

// released is how a job fares that lists what was released.
const released = opened + `
comment alice 1 .deploy main to production
job success
comment alice 1 .deploy production
job success
INPUTS
TOKEN
step push alice
want exit 0
want output-holds manifest Change checkout
`

// measured is how a job fares that reports the DORA metrics: of a pull request, with an incident.
const measured = opened + `
label incident
merge 1
comment alice 1 .deploy main to production
job success
pass 1h
push main Another change
comment alice 1 .deploy main to production
job success
issue 12 incident issue.md
pass 1h
INPUTS
TOKEN
step schedule alice
want exit 0
want dora production change_lead_time.n 1
want dora production change_fail_rate.count 1
`

// issue is what comes behind it.
const issue = `
-- issue.md --
By hand.
`

// tracks is how a job fares that records its own deployment, which another user's lock stops first.
const tracks = `
push main One
push checkout Faster checkout
pull 1 alice checkout
deployed staging main robot success
locked ENVIRONMENT bob
INPUTS
TOKEN
step push alice version=1.4.0 status=started
want output reason_code lock_conflict
unlocked ENVIRONMENT
step push alice version=1.4.0 status=started
want exit 0
END
want deployment ENVIRONMENT success main
`

// promotes is how a job fares that promotes, and endsPromotion how one does that ends it in its place. The runner of an
// earlier promotion was lost.
const (
	promotes = `
user alice write
user bob write
push main One
file main .github/lockstep.yml "version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n    reviews: 1\n"
step push alice mode=track environment=staging status=success
push topic Two
pull 1 alice topic
review 1 bob APPROVED
merge 1 squash
step push alice mode=track environment=staging status=success
TOKEN
INPUTS
step schedule alice mode=promote
want output continue true
job success
want deployment production in_progress
`
	endsPromotion = opened + `
step push alice mode=track environment=staging status=success
set enforced_deployment_order staging,production
set skip_completing true
step schedule alice mode=promote
set skip_completing false
TOKEN
finish success
want deployment production success
want lock production none
`
)

// tracking is that story for an environment, whose end is recorded by the post step or by another step.
func tracking(environment, end string) string {
	return strings.NewReplacer("ENVIRONMENT", environment, "END", end).Replace(tracks)
}

// permitted are the jobs of the pages, each with a story in which it needs all that it is granted. What follows the name of
// the job says what else is set.
func permitted() map[string]string {
	const (
		byItself = "" // the job ends when the step has begun
		told     = "want output tracking_status recorded\n"
		slack    = "env SLACK_TEAM https://hooks.slack.com/services/T0REHEARSAL/B0REHEARSAL/rehearsal\n"
		server   = "env GITHUB_SERVER_URL https://github.acme.example\nenv GITHUB_API_URL https://github.acme.example/api/v3\n" +
			"env GITHUB_GRAPHQL_URL https://github.acme.example/api/graphql\n"
	)
	return map[string]string{
		reusable + " start":  starts,
		reusable + " finish": finishes,

		"docs/from-deployments.md deploy":       tracking("staging", byItself),
		"docs/from-deployment-action.md deploy": tracking("production", byItself),

		"docs/security.md deploy":                      deploys,
		"docs/multi-job.md start":                      starts,
		"docs/security.md deploy with locks that stay": "\nset sticky_locks true\nset lock_expiry 8h\nset lock_owner pull_request" + deploys,
		"docs/security.md deploy with a confirmation": "\nset deployment_confirmation true" + strings.ReplaceAll(deploys, "comment alice",
			"before-request \"GET /repos/acme/shop/issues/comments/\" react alice +1\ncomment alice"),
		"docs/from-branch-deploy.md try": strings.ReplaceAll(deploys, "comment alice 1 .", "comment alice 1 .try-"),
		"docs/multi-job.md finish":       finishes,
		"docs/multi-job.md trigger":      starts,
		"docs/multi-job.md result":       strings.ReplaceAll(finishes, "finish success", "result success"),
		"docs/merge-modes.md unlock":     unlocks,

		"examples/single-job.yml deploy":               deploys,
		"examples/health-check.yml deploy":             strings.NewReplacer("to development", "to production", "deployment development", "deployment production", "to staging", "to production").Replace(deploys) + "want asked 1\n",
		"examples/pipeline-labels.yml deploy":          "label deploy-dev\nlabel deploy-staging\nlabel deploy-success\n" + strings.NewReplacer("development", "dev").Replace(deploys) + "job success\nwant labels deploy-dev deploy-staging deploy-success\n",
		"examples/multi-job.yml start":                 starts,
		"examples/multi-job.yml finish":                finishes,
		"examples/rollback-on-failure.yml start":       starts,
		"examples/rollback-on-failure.yml finish":      finishes,
		"examples/terraform.yml start":                 starts,
		"examples/terraform.yml finish":                finishes,
		"examples/monorepo.yml start":                  strings.NewReplacer(".deploy to staging", ".api-deploy api-staging", "deployment staging", "deployment api-staging").Replace(starts),
		"examples/monorepo.yml finish":                 finishes,
		"examples/matrix.yml start":                    starts,
		"examples/matrix.yml finish":                   finishes,
		"examples/order-with-tracking.yml start":       starts + told,
		"examples/order-with-tracking.yml finish":      finishes + "want events started completed\n",
		"examples/slack-and-versioner.yml start":       slack + starts + told + "want slack staging\n",
		"examples/slack-and-versioner.yml finish":      slack + finishes + "want events started completed\nwant slack staging\nwant slack staging\n",
		"examples/github-enterprise-server.yml start":  server + starts,
		"examples/github-enterprise-server.yml finish": server + finishes,
		"examples/step-on-push.yml staging":            tracking("staging", byItself),
		"examples/step-on-push.yml production":         tracking("production", byItself),
		"examples/merge-deploy.yml compare":            compares,
		"examples/merge-deploy.yml deploy":             tracking("production", byItself),
		"examples/unlock-on-merge.yml unlock":          unlocks,
		"examples/status-page.yml status":              shows + issue,
		"examples/release-manifest.yml list":           released,
		"examples/dora-report.yml report":              measured + issue,
		"docs/reports.md dora":                         measured + issue,
		"docs/promotion.md promote":                    strings.Replace(promotes, "in_progress", "success", 1),
		"examples/nightly-promotion.yml start":         promotes,
		"examples/nightly-promotion.yml finish":        endsPromotion,
	}
}

// Every job of the README and of the examples that calls the action has such a story.
func TestJobsHaveStories(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range workflows(t) {
		if w.page != "README.md" && !w.isFile() {
			continue
		}
		for name, job := range w.Jobs {
			if key := w.page + " " + name; len(job.calls()) > 0 {
				assert.Contains(t, permitted(), key, "nothing says what its permissions are for")
				assert.False(t, seen[key], "%s: a story is about one job, not about two of a name", key)
				seen[key] = true
			}
		}
	}
}

// The permissions of each job that calls the action are enough, without a complaint, and not one of
// them can be left out.
func TestDocumentedPermissions(t *testing.T) {
	t.Parallel()
	for name, story := range permitted() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(name)
			w, job := jobOn(t, words[0], words[1])
			given := inputs(w, job.calls()[0])
			if given["mode"] == "finish" { // the verb says so, and only then
				delete(given, "mode")
			}
			if given["result_mode"] == "true" { // the same
				given = map[string]string{}
			}
			log, problem := playWith(t, story, given, job.Permissions)
			require.NoError(t, problem)
			assert.NotContains(t, log, "permissions:")
			for what, fewer := range lessThan(job.Permissions) {
				log, problem := playWith(t, story, given, fewer)
				assert.True(t, problem != nil || strings.Contains(log, "permissions:"), "%s is not needed", what)
				if testing.Short() { // one of them by chance
					break
				}
			}
		})
	}
}

// What happens without a permission is what the page on security says of it.
func TestWithoutPermission(t *testing.T) {
	t.Parallel()
	_, job := jobOn(t, "docs/security.md", "deploy")
	text, err := os.ReadFile("../../docs/security.md")
	require.NoError(t, err)
	page := string(text)
	for scope, level := range job.Permissions {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			permission := scope + ": " + level
			row := regexp.MustCompile("(?m)^\\| `" + permission + "` \\|.*\\| ([A-Z][^|]*) \\|$").FindStringSubmatch(page)
			require.NotNil(t, row, "the page says what happens without %s", permission)
			fewer := maps.Clone(job.Permissions)
			delete(fewer, scope)
			exit, log, comments := deployWith(t, fewer)
			switch {
			case strings.HasPrefix(row[1], "Goes on"):
				assert.Zero(t, exit, log)
			case strings.Contains(row[1], "only the log says so"):
				assert.Equal(t, 1, exit, log)
				assert.Contains(t, log, permission)
				assert.Empty(t, comments)
			default:
				assert.True(t, strings.HasPrefix(row[1], "Refuses"), row[1])
				assert.Equal(t, 1, exit, log)
				assert.Contains(t, strings.Join(comments, ""), scope+": ")
			}
		})
	}
}

// deployWith plays a deployment of a commit with a check run and a commit status.
func deployWith(t *testing.T, granted map[string]string) (exit int, log string, comments []string) {
	t.Helper()
	var scopes []string
	for scope, level := range granted {
		scopes = append(scopes, scope+"="+level)
	}
	script := opened + "check build checkout success\ntoken " + strings.Join(scopes, " ") + "\ncomment alice 1 .deploy to staging\n"
	story, err := rehearse.ParseStory(t.Name(), []byte(script))
	require.NoError(t, err)
	require.NoError(t, rehearsed(t, story, rehearse.Options{
		Around: func(p *rehearse.Session, next http.RoundTripper) http.RoundTripper {
			p.GitHub.Check(sim.Check{Name: "ci", Commit: p.GitHub.Head("checkout"), State: "success", CommitStatus: true})
			return next
		},
		After: func(p *rehearse.Session) {
			exit, _, log = p.Last()
			for _, one := range p.GitHub.Comments(1) {
				if one.Author == sim.ActionsLogin {
					comments = append(comments, one.Body)
				}
			}
		},
	}))
	return exit, log, comments
}

// lessThan is what is left of permissions, by what was taken away: one of them, or its right to write.
func lessThan(permissions map[string]string) map[string]map[string]string {
	less := map[string]map[string]string{}
	for scope, level := range permissions {
		without := maps.Clone(permissions)
		delete(without, scope)
		less[scope] = without
		if level == "write" {
			reading := maps.Clone(permissions)
			reading[scope] = "read"
			less[scope+": write"] = reading
		}
	}
	return less
}

// playWith plays a story with a token that has these permissions. It returns the newest log and what
// went wrong.
func playWith(t *testing.T, script string, inputs, granted map[string]string) (log string, problem error) {
	t.Helper()
	var settings, scopes []string
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		value := inputs[name]
		if strings.Contains(value, "\n") {
			value = strconv.Quote(value)
		}
		settings = append(settings, "set "+name+" "+value)
	}
	for scope, level := range granted {
		scopes = append(scopes, scope+"="+level)
	}
	script = strings.NewReplacer("INPUTS", strings.Join(settings, "\n"), "TOKEN", "token "+strings.Join(scopes, " ")).Replace(script)
	story, err := rehearse.ParseStory(t.Name(), []byte(script))
	require.NoError(t, err)
	var github *sim.GitHub
	problem = rehearsed(t, story, rehearse.Options{
		Prepare: func(g *sim.GitHub) {
			github = g
			if strings.Contains(script, "check build") {
				leaveLock(g, lastOf(script))
			}
		},
		Around: func(_ *rehearse.Session, next http.RoundTripper) http.RoundTripper {
			if github.Head("checkout") != "" && strings.Contains(script, "check build") {
				github.Check(sim.Check{Name: "ci", Commit: github.Head("checkout"), State: "success", CommitStatus: true})
			}
			return next
		},
		After: func(p *rehearse.Session) { _, _, log = p.Last() },
	})
	return log, problem
}

// lastOf is the environment of a story's last deployment.
func lastOf(script string) string {
	all := regexp.MustCompile(`deploy (?:to )?([\w-]+)\n`).FindAllStringSubmatch(script, -1)
	return all[len(all)-1][1]
}

// leaveLock makes a lock of an environment whose run has ended.
func leaveLock(g *sim.GitHub, environment string) {
	left := held(ofDeployment).Document
	left.Environment, left.UnlockCommand = environment, ".unlock "+environment
	left.RunID = g.AddRun(sim.WorkflowRun{Name: "deploy", Event: "issue_comment", Status: "completed", Conclusion: "failure", RunAttempt: 1})
	g.Push(sim.Commit{Branch: lock.Branch(environment), Files: map[string]string{lock.File: left.Marshal()}})
}

// Each permission in a workflow has a reason next to it.
func TestPermissionsHaveReasons(t *testing.T) {
	t.Parallel()
	granted := regexp.MustCompile(`(?m)^ +[a-z-]+: (?:read|write)\b.*$`)
	reasoned := regexp.MustCompile(`: (?:read|write) +# \w+`)
	checked := 0
	for _, w := range workflows(t) {
		for _, line := range granted.FindAllString(w.text, -1) {
			checked++
			assert.Regexp(t, reasoned, line, w.page)
		}
	}
	assert.Positive(t, checked)
}
