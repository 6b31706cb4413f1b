package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// What runs is the newest deployment that has succeeded, unless it is inactive now.
func TestRunning(t *testing.T) {
	t.Parallel()
	const none = -1
	active, failed, started := deploytest.Own(deploytest.HeadSHA, "ACTIVE"), deploytest.Own(deploytest.HeadSHA, "FAILURE"), deploytest.Own(deploytest.HeadSHA, "IN_PROGRESS")
	inactive := succeeded(deploytest.Own(deploytest.HeadSHA, "INACTIVE"))
	for name, test := range map[string]struct {
		deployments []deploy.Deployment // newest first
		want        int
	}{
		"nothing":                           {nil, none},
		"nothing has succeeded":             {[]deploy.Deployment{started, failed}, none},
		"the newest":                        {[]deploy.Deployment{succeeded(active), succeeded(active)}, 0},
		"active, its statuses are unknown":  {[]deploy.Deployment{active}, 0},
		"inactive":                          {[]deploy.Deployment{inactive}, none},
		"inactive above an active one":      {[]deploy.Deployment{inactive, succeeded(active)}, none},
		"inactive below a failure":          {[]deploy.Deployment{failed, inactive}, none},
		"inactive that never succeeded":     {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "INACTIVE"), succeeded(active)}, 1},
		"a newer failure":                   {[]deploy.Deployment{failed, succeeded(active)}, 1},
		"a newer error":                     {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ERROR"), succeeded(active)}, 1},
		"a newer success of another tool":   {[]deploy.Deployment{succeeded(deploytest.Foreign(deploytest.OtherSHA, "ACTIVE")), inactive}, 0},
		"a newer failure of another tool":   {[]deploy.Deployment{deploytest.Foreign(deploytest.OtherSHA, "FAILURE"), succeeded(active)}, 1},
		"a newer one in progress":           {[]deploy.Deployment{started, succeeded(active)}, 1},
		"a newer one in the queue":          {[]deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "QUEUED"), started, failed, succeeded(active)}, 3},
		"in progress after its own success": {[]deploy.Deployment{succeeded(started), succeeded(active)}, 0},
		"failed after its own success":      {[]deploy.Deployment{succeeded(failed), succeeded(active)}, 0},
		"in progress above an inactive one": {[]deploy.Deployment{started, inactive, succeeded(active)}, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := deploy.Running(test.deployments)
			if test.want == none {
				assert.Nil(t, got)
				return
			}
			assert.Same(t, &test.deployments[test.want], got)
		})
	}
}
