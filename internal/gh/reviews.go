package gh

import (
	"reflect"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// opinionsNode are the reviews of a pull request of which nothing else is wanted.
type opinionsNode struct {
	Author   *struct{ Login string }
	Opinions *opinionConnection `graphql:"latestOpinionatedReviews(last: 100, writersOnly: true)"`
}

func (n *opinionsNode) hasOpinions() bool { return n != nil && n.Opinions != nil }

func (n *gatesNode) hasOpinions() bool { return n != nil && n.Opinions != nil }

// mergedNode is a commit with the pull requests that have it: those that were merged, and open ones only where the
// default branch does not have it.
type mergedNode struct {
	commitNode
	Parents struct {
		Nodes []struct{ Oid string }
	} `graphql:"parents(first: 5)"`
	AssociatedPullRequests *struct {
		Nodes []struct {
			opinionsNode
			Number      int
			MergedAt    *string
			HeadRefOid  string
			BaseRefName string
			MergeCommit *struct{ Oid string }
		}
		PageInfo struct{ HasNextPage bool }
	} `graphql:"associatedPullRequests(first: 5)"`
}

// defaultNode is the default branch.
type defaultNode struct {
	Name string
	containingNode
}

func readingMerged() doing {
	return doing{"find the pull request that brought the commit", "pull-requests: read` and `contents: read"}
}

// reviewFields ask for the reviews of a pull request, and for what brought a commit.
func reviewFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	var fields []reflect.StructField
	if needs.Opinions != 0 {
		variables["reviewed"] = githubv4.Int(needs.Opinions) //nolint:gosec // GitHub numbers pull requests in 32 bits
		fields = append(fields, field[*opinionsNode](opinionsField, ": pullRequest(number: $reviewed)"))
	}
	if needs.Merged.SHA != "" {
		variables["merged"] = githubv4.GitObjectID(needs.Merged.SHA)
		variables["exactName"] = githubv4.String(needs.Merged.SHA)
		variables["mergedIn"] = githubv4.String(branchRef(needs.Merged.Branch))
		fields = append(fields,
			field[*onCommit[mergedNode]](mergedField, ": object(oid: $merged)"),
			field[*containingNode](mergedInField, ": ref(qualifiedName: $mergedIn)"),
			field[*defaultNode](defaultField, ": defaultBranchRef"),
		)
	}
	return fields
}

func convertReviews(repository reflect.Value, facts *deploy.Facts) {
	if node := part[opinionsNode](repository, opinionsField); node != nil {
		facts.Pull.Reviews = node.Opinions.convert(value(node.Author).Login)
	}
	node := part[onCommit[mergedNode]](repository, mergedField)
	if node == nil || node.Commit.Oid == "" || node.Commit.AssociatedPullRequests == nil {
		return
	}
	facts.Merged = deploy.MergedCommit{
		SHA: node.Commit.Oid, Contained: part[containingNode](repository, mergedInField).contains(),
		Default: value(part[defaultNode](repository, defaultField)).Name,
		Commit:  node.Commit.convert(),
		Cut:     node.Commit.AssociatedPullRequests.PageInfo.HasNextPage,
	}
	if branch := part[defaultNode](repository, defaultField); branch != nil {
		facts.Merged.InDefault = branch.contains()
	}
	for _, one := range node.Commit.Parents.Nodes {
		facts.Merged.Parents = append(facts.Merged.Parents, one.Oid)
	}
	for _, one := range node.Commit.AssociatedPullRequests.Nodes {
		facts.Merged.Pulls = append(facts.Merged.Pulls, deploy.CommitPull{
			Reviews: one.Opinions.convert(value(one.Author).Login), Number: one.Number,
			Base: one.BaseRefName, Head: one.HeadRefOid, Merged: one.MergedAt != nil, MergeCommit: value(one.MergeCommit).Oid,
		})
	}
}
