package gh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// Facts reads everything that a decision needs: one GraphQL query and, at the same time, what GraphQL hides
// from a workflow's token. Facts.Read and Facts.Unavailable name the parts that were read and those that could
// not be; the error says that nothing could be read at all.
func (c *Client) Facts(ctx context.Context, needs deploy.Needs) (deploy.Facts, error) {
	var (
		actor                     deploy.Actor
		actorProblem, teamProblem *deploy.Problem
		teams                     []string
		facts                     deploy.Facts
	)
	group, groupContext := errgroup.WithContext(ctx)
	group.Go(func() error {
		actor, actorProblem = c.actor(groupContext, needs.Actor)
		return nil
	})
	group.Go(func() error {
		teams, teamProblem = c.teams(groupContext, needs)
		return nil
	})
	group.Go(func() (err error) {
		facts, err = c.queryFacts(groupContext, needs)
		return err
	})
	if err := group.Wait(); err != nil {
		return deploy.Facts{}, err
	}
	facts.Actor = actor
	facts.Actor.Teams = teams
	noteProblem(&facts, deploy.ActorPart, actorProblem)
	noteProblem(&facts, deploy.TeamsPart, teamProblem)
	markRead(&facts, map[deploy.Part]bool{deploy.ActorPart: actor.Permission != "", deploy.TeamsPart: len(needs.AdminTeams) > 0})
	return facts, nil
}

// queryFacts asks the one query. GitHub answers for a list that the token may not see by hiding the
// whole repository; then it is asked again without those lists, to learn the rest.
func (c *Client) queryFacts(ctx context.Context, needs deploy.Needs) (deploy.Facts, error) {
	got, err := c.ask(ctx, needs)
	if err == nil && got.repository.IsNil() {
		if hiding := got.hiding(); hiding != nil {
			reduced := needs
			reduced.Environments, reduced.Live = nil, ""
			got, err = c.ask(ctx, reduced)
			got.dropped, got.hidden = needs, hiding
		}
	}
	if err != nil {
		return deploy.Facts{}, err
	}
	if err := c.shown(got); err != nil {
		return deploy.Facts{}, reading().failed(err)
	}
	facts, err := c.convert(ctx, got)
	if err != nil {
		return deploy.Facts{}, reading().failed(err)
	}
	facts.ReadAt, facts.RateLimit = c.now(), got.limit
	return facts, nil
}

// inside turns what came back inside a write into facts. GitHub hides all of it for a list that the
// token may not see; then it is asked for on its own.
func (c *Client) inside(ctx context.Context, got answer) (deploy.Facts, error) {
	if got.name() == "" {
		return c.queryFacts(ctx, got.asked.needs)
	}
	facts, err := c.convert(ctx, got)
	if err != nil {
		return deploy.Facts{}, reading().failed(err)
	}
	facts.ReadAt = c.now()
	return facts, nil
}

// shown makes sure that there is an answer, and that it is about the repository that was asked for.
func (c *Client) shown(got answer) error {
	if got.repository.IsNil() {
		return errors.Join(errNoRepository, strict(got.problems, nil))
	}
	if asked := c.owner + "/" + c.repository; !strings.EqualFold(got.name(), asked) {
		return fmt.Errorf("the answer is about the repository %q instead of %q", got.name(), asked)
	}
	return nil
}

func reading() doing {
	return doing{"read the pull request and its environments", "pull-requests: read"}
}

// answer is what GitHub said to a query, before it is converted.
type answer struct {
	asked      repositoryQuery
	repository reflect.Value // a pointer to the query's type, nil when it is hidden; inside a write the type itself
	limit      deploy.RateLimit
	problems   []*GraphError

	dropped deploy.Needs // whose deployments were not asked for again, because they hid the repository
	hidden  *GraphError
}

// name is the repository's own name in the answer.
func (a answer) name() string {
	return reflect.Indirect(a.repository).FieldByName(goName(nameField)).String()
}

// hiding is the error that lies on deployments, nil for any other.
func (a answer) hiding() *GraphError {
	for _, problem := range a.problems {
		for i := range a.asked.needs.Environments {
			if problem.on(environmentField(i)) {
				return problem
			}
		}
		if problem.on(liveField) {
			return problem
		}
	}
	return nil
}

func (c *Client) ask(ctx context.Context, needs deploy.Needs) (answer, error) {
	asked := newRepositoryQuery(needs)
	document := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Repository", Type: reflect.PointerTo(asked.fields), Tag: `graphql:"repository(owner: $owner, name: $name)"`},
		field[rateLimitNode]("rateLimit", ""),
	}))
	problems, err := c.graph.queryParts(ctx, document.Interface(), c.variables(asked.variables))
	if err != nil {
		return answer{}, reading().failed(err)
	}
	limit := document.Elem().FieldByName("RateLimit").Interface().(rateLimitNode) //nolint:forcetypeassert // the type is above
	return answer{asked: asked, repository: document.Elem().FieldByName("Repository"), limit: deploy.RateLimit(limit), problems: problems}, nil
}

// variables adds those that name the repository.
func (c *Client) variables(others map[string]any) map[string]any {
	others["owner"], others["name"] = githubv4.String(c.owner), githubv4.String(c.repository)
	return others
}

// queryRepository asks for fields of the repository: those of T.
func queryRepository[T any](ctx context.Context, c *Client, variables map[string]any) (T, error) {
	var document struct {
		Repository *T `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := c.graph.query(ctx, &document, c.variables(variables))
	if err == nil && document.Repository == nil {
		err = errNoRepository
	}
	if err != nil {
		return *new(T), err
	}
	return *document.Repository, nil
}

const errNoRepository = constant("GitHub shows this token no such repository")

// convert turns an answer into facts, and marks what was read and what is missing because of an error.
func (c *Client) convert(ctx context.Context, got answer) (deploy.Facts, error) {
	repository, needs := reflect.Indirect(got.repository), got.asked.needs
	facts := deploy.Facts{Deployments: map[string][]deploy.Deployment{}, Unavailable: map[deploy.Part]deploy.Problem{}}
	noteErrors(&facts, got)
	if pull := part[pullNode](repository, pullField); pull != nil {
		facts.Pull = pull.convert()
	}
	if stable := part[refNode](repository, stableField); stable != nil {
		facts.Stable = deploy.Branch{Name: stable.Name, Head: stable.Target.Commit.convert()}
	}
	facts.NoRules = slices.ContainsFunc(got.problems, plainPlan)
	if ruled := part[ruledNode](repository, rulesField); ruled != nil {
		facts.Rules = ruled.Rules.convert()
	}
	facts.Exact = convertExact(repository, needs)
	facts.Repository = repository.FieldByName(goName(idField)).String()
	facts.Locks = convertLocks(repository, needs)
	c.findRuns(ctx, needs, &facts)
	convertTemplate(repository, needs, &facts)
	if live := part[historyConnection](repository, liveField); live != nil {
		facts.Live = live.convert()
		c.findCreators(ctx, needs, &facts)
	}
	if gates := part[gatesNode](repository, gatesField); gates != nil {
		c.addGates(ctx, gates, needs, &facts)
	} else if problem, failed := facts.Unavailable[deploy.GatesPart]; failed {
		facts.MarkUnavailable(deploy.ChecksPart, problem)
		facts.MarkUnavailable(deploy.FreshnessPart, problem)
	}
	if err := c.addDeployments(ctx, repository, needs, &facts); err != nil {
		return deploy.Facts{}, err
	}
	markRead(&facts, answeredParts(repository, needs, facts))
	return facts, nil
}

// convertTemplate reads the template, which may be missing.
func convertTemplate(repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) {
	node := part[templateNode](repository, templateField)
	if node == nil {
		return
	}
	text, problem := node.Blob.read()
	if problem != "" {
		facts.MarkUnavailable(deploy.TemplatePart, deploy.Problem{
			Text: "The template " + markdown.Code(needs.Template.Path) + " cannot be read, because " + problem + ".",
			Hint: "Correct the file, or the input `deploy_message_path`.",
		})
		return
	}
	facts.Template = &text
}

// addGates adds what the gates look at, with what takes further requests: more than one page of
// checks, and distances that the query does not give.
func (c *Client) addGates(ctx context.Context, gates *gatesNode, needs deploy.Needs, facts *deploy.Facts) {
	gates.addTo(&facts.Pull, needs.StableBranch)
	if err := c.moreChecks(ctx, needs.Pull, gates, &facts.Pull.Checks); err != nil {
		facts.MarkUnavailable(deploy.ChecksPart, Explain(err))
	}
	if !needs.Fresh {
		return
	}
	delete(facts.Unavailable, deploy.FreshnessPart) // what the query did not give is asked for here
	if err := c.measure(ctx, &facts.Pull, needs.StableBranch); err != nil {
		facts.MarkUnavailable(deploy.FreshnessPart, Explain(err))
	}
}

func (c *Client) addDeployments(ctx context.Context, repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) error {
	for i, environment := range needs.Environments {
		deployments, err := c.deployments(ctx, repository, i, needs)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(deployments, func(d deploy.Deployment) bool { return !strings.EqualFold(d.Environment, environment) }) {
			facts.MarkUnavailable(deploymentsOf(environment), deploy.Problem{
				Text: "GitHub answered with deployments of another environment than " + markdown.Code(environment) + ".",
				Hint: "Run the command again.",
			})
		}
		facts.Deployments[environment] = deployments
	}
	return nil
}

func (p *pullNode) convert() deploy.PullRequest {
	pull := deploy.PullRequest{
		ID: p.ID, Number: p.Number, Title: p.Title, URL: p.URL,
		CrossRepo: p.IsCrossRepository, HeadRef: p.HeadRefName, HeadExists: p.HeadRef != nil,
		Head: deploy.Commit{SHA: p.HeadRefOid}, BaseRef: p.BaseRefName,
	}
	// The list of commits can lag behind the head; then nothing is known of the head but its SHA.
	if n := len(p.Commits.Nodes); n > 0 && p.Commits.Nodes[n-1].Commit.Oid == p.HeadRefOid {
		pull.Head = p.Commits.Nodes[n-1].Commit.convert()
	}
	return pull
}

func (n commitNode) convert() deploy.Commit {
	commit := deploy.Commit{SHA: n.Oid, TreeSHA: n.Tree.Oid, URL: n.CommitURL}
	if n.Committer != nil && n.Committer.User != nil {
		commit.Committer = n.Committer.User.Login
	}
	if n.Signature != nil {
		commit.Verified, commit.Signature = n.Signature.IsValid, n.Signature.State
		commit.VerifiedAt = known(n.Signature.VerifiedAt)
	}
	commit.AuthoredAt = deploy.Know(n.AuthoredDate)
	return commit
}

func (n deploymentNode) convert() deploy.Deployment {
	deployment := deploy.Deployment{
		Environment: n.Environment, SHA: n.CommitOid, State: n.State, CreatedAt: n.CreatedAt,
	}
	payload := n.payload()
	if payload.Type == deploy.OwnPayloadType {
		deployment.Own, deployment.Version = true, payload.Version
	}
	deployment.CreatedBy = createdBy(payload)
	if n.Creator != nil {
		deployment.Creator = n.Creator.Login
	}
	if n.LatestStatus != nil && n.LatestStatus.LogURL != nil {
		deployment.LogURL = *n.LatestStatus.LogURL
	}
	return deployment
}

// payload is what a deployment carries, as far as it has our form. GraphQL gives payloads as JSON text, and those
// that were created from a string as JSON text inside a JSON string.
func (n deploymentNode) payload() plan.Payload {
	var payload plan.Payload
	if n.Payload != nil {
		_ = json.Unmarshal(unwrapped([]byte(*n.Payload)), &payload) // a value of another type is left out
	}
	return payload
}

// Explain says for people what an error of this package means.
func Explain(err error) deploy.Problem {
	if failed, isOurs := errors.AsType[*Error](err); isOurs {
		return failed.Problem()
	}
	return deploy.Problem{Text: "Something went wrong while talking to GitHub: " + markdown.Code(err.Error()) + "."}
}
