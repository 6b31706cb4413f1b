package rehearse_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// rehearsed is a scenario with all that is asked for in it when nothing goes wrong.
type rehearsed struct {
	rehearse.Scenario
	base  *witness
	sites []site
}

// trial is one fault at one request of one scenario.
type trial struct {
	scenario *rehearsed
	site     site
	fault    fault
	name     string
}

// String names a trial: story, scenario, part of the step, request, which of several alike, fault.
func (c trial) String() string { return c.name }

func newTrial(scenario *rehearsed, at site, f fault) trial {
	story := strings.TrimSuffix(scenario.Story, ".txtar")
	return trial{scenario, at, f, fmt.Sprintf("%s:%d:%s:%s", story, scenario.Number, at, f.name)}
}

// kind is what a trial is about, whatever the story.
func (c trial) kind() string {
	return fmt.Sprintf("%d:%s:%s", min(c.site.part, 1), c.site.what, c.fault.name)
}

// latency makes requests overlap.
const latency = 100 * time.Millisecond

// TestFaults breaks the requests of all stories: each request, of each scenario, in each way, one at a time,
// and ends the process at each of them in each way. A scenario is a command, or a step, with its job; it is
// played on a copy of the session as the story has set it until then, up to the end of the step that the
// fault has hit. What must hold then, whatever went wrong, is in invariants_test.go.
//
// There are too many cases to play all of them every time: some are drawn, no two alike before all kinds have
// had their turn; the seed is printed. LOCKSTEP_FAULTS in the environment says what to play
// instead:
//
//	LOCKSTEP_FAULTS=all                          everything, which takes about half an hour
//	LOCKSTEP_FAULTS=1234                         what was drawn with this seed
//	LOCKSTEP_FAULTS='order:2:0:POST api.github.com/repos/acme/shop/deployments#0:409'
//	                                             one case, by the name that a failure shows
//	LOCKSTEP_FAULTS=order:                       all cases whose names hold this text
func TestFaults(t *testing.T) {
	t.Parallel()
	scenarios, counts := rehearseAll(t, storyFiles(t))
	if !sampled() {
		t.Log(counts)
	}
	var cases []trial
	for _, scenario := range scenarios {
		cases = append(cases, trials(scenario)...)
	}
	of := len(cases)
	cases = choose(t, cases)
	t.Logf("%d of %d cases are played", len(cases), of)
	assert.NotEmpty(t, cases)
	each(cases, func(c trial) {
		w, _ := playScenario(t, c.scenario, c.site, &c.fault)
		for _, violation := range w.violations {
			t.Errorf("%s\n\t%s\n\tplay it again: LOCKSTEP_FAULTS='%s' go test -run TestFaults ./internal/rehearse", c, violation, c)
		}
	})
}

// counts says how much there is to break.
type counts struct{ stories, scenarios, requests, faults, interruptions, cases int }

// String is what the test prints.
func (c counts) String() string {
	return fmt.Sprintf("%d stories, %d scenarios, %d requests, %d ways to fail, %d ways to end the process, %d cases",
		c.stories, c.scenarios, c.requests, c.faults, c.interruptions, c.cases)
}

// sampled reports whether a part of the stories is enough: with -short, unless LOCKSTEP_FAULTS asks for cases.
func sampled() bool { return testing.Short() && os.Getenv("LOCKSTEP_FAULTS") == "" }

// storyFiles lists the files of stories: all, or a quarter of them by chance.
func storyFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(stories, "*.txtar"))
	require.NoError(t, err)
	if !sampled() {
		return paths
	}
	rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	paths = paths[:len(paths)/4]
	t.Logf("stories: %s", paths)
	return paths
}

// rehearseAll plays stories once, and every scenario of them.
func rehearseAll(t *testing.T, paths []string) ([]*rehearsed, counts) {
	t.Helper()
	byStory := make([][]*rehearsed, len(paths))
	places := make([]int, len(paths))
	for i := range places {
		places[i] = i
	}
	problems := make([]error, len(paths))
	each(places, func(i int) { byStory[i], problems[i] = scenariosOf(t, paths[i]) })
	require.NoError(t, errors.Join(problems...))
	all := slices.Concat(byStory...)
	c := counts{stories: len(paths), scenarios: len(all), faults: len(faults()), interruptions: len(interruptions())}
	for _, scenario := range all {
		c.requests += len(scenario.sites)
		c.cases += len(trials(scenario))
	}
	return all, c
}

// each does something for all of a list, several at a time.
func each[T any](list []T, do func(T)) {
	next := make(chan T)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for one := range next {
				do(one)
			}
		})
	}
	for _, one := range list {
		next <- one
	}
	close(next)
	group.Wait()
}

// scenariosOf takes a story apart.
func scenariosOf(t *testing.T, path string) ([]*rehearsed, error) {
	t.Helper()
	data, errRead := os.ReadFile(path)
	story, errParse := rehearse.ParseStory(filepath.Base(path), data)
	compiled, err := schema()
	if err := errors.Join(errRead, errParse, err); err != nil {
		return nil, err
	}
	var scenarios []rehearse.Scenario
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Latency: latency, Around: new(saboteur).around}
		scenarios, err = rehearse.Scenarios(t.Context(), story, options)
	})
	var all []*rehearsed
	for _, scenario := range scenarios {
		one := &rehearsed{Scenario: scenario}
		one.base, one.sites = playScenario(t, one, site{}, nil)
		assert.Empty(t, one.base.violations, "%s, scenario %d, without a fault", story.Name, scenario.Number)
		all = append(all, one)
	}
	return all, err
}

// playScenario plays a scenario with a fault, or without one.
func playScenario(t *testing.T, scenario *rehearsed, at site, f *fault) (*witness, []site) {
	t.Helper()
	s := &saboteur{target: at, fault: f}
	w := &witness{saboteur: s, base: scenario.base, moody: slices.ContainsFunc(scenario.Lines, moody)}
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Before: w.begin, Ended: w.ended}
		options.Around = func(p *rehearse.Session, next http.RoundTripper) http.RoundTripper {
			w.before, w.began = standOf(p), p.Now()
			return s.around(p, next)
		}
		options.After = func(p *rehearse.Session) {
			if f != nil && f.die {
				s.note(w.resume(t.Context(), p, f.end))
			}
			w.end(p)
		}
		if err := scenario.Play(t.Context(), options, s.done); err != nil {
			w.violated("%v", err)
		}
	})
	switch {
	case s.broken != nil:
		w.violated("%v", s.broken)
	case f != nil && !s.done():
		w.violated("the request did not come")
	}
	return w, s.sites
}

// moody reports whether a line lets something happen once, at a certain request.
func moody(l rehearse.Line) bool {
	return slices.Contains([]string{"before-request", "fail", "tracker", "receiver", "kill", "cancel"}, l.Verb)
}

// restart is how long a runner takes at least to begin the next part: a container has to start.
const restart = 3 * time.Second

// resume lets happen what follows when the process has died. Where the post part has died there is no
// other: the same is asked for again.
func (w *witness) resume(ctx context.Context, p *rehearse.Session, how end) error {
	w.resumed = true
	time.Sleep(restart)
	if how == postRuns && !p.Newest().Post {
		return p.Post(ctx)
	}
	w.lost, w.lostLate = true, p.Newest().Post
	return p.Again(ctx)
}

// trials lists every fault at every request of a scenario.
func trials(scenario *rehearsed) []trial {
	var all []trial
	for _, at := range scenario.sites {
		for _, f := range slices.Concat(faults(), interruptions()) {
			if f.only == nil || f.only(at) {
				all = append(all, newTrial(scenario, at, f))
			}
		}
	}
	return all
}

// drawn is how many cases are played when nothing else is asked for, and drawnShort how many of each fault with -short.
const drawn, drawnShort = 600, 3

// choose takes the cases that LOCKSTEP_FAULTS asks for.
func choose(t *testing.T, cases []trial) []trial {
	t.Helper()
	wanted := os.Getenv("LOCKSTEP_FAULTS")
	seed, err := strconv.ParseUint(wanted, 10, 64)
	switch {
	case wanted == "all":
		return cases
	case wanted == "":
		seed = rand.Uint64N(1_000_000)
	case err != nil:
		return slices.DeleteFunc(cases, func(c trial) bool { return !strings.Contains(c.String(), wanted) })
	}
	t.Logf("seed: LOCKSTEP_FAULTS=%d", seed)
	// Requests that overlap have no order of their own.
	slices.SortFunc(cases, func(a, b trial) int { return strings.Compare(a.name, b.name) })
	random := rand.New(rand.NewPCG(seed, seed))
	random.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	if sampled() {
		return firstOfEach(cases, func(c trial) string { return c.fault.name }, drawnShort*(len(faults())+len(interruptions())))
	}
	return firstOfEach(cases, trial.kind, drawn)
}

// firstOfEach returns so many cases: none of a kind comes twice before the others have come once.
func firstOfEach(cases []trial, kind func(trial) string, count int) []trial {
	type numbered struct {
		trial
		turn int // among those of its kind
	}
	seen := map[string]int{}
	all := make([]numbered, len(cases))
	for i, c := range cases {
		all[i] = numbered{c, seen[kind(c)]}
		seen[kind(c)]++
	}
	slices.SortStableFunc(all, func(a, b numbered) int { return a.turn - b.turn })
	var chosen []trial
	for _, one := range all[:min(count, len(all))] {
		chosen = append(chosen, one.trial)
	}
	return chosen
}
