package rehearse_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
	receivers "github.com/lockstep-action/lockstep/internal/track"
)

// station is a receiver of events about deployments. A further one needs one entry here.
type station struct {
	name   string   // as stories call it
	inputs []string // that make it a receiver
	asked  bool     // it is asked before a start, and only told of the end
	late   bool     // it wants to know of the end only
	says   string   // what a warning about it holds
	got    func(*rehearse.Session) []arrival
}

// arrival is a message that a receiver took.
type arrival struct {
	what string
	at   time.Time
}

func stations() []station {
	all := []station{
		{
			name: "versioner", asked: true, says: "The tracking endpoint", inputs: []string{"versioner_api_key: sk_acme_1_rehearsal"},
			got: func(p *rehearse.Session) []arrival {
				var all []arrival
				for _, event := range p.Versioner.Events() {
					all = append(all, arrival{event.State, event.Received})
				}
				return all
			},
		},
	}
	for _, one := range receivers.SinkTypes() {
		all = append(all, station{
			name: one.Name, late: one.Name == "pagerduty" || one.Name == "datadog", says: "`" + one.Name + "`", inputs: inputsFor(one),
			got: func(p *rehearse.Session) []arrival { return arrivals(p.Receivers[one.Name]) },
		})
	}
	return all
}

// inputsFor sets up the simulated receiver of a type.
func inputsFor(one config.SinkType) []string {
	var inputs []string
	for _, server := range sim.ReceiverTypes() {
		for _, setting := range one.Settings {
			switch {
			case server.Name != one.Name:
			case setting.Name == "url":
				inputs = append(inputs, setting.Input+": "+server.URL)
			case setting.Secret:
				inputs = append(inputs, setting.Input+": "+server.Secret)
			}
		}
	}
	return inputs
}

// arrivals names messages by their type, or by what people read first.
func arrivals(from *sim.Receiver) []arrival {
	var all []arrival
	for _, message := range from.Messages() {
		first, _, _ := strings.Cut(message.Text, "\n")
		all = append(all, arrival{cmp.Or(message.Type, first), message.Received})
	}
	return all
}

// troubles are the ways in which a receiver is out of order for good.
func troubles() []string {
	return []string{"gone", "slow", "hang -1", "429 wait=7 -1", "429 wait=3600 -1", "500 -1", "302 -1", "410 -1", "cut -1", "cut after -1"}
}

// The parts of a deployment that succeeds.
const (
	beforehand = "user alice write\npush checkout Faster checkout\npull 1 alice checkout\n"
	beginning  = "comment alice 1 .deploy to staging\nwant exit 0\nwant output continue true\nwant deployment staging in_progress checkout\n"
	conclusion = "job success 1m\nwant exit 0\nwant deployment staging success checkout\nwant lock staging none\nwant reaction rocket\nwant comments 2\nwant run success\n"
)

// bracketed is a deployment in one step, both of whose parts run.
const bracketed = "push main One\nstep push alice version=1 environment=staging status=started finish_on_post=true\n" +
	"want exit 0\nwant deployment staging success main\n"

// told is what a deployment came to, as its receivers and its people see it.
type told struct {
	exit     int
	outputs  map[string]string
	comments []string
	got      map[string][]string
	when     map[string][]time.Duration // since the beginning
	took     time.Duration
	warnings []string // of the newest part
}

// tell plays a deployment with every station there.
func tell(t *testing.T, script string) told {
	t.Helper()
	result := told{got: map[string][]string{}, when: map[string][]time.Duration{}}
	var inputs []string
	for _, one := range stations() {
		inputs = append(inputs, one.inputs...)
	}
	began := time.Time{}
	before := func(_ *testing.T, p *rehearse.Session) { began = p.Now() }
	err := framed(t, before, script+"-- with --\nuse_security_warnings: false\n"+strings.Join(inputs, "\n")+"\n", func(_ *testing.T, p *rehearse.Session) {
		var log string
		result.took = p.Now().Sub(began)
		result.exit, result.outputs, log = p.Last()
		for _, comment := range p.GitHub.Comments(1) {
			result.comments = append(result.comments, rehearse.Settle(comment.Body))
		}
		for _, one := range stations() {
			for _, message := range one.got(p) {
				result.got[one.name] = append(result.got[one.name], message.what)
				result.when[one.name] = append(result.when[one.name], message.at.Sub(began))
			}
		}
		for _, command := range runnertest.Commands(log) {
			if command.Name == "warning" || command.Name == "error" {
				result.warnings = append(result.warnings, command.Data)
			}
		}
	})
	require.NoError(t, err, script)
	return result
}

// Whatever is wrong with one receiver: the deployment ends as if nothing were, the others get what they
// would have got, and people see one warning about each event that the receiver was not told of.
func TestReceiversInTrouble(t *testing.T) {
	t.Parallel()
	calmStart, calm, calmStep := tell(t, beforehand+beginning), tell(t, beforehand+beginning+conclusion), tell(t, bracketed)
	require.Empty(t, calmStart.warnings)
	require.Empty(t, calm.warnings)
	require.Equal(t, time.Minute, calm.took)
	for _, one := range stations() {
		for _, trouble := range troubles() {
			t.Run(one.name+" "+trouble, func(t *testing.T) {
				t.Parallel()
				broken, mended := "receiver "+one.name+" "+trouble+"\n", "receiver "+one.name+" up\n"
				if one.asked {
					late := tell(t, beforehand+beginning+broken+conclusion)
					one.resemble(t, calm, late)
					assert.LessOrEqual(t, late.took-calm.took, 90*time.Second)
					if trouble != "slow" { // 30 seconds are just what it may take
						one.warns(t, late, 1)
					}
					return
				}
				const short, long = 5 * time.Second, 20 * time.Second // a start can be told again
				one.disturbsNoOther(t, calmStart, tell(t, beforehand+broken+beginning), one.atStart(costs{warnings: 1, time: short}))
				one.disturbsNoOther(t, calm, tell(t, beforehand+beginning+broken+conclusion), costs{warnings: 1, time: long})
				// At the end the start is told again, with one warning for both.
				one.compare(t, calm, tell(t, beforehand+broken+beginning+conclusion), costs{warnings: 1, time: short + long + long})
				late := tell(t, beforehand+broken+beginning+mended+conclusion)
				one.compare(t, calm, late, costs{time: short})
				assert.Equal(t, calm.got[one.name], slices.Compact(late.got[one.name]), "what it missed is made up for")
				step := tell(t, broken+bracketed)
				one.resemble(t, calmStep, step)
				assert.LessOrEqual(t, step.took, short+long+long)
			})
		}
	}
}

// atStart is what trouble may cost a start: nothing where the receiver does not want to know of it.
func (s station) atStart(most costs) costs {
	if s.late {
		return costs{}
	}
	return most
}

// costs are what trouble with a receiver may cost.
type costs struct {
	warnings int // in the newest part
	time     time.Duration
}

// disturbsNoOther wants the other receivers to be told at the same moment, too.
func (s station) disturbsNoOther(t *testing.T, calm, troubled told, most costs) {
	t.Helper()
	s.compare(t, calm, troubled, most)
	for name, when := range calm.when {
		if name != s.name {
			assert.Equal(t, when, troubled.when[name], "%s does not wait for the others", name)
		}
	}
}

// compare wants nothing to be different from a calm deployment, except for the costs and for what the
// receiver got.
func (s station) compare(t *testing.T, calm, troubled told, most costs) {
	t.Helper()
	s.resemble(t, calm, troubled)
	assert.LessOrEqual(t, troubled.took-calm.took, most.time)
	s.warns(t, troubled, most.warnings)
}

func (s station) resemble(t *testing.T, calm, troubled told) {
	t.Helper()
	assert.Equal(t, calm.exit, troubled.exit)
	assert.Equal(t, slices.Sorted(maps.Keys(calm.outputs)), slices.Sorted(maps.Keys(troubled.outputs)))
	assert.Len(t, troubled.comments, len(calm.comments))
	for name, got := range calm.got {
		if name != s.name {
			assert.Equal(t, got, troubled.got[name], "%s is told as ever", name)
		}
	}
}

func (s station) warns(t *testing.T, troubled told, count int) {
	t.Helper()
	assert.Len(t, troubled.warnings, count)
	for _, warning := range troubled.warnings {
		assert.Contains(t, warning, s.says)
		if !s.asked {
			assert.Contains(t, warning, "The deployment continues.")
		}
	}
}

// A start that is sent later is the same, however long its list of changes is.
func TestLateChanges(t *testing.T) {
	t.Parallel()
	script := "user alice write\npush release Release\npull 1 alice release\ncomment alice 1 .deploy main to production\njob success\n" +
		strings.Repeat("push main "+strings.Repeat("long title ", 9)+"\n", 62) +
		"receiver webhook down\ncomment alice 1 .deploy main to production\nwant output continue true\n" +
		"receiver webhook up\njob success\n" +
		"-- with --\nwebhook_url: https://hooks.example.com/deployments\nwebhook_secret: whsec_cmVoZWFyc2FsLW9mLXNpZ25lZC13ZWJob29rcw==\n"
	story, err := rehearse.ParseStory(t.Name(), []byte(script))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	var bodies []string
	options := rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) {
		for _, message := range p.Receivers["webhook"].Messages() {
			bodies = append(bodies, string(message.Body))
		}
	}}
	synctest.Test(t, func(t *testing.T) { require.NoError(t, rehearse.Run(t.Context(), story, options)) })
	require.Greater(t, len(bodies), 3)
	late := bodies[len(bodies)-2:]
	for i, what := range []string{"deployment.started", "deployment.completed"} {
		assert.Contains(t, late[i], what)
	}
	for _, body := range late {
		assert.Contains(t, body, `"changes_direction":"added","changes_commits":62,"changes":[{"pull_request":null,`)
		assert.Contains(t, body, `"changes_more":12`)
	}
}
