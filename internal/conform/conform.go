// Package conform lists what Lockstep and the simulator assume about GitHub: a table that can be played on GitHub, and
// by tests on the simulator.
package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Assumption is one thing that Lockstep or the simulator takes for granted about GitHub.
type Assumption struct {
	ID       string // stable; its letter says where it comes from, see docs/fidelity.md
	Says     string // one sentence
	Source   Source
	SeenOn   string            // when and where it was last seen on GitHub, "" for not yet
	Needs    []string          // permissions of the token, as "contents: write"
	Lacks    string            // a permission that the token must not have, "" for none
	Personal bool              // the token is a fine-grained personal one, not a workflow's
	Closed   bool              // it is about a repository that nothing else can be played on
	Play     Play              // nil when it takes a runner
	Why      string            // what has to be there, and is made by hand on GitHub; "" for nothing
	Arrange  func(*sim.GitHub) // makes that on the simulator
	Instead  string            // the test that plays what follows from it, where there is no Play
}

// Play plays an assumption on a repository.
type Play func(context.Context, *attempt) Result

// Source is what an assumption rests on.
type Source struct {
	Kind Kind
	Name string // an address or a name, in our own words
	Thin string // what the source leaves open, "" when it says it all
}

func documented(page string) Source {
	return Source{Kind: Documentation, Name: "https://docs.github.com/en/" + page}
}
func schema(name string) Source   { return Source{Kind: Schema, Name: name} }
func tool(name string) Source     { return Source{Kind: Tool, Name: name} }
func reported(name string) Source { return Source{Kind: PublicReport, Name: name} }

func (s Source) thin(what string) Source {
	s.Thin = what
	return s
}

// Kind is the kind of a source.
type Kind string

// The kinds of sources.
const (
	Documentation Kind = "documentation"
	Schema        Kind = "schema"
	Tool          Kind = "another tool's source"
	PublicReport  Kind = "public report"
)

// Outcome is whether an assumption held.
type Outcome string

// The outcomes.
const (
	Held     Outcome = "held"
	NotHeld  Outcome = "not held"
	NotTried Outcome = "not tried"
)

// Result is what came of playing an assumption.
type Result struct {
	Outcome Outcome
	Seen    string // what was seen, or why it was not tried; it may quote GitHub
}

// Table returns every assumption, in a stable order.
func Table() []Assumption {
	return slices.Concat(refRows(), commitRows(), deploymentRows(), deploymentFieldRows(), checkRows(), statusRows(), pullRows(), historyRows(), queryRows(), tokenRows(), runRows())
}

// untriedError says why an assumption cannot be played here.
type untriedError struct{ why string }

func (e *untriedError) Error() string { return e.why }

// resultOf reads what ended a play.
func (a *attempt) resultOf(ctx context.Context, played Result) Result {
	missing, isMissing := errors.AsType[*untriedError](a.err)
	refused, isRefused := errors.AsType[*refusal](a.err)
	unknown := a.options.Permissions == nil
	switch {
	case a.err == nil && played.Outcome == NotHeld && a.denied != "" && unknown:
		return Result{NotTried, "the token lacks a permission: " + a.denied}
	case a.err == nil:
		return played
	case isMissing:
		return Result{NotTried, missing.why}
	case errors.Is(context.Cause(ctx), context.Canceled):
		return Result{NotTried, "the run was interrupted"}
	case isRefused && refused.isPermission() && unknown:
		return Result{NotTried, "the token lacks a permission: " + refused.message}
	}
	return Result{NotHeld, a.err.Error()}
}

// applies says why an assumption is not played with this token, "" when it is.
func (s *Session) applies(a Assumption) string {
	granted := s.options.Permissions
	switch {
	case a.Play == nil, a.Closed && s.closed == "":
		return a.Why
	case s.closed != "" && !a.Closed:
		return s.closed
	case a.Personal && !strings.HasPrefix(s.token, "github_pat_"):
		return "needs a fine-grained personal token"
	case a.Lacks != "" && (granted == nil || granted.allow(a.Lacks)):
		return "needs a token without `" + a.Lacks + "`"
	}
	for _, need := range a.Needs {
		switch {
		case granted != nil && !granted.allow(need):
			return "needs `" + need + "`"
		case s.head == "" && strings.HasPrefix(need, "contents: "):
			return "the token may not read the default branch"
		}
	}
	return ""
}

// Permissions are the permissions of a token by name, with their levels; nil is for those that are not known.
type Permissions map[string]string

// ParsePermissions reads permissions as a workflow grants them, with commas between: "contents: write, checks: read";
// "none" is for no permission.
func ParsePermissions(text string) (Permissions, error) {
	granted := Permissions{}
	if text == "none" {
		return granted, nil
	}
	for one := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		name, level, found := strings.Cut(one, ":")
		name, level = strings.TrimSpace(name), strings.TrimSpace(level)
		if !found || name == "" || level != "read" && level != "write" {
			return nil, fmt.Errorf("read permission %q: it is not like `contents: read`", strings.TrimSpace(one))
		}
		granted[name] = level
	}
	return granted, nil
}

// nameOf is the name of a permission that is spelled with its level.
func nameOf(need string) string {
	name, _, _ := strings.Cut(need, ":")
	return name
}

func (p Permissions) allow(need string) bool {
	name, level, _ := strings.Cut(need, ": ")
	return p[name] == "write" || level != "" && p[name] == level
}
