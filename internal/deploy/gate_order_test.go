package deploy_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// order decides on a deployment to production when dev has these deployments and staging is fine.
func order(scope config.OrderScope, dev ...deploy.Deployment) deploy.Decision {
	c, f := deploytest.Settings(), deploytest.Facts()
	c.OrderScope, f.Deployments["dev"] = scope, dev
	return deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
}

func succeeded(d deploy.Deployment) deploy.Deployment {
	d.Succeeded = true
	return d
}

func TestEarlier(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	assert.Empty(t, deploy.NeedsFor(deploytest.Asking(command.Deploy, "dev"), c).Environments)
	assert.Equal(t, []string{"dev"}, deploy.NeedsFor(deploytest.Asking(command.Deploy, "staging"), c).Environments)
	assert.Equal(t, []string{"dev", "staging"}, deploy.NeedsFor(deploytest.Asking(command.Noop, "production"), c).Environments)
	assert.Empty(t, deploy.NeedsFor(deploytest.Asking(command.Deploy, "qa"), c).Environments)
	assert.Empty(t, deploy.NeedsFor(deploytest.Rollback("production"), c).Environments)
	c.Order = nil
	assert.Empty(t, deploy.NeedsFor(deploytest.Asking(command.Deploy, "production"), c).Environments)
}

// Every place in the order, with nothing deployed anywhere.
func TestOrderByPlace(t *testing.T) {
	t.Parallel()
	for environment, missing := range map[string][]string{
		"dev": nil, "staging": {"dev"}, "production": {"dev", "staging"},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Deployments = nil
			d := deploy.Decide(deploytest.Asking(command.Deploy, environment), deploytest.Settings(), f)
			var names []string
			for _, state := range deploy.Missing(d.Order) {
				names = append(names, state.Environment)
				assert.Nil(t, state.Newest)
			}
			assert.Equal(t, missing, names)
			assert.Equal(t, len(missing) > 0, d.Reason == deploy.DeploymentOrderFailed)
			assert.Equal(t, len(missing) > 0, d.Verdict == deploy.Refuse)
		})
	}
}

// The newest deployment of an environment counts, of any tool, and nothing that was before.
func TestOrderScopeAll(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dev       []deploy.Deployment
		satisfied bool
		isForeign bool
	}{
		"ours is active":                  {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ACTIVE")}, true, false},
		"a foreign one is active":         {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "ACTIVE")}, true, true},
		"nothing":                         {nil, false, false},
		"another commit":                  {[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "ACTIVE")}, false, false},
		"another commit came later":       {[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "ACTIVE"), deploytest.Own(deploytest.HeadSHA, "INACTIVE")}, false, false},
		"a later attempt failed":          {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "FAILURE"), deploytest.Own(deploytest.HeadSHA, "ACTIVE")}, false, false},
		"a later attempt is under way":    {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "IN_PROGRESS"), deploytest.Own(deploytest.HeadSHA, "ACTIVE")}, false, false},
		"a foreign one came later":        {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false, true},
		"a foreign one pushed it aside":   {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "IN_PROGRESS"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false, true},
		"success is no state of being up": {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "SUCCESS")}, false, false},
		"the state is spelled otherwise":  {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "active")}, false, false},
		"the commit is shortened":         {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA[:7], "ACTIVE")}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := order(config.AllDeployments, test.dev...)
			require.Len(t, d.Order, 2)
			assert.Equal(t, test.satisfied, d.Order[0].Satisfied)
			assert.Equal(t, test.isForeign, d.Order[0].Foreign)
			assert.True(t, d.Order[1].Satisfied)
			assert.Equal(t, test.satisfied, d.Verdict == deploy.Proceed)
			if len(test.dev) > 0 {
				assert.Equal(t, &test.dev[0], d.Order[0].Newest)
			}
		})
	}
}

func TestOrderStatesThatAreNotActive(t *testing.T) {
	t.Parallel()
	for _, state := range []string{
		"ABANDONED", "DESTROYED", "ERROR", "FAILURE", "INACTIVE", "IN_PROGRESS", "PENDING", "QUEUED", "SUCCESS", "WAITING", "NEW_ONE", "",
	} {
		for _, scope := range []config.OrderScope{config.AllDeployments, config.OwnDeployments} {
			t.Run(cmp.Or(state, "no state")+" in scope "+string(scope), func(t *testing.T) {
				t.Parallel()
				d := order(scope, succeeded(deploytest.Own(deploytest.HeadSHA, state)))
				assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
			})
		}
	}
}

// A payload that may be ours and cannot be read is not passed over, unless a newer deployment is ours.
func TestOrderOfUnreadable(t *testing.T) {
	t.Parallel()
	unreadable := deploytest.Foreign(deploytest.OtherSHA, "ACTIVE")
	unreadable.Unreadable = true
	ours := deploytest.Own(deploytest.HeadSHA, "ACTIVE")
	for name, test := range map[string]struct {
		scope config.OrderScope
		dev   []deploy.Deployment
		want  string
	}{
		"newer":             {config.OwnDeployments, []deploy.Deployment{unreadable, ours}, "A deployment of `dev` has a payload that I cannot read: I cannot tell whose it is."},
		"none of ours":      {config.OwnDeployments, []deploy.Deployment{unreadable}, "A deployment of `dev` has a payload that I cannot read: I cannot tell whose it is."},
		"older":             {config.OwnDeployments, []deploy.Deployment{ours, unreadable}, ""},
		"all of them count": {config.AllDeployments, []deploy.Deployment{ours, unreadable}, ""},
		"all, and newest":   {config.AllDeployments, []deploy.Deployment{unreadable, ours}, "`production` comes after `dev`, which must run this commit first."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := order(test.scope, test.dev...)
			if test.want == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict)
				return
			}
			assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
			assert.Equal(t, test.want, deploytest.Said(t, d, "order").Text)
		})
	}
}

// Only our own deployments count. GitHub sets them inactive when a foreign one succeeds, which says
// nothing about the commit that we put there; nothing foreign says that one was taken down.
func TestOrderScopeOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dev       []deploy.Deployment
		satisfied bool
	}{
		"ours is active":                     {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ACTIVE")}, true},
		"active below a foreign one":         {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "IN_PROGRESS"), deploytest.Own(deploytest.HeadSHA, "ACTIVE")}, true},
		"pushed aside by a foreign one":      {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, true},
		"inactive, and it never succeeded":   {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"), deploytest.Own(deploytest.HeadSHA, "INACTIVE")}, false},
		"taken down":                         {[]deploy.Deployment{succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false},
		"taken down, a foreign one goes on":  {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "IN_PROGRESS"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false},
		"taken down, a foreign one failed":   {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "FAILURE"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false},
		"a foreign one was taken down":       {[]deploy.Deployment{succeeded(deploytest.Foreign(deploytest.OtherSHA, "INACTIVE")), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, true},
		"taken down below our own":           {[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "ACTIVE"), succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))}, false},
		"failed below a foreign one":         {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "ACTIVE"), succeeded(deploytest.Own(deploytest.HeadSHA, "FAILURE"))}, false},
		"another commit below a foreign one": {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "ACTIVE"), succeeded(deploytest.Own(deploytest.OtherSHA, "INACTIVE"))}, false},
		"only foreign ones":                  {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "ACTIVE")}, false},
		"nothing":                            {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := order(config.OwnDeployments, test.dev...)
			assert.Equal(t, test.satisfied, d.Verdict == deploy.Proceed)
			assert.Equal(t, test.satisfied, d.Order[0].Satisfied)
			assert.False(t, d.Order[0].Foreign)
			assert.NotContains(t, deploytest.Said(t, d, "order").Hint, "deployment_order_scope", "it is set already")
		})
	}
}

// A mistake in the list itself is refused rather than guessed at.
func TestOrderMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		order []string
		text  string
	}{
		"environment is missing": {[]string{"dev", "staging"}, "The enforced order (`dev` → `staging`) does not say where `production` belongs."},
		"single one, another":    {[]string{"dev"}, "The enforced order (`dev`) does not say where `production` belongs."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := deploytest.Settings()
			c.Order = test.order
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, deploytest.Facts())
			assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
			assert.Empty(t, d.Order)
			assert.Equal(t, deploy.Finding{
				Gate: "order", Level: deploy.Block, Code: deploy.DeploymentOrderFailed, Text: test.text,
				Hint: "Correct the input `enforced_deployment_order` in the workflow.",
			}, deploytest.Said(t, d, "order"))
			assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), c, deploytest.Facts()).Verdict, "a rollback works when everything else is broken")
		})
	}
}

// An unknown environment is a matter of the environment gate.
func TestOrderOfUnknownEnvironment(t *testing.T) {
	t.Parallel()
	d := deploy.Decide(deploytest.Asking(command.Deploy, ""), deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "order").Level)
	assert.Len(t, d.Blocking(), 1)
}

func TestOrderOfOne(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Order = []string{"production"}
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, deploytest.Facts())
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Warn, deploytest.Said(t, d, "order").Level)
	assert.Len(t, d.Warnings(), 1)

	c.Order = nil
	d = deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, deploytest.Facts())
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "order").Level)
}

// Deployments that could not be read count as none.
func TestOrderUnavailable(t *testing.T) {
	t.Parallel()
	for _, scope := range []config.OrderScope{config.AllDeployments, config.OwnDeployments} {
		t.Run(string(scope), func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Without(deploy.DeploymentsPart+"dev")
			c.OrderScope = scope
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
			assert.Equal(t, deploy.OrderState{
				Environment: "dev", Unavailable: &deploy.Problem{Text: "I could not read the deployments of dev.", Hint: "Add a permission."},
			}, d.Order[0])
			finding := deploytest.Said(t, d, "order")
			assert.Equal(t, "I could not read the deployments of dev.", finding.Text)
			assert.Equal(t, "Add a permission.", finding.Hint)
		})
	}
}

// What the person should do depends on the state of the environment.
func TestOrderHint(t *testing.T) {
	t.Parallel()
	const (
		typeIt = "Type `.deploy dev` first."
		wait   = "Wait until the deployment of this commit to `dev` has ended, then run the command again."
		other  = " The newest deployment of `dev` was made by another tool; with `deployment_order_scope: own` it would not count."
	)
	failed := deploytest.Own(deploytest.HeadSHA, "FAILURE")
	failed.LogURL = "https://github.com/acme/shop/actions/runs/7"
	elsewhere := failed
	elsewhere.LogURL = "https://github.com.ci.example/7"
	for name, test := range map[string]struct {
		dev  []deploy.Deployment
		want string
	}{
		"nothing there":                       {nil, typeIt},
		"another commit":                      {[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "ACTIVE")}, typeIt},
		"another commit running":              {[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "IN_PROGRESS")}, typeIt},
		"running":                             {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "IN_PROGRESS")}, wait},
		"queued":                              {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "QUEUED")}, wait},
		"pending":                             {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "PENDING")}, wait},
		"waiting":                             {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "WAITING")}, wait},
		"failed":                              {[]deploy.Deployment{failed}, "The last deployment of this commit to `dev` failed. [Find out why](https://github.com/acme/shop/actions/runs/7), then type `.deploy dev`."},
		"failed, with a link that leads away": {[]deploy.Deployment{elsewhere}, "The last deployment of this commit to `dev` failed. Find out why, then type `.deploy dev`."},
		"error without a log":                 {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ERROR")}, "The last deployment of this commit to `dev` failed. Find out why, then type `.deploy dev`."},
		"taken down":                          {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "INACTIVE")}, typeIt},
		"foreign":                             {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "ACTIVE")}, typeIt + other},
		"foreign and running":                 {[]deploy.Deployment{deploytest.Foreign(deploytest.HeadSHA, "IN_PROGRESS")}, wait + other},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finding := deploytest.Said(t, order(config.AllDeployments, test.dev...), "order")
			assert.Equal(t, test.want, finding.Hint)
			assert.Equal(t, "`production` comes after `dev`, which must run this commit first.", finding.Text)
		})
	}
}

func TestOrderHintOfTrackedStep(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Started)
	f := deploytest.Facts()
	f.Deployments["staging"] = []deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "IN_PROGRESS")}
	finding := deploytest.Said(t, deploy.Decide(r, c, f), "order")
	assert.Equal(t, "Wait until the deployment of this commit to `staging` has ended, then run this step again.", finding.Hint)
	f.Deployments["dev"] = nil
	finding = deploytest.Said(t, deploy.Decide(r, c, f), "order")
	assert.Equal(t, "`production` comes after `dev`, `staging`, which must run this commit first.", finding.Text)
	assert.Equal(t, "Deploy this commit to `dev` first.", finding.Hint, "there are no commands to type")
}

func TestMissingLeavesItsArgumentAlone(t *testing.T) {
	t.Parallel()
	states := []deploy.OrderState{{Environment: "a", Satisfied: true}, {Environment: "b"}}
	assert.Equal(t, []deploy.OrderState{{Environment: "b"}}, deploy.Missing(states))
	assert.Equal(t, "a", states[0].Environment)
}
