package conform

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestTable(t *testing.T) {
	t.Parallel()
	kinds := []Kind{Documentation, Schema, Tool, PublicReport}
	seen := map[string]bool{}
	for _, a := range Table() {
		assert.False(t, seen[a.ID], "the ID %s names one row", a.ID)
		seen[a.ID] = true
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			assert.Regexp(t, `^[AURS]\d+[a-z]?$`, a.ID)
			assert.Regexp(t, `^[A-Z`+"`"+`].*\.$`, a.Says)
			assert.Contains(t, kinds, a.Source.Kind)
			assert.NotEmpty(t, a.Source.Name)
			assert.Equal(t, a.Play == nil, strings.HasPrefix(a.Why, needsRunner), "only what takes a runner cannot be played")
			assert.Equal(t, a.Arrange == nil, a.Play == nil || a.Why == "", "what is made by hand on GitHub is arranged on the simulator")
			assert.False(t, a.Play != nil && a.Instead != "", "what is played is not played by another test")
			assertExists(t, a.Instead)
			for _, need := range append(slices.Clone(a.Needs), cmp.Or(a.Lacks, "contents: read")) {
				assert.Regexp(t, `^[a-z-]+: (read|write)$`, need)
			}
		})
	}
}

// assertExists wants that a test exists that is called "file: function", or the story of a file.
func assertExists(t *testing.T, test string) {
	t.Helper()
	if test == "" {
		return
	}
	file, function, isFunction := strings.Cut(test, ": ")
	content, err := os.ReadFile("../../" + file)
	require.NoError(t, err)
	if isFunction {
		assert.Contains(t, string(content), "func "+function+"(t *testing.T) {")
	}
}

func resultIn(report Report, id string) Result {
	return report.Rows[slices.IndexFunc(report.Rows, func(row Row) bool { return row.ID == id })].Result
}

// simulated is the repository that needs nothing, for a token that has these permissions, or all and says nothing of them.
func simulated(t *testing.T, granted Permissions) (*sim.GitHub, Options) {
	t.Helper()
	g, options, err := Simulated(Assumption{})
	require.NoError(t, err)
	options.Permissions = granted
	g.AddToken(sim.Token{Value: options.Token, Login: sim.ActionsLogin, Permissions: granted})
	return g, options
}

// played plays the table on a simulator in virtual time, and looks what is left of it.
func played(t *testing.T, granted Permissions, change func(*sim.GitHub, *Options)) (report Report, g *sim.GitHub) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		made, options := simulated(t, granted)
		options.Pace = time.Second // of virtual time
		if change != nil {
			change(made, &options)
		}
		session, err := Open(t.Context(), options)
		require.NoError(t, err)
		report, err = session.Play(t.Context(), Table())
		require.NoError(t, err)
		g = made
	})
	return report, g
}

// remains names what a run has left in a simulator.
func remains(g *sim.GitHub) []string {
	var left []string
	for number := 1; g.PullState(number) != ""; number++ {
		if number > 1 && g.PullState(number) == "OPEN" {
			left = append(left, fmt.Sprintf("pull request #%d", number))
		}
		for _, comment := range g.Comments(number) {
			left = append(left, fmt.Sprintf("comment %d", comment.ID))
		}
	}
	for _, one := range g.Deployments("") {
		left = append(left, fmt.Sprintf("deployment %d", one.ID))
	}
	for _, name := range g.Branches() {
		if strings.HasPrefix(name, markPrefix) {
			left = append(left, "branch "+name)
		}
	}
	return left
}

// Each row that takes no runner is played on the simulator, and holds there, with a token that suits it.
func TestSimulate(t *testing.T) {
	t.Parallel()
	var report Report
	var observed int
	synctest.Test(t, func(t *testing.T) {
		var err error
		report, err = Simulate(t.Context(), func(Row) { observed++ })
		require.NoError(t, err)
	})
	assert.Empty(t, report.Left)
	assert.Equal(t, len(Table()), observed)
	rows := map[string]Row{}
	var notPlayed []string
	for _, row := range report.Rows {
		rows[row.ID] = row
		if row.Outcome == NotTried {
			notPlayed = append(notPlayed, row.ID)
		}
		assert.NotEqual(t, NotHeld, row.Outcome, "%s: %s", row.ID, row.Seen)
	}
	assert.Equal(t, []string{"U6e", "U18b", "U18c", "U18d", "U11", "U12a", "U14", "A11e", "R10"}, notPlayed, "these take a runner")
	for id, token := range map[string]string{
		"U4a": "", "U3b": "a token without `checks: read`", "A11c": "a token without `deployments: write`", "A6": "a fine-grained personal token",
		"R8": "", "A9": "", // the usual token lacks that already
	} {
		assert.Equal(t, token, rows[id].Token, id)
	}
	assert.Contains(t, rows["U3b"].Line(""), "only.  With a token without `checks: read`.  [FORBIDDEN")
}

// A simulator whose state is another than a row wants is told from one that holds.
func TestUnprepared(t *testing.T) {
	t.Parallel()
	for _, row := range Table() {
		if row.Play == nil || row.Why == "" {
			continue
		}
		t.Run(row.ID, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, options, err := Simulated(Assumption{})
				require.NoError(t, err)
				session, err := Open(t.Context(), options)
				require.NoError(t, err)
				report, err := session.Play(t.Context(), []Assumption{row})
				require.NoError(t, err)
				assert.Equal(t, Result{NotTried, row.Why}, report.Rows[0].Result)
				assert.Empty(t, remains(g))
			})
		})
	}
}

// Each row that needs nothing to be made by hand holds with the permissions of at least one job of the workflow, or
// with a personal token, and no row fails with any other.
func TestJobsHold(t *testing.T) {
	t.Parallel()
	outcomes := map[string]map[Outcome]string{}
	for job, granted := range jobs(t) {
		report, g := played(t, granted, tokenOf(job))
		assert.Empty(t, remains(g), job)
		assert.Empty(t, report.Left, job)
		assert.Len(t, report.Rows, len(Table()), job)
		for _, row := range report.Rows {
			if outcomes[row.ID] == nil {
				outcomes[row.ID] = map[Outcome]string{}
			}
			outcomes[row.ID][row.Outcome] += row.Seen + "\n"
		}
		assertNoViolations(t, g)
	}
	for _, a := range Table() {
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			got := outcomes[a.ID]
			assert.NotContains(t, got, NotHeld)
			if a.Why != "" {
				assert.Contains(t, got[NotTried], a.Why)
				assert.NotContains(t, got, Held)
				return
			}
			assert.Contains(t, got, Held, "no job plays it with success: %v", got)
		})
	}
}

// tokenOf gives the jobs of a workflow the workflow's token, and another job a personal one.
func tokenOf(job string) func(*sim.GitHub, *Options) {
	if job != "personal" {
		return nil
	}
	return func(g *sim.GitHub, o *Options) {
		o.Token, o.RunID = "github_pat_1", 0
		g.AddToken(sim.Token{Value: o.Token, Login: "octocat", Kind: sim.FineGrainedToken})
	}
}

// assertNoViolations wants that the program keeps to GitHub's contract, but for the field that it makes up.
func assertNoViolations(t *testing.T, g *sim.GitHub) {
	t.Helper()
	for _, violation := range g.Violations() {
		assert.Regexp(t, `lockstepConformNoSuchField`, violation)
	}
}

// jobs are the permissions of the jobs of the workflow, and a token of which nothing is known.
func jobs(t *testing.T) map[string]Permissions {
	t.Helper()
	granted := map[string]Permissions{"unknown": nil, "personal": nil}
	for name, text := range grants(t) {
		parsed, err := ParsePermissions(text)
		require.NoError(t, err)
		granted[name] = parsed
	}
	require.Greater(t, len(granted), 6)
	return granted
}

// Whatever request fails, the run ends, and what it made is removed or named.
func TestFaults(t *testing.T) {
	t.Parallel()
	_, g := played(t, nil, nil)
	total := len(g.Requests())
	stride := 11
	if testing.Short() {
		stride = 47
	}
	faults := map[string]sim.Fault{
		"fails": {Status: http.StatusBadGateway}, "is cut": {Cut: true}, "is lost": {Cut: true, After: true}, "is denied": {Status: http.StatusForbidden},
		"hangs": {Hang: true}, "is no JSON": {Status: http.StatusOK, Body: "<html>"},
	}
	kinds := slices.Sorted(maps.Keys(faults))
	for at := 3; at < total; at += stride { // the first three are made before anything is changed
		kind := kinds[at%len(kinds)]
		t.Run(fmt.Sprintf("request %d %s", at, kind), func(t *testing.T) {
			t.Parallel()
			fault := faults[kind]
			fault.Skip = at + 5
			report, g := played(t, nil, func(g *sim.GitHub, _ *Options) { g.Fail(fault) })
			for _, one := range remains(g) {
				assert.Contains(t, strings.Join(report.Left, "\n"), one, "it is left behind without a word")
			}
		})
	}
}

// What cannot be removed is named. The next run refuses to begin until it is cleaned up.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	report, g := played(t, nil, func(g *sim.GitHub, _ *Options) {
		g.Fail(sim.Fault{Method: http.MethodDelete, Status: http.StatusBadGateway, Times: -1})
		g.Fail(sim.Fault{Method: http.MethodPatch, Path: "/repos/acme/shop/pulls/2", Status: http.StatusBadGateway, Times: -1})
	})
	left := remains(g)
	assert.Contains(t, left, "pull request #2")
	assert.Contains(t, left, "branch lockstep-conform-sim-head")
	assert.Greater(t, len(left), 20)
	for _, one := range left {
		assert.Contains(t, strings.Join(report.Left, "\n"), one)
	}
	assert.False(t, report.Holds())
	g.Recover()

	_, options := simulated(t, nil)
	options.Transport, options.Run = g.Client().Transport, "next"
	session, err := Open(t.Context(), options)
	require.NoError(t, err)
	g.ResetRequests()
	_, err = session.Play(t.Context(), Table())
	require.ErrorContains(t, err, "remove it with -clean")
	require.ErrorContains(t, err, "branch lockstep-conform-sim-head")
	for _, request := range g.Requests() {
		assert.Equal(t, http.MethodGet, request.Method, "nothing is changed")
	}

	other := g.Push(sim.Commit{Branch: "lockstep-conformist"})
	found, err := session.Leftovers(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, left, found)
	assert.Empty(t, session.Clean(t.Context()))
	assert.Empty(t, remains(g))
	assert.Equal(t, other, g.Head("lockstep-conformist"), "what does not bear the mark stays")
	assert.Equal(t, "OPEN", g.PullState(1))
	assert.Empty(t, session.Clean(t.Context()), "nothing to remove is fine")
}

// Where GitHub does not list what there is, what was made is removed as it is remembered.
func TestUnlisted(t *testing.T) {
	t.Parallel()
	report, g := played(t, nil, func(g *sim.GitHub, _ *Options) {
		for path, before := range map[string]int{"pulls": 2, "deployments": 3, "git/matching-refs/heads/lockstep-conform-sim": 0} {
			g.Fail(sim.Fault{Method: http.MethodGet, Path: "/repos/acme/shop/" + path, Status: http.StatusBadGateway, Skip: before, Times: -1})
		}
	})
	assert.Empty(t, remains(g))
	require.Len(t, report.Left, 1)
	assert.Contains(t, report.Left[0], "what GitHub does not list at the moment: HTTP 502")
	assert.False(t, report.Holds())
}

// A pull request of a fork can bear any name, and is left alone.
func TestForeignMark(t *testing.T) {
	t.Parallel()
	g, options := simulated(t, nil)
	g.OpenPull(sim.Pull{Author: "eve", Head: "lockstep-conform-x-head", HeadRepository: "eve/shop"})
	session, err := Open(t.Context(), options)
	require.NoError(t, err)
	found, err := session.Leftovers(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found)
}

// An interrupted run plays nothing more and removes what it made.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		g, options := simulated(t, nil)
		var asked atomic.Int64 // some are sent at the same time
		options.Transport = through(func(*http.Request) {
			if asked.Add(1) == 40 {
				assert.NotEmpty(t, remains(g))
				cancel()
			}
		}, options.Transport)
		session, err := Open(ctx, options)
		require.NoError(t, err)
		report, err := session.Play(ctx, Table())
		require.NoError(t, err)
		assert.Empty(t, report.Left)
		assert.Empty(t, remains(g))
		assert.Len(t, report.Rows, len(Table()))
		for _, row := range report.Rows {
			if row.ID == "U18a" {
				assert.Equal(t, Result{NotTried, "the run was interrupted"}, row.Result)
			}
			assert.NotEqual(t, NotHeld, row.Outcome, "%s: an interruption says nothing about GitHub", row.ID)
		}
	})
}

// roundTripper is a transport made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// through looks at each request on its way.
func through(look func(*http.Request), next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		look(r)
		return next.RoundTrip(r)
	})
}

// What makes a run impossible is said in one sentence, before anything is changed.
func TestOpen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*sim.GitHub, *Options)
		want   string
	}{
		"no token":             {func(_ *sim.GitHub, o *Options) { o.Token = "" }, "there is no token: set GITHUB_TOKEN"},
		"wrong token":          {func(_ *sim.GitHub, o *Options) { o.Token = "ghs_secret" }, "GitHub does not accept the token: it is invalid or expired"},
		"unknown repository":   {func(_ *sim.GitHub, o *Options) { o.Repository = "acme/nothing" }, "GitHub shows this token no repository acme/nothing"},
		"no repository's name": {func(_ *sim.GitHub, o *Options) { o.Repository = "shop" }, `the repository "shop" is not like OWNER/NAME`},
		"path in the name":     {func(_ *sim.GitHub, o *Options) { o.Repository = "acme/shop/git" }, "is not like OWNER/NAME"},
		"no address":           {func(_ *sim.GitHub, o *Options) { o.API = "api" }, `the API address "api" is not a URL`},
		"another name":         {answering(`{"full_name": "acme/store"}`), "the repository acme/shop has another name now"},
		"may only read":        {answering(`{"full_name": "acme/shop", "permissions": {"push": false}}`), "the token may not write to acme/shop"},
		"no JSON":              {answering("<html>"), "the answer is no JSON"},
		"down":                 {func(g *sim.GitHub, _ *Options) { g.Fail(sim.Fault{Status: 503, Times: -1}) }, "HTTP 503"},
		"no default branch": {func(g *sim.GitHub, _ *Options) {
			g.Fail(sim.Fault{Path: "/repos/acme/shop/git/ref/heads/main", Status: 500})
		}, "read the default branch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, options := simulated(t, nil)
			test.change(g, &options)
			_, err := Open(t.Context(), options)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "ghs_secret")
			for _, request := range g.Requests() {
				assert.Equal(t, http.MethodGet, request.Method)
			}
		})
	}
}

// In a repository that lets nothing be changed only the row about that is played, and the program says so before.
func TestClosedRepository(t *testing.T) {
	t.Parallel()
	for id, close := range map[string]func(*sim.GitHub){"A11d": (*sim.GitHub).Archive, "A11f": (*sim.GitHub).RestrictAddresses, "A11g": (*sim.GitHub).EnforceSAML} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			g, options := simulated(t, nil)
			close(g)
			session, err := Open(t.Context(), options)
			require.NoError(t, err)
			assert.Regexp(t, "It changes nothing, because the repository is (archived|closed)", session.Plan()[1])
			report, err := session.Play(t.Context(), Table())
			require.NoError(t, err)
			assert.Empty(t, report.Left)
			for _, row := range report.Rows {
				want := NotTried
				if row.ID == id {
					want = Held
				}
				assert.Equal(t, want, row.Outcome, "%s: %s", row.ID, row.Seen)
			}
		})
	}
}

// answering lets the repository be described like that.
func answering(body string) func(*sim.GitHub, *Options) {
	return func(g *sim.GitHub, _ *Options) {
		g.Fail(sim.Fault{Path: "/repos/acme/shop", Status: http.StatusOK, Body: body})
	}
}

// A token that may do nothing plays what needs nothing, and makes nothing.
func TestWithoutPermissions(t *testing.T) {
	t.Parallel()
	report, g := played(t, Permissions{}, nil)
	for _, request := range g.Requests() {
		assert.NotContains(t, []string{http.MethodPatch, http.MethodPut, http.MethodDelete}, request.Method, request.Path)
	}
	assert.Equal(t, Result{NotTried, "needs `contents: write`"}, resultIn(report, "U4a"))
	report, _ = played(t, nil, func(g *sim.GitHub, o *Options) { // permissions that the program does not know
		g.AddToken(sim.Token{Value: o.Token, Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read", "deployments": "read", "pull-requests": "read"}})
	})
	assert.Equal(t, Result{NotTried, "the token lacks a permission: Resource not accessible by integration"}, resultIn(report, "U5a"))
}

// What is made on top of the default branch is not tried with a token that may not read it.
func TestUnknownWithoutContents(t *testing.T) {
	t.Parallel()
	report, _ := played(t, nil, func(g *sim.GitHub, o *Options) {
		g.AddToken(sim.Token{Value: o.Token, Login: sim.ActionsLogin, Permissions: map[string]string{"deployments": "write", "pull-requests": "write"}})
	})
	for _, row := range report.Rows {
		assert.NotEqual(t, NotHeld, row.Outcome, "%s: %s", row.ID, row.Seen)
	}
}

// A permission that was declared and is not enough is a difference.
func TestDeclaredPermission(t *testing.T) {
	t.Parallel()
	report, _ := played(t, Permissions{"contents": "write"}, func(g *sim.GitHub, o *Options) {
		g.AddToken(sim.Token{Value: o.Token, Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	})
	assert.False(t, report.Holds())
	assert.Equal(t, Result{NotHeld, "HTTP 403: Resource not accessible by integration"}, resultIn(report, "U5a"))
}

func TestParsePermissions(t *testing.T) {
	t.Parallel()
	granted, err := ParsePermissions(" contents: write,checks:read, ")
	require.NoError(t, err)
	assert.Equal(t, Permissions{"contents": "write", "checks": "read"}, granted)
	assert.True(t, granted.allow("contents: read"))
	assert.False(t, granted.allow("checks: write"))
	assert.False(t, granted.allow("statuses: read"))
	granted, err = ParsePermissions("none")
	require.NoError(t, err)
	assert.Equal(t, Permissions{}, granted)
	for _, wrong := range []string{"contents", "none, checks: read", "contents: all", ": read", "contents: read; checks: read"} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			_, err := ParsePermissions(wrong)
			assert.ErrorContains(t, err, "it is not like `contents: read`")
		})
	}
}

// What GitHub says reaches a terminal as one line of visible characters, without the token.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"plain":      {"HTTP 422: Reference update failed", "HTTP 422: Reference update failed"},
		"escapes":    {"\x1b[31mred\x07\u202e", `\u001b[31mred\u0007\u202e`},
		"lines":      {"a\r\n::set-output name=x::y\tz", "a  ::set-output name=x::y z"},
		"token":      {"Bearer ghs_secret!", "Bearer ***!"},
		"long":       {strings.Repeat("ä", 400), strings.Repeat("ä", 300) + "…"},
		"not UTF-8":  {"a\xffb", "a\ufffdb"},
		"cut token ": {strings.Repeat("x", 295) + "ghs_secret", strings.Repeat("x", 295) + "***"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, Printable(test.text, "ghs_secret"))
		})
	}
}

// A server that answers with anything at all ends no run in a panic, and nothing of it reaches the terminal as it is.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"null": "null", "list": "[[], 1]", "numbers": `{"id": "x", "number": {}, "object": 3, "node_id": [], "data": 1, "errors": 7}`,
		"errors": `{"data": {"repository": 1}, "errors": [{"message": "\u001b[2J", "path": [{}, null]}], "message": ["\u001b"]}`,
		"long":   `{"message": "` + strings.Repeat("\\u001b", 1000) + `"}`, "huge": `"` + strings.Repeat("x", maxAnswer) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, _ := played(t, nil, func(g *sim.GitHub, _ *Options) {
				g.Fail(sim.Fault{Skip: 7, Times: -1, Status: http.StatusOK, Body: body})
			})
			for _, line := range report.Lines("sim-token") {
				assert.NotContains(t, line, "\x1b")
			}
			for _, row := range report.Rows {
				line := row.Line("sim-token")
				assert.NotRegexp(t, `[\x00-\x1f]`, line)
				assert.Less(t, len(line), 2500)
			}
		})
	}
}
