package gh

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// rehearsalsField is the commit whose commit statuses a board asks for; contextField is one of them.
const rehearsalsField = "rehearsals"

func boardField(i int) string   { return fmt.Sprintf("b%d", i) }
func contextField(i int) string { return fmt.Sprintf("context%d", i) }

// boardFields ask for the newest deployments of each environment: fifty environments are six points.
func boardFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	var fields []reflect.StructField
	for i, environment := range needs.Board.Environments {
		name := boardField(i)
		variables[name] = []githubv4.String{githubv4.String(environment)}
		fields = append(fields, field[*recordConnection](name, newestDeployments(name, deploy.BoardDepth, "")))
	}
	return append(fields, rehearsalFields(needs.Board.Rehearsals, variables)...)
}

// rehearsalFields ask for the newest commit status of several contexts of one commit.
func rehearsalFields(wanted []deploy.StatusOf, variables map[string]any) []reflect.StructField {
	if len(wanted) == 0 {
		return nil
	}
	variables["boardCommit"] = githubv4.GitObjectID(wanted[0].Commit)
	var contexts []reflect.StructField
	for i, one := range wanted {
		variables[contextField(i)] = githubv4.String(one.Context)
		contexts = append(contexts, field[*contextNode](contextField(i), ": context(name: $"+contextField(i)+")"))
	}
	commit := object(field[string]("oid", ""), fieldOf(reflect.PointerTo(object(contexts...)), "status", ""))
	onCommit := object(reflect.StructField{Name: "Commit", Type: commit, Tag: `graphql:"... on Commit"`})
	return []reflect.StructField{fieldOf(reflect.PointerTo(onCommit), rehearsalsField, ": object(oid: $boardCommit)")}
}

func convertRehearsals(repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) {
	node := repository.FieldByName(goName(rehearsalsField))
	if !node.IsValid() || node.IsNil() {
		return
	}
	commit := node.Elem().FieldByName("Commit")
	oid, status := commit.FieldByName("Oid").String(), commit.FieldByName("Status")
	if oid == "" {
		return
	}
	facts.Board.Rehearsals = map[deploy.StatusOf]deploy.Rehearsal{}
	for i, asked := range needs.Board.Rehearsals {
		var found contextNode
		if !status.IsNil() {
			found = value(part[contextNode](status.Elem(), contextField(i)))
		}
		answered := deploy.StatusOf{Commit: oid, Context: asked.Context}
		facts.Board.Rehearsals[answered] = found.convert(answered)
	}
}

// newest returns the deployments of a first page.
func (c *recordConnection) newest() []deploy.Deployment {
	all := c.convert()
	markFirst(all, c.PageInfo)
	return all
}

// addBoard adds the newest deployments of each environment.
func (r *reader) addBoard(ctx context.Context, repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) error {
	group, groupContext := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	read := make([][]deploy.Deployment, len(needs.Board.Environments))
	for i := range needs.Board.Environments {
		if page := part[recordConnection](repository, boardField(i)); page != nil {
			group.Go(func() (err error) {
				read[i], err = r.boardOf(groupContext, i, page, needs, facts.Locks)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, environment := range needs.Board.Environments {
		if slices.ContainsFunc(read[i], func(d deploy.Deployment) bool { return !envname.Same(d.Environment, environment) }) {
			facts.MarkUnavailable(deploymentsOf(environment), otherEnvironment(environment))
		}
		facts.Deployments[environment] = read[i]
	}
	return nil
}

// boardOf returns the deployments of an environment, with the state of the runs that made those under way. Where only our
// own count for the order, it reads on until there is one.
func (r *reader) boardOf(ctx context.Context, i int, page *recordConnection, needs deploy.Needs, locks map[string]deploy.Lock) ([]deploy.Deployment, error) {
	environment, all := needs.Board.Environments[i], page.newest()
	looked := 1 // at the newest one: it tells the state of the environment
	if len(needs.Board.Environments) == 1 {
		looked = deploy.ShownDeployments
	}
	for at := range all[:min(looked, len(all))] {
		r.findCreator(ctx, needs.Run, locks, &all[at])
	}
	if needs.Scope == deploy.Newest || !slices.Contains(needs.Environments, environment) {
		return all, nil
	}
	return historyBehind[timedStateNode](ctx, r, environment, all, page.PageInfo)
}

func otherEnvironment(environment string) deploy.Problem {
	return deploy.Problem{
		Text: "GitHub answered with deployments of another environment than " + markdown.Code(environment) + ".",
		Hint: "Run the command again.",
	}
}

// compare makes the comparisons that a board needs.
func (r *reader) compare(ctx context.Context, wanted []deploy.Comparison) map[deploy.Comparison]deploy.Compared {
	found := make([]changes, len(wanted))
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i, one := range wanted {
		group.Go(func() error {
			found[i] = r.changes(ctx, one)
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
	all := map[deploy.Comparison]deploy.Compared{}
	for i, one := range wanted {
		all[one] = deploy.Compared{Changes: found[i].found, Problem: found[i].problem}
	}
	return all
}
