package deploy

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/checklist"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// checklistGate wants every box under a heading of the description to be ticked.
func checklistGate() Gate {
	return Gate{
		Name: "checklist", Rule: policy.ChecklistRule, Ways: []Way{HeadWay}, Check: checkChecklist,
		Needs: needStatement((*Case).wantsChecklist), Parts: statementParts((*Case).wantsChecklist),
		Code: func(*Case, Part) Reason { return ChecklistIncomplete },
	}
}

// heading returns the heading of the checklist, "" for none.
func (k *Case) heading() string {
	if !k.ruled() {
		return ""
	}
	return k.Config.Resolved.Rules.Checklist.Value
}

func (k *Case) wantsChecklist() bool { return k.heading() != "" }

// mostBoxes is how many open boxes are shown.
const mostBoxes = 10

func checkChecklist(k *Case) Finding {
	heading := k.heading()
	if heading == "" {
		return pass("no checklist is asked for")
	}
	const next = "run the command again."
	environment, shown := markdown.Code(k.Target.Environment), markdown.Code("## "+markdown.Brief(heading))
	switch found := checklist.Read(k.Statement.Body, heading); {
	case !found.Found:
		return block(ChecklistIncomplete, environment+" asks for a checklist, and the description of the pull request has no heading "+shown+".",
			"Add "+shown+" to the description, with the boxes below it (`- [ ] …`), tick them, then "+next)
	case found.Boxes == 0:
		return block(ChecklistIncomplete, "Under "+shown+", the description of the pull request has no box.",
			"Add the boxes below the heading (`- [ ] …`), tick them, then "+next)
	case len(found.Open) > 0:
		return block(ChecklistIncomplete, openBoxes(found, shown),
			"Tick what is done in the description. What does not apply can be struck out (`~~…~~`). Then "+next)
	}
	return pass("every box of the checklist is ticked")
}

func openBoxes(found checklist.List, heading string) string {
	var boxes []string
	for _, box := range found.Open[:min(len(found.Open), mostBoxes)] {
		boxes = append(boxes, markdown.Code(box))
	}
	if more := len(found.Open) - mostBoxes; more > 0 {
		boxes = append(boxes, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%d %s under %s not ticked: %s.",
		len(found.Open), either(found.Open, "box", "boxes"), heading+" "+either(found.Open, "is", "are"), strings.Join(boxes, ", "))
}
