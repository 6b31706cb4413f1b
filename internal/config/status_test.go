package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Every spelling that GitHub, Versioner's action, its command line or its documentation knows.
func TestParseStatus(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[config.Status]string{
		config.Pending:   "pending queued scheduled",
		config.Started:   "started in_progress init deploying building",
		config.Completed: "completed complete success finished deployed built",
		config.Failed:    "failed fail failure error timed_out rolled_back",
		config.Aborted:   "aborted abort cancelled canceled cancel skipped",
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			for spelling := range strings.FieldsSeq(spellings) {
				for _, text := range []string{spelling, strings.ToUpper(spelling), " " + spelling + "\n"} {
					got, known := config.ParseStatus(text)
					assert.True(t, known, "%q", text)
					assert.Equal(t, want, got, "%q", text)
				}
				assert.Equal(t, want, read(t, values{"status": spelling}).Status)
			}
		})
	}
}

// What is not known is not guessed: GitHub's other words among them.
func TestParseStatusUnknown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "neutral", "action_required", "stale", "inactive", "ok", "build", "canary", "in progress", "${{ job.status }}"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, known := config.ParseStatus(text)
			assert.False(t, known, "%q", text)
			assert.Empty(t, got, "%q", text)
		})
	}
}

func TestStatusTerminal(t *testing.T) {
	t.Parallel()
	for status, want := range map[config.Status]bool{
		config.Pending: false, config.Started: false, "": false, "odd": false,
		config.Completed: true, config.Failed: true, config.Aborted: true,
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, status.Terminal(), "%q", status)
		})
	}
}
