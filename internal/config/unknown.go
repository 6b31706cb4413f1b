package config

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Typo is an unknown input with the known one that is most like it, "" for none.
type Typo struct{ Given, Nearest string }

// Typos returns inputs that were probably meant to be others, by the variables in which the runner passes inputs. The
// runner itself warns about the other unknown ones.
func Typos(variables []string, types ...SinkType) []Typo {
	return slices.DeleteFunc(Unknown(variables, types...), func(t Typo) bool { return t.Nearest == "" })
}

// Unknown returns all inputs that the action does not know.
func Unknown(variables []string, types ...SinkType) []Typo {
	var known []string
	for _, input := range Declared(types...) {
		known = append(known, input.Name)
	}
	var unknown []Typo
	for _, variable := range variables {
		name, isInput := strings.CutPrefix(variable, "INPUT_")
		name = strings.ToLower(name)
		if !isInput || slices.Contains(known, name) {
			continue
		}
		unknown = append(unknown, Typo{Given: name, Nearest: nearestTo(name, known)})
	}
	return unknown
}

// nearestTo returns the name that takes the fewest changes, "" if these are a third of it or more.
func nearestTo(name string, known []string) string {
	changes := func(to string) int { return levenshtein.ComputeDistance(name, to) }
	best := slices.MinFunc(known, func(a, b string) int { return changes(a) - changes(b) })
	if changes(best)*3 >= len(best) {
		return ""
	}
	return best
}
