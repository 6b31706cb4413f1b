package workflow_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/workflow"
)

// A condition refuses only what it surely refuses.
func TestRefuses(t *testing.T) {
	t.Parallel()
	known := map[string]string{"github.event.comment.body": ".noop it's", "github.event_name": "issue_comment", "github.event.issue.pull_request": "{}"}
	for condition, want := range map[string]bool{
		"":                                                 false,
		"github.event.issue.pull_request":                  false,
		"!github.event.issue.pull_request":                 true,
		"github.event_name == 'push'":                      true,
		"github.event_name != 'push'":                      false,
		"GitHub.Event_Name == 'Issue_Comment'":             false,
		"startsWith(github.event.comment.body, '.deploy')": true,
		"startsWith(github.event.comment.body, '.NOOP')":   false,
		"endsWith(github.event.comment.body, 'it''s')":     false,
		"contains(github.event.comment.body, '.deploy') || contains(github.event.comment.body, '.noop')":                                          false,
		"contains(github.event.comment.body, '.deploy') || contains(github.event.comment.body, '.lock')":                                          true,
		"github.event.issue.pull_request && (startsWith(github.event.comment.body, '.deploy') || startsWith(github.event.comment.body, '.lock'))": true,
		"${{ startsWith(github.event.comment.body, '.deploy') }}":                                                                                 true,
		"${{ startsWith(github.event.comment.body, '.deploy') }} ":                                                                                false, // a text, too
		"${{ startsWith(github.event.comment.body, '.deploy') }} && true":                                                                         false, // a text
		"${{ false }} && ${{ true }}": false,
		"false":                       true,
		"null":                        true,
		"true && !true":               true,
		"!(false)":                    false,
		"!!false":                     true,
		"false || false || vars.X":    false,
		"vars.X && false":             true,
		"vars.X || false":             false,
		"vars.X == 'y'":               false,
		"!vars.X":                     false,
		"startsWith(github.event.comment.body, vars.TRIGGER)":            false,
		"contains(fromJSON('[\".deploy\"]'), github.event.comment.body)": false,
		"contains(github.event.comment.body)":                            false,
		"success() && startsWith(github.event.comment.body, '.deploy')":  true,
		"github.event.comment.body < 'a'":                                false,
		"fromJSON(vars.X).deploy && false":                               true,
		"fromJSON(vars.X)['deploy'] && false":                            true,
		"github.event.labels[*].name && false":                           true,
		"github.event.issue.labels.*.name && false":                      true,
		"(false":                     false, // no expression
		"false)":                     false,
		"false &&":                   false,
		"call(false":                 false,
		"vars[false":                 false,
		"?":                          false,
		strings.Repeat("(", 100_000): false,
	} {
		t.Run(cmp.Or(condition[:min(len(condition), 100)], "none"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.Refuses(condition, known))
		})
	}
}
