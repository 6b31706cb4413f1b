package app

import (
	"context"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// manifestPeriod is how far back a manifest goes.
const manifestPeriod = 365 * 24 * time.Hour

// writeManifest lists what was released to an environment, on any event: in the job summary, as an output and in files.
func writeManifest(ctx context.Context, a *App, in input) Result {
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	c := in.config
	environment := c.For(c.Environment).Resolved.Environment
	read, err := r.github.Histories(ctx, []string{environment}, manifestPeriod)
	if err != nil {
		return r.failQuietly(err)
	}
	written := manifest.Of(read[0], releases.Of(read[0]), c.Reports.Stories)
	r.result.Environment, r.result.Manifest = environment, &written
	r.result.Decision.Reason = deploy.ReportCompleted
	for _, file := range c.Reports.ManifestFiles {
		if err := r.runner.WriteWorkspace(file, written.Format(file)); err != nil {
			r.result.Decision = refused(r.result.Decision, unwritten("manifest_file", "manifest", err))
		}
	}
	return r.end()
}

// unwritten says that a report could not be written to the file that an input names.
func unwritten(input, what string, err error) deploy.Finding {
	return deploy.Finding{
		Gate: input, Code: deploy.UnexpectedError, Text: "The " + what + " could not be written: " + markdown.Code(err.Error()) + ".",
		Hint: "The input `" + input + "` takes a path below the workspace that leads through no link.",
	}
}
