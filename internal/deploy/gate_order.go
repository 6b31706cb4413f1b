package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// OrderState is how one environment stands that comes earlier in the enforced order.
type OrderState struct {
	Environment string
	Satisfied   bool
	Newest      *Deployment // the deployment that counts, nil when there is none
	Foreign     bool        // it was made by another tool
	Unavailable *Problem    // why the deployments could not be read
}

// Earlier lists the environments that a commit must have reached before the environment.
// Rollbacks are not held to the order: they have to work when everything else is broken.
func Earlier(r Request, c config.Config) []string {
	if r.Command.StableBranch {
		return nil
	}
	position := slices.Index(c.Order, r.Command.Environment)
	if position <= 0 {
		return nil
	}
	return c.Order[:position]
}

// checkOrder wants every earlier environment to run the requested commit.
func checkOrder(r Request, c config.Config, f Facts) Finding {
	if problem := orderProblem(r, c); problem != "" {
		return Finding{
			Level: Block, Code: DeploymentOrderFailed, Text: problem,
			Hint: "Correct the input `enforced_deployment_order` in the workflow.",
		}
	}
	sha := target(r, c, f).SHA
	missing := Missing(orderStates(r, c, f))
	switch {
	case r.Command.StableBranch && len(c.Order) > 0:
		return Finding{Text: "a rollback is not held to the order"}
	case len(c.Order) == 1:
		return Finding{Level: Warn, Text: "The enforced order names a single environment, so that it enforces nothing."}
	case sha == "" || !r.Command.KnownEnvironment:
		return Finding{Text: "without a commit and an environment there is no order to look at"}
	case len(missing) > 0:
		return orderRefusal(r, c, sha, missing)
	}
	return Finding{Text: "every earlier environment runs this commit"}
}

// Missing lists the environments that do not run the commit yet, in order.
func Missing(states []OrderState) []OrderState {
	return slices.DeleteFunc(slices.Clone(states), func(s OrderState) bool { return s.Satisfied })
}

// orderProblem finds what is wrong with the list itself.
func orderProblem(r Request, c config.Config) string {
	if len(c.Order) == 0 || r.Command.StableBranch || !r.Command.KnownEnvironment {
		return ""
	}
	for i, environment := range c.Order {
		if slices.Contains(c.Order[:i], environment) {
			return "The enforced order names " + markdown.Code(environment) + " twice."
		}
	}
	if !slices.Contains(c.Order, r.Command.Environment) {
		return "The enforced order (" + markdown.Codes(c.Order, " → ") + ") does not say where " + markdown.Code(r.Command.Environment) + " belongs."
	}
	return ""
}

// orderStates tells how each earlier environment stands.
func orderStates(r Request, c config.Config, f Facts) []OrderState {
	if orderProblem(r, c) != "" {
		return nil
	}
	sha := target(r, c, f).SHA
	var states []OrderState
	for _, environment := range Earlier(r, c) {
		states = append(states, orderState(environment, sha, c.OrderScope, f))
	}
	return states
}

func orderState(environment, sha string, scope config.OrderScope, f Facts) OrderState {
	state := OrderState{Environment: environment}
	if problem, missing := f.unavailable(DeploymentsPart + Part(environment)); missing {
		state.Unavailable = &problem
		return state
	}
	deployments := f.Deployments[environment]
	if scope == config.OwnDeployments {
		return ownState(state, sha, deployments)
	}
	if len(deployments) > 0 {
		newest := deployments[0]
		state.Newest, state.Foreign = &newest, !newest.Own
		state.Satisfied = sha != "" && newest.SHA == sha && newest.State == Active
	}
	return state
}

// ownState looks at our newest deployment alone. A newer one of somebody else makes GitHub set
// ours to inactive, which says nothing about the commit that we put there.
func ownState(state OrderState, sha string, deployments []Deployment) OrderState {
	i, found := newestOwn(deployments)
	if !found {
		return state
	}
	own := deployments[i]
	pushedAside := own.State == Inactive && own.Succeeded && i > 0
	state.Newest = &own
	state.Satisfied = sha != "" && own.SHA == sha && (own.State == Active || pushedAside)
	return state
}

// orderRefusal says what has to happen first.
func orderRefusal(r Request, c config.Config, sha string, missing []OrderState) Finding {
	known := slices.DeleteFunc(slices.Clone(missing), func(s OrderState) bool { return s.Unavailable != nil })
	if len(known) == 0 {
		problem := missing[0].Unavailable
		return Finding{Level: Block, Code: DeploymentOrderFailed, Text: problem.Text, Hint: problem.Hint}
	}
	names := make([]string, len(known))
	for i, state := range known {
		names[i] = state.Environment
	}
	return Finding{
		Level: Block, Code: DeploymentOrderFailed,
		Text: markdown.Code(r.Command.Environment) + " comes after " + markdown.Codes(names, ", ") + ", which must run this commit first.",
		Hint: orderHint(c, sha, known[0]),
	}
}

// orderHint says what to do about the first environment that does not run the commit.
func orderHint(c config.Config, sha string, first OrderState) string {
	environment := markdown.Code(first.Environment)
	next := "type " + markdown.Code(c.Commands.Deploy+" "+first.Environment)
	if c.Mode == config.TrackIt {
		next = "deploy this commit to " + environment
	}
	hint := strings.ToUpper(next[:1]) + next[1:] + " first."
	if newest := first.Newest; newest != nil && newest.SHA == sha {
		switch {
		case newest.Running():
			hint = "Wait until the deployment of this commit to " + environment + " has ended, then " + again(c) + "."
		case newest.Broken():
			hint = "The last deployment of this commit to " + environment + " failed. " + markdown.Link("Find out why", newest.LogURL) + ", then " + next + "."
		}
	}
	if first.Foreign {
		hint += " The newest deployment of " + environment + " was made by another tool; with `deployment_order_scope: own` it would not count."
	}
	return hint
}

// again says what to repeat when nothing is in the way any more.
func again(c config.Config) string {
	if c.Mode == config.TrackIt {
		return "run this step again"
	}
	return "run the command again"
}
