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

// The example of output result is what the action says at the end of this command, but for commits and numbers, which
// differ from play to play.
func TestResultExample(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?s)```json\n(.*?)```")
	page, _, _ := strings.Cut(read(repo(t), filepath.Join(root, "docs", "outputs.md")), "\n## The DORA report\n")
	examples := fence.FindAllStringSubmatch(page, -1)
	require.Len(t, examples, 1)
	outputs := play(t, `
user alice write
push faster-checkout Faster checkout
pull 1 alice faster-checkout
comment alice 1 .deploy to staging
-- with --
enforced_deployment_order: staging,production
`)
	shown, real := examples[0][1], outputs["result"]
	assert.Equal(t, order(repo(t), real), order(repo(t), shown))
	assert.Equal(t, settled(t, real), settled(t, shown))
}

// play plays a story and returns the outputs of its last step.
func play(t *testing.T, text string) map[string]string {
	t.Helper()
	story, err := rehearse.ParseStory(t.Name(), []byte(text))
	require.NoError(t, err)
	var outputs map[string]string
	require.NoError(t, rehearsed(t, story, rehearse.Options{
		After: func(p *rehearse.Session) { _, outputs, _ = p.Last() },
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
