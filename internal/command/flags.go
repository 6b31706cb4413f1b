package command

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Flags lists the flags of deployment commands, which stand before the separator. All that follows a flag is its text,
// to the next other flag.
func Flags() []string { return []string{overrideFlag, reasonFlag} }

// cutFlags cuts the flags off the words of a deployment command, where one of them is --override. Words with --reason
// alone stay as they are: they have always named no environment.
func (g Grammar) cutFlags(words string) (before string, flags map[string]string, cut bool) {
	if !g.Flags || indexFlag(words, overrideFlag) < 0 {
		return words, nil, false
	}
	first, at := nextFlag(words, Flags())
	flags, before, left := map[string]string{}, js.Trim(words[:at]), Flags()
	for first != "" {
		text := words[at+len(first):]
		left = slices.DeleteFunc(left, func(flag string) bool { return flag == first })
		next, end := nextFlag(text, left)
		flags[first] = js.Trim(text[:end])
		first, words, at = next, text, end
	}
	return before, flags, true
}

// nextFlag returns the first flag in words and where it is, "" and their end for none.
func nextFlag(words string, flags []string) (flag string, at int) {
	at = len(words)
	for _, one := range flags {
		if found := indexFlag(words, one); found >= 0 && found < at {
			flag, at = one, found
		}
	}
	return flag, at
}

// firstFlag returns the first word before a reason that looks like a flag, "" for none.
func firstFlag(words string) string {
	for _, word := range strings.FieldsFunc(beforeReason(words), js.IsSpace) {
		if strings.HasPrefix(word, "--") && len(word) > len("--") {
			return word
		}
	}
	return ""
}

// OverridesBehind reports whether --override is among the words behind the separator, where it is a parameter.
func (p Params) OverridesBehind() bool {
	return slices.Contains(strings.FieldsFunc(p.Raw, js.IsSpace), overrideFlag)
}
