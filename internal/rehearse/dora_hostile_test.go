package rehearse_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// What people choose, such as names of branches and texts of incidents and statuses, stays text in the summary, in the
// output and on the page.
func TestHostileDORA(t *testing.T) {
	t.Parallel()
	compiled, err := schema()
	require.NoError(t, err)
	for kind, word := range words() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			payload, err := json.Marshal(map[string]any{"type": "branch-deploy", "tool": "lockstep", "version": short(word), "actor": short(word), "pull_request": 12})
			require.NoError(t, err)
			said := strings.TrimSpace(oneLine(word))
			script := "user mallory write\nlabel incident\npush main One\ndeployed production main mallory success\n" +
				"push checkout " + said + "\npull 1 mallory checkout " + said + "\nforged production checkout mallory success " + string(payload) + "\n" +
				"outcome production failure " + said + "\nissue 12 incident issue.md\npass 1h\n" +
				"step schedule mallory mode=dora dora_file=a/index.html incident_labels=incident\nwant exit 0\n" +
				"want dora production change_fail_rate.count 1\n-- issue.md --\nroot cause: " + said + "\n"
			story, err := rehearse.ParseStory("hostile", []byte(script))
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) { inspectReport(t, p) }}))
			})
		})
	}
}

func inspectReport(t *testing.T, p *rehearse.Session) {
	t.Helper()
	names := elementsOf(t, p.Page())
	for _, name := range []string{"script", "img", "iframe", "form", "object"} {
		assert.Zero(t, names[name], name)
	}
	assert.Equal(t, 1, names["section"])
	_, outputs, _ := p.Last()
	assert.True(t, json.Valid([]byte(outputs["dora"])))
	assert.NotContains(t, outputs["dora"], "evil", "the numbers are about no text of anyone")
}
