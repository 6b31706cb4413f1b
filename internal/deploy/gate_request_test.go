package deploy_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestUnreadableParameters(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(r, deploytest.Settings(), deploytest.Facts()), "parameters").Level)

	r.Unreadable = errors.New("the key `@all\n` is odd")
	d := deploy.Decide(r, deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The parameters after `|` cannot be read: ``the key `@all ` is odd``.",
		Hint: "Correct the parameters and run the command again.",
	}, deploytest.Said(t, d, "parameters"))
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
}

// A period that cannot be read is refused, together with everything else that is wrong.
func TestUnreadablePeriod(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Lock, "production"), deploytest.Settings(), deploytest.Facts()}
	assert.Equal(t, deploy.Pass, deploytest.Said(t, s.decide(), "parameters").Level)
	s.request.Unreadable = errors.New("read \"--for\": `@all\n` is no length of time")
	d := s.decide()
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The command cannot be read: ``read \"--for\": `@all ` is no length of time``.",
		Hint: "Type for example `--for 2h`, with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.",
	}, deploytest.Said(t, d, "parameters"))
	s.hold("production", deploytest.StickyLock("octocat"))
	assert.Equal(t, deploy.UnexpectedError, s.decide().Reason, "also where the lock is one's own")
	s.hold("production", deploytest.StickyLock("hubot"))
	assert.Equal(t, []string{"parameters", "lock"}, deploytest.Blocked(s.decide()))
}

// An outcome that is not known yet must not be recorded as a state.
func TestStatusUnknown(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking("")
	d := deploy.Decide(r, c, deploytest.Facts())
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Contains(t, deploytest.Said(t, d, "status").Text, "`status` is empty")
	assert.Contains(t, deploytest.Said(t, d, "status").Hint, "`started`")

	r, c = deploytest.Tracking(config.Aborted)
	assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(r, c, deploytest.Facts()), "status").Level)
}

// confirming is a deployment that has to be confirmed, and what was answered so far.
func confirming(kind command.Kind, answer deploy.AnswerKind) situation {
	s := situation{deploytest.Asking(kind, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Confirmation.Required, s.config.Confirmation.Timeout = true, 90*time.Second
	s.facts.Answer = deploy.Answer{Kind: answer, At: deploytest.AskedAt()}
	return s
}

func answerName(answer deploy.AnswerKind) string { return cmp.Or(string(answer), "no answer") }

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
			t.Run(kind.String()+" "+answerName(answer), func(t *testing.T) {
				t.Parallel()
				s := confirming(kind, answer)
				d := s.decide()
				finding := deploytest.Said(t, d, "confirmation")
				assert.Equal(t, want.verdict, d.Verdict)
				assert.Equal(t, want.level, finding.Level)
				assert.Equal(t, want.text, finding.Text)
				assert.Equal(t, want.reason, finding.Code)
				assert.Equal(t, want.level == deploy.Block, finding.Hint != "")
				assert.Equal(t, s.facts.Answer, d.Answer)
				if want.verdict == deploy.Refuse {
					ready = want.reason
				}
				assert.Equal(t, ready, d.Reason)
			})
		}
	}
}

// No question is asked where the answer would change nothing, and no answer changes what another gate says.
func TestConfirmationChangesNothingElse(t *testing.T) {
	t.Parallel()
	for _, answer := range []deploy.AnswerKind{deploy.NoAnswer, deploy.Confirmed, deploy.Rejected, deploy.TimedOut} {
		for what, o := range obstacles() {
			if !o.Stopped("head") || strings.HasPrefix(what, "confirmation") {
				continue
			}
			t.Run(what+", "+answerName(answer), func(t *testing.T) {
				t.Parallel()
				s := confirming(command.Deploy, answer)
				without := s
				without.config.Confirmation.Required, without.facts = false, deploytest.Facts()
				s.put(o)
				without.put(o)
				d := s.decide()
				assert.Equal(t, deploy.Refuse, d.Verdict)
				assert.Equal(t, without.decide().Reason, d.Reason)
			})
		}
	}
}

// Only what starts something is confirmed.
func TestConfirmationOfDeploymentsOnly(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo, command.Help} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, deploy.Proceed, confirming(kind, deploy.NoAnswer).decide().Verdict)
		})
	}
	s := confirming(command.Deploy, deploy.NoAnswer)
	s.request.Command.StableBranch = true
	assert.Equal(t, deploy.Ask, s.decide().Verdict, "a rollback is confirmed as well")
	s.config.Confirmation.Required = false
	d := s.decide()
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, "no confirmation is needed", deploytest.Said(t, d, "confirmation").Text)
}

// While the question is open, everything else can change.
func TestConfirmationOnRecheck(t *testing.T) {
	t.Parallel()
	for _, answer := range []deploy.AnswerKind{deploy.NoAnswer, deploy.Confirmed, deploy.Rejected, deploy.TimedOut} {
		t.Run(answerName(answer), func(t *testing.T) {
			t.Parallel()
			s := confirming(command.Deploy, answer)
			first := s.decide().Verdict
			s.again(deploytest.HeadSHA)
			assert.Equal(t, first, s.decide().Verdict, "nothing has changed")
			s.again(deploytest.OtherSHA)
			assert.Equal(t, deploy.RefChanged, s.decide().Reason)
		})
	}
	s := confirming(command.Deploy, deploy.Confirmed)
	s.request.Pinned = deploytest.HeadSHA
	assert.Equal(t, deploy.LockConflict, s.decide().Reason)
}
