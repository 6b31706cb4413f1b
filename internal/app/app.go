// Package app runs the action once: read, decide, plan, execute, report.
//
// Each mode is a function of its own: from the inputs and the event to a [Result], which report turns into outputs,
// the job summary and the exit status. Nothing here decides anything that package deploy could decide.
package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Deps are the ways to the world outside, besides the runner.
type Deps struct {
	Transport http.RoundTripper
	Now       func() time.Time
	Environ   func() []string // the environment, as os.Environ gives it
	Version   string          // ours
}

// App is the action.
type App struct {
	runner *runner.Runner
	deps   Deps

	mu    sync.Mutex
	trace Trace
}

// New returns the action on a runner.
func New(r *runner.Runner, d Deps) *App { return &App{runner: r, deps: d} }

// input is what a mode works on.
type input struct {
	config   config.Config
	problems []string      // what is wrong with the step
	invalid  config.Errors // the inputs that are wrong, which are among the problems
	event    event.Event
	guessed  bool // no input says which mode is meant
	emptyKey bool // the key for Versioner's API is given, and empty
}

func (in input) result() Result {
	return Result{Config: in.config, Request: deploy.Request{Event: in.event}}
}

// forLocks keeps a lock from staying because of an input that has nothing to do with it: those become warnings. Nothing
// is deployed or sent then.
func (a *App) forLocks(in input) input {
	matter, others := in.invalid.ForLocks()
	if len(others) == 0 {
		return in
	}
	for _, line := range others.Lines() {
		a.runner.Warning(line)
	}
	in.problems, in.config.Sinks, in.config.Versioner.APIKey = matter.Lines(), nil, ""
	return in
}

type mode func(context.Context, *App, input) Result

// Main handles the event that started the workflow, and returns the exit status.
func (a *App) Main(ctx context.Context) int {
	in, err := a.input()
	switch without := errors.Is(err, runner.ErrNoPayload); {
	case without && in.config.Mode == config.Comment:
		a.runner.Log().Info("nothing to do: the runner gave no event payload")
		return 0
	case without:
		a.runner.Error("Nothing was done: " + err.Error() + ". The file with the event has to be where this variable says, also in a container.")
		return 1
	case err != nil:
		return a.runner.Exit(err)
	}
	return a.report(modeOf(in.config.Mode)(ctx, a, in))
}

func modeOf(m config.Mode) mode {
	switch m {
	case config.TrackIt:
		return trackStep
	case config.Finish:
		return finish
	case config.MergeDeploy:
		return mergeDeploy
	case config.UnlockOnMerge:
		return unlockOnMerge
	case config.Doctor:
		return examine
	case config.ShowStatus:
		return publish
	case config.Manifest:
		return writeManifest
	case config.DORA:
		return writeDORA
	case config.Promote:
		return promote
	case config.Auto, config.Comment:
	}
	return comment
}

// input reads the inputs and the event. The secrets are masked before anything else is printed.
func (a *App) input() (input, error) {
	c, invalid := config.Read(config.Source{Input: a.runner.Input, Getenv: a.runner.Getenv}, track.SinkTypes()...)
	for _, secret := range c.Secrets() {
		a.runner.Mask(secret)
	}
	wrong, _ := errors.AsType[config.Errors](invalid)
	wrong = append(wrong, config.Unsupported(a.variables(), config.NotSupported()...)...)
	e, err := a.runner.Event()
	in := input{config: resolve(c, e), problems: wrong.Lines(), invalid: wrong, event: e, guessed: c.Mode == config.Auto}
	in.emptyKey = !c.Tracks() && config.EmptyKey(a.variables(), a.runner.Getenv)
	return in, err
}

// resolve picks the mode of auto, and what depends on it.
func resolve(c config.Config, e event.Event) config.Config {
	if c.Mode == config.Auto {
		c.Mode = config.Comment
		about := c.Track
		if about.Version != "" || about.EventType != "" || (about.Product != "" && !e.IsCommand()) {
			c.Mode = config.TrackIt
		}
	}
	if c.Mode == config.Comment || c.Mode == config.Doctor {
		return c.Defaulted()
	}
	if c.Mode != config.TrackIt {
		c.Environment = cmp.Or(c.Environment, "production")
	}
	return c
}

func (a *App) advise(c config.Config) {
	for _, sentence := range c.Advice {
		a.runner.Warning(sentence)
	}
	for _, typo := range config.Typos(a.variables(), track.SinkTypes()...) {
		advice := "Did you mean " + typo.Nearest + "?"
		if typo.Instead != "" {
			advice = typo.Instead
		}
		a.runner.Warning("There is no input " + typo.Given + ". " + advice)
	}
}

// variables are the names of the environment's variables.
func (a *App) variables() []string {
	var names []string
	for _, variable := range a.deps.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		names = append(names, name)
	}
	return names
}

// say shows people a problem; its cause goes to the log.
func (a *App) say(show func(string), cause error) {
	problem := explain(cause)
	show(strings.TrimSpace(problem.Text + " " + problem.Hint))
	a.runner.Log().Info("cause of the problem", "error", cause.Error())
}

// DefaultInputs are the inputs as the runner fills them in when a workflow gives none.
func DefaultInputs() map[string]string { return config.Defaults(track.SinkTypes()...) }

// UnknownInputs returns the names that are no inputs of the action.
func UnknownInputs(names ...string) []config.Typo {
	variables := make([]string, len(names))
	for i, name := range names {
		variables[i] = "INPUT_" + name
	}
	return config.Unknown(variables, track.SinkTypes()...)
}

// OutputNames are the names of all outputs.
func OutputNames() []string { return config.OutputNames() }

// Trace is what a run thought and did, for those who want to show it.
type Trace struct {
	Findings []TraceFinding
	Effects  []TraceEffect
}

// TraceFinding is what one gate said.
type TraceFinding = deploy.Finding

// TraceEffect is one effect, and why it failed if it did.
type TraceEffect struct {
	What string
	Err  error
}

// Trace returns what the last run thought and did.
func (a *App) Trace() Trace {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.trace
}

func (a *App) traceEffect(e plan.Effect, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trace.Effects = append(a.trace.Effects, TraceEffect{What: e.String(), Err: err})
}
