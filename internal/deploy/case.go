package deploy

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Case is one request with its settings and facts, and everything that is derived from them, computed once.
type Case struct {
	Request
	Facts
	Config config.Config // as it is for the environment

	Target Target
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
	k.Target = k.target()
	k.Admin = k.isAdmin()
	k.Checks = checksResult(k)
	k.Order = orderStates(k)
	k.Claim = k.claim()
	k.Locks = lockStates(k)
	return k
}

// DeploysHead reports whether the request is for the head of the pull request.
func (k *Case) DeploysHead() bool { return !k.Command.StableBranch && k.Command.SHA == "" }

func (k *Case) tracks() bool { return k.Config.Mode == config.TrackIt }

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
	Stable      bool // a rollback to the stable branch
	Noop        bool
	Commit      Commit
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
	case k.tracks():
		t.SHA = cmp.Or(k.SHA, k.Pull.Head.SHA)
		t.Ref, t.Kind = t.SHA, SHATarget
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

func (k *Case) sourceParts() []Part {
	switch {
	case k.SHA != "":
		return nil
	case k.Command.StableBranch:
		return []Part{StablePart}
	case k.Command.SHA != "" && k.Config.Origin.ExactCommits:
		return []Part{PullPart, ExactPart}
	}
	return []Part{PullPart}
}

// Needs lists the facts that a decision rests on, for a reader that asks for all of them at once.
type Needs struct {
	Actor        string // whose permission to read, "" for none
	RerunBy      string // the same, for who started the run again
	Pull         int    // number of the pull request, 0 for none
	StableBranch string
	Environments []string // environments whose deployments to read, each once
	Scope        Scope
	Origins      bool      // also the runs that made the newest deployments of ours there
	StackedOn    string    // the stable branch: of pull requests into other branches the stack is read, "" for of none
	Gates        bool      // reviews, checks, draft, mergeability and freshness of the pull request
	Required     bool      // which checks the base requires, also where its rules do not hold for the token
	Pushes       bool      // when the head branch got its commit
	StablePushes bool      // the same for the stable branch
	Asked        time.Time // when the command was written
	Signatures   bool      // when GitHub verified the signatures of commits
	Fresh        bool      // how far the head is behind, also where that takes a request of its own
	Exact        string    // the exact commit that was asked for, "" for none
	AdminTeams   []string  // "organization/team": teams in which to look for the actor
	Rules        bool      // the rules of the stable branch
	Live         string    // the environment of which to read what is running, "" for none
	Locks        []string  // branches that may be locks
	LockWork     string    // the stable branch, to count the commits of those branches that it lacks; "" to count nothing
	Run          RunID     // the run that asks: its own locks need no second look
	Template     File      // the template of the comment on the result
}

// RunID names one attempt of a workflow run.
type RunID struct {
	ID      int64
	Attempt int
}

// File names a file at a commit. An empty path is no file.
type File struct{ Path, Commit string }

// Scope is how far back the deployments of an environment are read.
type Scope int

// The depths of reading deployments.
const (
	Newest      Scope = iota // the newest page is enough
	UntilOwn                 // until one of our own deployments is found
	SinceItsRun              // the same, with what else was deployed there since the run of that one began
)

// NeedsFor returns what has to be read for a decision on the request: what each of its gates needs.
func NeedsFor(r Request, c config.Config) Needs {
	k := NewCase(r, c, Facts{})
	needs := Needs{Run: r.run()}
	if r.SHA == "" {
		needs.Pull = r.Event.Pull
	}
	if r.Command.Kind.Deploys() && (!k.tracks() || (!c.Builds() && c.Status != "")) {
		needs.Live = r.Command.Environment
	}
	for _, gate := range gatesFor(k) {
		if gate.Needs != nil {
			gate.Needs(k, &needs)
		}
	}
	return needs
}

// RecheckNeeds returns what is read once more inside a write, next to what Facts.Keep keeps.
func RecheckNeeds(r Request, c config.Config) *Needs {
	needs := NeedsFor(r, c)
	needs.Actor, needs.RerunBy, needs.AdminTeams, needs.Template = "", "", nil, File{}
	needs.Required, needs.Pushes, needs.StablePushes, needs.Origins = false, false, false, false
	return &needs
}

// MergeNeeds returns what has to be read to find the locks of a pull request that has ended.
func MergeNeeds(r Request, c config.Config) Needs {
	needs := Needs{Run: r.run()}
	if c.Locks.Disabled {
		return needs
	}
	if r.closerNeedsPermission() {
		needs.Actor, needs.RerunBy = r.Event.Actor, r.Event.RerunBy()
	}
	for _, target := range mayEnd(c) {
		needs.Locks = append(needs.Locks, lockBranches(target)...)
	}
	return needs
}

// TemplateFile returns the template at the commit whose workflow runs, which no pull request can change.
func TemplateFile(r Request, c config.Config) File {
	commit, known := WorkflowCommit(r)
	if c.Messages.TemplatePath == "" || !known {
		return File{}
	}
	return File{Path: c.Messages.TemplatePath, Commit: commit}
}

// WorkflowCommit returns the commit whose workflow runs, if the runner names a full one.
func WorkflowCommit(r Request) (string, bool) {
	return r.Event.WorkflowSHA, fullCommit.MatchString(r.Event.WorkflowSHA)
}

var fullCommit = regexp.MustCompile(`^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$`)
