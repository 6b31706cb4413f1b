package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// RulesView is what the page of a run shows of a rules file.
type RulesView struct {
	Path     string
	Compared bool // a pull request has a file that takes the place of the default branch's
	Unread   bool // the file of the default branch is broken
	Changes  []policy.Change

	Draft    string   // the file that equals the inputs, "" for none
	Replaced []string // inputs that go when it comes
	Left     []string // inputs that only the runner can work out, which it lacks
}

// changes shows what a pull request changes, value by value.
func (v RulesView) changes() string {
	if !v.Compared {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n### Rules before and after: " + markdown.Code(v.Path) + "\n\n")
	if v.Unread {
		b.WriteString("The file on the default branch is broken: what it says is left out.\n\n")
	}
	if len(v.Changes) == 0 {
		b.WriteString("The pull request changes no rule.\n")
		return b.String()
	}
	b.WriteString("| Environment | Key | Default branch | Pull request |\n| --- | --- | --- | --- |\n")
	for _, one := range v.Changes {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", orDash(one.Environment), orDash(one.Key), orDash(one.Before), orDash(one.After))
	}
	return b.String()
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return markdown.Cell(text)
}

// draft shows the file that equals the inputs.
func (v RulesView) draft() string {
	if v.Draft == "" {
		return ""
	}
	text := "\n### The rules file that equals the inputs\n\nThere is no rules file yet. Commit this one as " + markdown.Code(v.Path) + " to keep everything as it is"
	if len(v.Replaced) > 0 {
		text += ", and remove these inputs at the same time: " + markdown.Codes(v.Replaced, ", ")
	}
	text += ".\n\n" + markdown.Fence("yaml", v.Draft) + "\n"
	if len(v.Left) > 0 {
		text += "\nOnly a runner can work out these inputs; the file lacks what they say: " + markdown.Codes(v.Left, ", ") + ".\n"
	}
	return text
}
