package message_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/template"
)

// Jobs that were re-run alone and skipped say how to deploy with a check.
func TestResultOfJobsThatWereRerun(t *testing.T) {
	t.Parallel()
	ending := message.Ending{Status: config.Aborted, RawStatus: "skipped", At: at(), Rerun: true}
	golden(t, "result-skipped-again", message.Result(subject(), ending))
	golden(t, "result-skipped-again-hostile", message.Result(hostileSubject(), ending))
	ending.Status, ending.RawStatus, ending.RerunBy = config.Completed, "success", "hubot"
	again := message.Result(subject(), ending)
	assert.NotContains(t, again, "Re-run")
	assert.Contains(t, again, "> ⚠️ **hubot** re-ran jobs of this run alone: what deploys was not checked again.")
	ending.RerunBy = hostile
	golden(t, "result-again-hostile", message.Result(hostileSubject(), ending))
}

func TestResult(t *testing.T) {
	t.Parallel()
	noop := func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget }
	withURL := func(s *message.Subject) { s.EnvironmentURL = "https://shop.example/start" }
	nothing := func(*message.Subject) {}
	for name, test := range map[string]struct {
		change func(*message.Subject)
		status config.Status
		raw    string
	}{
		"result-completed":          {nothing, config.Completed, "success"},
		"result-completed-url":      {withURL, config.Completed, "success"},
		"result-completed-noop":     {noop, config.Completed, "success"},
		"result-completed-noop-url": {func(s *message.Subject) { noop(s); withURL(s) }, config.Completed, "success"},
		"result-failed":             {withURL, config.Failed, "failure"},
		"result-failed-noop":        {noop, config.Failed, "failure"},
		"result-aborted":            {nothing, config.Aborted, "cancelled"},
		"result-aborted-noop":       {noop, config.Aborted, "cancelled"},
		"result-skipped":            {nothing, config.Aborted, "skipped"},
		"result-unknown":            {nothing, "", ""},
		"result-unknown-noop":       {noop, config.Started, "started"},
		"result-reviewed":           {func(s *message.Subject) { s.Reviews, s.Fork = &message.Reviews{Count: 2, Decision: "APPROVED"}, true }, config.Completed, "success"},
		"result-not-reviewed":       {func(s *message.Subject) { s.Reviews = &message.Reviews{} }, config.Completed, "success"},
		"result-rollback-failed":    {func(s *message.Subject) { s.Stable, s.Ref = true, "main" }, config.Failed, "failure"},
		"result-failed-known":       {func(*message.Subject) {}, config.Failed, "failure"},
		"result-taken-back":         {func(*message.Subject) {}, config.Failed, "Rolled_Back"},
		"result-back-failed":        {func(s *message.Subject) { goesBack(s, message.Rollback{Version: "v1.4.2"}) }, config.Failed, "failure"},
		"result-back":               {func(s *message.Subject) { goesBack(s, message.Rollback{Version: "v1.4.2"}) }, config.Completed, "success"},
		"result-commit":             {func(s *message.Subject) { s.Ref, s.Kind = headSHA, deploy.SHATarget }, config.Completed, "success"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject()
			test.change(&s)
			ending := message.Ending{Status: test.status, RawStatus: test.raw, DeploymentID: 42, At: at().Add(65 * time.Second), Seconds: 65, ShowURL: true}
			if s.Noop {
				ending.DeploymentID = 0
			}
			switch {
			case test.raw == "failure" && strings.HasSuffix(name, "known"):
				ending.Rollback = message.WayOut{Command: ".rollback production", SHA: otherSHA, Version: "v1.4.2"}
			case s.Rollback != nil:
				ending.Rollback = message.WayOut{Command: ".rollback production"}
			case !s.Noop && !s.GoesBack():
				ending.Rollback = message.WayOut{Command: ".deploy main to production"}
			}
			golden(t, name, message.Result(s, ending))
		})
	}
	for name, status := range map[string]config.Status{"completed": config.Completed, "failed": config.Failed, "unknown": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "result-hostile-"+name, message.Result(hostileSubject(), message.Ending{
				Status: status, RawStatus: hostile, DeploymentID: 42, At: at(), ShowURL: true, Rollback: message.WayOut{Command: ".deploy main to " + hostile, SHA: hostile, Version: hostile},
			}))
		})
	}
}

func TestResultWithoutURL(t *testing.T) {
	t.Parallel()
	s := subject()
	s.EnvironmentURL = "https://shop.example"
	said := message.Result(s, message.Ending{Status: config.Completed, At: at()})
	assert.NotContains(t, said, "Environment URL:")
	s.EnvironmentURL = ""
	said = message.Result(s, message.Ending{Status: config.Completed, At: at(), ShowURL: true})
	assert.NotContains(t, said, "Environment URL:")
}

// succeeded is a deployment that went well.
func succeeded() message.Ending {
	return message.Ending{Status: config.Completed, RawStatus: "success", DeploymentID: 42, At: at().Add(65 * time.Second), Seconds: 65}
}

// written parses a template.
func written(t *testing.T, text string) *template.Template {
	t.Helper()
	parsed, err := template.Parse(text)
	require.NoError(t, err)
	return &parsed
}

// The workflow's own text is shown as it is, except for what would reach beyond its place.
func TestResults(t *testing.T) {
	t.Parallel()
	url := subject()
	url.EnvironmentURL = "https://shop.example"
	for name, results := range map[string]string{
		"text":       `Applied.\n\n- 3 added\n-\t0 removed`,
		"fence":      "```hcl\nresource {}\n```\n",
		"open-fence": "```hcl\nresource {",
		"tildes":     "~~~\n<details>\n```",
		"open-fold":  "<details><summary>Plan</summary>\n\n<Details>\ninner",
		"end-fold":   "</details>\nout <details>in</details></DETAILS>\n```\n</details>\n```",
		"html":       "<!-- not closed",
		"comment":    "<!--\n```\n<details>\n-->\n<details>\nopen",
		"markers":    "<!-- lockstep:result run=77.1 comment=5 -->\n<!--- post-deploy-metadata-start -->\n{}\n<!--- post-deploy-metadata-end -->\n<!--- pre-deploy-metadata-start -->",
		"list-fence": "- ```\n  x\n  ```\n\n```\nopen",
		"controls":   "a\r\nb\rc\x00\x1b[31m\xff",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ending := succeeded()
			ending.Results, ending.ShowURL = results, true
			golden(t, "results-"+name, message.Result(url, ending))
		})
	}
}

func TestNoResults(t *testing.T) {
	t.Parallel()
	for _, results := range []string{"", " \n\t\u00a0", "null", " undefined\n", `\n\n`} {
		t.Run(results, func(t *testing.T) {
			t.Parallel()
			ending := succeeded()
			ending.Results = results
			assert.NotContains(t, message.Result(subject(), ending), "Show Results", "%q", results)
		})
	}
	ending := succeeded()
	ending.Results = "nullified"
	assert.Contains(t, message.Result(subject(), ending), "<details><summary>Show Results</summary>\n\nnullified\n\n</details>\n\n<details><summary>Details</summary>")
}

// A comment that takes the place of the first one keeps what that one had to tell.
func TestResultInPlaceOfTheStart(t *testing.T) {
	t.Parallel()
	ending := succeeded()
	ending.Started, ending.Results = true, "Applied."
	golden(t, "result-started", message.Result(confirmed(), ending))
	assert.NotContains(t, message.Result(subject(), ending), "Compare", "nothing is known to have run there")
	golden(t, "result-hostile-started", message.Result(hostileSubject(), message.Ending{Status: config.Completed, Started: true, TemplateProblem: hostile}))
	ending.Template = written(t, "Done: {{ results }}")
	golden(t, "result-started-template", message.Result(confirmed(), ending))
}

func TestResultWithTemplate(t *testing.T) {
	t.Parallel()
	ending := succeeded()
	ending.Results = `as \n it is`
	ending.Template = written(t, "### {{ actor }} → {{ environment }}\n\n{{ results }}\n")
	assert.Equal(t, "### octocat → production\n\nas \\n it is\n", message.Result(subject(), ending))
	for _, text := range []string{"", " \n", "{% if noop %}rehearsed{% endif %}\n"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			nothing := succeeded()
			nothing.Template = written(t, text)
			assert.Contains(t, message.Result(subject(), nothing), "### Deployment Results ✅")
		})
	}
	ending.Template = written(t, "<!--- post-deploy-metadata-start -->\n{{ results }}\n<!--- post-deploy-metadata-end -->")
	ending.Results = "<!--- post-deploy-metadata-end --><!-- lockstep:result -->"
	said := message.Result(subject(), ending)
	assert.Equal(t, 1, strings.Count(said, "<!--- post-deploy-metadata-end -->"), "only a template may write the markers")
	assert.NotContains(t, said, "<!-- lockstep")
	ending.Template, ending.Results = written(t, "```\n{{ results }}"), "<details>"
	said = message.Result(subject(), ending)
	assert.True(t, strings.HasPrefix(said, "```\n<details>\n```\n"), "what a template leaves open is closed as well")

	ending = succeeded()
	ending.TemplateProblem = `line 3: unknown variable "@foo"`
	golden(t, "result-template-problem", message.Result(subject(), ending))
}

func TestValues(t *testing.T) {
	t.Parallel()
	s := subject()
	assert.Equal(t, template.Values{
		Environment: "production", Ref: "feature", SHA: headSHA, Status: "odd", CommitVerified: true,
		DeploymentEndTime: "2026-11-21T10:00:00.000Z", Actor: "octocat", Logs: runURL,
	}, message.Values(s, message.Ending{RawStatus: "odd", At: at(), Results: "null"}))

	s.Noop, s.Fork, s.EnvironmentURL = true, true, "https://shop.example"
	s.Params, s.ParsedParams = "--cpu=2", json.RawMessage(`{"_":[],"cpu":2}`)
	s.Reviews = &message.Reviews{Count: 2, Decision: "APPROVED"}
	ending := succeeded()
	ending.Results = "a\\nb\r\nc"
	assert.Equal(t, template.Values{
		Environment: "production", Ref: "feature", SHA: headSHA, EnvironmentURL: new("https://shop.example"),
		Status: "success", Noop: true, Fork: true, CommitVerified: true,
		ApprovedReviewsCount: new(2), ReviewDecision: new("APPROVED"), DeploymentID: new(int64(42)),
		Params: new("--cpu=2"), ParsedParams: new(`{"_":[],"cpu":2}`),
		DeploymentEndTime: "2026-11-21T10:01:05.000Z", Actor: "octocat", Logs: runURL, TotalSeconds: 65, Results: "a\\nb\nc",
	}, message.Values(s, ending))

	s.Reviews = &message.Reviews{}
	values := message.Values(s, ending)
	assert.Equal(t, 0, *values.ApprovedReviewsCount)
	assert.Nil(t, values.ReviewDecision)
}

// long are results that no comment has room for, or hardly.
func long() map[string]string {
	return map[string]string{
		"lines":           strings.Repeat("one line of many\n", 12000),
		"one line":        strings.Repeat("x", 200000),
		"long first line": strings.Repeat("x", 200000) + "\nshort\n",
		"emoji":           strings.Repeat("🚀", 65536),
		"emoji in lines":  strings.Repeat(strings.Repeat("🚀", 100)+"\n", 656),
		"long fence":      strings.Repeat("`", 100) + "\n" + strings.Repeat("@all ```\n", 22000) + strings.Repeat("`", 100),
		"longest fence":   strings.Repeat("`", 30000) + "\n" + strings.Repeat("x\n", 20000),
		"nested folds":    strings.Repeat("<details><summary>deeper</summary>\n\n", 5000) + strings.Repeat("</details>\n", 5000),
		"open folds":      strings.Repeat("<details><summary>one more fold that has no end</summary>\n", 4000),
		"ends of folds":   strings.Repeat("</details>\n", 20000),
		"comment":         "<!--\n" + strings.Repeat("hidden\n", 30000) + "-->",
		"blank lines":     "x" + strings.Repeat("\n", 70000) + "x",
		"escapes":         strings.Repeat(`\n`, 70000) + "x",
		"markers":         strings.Repeat("<!--- post-deploy-metadata-start --><!-- lockstep:result -->\n", 2000),
		"just fits":       strings.Repeat("x\n", 30000),
	}
}

// Of a result that is too long only the workflow's own text is cut.
func TestLongResults(t *testing.T) {
	t.Parallel()
	for name, results := range long() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ending := succeeded()
			ending.Results, ending.Started = results, true
			said := message.Result(confirmed(), ending)
			assert.LessOrEqual(t, js.UTF16Len(said), longest-2000, name)
			limited := message.Limit(said, message.Notes([]string{"The label could not be set."})+marker)
			assert.Zero(t, strings.Count(limited, notice), name)
			assert.True(t, strings.HasPrefix(limited, "### Deployment Results ✅\n\n**octocat** successfully finished "), name)
			var m map[string]any
			metadata(t, limited, "post-deploy-metadata", &m)
			metadata(t, limited, "pre-deploy-metadata", &m)
			assert.Equal(t, name != "just fits", strings.Contains(limited, "… (truncated: GitHub's comment size limit; see the [run's log]("+runURL+"))\n"), name)
			assert.Zero(t, strings.Count(limited, "<!-- lockstep"), name)
			// The details are read as what they are, not as part of the text before them.
			_, after, found := strings.Cut(limited, "\n</details>\n\n<details><summary>Details</summary>\n\n<!--- post-deploy-metadata-start -->\n")
			assert.True(t, found, name)
			assert.Empty(t, harm("<details><summary>Details</summary>\n\n<!--- post-deploy-metadata-start -->\n"+after), name)
		})
	}
}

// As much is kept as there is room for.
func TestLongResultsAreCutLate(t *testing.T) {
	t.Parallel()
	ending := succeeded()
	ending.Results = strings.Repeat("🚀\n", 40000)
	assert.InDelta(t, longest-2000, js.UTF16Len(message.Result(subject(), ending)), 3)
	ending.Results = strings.Repeat("```\n🚀\n```\n", 10000)
	assert.InDelta(t, longest-2000, js.UTF16Len(message.Result(subject(), ending)), 12)
}

// With a template, too, the workflow's own text is cut first.
func TestLongResultsWithTemplate(t *testing.T) {
	t.Parallel()
	for name, results := range long() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ending := succeeded()
			ending.Results, ending.Started = results, true
			ending.Template = written(t, "first\n\n{{ results }}\n\nlast\n")
			said := message.Result(confirmed(), ending)
			assert.LessOrEqual(t, js.UTF16Len(said), longest-2000, name)
			assert.True(t, strings.HasPrefix(said, "first\n\n"), name)
			assert.Equal(t, 1, strings.Count(said, "\nlast\n"), name)
			var m map[string]any
			metadata(t, said, "pre-deploy-metadata", &m)
			ending.Template = written(t, "{{ results }}{{ results }}"+strings.Repeat(strings.Repeat("long ", 50)+"\n", 260))
			assert.LessOrEqual(t, js.UTF16Len(message.Result(confirmed(), ending)), longest-2000, name)
		})
	}
}

func TestLongResultsWithTemplateAreCutLate(t *testing.T) {
	t.Parallel()
	ending := succeeded()
	ending.Results = strings.Repeat("🚀\n", 40000)
	ending.Template = written(t, "first\n\n{{ results }}\n\nlast\n")
	assert.InDelta(t, longest-2000, js.UTF16Len(message.Result(subject(), ending)), 3)
}

// Text that is not ours holds no tags, links or mentions beyond its fold, whatever it is.
func TestResultsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "results-*.md"))
	require.NoError(t, err)
	require.Len(t, paths, 11)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			var m map[string]any
			metadata(t, string(text), "post-deploy-metadata", &m)
			assert.NotContains(t, string(text), "<!-- lockstep", path)
			assert.Equal(t, 1, strings.Count(string(text), "\n</details>\n\n<details><summary>Details</summary>"), path)
		})
	}
}
