package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// promote deploys what runs in the environments before, on any event.
func promote(_ context.Context, a *App, in input) Result {
	return in.result().because(deploy.NothingToPromote)
}
