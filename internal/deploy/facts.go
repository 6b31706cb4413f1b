package deploy

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/lock"
)

// Needs says which facts a decision wants, so that they can be read at once.
type Needs struct {
	Actor        string // whose rights to read, "" for nobody's
	Pull         int    // number of the pull request, 0 for none
	StableBranch string
	Environments []string // environments whose deployments to read, without repetition
	Scope        Scope
	Gates        bool     // also what the checks of a pull request look at: reviews, checks, freshness
	Fresh        bool     // how far the head lags behind, even where that takes a request of its own
	Exact        string   // the exact commit that was asked for, "" for none
	AdminTeams   []string // "organization/team": whose membership of the actor to read
	Rules        bool     // the rules of the stable branch, for advice
	Live         string   // the environment of which to find out what runs there, "" for none
	Locks        []string // branches that may be locks
	Run          RunID    // the run that asks: its own locks need no second look
	Template     File     // the template of the comment on the result
}

// RunID names one attempt of a workflow run.
type RunID struct {
	ID      int64
	Attempt int
}

// File names a file at a commit; no path is no file.
type File struct{ Path, Commit string }

// Scope says how far back the deployments of an environment are read.
type Scope int

// The scopes.
const (
	Newest   Scope = iota // the newest page is enough
	UntilOwn              // until one of our own deployments is found
)

// Facts is what GitHub said at one moment. It is read in one place and never changed.
type Facts struct {
	ReadAt      time.Time
	Actor       Actor
	Pull        PullRequest
	Stable      Branch
	Exact       ExactCommit
	Rules       []Rule                  // of the stable branch
	NoRules     bool                    // the repository's plan knows no rules
	Deployments map[string][]Deployment // by environment, newest first
	Live        []Deployment            // of the environment that is deployed to, newest first
	Locks       map[string]Lock         // by branch; a branch that is missing is no lock
	Template    *string                 // the text of the template, nil when there is none
	Default     Branch                  // the default branch, in mode merge_deploy
	Answer      Answer                  // to the question whether to go on
	Repository  string                  // GraphQL node id
	RateLimit   RateLimit
	Unavailable map[Part]Problem // what could not be read, and why
	Read        map[Part]bool    // what was read: a part that is in neither was never asked for
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

// The parts. Those of the deployments carry the environment's name behind them.
const (
	ActorPart       Part = "actor"
	PullPart        Part = "pull request"
	StablePart      Part = "stable branch"
	DeploymentsPart Part = "deployments of "
	GatesPart       Part = "state of the pull request" // reviews, draft, mergeability
	ChecksPart      Part = "checks"
	FreshnessPart   Part = "freshness"
	ExactPart       Part = "exact commit"
	RulesPart       Part = "rules"
	TeamsPart       Part = "teams"
	LocksPart       Part = "locks"
	RunPart         Part = "run of the lock"
	TemplatePart    Part = "template"
	LivePart        Part = "what runs now"
)

// Problem says in a sentence what went wrong, and what to do about it.
type Problem struct{ Text, Hint string }

// Actor is who asked.
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

	ReviewDecision string // APPROVED, REVIEW_REQUIRED or CHANGES_REQUESTED; "" where no review is required
	Approvals      int    // approving reviews of any age and by anybody

	BehindStable Distance // how far the head lags behind the stable branch
	BehindBase   Distance // how far it lags behind the pull request's base
	Checks       Checks
}

// Distance is how many commits a branch lacks of another.
type Distance struct {
	Known   bool
	Commits int
}

// Checks are the check runs and commit statuses of a commit.
type Checks struct {
	SHA      string   // the commit that they belong to, "" when GitHub names none
	Reported bool     // GitHub has a roll-up: at least one check exists
	Nodes    []Check  // of all pages
	Expected []string // names that the base's rules require, whether they have reported yet or not
	Problem  string   // why they cannot be relied on, "" when they can
}

// CheckKind tells check runs from commit statuses.
type CheckKind string

// The kinds.
const (
	CheckRun     CheckKind = "run"
	CommitStatus CheckKind = "status"
)

// Check is one check run or commit status.
type Check struct {
	Kind     CheckKind
	Name     string
	Value    string    // conclusion or state, "" while it is running
	Required bool      // the base's rules want it
	NodeID   string    // GraphQL node id
	RunID    int64     // of a check run, 0 when unknown
	App      int64     // of a check run, 0 when unknown
	Workflow string    // node id of the workflow that made a check run, "" for other apps
	Event    string    // the event that started that workflow, "" when unknown
	At       time.Time // started, else completed; created, for a status; zero when unknown
}

// ExactCommit is a commit that a command names.
type ExactCommit struct {
	Commit    Commit
	Contained bool // it is part of the stable branch or of the pull request
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

	Signature  string    // GitHub's word on the signature: VALID, UNSIGNED, …; "" for none
	VerifiedAt time.Time // when GitHub verified it, zero when it did not
	AuthoredAt time.Time // by the author's own clock
	SeenAt     time.Time // when GitHub first saw the commit, by its first check suite; zero when unknown
}

// Deployment is one deployment of one environment.
type Deployment struct {
	Environment string
	SHA         string
	TreeSHA     string // of that commit
	State       string // as GraphQL's DeploymentState spells it
	Own         bool   // the payload is ours, or the one of branch-deploy
	Version     string // as our own payload names it, "" when it does not
	Succeeded   bool   // one of its statuses was a success
	Creator     string
	LogURL      string
	CreatedAt   time.Time
	CreatedBy   CreatedByRun // zero for those of other tools
}

// CreatedByRun is the run that created a deployment of ours, and what it told the tracking endpoint of it.
type CreatedByRun struct {
	Run     RunID
	Comment int64 // that holds the command
	Product string
	Version string
	State   RunState // of deployments that are under way
}

// States of a deployment that matter here.
const (
	Active   = "ACTIVE"   // its newest status is a success
	Inactive = "INACTIVE" // a newer deployment took its place, or somebody took it down
)

// Running reports whether the deployment is still under way, or waits for its turn.
func (d Deployment) Running() bool {
	return slices.Contains([]string{"IN_PROGRESS", "QUEUED", "PENDING", "WAITING"}, d.State)
}

// Broken reports whether the deployment was tried and failed.
func (d Deployment) Broken() bool {
	return d.State == "FAILURE" || d.State == "ERROR"
}

// Lock is a lock as it stands.
type Lock struct {
	Branch     string
	Tip        string        // the commit that the branch points at
	Document   lock.Document // what the lock says, where it can be read
	Unreadable string        // why it cannot be read, "" when it can
	Run        RunState      // how the run stands that took it
}

// RunState tells whether a workflow run is over.
type RunState string

// The states. A lock whose run is over was left behind.
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

// The answers.
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

// OwnPayloadType marks the deployments that count as our own. branch-deploy writes the same
// word, so that each reads the history that the other made.
const OwnPayloadType = "branch-deploy"

// unavailable finds why a part of the facts is missing.
func (f Facts) unavailable(part Part) (Problem, bool) {
	problem, missing := f.Unavailable[part]
	return problem, missing
}

// unavailableGates finds why the reviews, the draft state and the mergeability are missing. GitHub always
// names a state, so that an empty one was never read.
func (f Facts) unavailableGates() (Problem, bool) {
	for _, part := range []Part{PullPart, GatesPart} {
		if problem, missing := f.unavailable(part); missing {
			return problem, true
		}
	}
	if f.Pull.State != "" {
		return Problem{}, false
	}
	return Problem{
		Text: "I could not read the reviews and the state of the pull request.",
		Hint: "Run the command again. If it stays so, check that the `permissions:` of the job hold `pull-requests: read`.",
	}, true
}

// newestOwn finds the newest deployment that is our own.
func newestOwn(deployments []Deployment) (int, bool) {
	i := slices.IndexFunc(deployments, func(d Deployment) bool { return d.Own })
	return i, i >= 0
}
