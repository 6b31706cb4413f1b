package docs

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The examples of output result are what the action says at the end of these two commands, but for
// commits and numbers, which differ from play to play.
func TestResultExamples(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?s)```json\n(.*?)```")
	page, _, _ := strings.Cut(read(repo(t), filepath.Join(root, "docs", "outputs.md")), "\n## The DORA report\n")
	examples := fence.FindAllStringSubmatch(page, -1)
	commands := []string{".deploy to staging", ".deploy to production"}
	require.Len(t, examples, len(commands))
	for i, asked := range commands {
		outputs := play(t, `
user alice write
push faster-checkout Faster checkout
pull 1 alice faster-checkout
comment alice 1 `+asked+`
-- with --
enforced_deployment_order: staging,production
`)
		shown, real := examples[i][1], outputs["result"]
		assert.Equal(t, order(repo(t), real), order(repo(t), shown), asked)
		assert.Equal(t, settled(t, real), settled(t, shown), asked)
	}
}

// play plays a story and returns the outputs of its last step.
func play(t *testing.T, text string) map[string]string {
	t.Helper()
	story, err := rehearse.ParseStory(t.Name(), []byte(text))
	require.NoError(t, err)
	var outputs map[string]string
	require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{
		Schema: schema(t),
		After:  func(p *rehearse.Session) { _, outputs, _ = p.Last() },
	}))
	return outputs
}

// settled reads a result, and puts the same commit and the same number in where there are any.
func settled(t *testing.T, text string) map[string]any {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	if sha, given := all["sha"].(string); given {
		assert.Regexp(t, `^[0-9a-f]{40}$`, sha)
		all["sha"] = "sha"
	}
	if _, given := all["deployment_id"].(float64); given {
		all["deployment_id"] = 1
	}
	require.NotEmpty(t, slices.Collect(maps.Keys(all)))
	return all
}
