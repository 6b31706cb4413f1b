package message_test

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
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// attempts are deployments, the newest first: the state of each, with the statuses that led to it.
func attempts(states ...string) []deploy.Deployment {
	var all []deploy.Deployment
	for i, state := range states {
		d := deploy.Deployment{
			ID: fmt.Sprint("D_", i), SHA: fmt.Sprintf("%07d%s", 1234567-i, headSHA[7:]), State: state, Own: true, Version: fmt.Sprintf("v1.4.%d", 9-i),
			Pull: 41 - i, Actor: "ada", CreatedAt: at().Add(-time.Duration(i+1) * 10 * time.Hour), LogURL: fmt.Sprint("https://github.com/acme/shop/actions/runs/", 70-i),
		}
		d.Commit = &deploy.Commit{SHA: d.SHA, URL: "https://github.com/acme/shop/commit/" + d.SHA}
		status := func(state, description string) {
			d.Statuses = append(d.Statuses, deploy.Status{State: state, Description: description, CreatedAt: deploy.Know(d.CreatedAt.Add(5 * time.Minute)), LogURL: d.LogURL})
		}
		switch state {
		case "ACTIVE", "INACTIVE":
			status("SUCCESS", "")
			d.Succeeded, d.SucceededAt = true, deploy.Know(d.CreatedAt.Add(5*time.Minute))
		case "CHECKING":
			d.State = "IN_PROGRESS"
			status("IN_PROGRESS", deploy.CheckingHealth)
		case "ERROR":
			status("ERROR", "aborted: the job was cancelled")
		default:
			status(state, "")
		}
		all = append(all, d)
	}
	all[len(all)-1].First = true
	return all
}

// showing is the request for the status of an environment, or of all, with what is known.
func showing(about string, deployments map[string][]deploy.Deployment) (deploy.Request, config.Config, deploy.Facts) {
	r, c, f := asking(command.Status, about), settings(), known()
	r.Command.KnownEnvironment, r.Command.About = true, about
	c.Commands.Status, c.Commands.Rollback = ".status", ".rollback"
	f.Deployments = deployments
	for _, name := range c.Targets {
		f.MarkRead(deploy.DeploymentsPart + deploy.Part(name))
	}
	return r, c, f
}

func shown(r deploy.Request, c config.Config, f deploy.Facts) string {
	return message.Status(r, c, deploy.Decide(r, c, f))
}

func running() map[string][]deploy.Deployment {
	all := map[string][]deploy.Deployment{
		"dev": attempts("IN_PROGRESS", "ACTIVE"), "staging": attempts("ACTIVE", "INACTIVE"), "production": attempts("FAILURE", "ERROR", "ACTIVE", "ACTIVE", "INACTIVE", "INACTIVE"),
	}
	all["dev"][0].SHA, all["staging"][0].SHA = headSHA, headSHA
	all["production"][2].Rollback = &deploy.Rollback{From: otherSHA, To: headSHA}
	all["production"][4].Own, all["production"][4].Creator = false, "argo"
	return all
}

func TestStatus(t *testing.T) {
	t.Parallel()
	r, c, f := showing("", running())
	sticky := deploytest.StickyLock("carol")
	sticky.Branch, sticky.Document.Environment, sticky.Document.Reason = "production-branch-deploy-lock", "production", "measuring"
	sticky.Document.ExpiresAt = at().Add(6 * time.Hour)
	f.Locks = map[string]deploy.Lock{sticky.Branch: sticky}
	golden(t, "status-all", shown(r, c, f))
	r.Command.About, r.Command.Environment = "production", "production"
	golden(t, "status-one", shown(r, c, f))
}

// stateNames are environments that are called after their state.
func stateNames() []string {
	return []string{"nothing", "runs", "deploying", "queued", "checking", "failed", "aborted", "lost", "back", "down", "odd", "unread"}
}

// Each state of an environment, and each state of a lock.
func TestStatusOfStates(t *testing.T) {
	t.Parallel()
	lost, back := attempts("IN_PROGRESS", "ACTIVE"), attempts("ACTIVE", "ACTIVE")
	lost[0].CreatedBy = deploy.CreatedByRun{Run: deploy.RunID{ID: 9, Attempt: 1}, State: deploy.RunEnded}
	back[0].Rollback = &deploy.Rollback{}
	all := map[string][]deploy.Deployment{
		"nothing": nil, "runs": attempts("ACTIVE"), "deploying": attempts("IN_PROGRESS", "ACTIVE"), "queued": attempts("QUEUED"), "checking": attempts("CHECKING", "ACTIVE"),
		"failed": attempts("FAILURE", "ACTIVE"), "aborted": attempts("ERROR"), "lost": lost, "back": back, "down": attempts("INACTIVE"), "unread": nil, "odd": attempts("DESTROYED"),
	}
	all["odd"][0].First = false
	r, c, f := showing("", all)
	c.Order, c.Environment = nil, ""
	c.Targets = stateNames()
	for _, name := range c.Targets {
		f.MarkRead(deploy.DeploymentsPart + deploy.Part(name))
	}
	f.MarkUnavailable("deployments of unread", deploy.Problem{Text: "The token may not read the deployments.", Hint: "Add `deployments: read`."})
	f.Locks = map[string]deploy.Lock{}
	for i, one := range []deploy.Lock{
		deploytest.StickyLock("octocat"), deploytest.StickyLock("carol"), deploytest.PassingLock("carol", 9, deploy.RunGoing), deploytest.PassingLock("carol", 9, deploy.RunEnded), deploytest.CorruptLock(),
	} {
		one.Branch = c.Targets[i] + "-branch-deploy-lock"
		if one.Unreadable == "" {
			one.Document.Environment = c.Targets[i]
		}
		if i == 1 {
			one.Document.ExpiresAt = at().Add(48 * time.Hour)
		}
		f.Locks[one.Branch] = one
	}
	golden(t, "status-states", shown(r, c, f))
	for about, name := range map[string]string{"unread": "status-one-unread", "queued": "status-one-stale-lock", "nothing": "status-one-nothing", "odd": "status-one-untold"} {
		r.Command.About, r.Command.Environment = about, about
		golden(t, name, shown(r, c, f))
	}
	f.MarkUnavailable(deploy.LocksPart, deploy.Problem{Text: "The token may not read the locks.", Hint: "Add `contents: read`."})
	r.Command.About, r.Command.Environment = "runs", "runs"
	golden(t, "status-one-unknown-lock", shown(r, c, f))
	c.Locks.Disabled = true
	golden(t, "status-one-without-locks", shown(r, c, f))
}

func TestStatusUnderRules(t *testing.T) {
	t.Parallel()
	trial := deploytest.Trials()[deploy.HeadWay]
	trial.Config.Commands.Status, trial.Config.Commands.Rollback = ".status", ".rollback"
	trial.Govern(func(e *policy.Environment) {
		e.After, e.Soak = deploytest.Set([]string{"staging"}), deploytest.Set(2*time.Hour)
		e.Labels = deploytest.Set(policy.Labels{Require: []string{"qa-passed"}})
	})
	weekend := policy.Freeze{Name: "weekend", Line: 12, Reason: "no one is on call", Kind: policy.Weekly, From: policy.Moment{Weekday: time.Friday, Hour: 16}, Until: policy.Moment{Weekday: time.Monday, Hour: 8}}
	trial.Config.Policy.Freezes = []policy.Freeze{weekend}
	r := asking(command.Status, "")
	r.Command.KnownEnvironment = true
	trial.Facts.Deployments = running()
	golden(t, "status-all-rules", shown(r, trial.Config, trial.Facts))
	r.Command.About, r.Command.Environment = "production", "production"
	golden(t, "status-one-rules", shown(r, trial.Config, trial.Facts))

	broken := deploy.Problem{
		Text: "The rules file `.github/lockstep.yml` is broken:\n\n- `line 14, column 7: environments.production.soak: \"2 hours\" is not a length of time; write 2h or 1d12h`",
		Hint: "Correct it on the default branch (commit `2222222`). Until then nothing is deployed.",
	}
	trial.Config.Policy = nil
	trial.Facts.MarkUnavailable(deploy.PolicyPart, broken)
	golden(t, "status-one-broken-rules", shown(r, trial.Config, trial.Facts))
	r.Command.About, r.Command.Environment = "", ""
	golden(t, "status-all-broken-rules", shown(r, trial.Config, trial.Facts))
}

// Everything of a deployment and of a lock is chosen by someone.
func TestHostileStatus(t *testing.T) {
	t.Parallel()
	evil := attempts("FAILURE", "ACTIVE")
	for i := range evil {
		evil[i].Version, evil[i].Actor, evil[i].Creator, evil[i].LogURL = hostile, hostile, hostile, "https://evil.example"
		evil[i].Statuses[0].Description, evil[i].Statuses[0].LogURL = hostile, "https://evil.example"
		evil[i].SHA = hostile
	}
	evil[0].Own = false
	r, c, f := showing("", map[string][]deploy.Deployment{hostile: evil})
	c.Order, c.Targets, c.Environment = []string{"dev", hostile}, []string{"dev", hostile}, ""
	c.EnvironmentURLs = map[string]string{hostile: "https://shop.example/a) [evil](https://evil.example) <b>`@all"}
	f.MarkRead(deploy.DeploymentsPart+"dev", deploy.DeploymentsPart+hostile)
	held := deploytest.StickyLock(hostile)
	held.Document.Reason, held.Document.Branch, held.Document.Link = hostile, hostile, hostile
	held.Branch = "global-branch-deploy-lock"
	held.Document.Global = true
	f.Locks = map[string]deploy.Lock{held.Branch: held}
	golden(t, "hostile-status-all", shown(r, c, f))
	r.Command.About, r.Command.Environment = hostile, hostile
	golden(t, "hostile-status-one", shown(r, c, f))
}

// Fifty environments fit into a comment, however long what is in their way.
func TestStatusFitsIntoAComment(t *testing.T) {
	t.Parallel()
	const most = 65536
	many := func(count int, name string) (deploy.Request, config.Config, deploy.Facts) {
		r, c, f := showing("", map[string][]deploy.Deployment{})
		c.Order, c.Targets, c.Environment = nil, nil, ""
		f.Locks = map[string]deploy.Lock{}
		for i := range count {
			one := fmt.Sprintf("place-%d-%s", i, name)
			c.Targets = append(c.Targets, one)
			f.Deployments[one] = attempts("FAILURE", "ACTIVE")
			f.MarkRead(deploy.DeploymentsPart + deploy.Part(one))
			held := deploytest.StickyLock(strings.Repeat("m", 300))
			held.Document.Environment, held.Document.Reason, held.Branch = one, strings.Repeat("because ", 100), one+"-branch-deploy-lock"
			f.Locks[held.Branch] = held
		}
		return r, c, f
	}
	r, c, f := many(60, "eu")
	text := shown(r, c, f)
	assert.Less(t, js.UTF16Len(text), most-2000)
	assert.Contains(t, text, "| `place-49-eu` |")
	assert.NotContains(t, text, "| `place-50-eu` |")
	assert.Contains(t, text, "10 environments left out: at most 50 are shown. Type `.status <environment>` to see one of them.")
	assert.Contains(t, text, "has locked", "the reasons fit")

	r, c, f = many(50, strings.Repeat("x", 250))
	text = shown(r, c, f)
	assert.Equal(t, 50, strings.Count(text, "` says why."), "the text is %d long", js.UTF16Len(text))
	assert.Zero(t, strings.Count(text, "has locked"), "no reason is among them")
	limited := message.Limit(text, "<!-- marker -->")
	require.LessOrEqual(t, js.UTF16Len(limited), most)
	assert.Contains(t, limited, "<!-- marker -->")
}

// The target of a rollback is named as what it is: not confirmed yet.
func TestStatusNamesTheWayBack(t *testing.T) {
	t.Parallel()
	r, c, f := showing("production", running())
	d := deploy.Decide(r, c, f)
	d.Board.Rows[0].Rollback = nil
	assert.NotContains(t, message.Status(r, c, d), "| Rollback |")
	d.Board.Rows[0].Rollback = &attempts("ACTIVE")[0]
	assert.Contains(t, message.Status(r, c, d), "| Rollback | `.rollback production` goes back to [`1234567`](https://github.com/acme/shop/commit/1234567")
	assert.Contains(t, message.Status(r, c, d), "(not yet confirmed) |\n")
	c.Commands.Rollback = ""
	assert.NotContains(t, message.Status(r, c, d), "| Rollback |")
}

func TestHelpAboutStatus(t *testing.T) {
	t.Parallel()
	c := settings()
	assert.NotContains(t, message.CommandTable(c), ".status")
	c.Commands.Status = ".state"
	assert.Contains(t, message.CommandTable(c), "| `.state <environment>` | Show everything about that environment")
	assert.Contains(t, message.Help(c, deploy.Decision{}), "- `.state`: see what runs where, and what you can deploy\n")
}

// The first finding in the table is that of the refusal, word for word.
func TestStatusRepeatsTheRefusal(t *testing.T) {
	t.Parallel()
	r, c, f := showing("production", map[string][]deploy.Deployment{"production": nil, "staging": nil, "dev": nil})
	asked := asking(command.Deploy, "production")
	refusal := deploy.Decide(asked, c, f)
	require.Equal(t, deploy.Refuse, refusal.Verdict)
	assert.Contains(t, shown(r, c, f), "✘ "+refusal.Blocking()[0].Text)
	r.Command.About = ""
	assert.Contains(t, shown(r, c, f), "✘ "+refusal.Blocking()[0].Text+" |")
}
