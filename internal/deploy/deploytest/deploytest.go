// Package deploytest has requests, settings, facts and locks for tests of decisions, and reads what was decided.
package deploytest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Commits: the head of the pull request, that of the stable branch, and another one.
const (
	HeadSHA   = "1111111111111111111111111111111111111111"
	StableSHA = "2222222222222222222222222222222222222222"
	OtherSHA  = "3333333333333333333333333333333333333333"
	GoodSHA   = "4444444444444444444444444444444444444444" // ran in production before
)

// Settings returns the defaults, with three environments in an enforced order.
func Settings() config.Config {
	return config.Config{
		Mode: config.Comment, Status: config.Completed, Environment: "production",
		Targets: []string{"dev", "staging", "production"},
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help", Separator: "|",
			Rollback: ".rollback", Status: ".status",
			GlobalFlag: "--global",
		},
		Permissions:  []string{"write", "admin"},
		StableBranch: "main",
		OrderSettings: config.OrderSettings{
			Order: []string{"dev", "staging", "production"}, OrderScope: config.AllDeployments,
		},

		Checks:           config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated:         config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
		Locks:            config.Locks{Owner: config.OwnedByUser},
		Confirmation:     config.Confirmation{Timeout: time.Minute},
		SecurityWarnings: true,
	}
}

// Asking returns a command that names an environment, or none if it is empty.
func Asking(kind command.Kind, environment string) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: environment, KnownEnvironment: environment != ""},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: 12, Actor: "octocat", Triggering: "octocat", Owner: "acme", Repository: "shop",
			Comment: event.Comment{ID: 900, CreatedAt: AskedAt()},
			Run:     event.Run{ID: 4711, Attempt: 1, ServerURL: "https://github.com"},
		},
	}
}

// Rollback returns a command that deploys the stable branch.
func Rollback(environment string) deploy.Request {
	r := Asking(command.Deploy, environment)
	r.Command.StableBranch = true
	return r
}

// ExactCommit returns a command that deploys OtherSHA.
func ExactCommit(environment string) deploy.Request {
	r := Asking(command.Deploy, environment)
	r.Command.SHA = OtherSHA
	return r
}

// Tracking returns a step that records one state of the deployment of HeadSHA, with its settings.
func Tracking(status config.Status) (deploy.Request, config.Config) {
	r, c := Asking(command.Deploy, "production"), Settings()
	r.SHA = HeadSHA
	c.Mode, c.Status = config.TrackIt, status
	return r, c
}

// AskedAt returns the time at which the command was written, ten seconds before the facts were read.
func AskedAt() time.Time { return time.Date(2026, time.November, 21, 9, 59, 50, 0, time.UTC) }

// Commit returns a commit that existed, with a verified signature, an hour before the command.
func Commit(sha string) deploy.Commit {
	before := AskedAt().Add(-time.Hour)
	return deploy.Commit{
		SHA: sha, Committer: "octocat", URL: "https://github.com/acme/shop/commit/" + sha,
		Verified: true, Signature: "VALID", VerifiedAt: deploy.Know(before), AuthoredAt: deploy.Know(before), SeenAt: &before, PushedAt: deploy.Know(before),
	}
}

// Facts returns facts with which a deployment to production may start. All parts were read.
func Facts() deploy.Facts {
	return Read(deploy.Facts{
		ReadAt: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC),
		Actor:  deploy.Actor{Login: "octocat", Permission: "write", Role: "write"},
		Pull: deploy.PullRequest{
			ID: "PR_1", Number: 12, HeadRef: "feature", HeadExists: true, HeadRepo: "acme/shop", BaseRef: "main",
			Head: Commit(HeadSHA), State: "OPEN", MergeState: "CLEAN", ReviewDecision: deploy.Approved, Approvals: 1, Approved: []deploy.Approval{{Commit: HeadSHA, Since: deploy.Know(0)}},
			BehindStable: deploy.Know(0), BehindBase: deploy.Know(0),
			Checks: deploy.Checks{SHA: HeadSHA, Reported: true, Nodes: []deploy.Check{CheckRun("build", "SUCCESS")}},
		},
		Stable: deploy.Branch{Name: "main", Head: Commit(StableSHA)},
		Exact:  deploy.ExactCommit{Commit: Commit(OtherSHA), Contained: true},
		Rules:  Rules(),
		Deployments: map[string][]deploy.Deployment{
			"dev":     {Own(HeadSHA, "ACTIVE")},
			"staging": {Own(HeadSHA, "ACTIVE")},
		},
		Unavailable: map[deploy.Part]deploy.Problem{},
	})
}

// Confirm returns the facts with a run for each deployment of an environment, which GitHub confirms: the deployment was
// created while it was going on, and is the first one there.
func Confirm(f deploy.Facts) deploy.Facts {
	begun := AskedAt().Add(-time.Hour)
	all := map[string][]deploy.Deployment{}
	const first = 101
	f.Origins = slices.DeleteFunc(slices.Clone(f.Origins), func(o deploy.Origin) bool { return o.Run >= first })
	next := int64(first)
	for _, environment := range slices.Sorted(maps.Keys(f.Deployments)) {
		for _, d := range f.Deployments[environment] {
			run := next
			next++
			d.CreatedAt, d.First = begun.Add(time.Minute), true
			d.CreatedBy = deploy.CreatedByRun{Run: deploy.RunID{ID: run, Attempt: 1}, Comment: run}
			all[environment] = append(all[environment], d)
			f.Origins = append(f.Origins, deploy.Origin{
				Run: run, Exists: true, File: ".github/workflows/deploy.yml", Event: "issue_comment", Attempt: deploy.Know(1),
				CreatedAt: deploy.Know(begun), UpdatedAt: deploy.Know(begun.Add(2 * time.Minute)),
			})
		}
	}
	f.Deployments = all
	return f
}

// Read returns the facts with every part marked as read.
func Read(f deploy.Facts) deploy.Facts {
	f.MarkRead(Parts()...)
	return f
}

// Parts returns all parts of the facts, with the deployments of each environment of Settings.
func Parts() []deploy.Part {
	return []deploy.Part{
		deploy.ActorPart, deploy.RerunnerPart, deploy.PullPart, deploy.StablePart, deploy.GatesPart, deploy.ChecksPart, deploy.RunsPart, deploy.RequiredPart, deploy.PushesPart, deploy.FreshnessPart,
		deploy.ExactPart, deploy.RulesPart, deploy.TeamsPart, deploy.LocksPart, deploy.RunPart, deploy.TemplatePart,
		deploy.LivePart, deploy.DefaultPart, deploy.OriginsPart, deploy.PolicyPart, deploy.MembersPart,
		deploy.RehearsalPart, deploy.ViewerPart, deploy.StatementPart,
		deploy.OpinionsPart, deploy.MergedPart, deploy.ChangesPart,
		deploy.DeploymentsPart + "dev", deploy.DeploymentsPart + "staging", deploy.DeploymentsPart + "production",
	}
}

// CheckRun returns a check run of a workflow; without a conclusion it has not ended.
func CheckRun(name, conclusion string) deploy.Check {
	return deploy.Check{
		Kind: deploy.CheckRun, Name: name, Value: conclusion, NodeID: "CR_" + name, App: deploy.Know[int64](15368), AppSlug: "github-actions",
		Workflow: "W_1", Event: "push", At: deploy.Know(AskedAt().Add(-time.Hour)),
	}
}

// Rules returns the rules that a stable branch should have.
func Rules() []deploy.Rule {
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

// Own returns a deployment of ours.
func Own(sha, state string) deploy.Deployment {
	return deploy.Deployment{SHA: sha, State: state, Own: true, Creator: "github-actions[bot]"}
}

// Foreign returns a deployment of another tool.
func Foreign(sha, state string) deploy.Deployment {
	return deploy.Deployment{SHA: sha, State: state, Creator: "argo"}
}

// Without returns Facts with parts that could not be read.
func Without(parts ...deploy.Part) deploy.Facts {
	f := Facts()
	for _, part := range parts {
		f.MarkUnavailable(part, deploy.Problem{Text: "I could not read the " + string(part) + ".", Hint: "Add a permission."})
	}
	return f
}

// Said returns the finding of a gate, and fails the test if the gate was not asked.
func Said(t *testing.T, d deploy.Decision, gate string) deploy.Finding {
	t.Helper()
	for _, f := range d.Findings {
		if f.Gate == gate {
			return f
		}
	}
	require.Fail(t, "the gate was not asked", "%s: %+v", gate, d.Findings)
	return deploy.Finding{}
}

// Gates returns the names of the gates that were asked, in order.
func Gates(d deploy.Decision) []string {
	names := make([]string, len(d.Findings))
	for i, f := range d.Findings {
		names[i] = f.Gate
	}
	return names
}

// Blocked returns the names of the gates that block, in order.
func Blocked(d deploy.Decision) []string {
	var names []string
	for _, f := range d.Blocking() {
		names = append(names, f.Gate)
	}
	return names
}

// Hostile is a name that Markdown must not interpret.
const Hostile = "`@all <b>evil</b> [x](https://evil.example)\n- evil"

// AssertHarmless fails the test unless the finding shows Hostile, inside a code span.
func AssertHarmless(t *testing.T, f deploy.Finding) {
	t.Helper()
	said := f.Text + f.Hint
	require.NotEmpty(t, f.Text)
	require.Contains(t, said, "evil", "the name is shown")
	require.NotContains(t, said, "\n")
	require.Contains(t, said, "`` `@all <b>evil</b>", "inside a longer fence than the name has")
}

// Globally returns a command about the lock of all environments.
func Globally(kind command.Kind) deploy.Request {
	r := Asking(kind, "")
	r.Command.Global, r.Command.KnownEnvironment = true, true
	return r
}

// StickyLock returns a lock that the owner took by a command on pull request 12.
func StickyLock(owner string) deploy.Lock {
	return deploy.Lock{Tip: OtherSHA, Document: lock.Document{
		CreatedBy: owner, CreatedAt: AskedAt().Add(-time.Hour), Sticky: true, Link: LinkTo(12), Branch: "feature",
		ClaimID: lock.Claim{CommentID: 1}.ID(), UnlockCommand: ".foreign unlock",
	}}
}

// PassingLock returns a lock that ends with the deployment of a run; without a run it is of branch-deploy.
func PassingLock(owner string, runID int64, state deploy.RunState) deploy.Lock {
	l := StickyLock(owner)
	l.Document.Sticky, l.Document.Reason, l.Run = false, "deployment", state
	l.Document.RunID, l.Document.RunAttempt = runID, 1
	return l
}

// CorruptLock returns a lock whose owner is unknown.
func CorruptLock() deploy.Lock {
	return deploy.Lock{Tip: OtherSHA, Unreadable: "the branch has no file lock.json"}
}

// Expired returns the lock as it is at the end of its period.
func Expired(l deploy.Lock) deploy.Lock {
	l.Document.ExpiresAt = Facts().ReadAt
	return l
}

// LinkTo returns the link to a comment on a pull request.
func LinkTo(pull int) string {
	return fmt.Sprintf("https://github.com/acme/shop/pull/%d#issuecomment-1", pull)
}
