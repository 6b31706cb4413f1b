package doctor

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkWorkflows looks whether any workflow uses the action at all. A step that runs in a workflow of another
// repository finds none here, and that is no mistake.
func checkWorkflows(e Examination) []deploy.Finding {
	if problem := e.Facts.unread(FilesPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, path := range slices.Sorted(maps.Keys(e.Unreadable)) {
		found = append(found, deploy.Finding{
			Level: deploy.Warn, Text: markdown.Code(path) + " cannot be read as a workflow: " + markdown.Code(e.Unreadable[path].Error()) + ".",
			Hint: "Correct the file; GitHub may not run it as it is.",
		})
	}
	switch uses := len(e.having(Commands, Finishes, Tracks, Merges, Unlocks)); {
	case uses > 0:
		found = append(found, deploy.Finding{Text: fmt.Sprintf("workflow files that were read: %d; steps in them that use the action: %d", len(e.Files), uses)})
	case e.Running == nil:
		found = append(found, deploy.Finding{
			Level: deploy.Warn, Text: "None of the workflow files that were looked at uses Lockstep.",
			Hint: "Comments start the workflow files of the default branch: the file has to be there, below `.github/workflows`. What is inside of other actions is not looked at.",
		})
	}
	return found
}
