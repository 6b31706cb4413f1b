package policy_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func FuzzRead(f *testing.F) {
	f.Add(example(f, "starter"))
	f.Add(example(f, "everything"))
	for text := range wholeFiles() {
		f.Add(text)
	}
	for key := range inEnvironment() {
		f.Add(minimal(key))
	}
	for key := range belowEnvironments() {
		f.Add("version: 1\nenvironments: {staging: , production: }\n" + key)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := policy.Read(text)
		require.NotNil(t, found)
		checkNames(t, found)
		if err == nil {
			checkPolicy(t, found)
			return
		}
		var errs policy.Errors
		require.ErrorAs(t, err, &errs)
		require.NotEmpty(t, errs)
		last := 1
		for _, one := range errs {
			assert.GreaterOrEqual(t, one.Line, last)
			assert.LessOrEqual(t, one.Line, max(found.Lines, 1))
			assert.Positive(t, one.Column)
			assert.NotEmpty(t, one.Text)
			assert.True(t, utf8.ValidString(one.Error()))
			assert.False(t, strings.ContainsFunc(one.Error(), unicode.IsControl), "%q", one.Error())
			last = one.Line
		}
	})
}

func checkNames(t *testing.T, found *policy.Policy) {
	t.Helper()
	for _, one := range found.Environments {
		assert.NotEmpty(t, one.Name)
		assert.Positive(t, one.Line)
		again, known := found.For(one.Name, true)
		assert.True(t, known)
		assert.Equal(t, one.Name, again.Name, "names are told apart")
	}
	assert.LessOrEqual(t, len(found.Environments), 100)
}

// checkPolicy checks what is true of every policy.
func checkPolicy(t *testing.T, found *policy.Policy) {
	t.Helper()
	assert.NotEmpty(t, found.Environments)
	assert.NotNil(t, found.Zone)
	for _, one := range found.Environments {
		assert.False(t, one.Soak.Value > 0 && !one.After.IsSet())
		assert.False(t, one.Allow.IsSet() && len(one.Allow.Value) == 0)
		for _, parent := range one.After.Value {
			assert.Contains(t, found.Names(), parent)
		}
	}
	for _, freeze := range found.Freezes {
		assert.Positive(t, freeze.Line)
		assert.NotEqual(t, freeze.From, freeze.Until)
		assert.Contains(t, []policy.FreezeKind{policy.Weekly, policy.Daily, policy.Once}, freeze.Kind)
	}
	for _, rule := range found.PathRules {
		assert.True(t, rule.Merged || rule.Reviews.Count > 0)
		rule.Matches("db/migrate/1.sql")
	}
}
