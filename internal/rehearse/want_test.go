package rehearse_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

const scene = `
user alice write
push checkout Faster checkout
pull 1 alice checkout
comment alice 1 .deploy to staging
`

func run(t *testing.T, script string) error {
	t.Helper()
	story, err := rehearse.ParseStory("test", []byte(script))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		err = rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, Latency: time.Millisecond})
	})
	return err
}

// Every expectation holds where it should and fails where it should.
func TestWants(t *testing.T) {
	t.Parallel()
	for good, bad := range map[string]string{
		"exit 0":                                  "exit 1",
		"output continue true":                    "output continue false",
		"output environment staging":              "output fork_ref x",
		"no output needs_to_be_deployed":          "no output continue",
		"no deployment production":                "no deployment staging",
		"comment Deployment Triggered":            "comment Deployment Results",
		"reaction eyes":                           "reaction none",
		"deployment staging in_progress checkout": "deployment staging in_progress main",
		"deployment staging in_progress":          "deployment staging success",
		"events none":                             "events started",
		"requests 6 rounds 4":                     "requests 5",
		"requests 6":                              "requests 6 rounds 3",
		"log add-mask":                            "log panic",
		"summary deploying to staging":            "summary refused",
	} {
		require.NoError(t, run(t, scene+"want "+good), good)
		require.Error(t, run(t, scene+"want "+bad), bad)
	}
	for _, bad := range []string{"want no comment", "want no requests", "want deployment production success", "want nonsense", "want no nonsense", "want deployment staging", "cmp comment missing.md", "cmp log x"} {
		require.Error(t, run(t, scene+bad), bad)
	}
}

func TestBadScripts(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"dance", "user alice", "push", "pull x alice b", "pull 2 alice", "fork 2 eve main", "comment alice one .deploy", `comment alice 1 "unfinished`,
		"job", "job success soon", "step push", "deployed staging", "token", "pass soon", "fail GET /", "fail GET / soon", "fail GET / 500 soon", "tracker soon", `user "alice write`,
	} {
		require.Error(t, run(t, "user alice write\npush b\n"+line), line)
	}
	_, err := rehearse.ParseStory("test", []byte("user alice write\n-- with --\nno colon\n"))
	require.ErrorContains(t, err, "no colon")
}

// A broken contract fails a story even where nothing is expected.
func TestViolationsFailTheStory(t *testing.T) {
	t.Parallel()
	err := run(t, strings.Replace(scene, "comment", "set github_token unknown-token\ncomment", 1)+"want exit 1")
	require.NoError(t, err, "a refused token is no broken contract")
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	stories, err := rehearse.Stories()
	require.NoError(t, err)
	plain, colours := new(bytes.Buffer), new(bytes.Buffer)
	require.NoError(t, rehearse.Run(t.Context(), stories[0], rehearse.Options{Show: &rehearse.Printer{Out: plain}}))
	require.NoError(t, rehearse.Run(t.Context(), stories[0], rehearse.Options{Show: &rehearse.Printer{Out: colours, Paint: rehearse.Colours()}}))
	assert.NotContains(t, plain.String(), "\x1b")
	assert.Contains(t, colours.String(), "\x1b[36malice\x1b[0m commented on #1")
	told := plain.String()
	for _, next := range []string{
		"━━ Production has to wait its turn",
		"alice commented on #1\n  │ .deploy to production",
		"✔ permission", "✘ order", "→ comment", "lockstep commented on #1\n  │ ### 🚦 Invalid Deployment Order",
		"needs_to_be_deployed = development,staging",
		".deploy to development", "→ create the deployment of", "continue = true", "● tracking endpoint got started",
		"total_seconds = 90", "● tracking endpoint got completed",
		".deploy main to production", "rolling back",
	} {
		_, rest, found := strings.Cut(told, next)
		require.True(t, found, "%q is missing or comes too early in:\n%s", next, plain)
		told = rest
	}
	assert.NotContains(t, plain.String(), "<!--", "what a browser hides is hidden")
}
