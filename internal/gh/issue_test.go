package gh_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const (
	oldBoard = "<!-- lockstep:board -->\nold\n<!-- /lockstep:board -->"
	newBoard = "<!-- lockstep:board -->\nnew\n<!-- /lockstep:board -->"
)

func TestUpdateIssue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body, board, want string
		requests          int
	}{
		"appended":            {"By hand.", oldBoard, "By hand.\n\n" + oldBoard + "\n", 2},
		"nothing else to say": {"By hand.\n\n" + oldBoard, oldBoard, "By hand.\n\n" + oldBoard, 1},
		"replaced":            {oldBoard + "By hand.", newBoard, newBoard + "By hand.", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			number := github.OpenIssue(sim.Issue{Title: "What runs where", Body: test.body})
			before := len(github.Requests())
			_, err := do(t, github, plan.UpdateIssue{Number: number, Board: test.board})
			require.NoError(t, err)
			assert.Equal(t, test.want, github.Issue(number).Body)
			assert.Equal(t, "What runs where", github.Issue(number).Title)
			assert.Len(t, github.Requests(), before+test.requests)
		})
	}
}

func TestUnfitIssues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		number int
		issue  sim.Issue
		want   string
	}{
		"pull request": {7, sim.Issue{}, "#7 is a pull request, and `board_issue` takes the number of an issue."},
		"deleted":      {90, sim.Issue{Number: 90, Deleted: true}, "Issue #90 was deleted, or the repository has no issues."},
		"locked":       {90, sim.Issue{Number: 90, Locked: true}, "The conversation of issue #90 is locked, and GitHub does not let this token change it."},
		"full":         {90, sim.Issue{Number: 90, Body: strings.Repeat("🚀", 32760)}, "The text of issue #90 is too long: there is no room for what runs where."},
		"missing":      {91, sim.Issue{Number: 90}, "I could not read issue #91. GitHub said: `Not Found`."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			if test.issue.Number != 0 {
				github.OpenIssue(test.issue)
			}
			_, err := do(t, github, plan.UpdateIssue{Number: test.number, Board: newBoard})
			require.Error(t, err)
			assert.True(t, gh.Definite(err))
			assert.Equal(t, test.want, gh.Explain(err).Text)
			assert.NotEmpty(t, gh.Explain(err).Hint)
			assert.Equal(t, test.issue.Body, github.Issue(90).Body)
		})
	}
}

func TestUpdateIssueWithoutPermission(t *testing.T) {
	t.Parallel()
	for name, permissions := range map[string]map[string]string{
		"none": {"contents": "read"}, "pull requests": {"pull-requests": "write"}, "read": {"issues": "read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			number := github.OpenIssue(sim.Issue{})
			github.AddToken(sim.Token{Value: "sim-token", Login: sim.ActionsLogin, Permissions: permissions})
			_, err := do(t, github, plan.UpdateIssue{Number: number, Board: newBoard})
			require.Error(t, err)
			assert.Equal(t, "Add `issues: write` to the `permissions:` of the job.", gh.Explain(err).Hint)
		})
	}
}
