package conform

import (
	"errors"
	"fmt"
	"sync"

	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

// Simulated returns the embedded simulator with a repository to play on, and the options that reach it with a token that
// has these permissions, or with nil all.
func Simulated(granted Permissions) (*sim.GitHub, Options, error) {
	schema, err := compiled()
	if err != nil {
		return nil, Options{}, err
	}
	g := sim.New(schema, sim.Repository{})
	options := prepare(g)
	if options.Permissions = granted; granted != nil {
		g.AddToken(sim.Token{Value: options.Token, Login: sim.ActionsLogin, Permissions: granted})
	}
	return g, options, nil
}

// compiled is the schema that all simulators share.
var compiled = sync.OnceValues(func() (*sim.Schema, error) { //nolint:gochecknoglobals // computed once, never changed
	files := testdata.Files()
	graphQL, errGraphQL := files.ReadFile("schema/github.graphql")
	openAPI, errOpenAPI := files.ReadFile("schema/rest.openapi.json")
	if err := errors.Join(errGraphQL, errOpenAPI); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return sim.LoadSchema(graphQL, openAPI)
})

// prepare gives a repository what some assumptions look at: an open pull request with a check of GitHub Actions and a
// status, classic protection of the default branch, and the workflow run in which the program runs.
func prepare(g *sim.GitHub) Options {
	g.AddUser(sim.User{Login: "octocat", Permission: "admin"})
	g.Push(sim.Commit{Message: "Second commit", Files: map[string]string{"second.txt": "second\n"}})
	g.OpenPull(sim.Pull{Author: "octocat", Head: "kept-open"})
	g.Check(sim.Check{Pull: 1, Name: "build", State: "success"})
	g.Check(sim.Check{Pull: 1, Name: "ci", State: "success", CommitStatus: true})
	g.Protect(sim.Protection{Checks: []string{"build"}})
	run := g.AddRun(sim.WorkflowRun{Name: "conformance", Event: "workflow_dispatch"})
	return Options{
		Repository: "acme/shop", Token: sim.DefaultToken, Transport: g.Client().Transport, Run: "sim", RunID: run,
	}
}
