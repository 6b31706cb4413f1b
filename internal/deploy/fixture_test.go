package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
)

const (
	headSHA   = "1111111111111111111111111111111111111111"
	stableSHA = "2222222222222222222222222222222222222222"
	otherSHA  = "3333333333333333333333333333333333333333"
)

// settings are the defaults, with an order of three environments.
func settings() config.Config {
	return config.Config{
		Mode: config.Comment, Status: config.Completed, Environment: "production",
		Targets: []string{"dev", "staging", "production"},
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help", Separator: "|",
			GlobalFlag: "--global",
		},
		Permissions:  []string{"write", "admin"},
		StableBranch: "main",
		Order:        []string{"dev", "staging", "production"},
		OrderScope:   config.AllDeployments,

		Checks:           config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated:         config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
		Locks:            config.Locks{Owner: config.OwnedByUser},
		Confirmation:     config.Confirmation{Timeout: time.Minute},
		SecurityWarnings: true,
	}
}

// asking is a command of the given kind that names an environment.
func asking(kind command.Kind, environment string) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: environment, KnownEnvironment: environment != ""},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: 12, Actor: "octocat", Owner: "acme", Repository: "shop",
			Comment: event.Comment{ID: 900, CreatedAt: askedAt()},
			Run:     event.Run{ID: 4711, Attempt: 1, ServerURL: "https://github.com"},
		},
	}
}

// rollback asks for the stable branch.
func rollback(environment string) deploy.Request {
	r := asking(command.Deploy, environment)
	r.Command.StableBranch = true
	return r
}

// exactly asks for an exact commit, which is another one than the head.
func exactly(environment string) deploy.Request {
	r := asking(command.Deploy, environment)
	r.Command.SHA = otherSHA
	return r
}

// tracking is a step that records one state of the deployment of a commit.
func tracking(status config.Status) (deploy.Request, config.Config) {
	r, c := asking(command.Deploy, "production"), settings()
	r.SHA = headSHA
	c.Mode, c.Status = config.TrackIt, status
	return r, c
}

// askedAt is when the command was written.
func askedAt() time.Time { return time.Date(2026, time.November, 21, 9, 59, 50, 0, time.UTC) }

// commit is a commit that was there, with a verified signature, long before the command.
func commit(sha string) deploy.Commit {
	before := askedAt().Add(-time.Hour)
	return deploy.Commit{
		SHA: sha, Committer: "octocat", URL: "https://github.com/acme/shop/commit/" + sha,
		Verified: true, Signature: "VALID", VerifiedAt: before, AuthoredAt: before, SeenAt: before,
	}
}

// known are facts with which a deployment to production may start.
func known() deploy.Facts {
	return deploy.Facts{
		ReadAt: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC),
		Actor:  deploy.Actor{Login: "octocat", Permission: "write", Role: "write"},
		Pull: deploy.PullRequest{
			ID: "PR_1", Number: 12, HeadRef: "feature", HeadExists: true, HeadRepo: "acme/shop", BaseRef: "main",
			Head: commit(headSHA), State: "OPEN", MergeState: "CLEAN", ReviewDecision: deploy.Approved, Approvals: 1,
			BehindStable: deploy.Distance{Known: true}, BehindBase: deploy.Distance{Known: true},
			Checks: deploy.Checks{SHA: headSHA, Reported: true, Nodes: []deploy.Check{run("build", "SUCCESS")}},
		},
		Stable: deploy.Branch{Name: "main", Head: commit(stableSHA)},
		Exact:  deploy.ExactCommit{Commit: commit(otherSHA), Contained: true},
		Rules:  rules(),
		Deployments: map[string][]deploy.Deployment{
			"dev":     {own(headSHA, "ACTIVE")},
			"staging": {own(headSHA, "ACTIVE")},
		},
		Unavailable: map[deploy.Part]deploy.Problem{},
	}
}

// run is a check run of a workflow.
func run(name, conclusion string) deploy.Check {
	return deploy.Check{
		Kind: deploy.CheckRun, Name: name, Value: conclusion, NodeID: "CR_" + name, App: 15368,
		Workflow: "W_1", Event: "push", At: askedAt().Add(-time.Hour),
	}
}

// rules are those that a stable branch should have.
func rules() []deploy.Rule {
	return []deploy.Rule{
		{Type: "deletion"},
		{Type: "non_fast_forward"},
		{Type: "pull_request", Parameters: map[string]any{
			"dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "required_approving_review_count": 1,
		}},
		{Type: "required_deployments"},
		{Type: "required_status_checks", Parameters: map[string]any{"strict_required_status_checks_policy": true}},
	}
}

func own(sha, state string) deploy.Deployment {
	return deploy.Deployment{SHA: sha, State: state, Own: true, Creator: "github-actions[bot]"}
}

func foreign(sha, state string) deploy.Deployment {
	return deploy.Deployment{SHA: sha, State: state, Creator: "argo"}
}

// without are the known facts, a part of which could not be read.
func without(part deploy.Part) deploy.Facts {
	f := known()
	f.Unavailable[part] = deploy.Problem{Text: "I could not read the " + string(part) + ".", Hint: "Add a permission."}
	return f
}

// said finds what a gate had to say.
func said(t *testing.T, d deploy.Decision, gate string) deploy.Finding {
	t.Helper()
	for _, f := range d.Findings {
		if f.Gate == gate {
			return f
		}
	}
	require.Fail(t, "the gate was not asked", "%s: %+v", gate, d.Findings)
	return deploy.Finding{}
}

func gates(d deploy.Decision) []string {
	names := make([]string, len(d.Findings))
	for i, f := range d.Findings {
		names[i] = f.Gate
	}
	return names
}

// blocked names the gates that stand in the way.
func blocked(d deploy.Decision) []string {
	var names []string
	for _, f := range d.Blocking() {
		names = append(names, f.Gate)
	}
	return names
}

// hostile is a name that must not come out of a finding as it went in.
const hostile = "`@all <b>evil</b> [x](https://evil.example)\n- evil"

// assertHarmless wants hostile names to stay inside of a code span.
func assertHarmless(t *testing.T, f deploy.Finding) {
	t.Helper()
	said := f.Text + f.Hint
	require.NotEmpty(t, f.Text)
	require.Contains(t, said, "evil", "the name is shown")
	require.NotContains(t, said, "\n")
	require.Contains(t, said, "`` `@all <b>evil</b>", "inside of a longer fence than the name holds")
}
