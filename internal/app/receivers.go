package app

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

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
	return track.NewVersioner(c.Versioner.APIURL, c.Versioner.APIKey, a.agent(), a.deps.Transport)
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
