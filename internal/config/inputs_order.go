package config

// OrderSettings say in which order a commit has to reach the environments.
type OrderSettings struct {
	Order      []string // enforced_deployment_order
	OrderScope OrderScope
}

// OrderScope says which deployments count for the enforced order.
type OrderScope string

// The choices of deployment_order_scope.
const (
	AllDeployments OrderScope = "all" // those of other tools, too
	OwnDeployments OrderScope = "own" // only those with our payload
)

const ownByBranchDeploy OrderScope = "branch-deploy" // how branch-deploy spells OwnDeployments

func readOrderScope(c *Config, value string) error {
	scope, err := OneOf(AllDeployments, OwnDeployments, ownByBranchDeploy)(value)
	if scope == ownByBranchDeploy {
		scope = OwnDeployments
	}
	c.OrderScope = scope
	return err
}

func orderInputs() []Input {
	return []Input{
		newInput("enforced_deployment_order", "",
			"Order in which a commit must reach environments, separated by commas; empty for no order",
			environments(func(c *Config) *[]string { return &c.Order })),
		newInput("deployment_order_scope", "all", "Which deployments count for `enforced_deployment_order`: `all`, or only Lockstep's `own`, which may also be spelled `branch-deploy` (useful when jobs use `environment:` and GitHub creates deployments for these jobs)",
			readOrderScope),
	}
}
