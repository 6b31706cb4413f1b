package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// evidence is a deployment of dev, with what else was deployed there and the runs that GitHub shows.
type evidence struct {
	own     deploy.Deployment
	newer   []deploy.Deployment
	older   []deploy.Deployment
	origins []deploy.Origin
}

// confirmed is evidence that holds.
func confirmed() evidence {
	f := deploytest.Confirm(deploytest.Facts())
	return evidence{own: f.Deployments["dev"][0], origins: f.Origins}
}

func (e evidence) deployments() []deploy.Deployment {
	return append(append(append([]deploy.Deployment{}, e.newer...), e.own), e.older...)
}

func TestDoubt(t *testing.T) {
	t.Parallel()
	origin := func(change func(*deploy.Origin)) func(*evidence) {
		return func(e *evidence) { change(&e.origins[0]) }
	}
	event := func(name string, contained bool) func(*evidence) {
		return origin(func(o *deploy.Origin) { o.Event, o.Contained = name, contained })
	}
	at := func(d time.Duration) func(*evidence) {
		return func(e *evidence) { e.own.CreatedAt = e.origins[0].CreatedAt.Value.Add(d) }
	}
	twin := func(e *evidence) deploy.Deployment {
		other := e.own
		other.SHA, other.First = deploytest.OtherSHA, false
		return other
	}
	const (
		foreign = "the run 101 that it names is not of a workflow file on the default branch"
		outside = "it was not created while the run 101 that it names was going on"
		twice   = "another deployment names the same attempt of the run 101"
		many    = "there are too many deployments since the run 101 that it names began"
	)
	for name, test := range map[string]struct {
		change func(*evidence)
		want   string
	}{
		"confirmed":                  {func(*evidence) {}, ""},
		"no run":                     {func(e *evidence) { e.own.CreatedBy = deploy.CreatedByRun{} }, "it names no run of Lockstep"},
		"moved":                      {func(e *evidence) { e.own.Moved = true }, "it was made for another environment, and a status has moved it"},
		"negative run":               {func(e *evidence) { e.own.CreatedBy.Run.ID = -1 }, "it names no run of Lockstep"},
		"run that was not looked up": {func(e *evidence) { e.origins = e.origins[1:] }, "the run 101 that it names was not looked up"},
		"run that there is not":      {origin(func(o *deploy.Origin) { *o = deploy.Origin{Run: 101} }), "GitHub shows no run 101, which it names, or the token lacks `actions: read`"},
		"other file":                 {origin(func(o *deploy.Origin) { o.File = "dynamic/pages/deploy" }), foreign},
		"no file":                    {origin(func(o *deploy.Origin) { o.File = "" }), foreign},
		"file with its branch":       {origin(func(o *deploy.Origin) { o.File = ".github/workflows/deploy.yml@refs/heads/main" }), ""},
		"pull request":               {event("pull_request", true), foreign},
		"pull request target":        {event("pull_request_target", true), foreign},
		"no event":                   {event("", true), foreign},
		"schedule":                   {event("schedule", false), ""},
		"workflow run":               {event("workflow_run", false), ""},
		"repository dispatch":        {event("repository_dispatch", false), ""},
		"push elsewhere":             {event("push", false), foreign},
		"push to the default branch": {event("push", true), ""},
		"dispatch elsewhere":         {event("workflow_dispatch", false), foreign},
		"dispatch on default branch": {event("workflow_dispatch", true), ""},
		"release of another commit":  {event("release", false), foreign},
		"release of default branch":  {event("release", true), ""},
		"no attempt":                 {func(e *evidence) { e.own.CreatedBy.Run.Attempt = 0 }, "the run 101 that it names has no attempt 0"},
		"attempt that there is not":  {func(e *evidence) { e.own.CreatedBy.Run.Attempt = 2 }, "the run 101 that it names has no attempt 2"},
		"unknown attempt":            {origin(func(o *deploy.Origin) { o.Attempt = deploy.Known[int]{} }), "the run 101 that it names has no attempt 1"},
		"earlier attempt":            {origin(func(o *deploy.Origin) { o.Attempt = deploy.Know(3) }), ""},
		"first second":               {at(0), ""},
		"last second":                {at(2 * time.Minute), ""},
		"before":                     {at(-time.Second), outside},
		"after":                      {at(2*time.Minute + time.Second), outside},
		"unknown beginning":          {origin(func(o *deploy.Origin) { o.CreatedAt = deploy.Known[time.Time]{} }), outside},
		"unknown end":                {origin(func(o *deploy.Origin) { o.UpdatedAt = deploy.Known[time.Time]{} }), outside},
		"the run goes on":            {func(e *evidence) { e.origins[0].Going = true; at(time.Hour)(e) }, ""},
		"newer twin":                 {func(e *evidence) { e.newer = []deploy.Deployment{twin(e)} }, twice},
		"older twin":                 {func(e *evidence) { e.older = []deploy.Deployment{twin(e)} }, twice},
		"other comment": {func(e *evidence) {
			d := twin(e)
			d.CreatedBy.Comment++
			d.First = true
			e.older = []deploy.Deployment{d}
		}, twice},
		"twin from before the run": {func(e *evidence) {
			d := twin(e)
			d.CreatedAt = e.origins[0].CreatedAt.Value.Add(-time.Second)
			e.older = []deploy.Deployment{d}
		}, ""},
		"other attempt": {func(e *evidence) {
			d := twin(e)
			d.CreatedBy.Run.Attempt++
			d.First = true
			e.older = []deploy.Deployment{d}
		}, ""},
		"more that were not read":      {func(e *evidence) { e.own.First = false }, many},
		"read as far as the beginning": {func(e *evidence) { e.older = []deploy.Deployment{{CreatedAt: e.origins[0].CreatedAt.Value}} }, many},
		"read beyond the beginning": {func(e *evidence) {
			e.older = []deploy.Deployment{{CreatedAt: e.origins[0].CreatedAt.Value.Add(-time.Second)}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := confirmed()
			test.change(&e)
			assert.Equal(t, test.want, deploy.Doubt(e.deployments(), len(e.newer), e.origins))
		})
	}
}

// The newest deployment of ours counts, verified or not: what is older may no longer run. Those of other tools count
// neither for nor against it.
func TestOrderScopeVerified(t *testing.T) {
	t.Parallel()
	forged := deploytest.Own(deploytest.HeadSHA, "ACTIVE")
	failed := deploytest.Own(deploytest.HeadSHA, "FAILURE")
	foreign := deploytest.Foreign(deploytest.OtherSHA, "ACTIVE")
	for name, test := range map[string]struct {
		newer []deploy.Deployment
		own   func(*deploy.Deployment)
		want  string
	}{
		"verified":                    {nil, func(*deploy.Deployment) {}, ""},
		"below a foreign one":         {[]deploy.Deployment{foreign}, func(d *deploy.Deployment) { d.State, d.Succeeded = "INACTIVE", true }, ""},
		"inactive, never succeeded":   {[]deploy.Deployment{foreign}, func(d *deploy.Deployment) { d.State = "INACTIVE" }, "must run this commit first."},
		"below a forged one":          {[]deploy.Deployment{forged}, func(*deploy.Deployment) {}, "The deployment of this commit to `dev` does not count: it names no run of Lockstep."},
		"below a failed one":          {[]deploy.Deployment{failed}, func(*deploy.Deployment) {}, "must run this commit first."},
		"another commit":              {nil, func(d *deploy.Deployment) { d.SHA = deploytest.OtherSHA }, "must run this commit first."},
		"failed":                      {nil, func(d *deploy.Deployment) { d.State = "FAILURE" }, "must run this commit first."},
		"the run is of another event": {nil, func(d *deploy.Deployment) { d.CreatedBy.Run.ID = 102; d.CreatedBy.Run.Attempt = 2 }, "does not count: the run 102 that it names has no attempt 2."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Confirm(deploytest.Facts())
			c.OrderScope = config.VerifiedDeployments
			own := f.Deployments["dev"][0]
			test.own(&own)
			f.Deployments["dev"] = append(append([]deploy.Deployment{}, test.newer...), own)
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, test.want == "", d.Verdict == deploy.Proceed)
			if test.want != "" {
				said := deploytest.Said(t, d, "order")
				assert.Contains(t, said.Text, test.want)
				assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
				assert.NotContains(t, said.Hint, "deployment_order_scope", "it is set already")
			}
		})
	}
}

// Runs are looked up once: what a recheck sees, and what is not about an order, needs none.
func TestNeedsOfVerified(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.OrderScope = config.VerifiedDeployments
	r := deploytest.Asking(command.Deploy, "production")
	needs := deploy.NeedsFor(r, c)
	assert.True(t, needs.Origins)
	assert.Equal(t, deploy.SinceItsRun, needs.Scope)
	again := deploy.RecheckNeeds(r, c, "")
	assert.False(t, again.Origins)
	assert.Equal(t, deploy.SinceItsRun, again.Scope)
	assert.False(t, deploy.NeedsFor(deploytest.Rollback("production"), c).Origins)
	assert.False(t, deploy.NeedsFor(deploytest.Asking(command.Deploy, "dev"), c).Origins, "it is the first")
	for _, scope := range []config.OrderScope{config.AllDeployments, config.OwnDeployments} {
		c.OrderScope = scope
		assert.False(t, deploy.NeedsFor(r, c).Origins, scope)
	}
}

// Without the runs nothing counts, whatever the reason.
func TestVerifiedWithoutRuns(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Confirm(deploytest.Facts())
	c.OrderScope = config.VerifiedDeployments
	f.MarkUnavailable(deploy.OriginsPart, deploy.Problem{Text: "I could not read the runs.", Hint: "Add `actions: read`."})
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, deploy.Finding{
		Gate: "order", Level: deploy.Block, Code: deploy.DeploymentOrderFailed, Text: "I could not read the runs.", Hint: "Add `actions: read`.",
	}, deploytest.Said(t, d, "order"))
	c.OrderScope = config.OwnDeployments
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Verdict)
}
