package sim

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Schema is GitHub's contract in compiled form. One Schema serves any number of simulators.
type Schema struct {
	graph  *graph.Schema
	routes []*route
}

// LoadSchema compiles GitHub's GraphQL schema and OpenAPI description. It fails when a route
// that the simulator answers is missing in the description.
func LoadSchema(graphql, openapi []byte) (*Schema, error) {
	types, err := graph.LoadSchema(graphql)
	if err != nil {
		return nil, err
	}
	description, err := loadContract(openapi)
	if err != nil {
		return nil, err
	}
	routes, err := compileRoutes(description)
	if err != nil {
		return nil, fmt.Errorf("compile routes: %w", err)
	}
	return &Schema{graph: types, routes: routes}, nil
}
