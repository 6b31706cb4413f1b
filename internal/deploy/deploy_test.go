package deploy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

var commandGates = []string{
	"permission", "environment", "parameters", "target branch", "fork", "commit", "checks", "outdated", "draft", "conflicts",
	"reviews", "safety", "verification", "rules", "order", "template", "lock", "confirmation",
}

func TestDecideReady(t *testing.T) {
	t.Parallel()
	d := deploy.Decide(asking(command.Deploy, "production"), settings(), known())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.DeploymentReady, d.Reason)
	assert.Equal(t, commandGates, gates(d), "every gate has its say")
	assert.Empty(t, d.Blocking())
	assert.Empty(t, d.Warnings())
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: "feature", SHA: headSHA, Kind: deploy.BranchTarget, Commit: known().Pull.Head,
	}, d.Target)

	d = deploy.Decide(asking(command.Noop, "production"), settings(), known())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.NoopReady, d.Reason)
	assert.Equal(t, commandGates, gates(d), "a rehearsal is held to the same rules")
	assert.True(t, d.Target.Noop)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
}

func TestDecideRollback(t *testing.T) {
	t.Parallel()
	f := known()
	f.Deployments = nil
	d := deploy.Decide(rollback("production"), settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict, "a rollback is not held to the order")
	assert.Equal(t, deploy.DeploymentReady, d.Reason)
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: "main", SHA: stableSHA, Kind: deploy.BranchTarget, Stable: true, Commit: f.Stable.Head,
	}, d.Target)

	noop := rollback("production")
	noop.Command.Kind = command.Noop
	d = deploy.Decide(noop, settings(), f)
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
		"help":               {asking(command.Help, ""), deploy.Proceed, deploy.HelpCompleted},
		"lock":               {asking(command.Lock, "dev"), deploy.Proceed, deploy.LockAcquired},
		"global lock":        {globally(command.Lock), deploy.Proceed, deploy.LockAcquired},
		"unlock":             {asking(command.Unlock, "dev"), deploy.Proceed, deploy.UnlockCompleted},
		"lock info":          {asking(command.LockInfo, "dev"), deploy.Proceed, deploy.LockInfoCompleted},
		"lock of nothing":    {asking(command.Lock, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"unlock of nothing":  {asking(command.Unlock, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"info about nothing": {asking(command.LockInfo, ""), deploy.Refuse, deploy.InvalidEnvironment},
		"deprecated":         {asking(command.Deprecated, ""), deploy.Refuse, deploy.DeprecatedCommand},
		"naked":              {asking(command.Naked, ""), deploy.Refuse, deploy.NakedCommandDisabled},
		"no command":         {asking(command.None, ""), deploy.Ignore, deploy.NoTrigger},
	} {
		d := deploy.Decide(test.request, settings(), known())
		assert.Equal(t, test.verdict, d.Verdict, name)
		assert.Equal(t, test.reason, d.Reason, name)
		assert.Equal(t, test.request.Command.Kind, d.Kind, name)
		assert.Equal(t, known().ReadAt, d.At, name)
		assert.Empty(t, d.Order, name)
		assert.Equal(t, test.reason == deploy.InvalidEnvironment, len(d.Blocking()) == 1, name)
	}
}

// The person sees all that is wrong at once; the first gate that blocks gives the reason.
func TestDecideKeepsEveryFinding(t *testing.T) {
	t.Parallel()
	s := situation{asking(command.Deploy, "production"), settings(), known()}
	s.facts.Pull.CrossRepo = true
	s.facts.Deployments["dev"] = nil
	s.request.Unreadable = errors.New("odd flag")
	s.request.Pinned = otherSHA
	s.facts.Answer.Kind = deploy.Rejected

	type block struct {
		gate   string
		reason deploy.Reason
	}
	var got []block
	d := s.decide()
	for _, finding := range d.Blocking() {
		got = append(got, block{finding.Gate, finding.Code})
		assert.NotEmpty(t, finding.Text)
		assert.NotEmpty(t, finding.Hint, "every refusal says what to do")
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
	assert.Equal(t, commandGates, gates(d))

	s.request.Unreadable = nil
	assert.Equal(t, deploy.PrechecksFailed, s.decide().Reason)
	s.facts.Pull.CrossRepo = false
	assert.Equal(t, deploy.RefChanged, s.decide().Reason)
	s.request.Pinned = headSHA
	assert.Equal(t, deploy.DeploymentOrderFailed, s.decide().Reason)
	s.facts.Deployments["dev"] = s.facts.Deployments["staging"]
	assert.Equal(t, deploy.LockConflict, s.decide().Reason)
	s.again(headSHA)
	assert.Equal(t, deploy.ConfirmationRejected, s.decide().Reason)
	s.request.Command.KnownEnvironment = false
	assert.Equal(t, deploy.InvalidEnvironment, s.decide().Reason)
}

// What runs now is the newest deployment that is up, whoever made it.
func TestDecideFindsWhatRuns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		live []deploy.Deployment
		want *deploy.Deployment
	}{
		"nothing":        {nil, nil},
		"nothing is up":  {[]deploy.Deployment{own(headSHA, "IN_PROGRESS"), own(headSHA, "FAILURE"), own(headSHA, "INACTIVE")}, nil},
		"the newest":     {[]deploy.Deployment{own(headSHA, "ACTIVE"), own(otherSHA, "ACTIVE")}, new(own(headSHA, "ACTIVE"))},
		"another tool's": {[]deploy.Deployment{own(headSHA, "FAILURE"), foreign(otherSHA, "ACTIVE")}, new(foreign(otherSHA, "ACTIVE"))},
	} {
		f := known()
		f.Live = test.live
		assert.Equal(t, test.want, deploy.Decide(asking(command.Deploy, "production"), settings(), f).Live, name)
		assert.Equal(t, test.want, deploy.Decide(asking(command.Noop, "production"), settings(), f).Live, name)
		assert.Nil(t, deploy.Decide(asking(command.Lock, "production"), settings(), f).Live, name)
	}
}

// A tracked step records what the workflow says. Only what has not happened yet can be refused.
func TestDecideTrack(t *testing.T) {
	t.Parallel()
	f := known()
	f.Deployments = nil
	for status, want := range map[config.Status]struct {
		gates  []string
		reason deploy.Reason
	}{
		config.Pending:   {[]string{"status", "commit"}, deploy.TrackRecorded},
		config.Started:   {[]string{"status", "commit", "order", "lock"}, deploy.DeploymentOrderFailed},
		config.Completed: {[]string{"status"}, deploy.TrackRecorded},
		config.Failed:    {[]string{"status"}, deploy.TrackRecorded},
		config.Aborted:   {[]string{"status"}, deploy.TrackRecorded},
		"":               {[]string{"status"}, deploy.UnexpectedError},
	} {
		r, c := tracking(status)
		d := deploy.Decide(r, c, f)
		assert.Equal(t, want.gates, gates(d), "%q", status)
		assert.Equal(t, want.reason, d.Reason, "%q", status)
		assert.Equal(t, want.reason != deploy.TrackRecorded, d.Verdict == deploy.Refuse, "%q", status)
		assert.Equal(t, status == config.Started, len(d.Order) > 0, "%q", status)
		assert.Equal(t, deploy.Target{Environment: "production", Ref: headSHA, SHA: headSHA, Kind: deploy.SHATarget}, d.Target, "%q", status)
	}
	r, c := tracking(config.Started)
	d := deploy.Decide(r, c, known())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Len(t, d.Order, 2)
}

// Tracked steps respect the locks of others. What another step of the same run holds the lock for is what
// is recorded.
func TestDecideTrackUnderALock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		where string
		lock  deploy.Lock
		want  deploy.Reason
		hint  string
	}{
		"somebody's":        {"production", stickyLock("ada"), deploy.LockConflict, "Ask `ada` to release it"},
		"of everything":     {"global", stickyLock("ada"), deploy.LockConflict, "Ask `ada` to release it"},
		"of a deployment":   {"production", passingLock("ada", 7, deploy.RunGoing), deploy.LockConflict, "Wait until it has ended, then run this step again."},
		"one's own":         {"production", stickyLock("octocat"), deploy.TrackRecorded, ""},
		"left behind":       {"production", passingLock("ada", 7, deploy.RunEnded), deploy.TrackRecorded, ""},
		"of the run itself": {"production", passingLock("octocat", 4711, deploy.RunGoing), deploy.TrackRecorded, ""},
		"of another run":    {"production", passingLock("octocat", 4712, deploy.RunGoing), deploy.LockConflict, "run this step again"},
	} {
		r, c := tracking(config.Started)
		s := situation{r, c, known()}
		s.hold(test.where, test.lock)
		d := s.decide()
		assert.Equal(t, test.want, d.Reason, name)
		if test.hint != "" {
			assert.Contains(t, d.Blocking()[0].Hint, test.hint, name)
		}
		s.config.Locks.Disabled = true
		assert.Equal(t, deploy.TrackRecorded, s.decide().Reason, "%s: locks are switched off", name)
		s.config.Locks.Disabled, s.config.Status = false, config.Completed
		assert.Equal(t, deploy.TrackRecorded, s.decide().Reason, "%s: it has happened", name)
	}
	r, c := tracking(config.Started)
	assert.Equal(t, deploy.Refuse, deploy.Decide(r, c, without(deploy.LocksPart)).Verdict, "nobody knows whether there is a lock")
}

// A push is on no pull request, so that no lock is on another one.
func TestDecideTrackUnderALockOfAPullRequest(t *testing.T) {
	t.Parallel()
	r, c := tracking(config.Started)
	r.Event.Pull, c.Locks.Owner = 0, config.OwnedByPull
	l := stickyLock("octocat")
	l.Document.Link = linkTo(7)
	s := situation{r, c, known()}
	s.hold("production", l)
	finding := said(t, s.decide(), "lock")
	assert.Equal(t, "You have locked `production` from [a pull request](https://github.com/acme/shop/pull/7#issuecomment-1).", finding.Text)
	assert.Equal(t, "Locks belong to pull requests here. Remove the lock with `.unlock production`, then run this step again.", finding.Hint)
}

// What runs there is known to a tracked step, too.
func TestDecideTrackLive(t *testing.T) {
	t.Parallel()
	r, c := tracking(config.Completed)
	f := known()
	f.Live = []deploy.Deployment{{State: "IN_PROGRESS", SHA: headSHA}, {State: deploy.Active, SHA: otherSHA, Version: "1.2"}}
	assert.Equal(t, &f.Live[1], deploy.Decide(r, c, f).Live)
}

// On a comment the event names no commit: the head of its pull request is meant.
func TestDecideTrackOnComment(t *testing.T) {
	t.Parallel()
	r, c := tracking(config.Started)
	r.SHA = ""
	d := deploy.Decide(r, c, known())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, headSHA, d.Target.SHA)
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
