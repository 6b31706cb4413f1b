package workflow

import (
	"cmp"
	"regexp"
	"strings"
)

var (
	access      = regexp.MustCompile(`(?i)\b(outputs|steps|needs)\s*(?:\.\s*([\w-]+)|\[\s*['"]([^'"]+)['"]\s*\])`)
	successOnly = regexp.MustCompile(`(?i)^(?:\balways\(\)|\bsuccess\(\)|!\s*cancelled\(\)|\btrue\b|&&|[()\s])*$`)
	insisting   = regexp.MustCompile(`(?i)\b(?:always|cancelled|failure)\s*\(`)
	expression  = regexp.MustCompile(`^\$\{\{(?:[^'}]|'[^']*'|\}[^}])*\}\}`) // braces in quotes end nothing
)

// Mentions reports whether a text looks at an output of that name, of any step or job.
func Mentions(text, output string) bool { return Refers(text, "outputs", output) }

// Refers reports whether a text looks at a member of "steps", "needs" or "outputs", as .name or ['name'].
func Refers(text, context, member string) bool {
	for _, found := range access.FindAllStringSubmatch(text, -1) {
		if strings.EqualFold(found[1], context) && strings.EqualFold(cmp.Or(found[2], found[3]), member) {
			return true
		}
	}
	return false
}

// Unconditional reports whether a condition lets its step or job run whenever those before it succeeded: it is
// empty, or it asks for nothing but their success.
func Unconditional(condition string) bool {
	return AlwaysTrue(condition) || successOnly.MatchString(bare(condition))
}

// Insists reports whether a condition runs its step or job although one before it failed or was skipped.
func Insists(condition string) bool {
	return AlwaysTrue(condition) || insisting.MatchString(condition)
}

// AlwaysTrue reports whether a condition is a text rather than an expression, which is always true: there is
// something outside of its ${{ }}, even if only a line break.
func AlwaysTrue(condition string) bool {
	before, _, _ := strings.Cut(condition, "${{")
	if !Computed(condition) || before != "" {
		return Computed(condition)
	}
	whole := expression.FindString(condition)
	return whole != "" && whole != condition
}

func bare(condition string) string {
	condition = strings.TrimSpace(condition)
	if inner, begins := strings.CutPrefix(condition, "${{"); begins && strings.HasSuffix(inner, "}}") && !strings.Contains(inner, "${{") {
		return strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	}
	return condition
}
