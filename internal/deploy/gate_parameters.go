package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkParameters wants the text behind the separator to be parameters.
func checkParameters(r Request, c config.Config, _ Facts) Finding {
	if r.Unreadable == nil {
		return Finding{Text: "the parameters can be read"}
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The parameters behind " + markdown.Code(c.Commands.Separator) + " cannot be read: " + markdown.Code(r.Unreadable.Error()) + ".",
		Hint: "Correct the parameters and run the command again.",
	}
}
