package playground_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/playground"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// session is one in which no story has begun.
func session(t *testing.T) *playground.Session {
	t.Helper()
	schema, err := rehearse.LoadSchema()
	require.NoError(t, err)
	s := playground.New(schema)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// begun is a session in which a story has been played to its end.
func begun(t *testing.T, story string) (*playground.Session, *playground.View) {
	t.Helper()
	s := session(t)
	return s, played(t, s.Begin(t.Context(), story))
}

// played is the view of an answer without a problem.
func played(t *testing.T, a playground.Answer) *playground.View {
	t.Helper()
	require.Nil(t, a.Problem)
	require.NotNil(t, a.View)
	assert.Empty(t, a.View.Broken)
	return a.View
}

// newest is the newest step.
func newest(t *testing.T, v *playground.View) *playground.Step {
	t.Helper()
	for _, entry := range slices.Backward(v.Timeline) {
		if entry.Step != nil {
			return entry.Step
		}
	}
	t.Fatal("no step")
	return nil
}

const ready = "user alice write\nuser bob admin\npush checkout Faster\ncheck test checkout success\npull 1 alice checkout Faster checkout\n"

// Each story that comes with the program can be played on the page.
func TestShippedStories(t *testing.T) {
	t.Parallel()
	shipped, err := playground.Stories()
	require.NoError(t, err)
	require.Len(t, shipped, len(rehearse.StoryNames()))
	_, err = rehearse.LoadSchema() // outside of the bubbles
	require.NoError(t, err)
	if testing.Short() { // a tenth of them by chance
		rand.Shuffle(len(shipped), func(i, j int) { shipped[i], shipped[j] = shipped[j], shipped[i] })
		shipped = shipped[:len(shipped)/10]
	}
	for _, story := range shipped {
		t.Run(story.Name, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, story.Title)
			if strings.HasPrefix(story.Name, "dora-") { // no time at all passes in a bubble, and reports end before now
				begun(t, story.Text)
				return
			}
			synctest.Test(t, func(t *testing.T) { begun(t, story.Text) })
		})
	}
}

// What people see first is a refusal that has already happened.
func TestFirst(t *testing.T) {
	t.Parallel()
	s, view := begun(t, playground.First())
	require.Len(t, view.Timeline, 3)
	assert.Equal(t, "alice", view.Timeline[0].Comment.Author)
	assert.Equal(t, "-1", view.Timeline[0].Comment.Reactions[0].Content)
	step := view.Timeline[1].Step
	assert.Equal(t, "failure", step.Decision)
	assert.True(t, slices.ContainsFunc(step.Findings, func(f playground.Finding) bool { return f.Gate == "order" && f.Verdict == "block" }))
	assert.NotEmpty(t, step.Effects)
	assert.Positive(t, step.Requests)
	answer := view.Timeline[2].Comment
	assert.True(t, answer.Bot)
	assert.Contains(t, answer.HTML, "<code>.deploy development</code>")
	var names []string
	for _, one := range view.Environments {
		names = append(names, one.Name)
		assert.Equal(t, "nothing", one.State)
		assert.Equal(t, one.Name == "production", one.Production)
	}
	assert.Equal(t, []string{"development", "staging", "production"}, names)

	view = played(t, s.Line(t.Context(), "comment alice 1 .deploy development"))
	assert.True(t, view.JobOpen)
	assert.Equal(t, "running", view.Environments[0].State)
	assert.Equal(t, "alice", view.Environments[0].Lock.By)
	view = played(t, s.Line(t.Context(), "job success 90s"))
	assert.False(t, view.JobOpen)
	assert.Equal(t, "success", view.Environments[0].State)
	assert.Equal(t, view.Pull.SHA, view.Environments[0].Current.SHA)
	assert.Equal(t, "alice", view.Environments[0].Current.By)
	assert.Nil(t, view.Environments[0].Lock)
	assert.True(t, newest(t, view).Post)
}

func TestView(t *testing.T) {
	t.Parallel()
	_, view := begun(t, "# A busy day\nat 2026-12-04T10:00+01:00\n"+ready+`check lint checkout in_progress
review 1 bob APPROVED
push checkout Even faster
labelled 1 urgent
locked --global bob sticky 1 No one deploys today
comment alice 1 .deploy staging
-- with --
environment_targets: production,staging
versioner_api_key: sk_acme_1_rehearsal
-- .github/lockstep.yml --
version: 1
environments:
  production:
    after: staging
  staging: {}
`)
	assert.Equal(t, "A busy day", view.Title)
	assert.True(t, strings.HasPrefix(view.Now, "2026-12-04T09:00:"), view.Now)
	assert.Equal(t, "open", view.Pull.State)
	assert.Equal(t, []string{"urgent"}, view.Pull.Labels)
	assert.Equal(t, []playground.Review{{User: "bob", State: "APPROVED", Stale: true}}, view.Pull.Reviews)
	assert.Equal(t, "staging", view.Environments[0].Name)
	assert.Equal(t, &playground.Lock{By: "bob", Reason: "No one deploys today", Sticky: true, Global: true}, view.Environments[0].Lock)
	assert.Contains(t, view.Users, playground.User{Login: "bob", Role: "admin"})
	assert.Equal(t, "production,staging", view.Inputs["environment_targets"])
	assert.NotContains(t, view.Inputs, "github_token")
	assert.Contains(t, view.Rules.Text, "after: staging")
	assert.Empty(t, view.Rules.Problems)
	assert.NotContains(t, newest(t, view).Log, "::add-mask::")
}

// A page reads lists: none of them is null.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	_, view := begun(t, "user alice write")
	text, err := json.Marshal(view)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(text, &fields))
	for name, value := range fields {
		if name != "pull" {
			assert.NotNil(t, value, name)
		}
	}
}

// Names of environments do not differ by case; the branches that lock them do.
func TestSpellings(t *testing.T) {
	t.Parallel()
	_, view := begun(t, ready+"locked production bob sticky 1 Frozen\n-- with --\nenvironment_targets: Production,staging,STAGING\n")
	require.Len(t, view.Environments, 2)
	assert.True(t, view.Environments[0].Production)
	assert.Equal(t, "Frozen", view.Environments[0].Lock.Reason)
}

// A page that sets the clock needs the moment at which the story began, whatever has passed since.
func TestBegan(t *testing.T) {
	t.Parallel()
	_, view := begun(t, "at 2026-12-04T10:00+01:00\n"+ready+"pass 24h\n")
	assert.True(t, strings.HasPrefix(view.Began, "2026-12-04T09:00:"), view.Began)
}

// The action waits for a reaction, which another call brings.
func TestConfirmation(t *testing.T) {
	t.Parallel()
	s := session(t)
	synctest.Test(t, func(t *testing.T) {
		played(t, s.Begin(t.Context(), ready+"-- with --\ndeployment_confirmation: true\n"))
		answered := make(chan playground.Answer)
		go func() { answered <- s.Line(context.Background(), "comment alice 1 .deploy production") }()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		view := played(t, s.Look())
		assert.True(t, view.Running)
		question := view.Timeline[len(view.Timeline)-1].Comment
		assert.True(t, question.Question)
		view = played(t, s.Line(t.Context(), "react alice +1"))
		assert.False(t, view.Timeline[len(view.Timeline)-1].Comment.Question)
		view = played(t, <-answered)
		assert.True(t, view.JobOpen)
		assert.False(t, view.Running)
	})
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		story string
		line  int
		text  string
	}{
		"nothing":                       {"", 0, "it has no lines"},
		"only remarks":                  {"# Hello\n\n", 0, "it has no lines"},
		"unknown verb":                  {"user alice write\n\nfly alice\n", 3, `there is no verb "fly"`},
		"word missing":                  {"user alice\n", 1, "a word is missing"},
		"no pull request":               {"user alice write\ncomment alice 1 .deploy\n", 2, "there is no pull request 1"},
		"want that is not met":          {"user alice write\nwant comment hello\n", 2, ""},
		"check of no branch":            {"check a b success\n", 1, "there is no branch"},
		"no job":                        {"job success\n", 1, "there is no job to end"},
		"unknown input":                 {"user alice write\n-- with --\nenvironment: production\nflavour: sweet\n", 4, `there is no input "flavour"`},
		"section without use":           {"user alice write\n-- notes --\nx\n", 2, "nothing reads the section"},
		"open quote":                    {ready + "comment alice 1 \"abc\n", 6, "quote"},
		"mistake while the action runs": {ready + "before-request \"GET /repos\" fly\ncomment alice 1 .deploy\n", 7, `no verb "fly"`},
		"year out of range":             {"at 9999-12-31T23:00Z\n", 1, "between the years"},
		"pass out of range":             {"user alice write\npass 2000000h\n", 2, "between the years"},
		"end of a job out of range":     {ready + "comment alice 1 .deploy\njob success 2000000h\n", 7, "between the years"},
		"two moments":                   {"at tomorrow\n", 1, "tomorrow"},
		"zero bytes":                    {"\x00\xff", 1, "verb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer := session(t).Begin(t.Context(), test.story)
				require.NotNil(t, answer.Problem)
				assert.Equal(t, test.line, answer.Problem.Line, answer.Problem.Text)
				assert.Contains(t, answer.Problem.Text, test.text)
				assert.NotContains(t, answer.Problem.Text, "playground")
			})
		})
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	t.Run("before a story", func(t *testing.T) {
		t.Parallel()
		answer := session(t).Line(t.Context(), "pass 1h")
		assert.Nil(t, answer.View)
		assert.NotNil(t, answer.Problem)
	})
	t.Run("after a broken line", func(t *testing.T) {
		t.Parallel()
		s, _ := begun(t, ready)
		answer := s.Line(t.Context(), "fly")
		require.NotNil(t, answer.Problem)
		assert.NotNil(t, answer.View)
		played(t, s.Line(t.Context(), "comment alice 1 .help"))
	})
	t.Run("two at once", func(t *testing.T) {
		t.Parallel()
		s, _ := begun(t, ready)
		assert.NotNil(t, s.Line(t.Context(), "pass 1h\npass 1h").Problem)
	})
	t.Run("another story", func(t *testing.T) {
		t.Parallel()
		s, _ := begun(t, ready)
		assert.Nil(t, played(t, s.Begin(t.Context(), "user alice write")).Pull)
	})
}

// What is wrong in a story never gets into the page as more than text.
func TestHostileStory(t *testing.T) {
	t.Parallel()
	text := `<img src=x onerror=alert(1)><script>alert(1)</script>[x](javascript:alert(1))`
	_, view := begun(t, "# "+text+"\n"+ready+"locked --global bob sticky 1 "+text+"\ncomment alice 1 .deploy\ncomment alice 1 "+text+"\n")
	for _, entry := range view.Timeline {
		for _, html := range htmlOf(entry) {
			assert.NotContains(t, html, "<img")
			assert.NotContains(t, html, "<script")
			assert.NotContains(t, html, `href="javascript`)
		}
	}
}

func htmlOf(entry playground.Entry) []string {
	if entry.Comment != nil {
		return []string{entry.Comment.HTML}
	}
	all := []string{entry.Step.Summary}
	for _, finding := range entry.Step.Findings {
		all = append(all, finding.HTML)
	}
	return all
}

func TestCheckRules(t *testing.T) {
	t.Parallel()
	assert.Empty(t, playground.CheckRules("version: 1\nenvironments:\n  production:\n"))
	problems := playground.CheckRules("version: 1\nenvironments:\n  production:\n    soak: x\n")
	require.Len(t, problems, 1)
	assert.Equal(t, 4, problems[0].Line)
	assert.Equal(t, 11, problems[0].Column)
	assert.Contains(t, problems[0].Text, "environments.production.soak")
}
