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

// Reference is what an expression asks a step or a job for.
type Reference struct {
	Context string // "steps" or "needs"
	ID      string // of the step or the job
	Output  string // "" when it asks for something else
	Whole   bool   // it asks for everything, or for all outputs
}

var (
	quoted    = regexp.MustCompile(`(\[\s*)?'(?:[^']|'')*'`)
	reference = regexp.MustCompile(`(?i)(?:^|[^\w.-])(steps|needs)\s*(?:\.\s*([\w-]+)|\[\s*'([^']+)'\s*\])` +
		`(?:\s*(?:\.\s*outputs\b|\[\s*'outputs'\s*\])\s*(?:\.\s*([\w-]+)|\[\s*'([^']+)'\s*\])?)?(\s*[.[])?`)
)

// References lists what an expression asks steps and jobs for.
func References(expression string) []Reference {
	expression = quoted.ReplaceAllStringFunc(expression, func(text string) string {
		if strings.HasPrefix(text, "[") {
			return text
		}
		return "''"
	})
	var all []Reference
	for _, found := range reference.FindAllStringSubmatch(expression, -1) {
		output := cmp.Or(found[4], found[5])
		all = append(all, Reference{
			Context: strings.ToLower(found[1]), ID: cmp.Or(found[2], found[3]), Output: output, Whole: output == "" && found[6] == "",
		})
	}
	return all
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
