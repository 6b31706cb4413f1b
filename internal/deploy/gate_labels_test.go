package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestLabelsGate(t *testing.T) {
	t.Parallel()
	wanted := policy.Labels{Require: []string{"qa-passed", "Signed off"}, Forbid: []string{"do-not-deploy", "hold"}}
	for name, test := range map[string]struct {
		wanted policy.Labels
		there  []string
		text   string
		hint   string
	}{
		"all there":         {wanted, []string{"other", "QA-passed", "signed OFF"}, "", ""},
		"nothing wanted":    {policy.Labels{}, nil, "", ""},
		"one is missing":    {wanted, []string{"qa-passed"}, "The pull request lacks the label `Signed off`, which `production` asks for.", "Add it, then run the command again."},
		"both are missing":  {wanted, nil, "The pull request lacks the labels `qa-passed`, `Signed off`, which `production` asks for.", "Add them, then run the command again."},
		"one is in the way": {wanted, []string{"qa-passed", "signed off", "HOLD"}, "The pull request has the label `hold`, which keeps it out of `production`.", "Remove `hold` when the deployment may go ahead, then run the command again."},
		"both": {
			wanted,
			[]string{"qa-passed", "hold", "do-not-deploy"},
			"The pull request lacks the label `Signed off`, which `production` asks for. The pull request has the labels `do-not-deploy`, `hold`, which keep it out of `production`.",
			"Add it, remove `do-not-deploy`, `hold` when the deployment may go ahead, then run the command again.",
		},
		"a name that breaks": {policy.Labels{Require: []string{"a`b"}}, nil, "The pull request lacks the label ``a`b``, which `production` asks for.", "Add it, then run the command again."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := changed("head", func(tr *deploytest.Trial) { tr.Label(test.wanted, test.there...) }).decide()
			finding := deploytest.Said(t, d, "labels")
			if test.text == "" {
				assert.Equal(t, deploy.Pass, finding.Level)
				return
			}
			assert.Equal(t, deploy.LabelBlocked, d.Reason)
			assert.Equal(t, []string{test.text, test.hint}, []string{finding.Text, finding.Hint})
		})
	}
}

// Labels and the description are read for a pull request only, and read again in the second look.
func TestStatementIsReadWhereItMatters(t *testing.T) {
	t.Parallel()
	label := func(tr *deploytest.Trial) { tr.Label(policy.Labels{Forbid: []string{"hold"}}) }
	for way, read := range map[string]int{"head": 12, "exact": 12, "fork": 12, "rollback": 0} {
		s := changed(way, label)
		assert.Equal(t, read, deploy.NeedsKnowing(s.request, s.config, s.facts).Statement, way)
		assert.Equal(t, read, deploy.RecheckNeeds(s.request, s.config, deploytest.HeadSHA).Statement, way)
	}
	s := changed("head", label)
	later := deploytest.Facts()
	later.Statement.Labels = []string{"hold"}
	s.facts = later.Keep(s.facts)
	assert.Equal(t, deploy.LabelBlocked, s.decide().Reason)
}
