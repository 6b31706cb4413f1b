package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Way is how a deployment is asked for. It decides which rules of the rules file hold.
type Way int

// The ways.
const (
	NoWay       Way = iota // the request is for no deployment
	HeadWay                // the head of the pull request, or an exact commit
	NoopWay                // .noop
	RollbackWay            // the stable branch, whose head has already run in the environment successfully
	StableWay              // the stable branch otherwise
	TrackedWay             // a step that records a start, or promotes what runs before
)

// String names the way.
func (w Way) String() string {
	return [...]string{"no deployment", "head", "noop", "rollback", "stable branch", "tracked start"}[w]
}

// way is StableWay until it is proven that the commit ran there before.
func (k *Case) way() Way {
	switch {
	case k.byStep():
		return TrackedWay
	case !k.Command.Kind.Deploys():
		return NoWay
	case k.Target.Noop:
		return NoopWay
	case k.Target.Rollback:
		return RollbackWay
	case !k.Target.Stable:
		return HeadWay
	case k.rollsBack():
		return RollbackWay
	}
	return StableWay
}

// provable reports whether it matters if the commit has already succeeded in the environment.
func (k *Case) provable() bool {
	return k.ruled() && !k.byStep() && k.Command.Kind == command.Deploy && k.Command.StableBranch
}

// needProof asks for the deployments of the environment, and then for the run that made the one that counts.
func (k *Case) needProof(n *Needs) {
	if k.Target.Rollback {
		k.needWayBack(n)
		return
	}
	if !k.provable() {
		return
	}
	n.History = true
	if position := Succeeded(k.Live, k.Target.SHA); position >= 0 && k.Live[position].CreatedBy.Run.ID > 0 {
		n.Runs = []int64{k.Live[position].CreatedBy.Run.ID}
	}
}

// rollbackGate says why a commit that seems to have succeeded in the environment is not taken for a rollback.
func rollbackGate() Gate {
	return Gate{Name: "rollback", Without: "without proof the rules for deployments hold", Check: func(k *Case) Finding {
		position := Succeeded(k.Live, k.Target.SHA)
		switch {
		case !k.provable():
			return pass("it does not matter whether the commit ran there before")
		case k.Way == RollbackWay:
			return pass("the commit ran there successfully before")
		case position < 0:
			return pass("the commit did not run there successfully before: it is no rollback")
		}
		return Finding{
			Level: Warn,
			Text: markdown.Code(Short(k.Target.SHA)) + " is recorded as a success in " + markdown.Code(k.Target.Environment) +
				", but this does not count as a rollback: " + doubt(k.Live, position, k.Origins) + ".",
			Hint: "The rules for deployments hold.",
		}
	}}
}

// rollsBack reports whether the commit has already succeeded in the environment, by a deployment of ours whose run
// GitHub confirms.
func (k *Case) rollsBack() bool {
	position := Succeeded(k.Live, k.Target.SHA)
	return position >= 0 && doubt(k.Live, position, k.Origins) == ""
}

// Succeeded returns the position of the newest deployment of ours that deployed a commit successfully, -1 for none.
func Succeeded(deployments []Deployment, sha string) int {
	return slices.IndexFunc(deployments, func(d Deployment) bool {
		return sha != "" && d.SHA == sha && d.Own && d.everRan()
	})
}

// changingWays bring something new to an environment, in earnest: a rehearsal changes nothing, and a rollback cannot wait.
func changingWays() []Way { return []Way{HeadWay, StableWay, TrackedWay} }

// changes reports whether rules hold that are about something new.
func (k *Case) changes() bool { return k.ruled() && slices.Contains(changingWays(), k.Way) }

// ruled reports whether the rules file names the environment.
func (k *Case) ruled() bool { return k.Config.Resolved.Rules != nil }
