package gh_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestTemplate(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	names := []string{".github/deployment_message.md", "a b/c:d.md", "100%.md", "ü🚀.md", "~^{x}@{1}.md", `"quoted" $e0.md`, "...md"}
	files := map[string]string{"empty.md": ""}
	for _, name := range names {
		files[name] = "of " + name
	}
	old := github.Head("main")
	commit := github.Push(sim.Commit{Branch: "main", Files: files})
	github.Push(sim.Commit{Branch: "main", Files: map[string]string{names[0]: "newer"}})
	for _, name := range append(names, "empty.md") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{next: github.Client().Transport}
			facts, err := newClient(t, seen, "sim-token").Facts(t.Context(), deploy.Needs{Template: deploy.File{Path: name, Commit: commit}})
			require.NoError(t, err)
			assert.Empty(t, facts.Unavailable)
			assert.Len(t, seen.all(), 1)
			require.NotNil(t, facts.Template)
			assert.Equal(t, files[name], *facts.Template, "as it was at the commit")
		})
	}
	for name, missing := range map[string]deploy.File{
		"too early": {Path: names[0], Commit: old}, "no such file": {Path: "other.md", Commit: commit}, "no such commit": {Path: names[0], Commit: strings.Repeat("0", 40)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, github, deploy.Needs{Template: missing})
			assert.Empty(t, facts.Unavailable)
			assert.Nil(t, facts.Template)
		})
	}
}

func TestTemplateThatIsNoFile(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	commit := github.Push(sim.Commit{Branch: "main", Files: map[string]string{
		"directory/`@everyone`/a": "1", "binary": "\x00\xff", "long": strings.Repeat("x", 600_000),
	}})
	for path, why := range map[string]string{"directory/`@everyone`": "it is no text", "binary": "it is no text", "long": "it is too long"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			facts := read(t, github, deploy.Needs{Template: deploy.File{Path: path, Commit: commit}})
			assert.Nil(t, facts.Template)
			problem := facts.Unavailable[deploy.TemplatePart]
			assert.Contains(t, problem.Text, why)
			assert.Contains(t, problem.Hint, "`deploy_message_path`")
			assert.Equal(t, strings.Contains(path, "@"), strings.Contains(problem.Text, "`` directory/`@everyone` ``"))
		})
	}
}

func TestTemplateWithoutPermission(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "read"}})
	needs := deploy.Needs{Template: deploy.File{Path: "a.md", Commit: github.Head("main")}}
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable[deploy.TemplatePart].Hint, "`contents: read`")
}

// What runs in the environment is read with everything else.
func TestLive(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("main")
	deployed(github, head, "success", map[string]string{"type": "branch-deploy"})
	github.JobDeployment("prod eu/1", github.Head("feature/a b"))
	needs := locks(production)
	needs.Live = "prod eu/1"
	facts := read(t, github, needs)
	require.Len(t, facts.Live, 2)
	assert.Equal(t, head, facts.Live[1].SHA)
	assert.False(t, facts.Live[0].Own)
	assert.Empty(t, facts.Unavailable)

	// Without the permission the rest is read.
	put(github, production, document("production", 5).Marshal())
	facts, err := newClient(t, github.Client().Transport, hidden(github)).Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable[deploy.LivePart].Hint, "`deployments: read`")
	assert.Equal(t, github.Head(production), facts.Locks[production].Tip)

	github.Fail(sim.Fault{Operation: "query", Skip: 1, Status: 401, Body: `{"message":"Bad credentials"}`})
	_, err = newClient(t, github.Client().Transport, "hidden").Facts(t.Context(), needs)
	require.ErrorContains(t, err, "Bad credentials")
}

// A plan that knows no rules is no reason to warn.
func TestRulesThatThePlanDoesNotKnow(t *testing.T) {
	t.Parallel()
	const upgrade = `"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."`
	ask := func(t *testing.T, path string) deploy.Facts {
		t.Helper()
		body := `{"data":{"repository":{"nameWithOwner":"acme/shop","stable":null,"ruled":null},"rateLimit":{}},"errors":[{"type":"FORBIDDEN","path":` + path + `,` + upgrade + `}]}`
		client := newClient(t, &answers{list: []answering{answer(http.StatusOK, body)}}, "x")
		facts, err := client.Facts(t.Context(), deploy.Needs{StableBranch: "main", Rules: true})
		require.NoError(t, err)
		return facts
	}
	for name, path := range map[string]string{
		"branch": `["repository","ruled"]`, "rules": `["repository","ruled","rules"]`, "branch protection": `["repository","gates","baseRef","refUpdateRule"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := ask(t, path)
			assert.True(t, facts.NoRules)
			assert.Empty(t, facts.Unavailable)
			assert.Empty(t, facts.Rules)
		})
	}
	facts := ask(t, `["repository","stable"]`)
	assert.False(t, facts.NoRules)
	assert.Contains(t, facts.Unavailable, deploy.StablePart, "about something else it is an error like any other")
}

func TestUnknownEffect(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, &answers{}, "x").Do(t.Context(), nil, ledger())
	require.ErrorContains(t, err, "unknown effect")
	assert.False(t, gh.Definite(err))
}
