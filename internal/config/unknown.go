package config

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Typo is an unknown input with the known one that is most like it, "" for none.
type Typo struct{ Given, Nearest string }

// Typos returns inputs that were probably meant to be others. The variables are those in which the runner
// passes inputs: INPUT_ and the name in upper case. The runner itself warns about the other unknown ones.
func Typos(variables []string) []Typo {
	return slices.DeleteFunc(Unknown(variables), func(t Typo) bool { return t.Nearest == "" })
}

// Unknown returns all inputs that the action does not know.
func Unknown(variables []string) []Typo {
	var known []string
	for _, input := range Declared() {
		known = append(known, input.Name)
	}
	var unknown []Typo
	for _, variable := range variables {
		name, isInput := strings.CutPrefix(variable, "INPUT_")
		name = strings.ToLower(name)
		if !isInput || slices.Contains(known, name) {
			continue
		}
		nearest, near := nearestTo(name, known)
		if !near {
			nearest = ""
		}
		unknown = append(unknown, Typo{Given: name, Nearest: nearest})
	}
	return unknown
}

// nearestTo finds the name that takes the fewest changes, if that is less than a third of it.
func nearestTo(name string, known []string) (string, bool) {
	best := slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
	return best, levenshtein.ComputeDistance(name, best)*3 < len(best)
}
