package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
)

// Whatever a workflow file holds, examining it ends, and what is said of it is one line of harmless Markdown
// each.
func FuzzExamine(f *testing.F) {
	f.Add(healthy)
	f.Add("on: issue_comment\njobs: {a: {needs: [b, a], if: '${{ x }} y', uses: ./.github/workflows/deploy.yml, steps: [{uses: 'lockstep-action/lockstep@v1', with: {\"`\": 1}}, {run: '${{ github.event.comment.body }}'}]}, b: {needs: a}}")
	f.Add("on: {issue_comment: {types: ['`']}}\njobs: {'|': {runs-on: windows-latest, concurrency: '*', environment: '\\n', steps: [{uses: 'docker://ghcr.io/lockstep-action/lockstep:v1', with: {enforced_deployment_order: 'a,a,\\', checks: required, admins: o/t, skip_ci: '<', sticky_locks: true, skip_completing: true}}, {name: '<!--', run: x}]}}")
	f.Add("on: [push]\njobs: {a: {permissions: {issues: write}, needs: b, steps: [{uses: lockstep-action/lockstep@v1, with: {mode: finish, status: '${{ needs.b.result }}'}}]}, b: {continue-on-error: true}}")
	f.Add("on: {issue_comment: {types: [created]}}\njobs: {a: {if: \"startsWith(github.event.comment.body, '`')\", strategy: {matrix: {x: [1, 2]}}, outputs: {c: '${{ steps.x.outputs.continue }}'}, steps: [{id: x, uses: lockstep-action/lockstep@v1, with: {help_trigger: '<!--'}}]}, " +
		"b: {needs: a, if: \"needs.a.outputs.c && needs['<img>'].result && needs.a.outputs['`|`']\", steps: [{run: \"${{ steps['@all'].outputs.x || steps.x.outputs['*'] }}\"}]}}")
	f.Add("on: push\njobs:\n  '`': 1\n  '`': 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		e := examination(map[string]string{path: text})
		e.Facts.Environments = append(e.Facts.Environments, checkup.Environment{Name: "prod", Rules: []string{"WAIT_TIMER"}})
		for _, finding := range doctor.Examine(e) {
			assertOneLine(t, finding)
		}
		e.Needs("HEAD", 1)
	})
}

// assertOneLine checks that foreign text in a finding is nothing but text.
func assertOneLine(t *testing.T, finding deploy.Finding) {
	t.Helper()
	for _, text := range []string{finding.Text, finding.Hint} {
		_, problems := markdowntest.Prose(text)
		assert.Empty(t, problems, text)
		assert.False(t, strings.ContainsAny(text, "\n\r"), text)
	}
}
