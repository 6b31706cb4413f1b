package rehearse_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const asked = "user alice write\npush checkout Faster\npull 1 alice checkout\n"

// What the check-up of .help costs is what its page says.
func TestHelpBudget(t *testing.T) {
	t.Parallel()
	requests, rounds, outputs, log := measure(t, asked+"comment alice 1 .help\n")
	require.Equal(t, "help_completed", outputs["reason_code"], log)
	page, err := os.ReadFile("../../docs/doctor.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), fmt.Sprintf("`.help` asks GitHub %d times, in %d rounds", requests, rounds))
}

// Whatever GitHub does not answer, .help does within seconds, with the commands and with what is not known.
func TestHelpIsNeverLate(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.Fault{
		"silence":      {Hang: true},
		"out of order": {Status: 503},
		"limits":       {Status: 403, Body: `{"message":"You have exceeded a secondary rate limit."}`, Header: map[string]string{"Retry-After": "50"}},
	} {
		for _, where := range []sim.Fault{{Method: "POST", Path: "/repos/acme/shop/git/refs"}, {Path: "/repos/acme/shop/rules/branches/*"}, {Operation: "query repository", Skip: 1}} {
			t.Run(name+" "+where.Path+where.Operation, func(t *testing.T) {
				t.Parallel()
				there := where
				there.Hang, there.Status, there.Body, there.Header, there.Times = fault.Hang, fault.Status, fault.Body, fault.Header, -1
				took, comment := helped(t, there)
				assert.Less(t, took, 15*time.Second)
				assert.Contains(t, comment, "`.deploy`")
				assert.Regexp(t, "could not be looked at|It is not known whether|could not be read", comment)
			})
		}
	}
}

// helped plays .help with a fault, and returns how long it took and what was answered.
func helped(t *testing.T, fault sim.Fault) (took time.Duration, comment string) {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	story, err := rehearse.ParseStory("help", []byte(asked+"comment alice 1 .help\n"))
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		options := rehearse.Options{Schema: compiled, Prepare: func(g *sim.GitHub) { g.Fail(fault) }}
		options.After = func(p *rehearse.Session) {
			exit, _, log := p.Last()
			require.Zero(t, exit, log)
			took = time.Since(begin)
			for _, one := range p.GitHub.Comments(1) {
				comment = one.Body
			}
		}
		require.NoError(t, rehearse.Run(t.Context(), story, options))
	})
	return took, comment
}
