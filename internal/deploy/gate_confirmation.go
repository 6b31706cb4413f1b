package deploy

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkConfirmation wants whoever asked to say yes, where that is required. Not to have been asked yet
// stands in nobody's way: that is what the verdict Ask is for.
func checkConfirmation(r Request, c config.Config, f Facts) Finding {
	actor := markdown.Code(r.Event.Actor)
	switch f.Answer.Kind {
	case Rejected:
		return Finding{
			Level: Block, Code: ConfirmationRejected,
			Text: "The deployment was rejected by " + actor + ".",
			Hint: "Run the command again when it may go ahead.",
		}
	case TimedOut:
		return Finding{
			Level: Block, Code: ConfirmationTimedOut,
			Text: fmt.Sprintf("%s did not confirm within %d seconds.", actor, c.Confirmation.Timeout/time.Second),
			Hint: "Run the command again, and react to the question in time.",
		}
	case Confirmed:
		return Finding{Text: "the deployment was confirmed"}
	case NoAnswer:
	}
	if c.Confirmation.Required {
		return Finding{Text: "the deployment waits for a confirmation"}
	}
	return Finding{Text: "no confirmation is needed"}
}
