package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTracking looks whether receivers of events can be reached. None is sent an event.
func checkTracking(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, receiver := range e.Facts.Receivers {
		switch {
		case receiver.Problem == "":
			found = append(found, deploy.Finding{Text: markdown.Code(receiver.Name) + " answers; no event was sent to it"})
		case receiver.Gate:
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: markdown.Code(receiver.Name) + " is asked before each deployment, and was not reached: " + markdown.Code(receiver.Problem) + ".",
				Hint: "Check its address, and that this runner may reach it.",
			})
		default:
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: markdown.Code(receiver.Name) + " was not reached: " + markdown.Code(receiver.Problem) + ".",
				Hint: "Check its address, and that this runner may reach it. Deployments go on without it.",
			})
		}
	}
	return found
}
