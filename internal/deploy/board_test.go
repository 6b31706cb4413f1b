package deploy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// recorded is a deployment of ours with statuses, newest first: a state, or a state with a description.
func recorded(state string, statuses ...string) deploy.Deployment {
	d := deploytest.Own(deploytest.HeadSHA, state)
	d.Actor, d.CreatedAt = "octocat", deploytest.AskedAt().Add(-time.Hour)
	for i, one := range statuses {
		status := deploy.Status{State: one, CreatedAt: deploy.Know(deploytest.AskedAt().Add(-time.Duration(i+1) * time.Minute))}
		if one == "CHECKING" {
			status.State, status.Description = "IN_PROGRESS", deploy.CheckingHealth
		}
		if one == "ABORTED" {
			status.State, status.Description = "ERROR", "aborted: the job was cancelled"
		}
		if status.State == "SUCCESS" && !d.Succeeded {
			d.Succeeded, d.SucceededAt = true, status.CreatedAt
		}
		d.Statuses = append(d.Statuses, status)
	}
	return d
}

func lost(d deploy.Deployment) deploy.Deployment {
	d.CreatedBy = deploy.CreatedByRun{Run: deploy.RunID{ID: 7, Attempt: 1}, State: deploy.RunEnded, Exists: true}
	return d
}

// board is the row of production for these deployments.
func board(t *testing.T, deployments ...deploy.Deployment) deploy.BoardRow {
	t.Helper()
	f := deploytest.Facts()
	f.Deployments["production"] = deployments
	b := deploy.BoardOf(showing("production"), deploytest.Settings(), f)
	require.Len(t, b.Rows, 1)
	return b.Rows[0]
}

func showing(about string) deploy.Request {
	r := deploytest.Asking(command.Status, about)
	r.Command.About, r.Command.KnownEnvironment = about, true
	return r
}

// The statuses tell the state of an environment: INACTIVE hides a success, and production keeps several ACTIVE.
func TestStateOfAnEnvironment(t *testing.T) {
	t.Parallel()
	runs := recorded("ACTIVE", "SUCCESS", "IN_PROGRESS")
	replaced := recorded("INACTIVE", "INACTIVE", "SUCCESS", "IN_PROGRESS")
	back := runs
	back.Rollback = &deploy.Rollback{From: deploytest.OtherSHA, To: deploytest.HeadSHA}
	for name, test := range map[string]struct {
		deployments []deploy.Deployment
		state       deploy.BoardState
		outcome     deploy.DeploymentOutcome
		runs        int // the position of what runs, -1 for nothing
	}{
		"nothing yet":           {nil, deploy.NothingYet, "", -1},
		"runs":                  {[]deploy.Deployment{runs}, deploy.Runs, deploy.OutcomeSuccess, 0},
		"two are active":        {[]deploy.Deployment{runs, runs}, deploy.Runs, deploy.OutcomeSuccess, 0},
		"an older one inactive": {[]deploy.Deployment{runs, replaced}, deploy.Runs, deploy.OutcomeSuccess, 0},
		"rolled back":           {[]deploy.Deployment{back, replaced}, deploy.RolledBack, deploy.OutcomeSuccess, 0},
		"deploying":             {[]deploy.Deployment{recorded("IN_PROGRESS", "IN_PROGRESS"), runs}, deploy.Deploying, deploy.OutcomeUnderWay, 1},
		"queued":                {[]deploy.Deployment{recorded("QUEUED", "QUEUED"), runs}, deploy.Deploying, deploy.OutcomeWaiting, 1},
		"no status yet":         {[]deploy.Deployment{recorded("PENDING")}, deploy.Deploying, deploy.OutcomeWaiting, -1},
		"checking":              {[]deploy.Deployment{recorded("IN_PROGRESS", "CHECKING", "IN_PROGRESS"), runs}, deploy.CheckingState, deploy.OutcomeChecking, 1},
		"checked before":        {[]deploy.Deployment{recorded("IN_PROGRESS", "IN_PROGRESS", "CHECKING")}, deploy.Deploying, deploy.OutcomeUnderWay, -1},
		"failed":                {[]deploy.Deployment{recorded("FAILURE", "FAILURE", "IN_PROGRESS"), runs}, deploy.LastFailed, deploy.OutcomeFailure, 1},
		"an error":              {[]deploy.Deployment{recorded("ERROR", "ERROR")}, deploy.LastFailed, deploy.OutcomeFailure, -1},
		"aborted":               {[]deploy.Deployment{recorded("ERROR", "ABORTED"), runs}, deploy.LastFailed, deploy.OutcomeAborted, 1},
		"failed, then inactive": {[]deploy.Deployment{recorded("INACTIVE", "INACTIVE", "FAILURE"), runs}, deploy.LastFailed, deploy.OutcomeFailure, 1},
		"lost":                  {[]deploy.Deployment{lost(recorded("IN_PROGRESS", "IN_PROGRESS")), runs}, deploy.LastFailed, deploy.OutcomeLost, 1},
		"given up":              {[]deploy.Deployment{recorded("ABANDONED"), runs}, deploy.LastFailed, deploy.OutcomeLost, 1},
		"taken down":            {[]deploy.Deployment{replaced}, deploy.TakenDown, deploy.OutcomeSuccess, -1},
		"failed after that":     {[]deploy.Deployment{recorded("FAILURE", "FAILURE"), replaced}, deploy.LastFailed, deploy.OutcomeFailure, -1},
		"a lost one succeeded":  {[]deploy.Deployment{lost(runs)}, deploy.Runs, deploy.OutcomeSuccess, 0},
		"destroyed":             {[]deploy.Deployment{recorded("DESTROYED")}, deploy.StateUnknown, deploy.OutcomeUndefined, -1},
		"inactive from the start, and an older one runs": {[]deploy.Deployment{recorded("INACTIVE", "INACTIVE"), runs}, deploy.Runs, deploy.OutcomeUndefined, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range test.deployments {
				test.deployments[i].ID = fmt.Sprint("D_", i)
			}
			row := board(t, test.deployments...)
			assert.Equal(t, test.state, row.State)
			assert.Nil(t, row.Problem)
			if test.outcome != "" {
				assert.Equal(t, test.outcome, row.Newest.Outcome())
			}
			if test.runs < 0 {
				assert.Nil(t, row.Running)
				return
			}
			require.NotNil(t, row.Running)
			assert.Equal(t, fmt.Sprint("D_", test.runs), row.Running.ID)
			assert.Equal(t, deploytest.AskedAt().Add(-time.Minute), row.Running.EndedAt().Value)
		})
	}
}

// What ran before ten failures may still run.
func TestWhatRunsIsUntold(t *testing.T) {
	t.Parallel()
	failed, first := recorded("FAILURE", "FAILURE"), recorded("FAILURE", "FAILURE")
	first.First = true
	assert.True(t, board(t, failed, failed).Untold)
	assert.False(t, board(t, failed, first).Untold, "there is nothing before the first one")
	assert.False(t, board(t, failed, recorded("ACTIVE", "SUCCESS")).Untold)
	assert.False(t, board(t, recorded("INACTIVE", "INACTIVE", "SUCCESS")).Untold, "it was taken down")
	assert.False(t, board(t).Untold)
}

func TestWhenADeploymentEnded(t *testing.T) {
	t.Parallel()
	at := func(minutes int) deploy.Known[time.Time] {
		return deploy.Know(deploytest.AskedAt().Add(-time.Duration(minutes) * time.Minute))
	}
	var unknown deploy.Known[time.Time]
	for name, test := range map[string]struct {
		deployment      deploy.Deployment
		ended, replaced deploy.Known[time.Time]
	}{
		"success":     {recorded("ACTIVE", "SUCCESS", "IN_PROGRESS"), at(1), unknown},
		"replaced":    {recorded("INACTIVE", "INACTIVE", "SUCCESS", "SUCCESS"), at(2), at(1)},
		"failure":     {recorded("FAILURE", "FAILURE", "IN_PROGRESS"), at(1), unknown},
		"aborted":     {recorded("ERROR", "ABORTED"), at(1), unknown},
		"in progress": {recorded("IN_PROGRESS", "IN_PROGRESS"), unknown, unknown},
		"lost":        {lost(recorded("IN_PROGRESS", "IN_PROGRESS")), unknown, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.ended, test.deployment.EndedAt())
			assert.Equal(t, test.replaced, test.deployment.ReplacedAt())
		})
	}
}

func TestWhoDeployed(t *testing.T) {
	t.Parallel()
	forged := deploytest.Foreign(deploytest.HeadSHA, "ACTIVE")
	forged.Actor = "octocat"
	assert.Equal(t, "argo", forged.By(), "only our own payload names who asked")
	assert.Equal(t, "octocat", recorded("ACTIVE").By())
	assert.Equal(t, "github-actions[bot]", deploytest.Own(deploytest.HeadSHA, "ACTIVE").By())
}

// Links of a board lead to the server itself: anyone who can push chooses those of a deployment.
func TestLinksOfABoard(t *testing.T) {
	t.Parallel()
	const run, evil = "https://github.com/acme/shop/actions/runs/7", "https://evil.example/acme/shop/actions/runs/7"
	forged := recorded("ACTIVE", "SUCCESS")
	forged.LogURL, forged.Statuses[0].LogURL = evil, evil
	older := recorded("INACTIVE", "INACTIVE", "SUCCESS")
	older.Statuses[1].LogURL = run
	row := board(t, forged, older)
	assert.Empty(t, row.Running.LogURL)
	assert.Empty(t, row.Newest.LogURL)
	assert.Empty(t, row.Newest.Statuses[0].LogURL)
	assert.Equal(t, run, row.Deployments[1].LogURL, "the run that ended it, also when it was replaced since")
	assert.Equal(t, evil, forged.Statuses[0].LogURL, "the facts stay as they are")
}

// What is not known is not taken for good.
func TestBoardOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	f := deploytest.Without(deploy.DeploymentsPart+"production", deploy.LocksPart)
	f.Deployments["production"] = []deploy.Deployment{recorded("ACTIVE", "SUCCESS")}
	row := deploy.BoardOf(showing("production"), deploytest.Settings(), f).Rows[0]
	assert.Equal(t, deploy.StateUnknown, row.State)
	assert.Equal(t, "I could not read the deployments of production.", row.Problem.Text)
	assert.Nil(t, row.Running)
	assert.Nil(t, row.Newest)
	assert.Nil(t, row.Lock)
	assert.NotNil(t, row.LockProblem)
	assert.Equal(t, deploy.Refuse, row.Asked.Verdict)

	never := deploytest.Facts()
	delete(never.Read, deploy.DeploymentsPart+"production")
	assert.NotNil(t, deploy.BoardOf(showing("production"), deploytest.Settings(), never).Rows[0].Problem)
}

func TestLockOfABoard(t *testing.T) {
	t.Parallel()
	held, global, mine := deploytest.StickyLock("monalisa"), deploytest.StickyLock("ada"), deploytest.StickyLock("octocat")
	held.Document.Environment, mine.Document.Environment, global.Document.Global = "production", "production", true
	stale := deploytest.Expired(held)
	for name, test := range map[string]struct {
		own, all *deploy.Lock
		want     deploy.LockStatus
		who      string
	}{
		"none":                  {nil, nil, "", ""},
		"held":                  {&held, nil, deploy.Held, "monalisa"},
		"the actor's":           {&mine, nil, deploy.OwnedByActor, "octocat"},
		"stale":                 {&stale, nil, deploy.Stale, "monalisa"},
		"global":                {nil, &global, deploy.Held, "ada"},
		"global, and a stale":   {&stale, &global, deploy.Held, "ada"},
		"global, and the own":   {&mine, &global, deploy.Held, "ada"},
		"both held: the global": {&held, &global, deploy.Held, "ada"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Locks = map[string]deploy.Lock{}
			for branch, one := range map[string]*deploy.Lock{"production-branch-deploy-lock": test.own, "global-branch-deploy-lock": test.all} {
				if one != nil {
					found := *one
					found.Branch = branch
					f.Locks[branch] = found
				}
			}
			row := deploy.BoardOf(showing("production"), deploytest.Settings(), f).Rows[0]
			if test.want == "" {
				assert.Nil(t, row.Lock)
				return
			}
			require.NotNil(t, row.Lock)
			assert.Equal(t, test.want, row.Lock.Status)
			assert.Equal(t, test.who, row.Lock.Lock.Document.CreatedBy)
		})
	}
	off := deploytest.Settings()
	off.Locks.Disabled = true
	row := deploy.BoardOf(showing("production"), off, deploytest.Without(deploy.LocksPart)).Rows[0]
	assert.Nil(t, row.Lock)
	assert.Nil(t, row.LockProblem)
}

func TestFreezeOfABoard(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekend := policy.Freeze{
		Name: "weekend", Reason: "no one is on call", Kind: policy.Weekly,
		From: policy.Moment{Weekday: time.Friday, Hour: 16}, Until: policy.Moment{Weekday: time.Monday, Hour: 8},
	}
	past := policy.Freeze{Name: "move", Kind: policy.Once, From: policy.Moment{Year: 2020, Month: 1, Day: 1}, Until: policy.Moment{Year: 2020, Month: 1, Day: 2}}
	always := policy.Freeze{Name: "winter", Kind: policy.Daily, From: policy.Moment{Hour: 1}, Until: policy.Moment{Hour: 0, Minute: 59}}
	gap := policy.Freeze{Name: "minute", Kind: policy.Daily, From: policy.Moment{Minute: 58}, Until: policy.Moment{Hour: 1, Minute: 1}}
	monday := time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		freezes []policy.Freeze
		at      time.Time
		want    *deploy.BoardFreeze
	}{
		"none":   {nil, monday, nil},
		"past":   {[]policy.Freeze{past}, monday, nil},
		"active": {[]policy.Freeze{weekend}, monday.Add(-time.Hour), &deploy.BoardFreeze{Name: "weekend", Reason: "no one is on call", Active: true, When: "08:00 Europe/Berlin (07:00 UTC)", Until: monday}},
		"next":   {[]policy.Freeze{weekend}, monday, &deploy.BoardFreeze{Name: "weekend", Reason: "no one is on call", When: "Fri 16:00 Europe/Berlin (15:00 UTC)", From: monday.Add(4*24*time.Hour + 8*time.Hour)}},
		"no end": {[]policy.Freeze{always, gap}, monday, &deploy.BoardFreeze{Name: "winter", Active: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := deploytest.Trials()[deploy.HeadWay]
			trial.Config.Policy.Zone, trial.Config.Policy.Freezes = zone, test.freezes
			for i := range trial.Config.Policy.Freezes {
				trial.Config.Policy.Freezes[i].Environments = []string{"production"}
			}
			trial.Facts.ReadAt = test.at
			got := deploy.BoardOf(showing("production"), trial.Config, trial.Facts).Rows[0].Freeze
			if test.want == nil {
				assert.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			got.From, got.Until = got.From.UTC(), got.Until.UTC()
			assert.Equal(t, test.want, got)
			trial.Facts.Untold = true
			assert.Nil(t, deploy.BoardOf(showing("production"), trial.Config, trial.Facts).Rows[0].Freeze, "the runner's clock says nothing")
		})
	}
}

// A board has at most fifty rows, unless the command names one.
func TestEnvironmentsOfABoard(t *testing.T) {
	t.Parallel()
	many := deploytest.Settings()
	many.Order, many.Targets, many.Environment = nil, nil, ""
	for i := range 60 {
		many.Targets = append(many.Targets, fmt.Sprintf("place-%d", i))
	}
	b := deploy.BoardOf(showing(""), many, deploytest.Facts())
	assert.Len(t, b.Rows, deploy.MostOnBoard)
	assert.Equal(t, many.Targets[50:], b.LeftOut)
	needs := deploy.NeedsKnowing(showing(""), many, deploytest.Facts())
	assert.Equal(t, many.Targets[:50], needs.Board.Environments)
	assert.Len(t, needs.Locks, 1+2*50, "the global lock, and two spellings of each")

	one := deploy.BoardOf(showing("place-59"), many, deploytest.Facts())
	require.Len(t, one.Rows, 1)
	assert.Equal(t, "place-59", one.Rows[0].Environment)
	assert.Empty(t, one.LeftOut)
	assert.Equal(t, []string{"place-59"}, deploy.NeedsKnowing(showing("place-59"), many, deploytest.Facts()).Board.Environments)
}

// The order is that of the inputs, one after the other, or that of the rules file.
func TestOrderOfABoard(t *testing.T) {
	t.Parallel()
	after := func(c config.Config) map[string][]string {
		all := map[string][]string{}
		for _, row := range deploy.BoardOf(showing(""), c, deploytest.Facts()).Rows {
			all[row.Environment] = row.After
		}
		return all
	}
	assert.Equal(t, map[string][]string{"dev": nil, "staging": {"dev"}, "production": {"staging"}}, after(deploytest.Settings()))
	trial := deploytest.Trials()[deploy.HeadWay]
	trial.Govern(func(e *policy.Environment) { e.After = deploytest.Set([]string{"staging", "dev"}) })
	assert.Equal(t, []string{"staging", "dev"}, after(trial.Config)["production"])
}

// Without a pull request there is nothing to deploy, and nothing to read but what runs and who has locks.
func TestBoardWithoutAPullRequest(t *testing.T) {
	t.Parallel()
	r := showing("")
	r.Event.Pull = 0
	row := deploy.BoardOf(r, deploytest.Settings(), deploytest.Facts()).Rows[0]
	assert.Nil(t, row.Asked)
	assert.Empty(t, row.Command)
	needs := deploy.BoardNeeds(r, needy(), deploytest.Facts())
	assert.Len(t, needs.Locks, 1+3*2)
	needs.Locks = nil
	assert.Equal(t, deploy.Needs{Run: run, Board: deploy.NeedsOfBoard{Environments: []string{"dev", "staging", "production"}}}, needs)
}

// The first round reads who asks; only a user who may run commands makes the action read more.
func TestNeedsOfAStatus(t *testing.T) {
	t.Parallel()
	first := deploy.NeedsFor(showing(""), needy())
	assert.Equal(t, deploy.Needs{Actor: "octocat", Pull: 12, Run: run}, first)
	stranger := deploytest.Facts()
	stranger.Actor.Permission, stranger.Actor.Role = "read", "read"
	assert.Equal(t, first, deploy.NeedsKnowing(showing(""), needy(), stranger))
	unknown := showing("")
	unknown.Command.KnownEnvironment = false
	assert.Equal(t, first, deploy.NeedsKnowing(unknown, needy(), deploytest.Facts()))

	all := deploy.NeedsKnowing(showing(""), needy(), deploytest.Facts())
	assert.Equal(t, []string{"dev", "staging", "production"}, all.Board.Environments)
	assert.Equal(t, []string{"dev", "staging"}, all.Environments)
	assert.Equal(t, deploy.UntilOwn, all.Scope)
	assert.True(t, all.Gates && all.Required && all.Pushes && all.Fresh && all.Rules)
	assert.Equal(t, []string{"acme/ops"}, all.AdminTeams)
}

// At most ten memberships are looked up for all environments together.
func TestMembershipsOfABoard(t *testing.T) {
	t.Parallel()
	trial := deploytest.Trials()[deploy.HeadWay]
	for i := range trial.Config.Policy.Environments {
		var teams []policy.Principal
		for team := range 6 {
			teams = append(teams, policy.Principal{Kind: policy.Team, Name: fmt.Sprintf("acme/team-%d-%d", i, team)})
		}
		trial.Config.Policy.Environments[i].Allow = deploytest.Set(teams)
	}
	require.Greater(t, len(trial.Config.Policy.Environments), 1)
	needs := deploy.NeedsKnowing(showing(""), trial.Config, trial.Facts)
	assert.Len(t, needs.Members, deploy.MostMembers)
}

// A run that is started again shows what a rollback would go back to now, as what runs.
func TestWayBackOnABoardOfARerun(t *testing.T) {
	t.Parallel()
	_, f := deploytest.WayBack()
	for i := range f.Live {
		f.Live[i].CreatedAt = deploytest.AskedAt().Add(time.Duration(len(f.Live)-i) * time.Minute)
	}
	f.Deployments["production"] = f.Live
	r := showing("production")
	r.Event.Run.Attempt = 2
	row := deploy.BoardOf(r, deploytest.Settings(), f).Rows[0]
	require.NotNil(t, row.Rollback)
	assert.Equal(t, deploytest.GoodSHA, row.Rollback.SHA)
}
