package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// onStage returns a stage on which a story has been played.
func onStage(t *testing.T, text string) *rehearse.Stage {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	story, err := rehearse.ParseStory("stage", []byte(text))
	require.NoError(t, err)
	s, err := rehearse.NewStage(story, rehearse.Options{Schema: compiled})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	for _, line := range story.Lines {
		require.NoError(t, s.Line(t.Context(), line))
	}
	return s
}

const staged = "user alice write\npush checkout Faster\npull 1 alice checkout Faster\n"

func TestStage(t *testing.T) {
	t.Parallel()
	s := onStage(t, staged)
	assert.Equal(t, 1, s.Scene().Pull)
	assert.Empty(t, s.Steps())

	require.NoError(t, s.Line(t.Context(), rehearse.ParseLine("comment alice 1 .deploy production")))
	scene := s.Scene()
	assert.True(t, scene.Open)
	assert.False(t, scene.Running)
	assert.Equal(t, "alice", scene.Actor)
	steps := s.Steps()
	require.Len(t, steps, 1)
	assert.Equal(t, scene.Command, steps[0].After)
	assert.NotEmpty(t, steps[0].Trace.Findings)
	assert.Positive(t, steps[0].Requests)

	require.NoError(t, s.Line(t.Context(), rehearse.ParseLine("job success 1m")))
	steps = s.Steps()
	require.Len(t, steps, 2)
	assert.True(t, steps[1].Post)
	assert.Greater(t, steps[1].After, steps[0].After)
	assert.Empty(t, s.Broken())
}

// The post part of a step that does not go on is a part as well.
func TestStageQuietPost(t *testing.T) {
	t.Parallel()
	s := onStage(t, staged+"comment alice 1 .help\n")
	steps := s.Steps()
	require.Len(t, steps, 2)
	assert.False(t, steps[0].Post)
	assert.True(t, steps[1].Post)
	assert.Zero(t, steps[1].Requests)
}

func TestStageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want string }{
		"verb":        {"fly", "there is no verb"},
		"expectation": {"want continue", "there is no expectation"},
		"hook":        {`before-request "GET" fly`, ""},
		"reaction":    {"react alice +1", "there is no comment of Lockstep yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t, staged)
			err := s.Line(t.Context(), rehearse.ParseLine(test.line))
			if test.want == "" { // it is wrong later
				require.NoError(t, err)
				err = s.Line(t.Context(), rehearse.ParseLine("comment alice 1 .help"))
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestParseLine(t *testing.T) {
	t.Parallel()
	assert.Equal(t, rehearse.Line{Verb: "pass", Rest: "1h"}, rehearse.ParseLine("  pass   1h "))
	assert.Equal(t, rehearse.Line{}, rehearse.ParseLine("# pass 1h"))
	assert.Equal(t, rehearse.Line{}, rehearse.ParseLine(""))
}
