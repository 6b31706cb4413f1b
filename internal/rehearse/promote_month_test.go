package rehearse_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// merged brings a commit to main and to staging, at a time of the day.
func merged(day int, clock, name string) string {
	return at(day, clock) + "file main build.txt " + name + "\n" + toStaging("success")
}

func toStaging(status string) string {
	return "step push bob mode=track environment=staging status=started\nstep push bob mode=track environment=staging status=" + status + "\n"
}

func at(day int, clock string) string { return fmt.Sprintf("at 2026-11-%02dT%s:00Z\n", day, clock) }

// train is the run of a night, with the end of its job where it is to have one.
func train(day int, end ...string) string {
	lines := at(day, "03:07") + "step schedule alice mode=promote\nwant exit 0\n"
	if len(end) > 0 {
		lines += "want output continue true\njob " + end[0] + "\n"
	}
	return lines
}

// month is November 2026: a train each night, and what people do meanwhile.
func month() string {
	return strings.Join([]string{
		at(1, "01:00") + "user alice write\nuser bob write\n", train(1),
		merged(1, "10:00", "c01"), train(2, "success"),
		merged(2, "10:00", "c02"), merged(2, "17:00", "c03"), train(3, "success"), // of two in a day the newer one
		train(4), train(5), // nothing new
		merged(6, "02:00", "c04"), train(6), train(7, "success"), // too young for the first train
		train(8),
		at(9, "10:00") + "file main build.txt c05\n" + toStaging("failed"), train(10), // what runs in staging is in doubt
		merged(10, "12:00", "c06"), train(11, "failure"), train(12), train(13), // no one looks after it
		merged(13, "12:00", "c07"), train(14, "success"),
		at(14, "12:00") + "file topic build.txt p01\npull 1 bob topic\nreview 1 alice APPROVED\ncomment bob 1 .deploy staging\njob success\n", train(15), // not merged
		merged(15, "12:00", "c08"), train(16), train(17), train(18), train(19), // frozen
		train(20, "success"), // after the freeze
		train(21), train(22),
		merged(22, "12:00", "c09"), train(23, "success"),
		at(23, "09:00") + "comment bob 1 .rollback production\njob success\n", train(24), train(25), // c08 runs again
		merged(25, "12:00", "c10"), train(26, "success"),
		merged(26, "12:00", "c11"), // GitHub skips the train of the 27th
		merged(27, "12:00", "c12"), train(28, "success"),
		at(28, "12:00") + "comment bob 1 .lock production --reason the auditors are here\n", merged(28, "13:00", "c13"), train(29),
		at(29, "12:00") + "comment bob 1 .unlock production\n", train(30, "success"),
	}, "") + monthRules
}

const monthRules = `
-- .github/lockstep.yml --
version: 1
environments:
  staging:
  production:
    after: staging
    production: true
    soak: 2h
    allow: [event:schedule, bob]
freezes:
  - {name: inventory, from: 2026-11-16 00:00, until: 2026-11-20 00:00}
`

// nights are what becomes of each train: the commit that it promotes, or the check that finds nothing to promote.
func nights() []string {
	return []string{
		"01 candidate", "02 c01", "03 c03", "04 forward", "05 forward", "06 soak", "07 c04", "08 forward", "10 candidate",
		"11 c06", "12 forward", "13 forward", "14 c07", "15 candidate",
		"16 freeze", "17 freeze", "18 freeze", "19 freeze", "20 c08", "21 forward", "22 forward",
		"23 c09", "24 forward", "25 forward", "26 c10", "28 c12", "29 lock", "30 c13",
	}
}

var stops = regexp.MustCompile(`\| ⛔ \| ([a-z ]+) \|`)

// TestPromotionMonth plays a month, in which the trains promote exactly what they should.
func TestPromotionMonth(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("month", []byte(month()))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	var became []string
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{
			Schema: compiled, Latency: 100 * time.Millisecond,
			Ended: func(p *rehearse.Session) {
				part := p.Newest()
				if part.Post || part.Event != "schedule" {
					return
				}
				what := "?"
				if found := stops.FindStringSubmatch(part.Summary); found != nil {
					what = found[1]
				}
				if part.Outputs["continue"] == "true" {
					what, _ = p.GitHub.File(part.Outputs["sha"], "build.txt")
				}
				became = append(became, fmt.Sprintf("%02d %s", p.Now().Day(), what))
			},
			After: func(p *rehearse.Session) {
				assert.Len(t, p.GitHub.Deployments("production"), 11, "ten promotions, of which one fails, and a rollback")
			},
		}))
	})
	assert.Equal(t, nights(), became)
}
