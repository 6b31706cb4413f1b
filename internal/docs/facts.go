package docs

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/event"
)

// The pull request of the documentation's tables: it may be deployed.

const (
	headSHA   = "4f2a9c1d5e6b7a8091c2d3e4f5a6b7c8d9e0f1a2"
	stableSHA = "97d0b3e2f1a4c5d6e7f8091a2b3c4d5e6f708192"
	exactSHA  = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
)

// asking is a request with a command, written by a user with write access.
func asking(asked command.Command) deploy.Request {
	return deploy.Request{Command: asked, Event: event.Event{
		Name: "issue_comment", Action: "created", Owner: "acme", Repository: "shop", OnPull: true, Pull: 12, Actor: "octocat", Triggering: "octocat",
		Comment: event.Comment{ID: 3001, CreatedAt: askedAt()},
		Run:     event.Run{ID: 77, Attempt: 1, ServerURL: "https://github.com", URL: "https://github.com/acme/shop/actions/runs/77"},
	}}
}

// askedAt is when the command was written.
func askedAt() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

func before() time.Time { return askedAt().Add(-time.Hour) }

func afterwards() time.Time { return askedAt().Add(time.Minute) }

// commit is a signed commit that was there long before the command.
func commit(sha string) deploy.Commit {
	return deploy.Commit{
		SHA: sha, Verified: true, Signature: "VALID", VerifiedAt: deploy.Know(before()), AuthoredAt: deploy.Know(before()), SeenAt: new(before()), PushedAt: deploy.Know(before()),
	}
}

// facts are what GitHub says when nothing blocks the request.
func facts(r deploy.Request) deploy.Facts {
	sha := r.Command.SHA
	if sha == "" {
		sha = exactSHA
	}
	live, origins := ranBefore(r)
	return deploytest.Read(deploy.Facts{
		Live: live, Origins: origins,
		ReadAt: askedAt(),
		Actor:  deploy.Actor{Login: "octocat", Permission: "write", Role: "write"},
		Pull: deploy.PullRequest{
			ID: "PR_1", Number: 12, HeadRef: "faster-checkout", HeadExists: true, HeadRepo: "acme/shop", BaseRef: "main",
			Head: commit(headSHA), State: "OPEN", MergeState: "CLEAN", ReviewDecision: deploy.Approved, Approvals: 1, Approved: []deploy.Approval{{Commit: headSHA, Since: deploy.Know(0)}},
			BehindStable: deploy.Know(0), BehindBase: deploy.Know(0),
			Checks: deploy.Checks{SHA: headSHA, Reported: true, Nodes: []deploy.Check{checkRun("build", "SUCCESS")}},
		},
		Stable: deploy.Branch{Name: "main", Head: commit(stableSHA)},
		Exact:  deploy.ExactCommit{Commit: commit(sha), Contained: true},
		Rules: []deploy.Rule{
			{Type: "deletion"},
			{Type: "non_fast_forward"},
			{Type: "pull_request", Parameters: map[string]any{
				"dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "required_approving_review_count": 1,
			}},
			{Type: "required_deployments"},
			{Type: "required_status_checks", Parameters: map[string]any{"strict_required_status_checks_policy": true}},
		},
		Unavailable: map[deploy.Part]deploy.Problem{},
	})
}

// goodSHA ran before, as version v1.4.2.
const goodSHA = "b7e1c02d5e6b7a8091c2d3e4f5a6b7c8d9e0f1ab"

// ranBefore is what a rollback can go back to, nothing for other requests.
func ranBefore(r deploy.Request) ([]deploy.Deployment, []deploy.Origin) {
	if r.Command.Kind != command.Rollback {
		return nil, nil
	}
	_, known := deploytest.WayBack()
	to := &known.Live[1]
	to.SHA, to.Commit.SHA, to.Version, to.Pull = goodSHA, goodSHA, "v1.4.2", 38
	return known.Live, known.Origins
}

// checkRun is a check run that GitHub Actions reported on the push of the commit.
func checkRun(name, conclusion string) deploy.Check {
	return deploy.Check{
		Kind: deploy.CheckRun, Name: name, Value: conclusion, NodeID: "CR_" + name, RunID: deploy.Know[int64](1), App: deploy.Know[int64](15368),
		Workflow: "W_ci", Event: "push", At: deploy.Know(before()),
	}
}
