package sim_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// sha asks for something to be made and returns its name.
func sha(t *testing.T, g *sim.GitHub, route string, body any) string {
	t.Helper()
	status, answer := ask(t, g, route, body)
	require.Equal(t, 201, status, "%v", answer)
	oid, _ := answer.(map[string]any)["sha"].(string)
	require.Len(t, oid, 40)
	return oid
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	g := start(t)
	hello := sha(t, g, "POST /./git/blobs", map[string]any{"content": "hello\n"})
	assert.Equal(t, "ce013625030ba8dba906f756967f9e9ca394464a", hello)
	again := sha(t, g, "POST /./git/blobs", map[string]any{"content": "aGVsbG8K", "encoding": "base64"})
	assert.Equal(t, hello, again)
	long := strings.Repeat("0123456789", 9)
	text := base64.StdEncoding.EncodeToString([]byte(long))
	play(t, g, []exchange{
		{"read", "GET /./git/blobs/" + hello, nil, 200, `{"content": "aGVsbG8K\n", "encoding": "base64", "size": 6}`},
		{
			"long lines are wrapped", "GET /./git/blobs/" + sha(t, g, "POST /./git/blobs", map[string]any{"content": long}), nil, 200,
			`{"content": "` + text[:60] + `\n` + text[60:] + `\n"}`,
		},
		{"no Base64", "POST /./git/blobs", map[string]any{"content": "%", "encoding": "base64"}, 422, ""},
		{"missing", "GET /./git/blobs/" + strings.Repeat("1", 40), nil, 404, `{"message": "Not Found"}`},
	})
}

func entry(path string, rest map[string]any) map[string]any {
	rest["path"], rest["mode"], rest["type"] = path, "100644", "blob"
	return rest
}

func TestTrees(t *testing.T) {
	t.Parallel()
	g := start(t)
	blob := sha(t, g, "POST /./git/blobs", map[string]any{"content": "b"})
	tree := sha(t, g, "POST /./git/trees", map[string]any{"tree": []any{
		entry("lock.json", map[string]any{"content": "{}"}), entry("dir/b", map[string]any{"sha": blob}),
	}})
	main := treeOfMain(t, g)
	play(t, g, []exchange{
		{"read", "GET /./git/trees/" + tree, nil, 200, `{"sha": "` + tree + `", "truncated": false, "tree": [
			{"path": "dir", "type": "tree", "mode": "040000"}, {"path": "lock.json", "type": "blob", "mode": "100644", "size": 2}]}`},
		{"all of it", "GET /./git/trees/" + tree + "?recursive=1", nil, 200, `{"tree": [{"path": "dir"}, {"path": "dir/b", "sha": "` + blob + `"}, {"path": "lock.json"}]}`},
		{"of a branch", "GET /./git/trees/main", nil, 200, `{"tree": [{"path": "README.md"}]}`},
		{
			"on top of another", "POST /./git/trees",
			map[string]any{"base_tree": main, "tree": []any{entry("new", map[string]any{"content": ""})}},
			201,
			`{"tree": [{"path": "README.md"}, {"path": "new", "size": 0}]}`,
		},
		{"without a file", "POST /./git/trees", map[string]any{"base_tree": tree, "tree": []any{entry("lock.json", map[string]any{"sha": nil})}}, 201, `{"tree": [{"path": "dir"}]}`},
		{"with a tree", "POST /./git/trees", map[string]any{"tree": []any{map[string]any{"path": "a", "mode": "040000", "type": "tree", "sha": tree}}}, 201, `{"tree": [{"path": "a", "type": "tree"}]}`},
		{"empty", "POST /./git/trees", map[string]any{"tree": []any{}}, 422, `{"message": "Invalid tree info"}`},
		{"unknown object", "POST /./git/trees", map[string]any{"tree": []any{entry("x", map[string]any{"sha": strings.Repeat("1", 40)})}}, 422, `{"message": "~is not a valid blob"}`},
		{"unknown base", "POST /./git/trees", map[string]any{"base_tree": "none", "tree": []any{entry("x", map[string]any{"content": ""})}}, 422, `{"message": "base_tree is not a valid tree oid"}`},
		{"empty base", "POST /./git/trees", map[string]any{"base_tree": "", "tree": []any{entry("x", map[string]any{"content": ""})}}, 422, ""},
		{"a blob called tree", "POST /./git/trees", map[string]any{"tree": []any{map[string]any{"path": "a", "mode": "040000", "type": "tree", "sha": blob}}}, 422, `{"message": "~is not a valid tree"}`},
		{"removal of what is not there", "POST /./git/trees", map[string]any{"base_tree": tree, "tree": []any{entry("none", map[string]any{"sha": nil})}}, 422, `{"message": "GitRPC::BadObjectState"}`},
		{"missing", "GET /./git/trees/none", nil, 404, ""},
	})
}

func treeOfMain(t *testing.T, g *sim.GitHub) string {
	t.Helper()
	return nodeOf(t, g, `defaultBranchRef { target { ... on Commit { tree { oid } } } }`, "defaultBranchRef", "target", "tree", "oid")
}

func TestEntriesOfTrees(t *testing.T) {
	g := start(t)
	both := map[string]any{"content": "", "sha": "ce013625030ba8dba906f756967f9e9ca394464a"}
	const malformed = "tree.path contains a malformed path component"
	for _, test := range []struct {
		entry map[string]any
		want  string
	}{
		{entry("/lock.json", map[string]any{"content": ""}), "tree.path cannot start with a slash"},
		{entry("a//b", map[string]any{"content": ""}), malformed},
		{entry("a/../b", map[string]any{"content": ""}), malformed},
		{entry("./a", map[string]any{"content": ""}), malformed},
		{entry("a/.GIT/b", map[string]any{"content": ""}), malformed},
		{entry("", map[string]any{"content": ""}), malformed},
		{entry("a\x00", map[string]any{"content": ""}), malformed},
		{map[string]any{"path": "a", "content": ""}, "Must supply a valid tree.mode"},
		{entry("a", both), "Must supply either tree.sha or tree.content"},
		{entry("a", map[string]any{}), "Must supply either tree.sha or tree.content"},
	} {
		t.Run(fmt.Sprint(test.entry), func(t *testing.T) {
			play(t, g, []exchange{{test.want, "POST /./git/trees", map[string]any{"tree": []any{test.entry}}, 422, `{"message": "` + test.want + `"}`}})
		})
	}
	play(t, g, []exchange{
		{"names like these", "POST /./git/trees", map[string]any{"tree": []any{entry("..a/.github/b", map[string]any{"content": ""})}}, 201, ""},
		{"no type", "POST /./git/trees", map[string]any{"tree": []any{map[string]any{"path": "a", "mode": "100644", "content": "x"}}}, 201, `{"tree": [{"type": "blob"}]}`},
	})
}

// A lock is a commit without parents whose tree holds one file.
func TestRootCommit(t *testing.T) {
	t.Parallel()
	g := start(t)
	tree := sha(t, g, "POST /./git/trees", map[string]any{"tree": []any{entry("lock.json", map[string]any{"content": "{}"})}})
	for _, parents := range []map[string]any{{}, {"parents": []string{}}} {
		parents["message"], parents["tree"] = "lock [skip ci]", tree
		root := sha(t, g, "POST /./git/commits", parents)
		includes(t, `{"object": {"parents": {"totalCount": 0}, "author": {"name": "github-actions[bot]", "user": null}, "committer": {"email": "~github-actions[bot]@"},
			"tree": {"entries": [{"name": "lock.json"}]}, "history": {"totalCount": 1}, "signature": {"isValid": true}},
			"file": {"text": "{}", "isTruncated": false, "byteSize": 2}, "none": null, "nowhere": null}`,
			repository(t, g, `object(oid: "`+root+`") { ... on Commit { parents(first: 1) { totalCount } author { name user { login } } committer { email }
				tree { entries { name } } history(first: 1) { totalCount } signature { isValid } } }
				file: object(expression: "`+root+`:lock.json") { ... on Blob { text isTruncated byteSize } }
				none: object(expression: "`+root+`:other.json") { oid } nowhere: object(expression: "`+strings.Repeat("1", 40)+`:lock.json") { oid }`))
	}
}

func TestGitCommits(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Head("main")
	tree := sha(t, g, "POST /./git/trees", map[string]any{"tree": []any{entry("lock.json", map[string]any{"content": "{}"})}})
	ann := map[string]any{"name": "Ann", "email": "ann@example.com", "date": "2026-01-02T03:04:05Z"}
	play(t, g, []exchange{
		{
			"of the workflow's user", "POST /./git/commits",
			map[string]any{"message": "lock", "tree": tree},
			201,
			`{"message": "lock", "tree": {"sha": "` + tree + `"}, "parents": [], "author": {"name": "github-actions[bot]"}, "verification": {"verified": true}}`,
		},
		{
			"of a user", "POST /./git/commits",
			map[string]any{"message": "lock", "tree": tree, "parents": []string{head}, "author": ann},
			201,
			`{"parents": [{"sha": "` + head + `"}], "author": {"name": "Ann", "date": "2026-01-02T03:04:05Z"}, "committer": {"name": "Ann"}, "verification": {"verified": false, "reason": "unsigned"}}`,
		},
		{"read", "GET /./git/commits/" + head, nil, 200, `{"sha": "` + head + `", "message": "Initial commit"}`},
		{"unknown tree", "POST /./git/commits", map[string]any{"message": "x", "tree": head}, 422, `{"message": "Tree SHA does not exist"}`},
		{"unknown parent", "POST /./git/commits", map[string]any{"message": "x", "tree": tree, "parents": []string{tree}}, 422, `{"message": "~Parent SHA"}`},
		{"missing", "GET /./git/commits/" + tree, nil, 404, ""},
	})
}

func TestObjectsInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Push(sim.Commit{Files: map[string]string{"dir/lock.json": "{}", "image": "\xff\xfe"}})
	includes(t, `{
		"commit": {"__typename": "Commit", "oid": "`+head+`", "abbreviatedOid": "`+head[:7]+`"},
		"oid": {"oid": "`+head+`"},
		"file": {"__typename": "Blob", "text": "{}", "isTruncated": false, "byteSize": 2, "isBinary": false},
		"image": {"text": null, "isBinary": true},
		"tree": {"__typename": "Tree", "entries": [{"name": "lock.json", "type": "blob", "mode": 33188, "object": {"text": "{}"}}]},
		"root": {"entries": [{"name": "README.md"}, {"name": "dir", "type": "tree", "mode": 16384}, {"name": "image"}]},
		"noFile": null, "noBranch": null}`,
		repository(t, g, `commit: object(expression: "main") { __typename oid abbreviatedOid }
			oid: object(oid: "`+head+`") { oid }
			file: object(expression: "main:dir/lock.json") { __typename ... on Blob { text isTruncated byteSize isBinary } }
			image: object(expression: "HEAD:image") { ... on Blob { text isBinary } }
			tree: object(expression: "main:dir") { __typename ... on Tree { entries { name type mode object { ... on Blob { text } } } } }
			root: object(expression: "main:") { ... on Tree { entries { name type mode } } }
			noFile: object(expression: "main:none") { oid } noBranch: object(expression: "none:dir") { oid }`))
}
