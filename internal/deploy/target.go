package deploy

import (
	"cmp"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
)

// Target is what is to be deployed where.
type Target struct {
	Environment string
	Ref         string // branch name; a commit for tracked steps, exact commits and forks
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

// deploysHead reports whether the request is for the head of the pull request, rather than for the
// stable branch or for an exact commit.
func deploysHead(r Request) bool {
	return !r.Command.StableBranch && r.Command.SHA == ""
}

// target tells what the request is about, as far as the facts know it.
func target(r Request, c config.Config, f Facts) Target {
	t := Target{
		Environment: r.Command.Environment,
		Noop:        r.Command.Kind == command.Noop,
		Kind:        BranchTarget,
		Stable:      r.Command.StableBranch,
	}
	switch {
	case c.Mode == config.TrackIt:
		t.SHA = cmp.Or(r.SHA, f.Pull.Head.SHA)
		t.Ref, t.Kind = t.SHA, SHATarget
	case r.Command.SHA != "":
		t.Ref, t.SHA, t.Kind = r.Command.SHA, r.Command.SHA, SHATarget
		if f.Exact.Commit.SHA == t.SHA {
			t.Commit = f.Exact.Commit
		}
	case t.Stable:
		t.Ref, t.SHA, t.Commit = f.Stable.Name, f.Stable.Head.SHA, f.Stable.Head
	case f.Pull.CrossRepo:
		// The branch of a fork means nothing here, or is the name of a branch that does.
		t.Ref, t.SHA, t.Commit = f.Pull.Head.SHA, f.Pull.Head.SHA, f.Pull.Head
	default:
		t.Ref, t.SHA, t.Commit = f.Pull.HeadRef, f.Pull.Head.SHA, f.Pull.Head
	}
	if t.Noop && c.Mode != config.TrackIt {
		t.Kind = NoopTarget
	}
	return t
}
