package deploy

import (
	"slices"
	"time"
)

// Needs says which facts a decision wants, so that they can be read at once.
type Needs struct {
	Actor        string // whose rights to read, "" for nobody's
	Pull         int    // number of the pull request, 0 for none
	StableBranch string
	Environments []string // environments whose deployments to read, without repetition
	Scope        Scope
}

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
	Deployments map[string][]Deployment // by environment, newest first
	RateLimit   RateLimit
	Unread      map[Part]Problem // what could not be read, and why
}

// Part names a part of the facts that can fail to be read on its own.
type Part string

// The parts. Those of the deployments carry the environment's name behind them.
const (
	ActorPart       Part = "actor"
	PullPart        Part = "pull request"
	StablePart      Part = "stable branch"
	DeploymentsPart Part = "deployments of "
)

// Problem says in a sentence what went wrong, and what to do about it.
type Problem struct{ Text, Hint string }

// Actor is who asked.
type Actor struct {
	Login      string
	Permission string // admin, write, read or none
	Role       string // the role's name, which also knows maintain, triage and custom roles
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
	BaseRef    string
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
}

// Deployment is one deployment of one environment.
type Deployment struct {
	Environment string
	SHA         string
	State       string // as GraphQL's DeploymentState spells it
	Own         bool   // the payload is ours, or the one of branch-deploy
	Succeeded   bool   // one of its statuses was a success
	Creator     string
	LogURL      string
	CreatedAt   time.Time
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

// RateLimit is what one request costs and what is left of the budget.
type RateLimit struct {
	Cost, Remaining int
	ResetAt         time.Time
}

// OwnPayloadType marks the deployments that count as our own. branch-deploy writes the same
// word, so that each reads the history that the other made.
const OwnPayloadType = "branch-deploy"

// unread finds why a part of the facts is missing.
func (f Facts) unread(part Part) (Problem, bool) {
	problem, missing := f.Unread[part]
	return problem, missing
}

// newestOwn finds the newest deployment that is our own.
func newestOwn(deployments []Deployment) (int, bool) {
	i := slices.IndexFunc(deployments, func(d Deployment) bool { return d.Own })
	return i, i >= 0
}
