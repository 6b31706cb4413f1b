package policy

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each value of a file is looked at once, and the names of the environments twice.
func TestWork(t *testing.T) {
	t.Parallel()
	const head, one = "version: 1\nenvironments: {a: }\npath_rules:\n", "- {name: n, paths: [p, q], merged: true}\n"
	count := func(rules int) int {
		var text strings.Builder
		text.WriteString(head)
		for i := range rules {
			text.WriteString(strings.Replace(one, "n,", strconv.Itoa(i)+"x,", 1))
		}
		_, r := read(text.String())
		assert.Empty(t, r.errs)
		return r.values
	}
	const perRule = 1 + 3*2 + 2 // the rule, its keys with their values, and the paths
	assert.Equal(t, perRule*999, count(1000)-count(1))
}
