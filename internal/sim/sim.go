// Package sim simulates GitHub in memory: one repository with its users, commits, pull requests,
// checks, comments and deployments, behind the REST and GraphQL interfaces that a deployment
// action uses. Next to it are Versioner, a server that records deployment events, and receivers of events.
//
// It is as strict as it can be. GraphQL documents are validated against GitHub's schema, REST
// requests and its own REST answers against GitHub's OpenAPI description, and whatever the
// client does wrong is kept for [GitHub.Violations]. What is not simulated answers 501. Its
// strictness will increase over time.
//
// The time is the real one unless a [Clock] is set: in a synctest bubble everything here runs on virtual time.
package sim

import (
	"net/http"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

// Repository names the simulated repository. Zero fields mean acme, shop and main.
type Repository struct{ Owner, Name, DefaultBranch string }

// GitHub is one simulated repository with its API. It is safe for concurrent use.
type GitHub struct {
	schema     *Schema
	repository Repository
	created    time.Time
	traffic    *traffic

	mu           sync.Mutex
	git          *git.Store
	ids          identifiers
	users        map[string]*account
	tokens       map[string]*credential
	teams        map[string][]teamMember
	pulls        map[int]*pull
	issues       map[int]*issue
	comments     []*comment
	deployments  []*deployment
	checks       []*check
	suites       []*suite
	rules        []Rule
	labels       map[string]bool
	environments []*environment
	runs         []*WorkflowRun
	dispatches   []Dispatch
	activities   []activity
	caller       string // login of the one whose request is answered, "" between requests
	protections  []Protection
	codeOwners   []string
	refusals     []*fieldRefusal
	lacking      []string // fields that an older server's schema has not
	archived     bool
	lag          time.Duration // how late reads are
	recordLag    time.Duration // how late the record of pushes is
	barred       string        // what an organization says that lets no request through
	rate         rate
}

// Token and login that exist in every simulator.
const (
	DefaultToken = "sim-token"
	ActionsLogin = "github-actions[bot]"
)

// New returns a repository whose default branch has one commit, and in which the workflow's
// own user, [ActionsLogin], may do everything with [DefaultToken].
func New(schema *Schema, repository Repository) *GitHub {
	return NewAt(NewClock(1), schema, repository)
}

// NewAt is [New] for a repository that is made at the time of a clock, and goes by it.
func NewAt(clock *Clock, schema *Schema, repository Repository) *GitHub {
	repository = repository.withDefaults()
	g := &GitHub{
		schema: schema, repository: repository, traffic: newTraffic(clock),
		git:   git.New(repository.DefaultBranch),
		ids:   newIdentifiers(),
		users: map[string]*account{}, tokens: map[string]*credential{}, labels: map[string]bool{},
		teams: map[string][]teamMember{}, pulls: map[int]*pull{}, issues: map[int]*issue{},
	}
	g.created, g.rate = g.now(), newRate(g.now())
	g.AddUser(User{Login: ActionsLogin, Permission: "write"})
	g.AddToken(Token{Value: DefaultToken, Login: ActionsLogin})
	g.Push(Commit{
		Branch: repository.DefaultBranch, Message: "Initial commit",
		Files: map[string]string{"README.md": "# " + repository.Name + "\n"},
	})
	return g
}

func (r Repository) withDefaults() Repository {
	if r.Owner == "" {
		r.Owner = "acme"
	}
	if r.Name == "" {
		r.Name = "shop"
	}
	if r.DefaultBranch == "" {
		r.DefaultBranch = "main"
	}
	return r
}

// FullName is the repository's owner and name with a slash between them.
func (r Repository) FullName() string { return r.Owner + "/" + r.Name }

// identifiers hands out ids. Those of comments, reactions and deployments are too large for
// 32 bits, as GitHub's are.
type identifiers struct{ small, large int64 }

func newIdentifiers() identifiers { return identifiers{small: 1000, large: 1 << 31} }

func (i *identifiers) nextSmall() int64 {
	i.small++
	return i.small
}

func (i *identifiers) nextLarge() int64 {
	i.large++
	return i.large
}

// ServeHTTP answers one request, below "/" as github.com does and below "/api" as a GitHub
// Enterprise server does.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := g.receive(r)
	seen := Request{Method: r.Method, Path: c.path, Operation: c.operation, Points: c.points(), Weight: c.weight()}
	g.traffic.handle(w, r, seen, func() answer { return g.answer(c) })
}
