package conform

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

// Simulate plays the table on the embedded simulator: each row on a repository of its own, which has what the row needs,
// with a token that suits it. It calls observe with each row.
func Simulate(ctx context.Context, observe func(Row)) (Report, error) {
	var all Report
	for _, one := range Table() {
		_, options, err := Simulated(one)
		if err != nil {
			return Report{}, err
		}
		options.Observe = observe
		session, err := Open(ctx, options)
		if ctx.Err() != nil {
			return all, nil
		}
		if err != nil {
			return Report{}, err
		}
		report, err := session.Play(ctx, []Assumption{one})
		if err != nil && ctx.Err() == nil {
			return Report{}, err
		}
		all.Rows, all.Left = append(all.Rows, report.Rows...), append(all.Left, report.Left...)
	}
	return all, nil
}

// Simulated returns the embedded simulator with a repository to play an assumption on, and the options that reach it
// with a token that suits the assumption; the zero Assumption needs nothing.
func Simulated(a Assumption) (*sim.GitHub, Options, error) {
	schema, err := compiled()
	if err != nil {
		return nil, Options{}, err
	}
	g := sim.New(schema, sim.Repository{})
	prepare(g)
	if a.Arrange != nil {
		a.Arrange(g)
	}
	options := suit(g, a)
	options.Repository, options.Transport, options.Run = "acme/shop", g.Client().Transport, "sim"
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

// prepare gives a repository what many assumptions look at: an open pull request with a check of GitHub Actions and a
// status, and classic protection of the default branch.
func prepare(g *sim.GitHub) {
	g.AddUser(sim.User{Login: "octocat", Permission: "admin"})
	g.Push(sim.Commit{Message: "Second commit", Files: map[string]string{"second.txt": "second\n"}})
	g.OpenPull(sim.Pull{Author: "octocat", Head: "kept-open"})
	g.Check(sim.Check{Pull: 1, Name: "build", State: "success"})
	g.Check(sim.Check{Pull: 1, Name: "ci", State: "success", CommitStatus: true})
	g.Protect(sim.Protection{Checks: []string{"build"}})
}

// usual are the permissions of the usual token: those of the workflow's job with the most.
func usual() Permissions {
	return Permissions{
		"contents": "write", "pull-requests": "write", "checks": "read", "statuses": "write", "deployments": "write", "actions": "read",
	}
}

// suit adds the token that suits an assumption: that of a workflow run with the usual permissions, but for the one that
// it must not have, or a person's.
func suit(g *sim.GitHub, a Assumption) Options {
	if a.Personal {
		token := sim.Token{Value: "github_pat_sim", Login: "octocat", Kind: sim.FineGrainedToken}
		g.AddToken(token)
		return Options{Token: token.Value, Called: "a fine-grained personal token"}
	}
	o := Options{Token: sim.DefaultToken, Permissions: usual(), RunID: g.AddRun(sim.WorkflowRun{Name: "conformance", Event: "workflow_dispatch"})}
	if o.Permissions.allow(a.Lacks) {
		maps.DeleteFunc(o.Permissions, func(name, _ string) bool { return name == nameOf(a.Lacks) })
		o.Called = "a token without `" + a.Lacks + "`"
	}
	g.AddToken(sim.Token{Value: o.Token, Login: sim.ActionsLogin, Permissions: o.Permissions})
	return o
}
