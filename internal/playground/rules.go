package playground

import (
	"errors"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// CheckRules returns everything that is wrong with a rules file, in the order of the lines.
func CheckRules(text string) []RuleProblem {
	_, err := policy.Read(text)
	var mistakes policy.Errors
	if !errors.As(err, &mistakes) {
		return []RuleProblem{}
	}
	return list(mistakes, func(one *policy.Error) RuleProblem {
		problem := RuleProblem{Line: one.Line, Column: one.Column, Text: one.Text}
		if one.Path != "" {
			problem.Text = one.Path + ": " + one.Text
		}
		return problem
	})
}
