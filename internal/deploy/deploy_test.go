package deploy_test

import (
	"cmp"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// gatesOf are the names of the gates of a request.
func gatesOf(s situation) []string {
	var names []string
	for _, gate := range deploy.GatesFor(s.new()) {
		names = append(names, gate.Name)
	}
	return names
}

// Every gate of a deployment has situations, which tests and documentation show.
func TestEveryGateHasSituations(t *testing.T) {
	t.Parallel()
	var names []string
	for _, gate := range deploytest.Situations() {
		assert.NotEmpty(t, gate.Situations, gate.Name)
		names = append(names, gate.Name)
	}
	assert.Equal(t, gatesOf(ways()["head"]), names, "in the order of the gates")
}

func TestDecideReady(t *testing.T) {
	t.Parallel()
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.DeploymentReady, d.Reason)
	assert.Equal(t, gatesOf(ways()["head"]), deploytest.Gates(d), "all gates run")
	assert.Empty(t, d.Blocking())
	assert.Empty(t, d.Warnings())
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: "feature", SHA: deploytest.HeadSHA, Kind: deploy.BranchTarget, Commit: deploytest.Facts().Pull.Head,
	}, d.Target)

	d = deploy.Decide(deploytest.Asking(command.Noop, "production"), deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.NoopReady, d.Reason)
	assert.Equal(t, gatesOf(ways()["head"]), deploytest.Gates(d), "a rehearsal is held to the same rules")
	assert.True(t, d.Target.Noop)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
}

func TestDecideRollback(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Deployments = nil
	d := deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict, "a rollback is not held to the order")
	assert.Equal(t, deploy.DeploymentReady, d.Reason)
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: "main", SHA: deploytest.StableSHA, Kind: deploy.BranchTarget, Stable: true, Commit: f.Stable.Head,
	}, d.Target)

	noop := deploytest.Rollback("production")
	noop.Command.Kind = command.Noop
	d = deploy.Decide(noop, deploytest.Settings(), f)
	assert.Equal(t, deploy.NoopReady, d.Reason)
	assert.True(t, d.Target.Stable && d.Target.Noop)
}

// Commands that start nothing.
func TestDecideOtherCommands(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request deploy.Request
		verdict deploy.Verdict
		reason  deploy.Reason
	}{
		"help":               {deploytest.Asking(command.Help, ""), deploy.Proceed, deploy.HelpCompleted},
		"lock":               {deploytest.Asking(command.Lock, "dev"), deploy.Proceed, deploy.LockAcquired},
		"global lock":        {deploytest.Globally(command.Lock), deploy.Proceed, deploy.LockAcquired},
		"unlock":             {deploytest.Asking(command.Unlock, "dev"), deploy.Proceed, deploy.UnlockCompleted},
		"lock info":          {deploytest.Asking(command.LockInfo, "dev"), deploy.Proceed, deploy.LockInfoCompleted},
		"lock of nothing":    {deploytest.Asking(command.Lock, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"unlock of nothing":  {deploytest.Asking(command.Unlock, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"info about nothing": {deploytest.Asking(command.LockInfo, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"deprecated":         {deploytest.Asking(command.Deprecated, ""), deploy.Refuse, deploy.DeprecatedCommand},
		"naked":              {deploytest.Asking(command.Naked, ""), deploy.Refuse, deploy.NakedCommandDisabled},
		"no command":         {deploytest.Asking(command.None, ""), deploy.Ignore, deploy.NoTrigger},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(test.request, deploytest.Settings(), deploytest.Facts())
			assert.Equal(t, test.verdict, d.Verdict)
			assert.Equal(t, test.reason, d.Reason)
			assert.Equal(t, test.request.Command.Kind, d.Kind)
			assert.Equal(t, deploytest.Facts().ReadAt, d.At)
			assert.Empty(t, d.Order)
			assert.Equal(t, test.reason == deploy.InvalidEnvironment, len(d.Blocking()) == 1)
		})
	}
}

// assertHints wants every refusal to say what is wrong, and what to do.
func assertHints(t *testing.T, d deploy.Decision) {
	t.Helper()
	for _, finding := range d.Blocking() {
		assert.NotEmpty(t, finding.Text, finding.Gate)
		assert.NotEmpty(t, finding.Hint, finding.Gate)
	}
}

// The person sees all that is wrong at once; the first gate that blocks gives the reason.
func TestDecideKeepsEveryFinding(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.facts.Pull.CrossRepo = true
	s.facts.Deployments["dev"] = nil
	s.request.Unreadable = errors.New("odd flag")
	s.request.Pinned = deploytest.OtherSHA
	s.facts.Answer.Kind = deploy.Rejected

	type block struct {
		gate   string
		reason deploy.Reason
	}
	d := s.decide()
	assertHints(t, d)
	var got []block
	for _, finding := range d.Blocking() {
		got = append(got, block{finding.Gate, finding.Code})
	}
	assert.Equal(t, []block{
		{"parameters", deploy.UnexpectedError},
		{"fork", deploy.PrechecksFailed},
		{"commit", deploy.RefChanged},
		{"order", deploy.DeploymentOrderFailed},
		{"lock", deploy.LockConflict},
		{"confirmation", deploy.ConfirmationRejected},
	}, got)
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Equal(t, gatesOf(ways()["head"]), deploytest.Gates(d))

	s.request.Unreadable = nil
	assert.Equal(t, deploy.PrechecksFailed, s.decide().Reason)
	s.facts.Pull.CrossRepo = false
	assert.Equal(t, deploy.RefChanged, s.decide().Reason)
	s.request.Pinned = deploytest.HeadSHA
	assert.Equal(t, deploy.DeploymentOrderFailed, s.decide().Reason)
	s.facts.Deployments["dev"] = s.facts.Deployments["staging"]
	assert.Equal(t, deploy.LockConflict, s.decide().Reason)
	s.again(deploytest.HeadSHA)
	assert.Equal(t, deploy.ConfirmationRejected, s.decide().Reason)
	s.request.Command.KnownEnvironment = false
	assert.Equal(t, deploy.InvalidEnvironment, s.decide().Reason)
}

// What runs now is the newest deployment that is up, of any tool.
func TestDecideFindsWhatRuns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		live []deploy.Deployment
		want *deploy.Deployment
	}{
		"nothing":        {nil, nil},
		"nothing is up":  {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "IN_PROGRESS"), deploytest.Own(deploytest.HeadSHA, "FAILURE"), deploytest.Own(deploytest.HeadSHA, "INACTIVE")}, nil},
		"the newest":     {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ACTIVE"), deploytest.Own(deploytest.OtherSHA, "ACTIVE")}, new(deploytest.Own(deploytest.HeadSHA, "ACTIVE"))},
		"another tool's": {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "FAILURE"), deploytest.Foreign(deploytest.OtherSHA, "ACTIVE")}, new(deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Live = test.live
			assert.Equal(t, test.want, deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f).Running)
			assert.Equal(t, test.want, deploy.Decide(deploytest.Asking(command.Noop, "production"), deploytest.Settings(), f).Running)
			assert.Nil(t, deploy.Decide(deploytest.Asking(command.Lock, "production"), deploytest.Settings(), f).Running)
		})
	}
}

// A tracked step records what the workflow says. Only what has not happened yet can be refused.
func TestDecideTrack(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Deployments = nil
	for status, want := range map[config.Status]struct {
		gates  []string // that matter, among others of a start
		reason deploy.Reason
	}{
		config.Pending:   {[]string{"status", "commit"}, deploy.TrackRecorded},
		config.Started:   {[]string{"status", "commit", "order", "lock"}, deploy.DeploymentOrderFailed},
		config.Completed: {[]string{"status"}, deploy.TrackRecorded},
		config.Failed:    {[]string{"status"}, deploy.TrackRecorded},
		config.Aborted:   {[]string{"status"}, deploy.TrackRecorded},
		"":               {[]string{"status"}, deploy.UnexpectedError},
	} {
		t.Run(cmp.Or(string(status), "no status"), func(t *testing.T) {
			t.Parallel()
			r, c := deploytest.Tracking(status)
			d := deploy.Decide(r, c, f)
			assert.Equal(t, gatesOf(situation{r, c, f}), deploytest.Gates(d))
			if status == config.Started {
				assert.Subset(t, deploytest.Gates(d), want.gates)
			} else {
				assert.Equal(t, want.gates, deploytest.Gates(d))
			}
			assert.Equal(t, want.reason, d.Reason)
			assert.Equal(t, want.reason != deploy.TrackRecorded, d.Verdict == deploy.Refuse)
			assert.Equal(t, status == config.Started, len(d.Order) > 0)
			assert.Equal(t, deploy.Target{Environment: "production", Ref: deploytest.HeadSHA, SHA: deploytest.HeadSHA, Kind: deploy.SHATarget}, d.Target)
		})
	}
	r, c := deploytest.Tracking(config.Started)
	d := deploy.Decide(r, c, deploytest.Facts())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Len(t, d.Order, 2)
}

// Tracked steps respect the locks of others. A lock that another step of the same run has taken is for the
// deployment that is recorded.
func TestDecideTrackUnderALock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		where string
		lock  deploy.Lock
		want  deploy.Reason
		hint  string
	}{
		"of someone else":   {"production", deploytest.StickyLock("ada"), deploy.LockConflict, "Ask `ada` to release it"},
		"of everything":     {"global", deploytest.StickyLock("ada"), deploy.LockConflict, "Ask `ada` to release it"},
		"of a deployment":   {"production", deploytest.PassingLock("ada", 7, deploy.RunGoing), deploy.LockConflict, "Wait until it has ended, then run this step again."},
		"one's own":         {"production", deploytest.StickyLock("octocat"), deploy.TrackRecorded, ""},
		"left behind":       {"production", deploytest.PassingLock("ada", 7, deploy.RunEnded), deploy.TrackRecorded, ""},
		"of the run itself": {"production", deploytest.PassingLock("octocat", 4711, deploy.RunGoing), deploy.TrackRecorded, ""},
		"of another run":    {"production", deploytest.PassingLock("octocat", 4712, deploy.RunGoing), deploy.LockConflict, "run this step again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, c := deploytest.Tracking(config.Started)
			s := situation{r, c, deploytest.Facts()}
			s.hold(test.where, test.lock)
			d := s.decide()
			assert.Equal(t, test.want, d.Reason)
			if test.hint != "" {
				assert.Contains(t, d.Blocking()[0].Hint, test.hint)
			}
			s.config.Locks.Disabled = true
			assert.Equal(t, deploy.TrackRecorded, s.decide().Reason, "locks are switched off")
			s.config.Locks.Disabled, s.config.Status = false, config.Completed
			assert.Equal(t, deploy.TrackRecorded, s.decide().Reason, "it has happened")
		})
	}
	r, c := deploytest.Tracking(config.Started)
	assert.Equal(t, deploy.Refuse, deploy.Decide(r, c, deploytest.Without(deploy.LocksPart)).Verdict, "there may be a lock")
}

// A push belongs to no pull request: a lock is from a pull request, and not from another one.
func TestDecideTrackUnderALockOfAPullRequest(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Started)
	r.Event.Pull, c.Locks.Owner = 0, config.OwnedByPull
	l := deploytest.StickyLock("octocat")
	l.Document.Link = deploytest.LinkTo(7)
	s := situation{r, c, deploytest.Facts()}
	s.hold("production", l)
	finding := deploytest.Said(t, s.decide(), "lock")
	assert.Equal(t, "You have locked `production` from [a pull request](https://github.com/acme/shop/pull/7#issuecomment-1).", finding.Text)
	assert.Equal(t, "Locks belong to pull requests here. Remove the lock with `.unlock production`, then run this step again.", finding.Hint)
}

// What runs there is known to a tracked step, too.
func TestDecideTrackLive(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Completed)
	f := deploytest.Facts()
	f.Live = []deploy.Deployment{{State: "IN_PROGRESS", SHA: deploytest.HeadSHA}, {State: deploy.Active, SHA: deploytest.OtherSHA, Version: "1.2"}}
	assert.Equal(t, &f.Live[1], deploy.Decide(r, c, f).Running)
}

// On a comment the event names no commit: the head of its pull request is meant.
func TestDecideTrackOnComment(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Started)
	r.SHA = ""
	d := deploy.Decide(r, c, deploytest.Facts())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploytest.HeadSHA, d.Target.SHA)
}

func TestVerdictAndLevelNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "ignore refuse ask proceed",
		deploy.Ignore.String()+" "+deploy.Refuse.String()+" "+deploy.Ask.String()+" "+deploy.Proceed.String())
	assert.Equal(t, "pass warn block", deploy.Pass.String()+" "+deploy.Warn.String()+" "+deploy.Block.String())
	d := deploy.Decision{Findings: []deploy.Finding{{Gate: "a"}, {Gate: "b", Level: deploy.Warn}, {Gate: "c", Level: deploy.Block}}}
	assert.Equal(t, []deploy.Finding{{Gate: "b", Level: deploy.Warn}}, d.Warnings())
	assert.Equal(t, []deploy.Finding{{Gate: "c", Level: deploy.Block}}, d.Blocking())
}
