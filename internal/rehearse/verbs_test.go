package rehearse_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

const checkoutPull = "user alice write\nuser bob write\npush checkout One\npush checkout Two\npull 1 alice checkout\n"

// Files of the repository are there when the story begins; later lines, and such during a request, change them.
func TestFilesOfTheRepository(t *testing.T) {
	t.Parallel()
	left, err := stage(t, checkoutPull+`fork 2 eve patch eve/shop
commit main docs/b.md later.md
commit checkout docs/a.md later.md
commit pull/2 docs/a.md other/x.md
file pull/1 docs/c.md "c\n"
set update_branch disabled
before-request addComment commit main docs/a.md later.md
comment alice 1 .deploy to staging
rename main docs/b.md moved/b.md
rename pull/2 docs/a.md docs/d.md
-- docs/a.md --
first
-- other/x.md --
x
-- later.md --
later
`)
	require.NoError(t, err)
	for place, want := range map[string]string{
		"main:docs/a.md": "later\n", "main:moved/b.md": "later\n", "checkout:docs/a.md": "later\n", "checkout:docs/c.md": "c\n",
		"refs/pull/2/head:docs/d.md": "x\n",
	} {
		revision, path, _ := strings.Cut(place, ":")
		text, found := left.GitHub.File(revision, path)
		assert.True(t, found, place)
		assert.Equal(t, want, text, place)
	}
	for _, place := range []string{"main:other/x.md", "main:later.md", "main:docs/b.md", "refs/pull/2/head:docs/a.md"} {
		revision, path, _ := strings.Cut(place, ":")
		_, found := left.GitHub.File(revision, path)
		assert.False(t, found, place)
	}
}

// A story can begin at any moment; later moments only lie ahead.
func TestMomentOfAStory(t *testing.T) {
	t.Parallel()
	const begins, later = "at 2026-12-24T10:00+01:00\n", "at 2026-12-24T18:30:00Z\n"
	for script, want := range map[string]string{
		begins: "2026-12-24T09:00:00Z", "at 1999-01-01T00:00Z\n": "1999-01-01T00:00:00Z",
		begins + later: "2026-12-24T18:30:00Z", begins + "pass 1h\npass 30m": "2026-12-24T10:30:00Z", "push main\n" + later: "2026-12-24T18:30:00Z",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			moment, err := time.Parse(time.RFC3339, want)
			require.NoError(t, err)
			assert.WithinDuration(t, moment, endOf(t, script), time.Second)
		})
	}
	for script, want := range map[string]string{
		begins + begins:                   "",
		begins + later + begins:           "it is 2026-12-24T19:30:00+01:00 already; only the first line can go back",
		"push main\nat 1999-01-01T00:00Z": "it is 2000-01-01T00:00:00Z already",
		"at noon":                         `"noon" is not a moment such as 2026-12-24T10:00+01:00`,
		"at 2026-12-24T10:00":             "is not a moment",
		"at":                              "is not a moment",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			err := run(t, script)
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, want)
		})
	}
}

// endOf is the moment at which a story ends.
func endOf(t *testing.T, script string) time.Time {
	t.Helper()
	story, err := rehearse.ParseStory("test", []byte(script))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	var ended time.Time
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) { ended = p.Now() }}
		require.NoError(t, rehearse.Run(t.Context(), story, options))
	})
	return ended
}

// The moment is that of GitHub, too, also without virtual time.
func TestMomentInRealTime(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("test", []byte("at 2001-02-03T04:05Z\nuser alice write\npush b\npull 1 alice b\ncomment alice 1 .help\nwant exit 0\n-- docs/a.md --\na\n"))
	require.NoError(t, err)
	var now time.Time
	require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{After: func(p *rehearse.Session) { now = p.GitHub.Comments(1)[0].CreatedAt }}))
	assert.WithinDuration(t, time.Date(2001, time.February, 3, 4, 5, 0, 0, time.UTC), now, time.Hour)
}

// What people say and do about a pull request.
func TestVerbsOfPulls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ script, want string }{
		"review of an older commit": {"rule reviews 1\nreview 1 bob APPROVED sha(checkout~1)\ncomment alice 1 .deploy to staging\nwant output review_decision APPROVED", ""},
		"dismissed":                 {"rule reviews 1\nreview 1 bob APPROVED\nreview 1 bob DISMISSED\ncomment alice 1 .deploy to staging\nwant output review_decision REVIEW_REQUIRED", ""},
		"own review":                {"review 1 alice APPROVED", "Can not approve your own pull request"},
		"review of another commit":  {"push main\nreview 1 bob APPROVED sha(main)", "is not part of the pull request"},
		"nothing to dismiss":        {"review 1 bob DISMISSED", "bob has no review that can be dismissed"},
		"labels":                    {"labelled 1 a b\nunlabelled 1 A\nwant labels b", ""},
		"label that is not there":   {"unlabelled 1 a", `the pull request has no label "a"`},
		"squash":                    {"merge 1 squash\ncomment alice 1 .deploy main to staging\nwant deployment staging in_progress main", ""},
		"rebase":                    {"merge 1 rebase\nmerge 1 rebase", "there is a conflict"},
		"unknown method":            {"merge 1 fast", "the method has to be one of merge, squash, rebase"},
		"status of a person":        {"status lockstep/noop/production checkout success bob", ""},
		"status of an app":          {"status lockstep/noop/production sha(checkout~1) success github-actions[bot]", ""},
		"status of a reader":        {"status ci checkout success mia", "mia may not write"},
		"unknown state of a status":       {"status ci checkout great", "the state has to be one of pending, success, failure, error"},
		"team":                      {"team acme/ops bob carol=pending", ""},
		"no team":                   {"team ops bob", `"ops" is not like ORG/TEAM`},
		"unknown membership":        {"team acme/ops bob=soon", "the state has to be one of active, pending"},
		"user who is gone":          {"user bob deleted\nreview 1 bob DISMISSED", "has no review"},
		"no section":                {"commit main a.md b.md", `the story has no file "b.md"`},
		"no description":            {"describe 1 b.md", `the story has no file "b.md"`},
		"no pull request to write":  {"file pull/9 a.md text", "there is no pull request 9"},
		"no file to rename":         {"rename checkout a.md b.md", `there is no file "a.md" on checkout`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t, checkoutPull+test.script)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

// Each of these verbs says how it is written when a word is missing.
func TestVerbsWithoutWords(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"commit main a.md", "rename main a.md", "describe 1", "unlabelled 1", "team acme/ops", "status ci checkout", "review 1 bob"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			word, _, _ := strings.Cut(verb, " ")
			require.ErrorContains(t, run(t, checkoutPull+verb), "a word is missing; write: "+word)
		})
	}
}
