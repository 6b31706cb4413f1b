// Package envname compares names of environments as GitHub does: without regard to case.
//
// GitHub's documentation says that names of environments are not case-sensitive, and nothing about letters
// outside of ASCII. Here letters are the same when Unicode's simple case folding makes them the same. A name
// that matches more than it would on GitHub shares a lock; one that matches less would get a lock of its own.
package envname

import (
	"slices"
	"strings"
)

// Same reports whether two names are the same environment.
func Same(a, b string) bool { return strings.EqualFold(a, b) }

// Index returns the position of the environment in the list, -1 when it is not there.
func Index(list []string, name string) int {
	return slices.IndexFunc(list, func(other string) bool { return Same(other, name) })
}

// Contains reports whether the environment is in the list.
func Contains(list []string, name string) bool { return Index(list, name) >= 0 }

// Distinct returns each environment of the list once, in its first spelling.
func Distinct(list []string) []string {
	var names []string
	for _, name := range list {
		if !Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Repeated returns the first two names in the list that are the same environment.
func Repeated(list []string) (first, second string, found bool) {
	for i, name := range list {
		if earlier := Index(list[:i], name); earlier >= 0 {
			return list[earlier], name, true
		}
	}
	return "", "", false
}
