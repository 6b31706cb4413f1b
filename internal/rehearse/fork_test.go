package rehearse

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scenarios are played at the same time: what one of them sets must not reach another.
func TestForkSharesNothingThatLinesChange(t *testing.T) {
	t.Parallel()
	schema, err := LoadSchema()
	require.NoError(t, err)
	story, err := ParseStory("fork", []byte("user alice write\n-- with --\nproduction_environments: production\n"))
	require.NoError(t, err)
	session := newSession(story, Options{Schema: schema}, t.TempDir())
	session.handed, session.secrets = map[string]string{"handoff": ""}, make([]string, 1, 8)
	session.pushed["checkout"] = make([]string, 1, 8)
	forked := session.fork()

	assert.NotSame(t, session.GitHub, forked.GitHub)
	assert.NotSame(t, session.Versioner, forked.Versioner)
	assert.NotSame(t, session.Application, forked.Application)
	assert.NotSame(t, session.hooks, forked.hooks)
	before, after := reflect.ValueOf(session).Elem(), reflect.ValueOf(forked).Elem()
	for i := range before.NumField() {
		name := before.Type().Field(i).Name
		if name == "story" || name == "problems" {
			continue
		}
		assertApart(t, name, before.Field(i), after.Field(i))
	}
}

// assertApart wants maps of their own, and lists that grow apart.
func assertApart(t *testing.T, name string, a, b reflect.Value) {
	t.Helper()
	switch {
	case a.Kind() == reflect.Map:
		assert.False(t, a.IsNil(), "%s is empty: the test says nothing about it", name)
		assert.NotEqual(t, a.Pointer(), b.Pointer(), "%s is shared", name)
		for entries := a.MapRange(); entries.Next(); {
			assertApart(t, name+" of "+entries.Key().String(), entries.Value(), b.MapIndex(entries.Key()))
		}
	case a.Kind() == reflect.Slice && b.Cap() > b.Len():
		assert.NotEqual(t, a.Pointer(), b.Pointer(), "%s is shared", name)
	}
}
