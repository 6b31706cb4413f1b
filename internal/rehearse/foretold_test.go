package rehearse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// plainDeploy is a line in which someone deploys the head of a pull request to a place that is named.
var plainDeploy = regexp.MustCompile(`^comment (\S+) (\d+) \.deploy (?:to )?([\w-]+)$`)

// disturbs reports whether something is to happen in the middle of the next command, which the one before it cannot know of.
func disturbs(line string) bool {
	verb, _, _ := strings.Cut(line, " ")
	return slices.Contains([]string{"before-request", "fail", "kill", "cancel", "tracker", "receiver", "computing", "lag"}, verb)
}

// askedBefore returns a story in which everyone asks for the status before they deploy, and nothing is expected. It has
// nothing to say where no one deploys so.
func askedBefore(t *testing.T, path string) (story rehearse.Story, asks bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	archive := txtar.Parse(data)
	var lines []string
	disturbed := false
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		switch found := plainDeploy.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "want "):
			continue
		case disturbs(line):
			disturbed = true
		case found != nil && found[3] != "main" && !disturbed:
			asks = true
			lines = append(lines, "comment "+found[1]+" "+found[2]+" .status "+found[3])
		}
		disturbed = disturbed && !strings.HasPrefix(line, "comment ")
		lines = append(lines, line)
	}
	archive.Comment = []byte(strings.Join(lines, "\n") + "\n")
	story, err = rehearse.ParseStory(filepath.Base(path), txtar.Format(archive))
	require.NoError(t, err)
	return story, asks
}

// foretold is what the status of one environment says that a deployment would end with.
type foretold struct {
	Environment string  `json:"environment"`
	Reason      string  `json:"reason_code"`
	Message     *string `json:"message"`
}

// TestStatusForetellsStories asks for the status before each deployment of each story: it says what the deployment is then
// refused for.
func TestStatusForetellsStories(t *testing.T) {
	t.Parallel()
	paths := storyFiles(t)
	var compared, skipped atomic.Int64
	skipped.Store(int64(len(paths))) // with -run
	t.Cleanup(func() {
		if skipped.Load() == 0 && !sampled() {
			assert.Greater(t, compared.Load(), int64(300))
		}
	})
	for _, path := range paths {
		story, asks := askedBefore(t, path)
		if !asks {
			skipped.Add(-1)
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			skipped.Add(-1)
			compared.Add(foretell(t, story))
		})
	}
}

// foretell plays a story, and returns how many deployments came after a status.
func foretell(t *testing.T, story rehearse.Story) (compared int64) {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	var said *foretold
	options := rehearse.Options{Schema: compiled, Rewrite: func(string, string) {}, Ended: func(p *rehearse.Session) {
		_, outputs, _ := p.Last()
		if said != nil && outputs["type"] == "deploy" && outputs["environment"] == said.Environment {
			compared++
			assertForetold(t, p, *said, outputs["reason_code"])
		}
		said = statusIn(t, outputs)
	}}
	synctest.Test(t, func(t *testing.T) {
		if err := rehearse.Run(t.Context(), story, options); err != nil { // some cannot be told with more comments in between
			require.NotContains(t, err.Error(), "broken contract")
		}
	})
	return compared
}

func statusIn(t *testing.T, outputs map[string]string) *foretold {
	t.Helper()
	if outputs["board"] == "" {
		return nil
	}
	var board struct {
		Environments []foretold `json:"environments"`
	}
	require.NoError(t, json.Unmarshal([]byte(outputs["board"]), &board))
	if len(board.Environments) != 1 { // another status of the story
		return nil
	}
	return &board.Environments[0]
}

// age is a length of time, which goes on between the two commands.
var age = regexp.MustCompile(`for \d.*? of the`)

func assertForetold(t *testing.T, p *rehearse.Session, said foretold, reason string) {
	t.Helper()
	if said.Message == nil { // what is done then may fail all the same
		assert.Contains(t, []string{said.Reason, "unexpected_error"}, reason, said.Environment)
		return
	}
	assert.Equal(t, said.Reason, reason, "%s: %s", said.Environment, *said.Message)
	first, _, _ := strings.Cut(*said.Message, "\n")
	first = age.ReplaceAllString(first, "")
	told := slices.ContainsFunc(spoken(p), func(text string) bool { return strings.Contains(age.ReplaceAllString(text, ""), first) })
	assert.True(t, told, "no comment says: %s", first)
}
