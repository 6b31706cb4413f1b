package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestChecklistGate(t *testing.T) {
	t.Parallel()
	const tick = "Tick what is done in the description. What does not apply can be struck out (`~~…~~`). Then run the command again."
	for name, test := range map[string]struct{ body, text, hint string }{
		"ticked":     {"Text\n\n## deployment:\n- [x] one\n- [ ] ~~two~~\n\n## Other\n- [ ] three\n", "", ""},
		"one open":   {"## Deployment\n- [x] one\n- [ ] two\n", "1 box under `## Deployment` is not ticked: `two`.", tick},
		"two open":   {"## Deployment\n- [ ] one\n- [ ] @all `x`\n", "2 boxes under `## Deployment` are not ticked: `one`, `` @all `x` ``.", tick},
		"twelve":     {"## Deployment\n" + strings.Repeat("- [ ] a\n", 12), "12 boxes under `## Deployment` are not ticked: " + strings.Repeat("`a`, ", 10) + "2 more.", tick},
		"no heading": {"- [x] one\n", "`production` asks for a checklist, and the description of the pull request has no heading `## Deployment`.", "Add `## Deployment` to the description, with the boxes below it (`- [ ] …`), tick them, then run the command again."},
		"no text":    {"", "`production` asks for a checklist, and the description of the pull request has no heading `## Deployment`.", "Add `## Deployment` to the description, with the boxes below it (`- [ ] …`), tick them, then run the command again."},
		"no box":     {"## Deployment\nAll is well.\n", "Under `## Deployment`, the description of the pull request has no box.", "Add the boxes below the heading (`- [ ] …`), tick them, then run the command again."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := changed("head", func(tr *deploytest.Trial) { tr.Describe(test.body) }).decide()
			finding := deploytest.Said(t, d, "checklist")
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict)
				assert.Equal(t, deploy.Pass, finding.Level)
				return
			}
			assert.Equal(t, deploy.ChecklistIncomplete, d.Reason)
			assert.Equal(t, []string{test.text, test.hint}, []string{finding.Text, finding.Hint})
		})
	}
}

// A box that is opened between the two looks blocks.
func TestChecklistInTheSecondLook(t *testing.T) {
	t.Parallel()
	s := changed("head", func(tr *deploytest.Trial) { tr.Describe("## Deployment\n- [x] one\n") })
	assert.Equal(t, 12, deploy.RecheckNeeds(s.request, s.config, deploytest.HeadSHA).Statement)
	later := deploytest.Facts()
	later.Statement.Body = "## Deployment\n- [ ] one\n"
	s.facts = later.Keep(s.facts)
	assert.Equal(t, deploy.ChecklistIncomplete, s.decide().Reason)
}
