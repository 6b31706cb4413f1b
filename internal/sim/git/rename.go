package git

import (
	"bytes"
	"slices"
)

// Renames turns a removed and an added file into one renamed file where they are alike enough, as git does by default:
// half of the content has to be the same. Here that is counted by lines.
func (s *Store) Renames(changes []Change) []Change {
	var list []Change
	taken := map[string]bool{}
	for _, one := range changes {
		if one.Before.OID == "" {
			if from, found := s.origin(one, changes, taken); found {
				taken[from.Path] = true
				one.From, one.Before = from.Path, from.Before
			}
		}
		list = append(list, one)
	}
	return slices.DeleteFunc(list, func(one Change) bool { return one.After.OID == "" && taken[one.Path] })
}

// origin is the removed file that an added one is most alike to.
func (s *Store) origin(added Change, changes []Change, taken map[string]bool) (origin Change, found bool) {
	const least = 50 // percent
	best := least
	for _, one := range changes {
		if one.After.OID != "" || taken[one.Path] || one.Before.Kind != KindBlob || added.After.Kind != KindBlob {
			continue
		}
		if alike := s.similarity(one.Before.OID, added.After.OID); alike >= best && (alike > best || !found) {
			origin, found, best = one, true, alike
		}
	}
	return origin, found
}

// similarity is how much two files have in common, in percent.
func (s *Store) similarity(a, b string) int {
	if a == b {
		return 100
	}
	left, right := s.blobs[a], s.blobs[b]
	lines := map[string]int{}
	for line := range bytes.Lines(left) {
		lines[string(line)]++
	}
	common := 0
	for line := range bytes.Lines(right) {
		if lines[string(line)] > 0 {
			lines[string(line)]--
			common += len(line)
		}
	}
	return common * 100 / max(len(left), len(right), 1)
}
