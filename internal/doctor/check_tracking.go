package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTracking looks whether receivers of events can be reached. None is sent an event.
func checkTracking(e Examination) []deploy.Finding {
	const check = "Check its address, and that this runner may reach it."
	var found []deploy.Finding
	for _, receiver := range e.Facts.Receivers {
		name, problem := markdown.Code(receiver.Name), markdown.Code(receiver.Problem)
		switch {
		case receiver.Problem == "":
			found = append(found, deploy.Finding{Level: deploy.Pass, Text: name + " answers; no event was sent to it"})
		case receiver.Gate:
			found = append(found, block(name+" is asked before each deployment, and was not reached: "+problem+".", check))
		default:
			found = append(found, warn(name+" was not reached: "+problem+".", check+" Deployments go on without it."))
		}
	}
	return found
}
