// Package git is a git repository in memory: objects that are named by their real SHA-1,
// references, and merges of whole files.
package git

import (
	"crypto/sha1" //nolint:gosec // git names objects by SHA-1
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kinds of objects, as git spells them.
const (
	KindBlob   = "blob"
	KindTree   = "tree"
	KindCommit = "commit"
)

// Modes of tree entries that this package writes by itself.
const (
	ModeFile = "100644"
	ModeTree = "040000"
)

// Signature says who made a commit and when.
type Signature struct {
	Name, Email string
	When        time.Time
}

// Commit is a commit object. OID is set by the store.
type Commit struct {
	OID       string
	Tree      string
	Parents   []string
	Author    Signature
	Committer Signature
	Message   string
	Signed    bool // carries a signature that the host could verify
}

// Entry is one line of a tree.
type Entry struct {
	Name, Mode, Kind, OID string
}

// Store holds the objects and references of one repository. It is not safe for concurrent use.
type Store struct {
	blobs   map[string][]byte
	trees   map[string][]Entry
	commits map[string]Commit
	refs    map[string]string
	head    string
}

// New returns an empty store whose HEAD names the given branch.
func New(branch string) *Store {
	s := &Store{
		blobs: map[string][]byte{}, trees: map[string][]Entry{},
		commits: map[string]Commit{}, refs: map[string]string{}, head: "refs/heads/" + branch,
	}
	s.WriteTree(nil)
	return s
}

// Clone returns an independent copy. Objects never change: both stores share them.
func (s *Store) Clone() *Store {
	return &Store{
		blobs: maps.Clone(s.blobs), trees: maps.Clone(s.trees), commits: maps.Clone(s.commits),
		refs: maps.Clone(s.refs), head: s.head,
	}
}

// Kind tells what kind of object an oid names, "" for none.
func (s *Store) Kind(oid string) string {
	if _, ok := s.blobs[oid]; ok {
		return KindBlob
	}
	if _, ok := s.trees[oid]; ok {
		return KindTree
	}
	if _, ok := s.commits[oid]; ok {
		return KindCommit
	}
	return ""
}

// Blob returns the content of a blob.
func (s *Store) Blob(oid string) ([]byte, bool) {
	content, ok := s.blobs[oid]
	return slices.Clone(content), ok
}

// Commit returns a commit.
func (s *Store) Commit(oid string) (Commit, bool) {
	commit, ok := s.commits[oid]
	commit.Parents = slices.Clone(commit.Parents)
	return commit, ok
}

// Forget removes a commit, as the collection of garbage does.
func (s *Store) Forget(oid string) { delete(s.commits, oid) }

// Tree returns the entries of a tree.
func (s *Store) Tree(oid string) ([]Entry, bool) {
	entries, ok := s.trees[oid]
	return slices.Clone(entries), ok
}

// WriteBlob stores content and returns its oid.
func (s *Store) WriteBlob(content []byte) string {
	oid := name(KindBlob, content)
	s.blobs[oid] = slices.Clone(content)
	return oid
}

// WriteTree stores one level of a tree and returns its oid.
func (s *Store) WriteTree(entries []Entry) string {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	var content []byte
	for _, entry := range entries {
		content = fmt.Appendf(content, "%s %s\x00", strings.TrimPrefix(entry.Mode, "0"), entry.Name)
		raw, _ := hex.DecodeString(entry.OID) // an invalid oid hashes as nothing
		content = append(content, raw...)
	}
	oid := name(KindTree, content)
	s.trees[oid] = entries
	return oid
}

// sortKey orders entries as git does, which compares directories with a slash at the end.
func (e Entry) sortKey() string {
	if e.Kind == KindTree {
		return e.Name + "/"
	}
	return e.Name
}

// WriteCommit stores a commit and returns its oid.
func (s *Store) WriteCommit(commit Commit) string {
	var content []byte
	content = fmt.Appendf(content, "tree %s\n", commit.Tree)
	for _, parent := range commit.Parents {
		content = fmt.Appendf(content, "parent %s\n", parent)
	}
	content = fmt.Appendf(content, "author %s\ncommitter %s\n", commit.Author, commit.Committer)
	if commit.Signed {
		content = fmt.Appendf(content, "gpgsig %s\n", SignatureText)
	}
	content = fmt.Appendf(content, "\n%s", commit.Message)
	commit.OID = name(KindCommit, content)
	commit.Parents = slices.Clone(commit.Parents)
	s.commits[commit.OID] = commit
	return commit.OID
}

// SignatureText is the signature of every signed commit.
const SignatureText = "-----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----"

// String is the signature as a commit object spells it.
func (s Signature) String() string {
	return fmt.Sprintf("%s <%s> %d +0000", s.Name, s.Email, s.When.Unix())
}

func name(kind string, content []byte) string {
	hash := sha1.New() //nolint:gosec // git names objects by SHA-1
	hash.Write(fmt.Appendf(nil, "%s %d\x00", kind, len(content)))
	hash.Write(content)
	return hex.EncodeToString(hash.Sum(nil))
}
