package sim

import (
	"slices"
	"time"
)

// Lag makes reads late: references, lists of deployments and roll-ups are shown as they were so long ago. What a
// mutation returns is fresh, and so is what is asked for by its id.
func (g *GitHub) Lag(behind time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lag = behind
}

// LagRecord makes the record of pushes late: what was pushed since is on the branches, and not in it yet.
func (g *GitHub) LagRecord(behind time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.recordLag = behind
}

// isHidden reports whether a read comes too early for what happened at a time.
func (g *GitHub) isHidden(c *call, at time.Time) bool {
	fresh := g.lag == 0 || c.document != nil && c.document.IsMutation()
	return !fresh && at.After(g.now().Add(-g.lag))
}

// seenRef returns what a read takes a reference to point at, and whether it finds one.
func (g *GitHub) seenRef(c *call, name string) (oid string, found bool) {
	oid, found = g.git.Ref(name)
	for _, one := range slices.Backward(g.activities) {
		if one.fork == "" && one.ref == name && g.isHidden(c, one.at) {
			oid, found = one.before, one.before != zeroOID
		}
	}
	return oid, found
}
