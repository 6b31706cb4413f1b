package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// The claim is that of branch-deploy: repository, comment, environment, ref and how long it stays.
func TestClaimOf(t *testing.T) {
	t.Parallel()
	here := lock.Target{Environment: "production"}
	claim := func(target lock.Target, ref string) lock.Claim {
		return lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 900, Target: target, Ref: ref}
	}
	sticky := func(c lock.Claim) lock.Claim { c.Sticky = true; return c }
	for name, test := range map[string]struct {
		request deploy.Request
		locks   config.Locks
		fork    bool
		want    lock.Claim
	}{
		"deployment":              {deploytest.Asking(command.Deploy, "production"), config.Locks{}, false, claim(here, "feature")},
		"sticky deployment":       {deploytest.Asking(command.Deploy, "production"), config.Locks{Sticky: true}, false, sticky(claim(here, "feature"))},
		"other kind is sticky":    {deploytest.Asking(command.Deploy, "production"), config.Locks{StickyNoop: true}, false, claim(here, "feature")},
		"rehearsal":               {deploytest.Asking(command.Noop, "production"), config.Locks{Sticky: true}, false, claim(here, "feature")},
		"sticky rehearsal":        {deploytest.Asking(command.Noop, "production"), config.Locks{StickyNoop: true}, false, sticky(claim(here, "feature"))},
		"rollback":                {deploytest.Rollback("production"), config.Locks{}, false, claim(here, "main")},
		"exact commit":            {deploytest.ExactCommit("production"), config.Locks{}, false, claim(here, deploytest.OtherSHA)},
		"fork":                    {deploytest.Asking(command.Deploy, "production"), config.Locks{}, true, claim(here, deploytest.HeadSHA)},
		"lock":                    {deploytest.Asking(command.Lock, "production"), config.Locks{}, false, sticky(claim(here, "feature"))},
		"lock on a fork":          {deploytest.Asking(command.Lock, "production"), config.Locks{}, true, sticky(claim(here, "feature"))},
		"lock of all":             {deploytest.Globally(command.Lock), config.Locks{}, false, sticky(claim(lock.Target{Global: true}, "feature"))},
		"what claims nothing":     {deploytest.Asking(command.Unlock, "production"), config.Locks{Sticky: true}, false, claim(here, "feature")},
		"what claims nothing too": {deploytest.Asking(command.LockInfo, "production"), config.Locks{StickyNoop: true}, false, claim(here, "feature")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Locks, f.Pull.CrossRepo = test.locks, test.fork
			assert.Equal(t, test.want, deploy.NewCase(test.request, c, f).Claim)
			assert.Equal(t, test.want, deploy.Decide(test.request, c, f).Claim)
		})
	}
}

// A command about all environments lists the locks of single ones, each once.
func TestLocksOtherThanTheGlobalOne(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Lock, command.LockInfo, command.Unlock} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Globally(kind), deploytest.Settings(), deploytest.Facts()}
			s.config.Targets = []string{"dev", "super production", "dev", "production"}
			for _, environment := range []string{"dev", "super production", "elsewhere", "global"} {
				s.hold(environment, deploytest.StickyLock("octocat"))
			}
			var branches []string
			for _, other := range s.decide().Locks.Others {
				branches = append(branches, other.Lock.Branch)
			}
			assert.Equal(t, []string{"dev-branch-deploy-lock", "super-production-branch-deploy-lock"}, branches)
			s.request = deploytest.Asking(kind, "production")
			assert.Empty(t, s.decide().Locks.Others)
		})
	}
}

func TestRunURL(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	assert.Equal(t, "https://github.com/acme/shop/actions/runs/77", deploy.RunURL(r, lock.Document{RunID: 77}))
	assert.Empty(t, deploy.RunURL(r, lock.Document{}))
	r.Event.Run.ServerURL = ""
	assert.Empty(t, deploy.RunURL(r, lock.Document{RunID: 77}))
	assert.Equal(t, "`someone`", deploy.Holder(deploy.Lock{}))
}
