package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// MostNodes is how many nodes one request may ask for.
const MostNodes = 500_000

// Cost is what GitHub counts of a request before it answers, whatever the answer will be.
type Cost struct {
	Requests int // one for each connection, times the elements that it can hang on
	Nodes    int // elements that the connections can bring
}

// Points are what a request costs of the hour's budget: a hundredth of its requests, and at least one.
func (c Cost) Points() int { return max(1, (c.Requests+50)/100) }

// Cost works out what the document costs: every connection is taken to be as long as it was asked for.
func (d *Document) Cost() Cost {
	var total Cost
	d.count(&total, d.operation.SelectionSet, 1)
	return total
}

func (d *Document) count(total *Cost, set ast.SelectionSet, parents int) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			d.count(total, selection.SelectionSet, d.connection(total, selection, parents))
		case *ast.InlineFragment:
			d.count(total, selection.SelectionSet, parents)
		case *ast.FragmentSpread:
			d.count(total, selection.Definition.SelectionSet, parents)
		}
	}
}

// connection adds a field to the cost if it is a connection, and tells how many objects stand below it.
func (d *Document) connection(total *Cost, field *ast.Field, parents int) int {
	if field.Definition == nil || !strings.HasSuffix(field.Definition.Type.Name(), "Connection") {
		return parents
	}
	args := Args{values: field.ArgumentMap(d.variables)}
	first, _ := args.Int("first")
	last, _ := args.Int("last")
	elements := parents * max(first, last)
	total.Requests, total.Nodes = total.Requests+parents, total.Nodes+elements
	return elements
}
