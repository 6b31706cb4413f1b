package gh_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// What the client library leaves at its zero value reads as good news: no draft, no fork, no lock, nothing behind.
func TestAnswersThatLackSomething(t *testing.T) {
	t.Parallel()
	p := play(t, scenes()[0])
	at := slices.IndexFunc(p.answers.keys, func(key string) bool { return strings.Contains(key, "/graphql") })
	var whole any
	require.NoError(t, json.Unmarshal(p.answers.bodies[p.answers.keys[at]], &whole))
	lacking := map[string]string{}
	for i, place := range placesIn(whole) {
		if place.object == nil || place.name == "data" || place.name == "extensions" || lacking[place.name] != "" {
			continue
		}
		client := unfilled(t, defective{script: p.answers, defect: defect{which: uint16(at), at: uint16(i), how: 5}})
		_, err := client.Facts(t.Context(), p.needs)
		require.Error(t, err, place.name)
		lacking[place.name] = gh.Explain(err).Text
		assert.Contains(t, lacking[place.name], fmt.Sprintf("the answer lacks %q", place.name))
	}
	for _, name := range []string{"isDraft", "isCrossRepository", "reviewDecision", "statusCheckRollup", "lock0", "lock1", "aheadBy", "committer"} {
		assert.Contains(t, slices.Collect(maps.Keys(lacking)), name)
	}
}

func TestAnswersOfAnotherForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"data":{"repository":{},"rateLimit":null},"errors":[null]}`: "the answer has null instead of an error",
		`{"data":{"repository":{}}}`:                                  "the answer lacks",
		`{"data":{}}`:                                                 "the answer lacks",
		`{"data":null}`:                                               "no such repository",
		`{}`:                                                          "no such repository",
		`{"data":[]}`:                                                 "cannot unmarshal",
		`[]`:                                                          "cannot unmarshal",
		`null`:                                                        "no such repository",
	} {
		client := unfilled(t, &answers{list: []answering{answer(http.StatusOK, body)}})
		_, err := client.Facts(t.Context(), deploy.Needs{Locks: []string{production}})
		require.ErrorContains(t, err, want, body)
	}
}

// A comparison that does not say how far a branch lags behind says nothing.
func TestComparisonsWithoutNumbers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `{"ahead_by":0}`, `{"behind_by":0}`, `{"ahead_by":null,"behind_by":null}`} {
		_, err := newClient(t, &answers{list: []answering{answer(http.StatusOK, body)}}, "x").Do(t.Context(), plan.CountCommits{Base: "a", Head: "b"}, ledger())
		require.ErrorContains(t, err, "how many commits", body)
	}
	done, err := newClient(t, &answers{list: []answering{answer(http.StatusOK, `{"ahead_by":2,"behind_by":0}`)}}, "x").Do(t.Context(), plan.CountCommits{Base: "a", Head: "b"}, ledger())
	require.NoError(t, err)
	assert.Equal(t, 2, done.Ahead)
}
