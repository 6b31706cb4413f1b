package conform

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// queryRows are about the query of `.deploy`, with all permissions to read and without one of them.
func queryRows() []Assumption {
	everything := []string{"contents: read", "pull-requests: read", "checks: read", "statuses: read", "deployments: read", "actions: read"}
	without := func(id, lacks, says, thin string, play Play) Assumption {
		return Assumption{
			ID: id, Says: "Without `" + lacks + "`, the `.deploy` query " + says, Lacks: lacks, Play: play, Source: forbidden().thin(thin),
			Needs: slices.DeleteFunc(slices.Clone(everything), func(need string) bool { return need == lacks }),
		}
	}
	return []Assumption{
		{
			ID: "U3a", Says: "A token with all read permissions gets the query of `.deploy` without errors.", Needs: everything, Play: queryAnswered,
			Source: schema("the document is valid").thin("it names no permissions"),
		},
		without("U3b", "checks: read", "has errors on check runs and check suites only.", "", deniedOn("contexts", "checkSuites")),
		without("U3c", "statuses: read", "has errors on commit statuses only.", "", deniedOn("contexts")),
		without("U3d", "pull-requests: read", "has errors on the pull request only.", unseen, deniedOn("pullRequest", "gates")),
		without("U3e", "contents: read", "has errors on branches and files only.", unseen, deniedOn("stable", "ruled", "baseRef", "headRef", "lock", "defaultBranchRef")),
		without("U3f", "deployments: read", "hides the repository, with errors on deployments.", "", queryHidden),
		without("U3g", "actions: read", "has errors on workflow runs only.", "", deniedOn("contexts", "checkSuites")),
	}
}

const unseen = "no report is about these fields"

func forbidden() Source {
	return reported("answers of workflows' tokens that are quoted in issues: Resource not accessible by integration")
}

func tokenRows() []Assumption {
	return []Assumption{
		{
			ID: "A6", Says: "Fine-grained personal tokens cannot read check runs.", Personal: true, Needs: []string{"contents: read"}, Play: fineGrainedChecks,
			Source: reported("cli/cli#12597"),
		},
		{
			ID: "A8", Says: "An unknown field fails the whole query with undefinedField.", Play: undefinedField,
			Source: reported("refined-github/refined-github#6946"),
		},
		{
			ID: "A11b", Says: "The permission of an app's user is 404.", Needs: []string{"contents: read"}, Play: permissionOfApp,
			Source: reported("anthropics/claude-code-action#1018: Copilot is not a user").thin("other apps are taken to be like it"),
		},
		{
			ID: "U12b", Says: "`role_name` has the custom role; `permission` the level below.", Needs: []string{"pull-requests: read"}, Play: customRole,
			Source:  documented("rest/collaborators/collaborators#get-repository-permissions-for-a-user"),
			Why:     "needs an open pull request by a user with a custom role of the organization",
			Arrange: func(g *sim.GitHub) { g.AddUser(sim.User{Login: "octocat", Permission: "write", RoleName: "deployer"}) },
		},
		{
			ID: "S22", Says: "A workflow's token gets 404 for team membership.", Play: hiddenTeam,
			Source: reported("srvaroa/labeler#188 and actions/github-script#518").thin("a token of a person may be told more"),
		},
		{
			ID: "A11c", Says: "A missing permission is 403, \"Resource not accessible by\" and the token's kind.", Lacks: "deployments: write", Play: missingPermission,
			Source: documented("rest/using-the-rest-api/troubleshooting-the-rest-api"),
		},
		closedRow("A11d", "An archived repository", "archived", reported("r-universe-org/help#247"), (*sim.GitHub).Archive),
		closedRow("A11f", "An IP allow list", "IP allow list", reported("SalesforceFoundation/NPSP#7247"), (*sim.GitHub).RestrictAddresses),
		closedRow("A11g", "Single sign-on", "SAML", reported("jhu-bids/TermHub#935"), (*sim.GitHub).EnforceSAML),
	}
}

func closedRow(id, what, word string, source Source, arrange func(*sim.GitHub)) Assumption {
	return Assumption{
		ID: id, Says: what + " refuses each change with 403, in distinct words.", Source: source, Closed: true, Play: refusesAll(word),
		Why: "needs a repository that refuses each change, and says why: " + word, Arrange: arrange,
	}
}

// document is the very query that `.deploy` asks about the oldest open pull request, or about number 1 for a token that
// may not look for it.
func (a *attempt) document(ctx context.Context) gh.Document {
	pulls, err := a.call(ctx, http.MethodGet, "/pulls?state=open&sort=created&direction=asc&per_page=1", nil)
	_, err = refused(err)
	a.fail(err)
	inputs := config.Defaults()
	inputs["environment_targets"], inputs["environment"] = environment+","+production, environment
	inputs["enforced_deployment_order"], inputs["github_token"] = environment+","+production, "not used"
	settings, err := config.Read(config.SourceOf(inputs))
	a.fail(err)
	settings.StableBranch = a.base
	request := deploy.Request{
		Command: command.Command{Kind: command.Deploy, Environment: production, KnownEnvironment: true},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: int(max(1, number(at(pulls, 0, "number")))), Owner: a.owner, Repository: a.name,
		},
	}
	document, err := gh.FactsDocument(ctx, a.owner, a.name, deploy.NeedsFor(request, settings))
	a.fail(err)
	return document
}

// deployQuery sends the query of `.deploy`.
func (a *attempt) deployQuery(ctx context.Context) reply {
	document := a.document(ctx)
	got := a.ask(ctx, document.Query, document.Variables, "repository")
	if got.isOf("NOT_FOUND") && slices.Contains(got.problems[0].Path, any("pullRequest")) {
		a.skip("there is no open pull request: keep one open, with a check and a status")
	}
	return got
}

func hiddenTeam(ctx context.Context, a *attempt) Result {
	if a.options.RunID == 0 {
		return a.skip("needs the token of a workflow")
	}
	_, err := a.send(ctx, http.MethodGet, a.client.rest+"/orgs/"+escaped(a.owner)+"/teams/lockstep-conform/memberships/"+escaped(a.owner), nil)
	said, err := refused(err)
	a.fail(err)
	return judge(said.is(http.StatusNotFound), "%v", said)
}

func queryAnswered(ctx context.Context, a *attempt) Result {
	got := a.deployQuery(ctx)
	return judge(len(got.problems) == 0 && at(got.data, "pullRequest") != nil && at(got.data, "gates") != nil, "%s", got.said())
}

// deniedOn plays the query with a token that lacks a permission: each error is a missing permission on a field that
// begins like one of these, with the rest of the data next to it.
func deniedOn(fields ...string) Play {
	return func(ctx context.Context, a *attempt) Result {
		got := a.deployQuery(ctx)
		if len(got.problems) == 0 && a.err == nil {
			return a.skip("nothing was denied: the repository is public, or its oldest open pull request has no such check")
		}
		var odd []string
		for _, one := range got.problems {
			isThere := slices.ContainsFunc(fields, func(field string) bool { return strings.Contains("."+one.where(), "."+field) })
			if one.Type != "FORBIDDEN" || !isThere {
				odd = append(odd, one.Type+" at "+one.where())
			}
		}
		return judge(len(odd) == 0 && at(got.data, "nameWithOwner") != nil, "%s; unexpected: %q", got.said(), odd)
	}
}

func queryHidden(ctx context.Context, a *attempt) Result {
	got := a.deployQuery(ctx)
	if len(got.problems) == 0 && a.err == nil {
		return a.skip("nothing was denied: the repository is public")
	}
	return judge(got.isOf("FORBIDDEN") && got.data == nil, "%s; the repository is there: %t", got.said(), got.data != nil)
}

func fineGrainedChecks(ctx context.Context, a *attempt) Result {
	said := a.refusalOf(ctx, step{http.MethodGet, "/commits/" + a.head + "/check-runs", nil})
	return judge(said != nil && strings.Contains(said.message, "by personal access token"), "%v", said)
}

func undefinedField(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, "name lockstepConformNoSuchField")
	code := ""
	if len(got.problems) > 0 {
		code = got.problems[0].Extensions.Code
	}
	return judge(code == "undefinedField" && got.data == nil, "%s; code %q", got.said(), code)
}

func permissionOfApp(ctx context.Context, a *attempt) Result {
	said := a.refusalOf(ctx, step{http.MethodGet, "/collaborators/github-actions%5Bbot%5D/permission", nil})
	return judge(said.is(http.StatusNotFound), "%v", said)
}

func missingPermission(ctx context.Context, a *attempt) Result {
	said := a.refusalOf(ctx, step{http.MethodPost, "/deployments/1/statuses", map[string]any{"state": "error"}})
	return judge(said.isPermission(), "%v", said)
}

// customRole looks for an author of an open pull request whose role is no usual one.
func customRole(ctx context.Context, a *attempt) Result {
	pulls, _ := a.openPulls(ctx, "author { __typename login }")
	asked := map[string]bool{}
	for _, one := range pulls {
		login := text(at(one, "author", "login"))
		if at(one, "author", "__typename") != "User" || asked[login] {
			continue
		}
		asked[login] = true
		got := a.get(ctx, "/collaborators/%s/permission", login)
		if role := text(at(got, "role_name")); role != "" && !slices.Contains([]string{"admin", "maintain", "write", "triage", "read", "none"}, role) {
			return judge(slices.Contains([]any{"admin", "write", "read"}, at(got, "permission")), "the role %s has the permission %v", role, at(got, "permission"))
		}
	}
	return a.unprepared()
}

// refusesAll plays the refusal of a repository that lets nothing be changed, by a request that would change nothing.
func refusesAll(word string) Play {
	return func(ctx context.Context, a *attempt) Result {
		if !strings.Contains(a.closed, word) {
			return a.unprepared()
		}
		said := a.refusalOf(ctx, step{http.MethodDelete, "/git/refs/heads/" + a.marked("nothing"), nil})
		return judge(said.is(http.StatusForbidden) && !said.isPermission() && strings.Contains(said.message, word), "%v", said)
	}
}
