package sim_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// as asks with another token.
func as(t *testing.T, g *sim.GitHub, token, route string, body any) (int, any) {
	t.Helper()
	r := request(t, route, body)
	r.Header.Set("Authorization", "Bearer "+token)
	response := send(t, g.Client(), r)
	return response.StatusCode, read(t, response)
}

func queryAs(t *testing.T, g *sim.GitHub, token, fields string) any {
	t.Helper()
	status, body := as(t, g, token, "POST /graphql", map[string]any{"query": `{ repository(owner: "acme", name: "shop") { ` + fields + ` } }`})
	require.Equal(t, http.StatusOK, status)
	return body
}

// The run behind a check suite is the Actions permission's: a token with checks: read alone gets the checks, and an
// error on each run. See https://github.com/cli/cli and https://github.com/runatlantis/atlantis/issues/4902.
func TestWorkflowRunNeedsActions(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	g.AddToken(sim.Token{Value: "small", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "read", "checks": "read", "statuses": "read", "contents": "read"}})
	includes(t, `{"data": {"repository": {"pullRequest": {"commits": {"nodes": [{"commit": {"statusCheckRollup": {"contexts": {"nodes": [
		{"name": "test", "checkSuite": {"workflowRun": null}}]}}}}]}}}},
		"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}`, queryAs(t, g, "small", rollup))
}

// A fine-grained personal token cannot read check runs, whatever it is granted; a classic one can.
// See https://github.com/cli/cli/issues/12597.
func TestPersonalTokens(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.AddUser(sim.User{Login: "alice", Permission: "write"})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	g.AddToken(sim.Token{Value: "fine", Login: "alice", Kind: sim.FineGrainedToken})
	g.AddToken(sim.Token{Value: "classic", Login: "alice", Kind: sim.ClassicToken, Permissions: map[string]string{}})
	for name, test := range map[string]struct {
		token, route string
		status       int
		json         string
	}{
		"fine-grained, checks":   {"fine", "GET /./commits/change-1/check-runs", 403, `{"message": "Resource not accessible by personal access token"}`},
		"fine-grained, statuses": {"fine", "GET /./commits/change-1/status", 200, `{}`},
		"fine-grained, user":     {"fine", "GET /user", 200, `{"login": "alice"}`},
		"classic, checks":        {"classic", "GET /./commits/change-1/check-runs", 200, `{"total_count": 1}`},
		"classic, user":          {"classic", "GET /user", 200, `{"login": "alice"}`},
		"app, user":              {sim.DefaultToken, "GET /user", 403, `{"message": "Resource not accessible by integration"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := as(t, g, test.token, test.route, nil)
			assert.Equal(t, test.status, status)
			includes(t, test.json, body)
		})
	}
	t.Run("fine-grained, GraphQL", func(t *testing.T) {
		t.Parallel()
		includes(t, `{"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by personal access token"}]}`, queryAs(t, g, "fine", rollup))
	})
}

// A field that the server's schema lacks refuses the whole query, in a form of its own.
// See https://github.com/refined-github/refined-github/issues/6946.
func TestOlderServer(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Lacks("GitSignature.verifiedAt")
	includes(t, `{"data": {}}`, queryAs(t, g, sim.DefaultToken, `object(expression: "main") { ... on Commit { signature { state } } }`))
	body := queryAs(t, g, sim.DefaultToken, `object(expression: "main") { ... on Commit { signature { state verifiedAt } } }`)
	includes(t, `{"errors": [{"path": ["query", "repository", "object", "... on Commit", "signature", "verifiedAt"],
		"extensions": {"code": "undefinedField", "typeName": "GitSignature", "fieldName": "verifiedAt"},
		"message": "Field 'verifiedAt' doesn't exist on type 'GitSignature'"}]}`, body)
	assert.NotContains(t, body, "data")
}

// Each field can be refused on its own: rules, refUpdateRule, label, environments, compare, and an element of a list.
func TestRefusedFields(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refusal sim.FieldRefusal
		fields  string
		want    string
	}{
		"rules":         {sim.FieldRefusal{Field: "Ref.rules"}, `ref(qualifiedName: "main") { name rules(first: 1) { totalCount } }`, `{"data": {"repository": {"ref": {"name": "main", "rules": null}}}, "errors": [{"type": "FORBIDDEN", "path": ["repository", "ref", "rules"]}]}`},
		"refUpdateRule": {sim.FieldRefusal{Field: "Ref.refUpdateRule"}, `ref(qualifiedName: "main") { name refUpdateRule { pattern } }`, `{"data": {"repository": {"ref": {"name": "main", "refUpdateRule": null}}}, "errors": [{"path": ["repository", "ref", "refUpdateRule"]}]}`},
		"label":         {sim.FieldRefusal{Field: "Repository.label"}, `label(name: "x") { name } name`, `{"data": {"repository": {"label": null, "name": "shop"}}, "errors": [{"path": ["repository", "label"]}]}`},
		"environments":  {sim.FieldRefusal{Field: "Repository.environments", Type: "SOMETHING", Message: "No."}, `name environments(first: 1) { totalCount }`, `{"errors": [{"type": "SOMETHING", "message": "No."}]}`},
		"compare":       {sim.FieldRefusal{Field: "Ref.compare"}, `ref(qualifiedName: "main") { compare(headRef: "main") { aheadBy } }`, `{"data": {"repository": {"ref": {"compare": null}}}, "errors": [{"path": ["repository", "ref", "compare"]}]}`},
		"one element":   {sim.FieldRefusal{Field: "Deployment.latestStatus", Skip: 1, Times: 1}, `deployments(first: 3) { nodes { latestStatus { state } } }`, `{"data": {"repository": {"deployments": {"nodes": [{"latestStatus": {}}, {"latestStatus": null}, {"latestStatus": {}}]}}}, "errors": [{"path": ["repository", "deployments", "nodes", 1, "latestStatus"]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			for range 3 {
				g.Deploy(sim.DeploymentSpec{State: "success"})
			}
			g.RefuseField(test.refusal)
			includes(t, test.want, queryAs(t, g, sim.DefaultToken, test.fields))
		})
	}
}

// A 403 has many causes, and only one is a permission of the token. The messages are those of
// public reports: https://github.com/r-universe-org/help/issues/247, https://github.com/SalesforceFoundation/NPSP/issues/7247,
// https://github.com/jhu-bids/TermHub/issues/935 and https://github.com/renovatebot/renovate/issues/6215.
func TestRefusalsThatAreNoPermission(t *testing.T) {
	t.Parallel()
	comment := map[string]any{"body": "Hello."}
	for name, test := range map[string]struct {
		arrange func(*sim.GitHub)
		route   string
		body    any
		status  int
		json    string
	}{
		"archived, comment":   {(*sim.GitHub).Archive, "POST /./issues/1/comments", comment, 403, `{"message": "Repository was archived so is read-only."}`},
		"archived, read":      {(*sim.GitHub).Archive, "GET /.", nil, 200, `{"archived": true}`},
		"IP allow list":       {(*sim.GitHub).RestrictAddresses, "GET /.", nil, 403, `{"message": "~IP allow list enabled, and your IP address is not permitted"}`},
		"SAML":                {(*sim.GitHub).EnforceSAML, "GET /.", nil, 403, `{"message": "~Resource protected by organization SAML enforcement."}`},
		"locked conversation": {func(g *sim.GitHub) { g.LockConversation(1) }, "POST /./issues/1/comments", comment, 403, `{"message": "Unable to create comment because issue is locked."}`},
		"locked, seen":        {func(g *sim.GitHub) { g.LockConversation(1) }, "GET /./pulls/1", nil, 200, `{"locked": true}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.OpenPull(sim.Pull{})
			test.arrange(g)
			status, body := ask(t, g, test.route, test.body)
			assert.Equal(t, test.status, status)
			includes(t, test.json, body)
		})
	}
}

// GraphQL says the same in an error of its own. See https://github.com/fwouts/prmonitor/issues/1042.
func TestBarredGraphQL(t *testing.T) {
	t.Parallel()
	for want, arrange := range map[string]func(*sim.GitHub){"SAML enforcement": (*sim.GitHub).EnforceSAML, "the `acme` organization has an IP allow list": (*sim.GitHub).RestrictAddresses} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			arrange(g)
			includes(t, `{"data": {"repository": null}, "errors": [{"type": "FORBIDDEN", "message": "~`+want+`"}]}`, queryAs(t, g, sim.DefaultToken, "name"))
		})
	}
}

// People with write access may comment in a locked conversation, apps may neither comment nor react.
// See https://docs.github.com/communities/moderating-comments-and-conversations/locking-conversations.
func TestLockedConversation(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	id := g.Comment(1, "alice", "Hi.")
	g.AddUser(sim.User{Login: "alice", Permission: "write"})
	g.AddToken(sim.Token{Value: "person", Login: "alice", Kind: sim.ClassicToken})
	g.LockConversation(1)
	status, _ := as(t, g, "person", "POST /./issues/1/comments", map[string]any{"body": "Still here."})
	assert.Equal(t, http.StatusCreated, status)
	status, _ = ask(t, g, "POST /./issues/comments/"+strconv.FormatInt(id, 10)+"/reactions", map[string]any{"content": "eyes"})
	assert.Equal(t, http.StatusForbidden, status)
	includes(t, `{"data": {"addComment": null}, "errors": [{"type": "FORBIDDEN", "message": "Unable to create comment because issue is locked."}]}`,
		mutate(t, g, "addComment", "clientMutationId", map[string]any{
			"subjectId": nodeOf(t, g, "pullRequest(number: 1) { id }", "pullRequest", "id"), "body": "Hi.",
		}))
	play(t, g, []exchange{
		{"unlock by request", "DELETE /./issues/1/lock", nil, 204, ""},
		{"unlocked", "POST /./issues/1/comments", map[string]any{"body": "Hi."}, 201, ""},
		{"lock by request", "PUT /./issues/1/lock", map[string]any{"lock_reason": "resolved"}, 204, ""},
		{"locked", "POST /./issues/1/comments", map[string]any{"body": "Hi."}, 403, ""},
		{"no such pull request", "PUT /./issues/2/lock", nil, 404, ""},
	})
}
