package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestPermission(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		actor   deploy.Actor
		accepts []string
		may     bool
	}{
		{deploy.Actor{Permission: "write", Role: "write"}, []string{"write", "admin"}, true},
		{deploy.Actor{Permission: "admin", Role: "admin"}, []string{"write", "admin"}, true},
		{deploy.Actor{Permission: "write", Role: "maintain"}, []string{"write", "admin"}, true},
		{deploy.Actor{Permission: "write", Role: "maintain"}, []string{"maintain"}, true},
		{deploy.Actor{Permission: "write", Role: "write"}, []string{"maintain"}, false},
		{deploy.Actor{Permission: "read", Role: "deployer"}, []string{"deployer"}, true},
		{deploy.Actor{Permission: "read", Role: "triage"}, []string{"write", "admin"}, false},
		{deploy.Actor{Permission: "none"}, []string{"write", "admin"}, false},
		{deploy.Actor{Permission: "Write"}, []string{"write"}, false},
		{deploy.Actor{}, []string{"write"}, false},
		{deploy.Actor{}, []string{""}, false},
	} {
		t.Run(fmt.Sprintf("permission %q, role %q, wanted %q", test.actor.Permission, test.actor.Role, test.accepts), func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Permissions, f.Actor = test.accepts, test.actor
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, test.may, d.Verdict == deploy.Proceed)
			assert.Equal(t, !test.may, d.Denied())
		})
	}
}

// An actor who may not run commands learns nothing else.
func TestPermissionComesFirstAndAlone(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Actor = deploy.Actor{Login: "octocat", Permission: "read", Role: "triage"}
	f.Pull.CrossRepo = true
	f.Deployments = nil
	for kind, reason := range map[command.Kind]deploy.Reason{
		command.Deploy: deploy.PrechecksFailed, command.Noop: deploy.PrechecksFailed,
		command.Lock: deploy.PermissionDenied, command.Unlock: deploy.PermissionDenied,
		command.LockInfo: deploy.PermissionDenied, command.Help: deploy.PermissionDenied,
	} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(deploytest.Asking(kind, "production"), deploytest.Settings(), f)
			assert.Equal(t, deploy.Refuse, d.Verdict)
			assert.Equal(t, reason, d.Reason)
			assert.Equal(t, []string{"permission"}, deploytest.Gates(d))
			assert.Empty(t, d.Order)
			assert.True(t, d.Denied())
			assert.Equal(t, "You have the permission `read` (role `triage`) in this repository; this command needs `write` or `admin`.",
				d.Findings[0].Text)
		})
	}
	assert.False(t, deploy.Decide(deploytest.Asking(command.Deprecated, ""), deploytest.Settings(), deploytest.Facts()).Denied(), "a refusal for another reason")
}

func TestPermissionWithoutRole(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Actor = deploy.Actor{Login: "octocat", Permission: "none"} // without a role
	d := deploy.Decide(deploytest.Asking(command.Help, ""), deploytest.Settings(), f)
	assert.Equal(t, "You have the permission `none` in this repository; this command needs `write` or `admin`.", d.Findings[0].Text)
}

// A stranger cannot make the action write comments about commands that could not run anyway.
func TestOutsidersAreNotAnswered(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Actor = deploy.Actor{Login: "stranger", Permission: "none"}
	for name, test := range map[string]struct {
		request deploy.Request
		want    deploy.Verdict
	}{
		"deprecated":                   {deploytest.Asking(command.Deprecated, ""), deploy.Ignore},
		"naked":                        {deploytest.Asking(command.Naked, ""), deploy.Ignore},
		"deploy to nowhere":            {deploytest.Asking(command.Deploy, ""), deploy.Ignore},
		"rehearse a deploy to nowhere": {deploytest.Asking(command.Noop, ""), deploy.Ignore},
		"deploy":                       {deploytest.Asking(command.Deploy, "dev"), deploy.Refuse},
		"help":                         {deploytest.Asking(command.Help, ""), deploy.Refuse},
		"lock":                         {deploytest.Asking(command.Lock, "dev"), deploy.Refuse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, deploy.Decide(test.request, deploytest.Settings(), f).Verdict)
			assert.NotEqual(t, deploy.Ignore, deploy.Decide(test.request, deploytest.Settings(), deploytest.Facts()).Verdict, "other people get an answer")
		})
	}
}

func TestPermissionThatCannotBeRead(t *testing.T) {
	t.Parallel()
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Without(deploy.ActorPart))
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.PrechecksFailed, d.Reason)
	assert.Equal(t, deploy.Finding{
		Gate: "permission", Level: deploy.Block, Code: deploy.PrechecksFailed,
		Text: "I could not read the actor.", Hint: "Add a permission.",
	}, d.Findings[0])
}
