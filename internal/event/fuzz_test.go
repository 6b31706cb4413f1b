package event_test

import (
	"encoding/json"
	"path"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/testdata"
)

// FuzzParse reads payloads that may be anything. Who acts, where and in which run is the runner's word and never that
// of the payload, and only comments on pull requests are commands.
func FuzzParse(f *testing.F) {
	files, err := testdata.Files().ReadDir("events")
	require.NoError(f, err)
	for _, file := range files {
		text, err := testdata.Files().ReadFile(path.Join("events", file.Name()))
		require.NoError(f, err)
		f.Add("issue_comment", "refs/heads/main", text)
		f.Add("push", "refs/tags/v1", text)
	}
	for _, text := range []string{
		`null`, `[]`, `{`, `{"issue":{"number":-1,"pull_request":{}},"comment":{"id":1e400}}`,
		`{"issue":{"pull_request":[]}}`, `{"repository":{"owner":{"login":"evil"},"name":"../x"},"sender":{"login":"evil"}}`,
		`{"issue":{"number":1,"pull_request":{}},"pull_request":{"number":2,"head":{"sha":"x","ref":"\u202e"}},"comment":{"body":"\ud800","user":{"login":"@all"}}}`,
		`{"issue":{"number":99999999999999999999}}`, `{"commits":[{},{"author":null}],"head_commit":null}`, `{"comment":{"created_at":"0000-01-01T00:00:00+23:59"}}`,
	} {
		f.Add("issue_comment", "refs/heads/a\nb", []byte(text))
	}
	f.Fuzz(func(t *testing.T, name, ref string, body []byte) {
		from := environment(name, ref)
		e, err := event.Parse(from, body)
		if err != nil {
			assert.Equal(t, event.Event{}, e)
			return
		}
		assert.True(t, json.Valid(body))
		again, err := event.Parse(from, body)
		require.NoError(t, err)
		assert.Equal(t, e, again)
		checkOrigin(t, from, e)
		assert.Equal(t, e.OnPull, e.Pull != 0)
		if e.IsCommand() {
			assert.Equal(t, "issue_comment", e.Name)
			assert.NotEqual(t, from.SHA, e.SHA, "a comment is not about the default branch")
		}
	})
}

// checkOrigin wants what the payload cannot change.
func checkOrigin(t *testing.T, from event.Environment, e event.Event) {
	t.Helper()
	assert.Equal(t, from.Repository, e.Owner+"/"+e.Repository)
	assert.Equal(t, []string{from.Name, from.Actor, from.SHA, from.Ref}, []string{e.Name, e.Actor, e.WorkflowSHA, e.Ref})
	plain, err := event.Parse(from, []byte(`{}`))
	require.NoError(t, err)
	assert.Equal(t, plain.Run, e.Run)
	assert.Equal(t, plain.Triggering, e.Triggering)
}
