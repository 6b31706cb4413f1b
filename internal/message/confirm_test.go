package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestConfirm(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*message.Subject){
		"deploy":   func(*message.Subject) {},
		"noop":     func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget },
		"rollback": func(s *message.Subject) { s.Stable, s.Ref = true, "main" },
		"commit":   func(s *message.Subject) { s.Ref, s.Kind = headSHA, deploy.SHATarget },
		"fork":     func(s *message.Subject) { s.Fork, s.Ref = true, headSHA },
		"little-known": func(s *message.Subject) {
			*s = message.Subject{Actor: "octocat", Environment: "dev", SHA: headSHA, Ref: headSHA}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := confirmed()
			change(&s)
			golden(t, "confirm-"+name, message.Confirm(s, time.Minute))
		})
	}
	golden(t, "confirm-hostile", message.Confirm(hostileSubject(), time.Second))
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]deploy.AnswerKind{
		"confirmed": deploy.Confirmed, "rejected": deploy.Rejected, "timed-out": deploy.TimedOut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := deploy.Answer{Kind: kind, At: at().Add(5 * time.Second)}
			golden(t, "answered-"+name, message.Answered(subject(), time.Minute, answer))
			golden(t, "answered-hostile-"+name, message.Answered(hostileSubject(), time.Minute, answer))
		})
	}
	golden(t, "unanswered", message.Unanswered(subject(), time.Minute))
	assert.Equal(t, message.Unanswered(subject(), time.Minute), message.Answered(subject(), time.Minute, deploy.Answer{}))
}

// The answer comes before the details, and changes nothing else.
func TestAnsweredIsTheQuestionAndALine(t *testing.T) {
	t.Parallel()
	asked := message.Confirm(subject(), time.Minute)
	answered := message.Answered(subject(), time.Minute, deploy.Answer{Kind: deploy.Rejected, At: at()})
	line := "❌ Rejected by **octocat** at 2026-11-21 10:00:00 UTC. Nothing was deployed.\n\n"
	before, after, found := strings.Cut(answered, line)
	assert.True(t, found)
	assert.Equal(t, asked, before+after)
	assert.Regexp(t, `^<details>`, after)
}
