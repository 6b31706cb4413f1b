package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// OrderState is the state of one environment that comes earlier in the enforced order.
type OrderState struct {
	Environment string
	Satisfied   bool
	Newest      *Deployment // the deployment that counts, nil for none
	Foreign     bool        // it was made by another tool
	Doubt       string      // why it does not count although it is about the commit, "" where it does
	Unclear     bool        // whose it is cannot be told
	Unavailable *Problem    // why the deployments are not known
}

// orderGate wants every earlier environment to run the requested commit.
func orderGate() Gate {
	return Gate{
		Name: "order", Rule: policy.AfterRule, Parts: orderParts, Check: checkOrder,
		Needs: func(k *Case, n *Needs) {
			n.Environments = k.earlier()
			switch {
			case k.verifies():
				n.Scope, n.Origins = SinceItsRun, true
			case k.Config.OrderScope.OwnOnly():
				n.Scope = UntilOwn
			}
		},
		Code: func(*Case, Part) Reason { return DeploymentOrderFailed },
	}
}

// verifies reports whether only deployments count whose runs GitHub confirms.
func (k *Case) verifies() bool {
	return k.Config.OrderScope == config.VerifiedDeployments && len(k.earlier()) > 0
}

// earlier lists nothing for a rollback, which has to work when everything else is broken. With a rules file only a commit
// that ran there before is one.
func (k *Case) earlier() []string {
	if k.Command.GoesBack() && k.Way != StableWay || k.Way == StableWay && !k.ordered() {
		return nil
	}
	return k.Config.Resolved.Earlier
}

// ordered reports whether the rules file sets the order.
func (k *Case) ordered() bool { return k.ruled() && k.Config.Resolved.Rules.After.IsSet() }

func orderParts(k *Case) []Part {
	var parts []Part
	for _, environment := range k.earlier() {
		parts = append(parts, DeploymentsPart+Part(environment))
	}
	if k.verifies() {
		parts = append(parts, OriginsPart)
	}
	return parts
}

func checkOrder(k *Case) Finding {
	asked, order, missing := k.Command, k.Config.Order, Missing(k.Order)
	switch {
	case asked.GoesBack() && len(k.earlier()) == 0 && (len(order) > 0 || k.ordered()):
		return pass("a rollback is not held to the order")
	case len(order) > 0 && asked.KnownEnvironment && !envname.Contains(order, asked.Environment):
		return block(DeploymentOrderFailed,
			"The enforced order ("+markdown.Codes(order, " → ")+") does not say where "+markdown.Code(asked.Environment)+" belongs.",
			"Correct the input `enforced_deployment_order` in the workflow.")
	case len(order) == 1:
		return Finding{Level: Warn, Text: "The enforced order has a single environment: it enforces nothing."}
	case k.Target.SHA == "" || !asked.KnownEnvironment:
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

func orderStates(k *Case) []OrderState {
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
	deployments, sha, position := k.Deployments[environment], k.Target.SHA, 0
	if k.Config.OrderScope.OwnOnly() {
		position, _ = Vouching(deployments)
		if state.Unclear = unreadableBefore(deployments, position); state.Unclear {
			return state
		}
	}
	if position < 0 || len(deployments) == 0 {
		return state
	}
	newest := deployments[position]
	newest.LogURL = k.onServer(newest.LogURL)
	state.Newest, state.Foreign = &newest, !newest.Own
	state.Satisfied = sha != "" && newest.SHA == sha && stillRuns(deployments, position)
	if state.Satisfied && k.verifies() {
		state.Doubt = doubt(deployments, position, k.Origins)
		state.Satisfied = state.Doubt == ""
	}
	return state
}

// onServer returns an address of the server itself, "" for any other: everyone who may deploy chooses it, and people
// trust the links of a refusal.
func (k *Case) onServer(address string) string {
	if server := k.Event.Run.ServerURL; server != "" && strings.HasPrefix(address, server+"/") {
		return address
	}
	return ""
}

func orderRefusal(k *Case, missing []OrderState) Finding {
	if i := slices.IndexFunc(missing, func(s OrderState) bool { return s.Unclear }); i >= 0 {
		name := markdown.Code(missing[i].Environment)
		return block(DeploymentOrderFailed,
			"A deployment of "+name+" has a payload that I cannot read: I cannot tell whose it is.",
			"Look at "+markdown.Link("the deployments of "+name, PageURL(k.Request, "deployments", missing[i].Environment))+
				", then deploy this commit to "+name+" again.")
	}
	names := make([]string, len(missing))
	for i, state := range missing {
		names[i] = state.Environment
	}
	said := []string{markdown.Code(k.Command.Environment) + " comes after " + markdown.Codes(names, ", ") + ", which must run this commit first."}
	for _, state := range missing {
		if state.Doubt != "" {
			said = append(said, "The deployment of this commit to "+markdown.Code(state.Environment)+" does not count: "+state.Doubt+".")
		}
	}
	return block(DeploymentOrderFailed, strings.Join(said, " "), orderHint(k, missing[0]))
}

func orderHint(k *Case, first OrderState) string {
	environment := markdown.Code(first.Environment)
	next := "type " + markdown.Code(k.typed(k.Config.Commands.Deploy, first.Environment))
	if k.byStep() {
		next = "deploy this commit to " + environment
	}
	hint := Capitalized(next) + " first."
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

// typed returns a command about an environment, for the same commit as that of the request.
func (k *Case) typed(word, environment string) string {
	switch {
	case k.Command.Kind == command.Rollback && k.Command.To != "":
		return word + " " + environment + " to " + k.Command.To
	case k.Command.StableBranch:
		return word + " " + k.Config.StableBranch + " to " + environment
	case k.Command.SHA != "":
		return word + " " + k.Command.SHA + " " + environment
	default:
		return word + " " + environment
	}
}

func again(k *Case) string {
	if k.byStep() {
		return "run this step again"
	}
	return "run the command again"
}
