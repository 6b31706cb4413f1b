package event_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/testdata"
)

const (
	workflowSHA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	pullSHA     = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
)

func payload(t *testing.T, name string) []byte {
	t.Helper()
	text, err := testdata.Files().ReadFile("events/" + name + ".json")
	require.NoError(t, err)
	return text
}

// changed gives a payload with some top-level members replaced; nil removes one.
func changed(t *testing.T, text []byte, members map[string]any) []byte {
	t.Helper()
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &all))
	for name, value := range members {
		if value == nil {
			delete(all, name)
			continue
		}
		one, err := json.Marshal(value)
		require.NoError(t, err)
		all[name] = one
	}
	text, err := json.Marshal(all)
	require.NoError(t, err)
	return text
}

// onPull turns a comment on an issue into one on a pull request, which differs by one member.
func onPull(t *testing.T, text []byte) []byte {
	t.Helper()
	var p struct {
		Issue map[string]any `json:"issue"`
	}
	require.NoError(t, json.Unmarshal(text, &p))
	p.Issue["pull_request"] = map[string]any{
		"url":       "https://api.github.com/repos/Codertocat/Hello-World/pulls/1",
		"html_url":  "https://github.com/Codertocat/Hello-World/pull/1",
		"merged_at": nil,
	}
	return changed(t, text, map[string]any{"issue": p.Issue})
}

func environment(name, ref string) event.Environment {
	return event.Environment{Name: name, Repository: "Codertocat/Hello-World", Actor: "octocat", SHA: workflowSHA, Ref: ref}
}

// What each kind of event is about: the commit that is deployed is often not the one whose
// workflow runs.
func TestParseSource(t *testing.T) {
	t.Parallel()
	type about struct {
		action, sha, branch string
		pull                int
		onPull, command     bool
	}
	merged := func(t *testing.T) []byte {
		t.Helper()
		var p struct {
			PullRequest map[string]any `json:"pull_request"`
		}
		text := payload(t, "pull_request.closed")
		require.NoError(t, json.Unmarshal(text, &p))
		p.PullRequest["merged"] = true
		return changed(t, text, map[string]any{"pull_request": p.PullRequest})
	}
	for name, test := range map[string]struct {
		environment event.Environment
		payload     []byte
		want        about
	}{
		"comment on a pull request": {
			environment("issue_comment", "refs/heads/master"), onPull(t, payload(t, "issue_comment.created")),
			about{action: "created", pull: 1, onPull: true, command: true},
		},
		"edited comment on a pull request": {
			environment("issue_comment", "refs/heads/master"), onPull(t, payload(t, "issue_comment.edited")),
			about{action: "edited", pull: 1, onPull: true, command: true},
		},
		"comment on an issue": {
			environment("issue_comment", "refs/heads/master"), payload(t, "issue_comment.created"),
			about{action: "created", sha: workflowSHA, branch: "master"},
		},
		"push of a tag": {
			environment("push", "refs/tags/simple-tag"), payload(t, "push"),
			about{sha: workflowSHA},
		},
		"push of a branch": {
			environment("push", "refs/heads/feature/x"), payload(t, "push"),
			about{sha: workflowSHA, branch: "feature/x"},
		},
		"pull request": {
			environment("pull_request", "refs/pull/2/merge"), payload(t, "pull_request.opened"),
			about{action: "opened", sha: pullSHA, branch: "changes", pull: 2, onPull: true},
		},
		"pull request that was closed": {
			environment("pull_request", "refs/pull/2/merge"), payload(t, "pull_request.closed"),
			about{action: "closed", sha: pullSHA, branch: "changes", pull: 2, onPull: true},
		},
		"pull request that was merged": {
			environment("pull_request", "refs/heads/master"), merged(t),
			about{action: "closed", sha: "c4295bd74fb0f4fda03689c3df3f2803b658fd85", branch: "master", pull: 2, onPull: true},
		},
		"workflow run": {
			environment("workflow_run", "refs/heads/main"), payload(t, "workflow_run.completed"),
			about{action: "completed", sha: "5779607b49aab1200488439f02372c57b4f75444", branch: "main"},
		},
		"deployment status": {
			environment("deployment_status", "refs/heads/master"), payload(t, "deployment_status.created"),
			about{action: "created", sha: "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"},
		},
		"deployment status with the run that made the deployment": {
			environment("deployment_status", "refs/heads/master"),
			changed(t, payload(t, "deployment_status.created"), map[string]any{"workflow_run": map[string]any{"head_sha": "bbbb", "head_branch": "x"}}),
			about{action: "created", sha: "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"},
		},
		"workflow dispatch": {
			environment("workflow_dispatch", "refs/heads/main"), payload(t, "workflow_dispatch"),
			about{sha: workflowSHA, branch: "main"},
		},
		"head branch from the runner": {
			event.Environment{Name: "merge_group", SHA: workflowSHA, Ref: "refs/pull/3/merge", HeadRef: "topic"},
			[]byte(`{}`),
			about{sha: workflowSHA, branch: "topic"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := event.Parse(test.environment, test.payload)
			require.NoError(t, err)
			assert.Equal(t, test.environment.Name, e.Name)
			assert.Equal(t, test.want, about{e.Action, e.SHA, e.Branch, e.Pull, e.OnPull, e.IsCommand()})
			assert.Equal(t, workflowSHA, e.WorkflowSHA)
			assert.Equal(t, test.environment.Ref, e.Ref)
		})
	}
}

func TestParseComment(t *testing.T) {
	t.Parallel()
	e, err := event.Parse(environment("issue_comment", "refs/heads/master"), onPull(t, payload(t, "issue_comment.created")))
	require.NoError(t, err)
	at := time.Date(2019, time.May, 15, 15, 20, 21, 0, time.UTC)
	assert.Equal(t, event.Comment{
		ID:     492700400,
		Body:   "You are totally right! I'll get this fixed right away.",
		URL:    "https://github.com/Codertocat/Hello-World/issues/1#issuecomment-492700400",
		Author: "Codertocat", CreatedAt: at, UpdatedAt: at,
	}, e.Comment)
	assert.Equal(t, "octocat", e.Actor, "whose rights count is the runner's word, not the payload's")
}

// Numbers above 2^53 cannot travel through a floating-point number.
func TestParseKeepsHugeNumbers(t *testing.T) {
	t.Parallel()
	const huge = 9007199254740993 // 2^53 + 1
	comment := map[string]any{"id": int64(huge), "body": ".deploy"}
	env := environment("issue_comment", "refs/heads/master")
	env.RunID = "9223372036854775807"
	e, err := event.Parse(env, changed(t, onPull(t, payload(t, "issue_comment.created")), map[string]any{"comment": comment}))
	require.NoError(t, err)
	assert.Equal(t, int64(huge), e.Comment.ID)
	assert.Equal(t, int64(9223372036854775807), e.Run.ID)
	assert.Equal(t, "https://github.com/Codertocat/Hello-World/actions/runs/9223372036854775807", e.Run.URL)
}

func TestParseAuthor(t *testing.T) {
	t.Parallel()
	one := map[string]any{"author": map[string]any{"name": "Ada", "email": "ada@example.com"}}
	two := map[string]any{"author": map[string]any{"name": "Bob"}}
	for name, test := range map[string]struct {
		members map[string]any
		want    event.Author
	}{
		"as GitHub sent it": {nil, event.Author{Name: "Codertocat", Email: "21031067+Codertocat@users.noreply.github.com"}},
		"head commit":       {map[string]any{"head_commit": one, "commits": []any{two}}, event.Author{Name: "Ada", Email: "ada@example.com"}},
		"head without mail": {map[string]any{"head_commit": two, "commits": []any{one}}, event.Author{Name: "Bob"}},
		"first commit":      {map[string]any{"head_commit": nil, "commits": []any{two, one}}, event.Author{Name: "Bob"}},
		"no commit":         {map[string]any{"head_commit": nil, "commits": []any{}}, event.Author{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := event.Parse(environment("push", "refs/heads/main"), changed(t, payload(t, "push"), test.members))
			require.NoError(t, err, name)
			assert.Equal(t, test.want, e.Author, name)
		})
	}
}

func TestParseEnvironment(t *testing.T) {
	t.Parallel()
	full := event.Environment{
		Name: "push", Repository: "acme/shop", Actor: "alice", Triggering: "bob", SHA: workflowSHA, Ref: "refs/heads/main",
		RunID: "11", RunNumber: "12", RunAttempt: "3", ServerURL: "https://ghe.example/", Workflow: "Deploy", Job: "gate",
	}
	e, err := event.Parse(full, payload(t, "push"))
	require.NoError(t, err)
	assert.Equal(t, event.Run{
		ID: 11, Number: 12, Attempt: 3, Workflow: "Deploy", Job: "gate", ServerURL: "https://ghe.example",
		URL: "https://ghe.example/acme/shop/actions/runs/11",
	}, e.Run)
	assert.Equal(t, "acme shop alice bob", e.Owner+" "+e.Repository+" "+e.Actor+" "+e.Triggering)
	assert.Empty(t, e.Action)

	e, err = event.Parse(event.Environment{Name: "push", Actor: "alice", RunID: "eleven", RunNumber: "-", RunAttempt: ""}, payload(t, "push"))
	require.NoError(t, err)
	assert.Equal(t, "Codertocat Hello-World", e.Owner+" "+e.Repository, "the payload knows the repository where the runner does not say it")
	assert.Equal(t, "alice", e.Triggering)
	assert.Equal(t, event.Run{
		ServerURL: "https://github.com", URL: "https://github.com/Codertocat/Hello-World/actions/runs/0",
	}, e.Run)
}

func TestParseBrokenPayload(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "{", `{"action":"created"`, "null", " null ", "[]", `"text"`, "7",
		`{"action":7}`,
		`{"issue":{"number":"1"}}`,
		`{"comment":{"id":1.5}}`,
		`{"comment":{"id":9223372036854775808}}`,
		`{"comment":{"created_at":"yesterday"}}`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			e, err := event.Parse(event.Environment{Name: "issue_comment", Repository: "acme/shop"}, []byte(text))
			require.ErrorContains(t, err, `read payload of event "issue_comment": `, text)
			assert.Equal(t, event.Event{}, e, text)
		})
	}
}

func TestIsCommand(t *testing.T) {
	t.Parallel()
	assert.True(t, event.Event{Name: "issue_comment", OnPull: true}.IsCommand())
	assert.False(t, event.Event{Name: "issue_comment"}.IsCommand())
	assert.False(t, event.Event{Name: "pull_request_review", OnPull: true}.IsCommand())
}
