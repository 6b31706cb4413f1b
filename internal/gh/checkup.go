package gh

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v60/github"
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
		problem := Explain(doing{"read the workflow files", "contents: read"}.failed(err))
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
					facts.Unread[part] = Explain(what.failed(err))
				}
			}
			return nil
		})
	}
	read(doing{"read deployments and rules", "deployments: read"}, func() (err error) {
		facts.Deploy, err = c.queryFacts(ctx, needs.Deploy)
		return err
	}, doctor.DeploymentsPart)
	read(doing{"list the environments", "actions: read"}, func() (err error) {
		facts.Environments, facts.Unlisted, err = c.environments(ctx)
		return err
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

// environments lists the environments with their protection rules.
func (c *Client) environments(ctx context.Context) (all []doctor.Environment, more bool, err error) {
	var document struct {
		Repository *struct {
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
	err = c.graph.Query(mayRepeat(ctx), &document, c.variables("page", githubv4.Int(page)))
	if err == nil && document.Repository == nil {
		err = errNoRepository
	}
	if err != nil {
		return nil, false, err
	}
	for _, node := range document.Repository.Environments.Nodes {
		environment := doctor.Environment{Name: node.Name}
		for _, rule := range node.ProtectionRules.Nodes {
			environment.Rules = append(environment.Rules, rule.Type)
		}
		all = append(all, environment)
	}
	return all, document.Repository.Environments.PageInfo.HasNextPage, nil
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
			request, err := c.rest.NewRequest(http.MethodGet, path, nil)
			if err == nil {
				_, err = c.rest.Do(ctx, request, &answer)
			}
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

// trial asks for something that needs a permission and cannot do anything.
type trial struct {
	permission, purpose string
	ask                 func(context.Context) error
}

// tryOut finds out which of the wanted permissions the token has. GitHub does not tell; it refuses whom it does
// not allow before it looks at what is asked for, so that a request that it cannot carry out shows the
// difference and changes nothing.
func (c *Client) tryOut(ctx context.Context, needs doctor.Needs) []doctor.Grant {
	trials := slices.DeleteFunc(c.trials(needs), func(t trial) bool { return !slices.Contains(needs.Permissions, t.permission) })
	grants := make([]doctor.Grant, len(trials))
	var group sync.WaitGroup
	for i, one := range trials {
		group.Go(func() {
			grants[i] = doctor.Grant{Permission: one.permission, For: one.purpose}
			what := doing{"find out whether the token may " + one.purpose, one.permission}
			err := what.failed(one.ask(ctx))
			grants[i].Allowed = !Denied(err)
			if grants[i].Allowed && err != nil && !Definite(err) {
				problem := Explain(err)
				grants[i].Problem = &problem
			}
		})
	}
	group.Wait()
	return grants
}

// nowhere names no commit.
const nowhere = "0000000000000000000000000000000000000000"

func (c *Client) trials(needs doctor.Needs) []trial {
	return []trial{
		{"contents: write", "take locks", func(ctx context.Context) error {
			_, _, err := c.rest.Git.CreateRef(ctx, c.owner, c.repository, &github.Reference{
				Ref: new("refs/heads/lockstep-doctor"), Object: &github.GitObject{SHA: new(nowhere)},
			})
			return err
		}},
		{"deployments: write", "create deployments", func(ctx context.Context) error {
			_, _, err := c.rest.Repositories.CreateDeployment(ctx, c.owner, c.repository, &github.DeploymentRequest{
				Ref: new(nowhere), Environment: new("lockstep-doctor"), AutoMerge: new(false), RequiredContexts: &[]string{},
			})
			return err
		}},
		{"actions: read", "see whether a run has ended", func(ctx context.Context) error {
			_, _, err := c.rest.Actions.GetWorkflowRunByID(ctx, c.owner, c.repository, needs.Run)
			return err
		}},
		{"checks: read", "read check runs", func(ctx context.Context) error {
			_, _, err := c.rest.Checks.ListCheckRunsForRef(ctx, c.owner, c.repository, needs.Commit, &github.ListCheckRunsOptions{
				ListOptions: github.ListOptions{PerPage: 1},
			})
			return err
		}},
		{"statuses: read", "read commit statuses", func(ctx context.Context) error {
			_, _, err := c.rest.Repositories.GetCombinedStatus(ctx, c.owner, c.repository, needs.Commit, &github.ListOptions{PerPage: 1})
			return err
		}},
	}
}
