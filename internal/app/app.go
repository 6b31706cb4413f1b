// Package app runs the action once: read, decide, plan, do, report.
//
// Each mode has a file of its own; do.go carries out plans, report.go tells the workflow how it
// ended. Nothing here decides anything that package deploy could decide.
package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
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
	tracer *tracer
}

// New returns the action behind the given doors.
func New(r *runner.Runner, doors Deps) *App {
	return &App{runner: r, deps: doors, tracer: new(tracer)}
}

// Main handles the event that started the workflow, and returns the exit status.
func (a *App) Main(ctx context.Context) int {
	cfg, invalid := a.settings()
	e, err := a.runner.Event()
	if errors.Is(err, runner.ErrNoPayload) {
		a.runner.Log().Info("nothing to do: the runner gave no event payload")
		return 0
	}
	if err != nil {
		return a.runner.Exit(err)
	}
	cfg = resolve(cfg, e)
	r := a.newRun(cfg, e)
	switch cfg.Mode {
	case config.TrackIt:
		return r.track(ctx, invalid)
	case config.Finish:
		return r.finish(ctx, invalid)
	case config.MergeDeploy:
		return r.mergeDeploy(ctx, invalid)
	case config.UnlockOnMerge:
		return r.unlockOnMerge(ctx, invalid)
	case config.Doctor:
		return r.doctor(ctx, invalid)
	case config.Auto, config.Comment:
	}
	return r.comment(ctx, invalid)
}

// settings reads the inputs and masks the secrets among them before anything else is printed.
func (a *App) settings() (config.Config, error) {
	cfg, err := config.Read(config.Source{Input: a.runner.Input, Getenv: a.runner.Getenv}, track.SinkTypes()...)
	for _, secret := range cfg.Secrets() {
		a.runner.Mask(secret)
	}
	return cfg, err
}

// advise warns about inputs that do not do what somebody may expect of them.
func (r *run) advise() {
	for _, sentence := range r.config.Advice {
		r.runner.Warning(sentence)
	}
	var names []string
	for _, variable := range r.deps.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		names = append(names, name)
	}
	for _, typo := range config.Typos(names, track.SinkTypes()...) {
		r.runner.Warning("There is no input " + typo.Given + ". Did you mean " + typo.Nearest + "?")
	}
}

// resolve picks the mode that auto stands for, and what depends on it.
func resolve(c config.Config, e event.Event) config.Config {
	if c.Mode == config.Auto {
		c.Mode = config.Comment
		about := c.Track
		if about.Version != "" || about.EventType != "" || (about.Product != "" && !e.IsCommand()) {
			c.Mode = config.TrackIt
		}
	}
	if c.Mode != config.TrackIt {
		c.Environment = cmp.Or(c.Environment, "production")
	}
	return c
}

// run is one run of the action, from the event to the report.
type run struct {
	*App
	config   config.Config
	request  deploy.Request
	facts    deploy.Facts
	decision deploy.Decision
	session  *session
	outputs  outputs
}

func (a *App) newRun(c config.Config, e event.Event) *run {
	return &run{App: a, config: c, request: deploy.Request{Event: e}}
}

// fail ends a run that could not even begin because of how it is set up.
func (r *run) fail(problems error) int {
	r.decision.Reason = deploy.UnexpectedError
	lines := listed(problems)
	for _, line := range lines {
		r.runner.Error(line)
	}
	return r.report(lines...)
}

// listed takes input errors apart, so that each gets an annotation of its own.
func listed(err error) []string {
	if err == nil {
		return nil
	}
	inputs, several := errors.AsType[config.Errors](err)
	if !several {
		return []string{err.Error()}
	}
	lines := make([]string, len(inputs))
	for i, one := range inputs {
		lines[i] = one.Error()
	}
	return lines
}

// say shows people a problem; what it came from goes to the log.
func (r *run) say(show func(string), cause error) {
	problem := explain(cause)
	show(strings.TrimSpace(problem.Text + " " + problem.Hint))
	r.runner.Log().Info("cause of the problem", "error", cause.Error())
}

// DefaultInputs are the inputs as the runner fills them in when a workflow gives none.
func DefaultInputs() map[string]string { return config.Defaults(track.SinkTypes()...) }

// OutputNames are the names of all outputs.
func OutputNames() []string {
	var names []string
	for _, output := range config.Outputs() {
		names = append(names, output.Name)
	}
	return names
}
