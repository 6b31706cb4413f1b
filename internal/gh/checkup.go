package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// examiner reads what a check-up of a setup is about.
type examiner struct{ *reader }

// WorkflowFiles reads the workflow files of a commit.
func (e *examiner) WorkflowFiles(ctx context.Context, commit string) ([]checkup.File, *deploy.Problem) {
	const directory = ".github/workflows"
	repository, err := queryRepository[struct {
		Object *struct {
			Tree struct {
				Entries []struct {
					Name   string
					Object *struct {
						Blob textNode `graphql:"... on Blob"`
					}
				}
			} `graphql:"... on Tree"`
		} `graphql:"object(expression: $directory)"`
	}](ctx, e.repository, map[string]any{"directory": githubv4.String(commit + ":" + directory)})
	if err != nil {
		return nil, new(explainInTime(ctx, doing{"read the workflow files", "contents: read"}.failed(err)))
	}
	if repository.Object == nil {
		return nil, nil
	}
	var files []checkup.File
	for _, entry := range repository.Object.Tree.Entries {
		isWorkflow := strings.HasSuffix(entry.Name, ".yml") || strings.HasSuffix(entry.Name, ".yaml")
		if !isWorkflow || entry.Object == nil {
			continue
		}
		if text, unreadable := entry.Object.Blob.read(); unreadable == "" {
			files = append(files, checkup.File{Path: directory + "/" + entry.Name, Text: text})
		}
	}
	return files, nil
}

// Checkup reads what GitHub knows about a setup, all at once. What cannot be read is marked.
func (e *examiner) Checkup(ctx context.Context, needs checkup.Needs) checkup.Facts {
	var facts checkup.Facts
	var group sync.WaitGroup
	var mutex sync.Mutex
	read := func(reader func(context.Context, checkup.Needs, *checkup.Facts) error, what doing, parts ...checkup.Part) {
		group.Go(func() {
			err := what.failed(reader(ctx, needs, &facts))
			mutex.Lock()
			defer mutex.Unlock()
			for _, part := range parts {
				if err != nil {
					facts.MarkUnavailable(part, explainInTime(ctx, err))
				}
			}
		})
	}
	read(e.deployed, doing{"read deployments and rules", "deployments: read"}, checkup.DeploymentsPart)
	read(e.environments, doing{"list the environments", "actions: read"}, checkup.EnvironmentsPart)
	read(e.named, doing{"read the templates and labels", "contents: read"}, checkup.TemplatesPart, checkup.LabelsPart)
	read(e.lockRules, doing{"read the rules for locks", "contents: read"}, checkup.LockRulesPart)
	group.Go(func() { facts.Token = e.tryOut(ctx, needs) })
	group.Wait()
	return facts
}

// explainInTime says why something could not be read: because it failed, or because the time for it was over,
// which says nothing about GitHub's answer.
func explainInTime(ctx context.Context, err error) deploy.Problem {
	if ctx.Err() != nil {
		return deploy.Problem{Text: "There was no time left for it: GitHub answers slowly, or not at all.", Hint: "Ask again later."}
	}
	return Explain(err)
}

func (e *examiner) deployed(ctx context.Context, needs checkup.Needs, facts *checkup.Facts) (err error) {
	facts.Deploy, err = e.queryFacts(ctx, needs.Deploy)
	return err
}

func (e *examiner) environments(ctx context.Context, _ checkup.Needs, facts *checkup.Facts) error {
	repository, err := queryRepository[struct {
		IsPrivate    bool
		Environments struct {
			Nodes []struct {
				Name            string
				ProtectionRules struct {
					Nodes []struct{ Type string }
				} `graphql:"protectionRules(first: 10)"`
			}
			PageInfo struct{ HasNextPage bool }
		} `graphql:"environments(first: 100)"`
	}](ctx, e.repository, map[string]any{})
	if err != nil {
		return err
	}
	for _, node := range repository.Environments.Nodes {
		environment := checkup.Environment{Name: node.Name}
		for _, rule := range node.ProtectionRules.Nodes {
			environment.Rules = append(environment.Rules, rule.Type)
		}
		facts.Environments = append(facts.Environments, environment)
	}
	facts.Unlisted, facts.Private = repository.Environments.PageInfo.HasNextPage, repository.IsPrivate
	return nil
}

// named reads what the settings name: templates and labels, one aliased field each.
func (e *examiner) named(ctx context.Context, needs checkup.Needs, facts *checkup.Facts) error {
	if len(needs.Files) == 0 && len(needs.Labels) == 0 {
		return nil
	}
	variables := map[string]any{}
	var fields []reflect.StructField
	for i, path := range needs.Files {
		name := fmt.Sprintf("t%d", i)
		variables[name] = githubv4.String(needs.Commit + ":" + path)
		fields = append(fields, field[*templateNode](name, ": object(expression: $"+name+")"))
	}
	for i, label := range needs.Labels {
		name := fmt.Sprintf("l%d", i)
		variables[name] = githubv4.String(label)
		fields = append(fields, field[*labelNode](name, ": label(name: $"+name+")"))
	}
	got, problems, err := e.queryFields(ctx, fields, variables)
	if err = strict(problems, err); err != nil {
		return err
	}
	facts.Files, facts.Labels = map[string]*string{}, map[string]bool{}
	for i, path := range needs.Files {
		facts.Files[path] = part[templateNode](got, fmt.Sprintf("t%d", i)).text()
	}
	for i, label := range needs.Labels {
		facts.Labels[label] = part[labelNode](got, fmt.Sprintf("l%d", i)) != nil
	}
	return nil
}

type labelNode struct{ Name string }

func (n *templateNode) text() *string {
	if n == nil {
		return nil
	}
	if text, unreadable := n.Blob.read(); unreadable == "" {
		return &text
	}
	return nil
}

// lockRules reads which types of rules apply to each branch, which need not exist. The client library does not
// know all types.
func (e *examiner) lockRules(ctx context.Context, needs checkup.Needs, facts *checkup.Facts) error {
	facts.LockRules = map[string][]string{}
	var mutex sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for _, branch := range needs.Locks {
		group.Go(func() error {
			var answer []struct {
				Type string `json:"type"`
			}
			_, err := e.rest.send(ctx, http.MethodGet, e.path("rules/branches/%s?per_page=100", segment(branch)), nil, &answer)
			mutex.Lock()
			defer mutex.Unlock()
			facts.LockRules[branch] = nil
			for _, one := range answer {
				facts.LockRules[branch] = append(facts.LockRules[branch], one.Type)
			}
			return err
		})
	}
	return group.Wait()
}

// trial is a request that needs a permission and cannot do anything.
type trial struct {
	permission, purpose string
	method, path        string // below the repository's address
	body                any
}

// tryOut finds out which of the wanted permissions the token has. GitHub does not say, but it looks at the
// permission before it looks at the request: one that cannot work shows the difference and changes nothing.
func (e *examiner) tryOut(ctx context.Context, needs checkup.Needs) []checkup.Grant {
	trials := slices.DeleteFunc(trials(needs), func(t trial) bool { return !slices.Contains(needs.Permissions, t.permission) })
	grants := make([]checkup.Grant, len(trials))
	var group sync.WaitGroup
	for i, one := range trials {
		group.Go(func() {
			_, err := e.rest.send(ctx, one.method, e.path("%s", one.path), one.body, nil)
			grants[i] = one.grant(ctx, err)
		})
	}
	group.Wait()
	return grants
}

// grant draws a conclusion only from what leaves no doubt: that GitHub refuses a token, and that it looked at
// what was asked for. An archived repository, an address that is not let in, a limit, or an answer that hides
// whether there is anything, say nothing about permissions.
func (t trial) grant(ctx context.Context, err error) checkup.Grant {
	grant := checkup.Grant{Permission: t.permission, For: t.purpose}
	err = doing{"find out whether the token may " + t.purpose, t.permission}.failed(err)
	refused, isOurs := errors.AsType[*Error](err)
	switch {
	case err == nil || isOurs && refused.Status == http.StatusUnprocessableEntity:
		grant.Allowed = true
	case isOurs && refused.Status == http.StatusForbidden && strings.Contains(refused.Message, "not accessible by"):
		grant.Personal = strings.Contains(refused.Message, "personal access token")
	default:
		problem := explainInTime(ctx, err)
		if Denied(err) {
			problem.Hint = "" // it is no permission that is missing
		}
		grant.Problem = &problem
	}
	return grant
}

func trials(needs checkup.Needs) []trial {
	return []trial{
		{"contents: write", "take locks", http.MethodPost, "git/refs", map[string]any{"ref": "refs/heads/lockstep-doctor", "sha": noCommit}},
		{"deployments: write", "create deployments", http.MethodPost, "deployments", map[string]any{
			"ref": noCommit, "environment": "lockstep-doctor", "auto_merge": false, "required_contexts": []string{},
		}},
		{"actions: read", "see whether a run has ended", http.MethodGet, fmt.Sprintf("actions/runs/%d", needs.Run), nil},
		{"checks: read", "read check runs", http.MethodGet, "commits/" + segment(needs.Commit) + "/check-runs?per_page=1", nil},
		{"statuses: write", "write commit statuses", http.MethodPost, "statuses/" + noCommit, map[string]any{"state": "success", "context": "lockstep-doctor"}},
		{"statuses: read", "read commit statuses", http.MethodGet, "commits/" + segment(needs.Commit) + "/status?per_page=1", nil},
	}
}
