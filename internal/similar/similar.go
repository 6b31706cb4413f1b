// Package similar finds the known name that a misspelled one is probably meant to be.
package similar

import "github.com/agnivade/levenshtein"

// Nearest returns the known name that takes the fewest changes, "" if these are a third of it or more.
func Nearest(name string, known []string) string {
	best, fewest := "", 0
	for _, one := range known {
		if tooFar(max(len(name)-len(one), len(one)-len(name))/4, one) {
			continue // a character has at most four bytes
		}
		changes := levenshtein.ComputeDistance(name, one)
		if best == "" || changes < fewest {
			best, fewest = one, changes
		}
	}
	if tooFar(fewest, best) {
		return ""
	}
	return best
}

func tooFar(changes int, name string) bool { return changes*3 >= len(name) }
