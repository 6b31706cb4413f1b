package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// Whatever is deployed, and whether it is rehearsed, it waits for a confirmation where one is wanted.
func TestEveryWayIsConfirmed(t *testing.T) {
	t.Parallel()
	for name, s := range ways() {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			s.request.Command.Kind = kind
			s.config.Confirmation.Required, s.facts.Answer = true, deploy.Answer{}
			assert.Equal(t, deploy.Ask, s.decide().Verdict, "%s of a %s", kind, name)
			s.facts.Answer.Kind = deploy.Confirmed
			assert.Equal(t, deploy.Proceed, s.decide().Verdict, "%s of a %s", kind, name)
		}
	}
}

// What can move is looked at again; an exact commit cannot.
func TestSecondLookByWay(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]deploy.Reason{
		"head": deploy.RefChanged, "rollback": deploy.RefChanged, "fork": deploy.RefChanged, "exact": deploy.DeploymentReady,
	} {
		s := ways()[name]
		assert.Equal(t, deploy.DeploymentReady, s.decide().Reason, name)
		s.again(deploytest.StableSHA)
		if name == "rollback" {
			s.again(deploytest.HeadSHA)
		}
		assert.Equal(t, want, s.decide().Reason, name)
	}
}

// Contexts that GitHub is to look at are no gate of ours.
func TestRequiredContextsStopNobodyHere(t *testing.T) {
	t.Parallel()
	for name, s := range ways() {
		s.config.RequiredContexts = []string{"ci/never"}
		assert.Equal(t, deploy.Proceed, s.decide().Verdict, name)
	}
}

// An open pull request is not what a deployment needs: its branch is.
func TestEndedPullRequests(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"OPEN", "CLOSED", "MERGED"} {
		for name, s := range ways() {
			s.facts.Pull.State = state
			assert.Equal(t, deploy.Proceed, s.decide().Verdict, "%s of a pull request that is %s", name, state)
		}
	}
}
