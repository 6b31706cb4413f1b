package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// writeManifest lists what was released to an environment, on any event.
func writeManifest(_ context.Context, a *App, in input) Result {
	return in.result().because(deploy.ReportCompleted)
}
