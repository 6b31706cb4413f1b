package rehearse_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const scenario = `
user alice write
push checkout Faster checkout
pull 1 alice checkout
comment alice 1 .deploy to staging
`

func run(t *testing.T, script string) error {
	t.Helper()
	_, err := stage(t, script)
	return err
}

// stage plays a script and returns what is left when it is over, nil when a line went wrong.
func stage(t *testing.T, script string) (*rehearse.Session, error) {
	t.Helper()
	story, err := rehearse.ParseStory("test", []byte(script))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	var left *rehearse.Session
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Latency: time.Millisecond}
		options.After = func(p *rehearse.Session) { left = p }
		err = rehearse.Run(t.Context(), story, options)
	})
	return left, err
}

// Every expectation holds where it should and fails where it should.
func TestWants(t *testing.T) {
	t.Parallel()
	for good, bad := range map[string]string{
		"exit 0":                                  "exit 1",
		"output continue true":                    "output continue false",
		"output environment staging":              "output fork_ref x",
		"no output needs_to_be_deployed":          "no output continue",
		"no deployment production":                "no deployment staging",
		"comment Deployment Triggered":            "comment Deployment Results",
		"reaction eyes":                           "reaction none",
		"deployment staging in_progress checkout": "deployment staging in_progress main",
		"deployment staging in_progress":          "deployment staging success",
		"events none":                             "events started",
		"requests 20 rounds 20":                   "requests 2",
		"requests 20":                             "requests 20 rounds 1",
		"log add-mask":                            "log panic",
		"summary deploying to staging":            "summary refused",
		"said 1 Deployment Triggered":             "said 2 Deployment Triggered",
		"run in_progress":                         "run success",
		"comments 1":                              "comments 0",
		"labels none":                             "labels deployed",
		"lock production none":                    "lock production alice",
	} {
		t.Run(good, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, scenario+"want "+good), good)
			require.Error(t, run(t, scenario+"want "+bad), bad)
		})
	}
	for _, bad := range []string{"want no comment", "want no requests", "want deployment production success", "want nonsense", "want no nonsense", "want deployment staging", "cmp comment missing.md", "cmp log x", "want said Deployment", "want said 0 x", "want labels", "want lock staging", "want lock-field staging sticky"} {
		t.Run(bad, func(t *testing.T) {
			t.Parallel()
			require.Error(t, run(t, scenario+bad), bad)
		})
	}
}

// Each expectation says how it is written when something is missing behind it.
func TestWantsWithoutWords(t *testing.T) {
	t.Parallel()
	for _, want := range rehearse.Wants() {
		word, _, _ := strings.Cut(want.Usage, " ")
		if word == "TYPE" {
			continue
		}
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, run(t, scenario+"want "+word), "write: want "+want.Usage)
			if last := strings.Fields(want.Usage); !slices.Contains([]string{"TEXT", "VALUE", "NAME"}, last[len(last)-1]) && !strings.HasSuffix(want.Usage, "…") {
				require.ErrorContains(t, run(t, scenario+"want "+word+" 1 2 3 4"), "write: want "+want.Usage)
			}
		})
	}
	for script, problem := range map[string]string{
		scenario + "want no output":               "the name of the output is needed",
		scenario + "want no comment Did you mean": "nothing can follow: want no comment",
		scenario + "want no output noop x":        "nothing can follow: want no output noop",
		scenario + "want no deployment staging x": "nothing can follow: want no deployment staging",
		scenario + "want no lock staging x":       "nothing can follow: want no lock staging",
		scenario + "want requests 12 rounds":      "write: want requests",
		scenario + "want requests 12 rounds many": "how many rounds has to be a number",
		scenario + "want comment \"\"":            "a text is needed",
		scenario + "want log \"\"":                "a text is needed",
		scenario + "want output-holds sha \"\"":   "a text is needed",
		scenario + "want requests 12 round 8":     "write: want requests",
		scenario + "want TYPE x":                  `there is no expectation "TYPE"`,
		"want record x":                           "there is no step yet",
		"want labels none":                        "there is no pull request yet",
		"want tracked status x":                   "there is no event yet",
		"check ci nobranch success":               `there is no branch "nobranch"`,
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, run(t, script), problem)
		})
	}
}

// Locks that are there already, labels, and what they look like.
func TestWantsOfLocks(t *testing.T) {
	t.Parallel()
	const locked = `
user alice write
push checkout One
pull 1 alice checkout
pull 2 bob other
labelled 1 "needs review" deployed
file main docs/page.md "one\n\ttwo\n"
pass 1h
locked staging bob 1 Because I say so
locked "prod eu" carol deploying legacy
locked --global dora
locked half eve broken 1
locked empty eve empty
locked gone eve
unlocked gone
comment alice 1 hello
`
	for good, bad := range map[string]string{
		"lock staging bob":                                    "lock staging carol",
		`lock "prod eu" carol`:                                `lock "prod eu" none`,
		"lock --global dora":                                  "lock --global none",
		"lock gone none":                                      "lock staging none",
		"no lock gone":                                        "no lock staging",
		"lock half eve":                                       "lock empty eve",
		"lock-field staging sticky true":                      "lock-field staging sticky false",
		"lock-field staging reason Because I say so":          "lock-field staging reason null",
		"lock-field staging branch checkout":                  "lock-field staging branch other",
		`lock-field "prod eu" branch other`:                   `lock-field "prod eu" branch checkout`,
		`lock-field "prod eu" reason deployment`:              `lock-field "prod eu" sticky true`,
		"lock-field staging schema_version 1":                 `lock-field "prod eu" schema_version 1`,
		"lock-field --global environment null":                "lock-field staging environment null",
		"lock-field --global unlock_command .unlock --global": "lock-field --global global false",
		"lock-field half created_by eve":                      "lock-field half sticky true",
		`labels deployed "needs review"`:                      "labels deployed",
		"comments 0":                                          "comments 1",
		"no comment":                                          "said 1 hello",
	} {
		t.Run(good, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, locked+"want "+good), good)
			require.Error(t, run(t, locked+"want "+bad), bad)
		})
	}
	left, err := stage(t, locked)
	require.NoError(t, err)
	page, _ := left.GitHub.File("main", "docs/page.md")
	assert.Equal(t, "one\n\ttwo\n", page)
	file, _ := left.GitHub.File("staging-branch-deploy-lock", "lock.json")
	assert.Contains(t, file, `"created_at":"2000-01-01T01:00:00.000Z"`, "the lock is as old as the story says")
}

// Without virtual time, a lock is as old as the clock that was put forward makes it.
func TestAgeOfLocks(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("test", []byte("push b\npull 1 alice b\npass 1000h\nlocked staging bob\n"))
	require.NoError(t, err)
	text := ""
	options := rehearse.Options{After: func(p *rehearse.Session) { text, _ = p.GitHub.File("staging-branch-deploy-lock", "lock.json") }}
	require.NoError(t, rehearse.Run(t.Context(), story, options))
	var lock struct {
		CreatedAt time.Time `json:"created_at"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &lock))
	assert.WithinDuration(t, time.Now().Add(1000*time.Hour), lock.CreatedAt, time.Hour)
}

func TestBadScripts(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"dance", "user alice", "push", "pull x alice b", "pull 2 alice", "fork 2 eve main", "comment alice one .deploy", `comment alice 1 "unfinished`,
		"job", "job success soon", "step push", "deployed staging", "token", "pass soon", "fail GET /", "fail GET / soon", "fail GET / 500 soon", "tracker soon", `user "alice write`,
		"comment alice 7 .deploy", `comment alice 1 "\q"`, "merge 7", "merge one", "close 7", "closed 1", "closed 7 alice", "closed 1 alice", "review 7 bob APPROVED",
		"file main", "file main a", `file main a "\q"`, "labelled 1", "labelled 7 a", "react alice", "react alice +1", "rerun", "rerun-failed", "another-job", "secret", "finish success", "crash", "kill", "cancel",
		`before-request "POST /repos/acme/shop/deployments"`, "locked staging", "locked staging bob 7", "locked a..b bob", "unlocked", "unlocked staging", "env", `env A "\q"`,
		"locked staging bob\nlocked staging carol", "merge 1\nmerge 1\nclosed 1",
		"comment alice 1 .deploy\nreact alice thumbs", "comment alice 1 .deploy\nreact alice +1 many", "comment alice 1 .deploy\ncrash\njob success", "comment alice 1 .deploy\ncrash\ncrash",
		"comment alice 1 .deploy\nfinish", "push main\nfile main b one\nfile b b two\nmerge 1",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.Error(t, run(t, "user alice write\npush b\npull 1 alice b\n"+line), line)
		})
	}
	_, err := rehearse.ParseStory("test", []byte("user alice write\n-- with --\nno colon\n"))
	require.ErrorContains(t, err, "no colon")
}

// What was to happen during a request and did not, or went wrong, fails the story.
func TestMoments(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"before-request nonsense push checkout":                           `no request held "nonsense"`,
		"kill nonsense":                                                   `no request held "nonsense"`,
		"cancel so much nonsense":                                         `no request held "so much nonsense"`,
		"before-request addComment react alice thumbs":                    "no comment of Lockstep yet",
		"before-request addComment want lock production bob":              "want lock.json",
		"before-request addComment comment alice 1 .deploy to production": "the action is running already",
		"before-request addComment rerun":                                 "the action is running already",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			err := run(t, strings.Replace(scenario, "comment", line+"\ncomment", 1))
			require.ErrorContains(t, err, want, line)
		})
	}
	require.NoError(t, run(t, strings.Replace(scenario, "comment", "before-request addComment locked production bob\ncomment", 1)+"want lock production bob"))
}

// conclusions are how the workflow runs of a story stand.
func conclusions(p *rehearse.Session) []string {
	var all []string
	for _, one := range p.GitHub.Runs() {
		all = append(all, fmt.Sprintf("%d.%d %s by %s: %s %s", one.ID%1000, one.RunAttempt, one.Event, one.Actor, one.Status, one.Conclusion))
	}
	return all
}

// GitHub knows of the workflow run of each step, and how it went.
func TestWorkflowRuns(t *testing.T) {
	t.Parallel()
	const start, tracked = "POST /repos/acme/shop/deployments", "step push alice product=shop version=1 environment=staging versioner_api_key=sk_acme_1_rehearsal status="
	for name, test := range map[string]struct {
		before, after string
		want          []string
	}{
		"under way":   {"", "", []string{"1.1 issue_comment by alice: in_progress "}},
		"succeeded":   {"", "job success", []string{"1.1 issue_comment by alice: completed success"}},
		"failed":      {"", "job failure", []string{"1.1 issue_comment by alice: completed failure"}},
		"cancelled":   {"", "job cancelled", []string{"1.1 issue_comment by alice: completed cancelled"}},
		"post failed": {"", "fail POST /repos/*/*/deployments/*/statuses 404 9\njob success", []string{"1.1 issue_comment by alice: completed failure"}},
		"refused":     {"user alice read", "want exit 1", []string{"1.1 issue_comment by alice: completed failure"}},
		"refused again": {
			"user alice read", "want comment run=9000000001.1\nrerun\nwant comment run=9000000001.2", []string{"1.2 issue_comment by alice: completed failure"},
		},
		"next one":        {"", "comment alice 1 .deploy to staging", []string{"1.1 issue_comment by alice: completed success", "2.1 issue_comment by alice: in_progress "}},
		"another job":     {"set skip_completing true", "job failure", []string{"1.1 issue_comment by alice: in_progress "}},
		"no other job":    {"set skip_completing true", "job cancelled", []string{"1.1 issue_comment by alice: completed cancelled"}},
		"runner lost":     {"", "crash", []string{"1.1 issue_comment by alice: completed failure"}},
		"stopped by hand": {"", "crash cancelled", []string{"1.1 issue_comment by alice: completed cancelled"}},
		"lost later":      {"set skip_completing true", "job success\ncrash", []string{"1.1 issue_comment by alice: completed failure"}},
		"killed":          {`kill "` + start + `"`, "", []string{"1.1 issue_comment by alice: completed failure"}},
		"main cancelled":  {`cancel "` + start + `"`, "", []string{"1.1 issue_comment by alice: completed cancelled"}},
		"again":           {`kill "` + start + `"`, "user bob write\nrerun bob\njob success", []string{"1.2 issue_comment by alice: completed success"}},
		"still going":     {"", "rerun\nrerun", []string{"1.3 issue_comment by alice: in_progress "}},
		"tracking":        {"", tracked + "started", []string{"1.1 issue_comment by alice: completed success", "2.1 push by alice: in_progress "}},
		"tracked": {
			"", tracked + "started\n" + tracked + "completed\n" + tracked + "started",
			[]string{"1.1 issue_comment by alice: completed success", "2.1 push by alice: completed success", "3.1 push by alice: in_progress "},
		},
		"finished elsewhere": {"set skip_completing true", "job success\nwant deployment staging in_progress\nfinish success\nwant deployment staging success", []string{"1.1 issue_comment by alice: completed success"}},
		"always elsewhere": {
			"set skip_completing true", "job cancelled\nwant run cancelled\nbefore-request /statuses want run in_progress\nfinish success\nwant run success",
			[]string{"1.1 issue_comment by alice: completed success"},
		},
		"failed elsewhere": {"set skip_completing true", "finish failure\nwant deployment staging failure", []string{"1.1 issue_comment by alice: completed failure"}},
		"closed":           {"", "close 1\nclosed 1 bob", []string{"1.1 issue_comment by alice: completed success", "2.1 pull_request by bob: completed success"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left, err := stage(t, strings.Replace(scenario, "comment", test.before+"\ncomment", 1)+test.after)
			require.NoError(t, err, name)
			assert.Equal(t, test.want, conclusions(left), name)
		})
	}
}

// The run of a tag is listed under the tag, and is about its commit.
func TestRunOfATag(t *testing.T) {
	t.Parallel()
	left, err := stage(t, "user alice write\npush checkout Faster\ntag main checkout\nstep push@tags/main alice mode=track environment=staging status=success\n"+
		"step push@checkout alice mode=track environment=staging status=success\nstep push alice mode=track environment=staging status=success\n")
	require.NoError(t, err)
	runs := left.GitHub.Runs()
	require.Len(t, runs, 3)
	for i, want := range []struct{ branch, sha string }{
		{"main", left.GitHub.Head("checkout")}, {"checkout", left.GitHub.Head("checkout")}, {"main", left.GitHub.Head("main")},
	} {
		assert.Equal(t, want.branch, runs[i].HeadBranch)
		assert.Equal(t, want.sha, runs[i].HeadSHA)
		assert.Equal(t, ".github/workflows/deploy.yml", runs[i].Path)
	}
}

// A process that died does nothing more; what the runner does then depends on whether it lives.
func TestKill(t *testing.T) {
	t.Parallel()
	killed := strings.Replace(scenario, "comment", "kill \"POST /repos/acme/shop/deployments\"\ncomment", 1) + "want exit 137\nwant reaction eyes\nwant comments 1\nwant no output decision\nwant no deployment staging\n"
	left, err := stage(t, killed)
	require.NoError(t, err)
	for _, request := range left.GitHub.Requests() {
		assert.NotEqual(t, "/repos/acme/shop/deployments", request.Path)
	}
	_, err = stage(t, killed+"job failure\nwant exit 0\nwant comments 2\nwant reaction -1\n")
	require.NoError(t, err, "the post step has the state that was saved")
	_, err = stage(t, killed+"rerun\nwant output continue true\nwant deployment staging in_progress\njob success\nwant deployment staging success\n")
	require.NoError(t, err)
	require.Error(t, run(t, killed+"comment alice 1 .help\njob success\n"), "the job is over")

	inPost := scenario + "kill \"/statuses\"\njob success\nwant exit 137\nwant deployment staging in_progress\n"
	left, err = stage(t, inPost)
	require.NoError(t, err)
	assert.Equal(t, []string{"1.1 issue_comment by alice: completed failure"}, conclusions(left))
}

func TestCancel(t *testing.T) {
	t.Parallel()
	script := strings.Replace(scenario, "comment", "cancel \"POST /repos/acme/shop/deployments\"\ncomment", 1)
	require.NoError(t, run(t, script+"want no deployment staging\nwant comments 2\nwant reaction -1\n"), "the action can still clean up")
	require.Error(t, run(t, script+"job success"), "the post step has run")
}

func TestReact(t *testing.T) {
	t.Parallel()
	left, err := stage(t, scenario+"react bob +1\nreact crowd -1 120\n")
	require.NoError(t, err)
	reactions := left.GitHub.Comments(1)[1].Reactions
	require.Len(t, reactions, 121)
	assert.Equal(t, sim.Reaction{ID: reactions[0].ID, Login: "bob", Content: "+1"}, reactions[0])
	assert.Equal(t, sim.Reaction{ID: reactions[120].ID, Login: "crowd-120", Content: "-1"}, reactions[120])
}

// Variables reach main and post, those of a closed pull request are as the runner sets them.
func TestVariables(t *testing.T) {
	t.Parallel()
	const typo = "Did you mean environment"
	require.Error(t, run(t, scenario+"want log "+typo))
	require.NoError(t, run(t, strings.Replace(scenario, "comment", `env INPUT_ENVIRONMNT "a b"`+"\ncomment", 1)+"want log "+typo))

	require.NoError(t, run(t, scenario+`env DEPLOY_MESSAGE "one **two**"`+"\njob success\nwant comment one **two**"))

	const track = " alice product=shop version=1 environment=staging versioner_api_key=sk_acme_1_rehearsal status=completed\n"
	left, err := stage(t, scenario+"job success\npull 2 alice other\nmerge 1\nclosed 1"+track+"want deployment staging success main\n")
	require.NoError(t, err)
	body := string(left.Versioner.Events()[0].Body)
	assert.Contains(t, body, `"`+left.GitHub.Head("main")+`"`)
	assert.Contains(t, body, `"main"`)
	left, err = stage(t, scenario+"job success\nclose 1\nclosed 1"+track)
	require.NoError(t, err)
	assert.Contains(t, string(left.Versioner.Events()[0].Body), `"checkout"`)
}

// A broken contract fails a story even where nothing is expected.
func TestViolationsFailTheStory(t *testing.T) {
	t.Parallel()
	err := run(t, strings.Replace(scenario, "comment", "set github_token unknown-token\ncomment", 1)+"want exit 1")
	require.NoError(t, err, "a refused token is no broken contract")
}

func TestPrinter(t *testing.T) {
	stories, err := rehearse.Stories()
	require.NoError(t, err)
	plain, colours := new(bytes.Buffer), new(bytes.Buffer)
	require.NoError(t, rehearse.Run(t.Context(), stories[0], rehearse.Options{Show: &rehearse.Printer{Out: plain}}))
	require.NoError(t, rehearse.Run(t.Context(), stories[0], rehearse.Options{Show: &rehearse.Printer{Out: colours, Paint: rehearse.Colours()}}))
	assert.NotContains(t, plain.String(), "\x1b")
	assert.Contains(t, colours.String(), "\x1b[36malice\x1b[0m commented on #1")
	told := plain.String()
	for _, next := range []string{
		"━━ Production has to wait its turn",
		"alice commented on #1\n  │ .deploy to production",
		"✔ permission", "✘ order", "→ comment", "lockstep commented on #1\n  │ ### 🚦 Invalid Deployment Order",
		"needs_to_be_deployed = development,staging",
		".deploy to development", "→ create the deployment of", "continue = true", "● tracking endpoint got started",
		"total_seconds = 90", "● tracking endpoint got completed",
		".deploy main to production", "rolling back",
	} {
		t.Run(next, func(t *testing.T) {
			_, rest, found := strings.Cut(told, next)
			require.True(t, found, "%q is missing or comes too early in:\n%s", next, plain)
			told = rest
		})
	}
	assert.NotContains(t, plain.String(), "<!--", "what a browser hides is hidden")
	assert.NotContains(t, plain.String(), "gates let it pass", "each of them is shown")
}

// A step whose job ends at once shows each of its parts by what that part did.
func TestPrinterOfSteps(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("steps", []byte(`# Steps
user alice write
step push alice environment=staging version=1 status=started finish_on_post=true
-- with --
mode: track
`))
	require.NoError(t, err)
	out := new(bytes.Buffer)
	require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Show: &rehearse.Printer{Out: out, Brief: true}}))
	assert.Equal(t, 1, strings.Count(out.String(), "status: in_progress"), out.String())
	assert.Equal(t, 1, strings.Count(out.String(), "status: success"), out.String())
}

func TestPrinterCounts(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("help", []byte("# Help\nuser alice write\npush checkout One\npull 1 alice checkout\ncomment alice 1 .help\n"))
	require.NoError(t, err)
	out := new(bytes.Buffer)
	require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Show: &rehearse.Printer{Out: out, Brief: true}}))
	assert.Contains(t, out.String(), "✔ all gates let it pass\n")
}
