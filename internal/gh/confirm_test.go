package gh_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reactions [][2]string // who, what
		want      deploy.AnswerKind
	}{
		"none":            {nil, deploy.NoAnswer},
		"yes":             {[][2]string{{"alice", "+1"}}, deploy.Confirmed},
		"no":              {[][2]string{{"alice", "-1"}}, deploy.Rejected},
		"yes and then no": {[][2]string{{"alice", "+1"}, {"alice", "-1"}}, deploy.Rejected},
		"no and then yes": {[][2]string{{"alice", "-1"}, {"alice", "+1"}}, deploy.Rejected},
		"something else":  {[][2]string{{"alice", "rocket"}, {"alice", "eyes"}}, deploy.NoAnswer},
		"of others":       {[][2]string{{"eve", "+1"}, {"alice2", "-1"}, {"Alic", "+1"}}, deploy.NoAnswer},
		"among others":    {[][2]string{{"eve", "-1"}, {"alice", "+1"}, {"mallory", "-1"}}, deploy.Confirmed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			id := github.Comment(7, "github-actions[bot]", "Sure?")
			for _, one := range test.reactions {
				github.ReactAs(id, one[0], one[1])
			}
			answer, err := newClient(t, github.Client().Transport, "sim-token").Answer(t.Context(), id, "alice")
			require.NoError(t, err)
			assert.Equal(t, test.want, answer)
			assert.Len(t, github.Requests(), 1)
		})
	}
}

func TestAnswerBehindManyReactions(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	id := github.Comment(7, "github-actions[bot]", "Sure?")
	github.ReactAs(id, "alice", "+1")
	for i := range 120 {
		github.ReactAs(id, fmt.Sprintf("user%d", i), "-1")
	}
	client := newClient(t, github.Client().Transport, "sim-token")
	answer, err := client.Answer(t.Context(), id, "alice")
	require.NoError(t, err)
	assert.Equal(t, deploy.Confirmed, answer)
	assert.Len(t, github.Requests(), 2)
	github.ReactAs(id, "alice", "-1")
	answer, err = client.Answer(t.Context(), id, "alice")
	require.NoError(t, err)
	assert.Equal(t, deploy.Rejected, answer, "a thumb down on the second page counts more than a thumb up on the first")
}

func TestAnswerToADeletedQuestion(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	id := github.Comment(7, "github-actions[bot]", "Sure?")
	github.DeleteComment(id)
	answer, err := newClient(t, github.Client().Transport, "sim-token").Answer(t.Context(), id, "alice")
	require.ErrorContains(t, err, "read the reactions to the question")
	assert.Equal(t, deploy.NoAnswer, answer)
	assert.True(t, gh.Definite(err))
}

// A look that fails for the moment is no reason to give up, and a refusal is.
func TestAnswerThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		said     answering
		definite bool
	}{
		"denied":          {answer(403, `{"message":"Resource not accessible by integration"}`), true},
		"no token":        {answer(401, `{"message":"Bad credentials"}`), true},
		"limit":           {answer(429, `{}`, "Retry-After", "3600"), false},
		"limit by 403":    {answer(403, limited, "Retry-After", "3600"), false},
		"conflict":        {answer(409, `{"message":"Conflict"}`), false},
		"request timeout": {answer(408, `{}`), false},
		"server error":    {answer(500, `{}`), false},
		"cut":             {broken, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{test.said}}
				_, err := newClient(t, wire, "x").Answer(t.Context(), 1, "alice")
				require.ErrorContains(t, err, "read the reactions to the question")
				assert.Equal(t, test.definite, gh.Definite(err))
			})
		})
	}
}

// A list of reactions that leads back is read once.
func TestReactionsThatGoInCircles(t *testing.T) {
	t.Parallel()
	wire := &answers{list: []answering{answer(200, `[]`, "Link", `<https://api.github.com/x?page=2>; rel="next"`)}}
	_, err := newClient(t, wire, "x").Answer(t.Context(), 1, "alice")
	require.NoError(t, err)
	assert.Len(t, wire.times, 2)
}
