package git

import (
	"slices"
	"strings"
)

// ConflictError is a merge in which both sides changed the same files differently.
type ConflictError struct{ Paths []string }

// Error names the files.
func (e *ConflictError) Error() string { return "merge conflict in " + strings.Join(e.Paths, ", ") }

// History returns a commit and all its ancestors.
func (s *Store) History(oid string) map[string]bool {
	seen := map[string]bool{}
	queue := []string{oid}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		commit, ok := s.commits[next]
		if !ok || seen[next] {
			continue
		}
		seen[next] = true
		queue = append(queue, commit.Parents...)
	}
	return seen
}

// Between returns the commits that head has and base lacks, oldest first.
func (s *Store) Between(base, head string) []Commit {
	known := s.History(base)
	seen := map[string]bool{}
	var list []Commit
	var visit func(oid string)
	visit = func(oid string) {
		commit, ok := s.commits[oid]
		if !ok || known[oid] || seen[oid] {
			return
		}
		seen[oid] = true
		for _, parent := range commit.Parents {
			visit(parent)
		}
		list = append(list, commit)
	}
	visit(head)
	return list
}

// MergeBase returns the newest commit that both histories share, "" for none.
func (s *Store) MergeBase(a, b string) string {
	known := s.History(a)
	queue := []string{b}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if known[next] {
			return next
		}
		queue = append(queue, s.commits[next].Parents...)
	}
	return ""
}

// MergeTree returns the tree of a merge of two commits. A file that both sides changed since
// their merge base, and not to the same content, is a conflict.
func (s *Store) MergeTree(ours, theirs string) (string, error) {
	return s.mergeSince(s.MergeBase(ours, theirs), ours, theirs)
}

// PickTree returns the tree of a commit's change on top of another commit. Files that do not fit are a conflict.
func (s *Store) PickTree(picked, onto string) (string, error) {
	parent := ""
	if parents := s.commits[picked].Parents; len(parents) > 0 {
		parent = parents[0]
	}
	return s.mergeSince(parent, onto, picked)
}

// mergeSince merges what two commits have changed since a third one.
func (s *Store) mergeSince(since, ours, theirs string) (string, error) {
	base := s.Files(s.commits[since].Tree)
	mine, other := s.Files(s.commits[ours].Tree), s.Files(s.commits[theirs].Tree)
	var conflicts []string
	for path := range union(base, other) {
		switch {
		case other[path] == base[path] || other[path] == mine[path]:
		case mine[path] != base[path]:
			conflicts = append(conflicts, path)
		case other[path] == File{}:
			delete(mine, path)
		default:
			mine[path] = other[path]
		}
	}
	if len(conflicts) > 0 {
		slices.Sort(conflicts)
		return "", &ConflictError{Paths: conflicts}
	}
	return s.WriteFiles(mine), nil
}

func union(a, b map[string]File) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}
