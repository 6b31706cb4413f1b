package event_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/event"
)

// Payloads of comments that lack something, or say it in another valid form.
func TestParseOddComments(t *testing.T) {
	t.Parallel()
	const second = "2026-11-21T09:59:50Z"
	at := time.Date(2026, time.November, 21, 9, 59, 50, 0, time.UTC)
	for name, test := range map[string]struct {
		text    string
		command bool
		want    event.Comment
	}{
		"no issue":               {`{"comment":{"id":5,"body":".deploy"}}`, false, event.Comment{ID: 5, Body: ".deploy"}},
		"no pull request":        {`{"issue":{"number":1}}`, false, event.Comment{}},
		"pull request is null":   {`{"issue":{"number":1,"pull_request":null}}`, false, event.Comment{}},
		"pull request is empty":  {`{"issue":{"number":1,"pull_request":{}}}`, true, event.Comment{}},
		"body is null":           {`{"issue":{"number":1,"pull_request":{}},"comment":{"id":5,"body":null}}`, true, event.Comment{ID: 5}},
		"no comment":             {`{"issue":{"number":1,"pull_request":{}},"comment":null}`, true, event.Comment{}},
		"without an author":      {`{"issue":{"number":1,"pull_request":{}},"comment":{"body":"x","user":null}}`, true, event.Comment{Body: "x"}},
		"time":                   {`{"issue":{"number":1,"pull_request":{}},"comment":{"created_at":"` + second + `"}}`, true, event.Comment{CreatedAt: at}},
		"fraction of a second":   {`{"issue":{"number":1,"pull_request":{}},"comment":{"created_at":"2026-11-21T09:59:50.250Z"}}`, true, event.Comment{CreatedAt: at.Add(250 * time.Millisecond)}},
		"time that was not sent": {`{"issue":{"number":1,"pull_request":{}},"comment":{"created_at":null}}`, true, event.Comment{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := event.Parse(environment("issue_comment", "refs/heads/main"), []byte(test.text))
			require.NoError(t, err, name)
			assert.Equal(t, test.command, e.IsCommand(), name)
			assert.Equal(t, test.want, e.Comment, name)
		})
	}
}

// Only comments on the conversation of a pull request carry commands, not those on its code.
func TestOtherEventsOnPullRequests(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pull_request_review_comment", "pull_request_review", "pull_request", "issues", "Issue_Comment", ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := event.Parse(environment(name, "refs/heads/main"), []byte(`{"pull_request":{"number":2},"comment":{"body":".deploy"}}`))
			require.NoError(t, err, name)
			assert.True(t, e.OnPull, name)
			assert.False(t, e.IsCommand(), name)
		})
	}
}
