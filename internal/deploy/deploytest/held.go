package deploytest

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// RuleGates returns the names of the gates that hold to the rules of a rules file, in the order of their reasons.
func RuleGates() []string {
	known := []string{"allow", "order", "soak", "freeze", "approvals", "noop", "labels", "checklist", "path rules"}
	return slices.DeleteFunc(known, func(name string) bool {
		return !slices.ContainsFunc(Situations(), func(g Gate) bool { return g.Name == name })
	})
}

// Trials returns a trial for each way of asking for a deployment under a rules file without rules.
func Trials() map[deploy.Way]Trial {
	trials := map[deploy.Way]Trial{}
	for way, kind := range map[deploy.Way]command.Kind{deploy.HeadWay: command.Deploy, deploy.NoopWay: command.Noop, deploy.RollbackWay: command.Deploy, deploy.StableWay: command.Deploy} {
		t := Trial{Request: Asking(kind, "production"), Config: Settings(), Facts: Facts(), Lock: StickyLock("monalisa")}
		t.Config.Order = nil
		t.Request.Command.StableBranch = way == deploy.RollbackWay || way == deploy.StableWay
		t.Govern()
		if way == deploy.RollbackWay {
			t.succeeded()
		}
		trials[way] = t
	}
	tracked := Trial{Facts: Facts(), Lock: StickyLock("monalisa")}
	tracked.Request, tracked.Config = Tracking(config.Started)
	tracked.Config.Order = nil
	tracked.Govern()
	trials[deploy.TrackedWay] = tracked
	return trials
}

// Held reports whether a way of asking is held to the rule of a gate: whether the gate blocks what it is there for.
func Held(gate string, way deploy.Way) bool {
	for _, one := range Situations() {
		if one.Name != gate {
			continue
		}
		t := Trials()[way]
		if one.Enable != nil {
			one.Enable(&t)
		}
		one.Situations[0].Arrange(&t)
		return slices.Contains(Blocked(deploy.Decide(t.Request, t.Config, t.Facts)), gate)
	}
	return false
}

// after makes staging the environment that must run the commit first.
func after(e *policy.Environment) { e.After = Set([]string{"staging"}) }
