package gh

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

// WorkflowFiles reads the workflow files of a commit.
func (c *Client) WorkflowFiles(ctx context.Context, commit string) ([]doctor.File, *deploy.Problem) {
	const directory = ".github/workflows"
	var document struct {
		Repository *struct {
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
		} `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := c.graph.Query(mayRepeat(ctx), &document, c.variables("directory", githubv4.String(commit+":"+directory)))
	if err == nil && document.Repository == nil {
		err = errNoRepository
	}
	if err != nil {
		problem := unreadYet(ctx, doing{"read the workflow files", "contents: read"}.failed(err))
		return nil, &problem
	}
	if document.Repository.Object == nil {
		return nil, nil
	}
	var files []doctor.File
	for _, entry := range document.Repository.Object.Tree.Entries {
		isWorkflow := strings.HasSuffix(entry.Name, ".yml") || strings.HasSuffix(entry.Name, ".yaml")
		if !isWorkflow || entry.Object == nil {
			continue
		}
		if text, unreadable := entry.Object.Blob.read(); unreadable == "" {
			files = append(files, doctor.File{Path: directory + "/" + entry.Name, Text: text})
		}
	}
	return files, nil
}

// variables are those of every query, and one more.
func (c *Client) variables(name string, value any) map[string]any {
	return map[string]any{"owner": githubv4.String(c.owner), "name": githubv4.String(c.repository), name: value}
}

// Checkup reads what GitHub knows about a set-up, all at once. What cannot be read is noted.
func (c *Client) Checkup(ctx context.Context, needs doctor.Needs) doctor.Facts {
	facts := doctor.Facts{Unread: map[doctor.Part]deploy.Problem{}}
	var group errgroup.Group
	var mutex sync.Mutex
	read := func(what doing, reader func() error, parts ...doctor.Part) {
		group.Go(func() error {
			if err := reader(); err != nil {
				mutex.Lock()
				defer mutex.Unlock()
				for _, part := range parts {
					facts.Unread[part] = unreadYet(ctx, what.failed(err))
				}
			}
			return nil
		})
	}
	read(doing{"read deployments and rules", "deployments: read"}, func() (err error) {
		facts.Deploy, err = c.queryFacts(ctx, needs.Deploy)
		return err
	}, doctor.DeploymentsPart)
	read(doing{"list the environments", "actions: read"}, func() error {
		return c.environments(ctx, &facts)
	}, doctor.EnvironmentsPart)
	read(doing{"read the templates and labels", "contents: read"}, func() (err error) {
		facts.Templates, facts.Labels, err = c.named(ctx, needs)
		return err
	}, doctor.TemplatesPart, doctor.LabelsPart)
	read(doing{"read the rules for locks", "contents: read"}, func() (err error) {
		facts.LockRules, err = c.lockRules(ctx, needs.Locks)
		return err
	}, doctor.LockRulesPart)
	group.Go(func() error {
		facts.Token = c.tryOut(ctx, needs)
		return nil
	})
	_ = group.Wait() // what failed is noted
	return facts
}

// unreadYet says why something could not be read: because it failed, or because the time for it was over, which
// says nothing about GitHub's answer.
func unreadYet(ctx context.Context, err error) deploy.Problem {
	if ctx.Err() != nil {
		return deploy.Problem{Text: "There was no time left for it: GitHub answers slowly, or not at all.", Hint: "Ask again later."}
	}
	return Explain(err)
}

// environments lists the environments with their protection rules, and says who may see the repository.
func (c *Client) environments(ctx context.Context, facts *doctor.Facts) error {
	var document struct {
		Repository *struct {
			IsPrivate    bool
			Environments struct {
				Nodes []struct {
					Name            string
					ProtectionRules struct {
						Nodes []struct{ Type string }
					} `graphql:"protectionRules(first: 10)"`
				}
				PageInfo struct{ HasNextPage bool }
			} `graphql:"environments(first: $page)"`
		} `graphql:"repository(owner: $owner, name: $name)"`
	}
	const page = 100
	err := c.graph.Query(mayRepeat(ctx), &document, c.variables("page", githubv4.Int(page)))
	if err == nil && document.Repository == nil {
		err = errNoRepository
	}
	if err != nil {
		return err
	}
	for _, node := range document.Repository.Environments.Nodes {
		environment := doctor.Environment{Name: node.Name}
		for _, rule := range node.ProtectionRules.Nodes {
			environment.Rules = append(environment.Rules, rule.Type)
		}
		facts.Environments = append(facts.Environments, environment)
	}
	facts.Unlisted, facts.Private = document.Repository.Environments.PageInfo.HasNextPage, document.Repository.IsPrivate
	return nil
}

// named reads what the settings name: templates and labels, one aliased field each.
func (c *Client) named(ctx context.Context, needs doctor.Needs) (map[string]*string, map[string]bool, error) {
	if len(needs.Templates) == 0 && len(needs.Labels) == 0 {
		return nil, nil, nil
	}
	variables := c.variables("owner", githubv4.String(c.owner))
	var fields []reflect.StructField
	for i, path := range needs.Templates {
		alias := fmt.Sprintf("t%d", i)
		variables[alias] = githubv4.String(needs.Commit + ":" + path)
		fields = append(fields, field[*templateNode](strings.ToUpper(alias), reflect.StructTag(fmt.Sprintf(`graphql:"%s: object(expression: $%s)"`, alias, alias))))
	}
	for i, label := range needs.Labels {
		alias := fmt.Sprintf("l%d", i)
		variables[alias] = githubv4.String(label)
		fields = append(fields, field[*labelNode](strings.ToUpper(alias), reflect.StructTag(fmt.Sprintf(`graphql:"%s: label(name: $%s)"`, alias, alias))))
	}
	repository := reflect.PointerTo(reflect.StructOf(fields))
	document := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Repository", Type: repository, Tag: `graphql:"repository(owner: $owner, name: $name)"`},
	}))
	if err := c.graph.Query(mayRepeat(ctx), document.Interface(), variables); err != nil {
		return nil, nil, err
	}
	got := document.Elem().FieldByName("Repository")
	if got.IsNil() {
		return nil, nil, errNoRepository
	}
	templates, labels := map[string]*string{}, map[string]bool{}
	for i, path := range needs.Templates {
		templates[path] = part[templateNode](got.Elem(), fmt.Sprintf("T%d", i)).text()
	}
	for i, label := range needs.Labels {
		labels[label] = part[labelNode](got.Elem(), fmt.Sprintf("L%d", i)) != nil
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

// lockRules reads which types of rules hold for each branch: GET /repos/{owner}/{repo}/rules/branches/{branch}.
// The branch need not exist. The client library does not know all types, so that the answer is read here.
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
