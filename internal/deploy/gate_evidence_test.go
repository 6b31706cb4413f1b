package deploy_test

import (
	"testing"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// Evidence is asked for whatever the scope of the order is, and no rule lifts it.
func TestPromotionEvidence(t *testing.T) {
	t.Parallel()
	origin := func(change func(*deploy.Origin)) func(*deploytest.Trial) {
		return func(t *deploytest.Trial) { change(&t.Facts.Origins[len(t.Facts.Origins)-1]) }
	}
	says(t, "evidence", map[string]promotionCase{
		"confirmed":       {func(*deploytest.Trial) {}, "", "GitHub confirms the runs"},
		"of a branch":     {origin(func(o *deploy.Origin) { o.Event = "push" }), deploy.NothingToPromote, "The deployment of `1111111` to `staging` does not count: the run 102"},
		"no such run":     {origin(func(o *deploy.Origin) { o.Exists = false }), deploy.NothingToPromote, "GitHub shows no run 102"},
		"of another time": {origin(func(o *deploy.Origin) { o.UpdatedAt = o.CreatedAt }), deploy.NothingToPromote, "it was not created while the run 102"},
		"not looked up":   {func(t *deploytest.Trial) { t.Facts.Origins = nil }, deploy.NothingToPromote, "was not looked up"},
		"two of one run":  {func(t *deploytest.Trial) { s := t.Facts.Deployments["staging"]; staging(s[0], s[0])(t) }, deploy.NothingToPromote, "another deployment names the same attempt"},
		"no permission": {func(t *deploytest.Trial) {
			t.Facts.MarkUnavailable(deploy.OriginsPart, deploy.Problem{Text: "Add `actions: read`."})
		}, deploy.UnexpectedError, "Add `actions: read`."},
		"by another tool": {func(t *deploytest.Trial) { t.Facts.Deployments["staging"][0].CreatedBy = deploy.CreatedByRun{} }, deploy.NothingToPromote, "it names no run of Lockstep"},
	})
}
