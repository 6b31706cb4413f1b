package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestRulesFiles(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "main", Files: map[string]string{"a.yml": "old", "binary": "\x00\xff"}})
	github.Push(sim.Commit{Branch: "topic", Files: map[string]string{"a.yml": "new"}})
	client := newClient(t, github.Client().Transport, "sim-token")
	text := func(text string) checkup.Text { return checkup.Text{Exists: true, Text: text} }

	files, problem := client.RulesFiles(t.Context(), checkup.RulesAt{Paths: []string{"a.yml", "none.yml"}, Commit: "HEAD"})
	require.Nil(t, problem)
	assert.Equal(t, map[string]checkup.RulesFile{"a.yml": {Path: "a.yml", Now: text("old")}, "none.yml": {Path: "none.yml"}}, files)

	before := len(github.Requests())
	files, problem = client.RulesFiles(t.Context(), checkup.RulesAt{Paths: []string{"a.yml", "binary"}, Commit: github.Head("topic"), Pull: true, Head: github.Head("main")})
	require.Nil(t, problem)
	assert.Equal(t, checkup.RulesFile{Path: "a.yml", Now: text("new"), Before: text("old"), Head: text("old"), Compared: true}, files["a.yml"])
	assert.Equal(t, "it is no text", files["binary"].Before.Problem)
	assert.Len(t, github.Requests(), before+1)

	files, problem = client.RulesFiles(t.Context(), checkup.RulesAt{Commit: "HEAD"})
	assert.Nil(t, problem)
	assert.Empty(t, files)
	assert.Len(t, github.Requests(), before+1, "there is nothing to ask")

	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{}})
	_, problem = newClient(t, github.Client().Transport, "poor").RulesFiles(t.Context(), checkup.RulesAt{Paths: []string{"a.yml"}, Commit: "HEAD"})
	require.NotNil(t, problem)
	assert.Contains(t, problem.Hint, "`contents: read`")
}
