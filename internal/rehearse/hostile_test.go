package rehearse_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// hostile are comments that try to be more than text.
func hostile() []string {
	return []string{
		".deploy to staging | x\r\n::set-output name=continue::true",
		".deploy to staging | \n::error::x\n##[error]y\n::add-mask::a\n::stop-commands::b",
		".deploy to staging | <<EOF\ncontinue=true\nEOF\nghadelimiter_x\ncontinue<<x\ntrue\nx",
		".deploy to staging | _GitHubActionsFileCommandDelimeter_\nnoop<<_GitHubActionsFileCommandDelimeter_",
		".deploy to staging | </details><script>alert(1)</script> @everyone @acme/team <!--- pre-deploy-metadata-end --> #1",
		".deploy to staging | ```\n@everyone\n````\n~~~",
		".deploy to staging | \x00\x1b[31m\u202e\ufeff\u2028\xff",
		".deploy to @everyone",
		".deploy to `@everyone`",
		".deploy <img src=x>",
		".noop staging | --x=1 --__proto__.y=@everyone",
		".deploy | --_=1 @everyone",
		".deploy staging | " + strings.Repeat("@everyone `", 5000),
		".deploy " + strings.Repeat("a", 65000),
		strings.Repeat("\r\n", 30000) + ".deploy staging",
		".deploy noop @everyone",
		"@everyone .deploy",
	}
}

func TestHostileComments(t *testing.T) {
	t.Parallel()
	for _, body := range hostile() {
		playHostile(t, body)
	}
}

func FuzzComment(f *testing.F) {
	for _, body := range hostile() {
		if len(body) < 1000 { // long ones take the fuzzer too long to shorten
			f.Add(body)
		}
	}
	f.Fuzz(playHostile)
}

// playHostile deploys with a comment and looks at everything that leaves the action.
func playHostile(t *testing.T, body string) {
	t.Helper()
	if len([]rune(body)) > 65536 || strings.TrimSpace(body) == "" {
		return // GitHub takes no such comment
	}
	compiled, err := schema()
	require.NoError(t, err)
	script := "user alice write\npush checkout One\npull 1 alice checkout\ncomment alice 1 " + strconv.Quote(body) + "\nend success\n-- with --\nenvironment_urls: staging|https://example.com\n"
	story, err := rehearse.ParseStory("hostile", []byte(script))
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) { inspectHostile(t, p, body) }}
		require.NoError(t, rehearse.Run(t.Context(), story, options))
	})
}

func inspectHostile(t *testing.T, p *rehearse.Session, body string) {
	t.Helper()
	_, outputs, _ := p.Last()
	if outputs["continue"] == "true" {
		assert.Contains(t, []string{"production", "development", "staging"}, outputs["environment"])
		assert.Equal(t, p.GitHub.Head("checkout"), outputs["sha"])
	} else {
		assert.NotContains(t, outputs, "continue", "%q", slices.Sorted(maps.Keys(outputs)))
	}
	for _, comment := range p.GitHub.Comments(1) {
		if strings.HasSuffix(comment.Author, "[bot]") {
			inspectMarkdown(t, comment, body)
		}
	}
}

// inspectMarkdown looks at what is left of a comment when everything inert is taken out.
func inspectMarkdown(t *testing.T, comment sim.Comment, body string) {
	t.Helper()
	assert.LessOrEqual(t, len([]rune(comment.Body)), 65536)
	assert.NotContains(t, comment.Body, "\x00")
	text := regexp.MustCompile("(?ms)^(`{3,})json\n.*?^(`{3,})$").ReplaceAllString(comment.Body, "")
	text = regexp.MustCompile("(`+)[^`](.|\n)*?[^`]?(`+)").ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "@alice", "")
	assert.NotContains(t, text, "@", "a mention, for %q", body)
	for _, tag := range regexp.MustCompile(`<[a-z!/][^>]*>`).FindAllString(text, -1) {
		assert.Regexp(t, `^<(/?details|/?summary|!--.*)>?`, tag, "for %q", body)
	}
}
