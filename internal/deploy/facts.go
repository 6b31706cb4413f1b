package deploy

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/lock"
)

// Facts is what GitHub said at one moment. It is read in one place and never changed.
type Facts struct {
	ReadAt      time.Time     // by GitHub's clock
	Untold      bool          // GitHub did not say what time it is: ReadAt is by the runner's clock, which may be wrong
	Skew        time.Duration // how far the runner's clock is ahead of GitHub's
	Actor       Actor         // who asked
	Rerunner    Actor         // who started the run again, zero for the same user
	Pull        PullRequest
	Stable      Branch
	Exact       ExactCommit
	Rules       []Rule                  // of the stable branch
	NoRules     bool                    // the repository's plan knows no rules
	Deployments map[string][]Deployment // by environment, newest first
	Origins     []Origin                // the runs that the deployments of environments name, as far as they were looked up
	Live        []Deployment            // of the environment that is deployed to, newest first
	Older       string                  // where the list of those goes on, "" where it does not
	Locks       map[string]Lock         // by branch; a branch that is missing is no lock
	Rehearsal   Rehearsal               // what is known of the noop of the commit that is deployed
	Statement   Statement               // of the pull request
	Template    *string                 // the text of the template, nil for none
	Default     Branch                  // the default branch, in mode merge_deploy
	Answer      Answer                  // to the question whether to go on
	Repository  string                  // GraphQL node id
	Viewer      string                  // the login of the token's user, with the suffix of an app
	Policy      PolicyFile
	Merged      MergedCommit          // which pull requests have the commit
	Changes     Changes               // what the deployment changes
	Board       BoardFacts            // the same and more, for several environments
	Members     map[Membership]Member // what was asked about the members of teams
	RateLimit   RateLimit
	Unavailable map[Part]Problem // what could not be read, and why
	Read        map[Part]bool    // what was read: a part that is in neither was never asked for
}

// Keep adds what is not read again inside a write: the actor, the answer, the required checks, the template, the rules
// file, the token's user, the members of teams, the runs that made deployments, and the files that the commit changes. All
// of it is of the first reading.
func (f Facts) Keep(first Facts) Facts {
	f.Actor, f.Rerunner, f.Answer, f.Template, f.Origins = first.Actor, first.Rerunner, first.Answer, first.Template, first.Origins
	f.Policy, f.Viewer, f.Members, f.Changes = first.Policy, first.Viewer, first.Members, first.Changes
	f.Live, f.Older = withOlder(f.Live, first.Live), first.Older
	f.Read, f.Unavailable = maps.Clone(f.Read), maps.Clone(f.Unavailable)
	if f.Pull.Head.SHA == first.Pull.Head.SHA {
		f.Pull.Head.PushedAt = first.Pull.Head.PushedAt
	}
	if f.Stable.Head.SHA == first.Stable.Head.SHA {
		f.Stable.Head.PushedAt = first.Stable.Head.PushedAt
	}
	f.Pull.Checks.Expected = distinct(slices.Concat(f.Pull.Checks.Expected, first.Pull.Checks.Expected))
	for _, part := range []Part{ActorPart, RerunnerPart, TeamsPart, TemplatePart, RequiredPart, PushesPart, OriginsPart, PolicyPart, ViewerPart, MembersPart, ChangesPart} {
		delete(f.Unavailable, part)
		if first.Read[part] {
			f.MarkRead(part)
		}
		if problem, unavailable := first.Unavailable[part]; unavailable {
			f.MarkUnavailable(part, problem)
		}
	}
	return f
}

// Add returns the facts with what was read later for further needs.
func (f Facts) Add(later Facts, needs Needs) Facts {
	f.Repository = cmp.Or(later.Repository, f.Repository)
	if later.RateLimit != (RateLimit{}) {
		f.RateLimit = later.RateLimit
	}
	f.Read, f.Unavailable = maps.Clone(f.Read), maps.Clone(f.Unavailable)
	for part := range later.Read {
		delete(f.Unavailable, part)
		f.MarkRead(part)
	}
	for part, problem := range later.Unavailable {
		f.MarkUnavailable(part, problem)
	}
	if needs.Actor != "" {
		f.Actor, f.Rerunner = later.Actor, later.Rerunner
	}
	if needs.Pull != 0 {
		f.Pull = later.Pull
	}
	if needs.Opinions != 0 {
		f.Pull.Reviews = later.Pull.Reviews
	}
	if needs.StableBranch != "" {
		f.Stable = later.Stable
	}
	if needs.Exact != "" {
		f.Exact = later.Exact
	}
	if needs.Rules {
		f.Rules, f.NoRules = later.Rules, later.NoRules
	}
	f.addLists(later, needs)
	return f
}

func (f *Facts) addLists(later Facts, needs Needs) {
	f.Deployments = merged(f.Deployments, later.Deployments)
	f.Locks, f.Members = merged(f.Locks, later.Locks), merged(f.Members, later.Members)
	f.Origins = slices.Concat(f.Origins, later.Origins)
	if needs.Rehearsal.Commit != "" {
		f.Rehearsal = later.Rehearsal
	}
	if needs.Viewer {
		f.Viewer = later.Viewer
	}
	if needs.Statement != 0 {
		f.Statement = later.Statement
	}
	if needs.Live != "" {
		f.addLive(later, needs)
	}
	if needs.Template.Path != "" {
		f.Template = later.Template
	}
	if needs.Policy != "" {
		f.Policy = later.Policy
	}
	if needs.Merged != (MergedNeed{}) {
		f.Merged = later.Merged
	}
	if needs.Changes != (Comparison{}) {
		f.Changes = later.Changes
	}
	f.Board.Rehearsals = merged(f.Board.Rehearsals, later.Board.Rehearsals)
	f.Board.Compared = merged(f.Board.Compared, later.Board.Compared)
}

// withOlder adds the deployments of the first reading that are too old for the first page.
func withOlder(deployments, first []Deployment) []Deployment {
	if len(first) <= len(deployments) {
		return deployments
	}
	known := func(d Deployment) bool {
		return d.ID == "" || slices.ContainsFunc(deployments, func(other Deployment) bool { return other.ID == d.ID })
	}
	return slices.Concat(deployments, slices.DeleteFunc(slices.Clone(first), known))
}

// addLive adds a further page of deployments, or replaces those that are known.
func (f *Facts) addLive(later Facts, needs Needs) {
	if needs.Older == "" {
		f.Live = nil
	}
	f.Live, f.Older = slices.Concat(f.Live, later.Live), later.Older
}

// merged returns what is in either map, and of both what is in the later one.
func merged[K comparable, V any](first, later map[K]V) map[K]V {
	if len(later) == 0 {
		return first
	}
	all := maps.Clone(later)
	for key, value := range first {
		if _, again := later[key]; !again {
			all[key] = value
		}
	}
	return all
}

// MarkRead notes that parts were read.
func (f *Facts) MarkRead(parts ...Part) {
	if f.Read == nil {
		f.Read = map[Part]bool{}
	}
	for _, part := range parts {
		f.Read[part] = true
	}
}

// MarkUnavailable notes that a part could not be read, and why.
func (f *Facts) MarkUnavailable(part Part, problem Problem) {
	if f.Unavailable == nil {
		f.Unavailable = map[Part]Problem{}
	}
	f.Unavailable[part] = problem
}

// Part names a part of the facts that can fail to be read on its own.
type Part string

// The parts of the facts. Those of the deployments have the environment as a suffix.
const (
	ActorPart       Part = "actor"
	RerunnerPart    Part = "user who started the run again"
	PullPart        Part = "pull request"
	StablePart      Part = "stable branch"
	DeploymentsPart Part = "deployments of "
	GatesPart       Part = "state of the pull request" // reviews, draft, mergeability
	ChecksPart      Part = "checks"
	RunsPart        Part = "workflow runs of the checks"
	RequiredPart    Part = "required checks"
	FreshnessPart   Part = "distance to the base"
	PushesPart      Part = "pushes to the branch"
	ExactPart       Part = "exact commit"
	RulesPart       Part = "rules"
	TeamsPart       Part = "teams"
	LocksPart       Part = "locks"
	RunPart         Part = "run of the lock"
	TemplatePart    Part = "template"
	PolicyPart      Part = "rules file"
	MembersPart     Part = "members of teams" // of those that a rules file names; an answer of its own for each pair
	LivePart        Part = "running deployment"
	OriginsPart     Part = "runs that made the deployments"
	RehearsalPart   Part = "commit status of the noop"
	ViewerPart      Part = "user of the token"
	StatementPart   Part = "labels and description of the pull request"
	OpinionsPart    Part = "reviews of the pull request"
	MergedPart      Part = "pull requests that have the commit"
	ChangesPart     Part = "files that change"
	DefaultPart     Part = "default branch" // in mode merge_deploy
)

// PolicyFile is the rules file as it is at the newest commit of the default branch.
type PolicyFile struct {
	Path   string
	Commit string // that it was read at
	Exists bool
	Text   string
}

// Problem says in a sentence what went wrong, and what to do about it.
type Problem struct{ Text, Hint string }

// Actor is a user who asks.
type Actor struct {
	Login      string
	Permission string   // admin, write, read or none
	Role       string   // the role's name, which also knows maintain, triage and custom roles
	Teams      []string // those of Needs.AdminTeams that the actor is a member of
}

// PullRequest is the pull request that carries the request.
type PullRequest struct {
	ID         string // GraphQL node id
	Number     int
	Title      string
	URL        string
	CrossRepo  bool // the head is in another repository, or in one that is gone
	HeadRef    string
	HeadExists bool // the head branch is still there
	Head       Commit
	HeadRepo   string // "owner/name", "" when it is gone
	BaseRef    string
	State      string // OPEN, CLOSED or MERGED
	Draft      bool
	MergeState string // mergeStateStatus: CLEAN, BEHIND, BLOCKED, DIRTY, UNKNOWN, …

	Stack *Stack // that it is part of, nil for none, and where that was not asked for or not said

	ReviewDecision string     // APPROVED, REVIEW_REQUIRED or CHANGES_REQUESTED; "" where no review is required
	Approvals      int        // approving reviews of any age and of anyone
	Approved       []Approval // the newest opinions that approve, of users with write access
	Reviews        Reviews

	BehindStable Known[int] // how many commits of the stable branch the head lacks
	BehindBase   Known[int] // how many commits of the pull request's base it lacks
	Checks       Checks
}

// Approval is a review that approves a pull request.
type Approval struct {
	Commit string     // that was reviewed, "" for one that GitHub no longer shows
	Since  Known[int] // how many commits the pull request has got since
}

// Stack is the place of a pull request in a stack of pull requests; the bottom has position 1.
type Stack struct{ Number, Position int }

// Checks are the check runs and commit statuses of a commit.
type Checks struct {
	SHA      string        // the commit that they belong to, "" when GitHub names none
	Reported bool          // GitHub has a roll-up: at least one check exists
	State    string        // GitHub's own combined state of all checks: SUCCESS, FAILURE, …
	Nodes    []Check       // of all pages
	Suites   []CheckSuite  // of all pages
	Expected []Expectation // what the base's rules require, whether it has reported yet or not
	Problem  string        // why they cannot be relied on, "" when they can
}

// Expectation is a check that a rule requires. With an app, no check run of another one will do, and no commit status.
type Expectation struct {
	Name string
	App  Known[int64]
}

// CheckSuite is what an app, or one run of a workflow, reports on a commit. It exists before its check runs do.
type CheckSuite struct {
	NodeID     string
	Actions    bool         // GitHub Actions made it, for a run of a workflow
	Name       string       // of the workflow, "" for other apps, and where the token may not see the run
	Workflow   string       // node id of the workflow
	Run        Known[int64] // of the workflow
	Event      string       // that started the run
	Complete   bool
	Conclusion string // of a complete one
}

// CheckKind tells check runs from commit statuses.
type CheckKind string

// The two sources of checks.
const (
	CheckRun     CheckKind = "run"
	CommitStatus CheckKind = "status"
)

// Check is one check run or commit status.
type Check struct {
	Kind     CheckKind
	Name     string
	Value    string           // conclusion or state, "" while it is running
	Required bool             // the base's rules want it
	NodeID   string           // GraphQL node id
	RunID    Known[int64]     // of a check run
	App      Known[int64]     // of a check run
	AppSlug  string           // of a check run, "" when unknown
	Suite    string           // node id of a check run's suite
	Workflow string           // node id of the workflow that made a check run, "" for other apps
	Run      Known[int64]     // of that workflow
	Event    string           // the event that started that workflow, "" when unknown
	At       Known[time.Time] // started, else completed; created, for a status
}

// ExactCommit is a commit that a command names.
type ExactCommit struct {
	Commit    Commit
	Contained bool // it is part of the stable branch or of the pull request
	InStable  bool // it is part of the stable branch
}

// Rule is one rule of a branch.
type Rule struct {
	Type       string
	Parameters map[string]any
}

// Branch is a branch with its newest commit.
type Branch struct {
	Name string
	Head Commit
}

// Commit is one commit.
type Commit struct {
	SHA       string
	TreeSHA   string
	URL       string
	Committer string // login, "" when GitHub knows none
	Verified  bool   // the signature is valid

	Signature   string           // GitHub's word on the signature: VALID, UNSIGNED, …; "" for none
	VerifiedAt  Known[time.Time] // when GitHub verified it
	AuthoredAt  Known[time.Time] // by the author's own clock
	SeenAt      *time.Time       // when GitHub created its first check suite, nil when it has none
	CommittedAt Known[time.Time] // by the clock of the committer; read for reports only
	PushedAt    Known[time.Time] // of a head: when its branch got it, or the command where that was before
}

// Lock is a lock as it is on GitHub.
type Lock struct {
	Branch     string
	Tip        string        // the commit that the branch points at
	Document   lock.Document // what the lock says, where it can be read
	Unreadable string        // why it cannot be read, "" when it can
	Plain      *PlainBranch  // what the branch is if it has no file of a lock, nil for a lock
	Run        RunState      // the state of the run that took it
	RunExists  bool          // GitHub knows that run
}

// PlainBranch is a branch with the name of a lock and without a lock's file. A lock that was never finished has no
// commits of its own.
type PlainBranch struct {
	Author string     // of its newest commit: a login or else a name, "" when unknown
	Work   Known[int] // how many commits it has that the stable branch lacks
}

// TakenIn returns the run that took the lock, as far as the lock names it.
func (l Lock) TakenIn() RunID {
	return RunID{ID: l.Document.RunID, Attempt: l.Document.RunAttempt}
}

// RunState tells whether a workflow run is over.
type RunState string

// The states of a run. A lock whose run has ended is stale.
const (
	RunUnknown RunState = ""
	RunGoing   RunState = "going"
	RunEnded   RunState = "ended"
)

// Answer is what was said to the question whether to go on, and when.
type Answer struct {
	Kind AnswerKind
	At   time.Time
}

// AnswerKind is one of the answers.
type AnswerKind string

// The answers to a confirmation.
const (
	NoAnswer  AnswerKind = ""
	Confirmed AnswerKind = "confirmed"
	Rejected  AnswerKind = "rejected"
	TimedOut  AnswerKind = "timed out"
)

// RateLimit is what one request costs and what is left of the budget.
type RateLimit struct {
	Cost, Remaining int
	ResetAt         time.Time
}

// Known is a value that GitHub may not tell. The zero Known is unknown, and no gate passes on it.
type Known[T any] struct {
	Value T
	OK    bool
}

// Know returns a value that is known.
func Know[T any](value T) Known[T] { return Known[T]{Value: value, OK: true} }

// OwnPayloadType is the type in the payload of deployments that count as our own: ours, and those of branch-deploy.
const OwnPayloadType = "branch-deploy"

// Deployment is one deployment of one environment.
type Deployment struct {
	Environment string
	SHA         string
	TreeSHA     string           // of that commit
	State       string           // as GraphQL's DeploymentState spells it
	Own         bool             // the payload is ours, or that of branch-deploy
	Unreadable  bool             // the payload may be ours, and cannot be read
	Moved       bool             // it was made for another environment
	Version     string           // from our own payload, "" when it has none
	Succeeded   bool             // one of its statuses is a success
	SucceededAt Known[time.Time] // when it got the newest such status; unknown where that was not asked for
	First       bool             // GitHub has none before it; false where that was not read
	ID          string           // GraphQL node id; "" where that was not read, as the following
	Pull        int              // the pull request of the command, from our own payload; 0 for none
	Actor       string           // who asked for it, from our own payload
	Commit      *Commit          // of the deployment, nil where it is gone or was not read
	Statuses    []Status         // newest first, at most ten but for reports; nil where they were not read
	Rollback    *Rollback        // that it is, from our own payload; nil for none
	Creator     string
	LogURL      string
	CreatedAt   time.Time
	CreatedBy   CreatedByRun // zero for deployments of other tools
}

// Status is one status of a deployment.
type Status struct {
	State       string // as GraphQL's DeploymentStatusState spells it
	Description string
	CreatedAt   Known[time.Time]
	LogURL      string
}

// Rollback names the commits of a rollback.
type Rollback struct{ From, To string }

// CreatedByRun is the run that created a deployment of ours, with what it reported to the tracking endpoint.
type CreatedByRun struct {
	Run     RunID
	Comment int64 // the comment that has the command
	Product string
	Version string
	State   RunState // of deployments that are in progress
	Exists  bool     // GitHub knows the run
}

// The states of a deployment that gates compare.
const (
	Active   = "ACTIVE"   // its newest status is a success
	Inactive = "INACTIVE" // a newer deployment replaced it, or it was taken down
)

// Named returns the version of the deployment, "" where that is only the commit.
func (d Deployment) Named() string {
	if d.Version == d.SHA {
		return ""
	}
	return d.Version
}

// InProgress reports whether the deployment has not ended, or waits for its turn.
func (d Deployment) InProgress() bool {
	return slices.Contains([]string{"IN_PROGRESS", "QUEUED", "PENDING", "WAITING"}, d.State)
}

// Failed reports whether the deployment was tried and failed.
func (d Deployment) Failed() bool { return d.State == "FAILURE" || d.State == "ERROR" }

// everRan reports whether the deployment has succeeded.
func (d Deployment) everRan() bool { return d.Succeeded || d.State == Active }

// Running returns the newest deployment that ever succeeded, nil where none did, or where it is inactive now.
func Running(deployments []Deployment) *Deployment {
	return runs(deployments, func(Deployment) bool { return true })
}

func newestOwn(deployments []Deployment) int {
	return slices.IndexFunc(deployments, func(d Deployment) bool { return d.Own })
}

// Orphan is a deployment whose run has ended without reporting a result; the next deployment closes it.
type Orphan struct {
	CreatedByRun
	SHA     string // "" where only its lock is left
	Created bool   // there is a deployment on GitHub
}

// orphans lists deployments that only look as if they were in progress, and one that came no further than its lock.
func orphans(k *Case) []Orphan {
	var all []Orphan
	for _, d := range k.Live {
		if d.InProgress() && d.CreatedBy.State == RunEnded {
			all = append(all, Orphan{CreatedByRun: d.CreatedBy, SHA: d.SHA, Created: true})
		}
	}
	left := k.Locks.Target
	if held := left.Lock.Document; left.Status == Stale && left.Lock.Run == RunEnded && held.Version != "" {
		run := left.Lock.TakenIn()
		if !slices.ContainsFunc(all, func(one Orphan) bool { return one.Run == run }) {
			by := CreatedByRun{Run: run, Product: held.Product, Version: held.Version, State: RunEnded, Exists: left.Lock.RunExists}
			all = append(all, Orphan{CreatedByRun: by})
		}
	}
	return all
}
