package gh

import (
	"cmp"
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

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// reader reads facts about the repository.
type reader struct {
	*repository
	teams *rest // may read the members of teams, nil for none
}

// Facts reads everything that a decision needs: one GraphQL query and, at the same time, what GraphQL hides
// from a workflow's token. Facts.Read and Facts.Unavailable name the parts that were read and those that could
// not be; the error says that nothing could be read at all.
func (r *reader) Facts(ctx context.Context, needs deploy.Needs) (deploy.Facts, error) {
	return r.More(ctx, deploy.Facts{}, needs)
}

// More reads what further needs ask for, and adds it to the facts that are known.
func (r *reader) More(ctx context.Context, first deploy.Facts, needs deploy.Needs) (deploy.Facts, error) {
	var (
		facts     deploy.Facts
		asking    users
		protected required
		newest    pushes
		changes   changes
		members   map[deploy.Membership]deploy.Member
		runs      origins
	)
	group, groupContext := errgroup.WithContext(ctx)
	group.Go(func() error {
		asking = r.users(groupContext, needs)
		return nil
	})
	group.Go(func() error {
		members = r.members(groupContext, needs.Members)
		return nil
	})
	group.Go(func() error {
		if needs.Required {
			protected = r.protection(groupContext, needs.StableBranch)
		}
		return nil
	})
	group.Go(func() error {
		if needs.Pushes || needs.StablePushes {
			newest = r.pushes(groupContext, r.owner+"/"+r.name, "")
		}
		return nil
	})
	group.Go(func() error {
		changes = r.changes(groupContext, needs.Changes)
		changes.board = r.compare(groupContext, needs.Board.Comparisons)
		return nil
	})
	group.Go(func() error {
		runs = r.lookUp(groupContext, runsToFind(needs, first))
		return nil
	})
	group.Go(func() (err error) {
		if first.Repository == "" || newRepositoryQuery(needs).asks() {
			facts, err = r.queryFacts(groupContext, needs)
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return deploy.Facts{}, err
	}
	asking.addTo(&facts, needs)
	changes.addTo(&facts)
	addMembers(&facts, members)
	runs.addTo(&facts)
	markRead(&facts, map[deploy.Part]bool{deploy.OriginsPart: len(needs.Runs) > 0})
	facts = first.Add(facts, needs)
	facts.ReadAt, facts.Skew, facts.Untold = r.clock.read(), r.clock.Skew(), r.clock.untold()
	r.complete(ctx, needs, &facts, protected, newest)
	return facts, nil
}

// complete adds what rests on several answers.
func (r *reader) complete(ctx context.Context, needs deploy.Needs, facts *deploy.Facts, protected required, newest pushes) {
	if needs.Required {
		r.addRequired(ctx, facts, protected)
	}
	if needs.Pushes || needs.StablePushes {
		r.addPush(ctx, needs, facts, newest)
	}
	if needs.Gates {
		r.awaitMergeability(ctx, needs.Pull, &facts.Pull)
	}
}

// users are who asks, and who started the run again, with the teams of the latter where there is one.
type users struct {
	actor, rerunner                             deploy.Actor
	teams                                       []string
	actorProblem, rerunnerProblem, teamsProblem *deploy.Problem
}

// users reads all of it at the same time.
func (r *reader) users(ctx context.Context, needs deploy.Needs) users {
	var asking users
	var group sync.WaitGroup
	group.Go(func() { asking.actor, asking.actorProblem = r.actor(ctx, needs.Actor) })
	group.Go(func() { asking.rerunner, asking.rerunnerProblem = r.actor(ctx, needs.RerunBy) })
	group.Go(func() { asking.teams, asking.teamsProblem = r.memberships(ctx, needs) })
	group.Wait()
	return asking
}

func (u users) addTo(facts *deploy.Facts, needs deploy.Needs) {
	facts.Actor, facts.Rerunner = u.actor, u.rerunner
	if needs.RerunBy == "" {
		facts.Actor.Teams = u.teams
	} else {
		facts.Rerunner.Teams = u.teams
	}
	noteProblem(facts, deploy.ActorPart, u.actorProblem)
	noteProblem(facts, deploy.RerunnerPart, u.rerunnerProblem)
	noteProblem(facts, deploy.TeamsPart, u.teamsProblem)
	markRead(facts, map[deploy.Part]bool{
		deploy.ActorPart: u.actor.Permission != "", deploy.RerunnerPart: u.rerunner.Permission != "", deploy.TeamsPart: len(needs.AdminTeams) > 0,
	})
}

// queryFacts asks the one query. GitHub answers for a list that the token may not see by hiding the
// whole repository; then it is asked again without those lists, to learn the rest.
func (r *reader) queryFacts(ctx context.Context, needs deploy.Needs) (deploy.Facts, error) {
	got, err := r.ask(ctx, needs)
	if err == nil && got.repository.IsNil() {
		if hiding := got.hiding(); hiding != nil {
			reduced := needs
			reduced.Environments, reduced.Live, reduced.Board.Environments = nil, "", nil
			got, err = r.ask(ctx, reduced)
			got.dropped, got.hidden = needs, hiding
		}
	}
	if err != nil {
		return deploy.Facts{}, err
	}
	if err := r.shown(got); err != nil {
		return deploy.Facts{}, reading().failed(err)
	}
	return r.convert(ctx, got)
}

// inside turns what came back inside a write into facts. GitHub hides all of it for a list that the
// token may not see; then it is asked for on its own.
func (r *reader) inside(ctx context.Context, got answer) (deploy.Facts, error) {
	if got.isHidden() {
		return r.queryFacts(ctx, got.asked.needs)
	}
	return r.convert(ctx, got)
}

func (r *reader) shown(got answer) error {
	if got.repository.IsNil() {
		return errors.Join(errNoRepository, strict(got.problems, nil))
	}
	if asked := r.owner + "/" + r.name; !strings.EqualFold(got.name(), asked) {
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
	viewer     string // the login of the token's user, "" where it was not asked for

	dropped deploy.Needs // whose deployments were not asked for again, because they hid the repository
	hidden  *GraphError
}

// isHidden reports whether GitHub hides all that was to come back inside a write.
func (a answer) isHidden() bool { return a.name() == "" }

func (a answer) name() string {
	return reflect.Indirect(a.repository).FieldByName(goName(nameField)).String()
}

// hiding is the error that lies on deployments, nil for any other.
func (a answer) hiding() *GraphError {
	fields := []string{liveField}
	for i := range a.asked.needs.Environments {
		fields = append(fields, environmentField(i))
	}
	for i := range a.asked.needs.Board.Environments {
		fields = append(fields, boardField(i))
	}
	for _, problem := range a.problems {
		if slices.ContainsFunc(fields, problem.on) {
			return problem
		}
	}
	return nil
}

func (r *reader) ask(ctx context.Context, needs deploy.Needs) (answer, error) {
	asked := newRepositoryQuery(needs)
	fields := []reflect.StructField{repositoryField(asked.fields), field[deploy.RateLimit]("rateLimit", "")}
	if needs.Viewer {
		fields = append(fields, field[*viewerNode](viewerField, ""))
	}
	document := reflect.New(object(fields...))
	problems, err := r.graph.queryParts(ctx, document.Interface(), r.variables(asked.variables))
	if err != nil {
		return answer{}, reading().failed(err)
	}
	limit := document.Elem().FieldByName("RateLimit").Interface().(deploy.RateLimit) //nolint:forcetypeassert // the type is above
	return answer{
		asked: asked, repository: document.Elem().FieldByName("Repository"), limit: limit, problems: problems,
		viewer: value(part[viewerNode](document.Elem(), viewerField)).Login,
	}, nil
}

func (r *repository) variables(others map[string]any) map[string]any {
	others["owner"], others["name"] = githubv4.String(r.owner), githubv4.String(r.name)
	return others
}

// queryRepository asks for fields of the repository: those of T.
func queryRepository[T any](ctx context.Context, r *repository, variables map[string]any) (T, error) {
	var document struct {
		Repository *T `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := r.graph.query(ctx, &document, r.variables(variables))
	if err == nil && document.Repository == nil {
		err = errNoRepository
	}
	return value(document.Repository), err
}

const errNoRepository = constant("GitHub shows this token no such repository")

// convert turns an answer into facts, and marks what was read and what is missing because of an error.
func (r *reader) convert(ctx context.Context, got answer) (deploy.Facts, error) {
	repository, needs := reflect.Indirect(got.repository), got.asked.needs
	facts := deploy.Facts{Deployments: map[string][]deploy.Deployment{}, Unavailable: map[deploy.Part]deploy.Problem{}}
	noteErrors(&facts, got)
	if pull := part[pullNode](repository, pullField); pull != nil {
		facts.Pull = pull.convert()
		facts.Pull.Stack = r.stack(ctx, needs, facts.Pull)
	}
	if stable := part[refNode](repository, stableField); stable != nil {
		facts.Stable = deploy.Branch{Name: stable.Name, Head: stable.Target.Commit.convert()}
	}
	facts.NoRules = slices.ContainsFunc(got.problems, plainPlan)
	if ruled := part[ruledNode](repository, rulesField); ruled != nil {
		facts.Rules = ruled.Rules.convert()
	}
	facts.Exact = convertExact(repository, needs)
	addSignatures(repository, &facts)
	facts.Repository = repository.FieldByName(goName(idField)).String()
	facts.Locks = convertLocks(repository, needs)
	r.findRuns(ctx, needs, &facts)
	convertTemplate(repository, needs, &facts)
	convertPolicy(repository, needs, &facts)
	convertStatements(repository, needs, &facts)
	convertRehearsals(repository, needs, &facts)
	facts.Viewer = got.viewer
	convertReviews(repository, &facts)
	if addLive(repository, &facts) {
		r.findCreators(ctx, needs, &facts)
	}
	if gates := part[gatesNode](repository, gatesField); gates != nil {
		r.addGates(ctx, gates, needs, &facts)
	} else if problem, failed := facts.Unavailable[deploy.GatesPart]; failed {
		facts.MarkUnavailable(deploy.ChecksPart, problem)
		facts.MarkUnavailable(deploy.FreshnessPart, problem)
		facts.MarkUnavailable(deploy.RequiredPart, problem)
	}
	err := r.addBoard(ctx, repository, needs, &facts)
	if err == nil {
		err = r.addDeployments(ctx, repository, needs, &facts)
	}
	if err != nil {
		return deploy.Facts{}, reading().failed(err)
	}
	if needs.Origins {
		r.findOrigins(ctx, needs, &facts)
	}
	markRead(&facts, answeredParts(repository, needs, facts))
	facts.ReadAt, facts.Skew, facts.Untold, facts.RateLimit = r.clock.read(), r.clock.Skew(), r.clock.untold(), got.limit
	return facts, nil
}

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

func (r *reader) addGates(ctx context.Context, gates *gatesNode, needs deploy.Needs, facts *deploy.Facts) {
	gates.addTo(&facts.Pull, needs.StableBranch)
	if err := r.moreChecks(ctx, needs.Pull, gates, facts); err != nil {
		facts.MarkUnavailable(deploy.ChecksPart, Explain(err))
	}
	if !needs.Fresh {
		return
	}
	delete(facts.Unavailable, deploy.FreshnessPart) // what the query did not give is asked for here
	if err := r.measure(ctx, &facts.Pull, needs.StableBranch); err != nil {
		facts.MarkUnavailable(deploy.FreshnessPart, Explain(err))
	}
}

func (r *reader) addDeployments(ctx context.Context, repository reflect.Value, needs deploy.Needs, facts *deploy.Facts) error {
	for i, environment := range needs.Environments {
		if slices.Contains(needs.Board.Environments, environment) {
			continue
		}
		deployments, err := r.deployments(ctx, repository, i, needs)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(deployments, func(d deploy.Deployment) bool { return !envname.Same(d.Environment, environment) }) {
			facts.MarkUnavailable(deploymentsOf(environment), otherEnvironment(environment))
		}
		facts.Deployments[environment] = deployments
	}
	return nil
}

func (p *pullNode) convert() deploy.PullRequest {
	pull := deploy.PullRequest{
		ID: p.ID, Number: p.Number, Title: p.Title, URL: p.URL,
		CrossRepo: p.IsCrossRepository, HeadRef: p.HeadRefName, HeadExists: p.HeadRef != nil,
		Head: deploy.Commit{SHA: p.HeadRefOid}, BaseRef: p.BaseRefName, Reviews: deploy.Reviews{Author: value(p.Author).Login},
	}
	// The list of commits can lag behind the head; then nothing is known of the head but its SHA.
	if n := len(p.Commits.Nodes); n > 0 && p.Commits.Nodes[n-1].Commit.Oid == p.HeadRefOid {
		pull.Head = p.Commits.Nodes[n-1].Commit.convert()
	}
	return pull
}

func (n commitNode) convert() deploy.Commit {
	commit := deploy.Commit{
		SHA: n.Oid, TreeSHA: n.Tree.Oid, URL: n.CommitURL, AuthoredAt: deploy.Know(n.AuthoredDate),
		Committer: value(value(n.Committer).User).Login,
	}
	if signature := n.Signature; signature != nil {
		commit.Verified, commit.Signature = signature.IsValid, signature.State
	}
	return commit
}

// actor reads what someone may do. The client library does not know role names.
func (r *reader) actor(ctx context.Context, login string) (deploy.Actor, *deploy.Problem) {
	if login == "" {
		return deploy.Actor{}, nil
	}
	var answer struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	path := r.path("collaborators/%s/permission", segment(login))
	_, err := r.rest.send(ctx, http.MethodGet, path, nil, &answer)
	if err == nil && answer.Permission == "" {
		err = errNoPermission
	}
	if status, said := statusAndMessage(err); status == http.StatusNotFound && strings.Contains(said, "is not a user") {
		return deploy.Actor{Login: login}, &deploy.Problem{
			Text: markdown.Text(login) + " is an app: GitHub knows no permission of it, and apps cannot run commands.",
			Hint: "Someone with write access can write the command instead.",
		}
	}
	if err != nil {
		what := doing{"read which permission " + markdown.Text(login) + " has", "contents: read"}
		return deploy.Actor{Login: login}, new(Explain(what.failed(err)))
	}
	return deploy.Actor{Login: login, Permission: answer.Permission, Role: answer.RoleName}, nil
}

const errNoPermission = constant("the answer names no permission")

// memberships reads in which teams the actor is an active member, with the token that may see them. A workflow's
// own token may not.
func (r *reader) memberships(ctx context.Context, needs deploy.Needs) (member []string, problem *deploy.Problem) {
	if len(needs.AdminTeams) == 0 {
		return nil, nil
	}
	if r.teams == nil {
		return nil, &deploy.Problem{
			Text: "The teams in `admins` were left out, because there is no token to read their members.",
			Hint: "Give the input `team_token` (or `admins_pat`, its other name) a token that may read the organization's members.",
		}
	}
	for _, team := range needs.AdminTeams {
		found := r.member(ctx, deploy.Membership{Team: team, Login: cmp.Or(needs.RerunBy, needs.Actor)})
		if found.Problem != nil {
			problem = found.Problem
		} else if found.Active {
			member = append(member, team)
		}
	}
	return member, problem
}
