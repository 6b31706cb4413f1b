package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const fileOf = `defaultBranchRef { name target { ... on Commit { oid file(path: "PATH") { type object { __typename ... on Blob { text isBinary isTruncated byteSize } } } } } }`

// A file and its commit are one answer. Missing is null without an error (U19a), a folder is a tree, a link is not followed (U19c),
// and of a submodule there is no object here: see k0shk0sh/FastHub#1847.
func TestFileOfTheDefaultBranch(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Push(sim.Commit{Files: map[string]string{
		".github/rules.yml": "version: 1\n", "image.png": "a\x00b", "latin.txt": "caf\xe9", "large.txt": strings.Repeat("x", 600_000), "empty.txt": "",
	}})
	const link, module = `{"path": "link", "mode": "120000", "type": "blob", "content": ".github/rules.yml"}`, `{"path": "module", "mode": "160000", "type": "commit", "sha": "1111111111111111111111111111111111111111"}`
	_, head := ask(t, g, "GET /./git/commits/"+g.Head("main"), nil)
	base, _ := at(head, "tree", "sha").(string)
	_, tree := ask(t, g, "POST /./git/trees", `{"base_tree": "`+base+`", "tree": [`+link+`, `+module+`]}`)
	_, commit := ask(t, g, "POST /./git/commits", map[string]any{"message": "Link", "tree": at(tree, "sha"), "parents": []any{g.Head("main")}})
	play(t, g, []exchange{{"move", "PATCH /./git/refs/heads/main", map[string]any{"sha": at(commit, "sha")}, 200, ""}})
	for path, want := range map[string]string{
		".github/rules.yml": `{"type": "blob", "object": {"__typename": "Blob", "text": "version: 1\n", "isBinary": false, "isTruncated": false, "byteSize": 11}}`,
		"none.yml":          `null`,
		"none/none.yml":     `null`,
		"empty.txt/x":       `null`,
		".github":           `{"type": "tree", "object": {"__typename": "Tree"}}`,
		"image.png":         `{"object": {"text": null, "isBinary": true, "isTruncated": false, "byteSize": 3}}`,
		"latin.txt":         `{"object": {"text": null, "isBinary": true, "byteSize": 4}}`,
		"large.txt":         `{"object": {"isBinary": false, "isTruncated": true, "byteSize": 600000}}`,
		"empty.txt":         `{"object": {"text": "", "isBinary": false, "isTruncated": false, "byteSize": 0}}`,
		"link":              `{"type": "blob", "object": {"__typename": "Blob", "text": ".github/rules.yml"}}`,
		"module":            `{"type": "commit", "object": null}`,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			got := repository(t, g, strings.Replace(fileOf, "PATH", path, 1))
			includes(t, `{"defaultBranchRef": {"name": "main", "target": {"oid": "`+g.Head("main")+`", "file": `+want+`}}}`, got)
		})
	}
}

// Without the permission the branch is hidden with an error (U19b); without a commit there is no branch.
func TestFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	document := `{ repository(owner: "acme", name: "shop") { name ` + strings.Replace(fileOf, "PATH", "README.md", 1) + ` } }`
	g := start(t)
	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "write"}})
	includes(t, `{"data": {"repository": {"name": "shop", "defaultBranchRef": null}}, "errors": [
		{"type": "FORBIDDEN", "path": ["repository", "defaultBranchRef"], "message": "Resource not accessible by integration"}]}`, query(t, g, document, nil))
	empty := start(t)
	empty.DeleteBranch("main")
	got := query(t, empty, document, nil)
	includes(t, `{"data": {"repository": {"name": "shop", "defaultBranchRef": null}}}`, got)
	assert.Nil(t, at(got, "errors"))
}

// The statuses of a deployment are listed newest first, with their times: see S20.
func TestTimesOfStatuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		id := g.Deploy(sim.DeploymentSpec{State: "in_progress"})
		began := time.Now().UTC().Format(time.RFC3339)
		time.Sleep(90 * time.Second)
		g.SetDeploymentState(id, "success")
		includes(t, `{"deployments": {"nodes": [{"statuses": {"nodes": [{"state": "SUCCESS", "createdAt": "`+time.Now().UTC().Format(time.RFC3339)+`"},
			{"state": "IN_PROGRESS", "createdAt": "`+began+`"}]}}]}}`,
			repository(t, g, `deployments(first: 1) { nodes { statuses(first: 10) { nodes { state createdAt } } } }`))
	})
}

// Every answer has the time of the simulator's clock, also a refusal and one that was arranged to fail.
func TestDateOfAnswers(t *testing.T) {
	t.Parallel()
	g := start(t)
	clock := sim.NewClock(1)
	clock.Advance(1000 * time.Hour)
	g.UseClock(clock)
	g.Fail(sim.Fault{Method: "GET", Path: "/rate_limit", Status: http.StatusServiceUnavailable})
	for _, route := range []string{"GET /.", "GET /./pulls/9", "GET /rate_limit", "POST /graphql"} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			body := map[string]any(nil)
			if route == "POST /graphql" {
				body = map[string]any{"query": "{ viewer { login } }"}
			}
			date, err := http.ParseTime(send(t, g.Client(), request(t, route, body)).Header.Get("Date"))
			require.NoError(t, err)
			assert.WithinDuration(t, clock.Now(), date, time.Minute)
		})
	}
}

// A repository that is made at the time of a clock is as old as that.
func TestNewAt(t *testing.T) {
	t.Parallel()
	compiled, err := schema()
	require.NoError(t, err)
	clock := sim.NewClock(1)
	clock.Advance(-1000 * time.Hour)
	g := sim.NewAt(clock, compiled, sim.Repository{})
	found := repository(t, g, `createdAt defaultBranchRef { target { ... on Commit { committedDate } } }`)
	for _, text := range []any{found["createdAt"], at(found, "defaultBranchRef", "target", "committedDate")} {
		made, err := time.Parse(time.RFC3339, text.(string))
		require.NoError(t, err)
		assert.WithinDuration(t, clock.Now(), made, time.Minute)
	}
}
