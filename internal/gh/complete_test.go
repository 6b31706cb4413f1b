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
	for name, test := range map[string]struct{ body, want string }{
		"null as an error":   {`{"data":{"repository":{},"rateLimit":null},"errors":[null]}`, "the answer has null instead of an error"},
		"no rate limit":      {`{"data":{"repository":{}}}`, "the answer lacks"},
		"empty data":         {`{"data":{}}`, "the answer lacks"},
		"no data":            {`{"data":null}`, "no such repository"},
		"empty object":       {`{}`, "no such repository"},
		"a list as the data": {`{"data":[]}`, "cannot unmarshal"},
		"a list":             {`[]`, "cannot unmarshal"},
		"null":               {`null`, "no such repository"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := unfilled(t, &answers{list: []answering{answer(http.StatusOK, test.body)}})
			_, err := client.Facts(t.Context(), deploy.Needs{Locks: []string{production}})
			require.ErrorContains(t, err, test.want)
		})
	}
}

// A comparison that does not say how far a branch lags behind says nothing.
func TestComparisonsWithoutNumbers(t *testing.T) {
	t.Parallel()
	count := func(t *testing.T, body string) (plan.Done, error) {
		t.Helper()
		return newClient(t, &answers{list: []answering{answer(http.StatusOK, body)}}, "x").Do(t.Context(), plan.CountCommits{Base: "a", Head: "b"}, ledger())
	}
	for name, body := range map[string]string{
		"nothing": `{}`, "null": `null`, "only ahead": `{"ahead_by":0}`, "only behind": `{"behind_by":0}`, "both null": `{"ahead_by":null,"behind_by":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := count(t, body)
			require.ErrorContains(t, err, "how many commits")
		})
	}
	done, err := count(t, `{"ahead_by":2,"behind_by":0}`)
	require.NoError(t, err)
	assert.Equal(t, 2, done.Ahead)
}
