package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// A freeze of production environments does not go silent where no environment is one.
func TestIdleRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		production bool
		change     func(*policy.Policy)
		want       string // "" for no warning
	}{
		"nothing for production":  {false, func(*policy.Policy) {}, ""},
		"a freeze":                {false, func(p *policy.Policy) { p.Freezes = []policy.Freeze{deploytest.Weekend()} }, "weekend"},
		"a freeze of another one": {false, func(p *policy.Policy) { p.Freezes = []policy.Freeze{{Name: "x", Environments: []string{"staging"}}} }, ""},
		"a path rule": {false, func(p *policy.Policy) {
			p.PathRules = []policy.PathRule{{Name: "db", Paths: []string{"db"}, Merged: true}}
		}, "db"},
		"there is production": {true, func(p *policy.Policy) {
			p.PathRules = []policy.PathRule{{Name: "db", Paths: []string{"db"}, Merged: true}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := trial()
			one.Govern(func(e *policy.Environment) { e.Production = deploytest.Set(test.production) })
			one.Config.ProductionEnvironments = nil
			test.change(one.Config.Policy)
			var said []string
			for _, finding := range decided(one).Warnings() {
				if finding.Gate == "policy" {
					said = append(said, finding.Text)
				}
			}
			if test.want == "" {
				assert.Empty(t, said)
				return
			}
			assert.Equal(t, []string{"No environment of the rules file `.github/lockstep.yml` is a production environment: these hold nowhere: `" + test.want + "`."}, said)
		})
	}
}
