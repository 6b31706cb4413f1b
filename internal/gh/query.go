package gh

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// The types below are GitHub's GraphQL types, cut to the fields that are read. Field names follow
// the schema; aliases and arguments are in the tags.

type pullNode struct {
	ID                string
	Number            int
	Title             string
	URL               string
	IsCrossRepository bool
	HeadRefName       string
	HeadRefOid        string
	HeadRef           *struct{ ID string }
	BaseRefName       string
	Author            *struct{ Login string }
	Commits           struct {
		Nodes []struct{ Commit commitNode }
	} `graphql:"commits(last: 1)"`
}

type refNode struct {
	Name   string
	Target onCommit[commitNode]
}

// onCommit reads a node that may be a commit. It is zero where it is something else.
type onCommit[T any] struct {
	Commit T `graphql:"... on Commit"`
}

type commitNode struct {
	Oid          string
	CommitURL    string
	AuthoredDate time.Time
	Tree         struct{ Oid string }
	Committer    *struct{ User *struct{ Login string } }
	Signature    *struct {
		IsValid bool
		State   string
	}
}

// signedNode is when GitHub verified a commit's signature. Older servers do not know that: it is asked for on its
// own, and only where it matters.
type signedNode struct {
	Oid       string
	Signature *struct{ VerifiedAt *time.Time }
}

type signedPullNode struct {
	Commits struct {
		Nodes []struct{ Commit signedNode }
	} `graphql:"commits(last: 1)"`
}

type signedTargetNode struct{ Target onCommit[signedNode] }

func signatureFields(needs deploy.Needs) []reflect.StructField {
	if !needs.Signatures || needs.Pull == 0 || needs.StableBranch == "" {
		return nil
	}
	fields := []reflect.StructField{
		field[*signedPullNode](signedPullField, ": pullRequest(number: $pull)"),
		field[*signedTargetNode](signedStableField, ": ref(qualifiedName: $stable)"),
	}
	if needs.Exact != "" {
		fields = append(fields, field[*onCommit[signedNode]](signedExactField, ": object(oid: $exact)"))
	}
	return fields
}

// addSignatures gives the commits of the facts the times at which GitHub verified their signatures.
func addSignatures(repository reflect.Value, facts *deploy.Facts) {
	signed := []signedNode{
		value(part[signedTargetNode](repository, signedStableField)).Target.Commit,
		value(part[onCommit[signedNode]](repository, signedExactField)).Commit,
	}
	for _, node := range value(part[signedPullNode](repository, signedPullField)).Commits.Nodes {
		signed = append(signed, node.Commit)
	}
	for _, commit := range []*deploy.Commit{&facts.Pull.Head, &facts.Stable.Head, &facts.Exact.Commit} {
		for _, node := range signed {
			if node.Oid != "" && node.Oid == commit.SHA {
				commit.VerifiedAt = known(value(node.Signature).VerifiedAt)
			}
		}
	}
}

type pageInfo struct {
	HasNextPage bool
	EndCursor   *string
}

// How many deployments of an environment the first page has.
const (
	newestPage  = 1  // the one that counts
	historyPage = 5  // one of ours may be among them
	livePage    = 20 // the active one may be among them
	deepPage    = 50 // the one that a rollback goes back to may be among them
	olderPage   = 100
	runPage     = 20 // all since the run of ours began may be among them
)

// repositoryQuery is the part of a document that describes one repository, as a Go type, with its variables. Names
// that people chose travel as variables and never inside the document.
type repositoryQuery struct {
	needs     deploy.Needs
	fields    reflect.Type
	variables map[string]any
}

// Names and aliases of the fields of a repositoryQuery. Lists have one field for each element.
const (
	nameField     = "nameWithOwner"
	idField       = "id"
	pullField     = "pullRequest"
	gatesField    = "gates"
	stableField   = "stable"
	rulesField    = "ruled"
	exactField    = "exact"
	inStableField = "inStable"
	inPullField   = "inPull"
	liveField     = "live"
	templateField = "template"
	policyField   = "defaultBranchRef"
	opinionsField = "reviewed"
	mergedField   = "merged"
	mergedInField = "mergedIn"
	defaultField  = "mergedDefault"

	signedPullField   = "signedPull"
	signedStableField = "signedStable"
	signedExactField  = "signedExact"
)

func environmentField(i int) string { return fmt.Sprintf("e%d", i) }
func lockField(i int) string        { return fmt.Sprintf("lock%d", i) }
func workField(i int) string        { return fmt.Sprintf("work%d", i) }

func newRepositoryQuery(needs deploy.Needs) repositoryQuery {
	variables := map[string]any{}
	fields := []reflect.StructField{field[string](nameField, ""), field[string](idField, "")}
	if needs.Pull != 0 {
		variables["pull"] = githubv4.Int(needs.Pull) //nolint:gosec // GitHub numbers pull requests in 32 bits
		fields = append(fields, field[*pullNode](pullField, "(number: $pull)"))
	}
	if needs.Gates {
		variables["stableName"] = githubv4.String(needs.StableBranch)
		fields = append(fields, field[*gatesNode](gatesField, ": pullRequest(number: $pull)"))
	}
	if needs.StableBranch != "" {
		variables["stable"] = githubv4.String(branchRef(needs.StableBranch))
		fields = append(fields, field[*refNode](stableField, ": ref(qualifiedName: $stable)"))
	}
	if needs.Rules {
		fields = append(fields, field[*ruledNode](rulesField, ": ref(qualifiedName: $stable)"))
	}
	fields = append(fields, exactFields(needs, variables)...)
	fields = append(fields, signatureFields(needs)...)
	fields = append(fields, deploymentFields(needs, variables)...)
	fields = append(fields, boardFields(needs, variables)...)
	fields = append(fields, lockFields(needs, variables)...)
	fields = append(fields, statementFields(needs, variables)...)
	if needs.Template.Path != "" {
		variables[templateField] = githubv4.String(needs.Template.Commit + ":" + needs.Template.Path)
		fields = append(fields, field[*templateNode](templateField, ": object(expression: $template)"))
	}
	if needs.Policy != "" {
		variables["policy"] = githubv4.String(needs.Policy)
		fields = append(fields, field[*policyNode](policyField, ""))
	}
	fields = append(fields, reviewFields(needs, variables)...)
	return repositoryQuery{needs: needs, fields: object(fields...), variables: variables}
}

// asks reports whether there is anything to ask but which repository it is.
func (q repositoryQuery) asks() bool { return q.fields.NumField() > 2 }

func lockFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	var fields []reflect.StructField
	for i, branch := range needs.Locks {
		name := lockField(i)
		variables[name] = githubv4.String(branchRef(branch))
		fields = append(fields, field[*lockNode](name, ": ref(qualifiedName: $"+name+")"))
		if needs.LockWork != "" {
			variables["stableName"] = githubv4.String(needs.LockWork)
			fields = append(fields, field[*workNode](workField(i), ": ref(qualifiedName: $"+name+")"))
		}
	}
	return fields
}

func deploymentFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	asks := func(name, environment string, page int) string {
		variables[name] = []githubv4.String{githubv4.String(environment)}
		return newestDeployments(name, page, "")
	}
	var fields []reflect.StructField
	page := historyPage
	if needs.Scope == deploy.SinceItsRun {
		page = runPage
	}
	for i, environment := range needs.Environments {
		name := environmentField(i)
		switch {
		case slices.Contains(needs.Board.Environments, environment): // it is read there
		case needs.Times && needs.Scope == deploy.Newest:
			fields = append(fields, field[*timesConnection](name, asks(name, environment, newestPage)))
		case needs.Times:
			fields = append(fields, field[*timesConnection](name, asks(name, environment, page)))
		case needs.Scope != deploy.Newest:
			fields = append(fields, field[*historyConnection](name, asks(name, environment, page)))
		default:
			fields = append(fields, field[*deploymentConnection](name, asks(name, environment, newestPage)))
		}
	}
	switch {
	case needs.Live == "":
	case needs.Older != "":
		variables["older"] = githubv4.String(needs.Older)
		variables[liveField] = []githubv4.String{githubv4.String(needs.Live)}
		fields = append(fields, field[*recordConnection](liveField, newestDeployments(liveField, olderPage, ", after: $older")))
	case needs.History:
		fields = append(fields, field[*recordConnection](liveField, asks(liveField, needs.Live, deepPage)))
	default:
		fields = append(fields, field[*historyConnection](liveField, asks(liveField, needs.Live, livePage)))
	}
	return fields
}

// newestDeployments is the field with a page of the deployments of the environments in a variable; where says behind what.
func newestDeployments(variable string, page int, where string) string {
	return fmt.Sprintf(": deployments(environments: $%s, first: %d%s, orderBy: {field: CREATED_AT, direction: DESC})", variable, page, where)
}

type templateNode struct {
	Blob textNode `graphql:"... on Blob"`
}

// field is a field of a query: its name with arguments, or its alias with the field behind it.
func field[T any](name, asks string) reflect.StructField {
	return fieldOf(reflect.TypeFor[T](), name, asks)
}

func fieldOf(t reflect.Type, name, asks string) reflect.StructField {
	return reflect.StructField{Name: goName(name), Type: t, Tag: reflect.StructTag(`graphql:"` + name + asks + `"`)}
}

// repositoryField asks for fields of the repository that the variables name.
func repositoryField(fields reflect.Type) reflect.StructField {
	return fieldOf(reflect.PointerTo(fields), "repository", "(owner: $owner, name: $name)")
}

// queryFields asks for fields of the repository that are known only now. Parts of the answer may fail on their own: their
// errors come with it.
func (r *repository) queryFields(ctx context.Context, fields []reflect.StructField, variables map[string]any) (reflect.Value, []*GraphError, error) {
	document := reflect.New(object(repositoryField(object(fields...))))
	problems, err := r.graph.queryParts(ctx, document.Interface(), r.variables(variables))
	got := document.Elem().Field(0)
	if err == nil && got.IsNil() {
		err = strict(problems, errNoRepository)
	}
	return reflect.Indirect(got), problems, err
}

func object(fields ...reflect.StructField) reflect.Type { return reflect.StructOf(fields) }

func part[T any](answer reflect.Value, name string) *T {
	value := answer.FieldByName(goName(name))
	if !value.IsValid() {
		return nil
	}
	found, _ := reflect.TypeAssert[*T](value)
	return found
}

func goName(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// containingNode is a branch that contains the commit where that has nothing over it.
type containingNode struct {
	Compare *struct{ AheadBy int } `graphql:"compare(headRef: $exactName)"`
}

type containingPullNode struct {
	IsCrossRepository bool
	HeadRef           *containingNode
	Commits           struct {
		Nodes []struct{ Commit struct{ Oid string } }
	} `graphql:"commits(last: 100)"`
}

func exactFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	if needs.Exact == "" {
		return nil
	}
	variables["exact"] = githubv4.GitObjectID(needs.Exact)
	variables["exactName"] = githubv4.String(needs.Exact)
	return []reflect.StructField{
		field[*onCommit[commitNode]](exactField, ": object(oid: $exact)"),
		field[*containingNode](inStableField, ": ref(qualifiedName: $stable)"),
		field[*containingPullNode](inPullField, ": pullRequest(number: $pull)"),
	}
}

func convertExact(repository reflect.Value, needs deploy.Needs) deploy.ExactCommit {
	node := part[onCommit[commitNode]](repository, exactField)
	if needs.Exact == "" || node == nil || node.Commit.Oid == "" {
		return deploy.ExactCommit{}
	}
	stable := part[containingNode](repository, inStableField)
	pull := part[containingPullNode](repository, inPullField)
	return deploy.ExactCommit{
		Commit:    node.Commit.convert(),
		Contained: stable.contains() || pull.contains(node.Commit.Oid),
		InStable:  stable.contains(),
	}
}

func (n *containingNode) contains() bool {
	return n != nil && n.Compare != nil && n.Compare.AheadBy == 0
}

func (n *containingPullNode) contains(sha string) bool {
	if n == nil {
		return false
	}
	isIt := func(node struct{ Commit struct{ Oid string } }) bool { return node.Commit.Oid == sha }
	return slices.ContainsFunc(n.Commits.Nodes, isIt) || !n.IsCrossRepository && n.HeadRef.contains()
}
