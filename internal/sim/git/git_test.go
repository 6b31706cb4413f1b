package git_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

// The expected oids are those that git itself computes for the same content.
func TestObjectsHaveTheirRealNames(t *testing.T) {
	s := git.New("main")

	assert.Equal(t, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", s.WriteTree(nil))
	assert.Equal(t, "ce013625030ba8dba906f756967f9e9ca394464a", s.WriteBlob([]byte("hello\n")))

	tree := s.WithContent("", map[string]string{"a.txt": "hello\n", "dir/b.txt": "x\n", "dir.txt": "y\n"})
	assert.Equal(t, "7c0c17c6caad2f5ff5b47c4dcc16df1715234d89", tree)
	directory, ok := s.At(tree, "dir")
	require.True(t, ok)
	assert.Equal(t, git.Entry{Name: "dir", Mode: git.ModeTree, Kind: git.KindTree, OID: "add4794d9c94872b96c1697c056fb82ae0d72880"}, directory)

	commit := s.WriteCommit(git.Commit{
		Tree: tree, Message: "First\n",
		Author:    git.Signature{Name: "Ann", Email: "ann@example.com", When: time.Unix(1700000000, 0)},
		Committer: git.Signature{Name: "Ben", Email: "ben@example.com", When: time.Unix(1700000060, 0)},
	})
	assert.Equal(t, "4161f8840f3f41987b0622e82899c06206005475", commit)
	for oid, kind := range map[string]string{commit: git.KindCommit, tree: git.KindTree, "0000000": ""} {
		t.Run(oid, func(t *testing.T) {
			assert.Equal(t, kind, s.Kind(oid))
		})
	}
}

func TestWhatIsReadIsACopy(t *testing.T) {
	t.Parallel()
	s := git.New("main")
	oid := s.WriteBlob([]byte("hello"))

	content, ok := s.Blob(oid)
	require.True(t, ok)
	content[0] = 'j'

	again, _ := s.Blob(oid)
	assert.Equal(t, "hello", string(again))
}

// line is a history in which each commit holds one file, named like its content.
func line(s *git.Store, parent string, files ...string) string {
	for _, file := range files {
		base, _ := s.Commit(parent)
		commit := git.Commit{Message: file, Tree: s.WithContent(base.Tree, map[string]string{file: file})}
		if parent != "" {
			commit.Parents = []string{parent}
		}
		parent = s.WriteCommit(commit)
	}
	return parent
}

func messages(commits []git.Commit) []string {
	var list []string
	for _, commit := range commits {
		list = append(list, commit.Message)
	}
	return list
}

func TestHistory(t *testing.T) {
	t.Parallel()
	s := git.New("main")
	root := line(s, "", "1", "2")
	left, right := line(s, root, "l1", "l2"), line(s, root, "r1")

	assert.Equal(t, []string{"l1", "l2"}, messages(s.Between(right, left)))
	assert.Equal(t, []string{"r1"}, messages(s.Between(left, right)))
	assert.Empty(t, s.Between(left, root))
	assert.Equal(t, root, s.MergeBase(left, right))
	assert.Empty(t, s.MergeBase(left, line(s, "", "other")))
	assert.True(t, s.History(left)[root])
	assert.False(t, s.History(root)[left])
}

func TestMergeTree(t *testing.T) {
	s := git.New("main")
	base := s.WriteCommit(git.Commit{Tree: s.WithContent("", map[string]string{"a": "1", "b": "1", "c": "1"})})
	on := func(tree string) string { return s.WriteCommit(git.Commit{Tree: tree, Parents: []string{base}}) }
	tree := func(files map[string]string) string { return s.WithContent("", files) }
	ours := on(tree(map[string]string{"a": "2", "b": "1", "c": "1"}))

	for name, test := range map[string]struct{ theirs, want map[string]string }{
		"change of another file": {map[string]string{"a": "1", "b": "2", "c": "1"}, map[string]string{"a": "2", "b": "2", "c": "1"}},
		"new file":               {map[string]string{"a": "1", "b": "1", "c": "1", "d": "1"}, map[string]string{"a": "2", "b": "1", "c": "1", "d": "1"}},
		"removal":                {map[string]string{"a": "1", "b": "1"}, map[string]string{"a": "2", "b": "1"}},
		"same change":            {map[string]string{"a": "2", "b": "1", "c": "1"}, map[string]string{"a": "2", "b": "1", "c": "1"}},
		"conflict":               {map[string]string{"a": "3", "b": "1", "c": "1"}, nil},
		"removal of a change":    {map[string]string{"b": "1", "c": "1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			merged, err := s.MergeTree(ours, on(tree(test.theirs)))
			if test.want == nil {
				var conflict *git.ConflictError
				require.ErrorAs(t, err, &conflict, name)
				assert.Equal(t, []string{"a"}, conflict.Paths)
				assert.Equal(t, "merge conflict in a", err.Error())
				return
			}
			require.NoError(t, err, name)
			assert.Equal(t, tree(test.want), merged, name)
		})
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	s := git.New("main")
	before := s.WithContent("", map[string]string{"same": "1", "changed": "1", "gone": "1"})
	after := s.WithContent("", map[string]string{"same": "1", "changed": "2", "dir/new": "1"})

	one, two := s.WriteBlob([]byte("1")), s.WriteBlob([]byte("2"))
	file := func(oid string) git.File { return git.File{Mode: git.ModeFile, Kind: git.KindBlob, OID: oid} }
	assert.Equal(t, []git.Change{
		{Path: "changed", Before: file(one), After: file(two)},
		{Path: "dir/new", After: file(one)},
		{Path: "gone", Before: file(one)},
	}, s.Changes(before, after))
}

func TestResolve(t *testing.T) {
	s := git.New("trunk")
	commit := line(s, "", "1")
	s.SetRef("refs/heads/trunk", commit)
	s.SetRef("refs/heads/feature/x", commit)
	s.SetRef("refs/tags/v1", commit)

	for revision, ref := range map[string]string{
		"HEAD": "refs/heads/trunk", "trunk": "refs/heads/trunk", "heads/trunk": "refs/heads/trunk", "feature/x": "refs/heads/feature/x",
		"refs/tags/v1": "refs/tags/v1", "v1": "refs/tags/v1", commit: "", commit[:7]: "",
	} {
		t.Run(revision, func(t *testing.T) {
			oid, name, ok := s.Resolve(revision)
			assert.True(t, ok, revision)
			assert.Equal(t, commit, oid, revision)
			assert.Equal(t, ref, name, revision)
		})
	}
	for _, revision := range []string{"", "other", commit[:6], "0000000000000000000000000000000000000000"} {
		t.Run(revision, func(t *testing.T) {
			_, _, ok := s.Resolve(revision)
			assert.False(t, ok, revision)
		})
	}
}

func TestRefs(t *testing.T) {
	t.Parallel()
	s := git.New("main")
	s.SetRef("refs/heads/a", "1")
	s.SetRef("refs/heads/b/c", "1")
	s.SetRef("refs/tags/a", "1")

	assert.Equal(t, []string{"refs/heads/a", "refs/heads/b/c"}, s.Refs("refs/heads/"))
	assert.True(t, s.Blocked("refs/heads/a/b"), "a is a branch, so it cannot be a directory")
	assert.True(t, s.Blocked("refs/heads/b"), "b is a directory, so it cannot be a branch")
	assert.False(t, s.Blocked("refs/heads/b/d"))
	s.DeleteRef("refs/heads/a")
	assert.False(t, s.Blocked("refs/heads/a/b"))
	assert.Equal(t, "refs/heads/main", s.Head())
}

func TestValidRefName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"refs/heads/main": true, "refs/heads/a/b": true, "refs/heads/ä-1_x.y": true, "refs/heads/a@b": true,
		"main": false, "refs/heads": false, "refs/heads/": false, "refs/heads/a b": false, "refs/heads/a..b": false,
		"refs/heads/.a": false, "refs/heads/a.lock": false, "refs/heads/a.": false, "refs/heads/a~1": false,
		"refs/heads/a:b": false, "refs/heads/a//b": false, "refs/heads/a\tb": false, "refs/heads/a@{b": false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, git.ValidRefName(name), name)
		})
	}
}
