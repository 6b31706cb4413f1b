package sim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// The client libraries decode every answer into the types that they know of GitHub.
func TestREST(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "bob", Permission: "write"})
	number := g.OpenPull(sim.Pull{Author: "bob", Head: "feature/x"})
	comment := g.Comment(number, "bob", ".deploy")
	ctx, client := t.Context(), github.NewClient(g.Client()).WithAuthToken(sim.DefaultToken)

	pull, _, err := client.PullRequests.Get(ctx, "acme", "shop", number)
	require.NoError(t, err)
	level, _, err := client.Repositories.GetPermissionLevel(ctx, "acme", "shop", "bob")
	require.NoError(t, err)
	assert.Equal(t, "write", level.GetPermission())
	reaction, _, err := client.Reactions.CreateIssueCommentReaction(ctx, "acme", "shop", comment, "eyes")
	require.NoError(t, err)
	_, err = client.Reactions.DeleteIssueCommentReaction(ctx, "acme", "shop", comment, reaction.GetID())
	require.NoError(t, err)
	compared, _, err := client.Repositories.CompareCommits(ctx, "acme", "shop", "main", pull.GetHead().GetSHA(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, compared.GetAheadBy())

	made, _, err := client.Repositories.CreateDeployment(ctx, "acme", "shop", &github.DeploymentRequest{
		Ref: new("feature/x"), AutoMerge: new(false), RequiredContexts: &[]string{}, Environment: new("staging"),
	})
	require.NoError(t, err)
	assert.Equal(t, pull.GetHead().GetSHA(), made.GetSHA())
	status, _, err := client.Repositories.CreateDeploymentStatus(ctx, "acme", "shop", made.GetID(), &github.DeploymentStatusRequest{State: new("success")})
	require.NoError(t, err)
	assert.Equal(t, "staging", status.GetEnvironment())
	labels, _, err := client.Issues.AddLabelsToIssue(ctx, "acme", "shop", number, []string{"deployed"})
	require.NoError(t, err)
	assert.Len(t, labels, 1)
	checkGit(ctx, t, client)

	_, _, err = client.PullRequests.UpdateBranch(ctx, "acme", "shop", number, nil)
	failure := &github.ErrorResponse{}
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "There are no new commits on the base branch.", failure.Message)
}

// checkGit makes a branch with one file, as a lock is made, and reads it.
func checkGit(ctx context.Context, t *testing.T, client *github.Client) {
	t.Helper()
	tree, _, err := client.Git.CreateTree(ctx, "acme", "shop", "", []*github.TreeEntry{
		{Path: new("lock.json"), Mode: new("100644"), Type: new("blob"), Content: new("{}")},
	})
	require.NoError(t, err)
	commit, _, err := client.Git.CreateCommit(ctx, "acme", "shop", &github.Commit{Message: new("lock"), Tree: tree}, nil)
	require.NoError(t, err)
	_, _, err = client.Git.CreateRef(ctx, "acme", "shop", &github.Reference{
		Ref: new("refs/heads/lock"), Object: &github.GitObject{SHA: commit.SHA},
	})
	require.NoError(t, err)
	file, _, _, err := client.Repositories.GetContents(ctx, "acme", "shop", "lock.json", &github.RepositoryContentGetOptions{Ref: "lock"})
	require.NoError(t, err)
	content, err := file.GetContent()
	require.NoError(t, err)
	assert.Equal(t, "{}", content)
	_, err = client.Git.DeleteRef(ctx, "acme", "shop", "refs/heads/lock")
	require.NoError(t, err)
}

// agent adds the header that githubv4 does not set by itself and GitHub insists on.
type agent struct{ next http.RoundTripper }

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "test")
	return a.next.RoundTrip(r)
}

func TestGraphQLClient(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{Title: "Change"})
	g.Deploy(sim.DeploymentSpec{State: "success"})
	base := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: agent{g.Client().Transport}})
	client := githubv4.NewClient(oauth2.NewClient(base, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: sim.DefaultToken})))

	var q struct {
		RateLimit  struct{ Remaining int }
		Repository struct {
			ID          githubv4.ID
			PullRequest struct{ ID, Title githubv4.String } `graphql:"pullRequest(number: $number)"`
			Deployments struct {
				Nodes []struct {
					State     githubv4.DeploymentState
					CreatedAt githubv4.DateTime
				}
			} `graphql:"deployments(environments: $environments, first: 1, orderBy: {field: CREATED_AT, direction: DESC})"`
		} `graphql:"repository(owner: \"acme\", name: \"shop\")"`
	}
	require.NoError(t, client.Query(t.Context(), &q, map[string]any{
		"number": githubv4.Int(number), "environments": []githubv4.String{"production"},
	}))
	assert.Equal(t, githubv4.String("Change"), q.Repository.PullRequest.Title)
	require.Len(t, q.Repository.Deployments.Nodes, 1)
	assert.Equal(t, githubv4.DeploymentState("ACTIVE"), q.Repository.Deployments.Nodes[0].State)
	assert.Equal(t, 999, q.RateLimit.Remaining)

	var m struct {
		AddComment struct {
			CommentEdge struct {
				Node struct{ Body githubv4.String }
			}
		} `graphql:"addComment(input: $input)"`
	}
	require.NoError(t, client.Mutate(t.Context(), &m, githubv4.AddCommentInput{SubjectID: q.Repository.PullRequest.ID, Body: "hello"}, nil))
	assert.Equal(t, githubv4.String("hello"), m.AddComment.CommentEdge.Node.Body)
	assert.Equal(t, "hello", g.Comments(number)[0].Body)
}
