package git

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// File is a leaf of a tree.
type File struct{ Mode, Kind, OID string }

// Files returns all leaves of a tree by their paths.
func (s *Store) Files(tree string) map[string]File {
	files := map[string]File{}
	s.flatten(tree, "", files)
	return files
}

func (s *Store) flatten(tree, prefix string, files map[string]File) {
	for _, entry := range s.trees[tree] {
		if entry.Kind == KindTree {
			s.flatten(entry.OID, prefix+entry.Name+"/", files)
			continue
		}
		files[prefix+entry.Name] = File{Mode: entry.Mode, Kind: entry.Kind, OID: entry.OID}
	}
}

// WriteFiles stores the trees that hold the given leaves and returns the root's oid.
func (s *Store) WriteFiles(files map[string]File) string {
	directories := map[string]map[string]File{}
	var entries []Entry
	for path, file := range files {
		directory, rest, nested := strings.Cut(path, "/")
		if !nested {
			entries = append(entries, Entry{Name: path, Mode: file.Mode, Kind: file.Kind, OID: file.OID})
			continue
		}
		if directories[directory] == nil {
			directories[directory] = map[string]File{}
		}
		directories[directory][rest] = file
	}
	for directory, below := range directories {
		entries = append(entries, Entry{Name: directory, Mode: ModeTree, Kind: KindTree, OID: s.WriteFiles(below)})
	}
	return s.WriteTree(entries)
}

// WithContent returns the tree that has the given contents on top of another tree's.
func (s *Store) WithContent(tree string, contents map[string]string) string {
	files := s.Files(tree)
	for path, content := range contents {
		files[path] = File{Mode: ModeFile, Kind: KindBlob, OID: s.WriteBlob([]byte(content))}
	}
	return s.WriteFiles(files)
}

// Without returns the tree that lacks some files of another tree.
func (s *Store) Without(tree string, paths ...string) string {
	if len(paths) == 0 {
		return cmp.Or(tree, s.WriteTree(nil))
	}
	files := s.Files(tree)
	for _, path := range paths {
		delete(files, path)
	}
	return s.WriteFiles(files)
}

// At returns the entry of a tree at a path; the empty path is the tree itself.
func (s *Store) At(tree, path string) (Entry, bool) {
	entry := Entry{Mode: ModeTree, Kind: KindTree, OID: tree}
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if part == "" {
			continue
		}
		index := slices.IndexFunc(s.trees[entry.OID], func(e Entry) bool { return e.Name == part })
		if entry.Kind != KindTree || index < 0 {
			return Entry{}, false
		}
		entry = s.trees[entry.OID][index]
	}
	return entry, true
}

// Change is a file that two trees do not agree on; an absent side has no oid. A renamed file had another path before.
type Change struct {
	Path          string
	From          string // the path before, of a file that was renamed; see Renames
	Before, After File
}

// Changes lists the differences between two trees by path.
func (s *Store) Changes(before, after string) []Change {
	left, right := s.Files(before), s.Files(after)
	var changes []Change
	for _, path := range slices.Sorted(maps.Keys(union(left, right))) {
		if left[path] != right[path] {
			changes = append(changes, Change{Path: path, Before: left[path], After: right[path]})
		}
	}
	return changes
}
