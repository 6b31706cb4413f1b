package conform

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func deploymentRows() []Assumption {
	write := []string{"contents: read", "deployments: write"}
	return []Assumption{
		{
			ID: "U6a", Says: "A success makes older deployments of a non-production environment inactive.", Needs: write, Play: olderBecomes("INACTIVE", environment),
			Source: documented("rest/deployments/statuses#create-a-deployment-status"),
		},
		{
			ID: "U6b", Says: "A success leaves older deployments of a production environment active.", Needs: write, Play: olderBecomes("ACTIVE", production),
			Source: documented("rest/deployments/statuses#create-a-deployment-status"),
		},
		{
			ID: "U6c", Says: "Of two deployments in one second, lists show the later one first.", Needs: write, Play: sameSecond,
			Source: schema("DeploymentOrderField.CREATED_AT").thin("it does not say what comes first within a second"),
		},
		{
			ID: "U6d", Says: "One creator's success retires another creator's deployments.", Needs: write, Play: anotherCreator,
			Source: documented("rest/deployments/statuses#create-a-deployment-status").thin("it says \"all prior\" deployments, and does not speak of creators"),
			Why:    "needs a deployment to `" + shared + "` with status success, by another user",
			Arrange: func(g *sim.GitHub) {
				g.Deploy(sim.DeploymentSpec{Environment: shared, Creator: "octocat", State: "success"})
			},
		},
		{
			ID: "U6e", Says: "A job with `environment:` creates a deployment; `deployment: false` prevents it.", Why: needsRunner + "look at the deployments after a job of each kind",
			Instead: "internal/gh/facts_test.go: TestOwnDeploymentBehindManyOthers",
			Source:  documented("actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idenvironment"),
		},
	}
}

// deploymentFieldRows are about what GitHub shows of a deployment.
func deploymentFieldRows() []Assumption {
	write := []string{"contents: read", "deployments: write"}
	return []Assumption{
		{
			ID: "R3", Says: "After its success, an environment's newest deployment is `ACTIVE`, never `SUCCESS`.", Needs: write, Play: activeState,
			Source: tool("github/branch-deploy: what is deployed is ACTIVE").thin("the schema has the state SUCCESS as well"),
		},
		{
			ID: "R4", Says: "GraphQL shows an object payload as JSON, and a text payload as a JSON string.", Needs: write, Play: payloads,
			Source: tool("github/branch-deploy: it parses the payload a second time"),
		},
		{
			ID: "R5", Says: "A commit with a failed status cannot be deployed (409) unless `required_contexts` is empty.",
			Needs: append(write, "contents: write", "statuses: write"), Play: failedStatus, Source: documented("rest/deployments/deployments#create-a-deployment"),
		},
		{
			ID: "R6", Says: "A deployment status with a 141-character description is refused with 422.", Needs: write, Play: longDescription,
			Source: documented("rest/deployments/statuses#create-a-deployment-status"),
		},
		{
			ID: "R13", Says: "A status can change a deployment's environment; `originalEnvironment` stays.", Needs: write, Play: movedDeployment,
			Source: documented("rest/deployments/statuses#create-a-deployment-status").thin("it does not speak of the original environment"),
		},
		{
			ID: "R7", Says: "An active deployment cannot be deleted while others exist.", Needs: write, Play: deleteActive,
			Source: documented("rest/deployments/deployments#delete-a-deployment"),
		},
		{
			ID: "S20", Says: "`Deployment.statuses` lists the newest status first.", Needs: write, Play: orderOfStatuses,
			Source: schema("Deployment.statuses").thin("it does not speak of the order"),
		},
		{
			ID: "S23", Says: "If GitHub has removed the commit, a deployment keeps `commitOid` without `commit`.",
			Needs: []string{"contents: read", "deployments: read"}, Play: goneCommit,
			Source: schema("Deployment.commit").thin("it may be null, and the schema does not say when"),
			Why:    "needs a deployment of a commit that GitHub has removed, some weeks after a force push",
			Arrange: func(g *sim.GitHub) {
				g.Deploy(sim.DeploymentSpec{Environment: shared, SHA: strings.Repeat("d", 40), State: "success"})
			},
		},
		{
			ID: "S13", Says: "Environment names ignore case.", Needs: write, Play: letterCase,
			Source: documented("actions/how-tos/deploy/configure-and-manage-deployments/manage-environments"),
		},
	}
}

// state is the state of a deployment as GraphQL derives it.
func (a *attempt) state(ctx context.Context, d deployment, environment string) string {
	for _, one := range a.newest(ctx, environment) {
		if at(one, "id") == d.node {
			return text(at(one, "state"))
		}
	}
	return "not in the list"
}

func orderOfStatuses(ctx context.Context, a *attempt) Result {
	made := a.succeed(ctx, environment)
	a.rest(ctx, http.MethodPost, fmt.Sprintf("/deployments/%d/statuses", made.id), map[string]any{"state": "failure"})
	got := a.ask(ctx, `query($id: ID!) { node(id: $id) { ... on Deployment { statuses(first: 10) { nodes { state createdAt } } } } }`, map[string]any{"id": made.node}, "node")
	var states []string
	for _, one := range list(at(got.data, "statuses", "nodes")) {
		states = append(states, text(at(one, "state")))
	}
	return judge(slices.Equal(states, []string{"FAILURE", "SUCCESS"}), "%q (%s)", states, got.said())
}

// newest lists the deployments of an environment, newest first.
func (a *attempt) newest(ctx context.Context, environment string) []any {
	got := a.query(ctx, `deployments(environments: [%q], first: 20, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { id state createdAt payload creator { login } } }`, environment)
	return list(at(got.data, "deployments", "nodes"))
}

func goneCommit(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `deployments(last: 100) { nodes { commitOid commit { oid } } }`)
	deployments := list(at(got.data, "deployments", "nodes"))
	gone := slices.IndexFunc(deployments, func(one any) bool { return at(one, "commit") == nil })
	if gone < 0 {
		return a.unprepared()
	}
	oid := text(at(deployments, gone, "commitOid"))
	return judge(len(oid) == 40, "its commitOid is %q", oid)
}

// olderBecomes plays a second success, and looks at the states of both.
func olderBecomes(want, environment string) Play {
	return func(ctx context.Context, a *attempt) Result {
		first, second := a.succeed(ctx, environment), a.succeed(ctx, environment)
		older, newer := a.state(ctx, first, environment), a.state(ctx, second, environment)
		return judge(older == want && newer == "ACTIVE", "the older one is %s, the newer one %s", older, newer)
	}
}

func anotherCreator(ctx context.Context, a *attempt) Result {
	mine := strings.TrimSuffix(a.viewerLogin(ctx), "[bot]")
	found := a.newest(ctx, shared)
	theirs := slices.IndexFunc(found, func(one any) bool { return at(one, "state") == "ACTIVE" && at(one, "creator", "login") != mine })
	if theirs < 0 {
		return a.unprepared()
	}
	a.succeed(ctx, shared)
	state := a.state(ctx, deployment{node: text(at(found, theirs, "id"))}, shared)
	return judge(state == "INACTIVE", "that of %v is %s", at(found, theirs, "creator", "login"), state)
}

func activeState(ctx context.Context, a *attempt) Result {
	made := a.succeed(ctx, environment)
	state := a.state(ctx, made, environment)
	return judge(state == "ACTIVE", "it is %s", state)
}

func sameSecond(ctx context.Context, a *attempt) Result {
	a.hurries = true
	for range 3 { // a second may begin between the two
		first, second := a.deploy(ctx, environment, nil), a.deploy(ctx, environment, nil)
		found := a.newest(ctx, environment)
		if at(found, 0, "createdAt") != at(found, 1, "createdAt") {
			continue
		}
		return judge(at(found, 0, "id") == second.node && at(found, 1, "id") == first.node,
			"made %s, then %s; listed %v before %v", first.node, second.node, at(found, 0, "id"), at(found, 1, "id"))
	}
	return a.skip("no two deployments were made in the same second")
}

func payloads(ctx context.Context, a *attempt) Result {
	a.deploy(ctx, environment, map[string]any{"payload": map[string]any{"key": "value"}})
	a.deploy(ctx, environment, map[string]any{"payload": `{"key":"value"}`})
	found := a.newest(ctx, environment)
	asText, asObject := text(at(found, 0, "payload")), text(at(found, 1, "payload"))
	return judge(asObject == `{"key":"value"}` && asText == `"{\"key\":\"value\"}"`, "the object is %s, the text is %s", asObject, asText)
}

func failedStatus(ctx context.Context, a *attempt) Result {
	commit := a.rated(ctx, "failed", "failure")
	body := map[string]any{"ref": commit, "environment": environment, "task": a.mark, "auto_merge": false}
	said := a.refusalOf(ctx, step{http.MethodPost, "/deployments", body})
	if said == nil {
		return judge(false, "the deployment was made")
	}
	made := a.deploy(ctx, environment, map[string]any{"ref": commit})
	return judge(said.is(http.StatusConflict) && made.id != 0, "%v; with no required contexts it was made: %t", said, made.id != 0)
}

func longDescription(ctx context.Context, a *attempt) Result {
	made := a.deploy(ctx, environment, nil)
	said := a.refusalOf(ctx, step{http.MethodPost, fmt.Sprintf("/deployments/%d/statuses", made.id), map[string]any{
		"state": "pending", "description": strings.Repeat("x", 141),
	}})
	return judge(said.is(http.StatusUnprocessableEntity), "%v", said)
}

func movedDeployment(ctx context.Context, a *attempt) Result {
	made := a.deploy(ctx, environment, nil)
	a.rest(ctx, http.MethodPost, fmt.Sprintf("/deployments/%d/statuses", made.id), map[string]any{"state": "success", "environment": environment + "-moved"})
	got := a.ask(ctx, `query($id: ID!) { node(id: $id) { ... on Deployment { environment originalEnvironment } } }`, map[string]any{"id": made.node}, "node")
	a.rest(ctx, http.MethodPost, fmt.Sprintf("/deployments/%d/statuses", made.id), map[string]any{"state": "inactive", "environment": environment})
	now, original := text(at(got.data, "environment")), text(at(got.data, "originalEnvironment"))
	return judge(now == environment+"-moved" && original == environment, "it is in %q, and was made for %q (%s)", now, original, got.said())
}

func deleteActive(ctx context.Context, a *attempt) Result {
	a.deploy(ctx, environment, nil)
	made := a.succeed(ctx, environment)
	said := a.refusalOf(ctx, step{http.MethodDelete, fmt.Sprintf("/deployments/%d", made.id), nil})
	return judge(said.is(http.StatusUnprocessableEntity), "%v", said)
}

func letterCase(ctx context.Context, a *attempt) Result {
	made := a.deploy(ctx, environment, nil)
	upper := strings.ToUpper(environment)
	byREST := at(a.get(ctx, "/deployments?per_page=1&environment=%s", upper), 0, "node_id") == made.node
	byGraphQL := at(a.newest(ctx, upper), 0, "id") == made.node
	return judge(byREST && byGraphQL, "found by its name in capital letters: by REST %t, by GraphQL %t", byREST, byGraphQL)
}
