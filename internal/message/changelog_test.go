package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestChangelog(t *testing.T) {
	t.Parallel()
	one := deploy.Change{Pull: 41, SHA: headSHA, Title: "Faster checkout", Author: "alice"}
	for name, test := range map[string]struct {
		changes *deploy.Changelog
		want    string
	}{
		"nothing looked up": {nil, ""},
		"nothing":           {&deploy.Changelog{}, ""},
		"a pull request":    {&deploy.Changelog{Commits: 3, Changes: []deploy.Change{one}}, "- #41 Faster checkout (alice)"},
		"a commit":          {&deploy.Changelog{Commits: 1, Changes: []deploy.Change{{SHA: headSHA, Title: "Fix"}}}, "- `1111111` Fix"},
		"more":              {&deploy.Changelog{Commits: 13, Changes: []deploy.Change{one}, More: 12}, "- #41 Faster checkout (alice)\n- and 12 more"},
		"unknown":           {&deploy.Changelog{Commits: 2, Unknown: 2}, "- 2 commits that were not looked up"},
		"partly":            {&deploy.Changelog{Commits: 2, Changes: []deploy.Change{one}, Unknown: 1}, "- #41 Faster checkout (alice)\n- and 1 commit that was not looked up"},
		"no list":           {(&deploy.Changelog{Commits: 2, Changes: []deploy.Change{one}}).WithoutList(), "- 1 more"},
		"hostile": {
			&deploy.Changelog{Commits: 1, Changes: []deploy.Change{{Pull: 1, Title: "x\n- #7 <b> @all", Author: "a)\n# b"}}},
			"- #1 x \\- #\u200d7 &lt;b\\> @\u200dall (a\\) #\u200d b)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, message.Changelog(test.changes))
		})
	}
}

// However long the titles are, the comment has room for the rest, and what is left out is counted.
func TestChangelogOfLongTitles(t *testing.T) {
	t.Parallel()
	s := confirmed()
	s.Live.Changes = &deploy.Changelog{Commits: 50}
	for i := range 50 {
		s.Live.Changes.Add(deploy.Change{Pull: i + 1, SHA: headSHA, Title: strings.Repeat("<", 2000)})
	}
	text := message.Started(s)
	assert.Less(t, js.UTF16Len(text), 20_000)
	assert.Contains(t, text, "- and 48 more\n\n</details>")
	assert.Contains(t, text, "<!--- pre-deploy-metadata-end -->")
}

// A comment that is cut inside of the list ends the fold.
func TestLimitInsideOfTheChangelog(t *testing.T) {
	t.Parallel()
	s := confirmed()
	s.Live.Changes = changes()
	s.Notices = []string{strings.Repeat("x", longest-800)}
	limited := message.Limit(message.Started(s), marker)
	assert.Contains(t, limited, "<details><summary>60 pull requests")
	assert.NotContains(t, limited, "and 10 more")
	assert.Empty(t, harm(strings.ReplaceAll(limited, notice, "")))
}
