package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTemplate warns early that the result will be told in other words than somebody wrote for it.
func checkTemplate(_ Request, _ config.Config, f Facts) Finding {
	if problem, unread := f.unavailable(TemplatePart); unread {
		return Finding{Level: Warn, Text: problem.Text, Hint: problem.Hint}
	}
	return Finding{Text: "the template of the result can be used"}
}

// UnusableTemplate says what is wrong with a template, and what becomes of results meanwhile.
func UnusableTemplate(path string, err error) Problem {
	return Problem{
		Text: "The template " + markdown.Code(path) + " cannot be used: " + markdown.Code(err.Error()) + ".",
		Hint: "Correct the file on the default branch. Until then results are told in the usual words.",
	}
}
