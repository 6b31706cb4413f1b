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
		},
		Permissions:  []string{"write", "admin"},
		StableBranch: "main",
		Order:        []string{"dev", "staging", "production"},
		OrderScope:   config.AllDeployments,
	}
}

// asking is a command of the given kind that names an environment.
func asking(kind command.Kind, environment string) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: environment, KnownEnvironment: environment != ""},
		Event:   event.Event{Name: "issue_comment", OnPull: true, Pull: 12, Actor: "octocat"},
	}
}

// rollback asks for the stable branch.
func rollback(environment string) deploy.Request {
	r := asking(command.Deploy, environment)
	r.Command.StableBranch = true
	return r
}

// tracking is a step that records one state of the deployment of a commit.
func tracking(status config.Status) (deploy.Request, config.Config) {
	r, c := asking(command.Deploy, "production"), settings()
	r.SHA = headSHA
	c.Mode, c.Status = config.TrackIt, status
	return r, c
}

// known are facts with which a deployment to production may start.
func known() deploy.Facts {
	return deploy.Facts{
		ReadAt: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC),
		Actor:  deploy.Actor{Login: "octocat", Permission: "write", Role: "write"},
		Pull: deploy.PullRequest{
			ID: "PR_1", Number: 12, HeadRef: "feature", HeadExists: true, BaseRef: "main",
			Head: deploy.Commit{SHA: headSHA, Verified: true, Committer: "octocat", URL: "https://github.com/acme/shop/commit/" + headSHA},
		},
		Stable: deploy.Branch{Name: "main", Head: deploy.Commit{SHA: stableSHA}},
		Deployments: map[string][]deploy.Deployment{
			"dev":     {own(headSHA, "ACTIVE")},
			"staging": {own(headSHA, "ACTIVE")},
		},
		Unread: map[deploy.Part]deploy.Problem{},
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
	f.Unread[part] = deploy.Problem{Text: "I could not read the " + string(part) + ".", Hint: "Add a permission."}
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
