package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// world is where effects take place: GitHub and the receivers of events.
type world struct {
	github  *gh.Client
	tracker *tracker
}

func (w world) Do(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	if plan.IsEvent(effect) {
		return w.tracker.do(ctx, effect, l)
	}
	return w.github.Do(ctx, effect, l)
}

// Redo carries out one effect whose first attempt may have taken place.
func (w world) Redo(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	if plan.IsEvent(effect) {
		return w.tracker.do(ctx, effect, l)
	}
	return w.github.Redo(ctx, effect, l)
}

func (a *App) client(c config.Config, e event.Event) (*gh.Client, error) {
	return gh.New(gh.Options{
		Token: c.Token, TeamToken: c.Admins.Token, Owner: e.Owner, Repository: e.Repository,
		APIURL: a.runner.Getenv("GITHUB_API_URL"), GraphQLURL: a.runner.Getenv("GITHUB_GRAPHQL_URL"),
		Version: a.deps.Version, Transport: a.deps.Transport, Now: a.deps.Now, Log: a.runner.Log(),
	})
}

func (a *App) open(r Result) (*run, error) {
	all, err := a.openReceivers(r.Config)
	if err != nil {
		return nil, err
	}
	opened, err := a.newRun(r, all)
	if err != nil {
		return nil, err
	}
	opened.metadata, err = a.readMetadata(r.Config)
	return opened, err
}

// readMetadata leaves out of the metadata what is or looks like a secret.
func (a *App) readMetadata(c config.Config) (json.RawMessage, error) {
	metadata, dropped, err := track.ParseMetadata(string(c.Track.Metadata), c.Secrets()...)
	if err != nil {
		return nil, err
	}
	if len(dropped) > 0 {
		a.runner.Warning("The metadata look as if they held secrets. These were left out: " + markdown.Codes(dropped, ", ") + ".")
	}
	if metadata.IsZero() {
		return nil, nil
	}
	return json.Marshal(metadata)
}

func (a *App) executor(w execute.World) *execute.Executor {
	return &execute.Executor{
		World: w, Explain: explain, Warn: a.warn, Trace: a.traceEffect, Log: a.runner.Log(),
		Save: func(l plan.Ledger) error {
			text, err := l.Marshal()
			if err != nil {
				return err
			}
			return a.runner.SaveState(stateKey, text)
		},
	}
}

const stateKey = "ledger"

func (a *App) warn(err error) {
	if execute.Replaced(err) {
		a.runner.Warning("The lock was left alone: it was replaced meanwhile.")
		return
	}
	a.say(a.runner.Warning, err)
}

// withCleanupTimeout gives an end enough time, also when the run is cancelled: a runner that tells a process to stop
// waits some seconds before it kills.
func withCleanupTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	const cancelled, broken = 6 * time.Second, 2 * time.Minute
	reach, cancel := context.WithTimeout(context.WithoutCancel(ctx), broken)
	unheard := context.AfterFunc(ctx, func() {
		hurry := time.AfterFunc(cancelled, cancel)
		context.AfterFunc(reach, func() { hurry.Stop() })
	})
	return reach, func() {
		unheard()
		cancel()
	}
}

// receivers are those of events.
type receivers struct {
	gate    *track.Versioner // may refuse a start, nil for none
	notices []track.Named    // receive notices, and cannot refuse
}

func (a *App) agent() string { return "lockstep/" + a.deps.Version }

func (a *App) gate(c config.Config) *track.Versioner {
	if !c.Tracks() {
		return nil
	}
	return track.NewVersioner(c.Versioner.APIURL, c.Versioner.APIKey, a.options(c))
}

func (a *App) openReceivers(c config.Config) (receivers, error) {
	all := receivers{gate: a.gate(c)}
	for _, sink := range c.Sinks {
		one, err := track.New(sink, a.options(c))
		if err != nil {
			return receivers{}, err
		}
		all.notices = append(all.notices, one)
	}
	return all, nil
}

func (a *App) probers(c config.Config) []track.Prober {
	var all []track.Prober
	if gate := a.gate(c); gate != nil {
		all = append(all, gate)
	}
	for _, sink := range c.Sinks {
		if one, err := track.New(sink, a.options(c)); err == nil {
			all = append(all, one)
		}
	}
	return all
}

// reopenReceivers sets up the receivers that the start has settled. The inputs add nothing but addresses and secrets;
// a receiver whose are not there gets nothing.
func (a *App) reopenReceivers(c config.Config, l plan.Ledger) receivers {
	var all receivers
	c.AllowInsecureHTTP = l.End.AllowHTTP
	if l.Tracks() {
		c.Versioner.APIURL = l.End.Tracking.APIURL
		all.gate = a.gate(c)
	}
	for _, settled := range l.End.Receivers {
		at := slices.IndexFunc(c.Sinks, func(given config.Sink) bool { return given.Name == settled.Name && given.Type == settled.Type })
		if at < 0 {
			a.runner.Warning("The receiver " + markdown.Code(settled.Name) + " gets no event of the end: this step has no address or key for it. " +
				"Give it the input " + markdown.Code(track.SetupInput(settled)) + " of the step that started the deployment.")
			continue
		}
		sink := settled.WithSecretsOf(c.Sinks[at])
		one, err := track.New(sink, a.options(c))
		if err != nil {
			a.runner.Warning(err.Error())
			continue
		}
		all.notices = append(all.notices, one)
	}
	return all
}

func (a *App) options(c config.Config) track.Options {
	return track.Options{Agent: a.agent(), AllowHTTP: c.AllowInsecureHTTP, Transport: a.deps.Transport, Now: a.deps.Now}
}
