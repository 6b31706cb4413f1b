package track_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/track"
)

func record(t *testing.T, e track.Event) string {
	t.Helper()
	text, err := e.Record()
	require.NoError(t, err)
	return string(text)
}

// Receivers learn an e-mail address only where that is wanted.
func TestRecordOfEmail(t *testing.T) {
	t.Parallel()
	e := announced(config.Started)
	assert.NotContains(t, record(t, e), "ada@example.com")
	e.Actor.PublicEmail = e.Actor.Email
	assert.Contains(t, record(t, e), `"name":"Ada","email":"ada@example.com"}`)
}

// The keys keep their order, and nothing is between them.
func TestRecord(t *testing.T) {
	t.Parallel()
	assert.Equal(t, strings.Join([]string{
		`{"schema":"https://github.com/lockstep-action/lockstep/deployment-event/v1","id":"5f2528b4-b0d6-5e72-bb1c-1ed25a614652"`,
		`"chain_id":"43c28d68-26e8-59af-b1ab-a2cd6eaec01d"`,
		`"kind":"deployment","state":"failed","change":"forward","product":"shop","version":"v1.2.3"`,
		`"environment":{"name":"production","url":"https://shop.example"}`,
		`"scm":{"server_url":"https://github.com","repository":"acme/shop","sha":"` + deployedSHA + `","ref":"topic","branch":"main"`,
		`"pull_request":{"number":12,"title":"Sell more","url":"https://github.com/acme/shop/pull/12"}}`,
		`"previous":{"sha":"` + workflowSHA + `","version":"v1.2.2"}`,
		`"github":{"deployment_id":42,"status_id":7,"run_id":123,"run_attempt":1,"run_number":45`,
		`"run_url":"https://github.com/acme/shop/actions/runs/123","job":"deploy","workflow":"Deploy","event_name":"push","ref":"refs/heads/main"}`,
		`"actor":{"login":"octocat","triggering_login":"hubot","name":"Ada"}`,
		`"times":{"occurred_at":"2026-11-21T10:01:30Z","started_at":"2026-11-21T10:00:00Z","completed_at":"2026-11-21T10:01:30Z","duration_s":90}`,
		`"checks":[{"name":"test","result":"success","required":true}]`,
		`"artifacts":[{"type":"oci","location":"ghcr.io/acme/shop:v1.2.3","digest":"sha256:` + strings.Repeat("0a", 32) + `"}]`,
		`"error":{"message":"the job did not succeed"}`,
		`"warnings":["the order names a single environment"],"metadata":{"region":"eu","replicas":3}}`,
	}, ","), record(t, full(config.Failed)))
}

func TestRecordOfABlock(t *testing.T) {
	t.Parallel()
	text := record(t, full(track.Blocked))
	assert.Contains(t, text, `"state":"blocked"`)
	assert.Contains(t, text, `"block":{"source":"versioner","code":"NO_DEPLOY_WINDOW","rule":"Weekend","message":"Not now","retry_after":"3600"}`)
	assert.NotContains(t, text, "completed_at")
	assert.NotContains(t, text, "duration_s")
}

// What is not known is left out, and is neither null nor an empty text.
func TestRecordOfLittle(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"schema":"https://github.com/lockstep-action/lockstep/deployment-event/v1","id":"x","kind":"build","state":"started"}`,
		record(t, track.Event{ID: "x", Kind: track.Build, State: config.Started}))
	assert.Contains(t, record(t, track.Event{State: config.Started}), `"kind":"deployment","state":"started","change":"unknown"`)
}

// A rollback says that its changes go away, and a list that is not complete says so.
func TestRecordOfChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes deploy.Changelog
		want    string
	}{
		"added": {
			deploy.Changelog{Commits: 3, Changes: []deploy.Change{
				{Pull: 41, SHA: "c3", Title: "Faster \"checkout\"", Author: "alice", URL: "https://github.com/acme/shop/pull/41"}, {SHA: "c1", Title: "Fix"},
			}},
			`"changes_direction":"added","changes_commits":3,"changes":[{"pull_request":41,"sha":"c3","title":"Faster \"checkout\"","author":"alice",` +
				`"url":"https://github.com/acme/shop/pull/41"},{"pull_request":null,"sha":"c1","title":"Fix"}]`,
		},
		"removed":      {deploy.Changelog{Removed: true, Commits: 1, Changes: []deploy.Change{{SHA: "c1", Title: "Fix"}}}, `"changes_direction":"removed"`},
		"not complete": {deploy.Changelog{Commits: 9, More: 2, Unknown: 7}, `"changes_direction":"added","changes_commits":9,"changes_more":2,"changes_unknown":7`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, record(t, track.Event{State: config.Started, Changes: &test.changes}), test.want)
		})
	}
}

// Receivers put events into order by their times, and have no need of an address.
func TestRecordDetails(t *testing.T) {
	t.Parallel()
	e := full(config.Completed)
	e.Times.Occurred = time.Date(2026, time.November, 21, 11, 0, 0, 123456789, time.FixedZone("east", 3600))
	text := record(t, e)
	assert.Contains(t, text, `"occurred_at":"2026-11-21T10:00:00.123Z"`)
	assert.NotContains(t, text, "ada@example.com")
	assert.Contains(t, record(t, rollback()), `"change":"rollback"`)
	e.Times.Started = time.Time{}
	assert.NotContains(t, record(t, e), "duration_s", "only the end was recorded")
}
