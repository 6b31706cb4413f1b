package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every situation changes the decision on at least one kind of request, every gate has a situation,
// and without one nothing is in the way.
func TestSituations(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, s := range situations() {
		covered[s.gate] = true
		quiet := true
		for _, kind := range kinds() {
			quiet = quiet && weight(repo(t), s, kind) == ""
		}
		assert.False(t, quiet, "%s: %s", s.gate, s.Text)
	}
	for _, gate := range gateNames(repo(t)) {
		assert.True(t, covered[gate], "gate %q has no situation", gate)
	}
	for _, kind := range kinds() {
		calm := newTrial(repo(t), kind)
		if kind == "Fork" {
			continue // a reviewed fork passes, too: the matrix shows it
		}
		assert.Empty(t, append(calm.decide().Blocking(), calm.decide().Warnings()...), kind)
	}
}
