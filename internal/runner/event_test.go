package runner_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
)

func TestEvent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "event.json")
	payload := `{"action":"created","issue":{"number":7,"title":"Add","html_url":"u","pull_request":{"html_url":"p"}},` +
		`"comment":{"id":3000000001,"body":".deploy","user":{"login":"alice"}}}`
	require.NoError(t, os.WriteFile(path, []byte(payload), 0o600))
	e, err := runner.New(io.Discard, variables(map[string]string{
		"GITHUB_EVENT_PATH":       path,
		"GITHUB_EVENT_NAME":       "issue_comment",
		"GITHUB_REPOSITORY":       "acme/shop",
		"GITHUB_ACTOR":            "alice",
		"GITHUB_TRIGGERING_ACTOR": "bob",
		"GITHUB_SHA":              "5ha",
		"GITHUB_REF":              "refs/heads/main",
		"GITHUB_RUN_ID":           "11",
		"GITHUB_RUN_NUMBER":       "12",
		"GITHUB_RUN_ATTEMPT":      "2",
		"GITHUB_SERVER_URL":       "https://ghe.example",
		"GITHUB_WORKFLOW":         "Deploy",
		"GITHUB_JOB":              "gate",
	})).Event()
	require.NoError(t, err)
	assert.Equal(t, "issue_comment created", e.Name+" "+e.Action)
	assert.Equal(t, "acme/shop", e.Owner+"/"+e.Repository)
	assert.Equal(t, "alice bob", e.Actor+" "+e.Triggering)
	assert.Equal(t, int64(3000000001), e.Comment.ID)
	assert.Equal(t, ".deploy", e.Comment.Body)
	assert.Equal(t, "5ha refs/heads/main", e.WorkflowSHA+" "+e.Ref)
	assert.Equal(t, 2, e.Run.Attempt)
	assert.Equal(t, "Deploy gate", e.Run.Workflow+" "+e.Run.Job)
	assert.Equal(t, "https://ghe.example/acme/shop/actions/runs/11", e.Run.URL)
}

func TestEventWithoutPayload(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"variable missing": "",
		"file missing":     filepath.Join(t.TempDir(), "event.json"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := runner.New(io.Discard, variables(map[string]string{"GITHUB_EVENT_PATH": path})).Event()
			require.ErrorIs(t, err, runner.ErrNoPayload, name)
		})
	}
}

func TestEventUnreadable(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	long := filepath.Join(directory, "long.json")
	require.NoError(t, os.WriteFile(long, nil, 0o600))
	require.NoError(t, os.Truncate(long, 25<<20+1))
	broken := filepath.Join(directory, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"action":`), 0o600))
	inFile := filepath.Join(broken, "event.json")
	for path, want := range map[string]string{
		long:      "longer than 26214400 bytes",
		broken:    "read payload of event",
		directory: "read event payload",
		inFile:    "open event payload",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			_, err := runner.New(io.Discard, variables(map[string]string{"GITHUB_EVENT_PATH": path})).Event()
			require.ErrorContains(t, err, want)
			require.NotErrorIs(t, err, runner.ErrNoPayload)
			require.NotErrorIs(t, err, fs.ErrNotExist)
		})
	}
}
