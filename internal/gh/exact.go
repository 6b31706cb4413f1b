package gh

import (
	"reflect"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// exactNode is a commit that a command names, if the repository has it.
type exactNode struct {
	Commit commitNode `graphql:"... on Commit"`
}

// containingNode is a branch that may contain the commit: it does where the commit has nothing
// over it.
type containingNode struct {
	Compare *struct{ AheadBy int } `graphql:"compare(headRef: $exactName)"`
}

// containingPullNode is a pull request whose head may contain the commit.
type containingPullNode struct {
	IsCrossRepository bool
	HeadRef           *containingNode
	Commits           struct {
		Nodes []struct{ Commit struct{ Oid string } }
	} `graphql:"commits(last: 100)"`
}

const (
	exactField       = "Exact"
	inStableField    = "InStable"
	inPullField      = "InPull"
	exactAlias       = "exact"
	inStableAlias    = "inStable"
	inPullAlias      = "inPull"
	exactTag         = `graphql:"exact: object(oid: $exact)"`
	inStableTag      = `graphql:"inStable: ref(qualifiedName: $stable)"`
	inPullRequestTag = `graphql:"inPull: pullRequest(number: $pull)"`
)

// exactFields ask for an exact commit, and where it is contained.
func exactFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	variables["exact"] = githubv4.GitObjectID(needs.Exact)
	variables["exactName"] = githubv4.String(needs.Exact)
	return []reflect.StructField{
		field[*exactNode](exactField, exactTag),
		field[*containingNode](inStableField, inStableTag),
		field[*containingPullNode](inPullField, inPullRequestTag),
	}
}

func convertExact(repository reflect.Value, needs deploy.Needs) deploy.ExactCommit {
	node := part[exactNode](repository, exactField)
	if needs.Exact == "" || node == nil || node.Commit.Oid == "" {
		return deploy.ExactCommit{}
	}
	stable := part[containingNode](repository, inStableField)
	pull := part[containingPullNode](repository, inPullField)
	return deploy.ExactCommit{
		Commit:    node.Commit.convert(),
		Contained: stable.contains() || pull.contains(node.Commit.Oid),
	}
}

func (n *containingNode) contains() bool {
	return n != nil && n.Compare != nil && n.Compare.AheadBy == 0
}

func (n *containingPullNode) contains(sha string) bool {
	if n == nil {
		return false
	}
	for _, node := range n.Commits.Nodes {
		if node.Commit.Oid == sha {
			return true
		}
	}
	return !n.IsCrossRepository && n.HeadRef.contains()
}
