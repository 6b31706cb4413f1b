package git

import (
	"maps"
	"slices"
	"strings"
)

// Head returns the full name of the reference that HEAD points to.
func (s *Store) Head() string { return s.head }

// Ref returns what a reference points to; the name is full, such as refs/heads/main.
func (s *Store) Ref(name string) (string, bool) {
	oid, ok := s.refs[name]
	return oid, ok
}

// SetRef creates or moves a reference.
func (s *Store) SetRef(name, oid string) { s.refs[name] = oid }

// DeleteRef removes a reference.
func (s *Store) DeleteRef(name string) { delete(s.refs, name) }

// Refs returns the full names that start with the prefix, sorted.
func (s *Store) Refs(prefix string) []string {
	names := slices.Sorted(maps.Keys(s.refs))
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

// Blocked reports whether a new reference conflicts with the existing ones, since one
// name would have to be a directory of the other.
func (s *Store) Blocked(name string) bool {
	for other := range s.refs {
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
			return true
		}
	}
	return false
}

// ValidRefName reports whether a full reference name obeys git's rules (git check-ref-format).
func ValidRefName(name string) bool {
	if !strings.HasPrefix(name, "refs/") || strings.Count(name, "/") < 2 {
		return false
	}
	for _, bad := range []string{"..", "@{", "//", " ", "~", "^", ":", "?", "*", "[", "\\", "\x7f"} {
		if strings.Contains(name, bad) {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return !strings.HasSuffix(name, ".") && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}

// Resolve finds the object that a revision names: a branch, a tag, a full reference name, HEAD,
// or an oid of at least seven digits. It returns the reference's full name when there is one.
func (s *Store) Resolve(revision string) (oid, ref string, ok bool) {
	if revision == "HEAD" {
		revision = s.head
	}
	if isOID(revision) {
		if oid, ok := s.expand(strings.ToLower(revision)); ok {
			return oid, "", true
		}
	}
	for _, prefix := range []string{"", "refs/", "refs/heads/", "refs/tags/"} {
		if oid, ok := s.refs[prefix+revision]; ok {
			return oid, prefix + revision, true
		}
	}
	return "", "", false
}

func isOID(text string) bool {
	return len(text) >= 7 && len(text) <= 40 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

func (s *Store) expand(prefix string) (string, bool) {
	var found []string
	for _, oids := range [][]string{
		slices.Collect(maps.Keys(s.commits)), slices.Collect(maps.Keys(s.trees)), slices.Collect(maps.Keys(s.blobs)),
	} {
		for _, oid := range oids {
			if strings.HasPrefix(oid, prefix) {
				found = append(found, oid)
			}
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}
