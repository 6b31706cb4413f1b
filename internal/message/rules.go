package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// rules lists what the rules file says of each environment, or of the one that the command names, with the lines.
func rules(c config.Config, d deploy.Decision) string {
	if c.Policy == nil {
		return ""
	}
	names := c.Policy.Names()
	if d.About != "" {
		names = []string{d.About}
	}
	var b strings.Builder
	b.WriteString("\n### 📜 Rules\n\n| Environment | Key | Value | Line |\n| --- | --- | --- | --- |\n")
	for _, name := range names {
		for _, row := range rowsOf(c, name) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", markdown.Cell(name), row[0], row[1], row[2])
		}
	}
	fmt.Fprintf(&b, "\nTimes are in %s. A key of an environment replaces that of `defaults`, which replaces the input.\n", markdown.Code(c.Policy.Zone.String()))
	if d.About == "" {
		b.WriteString(orderGraph(c.Policy))
	}
	return b.String()
}

func rowsOf(c config.Config, environment string) [][3]string {
	ruled := c.For(environment).Resolved.Rules
	if ruled == nil {
		return nil
	}
	var rows [][3]string
	for _, row := range ruled.Rows() {
		rows = append(rows, [3]string{markdown.Cell(row.Key), markdown.Cell(markdown.Brief(row.Value)), fmt.Sprint(row.Line)})
	}
	if len(rows) == 0 {
		rows = [][3]string{{"–", "no rules", fmt.Sprint(ruled.Line)}}
	}
	return rows
}

// orderGraph draws which environment comes after which, nothing where none does.
func orderGraph(p *policy.Policy) string {
	var all []ordered
	for _, one := range p.Environments {
		all = append(all, ordered{one.Name, one.After.Value})
	}
	return graph(all)
}

// ordered is an environment with those that come right before it.
type ordered struct {
	name  string
	after []string
}

func graph(all []ordered) string {
	var b strings.Builder
	number := map[string]int{}
	for i, one := range all {
		number[one.name] = i
		fmt.Fprintf(&b, "  e%d[\"%s\"]\n", i, diagramText(one.name))
	}
	ordered := false
	for i, one := range all {
		for _, parent := range one.after {
			if before, known := number[parent]; known {
				ordered = true
				fmt.Fprintf(&b, "  e%d --> e%d\n", before, i)
			}
		}
	}
	if !ordered {
		return ""
	}
	return "\n<details><summary>Order</summary>\n\n```mermaid\nflowchart LR\n" + b.String() + "```\n\n</details>\n"
}

// diagramText returns a name as the text of a node in a Mermaid diagram, with entity codes for what is not a letter,
// digit or one of a few marks.
func diagramText(name string) string {
	var b strings.Builder
	for _, char := range name {
		switch {
		case char >= 'a' && char <= 'z', char >= 'A' && char <= 'Z', char >= '0' && char <= '9', strings.ContainsRune("-_./ ", char):
			b.WriteRune(char)
		default:
			fmt.Fprintf(&b, "#%d;", char)
		}
	}
	return b.String()
}
