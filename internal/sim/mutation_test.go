package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const zeros = "0000000000000000000000000000000000000000"

// mutate sends a mutation with one input.
func mutate(t *testing.T, g *sim.GitHub, name, selection string, input map[string]any) any {
	t.Helper()
	kind := strings.ToUpper(name[:1]) + name[1:] + "Input!"
	return query(t, g, `mutation($input: `+kind+`) { `+name+`(input: $input) { `+selection+` } }`, map[string]any{"input": input})
}

func nodeOf(t *testing.T, g *sim.GitHub, fields string, path ...any) string {
	t.Helper()
	id, _ := at(repository(t, g, fields), path...).(string)
	require.NotEmpty(t, id)
	return id
}

func TestAddComment(t *testing.T) {
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Comment(number, "alice", "first")
	subject := nodeOf(t, g, `pullRequest(number: 1) { id }`, "pullRequest", "id")
	answer := mutate(t, g, "addComment", `clientMutationId commentEdge { cursor node { id fullDatabaseId body author { login } } }
		subject { id ... on PullRequest { headRefOid isDraft reviewDecision comments(last: 1) { totalCount nodes { body } }
			repository { ref(qualifiedName: "refs/heads/main") { target { oid } } } } }`,
		map[string]any{"subjectId": subject, "body": "hello", "clientMutationId": "m1"})
	includes(t, `{"data": {"addComment": {"clientMutationId": "m1", "commentEdge": {"node": {"body": "hello", "author": {"login": "github-actions"}}},
		"subject": {"id": "`+subject+`", "headRefOid": "`+g.PullHead(number)+`", "isDraft": false, "reviewDecision": null,
			"comments": {"totalCount": 2, "nodes": [{"body": "hello"}]}, "repository": {"ref": {"target": {"oid": "`+g.Head("main")+`"}}}}}}}`, answer)

	comments := g.Comments(number)
	assert.Equal(t, "hello", comments[1].Body)
	assert.Equal(t, sim.ActionsLogin, comments[1].Author)
	includes(t, `{"data": {"addComment": null}, "errors": [{"type": "NOT_FOUND", "path": ["addComment"]}]}`,
		mutate(t, g, "addComment", "clientMutationId", map[string]any{"subjectId": "PR_OQ", "body": "x"}))

	id := at(answer, "data", "addComment", "commentEdge", "node", "id")
	includes(t, `{"data": {"updateIssueComment": {"issueComment": {"body": "changed"}}}}`,
		mutate(t, g, "updateIssueComment", "issueComment { body }", map[string]any{"id": id, "body": "changed"}))
	assert.Equal(t, "changed", g.Comments(number)[1].Body)
	includes(t, `{"data": {"updateIssueComment": null}, "errors": [{"type": "UNPROCESSABLE"}]}`,
		mutate(t, g, "updateIssueComment", "clientMutationId", map[string]any{"id": id, "body": ""}))
	includes(t, `{"data": {"deleteIssueComment": {"clientMutationId": null}}}`,
		mutate(t, g, "deleteIssueComment", "clientMutationId", map[string]any{"id": id}))
	assert.Len(t, g.Comments(number), 1)
	for _, name := range []string{"updateIssueComment", "deleteIssueComment"} {
		t.Run(name, func(t *testing.T) {
			input := map[string]any{"id": id}
			if name == "updateIssueComment" {
				input["body"] = "x"
			}
			includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, name, "clientMutationId", input))
		})
	}
}

func TestReactionMutations(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Comment(number, "alice", "x")
	subject := nodeOf(t, g, `pullRequest(number: 1) { comments(last: 1) { nodes { id } } }`, "pullRequest", "comments", "nodes", 0, "id")
	input := map[string]any{"subjectId": subject, "content": "THUMBS_DOWN"}
	for range 2 {
		includes(t, `{"data": {"addReaction": {"reaction": {"content": "THUMBS_DOWN"}, "subject": {"id": "`+subject+`"}}}}`,
			mutate(t, g, "addReaction", "reaction { content } subject { id }", input))
	}
	reactions := g.Comments(number)[0].Reactions
	require.Len(t, reactions, 1)
	assert.Equal(t, "-1", reactions[0].Content)

	includes(t, `{"data": {"removeReaction": {"reaction": {"content": "THUMBS_DOWN"}}}}`, mutate(t, g, "removeReaction", "reaction { content }", input))
	assert.Empty(t, g.Comments(number)[0].Reactions)
	includes(t, `{"errors": [{"type": "UNPROCESSABLE"}]}`, mutate(t, g, "removeReaction", "clientMutationId", input))
	input["subjectId"] = "IC_MQ"
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, "addReaction", "clientMutationId", input))
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, "removeReaction", "clientMutationId", input))
}

func TestCreateRef(t *testing.T) {
	g := start(t)
	id := nodeOf(t, g, "id", "id")
	head := g.Head("main")
	input := map[string]any{"repositoryId": id, "name": "refs/heads/production-branch-deploy-lock", "oid": head}
	// The payload is read after the change.
	includes(t, `{"data": {"createRef": {"ref": {"name": "production-branch-deploy-lock", "target": {"oid": "`+head+`"},
		"repository": {"nameWithOwner": "acme/shop", "refs": {"totalCount": 2}}}}}}`,
		mutate(t, g, "createRef", `ref { name target { oid } repository { nameWithOwner refs(refPrefix: "refs/heads/", first: 1) { totalCount } } }`, input))
	assert.Equal(t, head, g.Head("production-branch-deploy-lock"))

	includes(t, `{"data": {"createRef": null}, "errors": [{"type": "UNPROCESSABLE", "path": ["createRef"], "message": "~already exists in the repository."}]}`,
		mutate(t, g, "createRef", "clientMutationId", input))
	for name, want := range map[string]string{
		"refs/heads/production-branch-deploy-lock/eu": "Ref cannot be created.", "refs/heads/a b": "~not a valid ref name",
		"production-branch-deploy-lock": "~not a valid ref name",
	} {
		t.Run(name, func(t *testing.T) {
			includes(t, `{"data": {"createRef": null}, "errors": [{"type": "UNPROCESSABLE", "message": "`+want+`"}]}`,
				mutate(t, g, "createRef", "clientMutationId", map[string]any{"repositoryId": id, "name": name, "oid": head}))
		})
	}
	input["repositoryId"] = "R_x"
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, "createRef", "clientMutationId", input))
}

// The whole repository can be looked at once more in the answer to the change.
func TestSecondLook(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{Author: "alice"})
	require.NoError(t, g.Lock(sim.Lock{Owner: "bob", Pull: number}))
	includes(t, `{"data": {"createRef": {"ref": {"repository": {
		"global": {"target": {"oid": "`+g.Head("global-branch-deploy-lock")+`", "file": {"object": {"text": "~\"created_by\":\"bob\""}}}},
		"own": {"name": "staging-branch-deploy-lock"}, "defaultBranchRef": {"target": {"tree": {"oid": "`+treeOfMain(t, g)+`"}}},
		"pullRequest": {"headRefOid": "`+g.PullHead(number)+`", "isDraft": false}}}}}}`,
		mutate(t, g, "createRef", `ref { repository {
			global: ref(qualifiedName: "refs/heads/global-branch-deploy-lock") { target { oid ... on Commit { file(path: "lock.json") { object { ... on Blob { text } } } } } }
			own: ref(qualifiedName: "refs/heads/staging-branch-deploy-lock") { name } defaultBranchRef { target { ... on Commit { tree { oid } } } }
			pullRequest(number: 1) { headRefOid isDraft } } }`,
			map[string]any{"repositoryId": nodeOf(t, g, "id", "id"), "name": "refs/heads/staging-branch-deploy-lock", "oid": g.Head("main")}))
}

func TestUpdateRefs(t *testing.T) {
	g := start(t)
	id := nodeOf(t, g, "id", "id")
	old := g.Head("main")
	head := g.Push(sim.Commit{})
	side := g.Push(sim.Commit{Branch: "side"})
	g.Push(sim.Commit{Branch: "lock"})
	lock := g.Head("lock")
	update := func(name, before, after string, force bool) map[string]any {
		one := map[string]any{"name": "refs/heads/" + name, "afterOid": after, "force": force}
		if before != "" {
			one["beforeOid"] = before
		}
		return one
	}
	run := func(updates ...any) any {
		return mutate(t, g, "updateRefs", "clientMutationId", map[string]any{"repositoryId": id, "refUpdates": updates})
	}
	for name, updates := range map[string][]any{
		"moved since":          {update("lock", head, zeros, false)},
		"exists already":       {update("lock", zeros, head, false)},
		"to be deleted":        {update("none", "", zeros, false)},
		"unknown object":       {update("lock", "", strings.Repeat("1", 40), false)},
		"not forward":          {update("main", head, old, false)},
		"bad name":             {update("a..b", "", head, false)},
		"one of two is wrong":  {update("side", side, zeros, false), update("lock", head, zeros, false)},
		"twice the same":       {update("lock", lock, zeros, false), update("lock", lock, zeros, false)},
		"the default branch":   {update("main", head, zeros, false)},
		"missing but expected": {update("none", head, zeros, false)},
	} {
		t.Run(name, func(t *testing.T) {
			includes(t, `{"data": {"updateRefs": null}, "errors": [{"type": "UNPROCESSABLE"}]}`, run(updates...))
			assert.Equal(t, []string{head, side, lock}, []string{g.Head("main"), g.Head("side"), g.Head("lock")}, name)
		})
	}

	includes(t, `{"data": {"updateRefs": {}}}`, run(
		update("lock", lock, zeros, false), update("new", zeros, head, false), update("main", head, old, true), update("side", "", side, false)))
	assert.Equal(t, []string{"", head, old, side}, []string{g.Head("lock"), g.Head("new"), g.Head("main"), g.Head("side")})
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`,
		mutate(t, g, "updateRefs", "clientMutationId", map[string]any{"repositoryId": "R_x", "refUpdates": []any{}}))
}

func TestSingleRefMutations(t *testing.T) {
	t.Parallel()
	g := start(t)
	old := g.Head("main")
	head := g.Push(sim.Commit{})
	g.Push(sim.Commit{Branch: "lock"})
	main := nodeOf(t, g, `ref(qualifiedName: "main") { id }`, "ref", "id")
	lock := nodeOf(t, g, `ref(qualifiedName: "lock") { id }`, "ref", "id")
	includes(t, `{"errors": [{"message": "Update is not a fast forward"}]}`,
		mutate(t, g, "updateRef", "clientMutationId", map[string]any{"refId": main, "oid": old}))
	assert.Equal(t, head, g.Head("main"))
	includes(t, `{"data": {"updateRef": {"ref": {"target": {"oid": "`+old+`"}}}}}`,
		mutate(t, g, "updateRef", "ref { target { oid } }", map[string]any{"refId": main, "oid": old, "force": true}))
	assert.Equal(t, old, g.Head("main"))

	includes(t, `{"data": {"deleteRef": {}}}`, mutate(t, g, "deleteRef", "clientMutationId", map[string]any{"refId": lock}))
	assert.Empty(t, g.Head("lock"))
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, "deleteRef", "clientMutationId", map[string]any{"refId": lock}))
	includes(t, `{"errors": [{"type": "NOT_FOUND"}]}`, mutate(t, g, "updateRef", "clientMutationId", map[string]any{"refId": lock, "oid": old}))
	g.AddRule(sim.Rule{Type: "deletion"})
	includes(t, `{"errors": [{"message": "~Cannot delete"}]}`, mutate(t, g, "deleteRef", "clientMutationId", map[string]any{"refId": main}))
}
