package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestEvidence(t *testing.T) {
	t.Parallel()
	s := ways()["head"]
	assert.Equal(t, deploy.Evidence{
		CommitStatus: deploy.ChecksPassed, Checks: s.facts.Pull.Checks.Nodes, ReviewDecision: deploy.Approved, MergeState: "CLEAN", Approvals: 1,
		Outdated: deploy.Know(false),
	}, s.decide().Evidence)
	ignoring := ways()["head"]
	ignoring.config.Checks.Ignored = []string{"build"}
	assert.Empty(t, ignoring.decide().Evidence.Checks, "it does not count")

	s.facts.Pull.BehindBase, s.facts.Pull.BaseRef, s.facts.Pull.Approvals = distance(1), "develop", 3
	s.facts.Pull.ReviewDecision, s.facts.Pull.MergeState = "", "BLOCKED"
	s.facts.Actor.Teams = []string{"acme/ops"}
	s.checksOf(deploy.NoChecks)
	assert.Equal(t, deploy.Evidence{
		MergeState: "BLOCKED", Approvals: 3, Outdated: deploy.Know(true), Admin: true, OtherBase: true,
	}, s.decide().Evidence, "they are known although the request is refused")
}

// What a request does not depend on is not read, and the evidence leaves it out.
func TestEvidenceOfOtherRequests(t *testing.T) {
	t.Parallel()
	assert.Equal(t, deploy.Evidence{}, ways()["rollback"].decide().Evidence)
	assert.Equal(t, deploy.Evidence{ExactSHA: deploytest.OtherSHA}, ways()["exact"].decide().Evidence)
	assert.Equal(t, deploy.Evidence{}, deploy.Decide(deploytest.Asking(command.Lock, "dev"), deploytest.Settings(), deploytest.Facts()).Evidence)
	r, c := deploytest.Tracking(config.Started)
	assert.Equal(t, deploy.Evidence{}, deploy.Decide(r, c, deploytest.Facts()).Evidence)
	f := deploytest.Facts()
	f.Actor = deploy.Actor{Permission: "none"}
	assert.Equal(t, deploy.Evidence{}, deploy.Decide(deploytest.Asking(command.Deploy, "dev"), deploytest.Settings(), f).Evidence, "an actor without permission learns nothing")
	assert.False(t, deploy.Decide(deploytest.Asking(command.Deploy, "dev"), deploytest.Settings(), deploytest.Without(deploy.PullPart)).Evidence.Fork)
	f = deploytest.Without(deploy.PullPart)
	f.Pull = deploy.PullRequest{}
	assert.False(t, deploy.Decide(deploytest.Asking(command.Deploy, "dev"), deploytest.Settings(), f).Evidence.OtherBase, "an unknown base is no other base")
}

// A tracked step records a commit, regardless of a comment that its workflow may have started from.
func TestTrackedStepIsAboutACommit(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Started)
	r.Command.Kind = command.Noop
	f := deploytest.Facts()
	f.Pull.CrossRepo = true
	d := deploy.Decide(r, c, f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.SHATarget, d.Target.Kind)
	assert.Equal(t, deploytest.HeadSHA, d.Target.Ref)
}
