package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkOrder looks for commands that the enforced order will always refuse, and for environments that it
// forgets.
func checkOrder(e Examination) []deploy.Finding {
	var found []deploy.Finding
	ordered := false
	for _, c := range e.Settings() {
		if len(c.Order) > 0 {
			ordered = true
			found = append(found, orderMistakes(c)...)
			found = append(found, e.foreign(c)...)
		}
	}
	if !ordered {
		return nil
	}
	return orFine(found, "every environment has its place in the order")
}

func orderMistakes(c Settings) []deploy.Finding {
	const correct = "Correct `enforced_deployment_order` or `environment_targets`."
	var found []deploy.Finding
	if left := without(targets(c), c.Order); len(left) > 0 {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: "The enforced order does not say where these belong, so that deployments to them are always refused: " + markdown.Codes(left, ", ") + ".", Hint: correct,
		})
	}
	if left := without(c.Order, c.Targets); len(left) > 0 && c.Knows("environment_targets") {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: "No command can name these, so that what comes after them in the enforced order is out of reach: " + markdown.Codes(left, ", ") + ".", Hint: correct,
		})
	}
	if len(c.Order) == 1 {
		found = append(found, deploy.Finding{Level: deploy.Warn, Text: "The enforced order names a single environment, so that it enforces nothing.", Hint: correct})
	}
	return found
}

// without lists what of one list is missing in another.
func without(all, known []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(known, name) })
}

// foreign tells environments whose newest deployment is not ours, where that counts for the order.
func (e Examination) foreign(c Settings) []deploy.Finding {
	if !c.goesByAll() {
		return nil
	}
	var found []deploy.Finding
	for _, environment := range c.Order[:len(c.Order)-1] {
		if problem, missing := e.Facts.Deploy.Unavailable[deploy.DeploymentsPart+deploy.Part(environment)]; missing {
			found = append(found, deploy.Finding{Level: deploy.Warn, Text: problem.Text, Hint: problem.Hint})
			continue
		}
		newest := e.Facts.Deploy.Deployments[environment]
		if len(newest) == 0 || newest[0].Own {
			continue
		}
		found = append(found, deploy.Finding{
			Level: deploy.Warn,
			Text:  "The newest deployment to " + markdown.Code(environment) + " was made by " + markdown.Code(newest[0].Creator) + " and not by Lockstep; the order goes by it.",
			Hint:  "If a job's `environment:` makes such deployments, write `environment: {name: …, deployment: false}` there, or set `deployment_order_scope: own`.",
		})
	}
	return found
}
