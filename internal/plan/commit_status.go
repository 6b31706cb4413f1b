package plan

import (
	"fmt"
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// SetCommitStatus writes a commit status on the commit that was deployed, or rehearsed.
type SetCommitStatus struct {
	SHA         string
	Context     string
	State       string // success or failure
	Description string // at most 140 characters
	TargetURL   string
}

func (SetCommitStatus) effect() {}

func (s SetCommitStatus) String() string {
	return fmt.Sprintf("write the commit status %s of %s: %s", s.Context, deploy.Short(s.SHA), s.State)
}

func (s SetCommitStatus) problem(l Ledger, why string) string {
	what := markdown.Code(s.Context) + ", which takes `statuses: write`."
	if l.Subject.Noop {
		return why + " For the rules this noop did not take place: they look for " + what
	}
	return why + " It is " + what
}

// commitStatusContext settles the context that the end writes, "" for none: rules that ask for a noop have to find it.
func commitStatusContext(c config.Config, s message.Subject) string {
	rules := c.For(s.Environment).Resolved.Rules
	switch {
	case s.Environment == "", c.Builds():
		return ""
	case s.Noop && rules != nil && rules.Noop.Value:
		return deploy.NoopContext(s.Environment)
	case !s.Noop && c.CommitStatus:
		return deploy.DeploymentContext(s.Environment)
	}
	return ""
}

// OwnCommitStatus reports whether the commit status that the end writes is the one of its environment, or none: what was
// handed over could name the check of another tool.
func (l Ledger) OwnCommitStatus() bool {
	context := deploy.DeploymentContext(l.Subject.Environment)
	if l.Subject.Noop {
		context = deploy.NoopContext(l.Subject.Environment)
	}
	return l.End.CommitStatus == "" || l.End.CommitStatus == context
}

// WithProof leaves out the commit status of a noop for which nothing but the handed-over ledger says that it was one of
// this environment: neither a lock that GitHub confirms nor the command. The text says so, "" where there is proof.
func (l Ledger) WithProof(r deploy.Request, c config.Config) (proven Ledger, warning string) {
	s := l.Subject
	if l.End.CommitStatus == "" || !s.Noop || l.Lock != nil && l.Lock.Branch == lock.Branch(s.Environment) || asksNoop(r, c, s.Environment) {
		return l, ""
	}
	l.End.CommitStatus = ""
	return l, "Nothing proves that this run has started a noop of " + markdown.Code(s.Environment) +
		": it has no lock there, and the command does not say so by the inputs of this step. For the rules this noop did not take place. " +
		"Give this step the inputs of the step that starts deployments."
}

// asksNoop reports whether the command is for a noop of an environment, which may be one of the rules file.
func asksNoop(r deploy.Request, c config.Config, environment string) bool {
	grammar := deploy.Grammar(c)
	grammar.EnvironmentTargets, grammar.Flags = append(slices.Clone(grammar.EnvironmentTargets), environment), true
	asked, _ := grammar.Parse(r.Event.Comment.Body) // parameters that cannot be read change no environment
	return r.Event.IsCommand() && asked.Kind == command.Noop && asked.KnownEnvironment && envname.Same(asked.Environment, environment)
}

// commitStatus plans the commit status of an end. It says success only where that is certain.
func commitStatus(l Ledger, s config.Status) []Step {
	if l.End.CommitStatus == "" || l.Subject.SHA == "" {
		return nil
	}
	did, state := "The deployment to ", "failure"
	if l.Subject.Noop {
		did = "The noop of "
	}
	ended := "did not succeed: " + l.howItEnded(s)
	if s == config.Completed {
		state, ended = "success", "succeeded"
	}
	return []Step{{Concurrent: true, Effect: SetCommitStatus{
		SHA: l.Subject.SHA, Context: l.End.CommitStatus, State: state, TargetURL: l.Subject.RunURL,
		Description: did + shortName(l.Subject.Environment) + " " + ended,
	}}}
}

// shortName keeps how it went within the description.
func shortName(environment string) string {
	const most = 50
	if runes := []rune(environment); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return environment
}
