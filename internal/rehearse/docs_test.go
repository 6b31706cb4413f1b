package rehearse_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

const page = "../../docs/rehearsal.md"

// The tables of the page are what the code says, and its stories can be played.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	got := string(text)
	want := between(t, got, "verbs", verbTable())
	want = between(t, want, "wants", wantTable())
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, got, "go test ./internal/rehearse -update rewrites the tables")

	stories := strings.Split(got, "```txtar\n")[1:]
	require.NotEmpty(t, stories)
	for _, story := range stories {
		story, _, found := strings.Cut(story, "```\n")
		require.True(t, found)
		parsed, err := rehearse.ParseStory("page", []byte(story))
		require.NoError(t, err)
		require.NoError(t, rehearse.Run(t.Context(), parsed, rehearse.Options{}))
	}
}

// between puts a table between its markers.
func between(t *testing.T, text, name, table string) string {
	t.Helper()
	before, rest, found := strings.Cut(text, "<!-- "+name+" -->\n")
	require.True(t, found, name)
	_, after, found := strings.Cut(rest, "<!-- /"+name+" -->\n")
	require.True(t, found, name)
	return before + "<!-- " + name + " -->\n" + table + "<!-- /" + name + " -->\n" + after
}

func verbTable() string {
	var b strings.Builder
	b.WriteString("| Line | What happens |\n| --- | --- |\n")
	for _, verb := range rehearse.Verbs() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", verb.Usage, verb.Does)
	}
	return b.String()
}

func wantTable() string {
	var b strings.Builder
	b.WriteString("| `want` … | Expects |\n| --- | --- |\n")
	for _, want := range rehearse.Wants() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", want.Usage, want.Does)
	}
	return b.String()
}
