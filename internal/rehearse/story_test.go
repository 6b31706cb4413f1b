package rehearse_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// A story that says something which nothing reads is not played.
func TestParseStoryRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ story, want string }{
		"no lines":             {"# A title alone\n", `read story "mine": it has no lines`},
		"inputs alone":         {"-- with --\ntrigger: .ship\n", "it has no lines"},
		"misspelt section":     {"push main\n\n-- inputs --\ntrigger: .ship\n", `line 3: nothing reads the section "inputs"; the inputs are in the section "with"`},
		"file that is no read": {"push main\nwant comment x\n-- with --\ntrigger: .ship\n-- x --\n", `line 5: nothing reads the section "x"`},
		"section twice":        {"push main\n-- with --\ntrigger: .ship\n-- with --\n", `line 4: there are two sections "with"`},
		"misspelt input":       {"push main\n-- with --\n\nenforced_deployment_ordr: a,b\n", `line 4: there is no input "enforced_deployment_ordr", perhaps "enforced_deployment_order" is meant`},
		"unknown input":        {"push main\n-- with --\nsomething_else: a\n", `line 3: there is no input "something_else"`},
		"input twice":          {"push main\n-- with --\ntrigger: a\ntrigger: b\n", `line 4: the input "trigger" is there twice`},
		"no colon":             {"push main\n-- with --\ntrigger\n", `line 3: input line "trigger" has no colon`},
		"input behind a file":  {"push main\ncmp comment x\n-- x --\none\ntwo\n-- with --\ntriger: b\n", `line 7: there is no input "triger"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rehearse.ParseStory("mine", []byte(test.story))
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := rehearse.ParseStory("mine", []byte("workflow a.yml b.yml\nworkflow c.yml\ncmp comment d.md\n-- d.md --\n-- b.yml --\n-- c.yml --\n-- with --\napi-key: x\n"))
	require.NoError(t, err, "other spellings of inputs are known, too")
}

// When a line cannot be played, what was expected before and does not hold is named as well: it says why.
func TestStoryStops(t *testing.T) {
	t.Parallel()
	story, err := rehearse.ParseStory("mine", []byte("user alice write\npush b\npull 1 alice b\ncomment alice 1 .deploy to nowhere\nwant output continue true\njob success\nwant exit 0\n"))
	require.NoError(t, err)
	err = rehearse.Run(t.Context(), story, rehearse.Options{})
	require.ErrorContains(t, err, `line 5: want output continue to be "true"`)
	require.ErrorContains(t, err, "line 6 (job success): the action did not output continue: there is no job to end")
}

// A line with a word that is not known fails the story, and names the one that may be meant.
func TestMisspeltLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"pul 1 alice b":                                 `there is no verb "pul", perhaps "pull" is meant`,
		"dance":                                         `there is no verb "dance"; there are user, push`,
		"want coment x":                                 `there is no expectation "coment", perhaps "comment" is meant`,
		"want no coment":                                "what is not there has to be one of output, comment",
		"want output evironment x":                      `there is no output "evironment", perhaps "environment" is meant`,
		"want no output evironment":                     `there is no output "evironment", perhaps "environment" is meant`,
		"set triger .ship":                              `there is no input "triger", perhaps "trigger" is meant`,
		"post skip_complete true":                       `there is no input "skip_complete"`,
		"step push alice evironment=a":                  `there is no input "evironment", perhaps "environment" is meant`,
		"close 1\nclosed 1 alice mod=unlock":            `there is no input "mod", perhaps "mode" is meant`,
		"comment alice 1 .deploy\nanother-job triger=x": `there is no input "triger"`,
		"set skip_completing true\ncomment alice 1 .deploy\nfinish success staus=x": `there is no input "staus"`,
		"set skip_completing true\ncomment alice 1 .deploy\nresult success staus=x": `there is no input "staus"`,
		"user bob wirte":                            "the permission has to be one of admin, write, read, none",
		"user bob":                                  "a word is missing; write: user LOGIN PERMISSION [ROLE]",
		"review 1 bob APROVED":                      "the review has to be one of APPROVED, CHANGES_REQUESTED",
		"comment alice 1 .deploy\njob succeeded":    "the status has to be one of success, failure, cancelled",
		"app shouts ok":                             "how the application answers has to be one of says, late, at",
		"app at shop.example.com api.github.com":    `"api.github.com" must be the name of a host`,
		"app at https://shop.example.com":           "must be the name of a host, such as shop.example.com",
		"receiver webhok down":                      "the receiver has to be one of app, cdevents, ",
		"pull one alice b":                          `the pull request has to be a number, not "one"`,
		"pass soon":                                 `"soon" is not a duration such as 90s, 20m or 2h`,
		"pushpull 1 soon x":                         `"soon" is not a duration`,
		"comment alice 1 .deploy\njob success soon": `"soon" is not a duration`,
		"fail GET / soon":                           `the status has to be a number, not "soon"`,
		"rule reviews many":                         `how many reviews has to be a number, not "many"`,
		`comment alice 1 "unfinished`:               `"unfinished has no closing quote, or an escape that Go does not know`,
		`user "alice write`:                         `"alice write has no closing quote`,
		"want requests many":                        `how many requests has to be a number, not "many"`,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			err := run(t, "user alice write\npush b\npull 1 alice b\n"+line)
			require.ErrorContains(t, err, want)
			assert.NotContains(t, err.Error(), "strconv")
			assert.NotContains(t, err.Error(), "time: ")
		})
	}
}

// shown is what a rehearsal prints, and the error that it returns.
func shown(t *testing.T, script string) (string, error) {
	t.Helper()
	story, err := rehearse.ParseStory("mine", []byte(script))
	require.NoError(t, err)
	out := new(bytes.Buffer)
	err = rehearse.Run(t.Context(), story, rehearse.Options{Show: &rehearse.Printer{Out: out, Brief: true}})
	return out.String(), err
}

const twoPulls = "user alice write\nuser bob write\npush one\npush two\npull 1 alice one\npull 2 bob two\n"

// Who ends a job is shown before the end, and before the next person says anything.
func TestPrinterOfEnds(t *testing.T) {
	t.Parallel()
	got, err := shown(t, twoPulls+"comment alice 1 .deploy to staging\ncomment bob 2 .wcid\n")
	require.NoError(t, err)
	assertOrder(t, got, "the job of alice ends: success (no line ends it)\n", "→ set the deployment's status: success", "lockstep commented on #1\n  │ ### Deployment Results",
		"bob commented on #2", "lockstep commented on #2")
	got, err = shown(t, twoPulls+"comment alice 1 .deploy to staging\njob failure\ncomment bob 2 .wcid\n")
	require.NoError(t, err)
	assertOrder(t, got, "the job of alice ends: failure\n", "→ set the deployment's status: failure", "bob commented on #2")
	assert.NotContains(t, got, "no line ends it")
	got, err = shown(t, twoPulls+"set skip_completing true\ncomment alice 1 .deploy to staging\njob success\nrerun-failed bob\nfinish success\nrerun bob\njob success\n")
	require.NoError(t, err)
	assertOrder(t, got, "the job of alice ends: success\n", "the job of bob ends: success\n")
	for _, next := range []string{"edit alice", "step push alice mode=track environment=qa", "close 1\nclosed 1 bob mode=unlock"} {
		got, err = shown(t, twoPulls+"comment alice 1 .deploy to staging\n"+next+"\n")
		require.NoError(t, err, next)
		before, _, found := strings.Cut(got, "a workflow runs for")
		assert.Contains(t, before, "the job of alice ends: success (no line ends it)\n", next)
		assert.Equal(t, next != "edit alice", found)
	}
}

// assertOrder wants texts one after the other.
func assertOrder(t *testing.T, got string, texts ...string) {
	t.Helper()
	rest := got
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		require.True(t, found, "%q is missing or comes too early in:\n%s", text, got)
		rest = after
	}
}

// Warnings and errors of the run's page are shown, but for what a gate has said already.
func TestPrinterOfAnnotations(t *testing.T) {
	t.Parallel()
	got, err := shown(t, twoPulls+"env INPUT_ENFORCED_DEPLOYMENT_ORDR a,b\ncomment alice 1 .deploy to staging\n")
	require.NoError(t, err)
	assert.Contains(t, got, "  ! warning: There is no input ")
	assert.Contains(t, got, "enforced_deployment_order")
	assert.Equal(t, 1, strings.Count(got, "could be stricter"), got)
	got, err = shown(t, twoPulls+"set sticky_locks maybe\ncomment alice 1 .deploy to staging\n")
	require.NoError(t, err)
	assert.Contains(t, got, "  ✘ error: ")
}

// The escapes that keep text from being Markdown are not part of what people read.
func TestPrinterOfEscapes(t *testing.T) {
	t.Parallel()
	got, err := shown(t, twoPulls+"set environment_targets eu_1&2\ncomment alice 1 .deploy to eu_1&2\n")
	require.NoError(t, err)
	assert.Contains(t, got, "to **eu_1&2**")
	got, err = shown(t, twoPulls+"comment alice 1 .help\n")
	require.NoError(t, err)
	assert.Contains(t, got, "`.deploy <environment> | <parameters>`")
}

// The last line says how many expectations are met.
func TestPrinterOfVerdict(t *testing.T) {
	t.Parallel()
	const help = twoPulls + "comment alice 1 .help\n"
	for name, test := range map[string]struct {
		script, want string
		fails        bool
	}{
		"none":  {help, "! the story expects nothing: it has no line that begins with want\n", false},
		"one":   {help + "want exit 0\n", "✔ 1 expectation is met\n", false},
		"many":  {help + "want exit 0\nwant comments 1\nwant no lock staging\n", "✔ 3 expectations are met\n", false},
		"unmet": {help + "want exit 1\nwant exit 0\n", "✘ 1 of 2 expectations is not met\n", true},
		"other": {help + "want exit 0\nkill nonsense\n", "✘ 1 expectation is met, but there are other problems\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := shown(t, test.script)
			assert.Equal(t, test.fails, err != nil)
			assert.True(t, strings.HasSuffix(got, "\n"+test.want), got)
		})
	}
}

// A deployment that one step leaves open is ended by the next step of the same run, however its status is spelled.
func TestStepsOfOneRun(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"started", "pending", "queued", "in_progress", "IN_PROGRESS"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			left, err := stage(t, "user alice write\npush main\nset mode track\nset environment qa\nstep push alice status="+status+"\nwant run in_progress\nstep push alice status=success\nwant run success\nwant deployment qa success\nwant deployments qa 1\n")
			require.NoError(t, err)
			assert.Len(t, left.GitHub.Runs(), 1)
		})
	}
	require.NoError(t, run(t, "user alice write\npush main\nstep push alice\nstep push alice status=success\nwant deployments qa 1\n-- with --\nmode: track\nenvironment: qa\nstatus: started\n"),
		"the input may be that of all steps")
}
