package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Settings are what deployments are set to, as far as it is known.
type Settings struct {
	config.Config
	Computed []string // inputs that only the runner can work out; the configuration holds their defaults
}

// Knows reports whether the configuration holds what inputs really say.
func (s Settings) Knows(inputs ...string) bool {
	return !slices.ContainsFunc(inputs, func(name string) bool { return slices.Contains(s.Computed, name) })
}

// Settings lists what deployments are set to: by the examining step, and by the workflow files as far as
// they tell.
func (s Setup) Settings() []Settings {
	if s.Running != nil {
		return []Settings{{Config: *s.Running}}
	}
	var all []Settings
	for _, use := range s.answers() {
		all = append(all, use.Settings)
	}
	return all
}

// gather collects what the settings name, each once.
func gather(settings []Settings, names func(Settings) []string) []string {
	var all []string
	for _, c := range settings {
		for _, name := range names(c) {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// targets are the environments that commands may name, where that is known.
func targets(c Settings) []string {
	if !c.Knows("environment_targets") {
		return nil
	}
	return c.Targets
}

// goesByAll reports whether the order surely goes by deployments that others made as well.
func (s Settings) goesByAll() bool {
	return len(s.Order) > 0 && s.OrderScope != config.OwnDeployments && s.Knows("deployment_order_scope")
}
