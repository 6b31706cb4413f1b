package sim

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is one recorded request.
type Request struct {
	Index     int    // position in the order of arrival, from 0
	Method    string // the HTTP method
	Path      string // the escaped path, without a GitHub Enterprise prefix
	Operation string // GraphQL only: type and fields, such as "query repository,rateLimit"
	Points    int    // that it costs of the hour's budget: for REST and GraphQL apart
	Weight    int    // that it costs of the minute's budget, which limits bursts
	Status    int    // the answer's status, 0 when there was none
	Start     time.Time
	End       time.Time
}

// traffic sees every request: it records, delays and breaks them.
type traffic struct {
	clock *Clock

	mu         sync.Mutex
	requests   []*Request
	violations []string
	faults     []*fault
	latency    time.Duration
}

func newTraffic(clock *Clock) *traffic { return &traffic{clock: clock} }

// begin records a request.
func (t *traffic) begin(r Request) *Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Index, r.Start = len(t.requests), t.clock.Now()
	t.requests = append(t.requests, &r)
	return &r
}

func (t *traffic) end(r *Request, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Status, r.End = status, t.clock.Now()
}

func (t *traffic) delay() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.latency
}

func (t *traffic) violate(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.violations = append(t.violations, fmt.Sprintf(format, args...))
}

// strike returns the fault that the request runs into, nil for none.
func (t *traffic) strike(r Request) *fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	var struck *fault
	for _, fault := range t.faults {
		if fault.matches(r) && fault.due() && struck == nil {
			struck = fault
			fault.spend()
		}
	}
	return struck
}

// add arranges for a fault.
func (t *traffic) add(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, newFault(f))
}

// recover forgets all faults.
func (t *traffic) recover() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = nil
}

// handle lets a request through to a server, unless a fault is in its way.
func (t *traffic) handle(w http.ResponseWriter, r *http.Request, seen Request, serve func() answer) {
	record, status := t.begin(seen), 0
	defer func() { t.end(record, status) }()
	t.clock.wait(r.Context(), t.delay())
	struck := t.strike(seen)
	if struck == nil {
		struck = &fault{}
	}
	var answered answer
	if struck.After || struck.isLate() {
		answered = serve()
	}
	t.clock.wait(r.Context(), struck.Delay)
	if struck.isLate() {
		status = answered.status
		answered.write(w)
		return
	}
	status = struck.Status
	w.Header().Set("Date", t.clock.Now().UTC().Format(http.TimeFormat))
	struck.strike(w)
}

// SetLatency makes every request take this long, until its context ends.
func (g *GitHub) SetLatency(d time.Duration) {
	g.traffic.mu.Lock()
	defer g.traffic.mu.Unlock()
	g.traffic.latency = d
}

// Requests returns what was asked so far, in the order of arrival.
func (g *GitHub) Requests() []Request { return g.traffic.recorded() }

// ResetRequests forgets the recorded requests. A request that is under way is
// forgotten as well.
func (g *GitHub) ResetRequests() {
	g.traffic.mu.Lock()
	defer g.traffic.mu.Unlock()
	g.traffic.requests = nil
}

// Violations lists what clients did against GitHub's contract, and, with the prefix
// "server:", where the simulator's own answers depart from it.
func (g *GitHub) Violations() []string { return g.traffic.violated() }

func (t *traffic) recorded() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Request
	for _, one := range t.requests {
		list = append(list, *one)
	}
	return list
}

func (t *traffic) violated() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.violations)
}

// Rounds is the length of the longest chain of requests that waited for each other, judged by
// time: requests that overlap, or that started at the same moment, count as one round. It
// tells rounds apart only when requests take time, see [GitHub.SetLatency].
func (g *GitHub) Rounds() int {
	requests := slices.DeleteFunc(g.Requests(), func(r Request) bool { return r.End.IsZero() })
	slices.SortFunc(requests, func(a, b Request) int { return a.End.Compare(b.End) })
	rounds := 0
	var started, ended time.Time
	for _, request := range requests {
		if rounds == 0 || !request.Start.Before(ended) && request.Start.After(started) {
			rounds++
			started, ended = request.Start, request.End
		}
	}
	return rounds
}
