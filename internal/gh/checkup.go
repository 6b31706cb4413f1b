package gh

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// WorkflowFiles reads the workflow files of a commit.
func (c *Client) WorkflowFiles(ctx context.Context, commit string) ([]checkup.File, *deploy.Problem) {
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
	}](ctx, c, map[string]any{"directory": githubv4.String(commit + ":" + directory)})
	if err != nil {
		problem := explainInTime(ctx, doing{"read the workflow files", "contents: read"}.failed(err))
		return nil, &problem
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
func (c *Client) Checkup(ctx context.Context, needs checkup.Needs) checkup.Facts {
	var facts checkup.Facts
	var group sync.WaitGroup
	var mutex sync.Mutex
	read := func(what doing, reader func() error, parts ...checkup.Part) {
		group.Go(func() {
			err := what.failed(reader())
			mutex.Lock()
			defer mutex.Unlock()
			for _, part := range parts {
				if err != nil {
					facts.MarkUnavailable(part, explainInTime(ctx, err))
				}
			}
		})
	}
	read(doing{"read deployments and rules", "deployments: read"}, func() (err error) {
		facts.Deploy, err = c.queryFacts(ctx, needs.Deploy)
		return err
	}, checkup.DeploymentsPart)
	read(doing{"list the environments", "actions: read"}, func() error {
		return c.environments(ctx, &facts)
	}, checkup.EnvironmentsPart)
	read(doing{"read the templates and labels", "contents: read"}, func() (err error) {
		facts.Templates, facts.Labels, err = c.named(ctx, needs)
		return err
	}, checkup.TemplatesPart, checkup.LabelsPart)
	read(doing{"read the rules for locks", "contents: read"}, func() (err error) {
		facts.LockRules, err = c.lockRules(ctx, needs.Locks)
		return err
	}, checkup.LockRulesPart)
	group.Go(func() { facts.Token = c.tryOut(ctx, needs) })
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

// environments lists the environments with their protection rules, and says who may see the repository.
func (c *Client) environments(ctx context.Context, facts *checkup.Facts) error {
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
	}](ctx, c, map[string]any{})
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
func (c *Client) named(ctx context.Context, needs checkup.Needs) (map[string]*string, map[string]bool, error) {
	if len(needs.Templates) == 0 && len(needs.Labels) == 0 {
		return nil, nil, nil
	}
	variables := map[string]any{}
	var fields []reflect.StructField
	for i, path := range needs.Templates {
		name := fmt.Sprintf("t%d", i)
		variables[name] = githubv4.String(needs.Commit + ":" + path)
		fields = append(fields, field[*templateNode](name, ": object(expression: $"+name+")"))
	}
	for i, label := range needs.Labels {
		name := fmt.Sprintf("l%d", i)
		variables[name] = githubv4.String(label)
		fields = append(fields, field[*labelNode](name, ": label(name: $"+name+")"))
	}
	repository := reflect.PointerTo(reflect.StructOf(fields))
	document := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Repository", Type: repository, Tag: `graphql:"repository(owner: $owner, name: $name)"`},
	}))
	if err := c.graph.query(ctx, document.Interface(), c.variables(variables)); err != nil {
		return nil, nil, err
	}
	got := document.Elem().FieldByName("Repository")
	if got.IsNil() {
		return nil, nil, errNoRepository
	}
	templates, labels := map[string]*string{}, map[string]bool{}
	for i, path := range needs.Templates {
		templates[path] = part[templateNode](got.Elem(), fmt.Sprintf("t%d", i)).text()
	}
	for i, label := range needs.Labels {
		labels[label] = part[labelNode](got.Elem(), fmt.Sprintf("l%d", i)) != nil
	}
	return templates, labels, nil
}

// labelNode is a label of the repository.
type labelNode struct{ Name string }

// text is the text of a file, nil when there is no such file, or none that is text.
func (n *templateNode) text() *string {
	if n == nil {
		return nil
	}
	if text, unreadable := n.Blob.read(); unreadable == "" {
		return &text
	}
	return nil
}

// lockRules reads which types of rules apply to each branch: GET /repos/{owner}/{repo}/rules/branches/{branch}.
// The branch need not exist. The client library does not know all types.
func (c *Client) lockRules(ctx context.Context, branches []string) (map[string][]string, error) {
	rules, mutex := map[string][]string{}, new(sync.Mutex)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for _, branch := range branches {
		group.Go(func() error {
			var answer []struct {
				Type string `json:"type"`
			}
			path := fmt.Sprintf("repos/%s/%s/rules/branches/%s?per_page=100", c.owner, c.repository, segment(branch))
			_, err := get(ctx, c.rest, path, &answer)
			mutex.Lock()
			defer mutex.Unlock()
			rules[branch] = nil
			for _, one := range answer {
				rules[branch] = append(rules[branch], one.Type)
			}
			return err
		})
	}
	return rules, group.Wait()
}
