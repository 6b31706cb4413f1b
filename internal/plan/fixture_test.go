package plan_test

import (
	"fmt"
	"strings"
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
	"github.com/lockstep-action/lockstep/internal/plan"
)

const (
	headSHA   = "1111111111111111111111111111111111111111"
	stableSHA = "2222222222222222222222222222222222222222"
	token     = "ghs_t0ken"
	apiKey    = "sk_acme_1_s3cret"
	runURL    = "https://github.com/acme/shop/actions/runs/77"
)

func at() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

func settings() config.Config {
	return config.Config{
		Mode: config.Comment, Token: token, Status: config.Completed, Environment: "production",
		Targets:                []string{"dev", "production"},
		ProductionEnvironments: []string{"production"},
		EnvironmentURLs:        map[string]string{"production": "https://shop.example"},
		URLInComment:           true,
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help",
			Separator: "|", GlobalFlag: "--global",
		},
		Locks:       config.Locks{Disabled: true}, // locked has them
		Permissions: []string{"write"}, Reaction: "eyes", StableBranch: "main",
		OrderSettings: config.OrderSettings{Order: []string{"dev", "production"}, OrderScope: config.AllDeployments},
		Checks:        config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated:      config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
	}
}

// locked are settings with locks, as they are by default.
func locked() config.Config {
	c := settings()
	c.Locks = config.Locks{Owner: config.OwnedByUser}
	return c
}

// tracked are settings with a tracking endpoint.
func tracked() config.Config {
	c := settings()
	c.Versioner = config.Versioner{APIKey: apiKey, APIURL: "https://api.versioner.io", FailOnError: config.FailStart}
	return c
}

func asking(kind command.Kind) deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: kind, Environment: "production", KnownEnvironment: true, Text: "." + kind.String() + " production"},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: 12, Actor: "octocat", Triggering: "octocat", Owner: "acme", Repository: "shop",
			Comment: event.Comment{
				ID: 5, Body: ".deploy production", URL: "https://github.com/acme/shop/pull/12#issuecomment-5",
				CreatedAt: at().Add(-time.Minute), UpdatedAt: at().Add(-time.Minute),
			},
			Run: event.Run{ID: 77, Attempt: 2, URL: runURL, ServerURL: "https://github.com"},
		},
	}
}

func rollback() deploy.Request {
	r := asking(command.Deploy)
	r.Command.StableBranch = true
	return r
}

// facts are what GitHub says of a pull request that may be deployed.
func facts() deploy.Facts {
	written := at().Add(-time.Hour)
	return deploytest.Read(deploy.Facts{
		ReadAt: at(), Repository: "R_1",
		Actor: deploy.Actor{Login: "octocat", Permission: "write"},
		Pull: deploy.PullRequest{
			ID: "PR_1", HeadRef: "feature", HeadExists: true, BaseRef: "main", State: "OPEN", MergeState: "CLEAN",
			Head:           deploy.Commit{SHA: headSHA, Verified: true, Committer: "ada", AuthoredAt: deploy.Know(written)},
			ReviewDecision: "APPROVED", Approvals: 1,
			BehindStable: deploy.Know(0), BehindBase: deploy.Know(0),
			Checks: deploy.Checks{SHA: headSHA},
		},
		Stable:      deploy.Branch{Name: "main", Head: deploy.Commit{SHA: stableSHA, AuthoredAt: deploy.Know(written), PushedAt: deploy.Know(written)}},
		Deployments: map[string][]deploy.Deployment{"dev": {{SHA: headSHA, State: "ACTIVE", Own: true}}},
	})
}

// decided is a request with its decision and a new ledger.
type decided struct {
	request  deploy.Request
	config   config.Config
	decision deploy.Decision
	ledger   plan.Ledger
}

func decide(r deploy.Request, c config.Config, f deploy.Facts) decided {
	d := deploy.Decide(r, c, f)
	return decided{request: r, config: c, decision: d, ledger: plan.NewLedger(r, c, d, f)}
}

func (d decided) plan() []plan.Step {
	return plan.For(d.request, d.config, d.decision, d.ledger)
}

// tracking is a step that records one state.
func tracking(c config.Config, status config.Status) (deploy.Request, config.Config) {
	r := asking(command.Deploy)
	r.Event.Pull, r.Event.OnPull, r.Event.Comment, r.Event.Branch = 0, false, event.Comment{}, "main"
	r.SHA = headSHA
	c.Mode, c.Status, c.Track = config.TrackIt, status, config.Track{Product: "store", Version: "v1"}
	return r, c
}

// assertPlan compares what a plan does, step by step. The first step is concurrent with nothing, whatever
// it says.
func assertPlan(t *testing.T, want []string, steps []plan.Step, name ...any) {
	t.Helper()
	got := show(steps)
	assert.Equal(t, leading(want), leading(got), name...)
}

func leading(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return append([]string{strings.ReplaceAll(lines[0], ", concurrent", "")}, lines[1:]...)
}

// show writes one line for each step: what it does and what it means for the run.
func show(steps []plan.Step) []string {
	var lines []string
	for _, step := range steps {
		var line strings.Builder
		line.WriteString(name(step.Effect))
		for _, meaning := range []struct {
			word  string
			holds bool
		}{{"must", step.Must}, {"concurrent", step.Concurrent}, {"permitted", step.Permitted}, {"unlocked", step.Unlocked}} {
			if meaning.holds {
				line.WriteString(", " + meaning.word)
			}
		}
		lines = append(lines, line.String())
	}
	return lines
}

func name(effect plan.Effect) string {
	switch e := effect.(type) {
	case plan.React:
		if e.Initial {
			return fmt.Sprintf("first reaction %s on %d", e.Content, e.CommentID)
		}
		return fmt.Sprintf("react %s on %d", e.Content, e.CommentID)
	case plan.Unreact:
		return fmt.Sprintf("take reaction %d off %d", e.ReactionID, e.CommentID)
	case plan.Comment:
		kind, _, _ := strings.Cut(strings.TrimPrefix(e.Marker, "<!-- lockstep:"), " ")
		if e.Recheck != nil {
			kind += " and look"
		}
		return fmt.Sprintf("comment %s on %d", kind, e.Pull)
	case plan.RecordEvent:
		return "announce " + string(e.Status)
	case plan.NotifySinks:
		if e.Blocked != nil {
			return "notify blocked " + string(e.Blocked.Code)
		}
		return "notify " + string(e.Status)
	case plan.StartDeployment:
		return fmt.Sprintf("create deployment of %s to %s", e.Ref, e.Environment)
	case plan.SetStatus:
		return strings.TrimSpace("status " + e.State + " " + e.Description)
	case plan.EditComment:
		return fmt.Sprintf("edit %s %d", e.New.Kind, e.CommentID)
	case plan.TakeLock:
		return strings.TrimSpace("take " + e.Branch + " " + e.Instead)
	case plan.FreeLock:
		return strings.TrimSpace("free " + e.Branch + " " + e.Tip)
	case plan.CountCommits:
		return "measure " + deploy.Short(e.Base) + " " + deploy.Short(e.Head)
	case plan.UpdateIssue:
		return e.String()
	case plan.AddLabels:
		return "label " + strings.Join(e.Names, " ")
	case plan.RemoveLabel:
		return "unlabel " + e.Name
	case plan.CloseOrphan:
		return fmt.Sprintf("end lost run %d in %s", e.CreatedBy.Run.ID, e.Environment)
	case plan.SetCommitStatus:
		return "commit status " + e.Context + " " + e.State
	case plan.UpdateBranch:
		return fmt.Sprintf("update branch of %d from %s", e.Pull, deploy.Short(e.ExpectedHead))
	}
	return fmt.Sprintf("%T", effect)
}

// effect finds the one effect of a kind in a plan.
func effect[E plan.Effect](t *testing.T, steps []plan.Step) E {
	t.Helper()
	var found []E
	for _, step := range steps {
		if e, ok := step.Effect.(E); ok {
			found = append(found, e)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

// endTracked is everything that follows the end of a job in which a tracked step began.
func endTracked(l plan.Ledger, status config.Status) []plan.Step {
	l.Tracked = true
	return finish(l, status, at())
}

// finish is everything that follows a job's end.
func finish(l plan.Ledger, status config.Status, now time.Time) []plan.Step {
	return append(plan.End(l, status), plan.Tell(l, message.Ending{Status: status, RawStatus: "raw", At: now})...)
}
