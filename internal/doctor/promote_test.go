package doctor_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

// What follows a promotion is held to the same as what follows a command.
func TestPromotionMistakes(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../examples/nightly-promotion.yml")
	require.NoError(t, err)
	for name, test := range map[string]struct{ before, after, want string }{
		"no guard":           {"    if: needs.start.outputs.continue == 'true' && needs.start.outputs.run_attempt == github.run_attempt\n", "", "guards"},
		"re-run alone":       {" && needs.start.outputs.run_attempt == github.run_attempt", "", "attempts"},
		"another commit":     {"          ref: ${{ needs.start.outputs.sha }} # what runs in staging, not the newest commit\n", "", "checkout"},
		"no such output":     {"steps.lockstep.outputs.sha", "steps.lockstep.outputs.commit", "outputs"},
		"cancelled":          {"cancel-in-progress: false", "cancel-in-progress: true", "concurrency"},
		"no permission":      {"      actions: read", "      checks: read", "permissions"},
		"no end":             {"mode: finish", "mode: doctor", "finish"},
		"nothing to improve": {"nothing", "nothing", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := string(example)
			require.Contains(t, text, test.before)
			text = strings.Replace(text, test.before, test.after, 1)
			var found []string
			for _, f := range doctor.Examine(examination(map[string]string{path: healthy, "nightly.yml": text})) {
				if f.Level != deploy.Pass && strings.Contains(f.Text, "nightly.yml") {
					found = append(found, f.Gate)
				}
			}
			if test.want == "" {
				assert.Empty(t, found)
				return
			}
			assert.Contains(t, found, test.want)
		})
	}
}
