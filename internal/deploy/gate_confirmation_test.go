package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// confirming is a deployment that has to be confirmed, and what was answered so far.
func confirming(kind command.Kind, answer deploy.AnswerKind) situation {
	s := situation{deploytest.Asking(kind, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Confirmation.Required, s.config.Confirmation.Timeout = true, 90*time.Second
	s.facts.Answer = deploy.Answer{Kind: answer, At: deploytest.AskedAt()}
	return s
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	for answer, want := range map[deploy.AnswerKind]struct {
		verdict deploy.Verdict
		reason  deploy.Reason
		level   deploy.Level
		text    string
	}{
		deploy.NoAnswer:  {deploy.Ask, "", deploy.Pass, "the deployment waits for a confirmation"},
		deploy.Confirmed: {deploy.Proceed, "", deploy.Pass, "the deployment was confirmed"},
		deploy.Rejected:  {deploy.Refuse, deploy.ConfirmationRejected, deploy.Block, "The deployment was rejected by `octocat`."},
		deploy.TimedOut:  {deploy.Refuse, deploy.ConfirmationTimedOut, deploy.Block, "`octocat` did not confirm within 90 seconds."},
	} {
		for kind, ready := range map[command.Kind]deploy.Reason{
			command.Deploy: deploy.DeploymentReady, command.Noop: deploy.NoopReady,
		} {
			s := confirming(kind, answer)
			d := s.decide()
			finding := deploytest.Said(t, d, "confirmation")
			assert.Equal(t, want.verdict, d.Verdict, answer)
			assert.Equal(t, want.level, finding.Level, answer)
			assert.Equal(t, want.text, finding.Text, answer)
			assert.Equal(t, want.reason, finding.Code, answer)
			assert.Equal(t, want.level == deploy.Block, finding.Hint != "", answer)
			assert.Equal(t, s.facts.Answer, d.Answer, answer)
			if want.verdict == deploy.Refuse {
				ready = want.reason
			}
			assert.Equal(t, ready, d.Reason, answer)
		}
	}
}

// Nobody is asked where the answer would change nothing, and no answer changes what another gate says.
func TestConfirmationChangesNothingElse(t *testing.T) {
	t.Parallel()
	for _, answer := range []deploy.AnswerKind{deploy.NoAnswer, deploy.Confirmed, deploy.Rejected, deploy.TimedOut} {
		for what, o := range obstacles() {
			s := confirming(command.Deploy, answer)
			without := s
			without.config.Confirmation.Required, without.facts = false, deploytest.Facts()
			o.put(&s)
			o.put(&without)
			d := s.decide()
			assert.Equal(t, deploy.Refuse, d.Verdict, "%s after %q", what, answer)
			assert.Equal(t, without.decide().Reason, d.Reason, "%s after %q", what, answer)
		}
	}
}

// Only what starts something is confirmed.
func TestConfirmationOfDeploymentsOnly(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo, command.Help} {
		assert.Equal(t, deploy.Proceed, confirming(kind, deploy.NoAnswer).decide().Verdict, kind)
	}
	s := confirming(command.Deploy, deploy.NoAnswer)
	s.request.Command.StableBranch = true
	assert.Equal(t, deploy.Ask, s.decide().Verdict, "a rollback is confirmed as well")
	s.config.Confirmation.Required = false
	d := s.decide()
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, "no confirmation is needed", deploytest.Said(t, d, "confirmation").Text)
}

// While somebody thinks, everything else can change.
func TestConfirmationOnSecondLook(t *testing.T) {
	t.Parallel()
	for _, answer := range []deploy.AnswerKind{deploy.NoAnswer, deploy.Confirmed, deploy.Rejected, deploy.TimedOut} {
		s := confirming(command.Deploy, answer)
		first := s.decide().Verdict
		s.again(deploytest.HeadSHA)
		assert.Equal(t, first, s.decide().Verdict, "%q: nothing has changed", answer)
		s.again(deploytest.OtherSHA)
		assert.Equal(t, deploy.RefChanged, s.decide().Reason, answer)
	}
	s := confirming(command.Deploy, deploy.Confirmed)
	s.request.Pinned = deploytest.HeadSHA
	assert.Equal(t, deploy.LockConflict, s.decide().Reason)
}
