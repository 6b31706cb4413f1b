package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestEditComment(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	first, err := do(t, github, plan.Comment{Pull: 7, Marker: "<!-- one -->", Body: "Sure? <!-- one -->"})
	require.NoError(t, err)
	edit := plan.EditComment{CommentID: first.CommentID, New: plan.Comment{Pull: 7, Marker: "<!-- one -->", Body: "Yes. <!-- one -->"}}
	for range 2 {
		_, err = do(t, github, edit)
		require.NoError(t, err)
	}
	comments := github.Comments(7)
	require.Len(t, comments, 1)
	assert.Equal(t, "Yes. <!-- one -->", comments[0].Body)

	// When it is deleted, the text is written anew, once.
	github.Comment(7, "alice", "another comment")
	github.DeleteComment(first.CommentID)
	for _, attempt := range []func(*testing.T, *sim.GitHub, plan.Effect) (plan.Done, error){do, redo, do} {
		_, err = attempt(t, github, edit)
		require.NoError(t, err)
	}
	comments = github.Comments(7)
	require.Len(t, comments, 2)
	assert.Equal(t, "Yes. <!-- one -->", comments[1].Body)
}

func TestEditCommentThatFails(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	id := github.Comment(7, sim.ActionsLogin, "Sure?")
	edit := plan.EditComment{CommentID: id, New: plan.Comment{Pull: 7, Marker: "<!-- one -->", Body: "Yes."}}
	github.Fail(sim.Fault{Method: "PATCH", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	_, err := do(t, github, edit)
	require.ErrorContains(t, err, "comment on the pull request")
	assert.Contains(t, gh.Explain(err).Hint, "`pull-requests: write`")
	assert.Len(t, github.Comments(7), 1)

	github.DeleteComment(id)
	github.Fail(sim.Fault{Method: "GET", Path: "/repos/*/*/issues/*/comments", Status: 403, Body: `{"message":"no"}`})
	_, err = do(t, github, edit)
	require.ErrorContains(t, err, "comment on the pull request")
	assert.Empty(t, github.Comments(7))
}

// looking is a comment inside which everything is read.
func looking(t *testing.T, github *sim.GitHub) plan.Comment {
	t.Helper()
	looks := locks(production)
	looks.Pull, looks.StableBranch, looks.Environments = 7, "main", []string{"staging"}
	return plan.Comment{
		Pull: 7, PullID: read(t, github, deploy.Needs{Pull: 7}).Pull.ID, Marker: "<!-- one -->", Body: "Hello <!-- one -->", Recheck: &looks,
	}
}

// What GitHub hides inside the comment is asked for on its own: a lock that is not seen there is not
// gone.
func TestCommentWithoutASightOfDeployments(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	put(github, production, document("production", 5).Marshal())
	comment := looking(t, github)
	done, err := newClient(t, github.Client().Transport, hidden(github)).Do(t.Context(), comment, ledger())
	require.NoError(t, err)
	assert.Equal(t, github.Comments(7)[0].ID, done.CommentID)
	assert.Equal(t, github.Head(production), done.Facts.Locks[production].Tip)
	assert.Equal(t, github.Head("main"), done.Facts.Stable.Head.SHA)
	assert.Contains(t, done.Facts.Unavailable, deploy.DeploymentsPart+"staging")
}

// The comment stays even if the rest could not be read.
func TestCommentWithoutALook(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	comment := looking(t, github)
	client := newClient(t, github.Client().Transport, hidden(github))
	github.Fail(sim.Fault{Operation: "query", Status: 403, Body: `{"message":"no"}`, Times: -1})
	done, err := client.Do(t.Context(), comment, ledger())
	require.ErrorContains(t, err, "look again")
	assert.Equal(t, github.Comments(7)[0].ID, done.CommentID)
	assert.False(t, gh.Definite(err))

	again, err := client.Redo(t.Context(), comment, ledger())
	require.Error(t, err)
	assert.False(t, gh.Definite(err), "the comment is there; only the look at it failed")
	assert.Equal(t, done.CommentID, again.CommentID)
	assert.Len(t, github.Comments(7), 1)
}

func TestCommentWithoutANumber(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	comment := looking(t, github)
	github.Fail(sim.Fault{Operation: "addComment", Status: 200, Body: `{"data":{"addComment":{"commentEdge":null,"subject":null}}}`})
	_, err := do(t, github, comment)
	require.ErrorContains(t, err, "names nothing")
	github.Fail(sim.Fault{Operation: "addComment", Status: 200, Body: `{"data":{"addComment":null},"errors":[{"type":"FORBIDDEN","path":["addComment"],"message":"Resource not accessible by integration"}]}`})
	_, err = do(t, github, comment)
	assert.True(t, gh.Denied(err))
}

// A further page of what is read inside a comment has errors of its own, which are not lost.
func TestCommentWithHalfALook(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for range 30 {
		github.JobDeployment("staging", github.Head("main"))
	}
	comment := looking(t, github)
	comment.Recheck.Scope = deploy.UntilOwn
	github.Fail(sim.Fault{
		Operation: "query", Status: 200,
		Body: `{"data":{"repository":{"deployments":null}},"errors":[{"path":["repository","deployments"],"message":"Something went wrong"}]}`,
	})
	_, err := do(t, github, comment)
	require.ErrorContains(t, err, "Something went wrong")
}

// A list of comments that leads back is read once.
func TestCommentsThatGoInCircles(t *testing.T) {
	t.Parallel()
	wire := &answers{list: []answering{
		answer(200, `[]`, "Link", `<https://api.github.com/x?page=2>; rel="next"`),
		answer(200, `[]`, "Link", `<https://api.github.com/x?page=2>; rel="next"`),
		answer(201, `{"id":1}`),
	}}
	done, err := newClient(t, wire, "x").Redo(t.Context(), plan.Comment{Pull: 7, Marker: "m", Body: "b"}, ledger())
	require.NoError(t, err)
	assert.Equal(t, int64(1), done.CommentID)
	assert.Len(t, wire.times, 3)
}
