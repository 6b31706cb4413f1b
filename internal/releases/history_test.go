package releases_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// More deployments are read until it is known what ran when the time begins, and whose it was.
func TestComplete(t *testing.T) {
	t.Parallel()
	of := func(run int64, d deploy.Deployment) deploy.Deployment { d.CreatedBy.Run.ID = run; return d }
	job := func(run int64, d deploy.Deployment) deploy.Deployment {
		d.Own, d.LogURL = false, fmt.Sprintf("https://github.com/acme/shop/actions/runs/%d/job/1", run)
		return d
	}
	back := func(d deploy.Deployment) deploy.Deployment { d.Rollback = &deploy.Rollback{}; return d }
	for name, test := range map[string]struct {
		deployments []deploy.Deployment // oldest first; the time begins at the hour 6
		want        bool
	}{
		"nothing":               {},
		"only later":            {deployments: []deploy.Deployment{good(7, "a"), good(8, "b")}},
		"ours":                  {deployments: []deploy.Deployment{of(1, good(4, "a")), good(8, "b")}, want: true},
		"nothing before":        {deployments: []deploy.Deployment{job(1, good(4, "a")), good(8, "b")}},
		"something before":      {deployments: []deploy.Deployment{job(1, good(3, "a")), job(2, good(4, "b")), good(8, "c")}, want: true},
		"of a job":              {deployments: []deploy.Deployment{of(1, good(3, "a")), job(2, good(4, "b"))}, want: true},
		"of two jobs":           {deployments: []deploy.Deployment{job(2, good(3, "a")), job(2, good(4, "b")), good(8, "c")}},
		"of two jobs and ours":  {deployments: []deploy.Deployment{of(1, good(1, "a")), of(2, good(2, "a")), job(2, good(3, "b")), job(2, good(4, "b"))}, want: true},
		"back":                  {deployments: []deploy.Deployment{of(1, deployed(3, "a", "FAILURE 3")), of(2, back(good(4, "b"))), good(8, "c")}},
		"back from what":        {deployments: []deploy.Deployment{of(1, good(2, "a")), of(2, good(3, "b")), of(3, back(good(4, "a"))), good(8, "c")}, want: true},
		"another tool, no logs": {deployments: []deploy.Deployment{{ID: "1"}, {ID: "2", Statuses: []deploy.Status{status("SUCCESS 2")}}}, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slices.Reverse(test.deployments)
			h := releases.History{ReadAt: at(10), Since: at(6), Deployments: test.deployments}
			assert.Equal(t, test.want, h.Complete())
		})
	}
}
