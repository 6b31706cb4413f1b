package rehearse_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// Everyone who may push can make deployments and locks that say anything: on the page, in the issue and in the summary it
// stays text.
func TestHostileBoard(t *testing.T) {
	t.Parallel()
	compiled, err := schema()
	require.NoError(t, err)
	for kind, word := range words() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			payload, err := json.Marshal(map[string]any{"type": "branch-deploy", "tool": "lockstep", "version": short(word), "actor": short(word), "pull_request": 12})
			require.NoError(t, err)
			script := "user mallory write\npush checkout One\npull 1 mallory checkout\nissue 12 issue.md\n" +
				"forged staging checkout mallory success " + string(payload) + "\nforged production checkout mallory failure " + string(payload) + "\n" +
				"comment mallory 1 .lock staging --reason " + strings.TrimLeft(oneLine(word), " ") + "\n" +
				"step schedule mallory mode=status status_file=a/index.html board_issue=12\nwant exit 0\n-- issue.md --\nBy hand.\n"
			story, err := rehearse.ParseStory("hostile", []byte(script))
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) { inspectBoard(t, p) }}))
			})
		})
	}
}

func inspectBoard(t *testing.T, p *rehearse.Session) {
	t.Helper()
	names := elementsOf(t, p.Page())
	for _, name := range []string{"script", "img", "iframe", "form", "object"} {
		assert.Zero(t, names[name], name)
	}
	assert.Equal(t, 3, names["article"])
	text := p.GitHub.Issue(12).Body
	assert.True(t, strings.HasPrefix(text, "By hand."), "%.100s", text)
	assert.Equal(t, 1, strings.Count(text, "<!-- lockstep:board -->"))
	assert.Equal(t, 1, strings.Count(text, "<!-- /lockstep:board -->"))
	inside := strings.NewReplacer("<!-- lockstep:board -->", "", "<!-- /lockstep:board -->", "").Replace(text)
	assert.Empty(t, harm(inside))
	assert.Contains(t, text, "evil", "what was made up is shown")
	assert.Contains(t, p.Page(), "evil")
	assert.Less(t, len(text), 20000)
}

// elementsOf counts the elements of a page, which is read as strictly as XML.
func elementsOf(t *testing.T, html string) map[string]int {
	t.Helper()
	html = regexp.MustCompile(`<meta([^>]*)>`).ReplaceAllString(html, "<meta$1/>")
	reader := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(html, "<!DOCTYPE html>")))
	names := map[string]int{}
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		require.NoError(t, err)
		if one, begins := token.(xml.StartElement); begins {
			names[one.Name.Local]++
			for _, attribute := range one.Attr {
				assert.NotRegexp(t, `^(on|style$|src$)`, attribute.Name.Local)
			}
		}
	}
}
