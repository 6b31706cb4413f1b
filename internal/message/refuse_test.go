package message_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// refusal decides for real, because the words have to fit what the gates say.
func refusal(t *testing.T, r deploy.Request, c config.Config, f deploy.Facts) string {
	t.Helper()
	d := deploy.Decide(r, c, f)
	require.Equal(t, deploy.Refuse, d.Verdict)
	return message.Refused(r, c, d)
}

// Every state in which an earlier environment can be.
func TestRefusedByOrder(t *testing.T) {
	t.Parallel()
	log := "https://github.com/acme/shop/actions/runs/70"
	for name, dev := range map[string][]deploy.Deployment{
		"nothing":         nil,
		"another-commit":  {{SHA: otherSHA, State: "ACTIVE", Own: true}},
		"in-progress":     {{SHA: headSHA, State: "IN_PROGRESS", Own: true, LogURL: log}},
		"queued":          {{SHA: headSHA, State: "QUEUED", Own: true}},
		"pending":         {{SHA: headSHA, State: "PENDING", Own: true}},
		"waiting":         {{SHA: headSHA, State: "WAITING", Own: true}},
		"failure":         {{SHA: headSHA, State: "FAILURE", Own: true, LogURL: log}},
		"error":           {{SHA: headSHA, State: "ERROR", Own: true}},
		"inactive":        {{SHA: headSHA, State: "INACTIVE", Own: true}},
		"destroyed":       {{SHA: headSHA, State: "DESTROYED", Own: true}},
		"abandoned":       {{SHA: headSHA, State: "ABANDONED", Own: true}},
		"odd-state":       {{SHA: headSHA, State: "ON_HOLD", Own: true}},
		"foreign":         {{SHA: otherSHA, State: "ACTIVE", Creator: "argo"}},
		"foreign-unknown": {{SHA: headSHA, State: "IN_PROGRESS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := known()
			f.Deployments["dev"] = dev
			golden(t, "order-"+name, refusal(t, asking(command.Deploy, "production"), settings(), f))
		})
	}
	f := known()
	f.Deployments = nil
	f.Unavailable[deploy.DeploymentsPart+"dev"] = deploy.Problem{
		Text: "I could not read the deployments of `dev`. GitHub said: `Resource not accessible by integration`.",
		Hint: "Add `deployments: read` to the `permissions:` of the job.",
	}
	golden(t, "order-unread-and-missing", refusal(t, asking(command.Deploy, "production"), settings(), f))
	golden(t, "order-unread", refusal(t, asking(command.Deploy, "staging"), settings(), f))
	c := settings()
	c.OrderScope, f = config.VerifiedDeployments, known()
	f.Deployments["dev"] = []deploy.Deployment{{SHA: headSHA, State: "ACTIVE", Own: true}}
	f.Deployments["staging"] = []deploy.Deployment{{SHA: headSHA, State: "ACTIVE", Own: true, CreatedBy: deploy.CreatedByRun{Run: deploy.RunID{ID: 70, Attempt: 1}}}}
	f.Origins = []deploy.Origin{{Run: 70, Exists: true, File: ".github/workflows/deploy.yml", Event: "pull_request"}}
	f.MarkRead(deploy.OriginsPart)
	golden(t, "order-not-verified", refusal(t, asking(command.Deploy, "production"), c, f))
	c = settings()
	c.Order = []string{"dev", "staging"}
	golden(t, "order-config", refusal(t, asking(command.Deploy, "production"), c, known()))
}

func TestRefused(t *testing.T) {
	t.Parallel()
	outsider, fork, several := known(), known(), known()
	outsider.Actor = deploy.Actor{Login: "octocat", Permission: "read", Role: "triage"}
	fork.Pull.CrossRepo = true
	several.Pull.CrossRepo = true
	several.Deployments["dev"] = nil
	unread, noPull := known(), known()
	unread.Unavailable[deploy.ActorPart] = deploy.Problem{Text: "I could not read which permission octocat has. GitHub said: `Not Found`.", Hint: "Run the command again."}
	noPull.Unavailable[deploy.PullPart] = deploy.Problem{Text: "I could not read the pull request. GitHub said: `Bad credentials`.", Hint: "Check the input `github_token`."}
	moved, odd := asking(command.Deploy, "production"), asking(command.Deploy, "production")
	moved.Pinned = otherSHA
	odd.Unreadable = errors.New("parse parameters: bad key")
	// The second look finds the lock of its own run.
	stillOwn := known()
	for _, f := range []deploy.Facts{several, stillOwn} {
		own := lock.Document{ClaimID: deploy.NewCase(moved, settings(), f).Claim.ID(), CreatedBy: "octocat", RunID: 77}
		f.Locks[lock.Branch("production")] = deploy.Lock{Document: own, Run: deploy.RunGoing}
	}
	lost := asking(command.Deploy, "production")
	lost.Pinned = headSHA
	app := asking(command.Deploy, "production")
	app.Event.Actor, app.Event.Triggering = "renovate[bot]", "renovate[bot]"

	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
	}{
		"permission-denied":   {asking(command.Deploy, "production"), outsider},
		"permission-unread":   {asking(command.Help, ""), unread},
		"permission-app":      {app, outsider},
		"fork":                {asking(command.Deploy, "production"), fork},
		"several":             {moved, several},
		"moved":               {moved, stillOwn},
		"lost":                {lost, known()},
		"parameters":          {odd, known()},
		"pull-unread":         {asking(command.Deploy, "production"), noPull},
		"environment-unknown": {asking(command.Deploy, ""), known()},
		"lock-unknown":        {asking(command.Lock, ""), known()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "refused-"+name, refusal(t, test.request, settings(), test.facts))
		})
	}
}

// A refusal says who and what to do, however long the texts of a lock are.
func TestRefusedWithLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("because ", 8000)
	for name, change := range map[string]func(*lock.Document){
		"reason":       func(d *lock.Document) { d.Reason = long },
		"line by line": func(d *lock.Document) { d.Reason = strings.Repeat("because\n", 8000) },
		"owner":        func(d *lock.Document) { d.CreatedBy = long },
		"branch":       func(d *lock.Document) { d.Branch = long },
		"link":         func(d *lock.Document) { d.Link = long },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := known()
			said := lock.Document{Target: lock.Target{Environment: "production"}, CreatedBy: "ada", Reason: "incident", Sticky: true, CreatedAt: at()}
			change(&said)
			f.Locks = map[string]deploy.Lock{lock.Branch("production"): {Branch: lock.Branch("production"), Document: said}}
			text := message.Limit(refusal(t, asking(command.Deploy, "production"), settings(), f), "<!-- marker -->")
			assert.LessOrEqual(t, len(text), 65536)
			for _, part := range []string{" has locked ", "**What to do:** Ask ", "type `.unlock production`", "<!-- marker -->"} {
				assert.Contains(t, text, part)
			}
			assert.Empty(t, harm(text))
		})
	}
}

// Refusals that come after the decision.
func TestRefusedLate(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]deploy.Reason{"mismatch": deploy.DeploymentSHAMismatch, "tracking": deploy.TrackingBlocked, "update": deploy.BaseBranchUpdateRequired} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := asking(command.Deploy, "production")
			d := deploy.Decide(r, settings(), known())
			d.Verdict, d.Reason = deploy.Refuse, code
			d.Findings = append(d.Findings, deploy.Finding{Gate: name, Level: deploy.Block, Code: code, Text: "It is " + name + ".", Hint: "Try again."})
			golden(t, "refused-"+name, message.Refused(r, settings(), d))
		})
	}
}

// What a stranger or another tool chose can stand in a refusal; what a workflow chose as well.
func TestRefusedHostile(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Commands.Deploy, c.StableBranch, c.Commands.Separator = hostile, hostile, hostile
	c.Order = []string{hostile, "production"}
	c.Targets, c.Permissions = []string{hostile, "production"}, []string{"write", hostile}
	f := known()
	f.Deployments[hostile] = []deploy.Deployment{{
		SHA: hostile, State: hostile, Creator: hostile, LogURL: "https://ci.example/x) @all <b>`evil",
	}}
	r := asking(command.Deploy, "production")
	r.Unreadable = errors.New(hostile)
	golden(t, "hostile-order", refusal(t, r, c, f))
	f.Deployments[hostile][0].SHA, f.Deployments[hostile][0].State = headSHA, "FAILURE"
	golden(t, "hostile-order-failed", refusal(t, r, c, f))
	golden(t, "hostile-environment", refusal(t, asking(command.Deploy, ""), c, f))
	f.Actor = deploy.Actor{Permission: hostile + "1", Role: hostile + "2"}
	r.Event.Actor, r.Event.Triggering = hostile, hostile
	golden(t, "hostile-permission", refusal(t, r, c, f))
	golden(t, "hostile-naked", message.Naked(c, hostile))
	golden(t, "hostile-deprecated", message.Deprecated(c))
	c.Commands.Noop, c.Environment, c.ProductionEnvironments = hostile, hostile, []string{hostile}
	c.Commands.Lock, c.Commands.Unlock, c.Commands.LockInfo, c.Commands.GlobalFlag = hostile, hostile, hostile, hostile
	c.Reaction, c.Messages.TemplatePath, c.RequiredContexts = hostile, hostile, []string{hostile}
	c.Labels = config.Labels{Deployed: []string{hostile}, DeployFailed: []string{hostile}, Noop: []string{hostile}, NoopFailed: []string{hostile}}
	golden(t, "hostile-help", message.Help(c, deploy.Decision{}))
	golden(t, "hostile-failed", message.Failed(hostileSubject(), deploy.Problem{Text: "GitHub said: " + markdown.Code(hostile) + "."}))
}

func TestDeprecated(t *testing.T) {
	t.Parallel()
	c := settings()
	golden(t, "deprecated", message.Deprecated(c))
	c.Commands.Noop = ""
	golden(t, "deprecated-without-noop", message.Deprecated(c))
}

func TestNaked(t *testing.T) {
	t.Parallel()
	golden(t, "naked", message.Naked(settings(), ".deploy"))
	c := settings()
	c.Commands.Deploy, c.Commands.Noop = "/ship", "/ship dry"
	for body, want := range map[string]string{
		"/ship":               "`/ship <environment>`",
		"/ship dry":           "`/ship dry <environment>`",
		"/ship dry | --cpu=2": "`/ship dry <environment>`",
		"/ship|--cpu=2":       "`/ship <environment>`",
		".lock --reason x":    "`.lock <environment>`",
		".wcid":               "`.wcid <environment>`",
		"odd":                 "`/ship <environment>`",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, message.Naked(c, body), "Type "+want+",", body)
		})
	}
}

// A new setting shows in the help without a change here.
func TestHelpOfChangedInputs(t *testing.T) {
	t.Parallel()
	c := settings()
	assert.NotContains(t, message.Help(c, deploy.Decision{}), "differ from their defaults")
	c.Changed = []config.Changed{{Input: "skip_ci", Value: "dev"}, {Input: "reaction"}, {Input: "trigger", Value: hostile}}
	said := message.Help(c, deploy.Decision{})
	assert.Contains(t, said, "### 🔧 Inputs that differ from their defaults\n\n| Input | Value |\n| --- | --- |\n| `skip_ci` | `dev` |\n| `reaction` | empty |\n")
	assert.Empty(t, harm(said))
}

func TestHelp(t *testing.T) {
	t.Parallel()
	golden(t, "help", message.Help(settings(), deploy.Decision{}))
	c := settings()
	c.Commands.DisableNaked, c.Commands.Noop, c.Commands.Help = true, "", ""
	c.Order, c.ProductionEnvironments = nil, nil
	c.Checks = config.Checks{Mode: config.ListedChecks, Names: []string{"test", "lint"}, Ignored: []string{"docs"}}
	c.Origin.Forks, c.Origin.Verification = true, true
	c.Commands.GlobalFlag, c.Commands.LockInfo, c.Reaction, c.Messages.TemplatePath, c.Targets = "", "", "", "", nil
	golden(t, "help-bare", message.Help(c, deploy.Decision{}))
	c.Commands.Lock, c.Commands.Unlock = "", ""
	assert.NotContains(t, message.CommandTable(c), "ock")
	c = settings()
	c.OrderScope = config.OwnDeployments
	c.Locks = config.Locks{Sticky: true, StickyNoop: true, Expiry: 36 * time.Hour, Owner: config.OwnedByPull}
	c.Confirmation.Required, c.SecurityWarnings, c.RequiredContexts = true, true, []string{"ci/test"}
	c.Messages.Style = config.UpdateComment
	c.Labels = config.Labels{
		Deployed: []string{"deployed"}, DeployFailed: []string{"broken"}, Noop: []string{"noop"}, NoopFailed: []string{"noop-broken"},
		SkipDeployedIfApproved: true, SkipNoopIfApproved: true,
	}
	golden(t, "help-all", message.Help(c, deploy.Decision{}))
	c.Locks.Disabled = true
	golden(t, "help-without-locks", message.Help(c, deploy.Decision{}))
	c.OrderScope = config.VerifiedDeployments
	assert.Contains(t, message.Help(c, deploy.Decision{}), "Only Lockstep's deployments count, by runs of workflows on the default branch.")
	golden(t, "locks-off", message.LocksOff())
}

// Two rules that look at the same reviews show their table once.
func TestRefusedShowsTablesOnce(t *testing.T) {
	t.Parallel()
	const table = "| | Reviewer | Review |\n| --- | --- | --- |\n| 🔴 | `bob` | dismissed |\n"
	d := deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.ApprovalRequired, Findings: []deploy.Finding{
		{Level: deploy.Block, Code: deploy.ApprovalRequired, Text: "One.", Details: table},
		{Level: deploy.Block, Code: deploy.PathRuleUnmet, Text: "Two.", Details: table},
		{Level: deploy.Warn, Text: "Three.", Details: "| no |\n"},
	}}
	text := message.Refused(deploy.Request{}, config.Config{}, d)
	assert.Equal(t, 1, strings.Count(text, table))
	assert.NotContains(t, text, "| no |")
}
