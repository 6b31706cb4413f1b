package runnertest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	none := map[string]string{}
	tests := map[string]struct {
		line string
		want []runnertest.Command
	}{
		"plain":            {"all is well", nil},
		"command":          {"::debug::a", []runnertest.Command{{Name: "debug", Properties: none, Data: "a"}}},
		"after blanks":     {" \t\u00a0\u2003::debug::a", []runnertest.Command{{Name: "debug", Properties: none, Data: "a"}}},
		"after text":       {"x ::debug::a", nil},
		"unknown":          {"::nothing::a", nil},
		"in capitals":      {"::DEBUG::a", []runnertest.Command{{Name: "DEBUG", Properties: none, Data: "a"}}},
		"unfinished":       {"::debug", nil},
		"data holds marks": {"::debug::a::b", []runnertest.Command{{Name: "debug", Properties: none, Data: "a::b"}}},
		"properties": {
			"::error file=a%3Ab.go,line=1,title=x%2Cy,empty=,=::a%0Ab%250A",
			[]runnertest.Command{{Name: "error", Properties: map[string]string{"file": "a:b.go", "line": "1", "title": "x,y"}, Data: "a\nb%0A"}},
		},
		"legacy": {
			"text ##[set-output name=a%3Bb;x=%5D]c%0Ad%25",
			[]runnertest.Command{{Name: "set-output", Properties: map[string]string{"name": "a;b", "x": "]"}, Data: "c\nd%"}},
		},
		"legacy behind unknown": {"::nothing::##[error]a", []runnertest.Command{{Name: "error", Properties: none, Data: "a"}}},
		"legacy unfinished":     {"##[error", nil},
		"legacy unknown":        {"##[nothing]", nil},
		"every line end": {
			"::debug::a\r::error::b\r\n::warning::c\n::notice::d",
			[]runnertest.Command{
				{Name: "debug", Properties: none, Data: "a"},
				{Name: "error", Properties: none, Data: "b"},
				{Name: "warning", Properties: none, Data: "c"},
				{Name: "notice", Properties: none, Data: "d"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, runnertest.Commands(test.line))
		})
	}
}
