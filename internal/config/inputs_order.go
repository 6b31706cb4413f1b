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
	AllDeployments      OrderScope = "all"      // those of other tools, too
	OwnDeployments      OrderScope = "own"      // only those with our payload
	VerifiedDeployments OrderScope = "verified" // of these, those whose run GitHub confirms
)

// OwnOnly reports whether deployments of other tools do not count.
func (s OrderScope) OwnOnly() bool { return s == OwnDeployments || s == VerifiedDeployments }

const ownByBranchDeploy OrderScope = "branch-deploy" // how branch-deploy spells OwnDeployments

func readOrderScope(c *Config, value string) error {
	scope, err := OneOf(AllDeployments, OwnDeployments, VerifiedDeployments, ownByBranchDeploy)(value)
	if scope == ownByBranchDeploy {
		scope = OwnDeployments
	}
	c.OrderScope = scope
	return err
}

func orderInputs() []Input {
	return []Input{
		newInput("enforced_deployment_order", "",
			"Order in which a commit must reach environments, comma-separated; empty for no order",
			environments(func(c *Config) *[]string { return &c.Order })),
		newInput("deployment_order_scope", "all", "Deployments that count for `enforced_deployment_order`: `all`, Lockstep's `own` (or `branch-deploy`, the same), or those `verified` by a run of a default branch workflow (needs `actions: read`)",
			readOrderScope),
	}
}
