package message_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/message"
)

var update = flag.Bool("update", false, "rewrite the messages in testdata")

// golden compares a message with the file that shows it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test ./internal/message -update writes it")
	assert.Equal(t, string(want), got, "go test ./internal/message -update rewrites it")
}

const (
	headSHA  = "1111111111111111111111111111111111111111"
	otherSHA = "3333333333333333333333333333333333333333"
	runURL   = "https://github.com/acme/shop/actions/runs/77"

	// hostile is what somebody may write who wants more than a harmless text to come out.
	hostile = "`evil`` @all @acme/team #12 GH-3 <b>evil</b> <!-- evil --> [evil](https://evil.example) ![evil](https://evil.example/x.png)" +
		" https://evil.example www.evil.example | evil **shout** \\` &lt;evil&gt;\n" +
		"\n</details>\n<!--- pre-deploy-metadata-end -->\n<!--- post-deploy-metadata-end -->\n```\n~~~\n# evil\n- @all\n\u202e\u2028@all\x00\xff"

	// hostileRef is the worst that Git takes for the name of a branch: no blanks, no backslashes.
	hostileRef = "`evil``@all#12<b>evil</b><!---pre-deploy-metadata-end-->|evil|_evil_](https://evil.example)"
)

func at() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

// subject is a deployment of a pull request's head.
func subject() message.Subject {
	return message.Subject{
		Actor: "octocat", Environment: "production", Ref: "feature", SHA: headSHA, Kind: deploy.BranchTarget,
		Verified: true, Committer: "ada", CommitURL: "https://github.com/acme/shop/commit/" + headSHA,
		RunURL: runURL, StartedAt: at(),
		Trigger: message.Trigger{
			CreatedAt: at().Add(-5 * time.Second), UpdatedAt: at().Add(-5 * time.Second),
			Body: ".deploy to production", URL: "https://github.com/acme/shop/pull/12#issuecomment-5",
		},
	}
}

// hostileSubject has hostile text wherever somebody outside could put it.
func hostileSubject() message.Subject {
	s := subject()
	s.Actor, s.Environment, s.Ref, s.Committer = hostile, hostile, hostileRef, hostile
	s.EnvironmentURL = "https://shop.example/a) [evil](https://evil.example) <b>`@all"
	s.Params, s.ParsedParams = hostile, []byte(`{"_":["@all <b> ~~~ `+"```"+`"]}`)
	s.Trigger.Body = hostile
	return s
}

func settings() config.Config {
	return config.Config{
		Mode: config.Comment, Environment: "production",
		Targets:                []string{"dev", "staging", "production"},
		ProductionEnvironments: []string{"production"},
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help", Separator: "|",
		},
		Permissions: []string{"write", "admin"}, StableBranch: "main",
		Order: []string{"dev", "staging", "production"}, OrderScope: config.AllDeployments,
		Checks:   config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated: config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
	}
}

func asking(kind command.Kind, environment string) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: environment, KnownEnvironment: environment != ""},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: 12, Actor: "octocat", Comment: event.Comment{CreatedAt: at()},
		},
	}
}

// known are facts with which nothing stands in the way of a deployment.
func known() deploy.Facts {
	written := at().Add(-time.Hour)
	return deploy.Facts{
		Actor: deploy.Actor{Login: "octocat", Permission: "write"},
		Pull: deploy.PullRequest{
			Number: 12, HeadRef: "feature", HeadExists: true, BaseRef: "main", State: "OPEN", MergeState: "CLEAN",
			Head:           deploy.Commit{SHA: headSHA, AuthoredAt: written},
			ReviewDecision: "APPROVED", Approvals: 1,
			BehindStable: deploy.Distance{Known: true}, BehindBase: deploy.Distance{Known: true},
			Checks: deploy.Checks{SHA: headSHA},
		},
		Stable: deploy.Branch{Name: "main", Head: deploy.Commit{SHA: otherSHA, AuthoredAt: written}},
		Deployments: map[string][]deploy.Deployment{
			"dev":     {{SHA: headSHA, State: "ACTIVE", Own: true}},
			"staging": {{SHA: headSHA, State: "ACTIVE", Own: true}},
		},
		Unread: map[deploy.Part]deploy.Problem{},
	}
}
