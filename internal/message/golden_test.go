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
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
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

	// hostile is what an attacker may write.
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

// confirmed is a deployment about which everything is known.
func confirmed() message.Subject {
	s := subject()
	s.Live = &message.Live{SHA: otherSHA, Counted: true, Ahead: 3, CompareURL: "https://github.com/acme/shop/compare/" + otherSHA + "..." + headSHA}
	s.TookOver = &message.TookOver{Owner: "ada", Why: "the run that took it has ended"}
	return s
}

// hostileSubject has hostile text wherever an outsider could put it.
func hostileSubject() message.Subject {
	s := subject()
	s.Actor, s.RerunBy, s.Environment, s.Ref, s.Committer = hostile, hostile, hostile, hostileRef, hostile
	s.EnvironmentURL = "https://shop.example/a) [evil](https://evil.example) <b>`@all"
	s.Params, s.ParsedParams = hostile, []byte(`{"_":["@all <b> ~~~ `+"```"+`"]}`)
	s.Trigger.Body = hostile
	s.Live = &message.Live{SHA: hostile, Counted: true, Ahead: 3, Behind: 4, CompareURL: "https://shop.example/a) [evil](https://evil.example) <b>`@all"}
	s.TookOver = &message.TookOver{Owner: hostile, Why: hostile}
	s.Live.Changes = &deploy.Changelog{Commits: 7}
	s.Live.Changes.Add(deploy.Change{Pull: 41, SHA: headSHA, Title: hostile, Author: hostile, URL: "https://evil.example/a) [evil](https://evil.example)"})
	s.Live.Changes.Add(deploy.Change{SHA: hostile, Title: hostile, Author: hostile})
	return s
}

// changes are 60 changes and a commit that was not looked up.
func changes() *deploy.Changelog {
	all := &deploy.Changelog{Commits: 71, Unknown: 1}
	for i := range 60 {
		all.Add(deploy.Change{Pull: 160 - i, SHA: headSHA, Title: "Faster checkout", Author: "alice"})
	}
	return all
}

func settings() config.Config {
	return config.Config{
		Mode: config.Comment, Environment: "production",
		Targets:                []string{"dev", "staging", "production"},
		ProductionEnvironments: []string{"production"},
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help", Separator: "|",
			GlobalFlag: "--global",
		},
		Reaction: "eyes", Locks: config.Locks{Owner: config.OwnedByUser}, Confirmation: config.Confirmation{Timeout: time.Minute},
		Messages:    config.Messages{TemplatePath: ".github/deployment_message.md", Style: config.NewComment},
		Permissions: []string{"write", "admin"}, StableBranch: "main",
		OrderSettings: config.OrderSettings{Order: []string{"dev", "staging", "production"}, OrderScope: config.AllDeployments},
		Checks:        config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated:      config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
	}
}

func asking(kind command.Kind, environment string) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: environment, KnownEnvironment: environment != ""},
		Event: event.Event{
			Name: "issue_comment", Owner: "acme", Repository: "shop", OnPull: true, Pull: 12, Actor: "octocat", Triggering: "octocat",
			Comment: event.Comment{ID: 5, CreatedAt: at()}, Run: event.Run{ID: 77, Attempt: 1, ServerURL: "https://github.com", URL: runURL},
		},
	}
}

// known are facts with which a deployment is allowed.
func known() deploy.Facts {
	written := at().Add(-time.Hour)
	return deploytest.Read(deploy.Facts{
		ReadAt: at(),
		Actor:  deploy.Actor{Login: "octocat", Permission: "write"},
		Pull: deploy.PullRequest{
			Number: 12, HeadRef: "feature", HeadExists: true, BaseRef: "main", State: "OPEN", MergeState: "CLEAN",
			Head:           deploy.Commit{SHA: headSHA, AuthoredAt: deploy.Know(written), PushedAt: deploy.Know(written)},
			ReviewDecision: "APPROVED", Approvals: 1, Approved: []deploy.Approval{{Commit: headSHA, Since: deploy.Know(0)}},
			BehindStable: deploy.Know(0), BehindBase: deploy.Know(0),
			Checks: deploy.Checks{SHA: headSHA},
		},
		Stable: deploy.Branch{Name: "main", Head: deploy.Commit{SHA: otherSHA, AuthoredAt: deploy.Know(written)}},
		Deployments: map[string][]deploy.Deployment{
			"dev":     {{SHA: headSHA, State: "ACTIVE", Own: true}},
			"staging": {{SHA: headSHA, State: "ACTIVE", Own: true}},
		},
		Locks:       map[string]deploy.Lock{},
		Unavailable: map[deploy.Part]deploy.Problem{},
	})
}
