package conform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	markPrefix  = "lockstep-conform-" // of every name that is made
	environment = "lockstep-conform"  // of the deployments that are made
	production  = "lockstep-conform-production"
	shared      = "lockstep-conform-shared" // with the deployment of another creator

	rowTimeout   = time.Minute
	cleanTimeout = 2 * time.Minute
)

// Options are what a session needs to know.
type Options struct {
	Repository  string // OWNER/NAME
	Token       string
	API         string            // REST base, "" for https://api.github.com
	Transport   http.RoundTripper // nil for the network
	Run         string            // tells the marks of two runs apart: letters, digits and hyphens
	RunID       int64             // the workflow run that this runs in, 0 for none
	Permissions Permissions       // of the token, nil when they are not known
	Pace        time.Duration     // between two writes: GitHub asks for a second
	Observe     func(Row)         // is called with each row that was played, nil for nothing
	Called      string            // how the table calls the token, "" for the one that is given
}

// Session plays assumptions on one repository.
type Session struct {
	*client
	options Options
	id      string // of the repository
	base    string // the default branch
	head    string // its newest commit, "" when the token may not read it
	closed  string // why the repository lets nothing be changed, "" when it does not
	mark    string // what every name begins with
	made    []leftover
	own     pull // a number of 0 means none yet
}

// Open makes sure that a repository can be played on. It changes nothing.
func Open(ctx context.Context, o Options) (*Session, error) {
	asks, err := newClient(o)
	if err != nil {
		return nil, err
	}
	s := &Session{client: asks, options: o, mark: markPrefix + o.Run}
	shown, err := s.call(ctx, http.MethodGet, "", nil)
	said, _ := errors.AsType[*refusal](err)
	switch {
	case said.is(http.StatusUnauthorized):
		return nil, errors.New("GitHub does not accept the token: it is invalid or expired")
	case said.is(http.StatusNotFound):
		return nil, fmt.Errorf("GitHub shows this token no repository %s", o.Repository)
	case said.is(http.StatusForbidden) && !said.isPermission():
		s.closed = "the repository is closed to this token: " + said.message
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("read the repository %s: %w", o.Repository, err)
	case !strings.EqualFold(text(at(shown, "full_name")), o.Repository):
		return nil, fmt.Errorf("the repository %s has another name now", o.Repository)
	case at(shown, "archived") == true:
		s.closed = "the repository is archived: nothing can be made in it"
		return s, nil
	case at(shown, "permissions", "push") == false && !strings.HasPrefix(o.Token, "ghs_"):
		return nil, fmt.Errorf("the token may not write to %s", o.Repository)
	}
	s.id, s.base = text(at(shown, "node_id")), text(at(shown, "default_branch"))
	ref, err := s.call(ctx, http.MethodGet, "/git/ref/heads/"+escaped(s.base), nil)
	if said, _ := errors.AsType[*refusal](err); err != nil && !said.isPermission() && !said.is(http.StatusNotFound) {
		return nil, fmt.Errorf("read the default branch of %s: %w", o.Repository, err)
	}
	s.head = text(at(ref, "object", "sha"))
	return s, nil
}

// Plan says what Play would do, in sentences.
func (s *Session) Plan() []string {
	played := 0
	for _, one := range Table() {
		if s.applies(one) == "" {
			played++
		}
	}
	first := fmt.Sprintf("This plays %d of %d assumptions about GitHub on %s.", played, len(Table()), s.options.Repository)
	if s.closed != "" {
		return []string{first, "It changes nothing, because " + s.closed + "."}
	}
	return []string{
		first,
		"It makes branches, pull requests with comments, commit statuses and deployments. Every name begins with " + s.mark + ".",
		"At the end it deletes the branches, comments and deployments, and closes the pull requests, also after a failure or Ctrl-C.",
		"With another token than a workflow's own, workflows on push, pull_request and deployment start.",
		"What GitHub does not let a workflow delete stays: closed pull requests, and the environments that begin with " + environment + ".",
	}
}

// Row is an assumption with what came of it.
type Row struct {
	Assumption
	Result
	Token string // with which it was played, "" for the one that is given
}

// Report is what came of a session.
type Report struct {
	Rows []Row
	Left []string // what was made and could not be removed
}

// Holds reports whether everything that was tried held, and nothing was left behind.
func (r Report) Holds() bool {
	for _, row := range r.Rows {
		if row.Outcome == NotHeld {
			return false
		}
	}
	return len(r.Left) == 0
}

// Play plays assumptions and removes what it made, also when ctx ends in the middle. It refuses a repository in which
// an earlier run has left something.
func (s *Session) Play(ctx context.Context, table []Assumption) (Report, error) {
	before, err := s.Leftovers(ctx)
	if err != nil {
		return Report{}, err
	}
	if len(before) > 0 {
		return Report{}, fmt.Errorf("an earlier run has left %s behind, or is under way: remove it with -clean", strings.Join(before, ", "))
	}
	var report Report
	for _, one := range table {
		row := Row{one, s.try(ctx, one), s.options.Called}
		report.Rows = append(report.Rows, row)
		if s.options.Observe != nil {
			s.options.Observe(row)
		}
	}
	report.Left = s.clean(ctx, s.mark)
	return report, nil
}

func (s *Session) try(ctx context.Context, a Assumption) Result {
	if why := s.applies(a); why != "" {
		return Result{NotTried, why}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, rowTimeout, fmt.Errorf("it took longer than %s", rowTimeout))
	defer cancel()
	if ctx.Err() != nil {
		return Result{NotTried, "the run was interrupted"}
	}
	made := &attempt{Session: s, row: a}
	return made.resultOf(ctx, a.Play(ctx, made))
}

// Leftovers names what earlier runs left behind.
func (s *Session) Leftovers(ctx context.Context) ([]string, error) {
	found, err := s.leftovers(ctx, markPrefix)
	var all []string
	for _, one := range found {
		all = append(all, one.name)
	}
	if err != nil {
		err = fmt.Errorf("look for what an earlier run left behind: %w", err)
	}
	return all, err
}

// Clean removes what earlier runs left behind, and returns what could not be removed.
func (s *Session) Clean(ctx context.Context) []string { return s.clean(ctx, markPrefix) }
