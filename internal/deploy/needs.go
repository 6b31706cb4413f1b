package deploy

import (
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Needs lists the facts that a decision rests on, for a reader that asks for all of them at once.
type Needs struct {
	Actor        string // whose permission to read, "" for none
	RerunBy      string // the same, for who started the run again
	Pull         int    // number of the pull request, 0 for none
	StableBranch string
	Environments []string // environments whose deployments to read, each once
	Scope        Scope
	Origins      bool         // also the runs that made the newest deployments of ours there
	StackedOn    string       // the stable branch: of pull requests into other branches the stack is read, "" for of none
	Gates        bool         // reviews, checks, draft, mergeability and freshness of the pull request
	Required     bool         // which checks the base requires, also where its rules do not hold for the token
	Pushes       bool         // when the head branch got its commit
	StablePushes bool         // the same for the stable branch
	Asked        time.Time    // when the command was written
	Signatures   bool         // when GitHub verified the signatures of commits
	Fresh        bool         // how far the head is behind, also where that takes a request of its own
	Exact        string       // the exact commit that was asked for, "" for none
	AdminTeams   []string     // "organization/team": teams in which to look for the actor
	Rules        bool         // the rules of the stable branch
	Live         string       // the environment of which to read what is running, "" for none
	History      bool         // also what has run there before, with all that is known of it
	Older        string       // the same, further back: where the list goes on, "" for the newest
	Times        bool         // when the deployments of Environments succeeded
	Members      []Membership // pairs of team and user to look up, at most MostMembers
	Runs         []int64      // workflow runs to look up
	Locks        []string     // branches that may be locks
	LockWork     string       // the stable branch, to count the commits of those branches that it lacks; "" to count nothing
	Run          RunID        // the run that asks: its own locks need no second look
	Rehearsal    StatusOf     // the commit status that says how a noop went
	Viewer       bool         // who the token's user is
	Statement    int          // the pull request whose labels and description to read, 0 for none
	Template     File         // the template of the comment on the result
	Policy       string       // the path of the rules file, "" for none
	Opinions     int          // number of a pull request of which only the reviews are wanted, 0 for none
	Merged       MergedNeed
	Changes      Comparison
	Board        NeedsOfBoard
}

// RunID names one attempt of a workflow run.
type RunID struct {
	ID      int64
	Attempt int
}

// StatusOf names a commit status. Without a commit there is nothing to read.
type StatusOf struct{ Commit, Context string }

// MergedNeed is a commit of which to read the pull requests that have it, and whether a branch contains it.
type MergedNeed struct{ SHA, Branch string }

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
func NeedsFor(r Request, c config.Config) Needs { return NeedsKnowing(r, c, Facts{}) }

// NeedsKnowing returns the same where some facts are known: more may follow from them.
func NeedsKnowing(r Request, c config.Config, f Facts) Needs {
	k := NewCase(r, c, f)
	if k.publishes() {
		return publishingNeeds(r, c, f)
	}
	if k.showsBoard() {
		return BoardNeeds(r, c, f)
	}
	needs := Needs{Run: r.run()}
	if !k.tracks() {
		needs.Policy = c.PolicyFile.Path
	}
	if r.SHA == "" {
		needs.Pull = r.Event.Pull
	}
	k.needProof(&needs)
	if r.Command.Kind.Deploys() && (!k.tracks() || (!c.Builds() && c.Status != "")) {
		needs.Live = r.Command.Environment
	}
	for _, gate := range gatesFor(k) {
		if gate.Needs != nil && gate.holds(k) {
			gate.Needs(k, &needs)
		}
	}
	return needs
}

// RecheckNeeds returns what is read once more inside a write, next to what Facts.Keep keeps. The commit is the one that
// was decided on: nothing else says which one it is before the facts are read.
func RecheckNeeds(r Request, c config.Config, commit string) *Needs {
	r.Pinned = commit
	needs := NeedsFor(r, c)
	needs.Actor, needs.RerunBy, needs.AdminTeams, needs.Template, needs.Policy = "", "", nil, File{}, ""
	needs.Members = nil
	needs.Required, needs.Pushes, needs.StablePushes, needs.Origins, needs.Runs = false, false, false, false, nil
	needs.Viewer = false
	needs.Changes = Comparison{}
	return &needs
}

// MergeNeeds returns what has to be read to find the locks of a pull request that has ended.
func MergeNeeds(r Request, c config.Config) Needs {
	needs := Needs{Run: r.run()}
	if c.Locks.Disabled {
		return needs
	}
	needs.Policy = c.PolicyFile.Path
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

// Beyond returns what of the needs has not been asked for. What is about the head of the pull request is asked for
// together: it has to be of one moment.
func (n Needs) Beyond(asked Needs) Needs {
	more := Needs{Run: n.Run}
	if !n.head().within(asked.head()) {
		more = more.withHead(n)
	}
	if len(lacking(n.AdminTeams, asked.AdminTeams)) > 0 {
		more.AdminTeams = n.AdminTeams
	}
	if n.Actor != asked.Actor || n.RerunBy != asked.RerunBy || len(more.AdminTeams) > 0 { // teams are those of a user
		more.Actor, more.RerunBy = n.Actor, n.RerunBy
	}
	more.Members = lacking(n.Members, asked.Members)
	more.addHistory(n, asked)
	if n.Rules && !asked.Rules {
		more.Rules, more.StableBranch = true, n.StableBranch
	}
	if more.Locks = lacking(n.Locks, asked.Locks); len(more.Locks) > 0 || n.LockWork != asked.LockWork {
		more.Locks, more.LockWork = n.Locks, n.LockWork
	}
	if n.Template != asked.Template {
		more.Template = n.Template
	}
	if n.Policy != asked.Policy {
		more.Policy = n.Policy
	}
	more.addStatements(n, asked)
	more.addReviews(n, asked)
	return more
}

// addReviews adds what is about approvals and files.
func (n *Needs) addReviews(all, asked Needs) {
	if all.Opinions != asked.Opinions {
		n.Opinions = all.Opinions
	}
	if all.Merged != asked.Merged {
		n.Merged = all.Merged
	}
	if all.Changes != asked.Changes {
		n.Changes = all.Changes
	}
	n.Board = NeedsOfBoard{
		Environments: lacking(all.Board.Environments, asked.Board.Environments),
		Rehearsals:   lacking(all.Board.Rehearsals, asked.Board.Rehearsals),
		Comparisons:  lacking(all.Board.Comparisons, asked.Board.Comparisons),
	}
}

// addHistory adds what is about deployments.
func (n *Needs) addHistory(all, asked Needs) {
	n.Scope, n.Times = all.Scope, all.Times
	n.Environments = lacking(all.Environments, asked.Environments)
	if all.Scope > asked.Scope || all.Times && !asked.Times {
		n.Environments = all.Environments
	}
	n.Runs = lacking(all.Runs, asked.Runs)
	n.Origins = all.Origins && (!asked.Origins || len(n.Environments) > 0)
	if all.Live != "" && (all.Live != asked.Live || all.History && !asked.History || all.Older != asked.Older) {
		n.Live, n.History, n.Older = all.Live, all.History, all.Older
	}
}

// addStatements adds what people and runs say about the commit and the pull request.
func (n *Needs) addStatements(all, asked Needs) {
	if all.Rehearsal != asked.Rehearsal {
		n.Rehearsal = all.Rehearsal
	}
	n.Viewer = all.Viewer && !asked.Viewer
	if all.Statement != asked.Statement {
		n.Statement = all.Statement
	}
}

// Any reports whether there is anything to read.
func (n Needs) Any() bool {
	n.Run, n.Scope, n.Times = RunID{}, 0, false
	return !reflect.ValueOf(n).IsZero()
}

// headNeeds are the needs that are about the head of the pull request, and about what is deployed in its place.
type headNeeds struct {
	pull                                                               int
	stableBranch, stackedOn, exact                                     string
	gates, required, pushes, stablePushes, signatures, fresh, hasAsked bool
}

func (n Needs) head() headNeeds {
	return headNeeds{
		n.Pull, n.StableBranch, n.StackedOn, n.Exact,
		n.Gates, n.Required, n.Pushes, n.StablePushes, n.Signatures, n.Fresh, !n.Asked.IsZero(),
	}
}

func (n Needs) withHead(of Needs) Needs {
	n.Pull, n.StableBranch, n.StackedOn, n.Exact, n.Asked = of.Pull, of.StableBranch, of.StackedOn, of.Exact, of.Asked
	n.Gates, n.Required, n.Pushes, n.StablePushes = of.Gates, of.Required, of.Pushes, of.StablePushes
	n.Signatures, n.Fresh = of.Signatures, of.Fresh
	return n
}

// within reports whether all of the needs are among others.
func (n headNeeds) within(others headNeeds) bool {
	return met(n.pull, others.pull) && met(n.stableBranch, others.stableBranch) && met(n.stackedOn, others.stackedOn) &&
		met(n.exact, others.exact) && met(n.gates, others.gates) && met(n.required, others.required) && met(n.pushes, others.pushes) &&
		met(n.stablePushes, others.stablePushes) && met(n.signatures, others.signatures) && met(n.fresh, others.fresh) &&
		met(n.hasAsked, others.hasAsked)
}

// met reports whether a need asks for nothing, or is met by another one.
func met[T comparable](need, other T) bool {
	var none T
	return need == none || need == other
}

func lacking[T comparable](all, there []T) []T {
	var left []T
	for _, each := range all {
		if !slices.Contains(there, each) {
			left = append(left, each)
		}
	}
	return left
}
