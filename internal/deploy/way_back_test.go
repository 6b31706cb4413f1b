package deploy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// commitOf returns forty times a letter.
func commitOf(letter string) string { return strings.Repeat(letter, 40) }

// history reads deployments, oldest first: "A" is a success of commit A, "A!" a failure, "A?" one that was called off, "A~" one whose run was lost, "A_" one that failed and was taken down, "A^" one that GitHub gave up,
// "B<A" a rollback from A to B, "X*" a success of another tool, "A-" was taken down, "A=x" has the files x.
func history(text string) []deploy.Deployment {
	var all []deploy.Deployment
	for i, word := range strings.Fields(text) {
		d := deploytest.Ran(commitOf(word[:1]), int64(100+i))
		d.ID, d.CreatedAt = fmt.Sprintf("DE_%d", i), deploytest.AskedAt().Add(time.Duration(i-100)*time.Hour)
		d.SucceededAt = deploy.Know(d.CreatedAt.Add(time.Minute))
		d.Statuses = []deploy.Status{{State: "SUCCESS"}}
		switch rest := word[1:]; {
		case strings.HasPrefix(rest, "!"):
			d.State, d.Succeeded, d.Statuses[0] = "FAILURE", false, deploy.Status{State: "FAILURE"}
		case strings.HasSuffix(rest, "?"):
			d.State, d.Succeeded, d.Statuses[0] = "ERROR", false, deploy.Status{State: "ERROR", Description: deploy.NotStarted}
		case strings.HasSuffix(rest, "~"):
			d.State, d.Succeeded, d.CreatedBy.State, d.Statuses[0] = "IN_PROGRESS", false, deploy.RunEnded, deploy.Status{State: "IN_PROGRESS"}
		case strings.HasSuffix(rest, "*"):
			d.Own, d.CreatedBy = false, deploy.CreatedByRun{}
		case strings.HasSuffix(rest, "^"):
			d.State, d.Succeeded, d.Statuses = "ABANDONED", false, nil
		case strings.HasSuffix(rest, "_"):
			d.State, d.Succeeded, d.Statuses = deploy.Inactive, false, []deploy.Status{{State: "INACTIVE"}, {State: "FAILURE"}}
		case strings.HasSuffix(rest, "-"):
			d.State = deploy.Inactive
		}
		if _, from, rolledBack := strings.Cut(word, "<"); rolledBack {
			d.Rollback = &deploy.Rollback{From: commitOf(from[:1]), To: d.SHA}
		}
		if _, files, given := strings.Cut(word, "="); given {
			d.TreeSHA = files
		}
		all = append(all, d)
	}
	slices.Reverse(all)
	return all
}

func TestWayBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		history, from, to string
	}{
		"nothing yet":            {"", "", ""},
		"only one":               {"a", "a", ""},
		"two":                    {"a b", "b", "a"},
		"three":                  {"a b c", "c", "b"},
		"back once":              {"a b c b<c", "b", "a"},
		"back twice":             {"a b c b<c a<b", "a", ""},
		"the bad one again":      {"a b c b<c c", "c", "b"},
		"back from it once more": {"a b c b<c c b<c", "b", "a"},
		"a rollback that failed leaves it as well": {"a b c b!<c", "b", "b"},
		"a rollback that failed twice":             {"a b c b!<c b!<b", "b", "b"},
		"a failure since then":                     {"a b c!", "c", "b"},
		"the same commit failed again":             {"a b b!", "b", "a"},
		"the only commit failed again":             {"a a!", "a", ""},
		"one that GitHub gave up":                  {"a b c^", "c", "b"},
		"a failure that was taken down":            {"a b c_", "c", "b"},
		"failures only":                            {"a! b!", "b", ""},
		"a start that was called off":              {"a b c?", "b", "a"},
		"a run that was lost":                      {"a b c~", "c", "b"},
		"the bad one called off":                   {"a b c b<c c?", "b", "a"},
		"the bad one failed again":                 {"a b c b<c c!", "c", "b"},
		"the bad one failed again, long ago":       {"a b c b<c c! d b<d", "b", "a"},
		"another tool":                             {"a b x*", "x", "b"},
		"another tool in between":                  {"a x* b", "b", "a"},
		"only another tool":                        {"x* y*", "y", ""},
		"taken down":                               {"a b-", "", "b"},
		"the same files":                           {"a=1 b=2 c=2", "c", "a"},
		"two that are active":                      {"a b b c", "c", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			back := wayBackOf(history(test.history), config.AllDeployments, "")
			assert.Equal(t, test.from, letter(back.From))
			assert.Equal(t, test.to, letter(back.To))
		})
	}
}

// Deployments of other tools count for what runs only where they do for the order.
func TestWayBackInScope(t *testing.T) {
	t.Parallel()
	for scope, from := range map[config.OrderScope]string{config.AllDeployments: "x", config.OwnDeployments: "b", config.VerifiedDeployments: "b"} {
		t.Run(string(scope), func(t *testing.T) {
			t.Parallel()
			for _, all := range []string{"a b x*", "a b- x*", "a b- x* x*", "a- b- x*"} { // GitHub sets what was replaced to inactive
				back := wayBackOf(history(all), scope, "")
				assert.Equal(t, from, letter(back.From), all)
				assert.Equal(t, map[string]string{"x": "b", "b": "a"}[from], letter(back.To), all)
			}
		})
	}
}

// GitHub makes a deployment of its own for a job with an environment. If the run is one of ours, it is no other tool's.
func TestWayBackFromJobs(t *testing.T) {
	t.Parallel()
	r, _ := deploytest.WayBack()
	runs := r.Event.Run.ServerURL + "/" + r.Event.Owner + "/" + r.Event.Repository + "/actions/runs/"
	for address, from := range map[string]string{
		runs + "101/job/7": "b", runs + "101": "x", runs + "1/job/7": "x", runs + "101/attempts/1": "x",
		"https://evil.example/actions/runs/101/job/7": "x", "": "x",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			all := history("a b- x*")
			all[0].LogURL = address
			back := wayBackOf(all, config.AllDeployments, "")
			assert.Equal(t, from, letter(back.From))
			assert.Equal(t, map[string]string{"x": "b", "b": "a"}[from], letter(back.To))
		})
	}
}

func wayBackOf(all []deploy.Deployment, scope config.OrderScope, to string) deploy.WayBack {
	r, f := deploytest.WayBack()
	r.Command.To, f.Live = to, all
	c := deploytest.Settings()
	c.OrderScope = scope
	return deploy.NewCase(r, c, f).Back
}

func letter(d *deploy.Deployment) string {
	if d == nil {
		return ""
	}
	return d.SHA[:1]
}

func TestWayBackTo(t *testing.T) {
	t.Parallel()
	all := history("a b c d")
	for i, version := range []string{"v2", "v1", "v1", commitOf("a")} {
		all[i].Version = version
	}
	all[2].SHA = commitOf("b")[:39] + "c"
	for name, test := range map[string]struct{ to, want, text string }{
		"seven digits":      {"aaaaaaa", "a", ""},
		"upper case":        {"AAAAAAAA", "a", ""},
		"all digits":        {commitOf("c"), "c", ""},
		"a version of one":  {commitOf("a"), "a", ""},
		"six digits":        {"aaaaaa", "", "`aaaaaa` is too short for a commit, and no version that ran in **production**. Type at least 7 digits."},
		"no such commit":    {"abcdef1", "", "`abcdef1` has never run in **production** successfully."},
		"no such version":   {"v9", "", "`v9` has never run in **production** successfully."},
		"what runs":         {"v2", "", "`v2` is what runs in **production** now."},
		"a version of two":  {"v1", "", "`v1` is ambiguous: it is 2 commits that ran in **production** successfully."},
		"hostile":           {"<b>`|", "", "has never run in **production** successfully."},
		"digits of another": {strings.Repeat("b", 40), "", "has never run in **production** successfully."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			back := wayBackOf(all, config.AllDeployments, test.to)
			assert.Equal(t, test.want, letter(back.To))
			if test.want != "" {
				return
			}
			r, f := deploytest.WayBack()
			r.Command.To, f.Live = test.to, all
			d := deploy.Decide(r, deploytest.Settings(), f)
			assert.Equal(t, deploy.RollbackTargetMissing, d.Reason)
			assert.Contains(t, d.Blocking()[0].Text, test.text)
			assert.Contains(t, d.Blocking()[0].Details, "`.rollback production to bbbbbbb`")
		})
	}
}

// The version of another commit does not come between someone and the commit that they name.
func TestWayBackToLookalikes(t *testing.T) {
	t.Parallel()
	all := history("a b c d")
	all[1].Version = commitOf("a")
	assert.Equal(t, "a", letter(wayBackOf(all, config.AllDeployments, strings.ToUpper(commitOf("a"))).To))
	all[1].Version = commitOf("d")
	back := wayBackOf(all, config.AllDeployments, commitOf("d"))
	assert.Empty(t, letter(back.To), "that commit runs there: another one is not meant")
	all[1].Version = commitOf("e")
	assert.Equal(t, "c", letter(wayBackOf(all, config.AllDeployments, commitOf("e")).To), "no such commit ran there")

	all[1].Version = "aaaaaaa"
	r, f := deploytest.WayBack()
	r.Command.To, f.Live = "aaaaaaa", all
	blocking := deploy.Decide(r, deploytest.Settings(), f).Blocking()
	assert.Contains(t, blocking[0].Text, "`aaaaaaa` is ambiguous")
	assert.Contains(t, blocking[0].Details, "`.rollback production to ccccccc`")
	assert.Contains(t, blocking[0].Details, "`.rollback production to "+commitOf("a")+"`", "seven digits mean both")
}

// A run that is started again goes back to what it went back to the first time.
func TestWayBackAgain(t *testing.T) {
	t.Parallel()
	r, f := deploytest.WayBack()
	r.Event.Run.Attempt, f.Rerunner, r.Event.Triggering = 2, f.Actor, "octocat"
	own := deploytest.Ran(deploytest.GoodSHA, 12)
	own.ID, own.CreatedAt = "DE_own", deploytest.AskedAt().Add(time.Second)
	own.Rollback, own.CreatedBy.Comment, own.State, own.Succeeded = &deploy.Rollback{From: deploytest.OtherSHA, To: deploytest.GoodSHA}, r.Event.Comment.ID, "FAILURE", false
	f.Live = append([]deploy.Deployment{own}, f.Live...)
	job := deploy.Deployment{SHA: deploytest.HeadSHA, State: deploy.Active, CreatedAt: own.CreatedAt.Add(time.Second), LogURL: deploy.PageURL(r, "actions/runs", fmt.Sprint(r.Event.Run.ID)) + "/job/7"}
	own.CreatedBy.Run.ID = r.Event.Run.ID
	f.Live = append([]deploy.Deployment{job, own}, f.Live[1:]...)
	d := deploy.Decide(r, deploytest.Settings(), f)
	assert.Equal(t, deploytest.GoodSHA, d.Target.SHA)
	assert.Equal(t, deploytest.OtherSHA, d.Back.From.SHA)
	assert.NotEqual(t, deploy.CommitSafetyFailed, d.Reason, "the deployment of a job of the same run")

	f.Live[0].LogURL = ""
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(r, deploytest.Settings(), f).Reason)
}

// Only what is known to have run there is asked for further back, and not for ever.
func TestWayBackPages(t *testing.T) {
	t.Parallel()
	r, f := deploytest.WayBack()
	c := deploytest.Settings()
	first := deploy.NeedsFor(r, c)
	assert.True(t, first.History)
	assert.Empty(t, first.Older)
	assert.Empty(t, first.Runs)
	assert.Equal(t, []int64{11}, deploy.NeedsKnowing(r, c, f).Runs)
	f.Live, f.Older = f.Live[:1], "cursor"
	assert.Equal(t, "cursor", deploy.NeedsKnowing(r, c, f).Older)
	f.Live = slices.Repeat(f.Live, 500)
	assert.Empty(t, deploy.NeedsKnowing(r, c, f).Older)
	assert.Contains(t, deploy.Decide(r, c, f).Blocking()[0].Text, "The newest 500 deployments were searched.")
}

// A broken rules file never holds up those who administer or maintain the repository, and opens nothing for others.
func TestWayBackWithoutRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor deploy.Actor
		want  deploy.Verdict
	}{
		"write":         {deploy.Actor{Permission: "write", Role: "write"}, deploy.Refuse},
		"maintain":      {deploy.Actor{Permission: "write", Role: "maintain"}, deploy.Proceed},
		"admin":         {deploy.Actor{Permission: "admin", Role: "admin"}, deploy.Proceed},
		"a custom role": {deploy.Actor{Permission: "write", Role: "releaser"}, deploy.Refuse},
		"read":          {deploy.Actor{Permission: "read", Role: "read"}, deploy.Refuse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := deploytest.WayBack()
			c := deploytest.Settings()
			c.PolicyFile.Path, f.Actor = config.DefaultPolicyPath, test.actor
			f.MarkUnavailable(deploy.PolicyPart, deploy.Problem{Text: "The rules file is broken."})
			assert.Equal(t, test.want, deploy.Decide(r, c, f).Verdict)
			stable := deploytest.Rollback("production")
			assert.Equal(t, deploy.Refuse, deploy.Decide(stable, c, f).Verdict, "the stable branch is another matter")
			r.Event.Run.Attempt, r.Event.Triggering, f.Rerunner = 2, "hubot", deploy.Actor{Login: "hubot", Permission: "write", Role: "write"}
			assert.Equal(t, deploy.Refuse, deploy.Decide(r, c, f).Verdict, "who starts the run again has to be one as well")
		})
	}
}

// The second of two rollbacks that were typed at the same time does not go back one further.
func TestWayBackTypedTwice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*deploy.Deployment)
		want   deploy.Verdict
	}{
		"another rollback":   {func(*deploy.Deployment) {}, deploy.Refuse},
		"in the same second": {func(d *deploy.Deployment) { d.CreatedAt = deploytest.AskedAt().Add(500 * time.Millisecond) }, deploy.Proceed},
		"of the same command": {func(d *deploy.Deployment) {
			d.CreatedBy.Comment = deploytest.Asking(command.Rollback, "production").Event.Comment.ID
		}, deploy.Proceed},
		"of another tool":          {func(d *deploy.Deployment) { d.Own = false }, deploy.Proceed},
		"before the command typed": {func(d *deploy.Deployment) { d.CreatedAt = deploytest.AskedAt().Add(-time.Second) }, deploy.Proceed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := deploytest.WayBack()
			other := deploytest.Ran(strings.Repeat("e", 40), 14)
			other.CreatedAt, other.CreatedBy.Comment = deploytest.AskedAt().Add(time.Second), 14
			test.change(&other)
			f.Live = append([]deploy.Deployment{other}, f.Live...)
			d := deploy.Decide(r, deploytest.Settings(), f)
			r.Command.To = deploytest.GoodSHA
			assert.NotEqual(t, deploy.CommitSafetyFailed, deploy.Decide(r, deploytest.Settings(), f).Reason, "it names its target")
			if test.want == deploy.Refuse {
				assert.Equal(t, deploy.CommitSafetyFailed, d.Reason)
				assert.Equal(t, "`production` has had another deployment since the command.", d.Blocking()[0].Text)
				return
			}
			assert.NotEqual(t, deploy.CommitSafetyFailed, d.Reason)
		})
	}
}

// A command that names no environment is refused for that, and for nothing that follows from it.
func TestWayBackOfAnUnknownEnvironment(t *testing.T) {
	t.Parallel()
	r, f := deploytest.WayBack()
	r.Command.Environment, r.Command.KnownEnvironment = "", false
	f.Live, f.Read = nil, maps.Clone(f.Read)
	delete(f.Read, deploy.LivePart)
	d := deploy.Decide(r, deploytest.Settings(), f)
	assert.Equal(t, deploy.InvalidEnvironment, d.Reason)
	assert.Len(t, d.Blocking(), 1)
}
