package message_test

import (
	"testing"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestUnfinished(t *testing.T) {
	t.Parallel()
	golden(t, "unfinished", message.Unfinished([]deploy.Problem{
		{Text: "I could not release the lock. GitHub said: `Bad credentials`.", Hint: "The token is invalid or expired."},
		{Text: "Something\nelse."},
	}))
}
