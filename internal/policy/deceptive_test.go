package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// What reads like one thing and means another one is a mistake.
func TestDeceptive(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nenvironments:\n  staging:\n  production:\n"
	for name, test := range map[string]struct{ text, want string }{
		"space of no width":           {"    labels: {forbid: [\"do-not\u200bdeploy\"]}\n", "invisible character U+200B"},
		"space of no width, escaped":  {"    labels: {forbid: [\"do-not\\u200bdeploy\"]}\n", "invisible characters"},
		"soft hyphen":                 {"    labels: {forbid: [\"do-not\u00addeploy\"]}\n", "invisible character U+00AD"},
		"joiner of English letters":   {"    labels: {forbid: [\"do\u200dnot\"]}\n", "invisible character U+200D"},
		"escaped joiner":              {"    checks: [\"bu\\u200dild\"]\n", "invisible characters"},
		"variation of a letter":       {"    checks: [\"build\ufe0f\"]\n", "invisible character U+FE0F"},
		"filler":                      {"    checks: [\"build\u3164\"]\n", "invisible character U+3164"},
		"tag characters":              {"    checks: [\"build\U000e0061\"]\n", "invisible character U+E0061"},
		"other space in a label":      {"    labels: {forbid: [\"do\u00a0not\"]}\n", "a space that is not the usual one"},
		"other space in a check":      {"    checks: [\"the\u2003build\"]\n", "a space that is not the usual one"},
		"other space in a heading":    {"    checklist: \"Before\u00a0this\"\n", "a space that is not the usual one"},
		"invisible name":              {"  \"staging\\u200b\":\n", "invisible characters"},
		"joiner in a name":            {"  \"é\\u200d\":\n", "invisible characters"},
		"name of two alphabets":       {"  prоduction:\n", "letters of two alphabets"},
		"name with another space":     {"  \"a\u00a0b\":\n", "a space that is not the usual one"},
		"stars that cross no slash":   {"path_rules:\n  - {name: x, paths: [\"db/**.sql\"], merged: true}\n", "put it between slashes"},
		"backslash of another system": {"path_rules:\n  - {name: x, paths: ['db\\**'], merged: true}\n", "before a letter or a star"},
		"too many alternatives":       {"path_rules:\n  - {name: x, paths: [\"" + strings.Repeat("{a,b,c,d,e}", 3) + "\"], merged: true}\n", "more than 100 alternatives"},
		"alternatives in another":     {"path_rules:\n  - {name: x, paths: [\"{a{" + strings.Repeat("b,", 60) + "},c}\"], merged: true}\n", "more than 100 alternatives"},
		"zone with a turned sign":     {"time_zone: Etc/GMT+5\n", "the signs of these zones are the other way round"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Read(head + test.text)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// What people can see is no mistake.
func TestNotDeceptive(t *testing.T) {
	t.Parallel()
	_, err := policy.Read("version: 1\nenvironments:\n  größe:\n  продакшн:\n    labels: {forbid: [\"👩\u200d💻 only\", \"⚠️ wait\", \"1️⃣\", \"نمی\u200cشود\"]}\n" +
		"freezes:\n  - {name: Noël, from: fri 16:00, until: mon 08:00, reason: \"fermé\u00a0: Noël\", environments: [größe]}\n" +
		"path_rules:\n  - {name: x, paths: [\"db/**/*.sql\", \"{a,b}/{c,d}/**\", \"a[*]\"], environments: [größe], merged: true}\n")
	require.NoError(t, err)
}

// As many environments as there may be are all known: none can be misspelled.
func TestNamesOfAllEnvironments(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("version: 1\nenvironments:\n")
	for i := range 100 {
		fmt.Fprintf(&text, "  e%d:\n", i)
	}
	const freeze = "freezes:\n  - {name: x, from: fri 16:00, until: mon 08:00, environments: [%s]}\n"
	_, err := policy.Read(text.String() + fmt.Sprintf(freeze, "e99"))
	require.NoError(t, err)
	_, err = policy.Read(text.String() + fmt.Sprintf(freeze, "other"))
	require.ErrorContains(t, err, `there is no environment "other"`)
	_, err = policy.Read(text.String() + "  e100:\n" + fmt.Sprintf(freeze, "e100"))
	require.ErrorContains(t, err, "there are 101 environments")
	assert.NotContains(t, err.Error(), "there is no environment")
}

// worstPattern takes longest of those that are allowed, on the longest path.
func worstPattern() (rule policy.PathRule, path string) {
	return policy.PathRule{Paths: []string{strings.Repeat("{"+strings.Repeat("*a,", 3)+"b}", 3)}}, strings.Repeat("a", 4096) + "y"
}

func TestWorstPattern(t *testing.T) {
	t.Parallel()
	rule, path := worstPattern()
	assert.False(t, rule.Matches(path))
	assert.True(t, rule.Matches("aab"), "an a, an a and a b")
}

func BenchmarkWorstPattern(b *testing.B) {
	rule, path := worstPattern()
	for b.Loop() {
		rule.Matches(path)
	}
}
