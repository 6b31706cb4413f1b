package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Statement is what people say about a pull request, without a control over who may say it.
type Statement struct {
	Labels []string
	Body   string // the description, in Markdown
}

// labelsGate wants some labels on the pull request, and others not.
func labelsGate() Gate {
	return Gate{
		Name: "labels", Rule: policy.LabelsRule, Ways: []Way{HeadWay}, Check: checkLabels,
		Needs: needStatement((*Case).wantsLabels), Parts: statementParts((*Case).wantsLabels),
		Code: func(*Case, Part) Reason { return LabelBlocked },
	}
}

// needStatement asks for labels and description where they matter.
func needStatement(matters func(*Case) bool) func(*Case, *Needs) {
	return func(k *Case, n *Needs) {
		if matters(k) {
			n.Statement = k.Event.Pull
		}
	}
}

func statementParts(matters func(*Case) bool) func(*Case) []Part {
	return func(k *Case) []Part {
		if matters(k) {
			return []Part{StatementPart}
		}
		return nil
	}
}

func (k *Case) wantsLabels() bool {
	if !k.ruled() {
		return false
	}
	wanted := k.Config.Resolved.Rules.Labels.Value
	return len(wanted.Require)+len(wanted.Forbid) > 0
}

func checkLabels(k *Case) Finding {
	if !k.wantsLabels() {
		return pass("labels do not matter")
	}
	wanted, there := k.Config.Resolved.Rules.Labels.Value, k.Statement.Labels
	missing := slices.DeleteFunc(slices.Clone(wanted.Require), func(label string) bool { return containsFold(there, label) })
	unwanted := slices.DeleteFunc(slices.Clone(wanted.Forbid), func(label string) bool { return !containsFold(there, label) })
	var said, hints []string
	if len(missing) > 0 {
		said = append(said, "The pull request lacks the "+either(missing, "label ", "labels ")+firstFew(missing)+", which "+
			markdown.Code(k.Target.Environment)+" asks for.")
		hints = append(hints, "add "+either(missing, "it", "them"))
	}
	if len(unwanted) > 0 {
		said = append(said, "The pull request has the "+either(unwanted, "label ", "labels ")+firstFew(unwanted)+", which "+
			either(unwanted, "keeps", "keep")+" it out of "+markdown.Code(k.Target.Environment)+".")
		hints = append(hints, "remove "+firstFew(unwanted)+" when the deployment may go ahead")
	}
	if len(said) == 0 {
		return pass("the labels of the pull request are as they should be")
	}
	hint := strings.Join(hints, ", ")
	return block(LabelBlocked, strings.Join(said, " "), Capitalized(hint)+", then run the command again.")
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return strings.EqualFold(other, name) })
}
