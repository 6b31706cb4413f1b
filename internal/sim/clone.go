package sim

import (
	"bytes"
	"maps"
	"slices"
	"time"
)

// Clone returns an independent copy. Many tests can go on from one state that took long to reach.
func (g *GitHub) Clone() *GitHub {
	g.mu.Lock()
	defer g.mu.Unlock()
	runs := cloneAll(g.runs, nil)
	suites := g.cloneSuites(runs)
	return &GitHub{
		schema: g.schema, repository: g.repository, created: g.created, traffic: g.traffic.clone(),
		git: g.git.Clone(), ids: g.ids,
		users: cloneEach(g.users, nil), tokens: cloneEach(g.tokens, nil), teams: maps.Clone(g.teams),
		pulls:       cloneEach(g.pulls, func(p *pull) { p.labels, p.reviews = slices.Clone(p.labels), cloneAll(p.reviews, nil) }),
		issues:      cloneEach(g.issues, func(i *issue) { i.Labels = slices.Clone(i.Labels) }),
		comments:    cloneAll(g.comments, func(c *comment) { c.reactions = cloneAll(c.reactions, nil) }),
		deployments: cloneAll(g.deployments, func(d *deployment) { d.statuses = cloneAll(d.statuses, nil) }),
		checks:      g.cloneChecks(suites), suites: suites, rules: g.cloneRules(), environments: cloneAll(g.environments, nil), labels: maps.Clone(g.labels),
		runs: runs, dispatches: slices.Clone(g.dispatches), activities: slices.Clone(g.activities),
		protections: slices.Clone(g.protections), codeOwners: slices.Clone(g.codeOwners), refusals: cloneAll(g.refusals, nil), lacking: slices.Clone(g.lacking),
		archived: g.archived, lag: g.lag, recordLag: g.recordLag, barred: g.barred,
		rate: rate{limit: g.rate.limit, used: maps.Clone(g.rate.used), reset: g.rate.reset},
	}
}

// cloneSuites copies the check suites; each belongs to the copy of its run.
func (g *GitHub) cloneSuites(runs []*WorkflowRun) []*suite {
	return cloneAll(g.suites, func(s *suite) {
		if at := slices.Index(g.runs, s.run); at >= 0 {
			s.run = runs[at]
		}
	})
}

// cloneChecks copies the checks; those of one suite share the copy of their suite.
func (g *GitHub) cloneChecks(suites []*suite) []*check {
	return cloneAll(g.checks, func(c *check) {
		if at := slices.Index(g.suites, c.suite); at >= 0 {
			c.suite = suites[at]
		}
	})
}

func (g *GitHub) cloneRules() []Rule {
	rules := slices.Clone(g.rules)
	for i := range rules {
		rules[i].Parameters = maps.Clone(rules[i].Parameters)
	}
	return rules
}

// cloneAll copies what a list points to; deepen copies what hangs on each, nil for nothing.
func cloneAll[T any](list []*T, deepen func(*T)) []*T {
	var all []*T
	for _, one := range list {
		all = append(all, cloneOne(one, deepen))
	}
	return all
}

// cloneEach does the same for a map.
func cloneEach[K comparable, T any](values map[K]*T, deepen func(*T)) map[K]*T {
	all := map[K]*T{}
	for key, one := range values {
		all[key] = cloneOne(one, deepen)
	}
	return all
}

func cloneOne[T any](one *T, deepen func(*T)) *T {
	copied := new(*one)
	if deepen != nil {
		deepen(copied)
	}
	return copied
}

func (t *traffic) clone() *traffic {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &traffic{
		clock:    t.clock.Clone(),
		requests: cloneAll(t.requests, nil), violations: slices.Clone(t.violations),
		faults: cloneAll(t.faults, nil), latency: t.latency,
	}
}

// Clone returns an independent copy.
func (v *Versioner) Clone() *Versioner {
	v.mu.Lock()
	defer v.mu.Unlock()
	return &Versioner{
		key: v.key, traffic: v.traffic.clone(), events: slices.Clone(v.events), refusals: slices.Clone(v.refusals),
		rules: slices.Clone(v.rules), running: slices.Clone(v.running), versions: maps.Clone(v.versions), made: v.made,
	}
}

// Clone returns an independent copy with a clock of its own.
func (r *Receiver) Clone(now func() time.Time) *Receiver {
	r.mu.Lock()
	defer r.mu.Unlock()
	bodies := map[string][]byte{}
	for id, body := range r.bodies {
		bodies[id] = bytes.Clone(body)
	}
	return &Receiver{
		protocol: r.protocol, now: now, traffic: r.traffic.clone(),
		messages: slices.Clone(r.messages), bodies: bodies, taken: maps.Clone(r.taken),
	}
}
