package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// OrderState is the state of one environment that comes earlier in the enforced order.
type OrderState struct {
	Environment string
	Satisfied   bool
	Newest      *Deployment // the deployment that counts, nil when there is none
	Foreign     bool        // it was made by another tool
	Unavailable *Problem    // why the deployments are not known
}

// orderGate wants every earlier environment to run the requested commit.
func orderGate() Gate {
	return Gate{Name: "order", Needs: needOrder, Parts: orderParts, Code: always(DeploymentOrderFailed), Check: checkOrder}
}

func needOrder(k *Case, n *Needs) {
	n.Environments = k.earlier()
	if k.Config.OrderScope == config.OwnDeployments {
		n.Scope = UntilOwn
	}
}

// earlier lists the environments that a commit must have reached before the environment. Rollbacks are not
// held to the order: they have to work when everything else is broken.
func (k *Case) earlier() []string {
	if k.Command.StableBranch {
		return nil
	}
	return k.Config.Resolved.Earlier
}

func orderParts(k *Case) []Part {
	if k.orderProblem() != "" {
		return nil
	}
	var parts []Part
	for _, environment := range k.earlier() {
		parts = append(parts, DeploymentsPart+Part(environment))
	}
	return parts
}

func checkOrder(k *Case) Finding {
	if problem := k.orderProblem(); problem != "" {
		return Finding{
			Level: Block, Code: DeploymentOrderFailed, Text: problem,
			Hint: "Correct the input `enforced_deployment_order` in the workflow.",
		}
	}
	missing := Missing(k.Order)
	switch {
	case k.Command.StableBranch && len(k.Config.Order) > 0:
		return pass("a rollback is not held to the order")
	case len(k.Config.Order) == 1:
		return Finding{Level: Warn, Text: "The enforced order has a single environment: it enforces nothing."}
	case k.Target.SHA == "" || !k.Command.KnownEnvironment:
		return pass("without a commit and an environment there is no order to check")
	case len(missing) > 0:
		return orderRefusal(k, missing)
	}
	return pass("every earlier environment runs this commit")
}

// Missing lists the environments that do not run the commit yet, in order.
func Missing(states []OrderState) []OrderState {
	return slices.DeleteFunc(slices.Clone(states), func(s OrderState) bool { return s.Satisfied })
}

// orderProblem finds what is wrong with the list itself.
func (k *Case) orderProblem() string {
	order, asked := k.Config.Order, k.Command
	if len(order) == 0 || asked.StableBranch || !asked.KnownEnvironment {
		return ""
	}
	if first, second, repeated := envname.Repeated(order); repeated {
		return "The enforced order names " + markdown.Code(first) + " twice" + otherSpelling(first, second) + "."
	}
	if !envname.Contains(order, asked.Environment) {
		return "The enforced order (" + markdown.Codes(order, " → ") + ") does not say where " + markdown.Code(asked.Environment) + " belongs."
	}
	return ""
}

func otherSpelling(first, second string) string {
	if first == second {
		return ""
	}
	return ", the second time as " + markdown.Code(second)
}

// orderStates tells how each earlier environment is.
func orderStates(k *Case) []OrderState {
	if k.orderProblem() != "" {
		return nil
	}
	var states []OrderState
	for _, environment := range k.earlier() {
		states = append(states, k.orderState(environment))
	}
	return states
}

func (k *Case) orderState(environment string) OrderState {
	state := OrderState{Environment: environment}
	if problem, missing := k.Missing(DeploymentsPart + Part(environment)); missing {
		state.Unavailable = &problem
		return state
	}
	deployments, sha := k.Deployments[environment], k.Target.SHA
	if k.Config.OrderScope == config.OwnDeployments {
		return ownState(state, sha, deployments)
	}
	if len(deployments) > 0 {
		newest := deployments[0]
		state.Newest, state.Foreign = &newest, !newest.Own
		state.Satisfied = sha != "" && newest.SHA == sha && newest.State == Active
	}
	return state
}

// ownState looks at our newest deployment alone. A newer one of another tool makes GitHub set ours to inactive,
// which says nothing about the commit that we deployed.
func ownState(state OrderState, sha string, deployments []Deployment) OrderState {
	i, found := newestOwn(deployments)
	if !found {
		return state
	}
	own := deployments[i]
	replaced := own.State == Inactive && own.Succeeded && i > 0
	state.Newest = &own
	state.Satisfied = sha != "" && own.SHA == sha && (own.State == Active || replaced)
	return state
}

// orderRefusal says what has to happen first.
func orderRefusal(k *Case, missing []OrderState) Finding {
	names := make([]string, len(missing))
	for i, state := range missing {
		names[i] = state.Environment
	}
	return Finding{
		Level: Block, Code: DeploymentOrderFailed,
		Text: markdown.Code(k.Command.Environment) + " comes after " + markdown.Codes(names, ", ") + ", which must run this commit first.",
		Hint: orderHint(k, missing[0]),
	}
}

// orderHint says what to do about the first environment that does not run the commit.
func orderHint(k *Case, first OrderState) string {
	environment := markdown.Code(first.Environment)
	next := "type " + markdown.Code(k.Config.Commands.Deploy+" "+first.Environment)
	if k.tracks() {
		next = "deploy this commit to " + environment
	}
	hint := strings.ToUpper(next[:1]) + next[1:] + " first."
	if newest := first.Newest; newest != nil && newest.SHA == k.Target.SHA {
		switch {
		case newest.InProgress():
			hint = "Wait until the deployment of this commit to " + environment + " has ended, then " + again(k) + "."
		case newest.Failed():
			hint = "The last deployment of this commit to " + environment + " failed. " + markdown.Link("Find out why", newest.LogURL) + ", then " + next + "."
		}
	}
	if first.Foreign {
		hint += " The newest deployment of " + environment + " was made by another tool; with `deployment_order_scope: own` it would not count."
	}
	return hint
}

// again says what to repeat when nothing blocks it.
func again(k *Case) string {
	if k.tracks() {
		return "run this step again"
	}
	return "run the command again"
}
