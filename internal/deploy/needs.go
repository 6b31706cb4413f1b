package deploy

import (
	"regexp"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Needs lists the facts that a decision rests on, for a reader that asks for all of them at once.
type Needs struct {
	Actor        string // whose permission to read, "" for none
	Pull         int    // number of the pull request, 0 for none
	StableBranch string
	Environments []string // environments whose deployments to read, each once
	Scope        Scope
	Gates        bool     // reviews, checks, draft, mergeability and freshness of the pull request
	Fresh        bool     // how far the head is behind, also where that takes a request of its own
	Exact        string   // the exact commit that was asked for, "" for none
	AdminTeams   []string // "organization/team": teams in which to look for the actor
	Rules        bool     // the rules of the stable branch
	Live         string   // the environment of which to read what is running, "" for none
	Locks        []string // branches that may be locks
	Run          RunID    // the run that asks: its own locks need no second look
	Template     File     // the template of the comment on the result
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
	Newest   Scope = iota // the newest page is enough
	UntilOwn              // until one of our own deployments is found
)

// NeedsFor returns what has to be read for a decision on the request: what each of its gates needs.
func NeedsFor(r Request, c config.Config) Needs {
	k := NewCase(r, c, Facts{})
	needs := Needs{Run: RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
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
	needs.Actor, needs.AdminTeams, needs.Template = "", nil, File{}
	return &needs
}

// MergeNeeds returns what has to be read to find the locks of a pull request that has ended.
func MergeNeeds(r Request, c config.Config) Needs {
	needs := Needs{Run: RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
	if c.Locks.Disabled {
		return needs
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
