package gh

import (
	"context"
	"reflect"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// policyNode is the default branch with the rules file at its newest commit: the text and the commit are one answer.
type policyNode struct {
	Target onCommit[struct {
		Oid  string
		File *struct {
			Object *struct {
				Blob textNode `graphql:"... on Blob"`
			}
		} `graphql:"file(path: $policy)"`
	}]
}

func convertPolicy(repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) {
	node := part[policyNode](repository, policyField)
	if node == nil {
		return
	}
	commit := node.Target.Commit
	facts.Policy = deploy.PolicyFile{Path: needs.Policy, Commit: commit.Oid, Exists: commit.File != nil}
	if commit.File == nil {
		return
	}
	text, problem := value(commit.File.Object).Blob.read()
	if problem != "" {
		facts.MarkUnavailable(deploy.PolicyPart, deploy.Problem{
			Text: "The rules file " + markdown.Code(needs.Policy) + " cannot be read, because " + problem + ".",
			Hint: "Correct the file on the default branch. Until then nothing is deployed.",
		})
	}
	facts.Policy.Text = text
}

// unreadPolicy says what to do when it is not known whether there are rules.
func unreadPolicy(problem deploy.Problem) deploy.Problem {
	return deploy.Problem{
		Text: "I cannot tell whether this repository has a rules file. " + problem.Text,
		Hint: problem.Hint + " Or, for none, set `policy_path: \"\"`.",
	}
}

const errNoFile = constant("the file is not there")

// PolicyAt returns the text of the rules file that a decision rests on, at the commit that it had then.
func (r *reader) PolicyAt(ctx context.Context, used plan.PolicyUsed) (string, error) {
	answer, err := queryRepository[struct {
		Object *struct {
			Blob textNode `graphql:"... on Blob"`
		} `graphql:"object(expression: $file)"`
	}](ctx, r.repository, map[string]any{"file": githubv4.String(used.Commit + ":" + used.Path)})
	text, problem := value(answer.Object).Blob.read()
	switch {
	case err != nil:
	case answer.Object == nil:
		err = errNoFile
	case problem != "":
		err = constant(problem)
	}
	return text, doing{"read the rules file", "contents: read"}.failed(err)
}
