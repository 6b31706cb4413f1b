package app_test

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// asked lets something happen when the action looks for an answer to its question the first time.
type asked struct {
	github *sim.GitHub
	happen func(question int64)
	once   sync.Once
	looks  []time.Time
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if comment, looks := strings.CutSuffix(r.URL.Path, "/reactions"); looks && r.Method == http.MethodGet {
		id, _ := strconv.ParseInt(path.Base(comment), 10, 64)
		a.once.Do(func() { a.happen(id) })
		a.looks = append(a.looks, time.Now())
	}
	a.github.ServeHTTP(w, r)
}

// What a workflow gets to know when a deployment waits for an answer. What happens while they think
// is found out, and the commit that they were asked about stays the one that is named.
func TestOutputsOfQuestions(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	push := func(g *sim.GitHub) {
		g.Push(sim.Commit{Branch: "feature", Message: "More", Files: map[string]string{"a": "c"}})
	}
	for name, test := range map[string]struct {
		command, login, reaction string
		meanwhile                func(*sim.GitHub)
		reason, deploymentType   string
	}{
		"yes":                  {".deploy", "u0", "+1", nil, "deployment_ready", "branch"},
		"yes to a rehearsal":   {".noop", "u0", "+1", nil, "noop_ready", "noop"},
		"no":                   {".deploy", "u0", "-1", nil, "confirmation_rejected", "branch"},
		"another person's yes": {".deploy", "u1", "+1", nil, "confirmation_timed_out", "branch"},
		"another reaction":     {".noop", "u0", "rocket", nil, "confirmation_timed_out", "noop"},
		"yes, but it moved":    {".deploy", "u0", "+1", push, "ref_changed", "branch"},
		"no, and it moved":     {".deploy", "u0", "-1", push, "confirmation_rejected", "branch"},
		"yes, but it is draft": {".deploy", "u0", "+1", func(g *sim.GitHub) { g.EditPull(1, func(p *sim.Pull) { p.Draft = true }) }, "prechecks_failed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				person := crowd(t, github, test.command, 1)[0]
				person.variables["INPUT_DEPLOYMENT_CONFIRMATION"] = "true"
				head, began := github.Head("feature"), time.Now()
				person.transport = sim.Network{"api.github.com": &asked{github: github, happen: func(question int64) {
					if test.meanwhile != nil {
						test.meanwhile(github)
					}
					github.ReactAs(question, test.login, test.reaction)
				}}}
				person.main(t)
				require.NoError(t, person.unread)

				assert.Equal(t, test.reason, person.outputs["reason_code"], person.log.String())
				waits := test.reason == "confirmation_timed_out"
				assert.Equal(t, waits, time.Since(began) == time.Minute, "%s", time.Since(began))
				if test.deploymentType == "" {
					assert.Contains(t, person.outputs["result"], `"deployment_type":null,"environment":"production","ref":null,"sha":null`)
					return
				}
				assert.Equal(t, "feature "+head, person.outputs["ref"]+" "+person.outputs["sha"])
				assert.Contains(t, person.outputs["result"], `"deployment_type":"`+test.deploymentType+`","environment":"production","ref":"feature","sha":"`+head+`"`)
				assert.Equal(t, person.outputs["continue"] == "true", person.exit == 0)
			})
		})
	}
}

// The action looks for an answer at once, then less and less often, and once more at the very end.
func TestPausesBetweenLooks(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	for timeout, want := range map[string][]int{
		"1":  {0, 1},
		"7":  {0, 2, 6, 7},
		"60": {0, 2, 6, 14, 24, 34, 44, 54, 60},
	} {
		t.Run(timeout, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				person := crowd(t, github, ".deploy", 1)[0]
				person.variables["INPUT_DEPLOYMENT_CONFIRMATION"], person.variables["INPUT_DEPLOYMENT_CONFIRMATION_TIMEOUT"] = "true", timeout
				question := &asked{github: github, happen: func(int64) {}}
				person.transport = sim.Network{"api.github.com": question}
				began := time.Now()
				person.main(t)
				assert.Equal(t, "confirmation_timed_out", person.outputs["reason_code"], person.log.String())
				var looks []int
				for _, look := range question.looks {
					looks = append(looks, int(look.Sub(began).Seconds()))
				}
				assert.Equal(t, want, looks)
			})
		})
	}
}
