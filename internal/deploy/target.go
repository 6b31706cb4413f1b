package deploy

import (
	"cmp"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
)

// Target is what is to be deployed where.
type Target struct {
	Environment string
	Ref         string // branch name; a commit for tracked steps
	SHA         string
	Kind        TargetKind
	Stable      bool // a rollback to the stable branch
	Noop        bool
	Commit      Commit
}

// TargetKind is the drop-in's deployment type.
type TargetKind string

// The kinds.
const (
	BranchTarget TargetKind = "branch"
	NoopTarget   TargetKind = "noop"
	SHATarget    TargetKind = "sha"
)

// target tells what the request is about, as far as the facts know it.
func target(r Request, c config.Config, f Facts) Target {
	t := Target{
		Environment: r.Command.Environment,
		Noop:        r.Command.Kind == command.Noop,
		Kind:        BranchTarget,
		Stable:      r.Command.StableBranch,
	}
	if t.Noop {
		t.Kind = NoopTarget
	}
	switch {
	case c.Mode == config.TrackIt:
		t.SHA = cmp.Or(r.SHA, f.Pull.Head.SHA)
		t.Ref, t.Kind = t.SHA, SHATarget
	case r.Command.SHA != "":
		t.Ref, t.SHA, t.Kind = r.Command.SHA, r.Command.SHA, SHATarget
	case t.Stable:
		t.Ref, t.SHA, t.Commit = f.Stable.Name, f.Stable.Head.SHA, f.Stable.Head
	default:
		t.Ref, t.SHA, t.Commit = f.Pull.HeadRef, f.Pull.Head.SHA, f.Pull.Head
	}
	return t
}
