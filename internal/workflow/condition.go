package workflow

import (
	"regexp"
	"strings"
)

// Mentions reports whether a text looks at an output of that name, of whichever step or job.
func Mentions(text, output string) bool {
	return regexp.MustCompile(`(?i)outputs\s*` + key(output)).MatchString(text)
}

// Refers reports whether a text looks at a member of a context, as "steps" or "needs".
func Refers(text, context, member string) bool {
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(context) + `\s*` + key(member)).MatchString(text)
}

// key matches a member in either spelling of expressions: .name or ['name'].
func key(name string) string {
	quoted := regexp.QuoteMeta(name)
	return `(?:\.\s*` + quoted + `(?:[^\w-]|$)|\[\s*['"]` + quoted + `['"]\s*\])`
}

// Unconditional reports whether a condition lets its step or job run whenever those before it succeeded: it is
// none, or it asks for nothing but their success.
func Unconditional(condition string) bool {
	if AlwaysTrue(condition) {
		return true
	}
	rest := regexp.MustCompile(`(?i)\balways\(\)|\bsuccess\(\)|!\s*cancelled\(\)|\btrue\b|&&|[()\s]`).ReplaceAllString(bare(condition), "")
	return rest == ""
}

// Insists reports whether a condition runs its step or job although one before it failed or was skipped.
func Insists(condition string) bool {
	return AlwaysTrue(condition) || regexp.MustCompile(`(?i)\b(?:always|cancelled|failure)\s*\(`).MatchString(condition)
}

// AlwaysTrue reports whether a condition is a text rather than an expression, which is always true: there is
// something outside of its ${{ }}, even if only a line break.
func AlwaysTrue(condition string) bool {
	before, _, _ := strings.Cut(condition, "${{")
	if !Computed(condition) || before != "" {
		return Computed(condition)
	}
	whole := regexp.MustCompile(`^\$\{\{(?:[^'}]|'[^']*'|\}[^}])*\}\}`).FindString(condition) // braces in quotes end nothing
	return whole != "" && whole != condition
}

// bare is a condition without the braces around it, which GitHub adds where they are left out.
func bare(condition string) string {
	condition = strings.TrimSpace(condition)
	if inner, begins := strings.CutPrefix(condition, "${{"); begins && strings.HasSuffix(inner, "}}") && !strings.Contains(inner, "${{") {
		return strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	}
	return condition
}
