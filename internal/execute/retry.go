package execute

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// carryOut carries out one effect. What fails without a clear no from GitHub is tried once more,
// this time with a look at what the first attempt left behind.
func (x *Executor) carryOut(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	attempt := x.World.Do
	if x.Repeats {
		attempt = x.World.Redo
	}
	done, err := attempt(ctx, effect, l)
	if err == nil || ctx.Err() != nil || !retryable(effect, err) {
		return done, err
	}
	x.Log.Debug("effect is repeated", "effect", fmt.Sprintf("%T", effect), "error", err.Error())
	if wait.For(ctx, gh.Replication) != nil {
		return done, err
	}
	return x.World.Redo(ctx, effect, l)
}

// retryable reports whether a second attempt can end better. A status is always worth one: a
// deployment that was just created is not known everywhere yet, and must not stay in progress.
func retryable(effect plan.Effect, err error) bool {
	_, mismatch := errors.AsType[*gh.MismatchError](err)
	_, merged := errors.AsType[*gh.MergedError](err)
	if mismatch || merged || plan.IsEvent(effect) {
		return false
	}
	if _, isStatus := effect.(plan.SetStatus); isStatus {
		return !gh.Refused(err)
	}
	return !gh.Definite(err)
}
