package doctor

import (
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkNames looks for settings about environments that no command can name. They have no effect.
func checkNames(e Examination) []deploy.Finding {
	var found []deploy.Finding
	checked := false
	for _, c := range e.Settings() {
		if !c.Knows("environment_targets") {
			continue
		}
		for _, one := range naming(c) {
			checked = checked || len(one.environments) > 0
			if idle := without(one.environments, c.Targets); len(idle) > 0 {
				found = append(found, deploy.Finding{
					Level: deploy.Warn, Text: markdown.Code(one.input) + " names what no command can deploy to: " + markdown.Codes(idle, ", ") + ".",
					Hint: "Correct the name, or add it to `environment_targets`.",
				})
			}
		}
	}
	if !checked {
		return nil
	}
	return orFine(found, "settings name environments that commands can name")
}

// named are the environments that an input names.
type named struct {
	input        string
	environments []string
}

// naming lists what inputs name, apart from those that were left as they are.
func naming(c Settings) []named {
	all := []named{
		{"skip_ci", c.Checks.Skip},
		{"skip_reviews", c.Reviews.Skip},
		{"draft_permitted_targets", c.Origin.Drafts},
		{"environment_urls", slices.Sorted(maps.Keys(c.EnvironmentURLs))},
	}
	if strings.Join(c.ProductionEnvironments, ",") != config.Defaults()["production_environments"] {
		all = append(all, named{"production_environments", c.ProductionEnvironments})
	}
	return all
}
