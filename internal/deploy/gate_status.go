package deploy

import "github.com/lockstep-action/lockstep/internal/config"

// checkStatus wants a tracked step to say which state it records.
func checkStatus(_ Request, c config.Config, _ Facts) Finding {
	if c.Status != "" {
		return Finding{Text: "the state to record is known"}
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The input `status` is empty, so that there is no state to record.",
		Hint: "Set it to `started`, `success`, `failure` or `cancelled`, or leave it out to take the job's status.",
	}
}
