package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Labels lists the labels that the settings name.
func Labels(settings []Settings) []string {
	return gather(settings, func(c Settings) []string {
		var all []string
		for _, names := range [][]string{c.Labels.Deployed, c.Labels.DeployFailed, c.Labels.Noop, c.Labels.NoopFailed} {
			all = append(all, names...)
		}
		return all
	})
}

// checkLabels looks whether the labels exist. GitHub creates one that does not when it is first set, without a
// colour or a description of its own.
func checkLabels(e Examination) []deploy.Finding {
	labels := Labels(e.Settings())
	if len(labels) == 0 {
		return nil
	}
	if problem := e.Facts.unread(LabelsPart); problem != nil {
		return problem
	}
	var unknown []string
	for _, label := range labels {
		if !e.Facts.Labels[label] {
			unknown = append(unknown, label)
		}
	}
	if len(unknown) == 0 {
		return fine("all labels exist: " + markdown.Codes(labels, ", "))
	}
	return []deploy.Finding{{
		Level: deploy.Warn, Text: "The repository does not have these labels yet: " + markdown.Codes(unknown, ", ") + ".",
		Hint: "GitHub creates them when they are first set. If a name is mistyped, correct it now.",
	}}
}
