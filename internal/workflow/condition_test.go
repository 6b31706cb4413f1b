package workflow_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/workflow"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		"steps.x.outputs.continue == 'true'":              true,
		"always() && needs.start.outputs.continue":        true,
		"needs['start'].outputs['continue'] == 'true'":    true,
		`fromJSON(needs.start.outputs["continue"])`:       true,
		"steps.x.Outputs.Continue":                        true,
		"steps.x.outputs.continued":                       false,
		"steps.x.outputs.continue-not":                    false,
		"steps.x.outcome == 'success'":                    false,
		"contains(github.event.comment.body, 'continue')": false,
	} {
		t.Run(cmp.Or(condition, "none"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.Mentions(condition, "continue"))
		})
	}
}

func TestRefers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"steps.lock-step.outputs.type == 'deploy'": true,
		"steps['lock-step'].outcome":               true,
		"${{ STEPS.Lock-Step.conclusion }}":        true,
		"needs.lock-step.result":                   false,
		"steps.lock-step-2.outcome":                false,
		"steps.lock.outcome":                       false,
		"mysteps.lock-step.outcome":                false,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.Refers(text, "steps", "lock-step"))
		})
	}
}

// A condition asks for nothing when nothing in it can be false after success.
func TestUnconditional(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		"":                               true,
		"always()":                       true,
		"${{ always() }}":                true,
		"success() && true":              true,
		"${{ !cancelled() }}":            true,
		"! cancelled()":                  true,
		"${{ env.X }} == 'y'":            true, // a text
		"failure()":                      false,
		"cancelled()":                    false,
		"!always()":                      false,
		"always() && env.X == 'y'":       false,
		"github.event.issue":             false,
		"false":                          false,
		"${{ steps.x.outputs.noop }}":    false,
		"always() || steps.x.outputs.no": false,
	} {
		t.Run(cmp.Or(condition, "none"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.Unconditional(condition))
		})
	}
}

func TestInsists(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		"":                           false,
		"success()":                  false,
		"needs.a.outputs.b":          false,
		"always() && needs.a.result": true,
		"${{ !cancelled() }}":        true,
		"failure()":                  true,
		"${{ a }} && b":              true,
	} {
		t.Run(cmp.Or(condition, "none"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.Insists(condition))
		})
	}
}

// GitHub takes a condition for a text as soon as something is outside of its braces.
func TestAlwaysTrue(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		"":                            false,
		"a == 'b'":                    false,
		"a == 'b'\n":                  false, // GitHub puts braces around all of it
		"${{ a == 'b' }}":             false,
		"${{ contains(a, '}}') }}":    false,
		"${{ a == '}' || b }}":        false,
		"${{ a \n && b }}":            false,
		"${{ a }":                     false, // no workflow
		"${{ a }}\n":                  true,
		"${{ a }} && b":               true,
		"a && ${{ b }}":               true,
		"${{ a }} && ${{ b }}":        true,
		"github.ref == '${{ env.X }}": true,
		"${{ a == '}}' }} || b":       true,
	} {
		t.Run(cmp.Or(condition, "none"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.AlwaysTrue(condition))
		})
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]workflow.Reference{
		"steps.a.outputs.b == 'true' && needs.c.result":            {{Context: "steps", ID: "a", Output: "b"}, {Context: "needs", ID: "c"}},
		"steps['a'].outputs['b'] || Needs.c.Outputs.d":             {{Context: "steps", ID: "a", Output: "b"}, {Context: "needs", ID: "c", Output: "d"}},
		"toJSON(steps.a.outputs)":                                  {{Context: "steps", ID: "a", Whole: true}},
		"toJSON(needs.a)":                                          {{Context: "needs", ID: "a", Whole: true}},
		"steps.a.outcome":                                          {{Context: "steps", ID: "a"}},
		"needs.*.result":                                           nil,
		"steps[matrix.id].outputs.b":                               nil,
		"fromJSON(vars.X).steps.a":                                 nil,
		"mysteps.a.outputs.b":                                      nil,
		"contains(github.event.comment.body, 'steps.a.outputs.b')": nil,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, workflow.References(text))
		})
	}
}
