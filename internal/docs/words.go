package docs

import (
	"github.com/lockstep-action/lockstep/internal/config"
)

func outputNames() []string {
	var names []string
	for _, output := range config.Outputs() {
		names = append(names, output.Name)
	}
	return names
}
