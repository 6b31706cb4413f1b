package gh

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// statementNode is what people say about a pull request.
type statementNode struct {
	Body   string
	Labels *struct {
		Nodes    []struct{ Name string }
		PageInfo struct{ HasNextPage bool }
	} `graphql:"labels(first: 100)"`
}

// rehearsalNode is a commit with the newest commit status of one context.
type rehearsalNode struct {
	Oid    string
	Status *struct {
		Context *contextNode `graphql:"context(name: $rehearsalContext)"`
	}
}

// contextNode is the newest commit status of a context.
type contextNode struct {
	State   string
	Creator *struct {
		Typename string `graphql:"__typename"`
		Login    string
	}
}

// Names of the fields of this file.
const (
	statementField = "about"
	rehearsalField = "rehearsal"
	viewerField    = "viewer"
)

type viewerNode struct{ Login string }

func statementFields(needs deploy.Needs, variables map[string]any) []reflect.StructField {
	var fields []reflect.StructField
	if needs.Rehearsal.Commit != "" {
		variables["rehearsed"] = githubv4.GitObjectID(needs.Rehearsal.Commit)
		variables["rehearsalContext"] = githubv4.String(needs.Rehearsal.Context)
		fields = append(fields, field[*onCommit[rehearsalNode]](rehearsalField, ": object(oid: $rehearsed)"))
	}
	if needs.Statement != 0 {
		variables["pull"] = githubv4.Int(needs.Statement) //nolint:gosec // GitHub numbers pull requests in 32 bits
		fields = append(fields, field[*statementNode](statementField, ": pullRequest(number: $pull)"))
	}
	return fields
}

func convertStatements(repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) {
	if node := part[statementNode](repository, statementField); node != nil {
		facts.Statement = node.convert()
		if value(node.Labels).PageInfo.HasNextPage {
			facts.MarkUnavailable(deploy.StatementPart, deploy.Problem{
				Text: "GitHub shows the pull request with more than 100 labels, which is more than there can be.",
				Hint: "Run the command again.",
			})
		}
	}
	if node := part[onCommit[rehearsalNode]](repository, rehearsalField); node != nil && node.Commit.Oid != "" {
		answered := deploy.StatusOf{Commit: node.Commit.Oid, Context: needs.Rehearsal.Context}
		facts.Rehearsal = value(value(node.Commit.Status).Context).convert(answered)
	}
}

func (n *statementNode) convert() deploy.Statement {
	stated := deploy.Statement{Body: n.Body}
	for _, label := range value(n.Labels).Nodes {
		stated.Labels = append(stated.Labels, label.Name)
	}
	return stated
}

func (n contextNode) convert(of deploy.StatusOf) deploy.Rehearsal {
	rehearsal := deploy.Rehearsal{StatusOf: of, State: n.State}
	switch creator := value(n.Creator); creator.Typename {
	case "Bot": // its login lacks the suffix that the token's own user has
		rehearsal.Creator = strings.TrimSuffix(creator.Login, botSuffix) + botSuffix
	case "User":
		rehearsal.Creator = creator.Login
	}
	return rehearsal
}

// botSuffix ends the login of an app's user. No login that a person chooses can have it.
const botSuffix = "[bot]"

func settingCommitStatus() doing { return doing{"write the commit status", "statuses: write"} }

// setCommitStatus writes a commit status. The newest of a context counts: to write it twice is harmless.
func (d *deployer) setCommitStatus(ctx context.Context, e plan.SetCommitStatus) error {
	body := map[string]string{"state": e.State, "context": e.Context, "description": shortened(e.Description)}
	if e.TargetURL != "" {
		body["target_url"] = e.TargetURL
	}
	var written struct {
		ID int64 `json:"id"`
	}
	_, err := d.rest.send(mayRepeat(ctx), http.MethodPost, d.path("statuses/%s", segment(e.SHA)), body, &written)
	return settingCommitStatus().failed(created(written.ID, err))
}

func shortened(description string) string {
	runes := []rune(description)
	return string(runes[:min(len(runes), maxDescription)])
}
