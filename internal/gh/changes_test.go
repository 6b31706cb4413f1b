package gh_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// What a deployment changes has both names of a moved file, and what only the running commit has.
func TestChanges(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	push := func(branch string, files map[string]string, removes ...string) string {
		return github.Push(sim.Commit{Branch: branch, Message: "Change", Author: "alice", Files: files, Removes: removes})
	}
	base := push("main", map[string]string{"db/1.sql": "create table", "a": "a"})
	moved := push("moved", map[string]string{"old/1.sql": "create table"}, "db/1.sql")
	live := push("live", map[string]string{"only/live": "live"})
	many := map[string]string{}
	for i := range 301 {
		many[fmt.Sprintf("many/%d", i)] = "x"
	}
	large := push("large", many)
	const gone = "9999999999999999999999999999999999999999"
	client := newClient(t, github.Client().Transport, "sim-token")
	for name, test := range map[string]struct {
		wanted deploy.Comparison
		files  []string
		gap    string
	}{
		"moved":              {deploy.Comparison{Base: base, Head: moved, Runs: true}, []string{"old/1.sql", "db/1.sql"}, ""},
		"taken away":         {deploy.Comparison{Base: live, Head: moved, Runs: true}, []string{"old/1.sql", "db/1.sql", "only/live"}, ""},
		"back":               {deploy.Comparison{Base: live, Head: base, Runs: true}, []string{"only/live"}, ""},
		"of a pull request":  {deploy.Comparison{Base: live, Head: moved}, []string{"old/1.sql", "db/1.sql"}, ""},
		"too many":           {deploy.Comparison{Base: base, Head: large}, nil, "more than 300 files change"},
		"too many on return": {deploy.Comparison{Base: large, Head: base, Runs: true}, nil, "more than 300 files change"},
		"a commit is gone":   {deploy.Comparison{Base: gone, Head: moved, Runs: true}, nil, "GitHub cannot compare `9999999` with"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, err := client.Facts(t.Context(), deploy.Needs{Changes: test.wanted})
			require.NoError(t, err)
			assert.Equal(t, []deploy.Part{deploy.ChangesPart}, marked(facts.Read))
			assert.Equal(t, test.wanted, facts.Changes.Comparison)
			assert.Contains(t, facts.Changes.Gap, test.gap)
			if test.gap == "" {
				assert.Empty(t, facts.Changes.Gap)
				assert.ElementsMatch(t, test.files, facts.Changes.Files)
			}
		})
	}
}

// An answer that is incomplete, or none, is no list of files.
func TestChangesThatAreNotRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
	}{
		"no files":  {200, `{"ahead_by": 1, "behind_by": 0}`},
		"no counts": {200, `{"files": []}`},
		"forbidden": {403, `{"message": "Resource not accessible by integration"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := withTeams(t, membersAnswer(test.status, test.body))
			facts, err := client.More(t.Context(), deploy.Facts{Repository: "R_1"}, deploy.Needs{Changes: deploy.Comparison{Base: "a", Head: "b"}})
			require.NoError(t, err)
			problem, missing := facts.Missing(deploy.ChangesPart)
			assert.True(t, missing)
			assert.NotEmpty(t, problem.Text)
			if test.status == 403 {
				assert.Contains(t, problem.Hint, "contents: read")
			}
		})
	}
}
