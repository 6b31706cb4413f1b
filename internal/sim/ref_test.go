package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestRefs(t *testing.T) {
	t.Parallel()
	g := start(t)
	old := g.Head("main")
	head := g.Push(sim.Commit{})
	side := g.Push(sim.Commit{Branch: "side"})
	tree := sha(t, g, "POST /./git/trees", map[string]any{"tree": []any{entry("a", map[string]any{"content": ""})}})
	ref := func(name, oid string) map[string]any { return map[string]any{"ref": name, "sha": oid} }
	const refs, single = "/./git/refs", "/./git/ref/heads/lock%2Fone"
	play(t, g, []exchange{
		{"create", "POST " + refs, ref("refs/heads/lock/one", old), 201, `{"ref": "refs/heads/lock/one", "object": {"type": "commit", "sha": "` + old + `"}}`},
		{"once only", "POST " + refs, ref("refs/heads/lock/one", head), 422, `{"message": "Reference already exists"}`},
		{"below a branch", "POST " + refs, ref("refs/heads/lock/one/two", head), 422, `{"message": "Reference update failed"}`},
		{"above a branch", "POST " + refs, ref("refs/heads/lock", head), 422, `{"message": "Reference update failed"}`},
		{"a tree is no branch", "POST " + refs, ref("refs/heads/x", tree), 422, `{"message": "Reference update failed"}`},
		{"bad name", "POST " + refs, ref("refs/heads/my env", head), 422, `{"message": "~not a valid ref name"}`},
		{"unknown object", "POST " + refs, ref("refs/heads/x", strings.Repeat("1", 40)), 422, `{"message": "Object does not exist"}`},
		{"escaped", "GET " + single, nil, 200, `{"ref": "refs/heads/lock/one"}`},
		{"escaped as a whole", "GET /./git/ref/heads%2Flock%2Fone", nil, 200, `{"ref": "refs/heads/lock/one"}`},
		{"unescaped", "GET /./git/ref/heads/lock/one", nil, 200, `{"ref": "refs/heads/lock/one"}`},
		{"prefix is no match", "GET /./git/ref/heads/lock", nil, 404, `{"message": "Not Found"}`},
		{"matching", "GET /./git/matching-refs/heads/l", nil, 200, `[{"ref": "refs/heads/lock/one"}]`},
		{"forward", "PATCH " + refs + "/heads/lock/one", map[string]any{"sha": head}, 200, `{"object": {"sha": "` + head + `"}}`},
		{"not forward", "PATCH " + refs + "/heads/lock/one", map[string]any{"sha": old}, 422, `{"message": "Update is not a fast forward"}`},
		{"forced", "PATCH " + refs + "/heads/lock/one", map[string]any{"sha": old, "force": true}, 200, ""},
		{"to a tree", "PATCH " + refs + "/heads/lock/one", map[string]any{"sha": tree, "force": true}, 422, `{"message": "Reference update failed"}`},
		{"to nothing", "PATCH " + refs + "/heads/lock/one", map[string]any{"sha": "1234567"}, 422, `{"message": "Object does not exist"}`},
		{"missing one", "PATCH " + refs + "/heads/none", map[string]any{"sha": old}, 422, `{"message": "Reference does not exist"}`},
		{"delete", "DELETE " + refs + "/heads/lock%2Fone", nil, 204, ""},
		{"delete again", "DELETE " + refs + "/heads/lock%2Fone", nil, 422, `{"message": "Reference does not exist"}`},
		{"create another", "POST " + refs, ref("refs/heads/lock/one", old), 201, ""},
		{"delete, escaped as a whole", "DELETE " + refs + "/heads%2Flock%2Fone", nil, 204, ""},
		{"the default branch", "DELETE " + refs + "/heads/main", nil, 422, `{"message": "Cannot delete the default branch"}`},
	})
	assert.Equal(t, side, g.Head("side"))
	assert.Empty(t, g.Head("lock/one"))
	assert.Equal(t, head, g.Head("main"))
}

func TestRulesOfRefs(t *testing.T) {
	t.Parallel()
	g := start(t)
	old := g.Head("main")
	head := g.Push(sim.Commit{})
	for _, kind := range []string{"creation", "deletion"} {
		g.AddRule(sim.Rule{Branch: "guarded-*", Type: kind})
	}
	g.AddRule(sim.Rule{Type: "non_fast_forward"})
	g.AddRule(sim.Rule{Branch: "frozen", Type: "update"})
	g.Push(sim.Commit{Branch: "guarded-1"})
	g.Push(sim.Commit{Branch: "frozen"})
	next := g.Push(sim.Commit{Branch: "next"})
	play(t, g, []exchange{
		{"creation", "POST /./git/refs", map[string]any{"ref": "refs/heads/guarded-2", "sha": old}, 422, `{"message": "~creations being restricted"}`},
		{"deletion", "DELETE /./git/refs/heads/guarded-1", nil, 422, `{"message": "~Cannot delete"}`},
		{"force", "PATCH /./git/refs/heads/main", map[string]any{"sha": old, "force": true}, 422, `{"message": "~Cannot force-push"}`},
		{"update", "PATCH /./git/refs/heads/frozen", map[string]any{"sha": next, "force": true}, 422, `{"message": "~Cannot update"}`},
	})
	assert.Equal(t, head, g.Head("main"))
}

func TestBranch(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Push(sim.Commit{Branch: "feature/x y"})
	g.TagCommit("v1", head)
	g.RequireReviews(1)
	play(t, g, []exchange{
		{"default", "GET /./branches/main", nil, 200, `{"name": "main", "protected": true}`},
		{"escaped", "GET /./branches/feature%2Fx%20y", nil, 200, `{"name": "feature/x y", "protected": false, "commit": {"sha": "` + head + `"}}`},
		{"missing", "GET /./branches/none", nil, 404, `{"message": "Branch not found"}`},
		{"a tag is no branch", "GET /./branches/v1", nil, 404, ""},
	})
	g.DeleteBranch("feature/x y")
	assert.Empty(t, g.Head("feature/x y"))
}

func TestRefsInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	main := g.Push(sim.Commit{})
	side := g.Push(sim.Commit{Branch: "side", Message: "On the side"})
	g.Push(sim.Commit{Message: "Newer"})
	g.TagCommit("v1", main)
	includes(t, `{
		"defaultBranchRef": {"name": "main", "prefix": "refs/heads/"},
		"full": {"name": "side", "target": {"oid": "`+side+`"}}, "short": {"name": "side"}, "tag": {"name": "v1", "prefix": "refs/tags/"}, "none": null,
		"refs": {"totalCount": 2, "nodes": [{"name": "side"}, {"name": "main"}]}, "found": {"nodes": [{"name": "side"}]},
		"compare": {"compare": {"aheadBy": 1, "behindBy": 1, "status": "DIVERGED", "headTarget": {"oid": "`+side+`"},
			"commits": {"nodes": [{"message": "On the side"}]}}, "none": null}}`,
		repository(t, g, `defaultBranchRef { name prefix }
			full: ref(qualifiedName: "refs/heads/side") { name target { oid } } short: ref(qualifiedName: "side") { name }
			tag: ref(qualifiedName: "refs/tags/v1") { name prefix } none: ref(qualifiedName: "refs/heads/none") { name }
			refs(refPrefix: "refs/heads/", first: 5, orderBy: {field: ALPHABETICAL, direction: DESC}) { totalCount nodes { name } }
			found: refs(refPrefix: "refs/heads/", first: 5, query: "sid") { nodes { name } }
			compare: ref(qualifiedName: "main") { compare(headRef: "side") { aheadBy behindBy status headTarget { oid } commits(first: 5) { nodes { message } } }
				none: compare(headRef: "other") { aheadBy } }`))
}

// What a branch holds can be read in the query that finds the branch.
func TestFileOfARef(t *testing.T) {
	t.Parallel()
	g := start(t)
	for branch, file := range map[string]string{"text": "lock.json", "folder": "lock.json/a", "other": "a"} {
		g.Push(sim.Commit{Branch: branch, Files: map[string]string{file: `{"a":1}`}})
	}
	g.Push(sim.Commit{Branch: "binary", Files: map[string]string{"lock.json": "{}\x00"}})
	long := strings.Repeat("0123456789", 60_000)
	g.Push(sim.Commit{Branch: "long", Files: map[string]string{"lock.json": long}})
	var fields strings.Builder
	for _, branch := range []string{"text", "folder", "other", "binary", "long", "none"} {
		fields.WriteString(branch + `: ref(qualifiedName: "refs/heads/` + branch + `") { target { oid ... on Commit { file(path: "lock.json") {
			object { __typename ... on Blob { text isTruncated isBinary byteSize } } } } } } `)
	}
	file := func(object string) string { return `{"target": {"file": {"object": ` + object + `}}}` }
	includes(t, `{"text": `+file(`{"__typename": "Blob", "text": "{\"a\":1}", "isTruncated": false, "isBinary": false}`)+`,
		"folder": `+file(`{"__typename": "Tree"}`)+`, "other": {"target": {"oid": "`+g.Head("other")+`", "file": null}},
		"binary": `+file(`{"text": null, "isBinary": true, "byteSize": 3}`)+`,
		"long": `+file(`{"text": "`+long[:512_000]+`", "isTruncated": true, "byteSize": 600000}`)+`, "none": null}`,
		repository(t, g, fields.String()))
}
