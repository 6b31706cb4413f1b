package config

import "github.com/lockstep-action/lockstep/internal/envname"

// Resolved is what the inputs that list environments mean for one environment.
type Resolved struct {
	Environment string   // as environment_targets spells it, or as it was asked for when it is no target
	URL         string   // from environment_urls, "" for none
	Production  bool     // deployments are marked as production
	Earlier     []string // environments that come before it in the enforced order

	SkipsChecks  bool // skip_ci
	SkipsReviews bool // skip_reviews, which never counts for forks
	AllowsDrafts bool // draft_permitted_targets
}

// For returns the settings with Resolved filled in. All rules for single environments belong here.
func (c Config) For(environment string) Config {
	c.Resolved = Resolved{
		Environment:  c.spelling(environment),
		URL:          c.environmentURL(environment),
		Production:   c.IsProduction(environment),
		SkipsChecks:  envname.Contains(c.Checks.Skip, environment),
		SkipsReviews: envname.Contains(c.Reviews.Skip, environment),
		AllowsDrafts: envname.Contains(c.Origin.Drafts, environment),
	}
	if position := envname.Index(c.Order, environment); position > 0 {
		c.Resolved.Earlier = c.Order[:position:position]
	}
	return c
}

// IsProduction reports whether deployments to the environment are marked as production.
func (c Config) IsProduction(environment string) bool {
	return envname.Contains(c.ProductionEnvironments, environment)
}

func (c Config) spelling(environment string) string {
	if position := envname.Index(c.Targets, environment); position >= 0 {
		return c.Targets[position]
	}
	return environment
}

// environmentURL accepts any spelling: environment_urls has one at most.
func (c Config) environmentURL(environment string) string {
	for name, address := range c.EnvironmentURLs {
		if envname.Same(name, environment) {
			return address
		}
	}
	return ""
}
