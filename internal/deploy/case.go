package deploy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Case is one request with its settings and facts, and everything that is derived from them, computed once.
type Case struct {
	Request
	Facts
	Config config.Config // as it is for the environment

	Back   WayBack   // of a rollback
	Choice candidate // of a promotion
	Target Target
	Way    Way
	Checks ChecksResult // of the pull request's head, zero for other commits
	Order  []OrderState // the earlier environments of the enforced order
	Claim  lock.Claim   // that the request makes to the lock of its target
	Locks  LockStates
	Admin  bool // the actor needs no review
}

// NewCase returns the case of a request.
func NewCase(r Request, c config.Config, f Facts) *Case {
	k := &Case{Request: r, Facts: f, Config: c}
	if k.isLeft() {
		k.Command.Environment, k.Command.KnownEnvironment = k.Command.Unknown, true
	}
	k.Config = c.For(k.Command.Environment)
	k.Pull.Checks = f.Pull.Checks.withoutOwn()
	if k.Command.Kind == command.Rollback {
		k.Back = k.wayBack()
	}
	if k.promotes() {
		k.Choice = k.candidate()
	}
	k.Target = k.target()
	k.Way = k.way()
	k.Target.Forward = k.Way == StableWay && k.ruled()
	k.Admin = k.isAdmin()
	k.Checks = checksResult(k)
	k.Order = orderStates(k)
	k.Claim = k.claim()
	k.Locks = lockStates(k)
	return k
}

// DeploysHead reports whether the request is for the head of the pull request.
func (k *Case) DeploysHead() bool { return !k.Command.GoesBack() && k.Command.SHA == "" }

func (k *Case) tracks() bool { return k.Config.Mode == config.TrackIt }

// promotes reports whether what runs in the environments before is to be deployed, without a command.
func (k *Case) promotes() bool { return k.Config.Mode == config.Promote }

// byStep reports whether a step of a workflow asks, and no command.
func (k *Case) byStep() bool { return k.tracks() || k.promotes() }

func (k *Case) isAdmin() bool {
	by := k.Event.Triggering
	listed := func(login string) bool { return strings.EqualFold(login, by) }
	return len(k.acting().Teams) > 0 || (by != "" && slices.ContainsFunc(k.Config.Admins.Logins, listed))
}

// Target is what is to be deployed where.
type Target struct {
	Environment string
	Ref         string // branch name; a commit for tracked steps, exact commits and forks
	SHA         string
	Kind        TargetKind
	Stable      bool // the stable branch
	Rollback    bool // what ran before
	Forward     bool // a rules file tells that the stable branch did not run there before: it is no rollback
	Noop        bool
	Commit      Commit
	Pull        int    // of a promotion: the pull request that brought the commit, 0 for unknown
	Version     string // of a promotion: what every environment before calls it, "" for nothing or different names
}

// TargetKind is the drop-in's deployment type.
type TargetKind string

// The types of deployments.
const (
	BranchTarget TargetKind = "branch"
	NoopTarget   TargetKind = "noop"
	SHATarget    TargetKind = "sha"
)

func (k *Case) target() Target {
	t := Target{
		Environment: k.Command.Environment,
		Noop:        k.Command.Kind == command.Noop,
		Kind:        BranchTarget,
		Stable:      k.Command.StableBranch,
	}
	switch {
	case k.promotes():
		k.promote(&t)
	case k.tracks():
		t.SHA = cmp.Or(k.SHA, k.Pull.Head.SHA)
		t.Ref, t.Kind = t.SHA, SHATarget
	case k.Command.Kind == command.Rollback:
		k.goBack(&t)
	case k.Command.SHA != "":
		t.Ref, t.SHA, t.Kind = k.Command.SHA, k.Command.SHA, SHATarget
		if k.Exact.Commit.SHA == t.SHA {
			t.Commit = k.Exact.Commit
		}
	case t.Stable:
		t.Ref, t.SHA, t.Commit = k.Stable.Name, k.Stable.Head.SHA, k.Stable.Head
	case k.Pull.CrossRepo:
		// The branch of a fork means nothing here, or is the name of a branch that does.
		t.Ref, t.SHA, t.Commit = k.Pull.Head.SHA, k.Pull.Head.SHA, k.Pull.Head
	default:
		t.Ref, t.SHA, t.Commit = k.Pull.HeadRef, k.Pull.Head.SHA, k.Pull.Head
	}
	if t.Noop && !k.tracks() {
		t.Kind = NoopTarget
	}
	return t
}

// goBack fills in the target of a rollback, if there is one.
func (k *Case) goBack(t *Target) {
	t.Rollback, t.Kind = true, SHATarget
	if to := k.Back.To; to != nil {
		t.Ref, t.SHA, t.Commit = to.SHA, to.SHA, *to.Commit
	}
	if k.Exact.Commit.SHA == t.SHA && t.SHA != "" {
		t.Commit = k.Exact.Commit
	}
}

func (k *Case) sourceParts() []Part {
	switch {
	case k.SHA != "":
		return nil
	case k.Command.Kind == command.Rollback && !k.Command.KnownEnvironment:
		return nil
	case k.Command.Kind == command.Rollback:
		return []Part{LivePart}
	case k.Command.StableBranch:
		return []Part{StablePart}
	case k.Command.SHA != "" && k.Config.Origin.ExactCommits:
		return []Part{PullPart, ExactPart}
	}
	return []Part{PullPart}
}
