package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// session is where effects take place: GitHub and the receivers of events, with the ledger of what was
// done there.
type session struct {
	github  *gh.Client
	gate    *track.Versioner // has its say before a start, nil for none
	notices []track.Named    // only want to know
	extra   json.RawMessage  // what the workflow adds to events, without what looks like a secret
	heard   tracking         // what is known of events so far
	ledger  plan.Ledger
	repeats bool // an earlier stage may have carried out the same effects
}

// client reaches for GitHub.
func (r *run) client() (*gh.Client, error) {
	e := r.request.Event
	return gh.New(gh.Options{
		Token: r.config.Token, TeamToken: r.config.Admins.Token, Owner: e.Owner, Repository: e.Repository,
		APIURL: r.runner.Getenv("GITHUB_API_URL"), GraphQLURL: r.runner.Getenv("GITHUB_GRAPHQL_URL"),
		Version: r.deps.Version, Transport: r.deps.Transport, Now: r.deps.Now, Log: r.runner.Log(),
	})
}

// open reaches for the world.
func (r *run) open() (*session, error) {
	client, err := r.client()
	if err != nil {
		return nil, err
	}
	opened := &session{github: client, gate: r.gate()}
	if opened.notices, err = r.notices(); err != nil {
		return nil, err
	}
	metadata, dropped, err := track.ParseMetadata(string(r.config.Track.Metadata))
	if err != nil {
		return nil, err
	}
	if !metadata.IsZero() {
		if opened.extra, err = json.Marshal(metadata); err != nil {
			return nil, err
		}
	}
	if len(dropped) > 0 {
		r.runner.Warning("The metadata look as if they held secrets. These were left out: " + markdown.Codes(dropped, ", ") + ".")
	}
	return opened, nil
}

// newLedger opens the ledger with what is known so far.
func (r *run) newLedger() plan.Ledger {
	l := plan.NewLedger(r.request, r.config, r.decision, r.facts)
	l.End.Metadata = r.session.extra
	return l
}

// reopen reaches for the world as the start has settled it: the inputs add nothing but secrets.
func (r *run) reopen(l plan.Ledger) (*session, error) {
	client, err := r.client()
	if err != nil {
		return nil, err
	}
	opened := &session{github: client, ledger: l}
	if key := r.config.Versioner.APIKey; l.Tracks() && key != "" {
		opened.gate = track.NewVersioner(l.End.Tracking.APIURL, key, r.agent(), r.deps.Transport)
	}
	for _, settled := range l.End.Receivers {
		if one := r.reopenReceiver(settled, l.End.AllowHTTP); one != nil {
			opened.notices = append(opened.notices, one)
		}
	}
	return opened, nil
}

// runEffect carries out one effect. What fails without a clear no from GitHub is tried once more,
// this time with a look at what the first attempt left behind.
func (r *run) runEffect(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	if announcement, isAnnouncement := effect.(plan.RecordEvent); isAnnouncement {
		return plan.Done{}, r.announce(ctx, announcement, l)
	}
	if notice, isNotice := effect.(plan.NotifySinks); isNotice {
		return r.notify(ctx, notice, l), nil
	}
	attempt := r.session.github.Do
	if r.session.repeats {
		attempt = r.session.github.Redo
	}
	done, err := attempt(ctx, effect, l)
	if err == nil || ctx.Err() != nil || !retryable(effect, err) {
		return done, err
	}
	r.runner.Log().Debug("effect is repeated", "effect", fmt.Sprintf("%T", effect), "error", err.Error())
	return r.session.github.Redo(ctx, effect, l)
}

// retryable tells whether a second attempt can end better. A status is always worth one: a
// deployment that was just created is not known everywhere yet, and must not stay in progress.
func retryable(effect plan.Effect, err error) bool {
	_, mismatch := errors.AsType[*gh.MismatchError](err)
	_, merged := errors.AsType[*gh.MergedError](err)
	if mismatch || merged {
		return false
	}
	if _, isStatus := effect.(plan.SetStatus); isStatus {
		return !gh.Denied(err)
	}
	return !gh.Definite(err)
}

// withCleanupTimeout gives the end of a deployment, and the way out of a failed start, enough time, also when
// the run has been cancelled or is cancelled meanwhile: a runner that tells a process to stop waits some
// seconds before it kills.
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
