package gh

import (
	"fmt"
	"reflect"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// The types below are GitHub's GraphQL types, cut to the fields that are read. Field names follow
// the schema; aliases and arguments stand in the tags.

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
	Commits           struct {
		Nodes []struct{ Commit commitNode }
	} `graphql:"commits(last: 1)"`
}

type refNode struct {
	Name   string
	Target struct {
		Commit commitNode `graphql:"... on Commit"`
	}
}

type commitNode struct {
	Oid          string
	CommitURL    string
	AuthoredDate time.Time
	Tree         struct{ Oid string }
	Committer    *struct{ User *struct{ Login string } }
	Signature    *struct {
		IsValid    bool
		State      string
		VerifiedAt *time.Time
	}
}

// historyConnection is a page of deployments with their statuses.
type historyConnection struct {
	Nodes []struct {
		deploymentNode
		Statuses *struct {
			Nodes []struct{ State string }
		} `graphql:"statuses(first: 10)"`
	}
	PageInfo pageInfo
}

// deploymentConnection is a page of deployments that has no next one. A list inside of this list would
// make the query dearer with every environment.
type deploymentConnection struct{ Nodes []deploymentNode }

type deploymentNode struct {
	Environment  string
	CommitOid    string
	State        string
	Payload      *string
	CreatedAt    time.Time
	Creator      *struct{ Login string }
	LatestStatus *struct{ LogURL *string }
}

// pageInfo tells whether a list goes on, and where.
type pageInfo struct {
	HasNextPage bool
	EndCursor   *string
}

type rateLimitNode struct {
	Cost      int
	Remaining int
	ResetAt   time.Time
}

// How many deployments of an environment the first page holds: the one that counts, those among which our
// own may be, and those among which the active one may be.
const (
	newestPage  = 1
	historyPage = 5
	livePage    = 20
)

// repositoryQuery is the part of a document that describes one repository: its Go type, which the
// GraphQL client turns into the document, and the variables that it uses. Names that people chose
// travel as variables and never inside the document.
type repositoryQuery struct {
	needs     deploy.Needs
	fields    reflect.Type
	variables map[string]any
}

// newRepositoryQuery asks for everything that is needed, with one aliased field per environment.
func newRepositoryQuery(needs deploy.Needs) repositoryQuery {
	variables := map[string]any{}
	var fields []reflect.StructField
	if needs.Pull != 0 {
		variables["pull"] = githubv4.Int(needs.Pull) //nolint:gosec // GitHub numbers pull requests in 32 bits
		fields = append(fields, field[*pullNode](pullField, `graphql:"pullRequest(number: $pull)"`))
	}
	if needs.Gates {
		variables["stableName"] = githubv4.String(needs.StableBranch)
		fields = append(fields, field[*gatesNode](gatesField, `graphql:"gates: pullRequest(number: $pull)"`))
	}
	if needs.StableBranch != "" {
		variables["stable"] = githubv4.String("refs/heads/" + needs.StableBranch)
		fields = append(fields, field[*refNode](stableField, `graphql:"stable: ref(qualifiedName: $stable)"`))
	}
	if needs.Rules {
		fields = append(fields, field[*ruledNode](rulesField, `graphql:"ruled: ref(qualifiedName: $stable)"`))
	}
	if needs.Exact != "" {
		fields = append(fields, exactFields(needs, variables)...)
	}
	for i, environment := range needs.Environments {
		alias := environmentAlias(i)
		variables[alias] = []githubv4.String{githubv4.String(environment)}
		name := environmentField(i)
		if needs.Scope == deploy.UntilOwn {
			fields = append(fields, field[*historyConnection](name, deploymentsTag(alias, historyPage)))
		} else {
			fields = append(fields, field[*deploymentConnection](name, deploymentsTag(alias, newestPage)))
		}
	}
	if needs.Live != "" {
		variables[liveAlias] = []githubv4.String{githubv4.String(needs.Live)}
		fields = append(fields, field[*historyConnection](liveField, deploymentsTag(liveAlias, livePage)))
	}
	for i, branch := range needs.Locks {
		alias := lockAlias(i)
		variables[alias] = githubv4.String(branchRef(branch))
		fields = append(fields, field[*lockNode](lockField(i), reflect.StructTag(fmt.Sprintf(`graphql:"%s: ref(qualifiedName: $%s)"`, alias, alias))))
	}
	if needs.Template.Path != "" {
		variables[templateAlias] = githubv4.String(needs.Template.Commit + ":" + needs.Template.Path)
		fields = append(fields, field[*templateNode](templateField, `graphql:"template: object(expression: $template)"`))
	}
	fields = append(fields, field[string](repositoryField, ""), field[string](idField, ""))
	return repositoryQuery{needs: needs, fields: reflect.StructOf(fields), variables: variables}
}

const (
	pullField   = "PullRequest"
	gatesField  = "Gates"
	stableField = "Stable"
	rulesField  = "Ruled"

	repositoryField = "NameWithOwner"
	idField         = "ID"

	liveField     = "Live"
	liveAlias     = "live"
	templateField = "Template"
	templateAlias = "template"
)

// templateNode is the file that holds the template, if it is one.
type templateNode struct {
	Blob textNode `graphql:"... on Blob"`
}

// deploymentsTag asks for the newest deployments of the environment that the variable of the alias names.
func deploymentsTag(alias string, page int) reflect.StructTag {
	return reflect.StructTag(fmt.Sprintf(
		`graphql:"%s: deployments(environments: $%s, first: %d, orderBy: {field: CREATED_AT, direction: DESC})"`, alias, alias, page))
}

func environmentAlias(i int) string { return fmt.Sprintf("e%d", i) }
func environmentField(i int) string { return fmt.Sprintf("E%d", i) }

func field[T any](name string, tag reflect.StructTag) reflect.StructField {
	return reflect.StructField{Name: name, Type: reflect.TypeFor[T](), Tag: tag}
}

// part reads one field of an answer, nil when the field was not asked for or came back as null.
func part[T any](repository reflect.Value, name string) *T {
	value := repository.FieldByName(name)
	if !value.IsValid() {
		return nil
	}
	found, _ := reflect.TypeAssert[*T](value)
	return found
}
