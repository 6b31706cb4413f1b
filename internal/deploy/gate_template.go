package deploy

import "github.com/lockstep-action/lockstep/internal/config"

// checkTemplate warns early that the result will be told in other words than somebody wrote for it.
func checkTemplate(_ Request, _ config.Config, f Facts) Finding {
	if problem, unread := f.unread(TemplatePart); unread {
		return Finding{Level: Warn, Text: problem.Text, Hint: problem.Hint}
	}
	return Finding{Text: "the template of the result can be used"}
}
