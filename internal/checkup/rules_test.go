package checkup_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Annotations are shown next to the file of the head, not next to what it becomes when it is merged.
func TestPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		now, head string
		exists    bool
		line      int
		want      int
	}{
		"no head":               {"a\nb\nc\n", "", false, 2, 2},
		"the same":              {"a\nb\nc\n", "a\nb\nc\n", true, 2, 2},
		"the base added a line": {"new\na\nb\nc\n", "a\nb\nc\n", true, 3, 2},
		"the base removed one":  {"b\nc\n", "a\nb\nc\n", true, 1, 2},
		"the nearest one":       {"x\na\nb\na\nc\n", "a\nb\na\nc\n", true, 4, 3},
		"a line of the base":    {"new\na\n", "a\n", true, 1, 0},
		"behind the end":        {"a\n", "b\n", true, 9, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := checkup.RulesFile{Path: "x.yml", Now: checkup.Text{Exists: true, Text: test.now}, Head: checkup.Text{Exists: test.exists, Text: test.head}}
			want := deploy.FilePlace{File: "x.yml", Line: test.want}
			if test.want > 0 {
				want.Column = 7
			}
			assert.Equal(t, want, file.Place(test.line, 7))
		})
	}
}
