package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// world is where effects take place: GitHub and the tracking endpoints, with the ledger of what
// was done there.
type world struct {
	github  *gh.Client
	sinks   []track.Sink
	ledger  plan.Ledger
	repeats bool // an earlier stage may have carried out the same effects
}

// open reaches for the world.
func (r *run) open() (*world, error) {
	e := r.request.Event
	client, err := gh.New(gh.Options{
		Token: r.config.Token, TeamToken: r.config.Admins.Token, Owner: e.Owner, Repository: e.Repository,
		APIURL: r.runner.Getenv("GITHUB_API_URL"), GraphQLURL: r.runner.Getenv("GITHUB_GRAPHQL_URL"),
		Version: r.doors.Version, Transport: r.doors.Transport, Now: r.doors.Now, Log: r.runner.Log(),
	})
	if err != nil {
		return nil, err
	}
	return &world{github: client, sinks: r.sinks()}, nil
}

// sinks lists the tracking endpoints that are set up.
func (r *run) sinks() []track.Sink {
	if !r.config.Tracks() {
		return nil
	}
	v := r.config.Versioner
	return []track.Sink{track.NewVersioner(v.APIURL, v.APIKey, "lockstep/"+r.doors.Version, r.doors.Transport)}
}

// perform carries out one effect. What fails without a clear no from GitHub is tried once more,
// this time with a look at what the first attempt left behind.
func (r *run) perform(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	if announcement, isAnnouncement := effect.(plan.Announce); isAnnouncement {
		return plan.Done{}, r.announce(ctx, announcement, l)
	}
	if r.world.repeats {
		return r.world.github.Redo(ctx, effect, l)
	}
	done, err := r.world.github.Do(ctx, effect, l)
	if err == nil || ctx.Err() != nil || !worthRepeating(effect, err) {
		return done, err
	}
	r.runner.Log().Debug("effect is repeated", "effect", fmt.Sprintf("%T", effect), "error", err.Error())
	return r.world.github.Redo(ctx, effect, l)
}

// worthRepeating tells whether a second attempt can end better. A status is always worth one: a
// deployment that was just created is not known everywhere yet, and must not stay in progress.
func worthRepeating(effect plan.Effect, err error) bool {
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

// announce tells every tracking endpoint. A start that an endpoint forbids or cannot record stops
// the run; fail_on_api_error: false lets an endpoint be out of order, never its refusal.
func (r *run) announce(ctx context.Context, a plan.Announce, l plan.Ledger) error {
	e := track.NewEvent(r.request, l, a, r.doors.Now())
	var errs []error
	for _, sink := range r.world.sinks {
		errs = append(errs, sink.Send(ctx, e))
	}
	err := errors.Join(errs...)
	refusal, refused := errors.AsType[*track.Refusal](err)
	switch {
	case err == nil:
		r.outputs.first("tracking_status", "recorded")
	case refused && !a.Status.Terminal():
		r.outputs.set("tracking_status", "blocked")
		r.outputs.set("block_code", refusal.Code)
		r.outputs.set("retry_after", refusal.RetryAfter)
	default:
		r.outputs.first("tracking_status", "not_recorded")
		if r.config.Versioner.FailOnError == config.FailNever {
			r.runner.Log().Warn("the deployment event was not recorded", "status", string(a.Status), "error", err.Error())
			return nil
		}
	}
	return err
}

// withinReach gives the way out of a failed start enough time, also when the run itself has been
// cancelled: a runner that was told to stop waits some seconds before it kills.
func withinReach(ctx context.Context) (context.Context, context.CancelFunc) {
	const cancelled, broken = 6 * time.Second, 2 * time.Minute
	if ctx.Err() != nil {
		return context.WithTimeout(context.WithoutCancel(ctx), cancelled)
	}
	return context.WithTimeout(ctx, broken)
}
