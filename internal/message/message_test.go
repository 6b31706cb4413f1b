package message_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestStarted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*message.Subject){
		"started-deploy":        func(*message.Subject) {},
		"started-noop":          func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget },
		"started-rollback":      func(s *message.Subject) { s.Stable, s.Ref = true, "main" },
		"started-rollback-noop": func(s *message.Subject) { s.Stable, s.Ref, s.Noop, s.Kind = true, "main", true, deploy.NoopTarget },
		"started-commit":        func(s *message.Subject) { s.Ref, s.Kind = headSHA, deploy.SHATarget },
		"started-params": func(s *message.Subject) {
			s.EnvironmentURL = "https://shop.example"
			s.Params, s.ParsedParams = "--cpu=2 eu", json.RawMessage(`{"_":["eu"],"cpu":2}`)
		},
		"started-fork":         func(s *message.Subject) { s.Fork, s.Ref = true, headSHA },
		"started-little-known": func(s *message.Subject) { s.Committer, s.CommitURL, s.RunURL, s.Verified = "", "", "", false },
	} {
		s := subject()
		change(&s)
		golden(t, name, message.Started(s))
	}
	golden(t, "started-hostile", message.Started(hostileSubject()))
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
		"result-unknown":            {nothing, "", ""},
		"result-unknown-noop":       {noop, config.Started, "started"},
		"result-reviewed":           {func(s *message.Subject) { s.Reviews, s.Fork = &message.Reviews{Count: 2, Decision: "APPROVED"}, true }, config.Completed, "success"},
		"result-not-reviewed":       {func(s *message.Subject) { s.Reviews = &message.Reviews{} }, config.Completed, "success"},
		"result-rollback-failed":    {func(s *message.Subject) { s.Stable, s.Ref = true, "main" }, config.Failed, "failure"},
	} {
		s := subject()
		test.change(&s)
		ending := message.Ending{Status: test.status, RawStatus: test.raw, DeploymentID: 42, At: at().Add(65 * time.Second), Seconds: 65, ShowURL: true}
		if s.Noop {
			ending.DeploymentID = 0
		}
		if !s.Noop && !s.Stable {
			ending.Rollback = ".deploy main to production"
		}
		golden(t, name, message.Result(s, ending))
	}
	for name, status := range map[string]config.Status{"completed": config.Completed, "failed": config.Failed, "unknown": ""} {
		golden(t, "result-hostile-"+name, message.Result(hostileSubject(), message.Ending{
			Status: status, RawStatus: hostile, DeploymentID: 42, At: at(), ShowURL: true, Rollback: ".deploy main to " + hostile,
		}))
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

func TestFailed(t *testing.T) {
	t.Parallel()
	golden(t, "failed", message.Failed(subject(), deploy.Problem{
		Text: "I could not create the deployment. GitHub said: `Conflict merging main into feature`.",
		Hint: "Merge `main` into the branch and run the command again.",
	}))
	s := subject()
	s.RunURL = ""
	golden(t, "failed-without-hint", message.Failed(s, deploy.Problem{Text: "Something went wrong."}))
}

// Readers of the metadata cut it out of the comment between its markers.
func TestMetadata(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]message.Subject{"plain": subject(), "hostile": hostileSubject()} {
		var started struct {
			Git     struct{ Branch, Commit string }
			Context struct {
				Comment struct{ Body string }
			}
			Parameters struct {
				Raw    *string
				Parsed json.RawMessage
			}
		}
		metadata(t, message.Started(s), "pre-deploy-metadata", &started)
		valid := strings.ToValidUTF8(s.Ref, "\ufffd")
		assert.Equal(t, valid, started.Git.Branch, name)
		assert.Equal(t, headSHA, started.Git.Commit, name)
		assert.Equal(t, strings.ToValidUTF8(s.Trigger.Body, "\ufffd"), started.Context.Comment.Body, name)
		if s.Params == "" {
			assert.Nil(t, started.Parameters.Raw, name)
			assert.JSONEq(t, "null", string(started.Parameters.Parsed), name)
			continue
		}
		assert.Equal(t, strings.ToValidUTF8(s.Params, "\ufffd"), *started.Parameters.Raw, name)
		assert.JSONEq(t, string(s.ParsedParams), string(started.Parameters.Parsed), name)

		var ended struct{ Status string }
		metadata(t, message.Result(s, message.Ending{RawStatus: "odd"}), "post-deploy-metadata", &ended)
		assert.Equal(t, "odd", ended.Status, name)
	}
}

// metadata reads what stands between the markers, of which there must be one pair.
func metadata(t *testing.T, comment, name string, into any) {
	t.Helper()
	start, end := "<!--- "+name+"-start -->", "<!--- "+name+"-end -->"
	require.Equal(t, 1, strings.Count(comment, start))
	require.Equal(t, 1, strings.Count(comment, end))
	_, rest, _ := strings.Cut(comment, start)
	inside, _, _ := strings.Cut(rest, end)
	from, to := strings.Index(inside, "{"), strings.LastIndex(inside, "}")
	require.Positive(t, from)
	require.NoError(t, json.Unmarshal([]byte(inside[from:to+1]), into))
}

// Parameters that nobody types by hand must not crowd out the rest.
func TestBrief(t *testing.T) {
	t.Parallel()
	s := subject()
	assert.Equal(t, s, s.Brief())
	s.Params, s.ParsedParams = strings.Repeat("x ", 900), json.RawMessage(`{"_":["x"]}`)
	assert.Equal(t, s, s.Brief())

	s.Params = strings.Repeat("é", 5000)
	assert.Equal(t, strings.Repeat("é", 1000)+"…", s.Brief().Params)
	assert.Nil(t, s.Brief().ParsedParams)
	assert.Equal(t, s.Brief(), s.Brief().Brief())

	s.Params, s.ParsedParams = "x", json.RawMessage(`{"_":[`+strings.Repeat("1,", 3000)+`1]}`)
	assert.Equal(t, "x", s.Brief().Params)
	assert.Nil(t, s.Brief().ParsedParams)

	s.ParsedParams = json.RawMessage(`{"_":`)
	assert.Nil(t, s.Brief().ParsedParams, "what is no JSON cannot be repeated as JSON")
}

func TestShortBody(t *testing.T) {
	t.Parallel()
	assert.Equal(t, ".deploy", message.ShortBody(".deploy"))
	exact := strings.Repeat("🚀", 1000)
	assert.Equal(t, exact, message.ShortBody(exact))
	assert.Equal(t, exact+"…", message.ShortBody(exact+"x"))
}

// The comment that holds the command may be as long as GitHub takes any, in the worst characters.
func TestStartedAfterTheLongestComment(t *testing.T) {
	t.Parallel()
	for _, character := range []string{"x", "`", "<", "\x01", "🚀", "\u2028"} {
		s := subject()
		whole := strings.Repeat(character, 65536)
		s.Trigger.Body, s.Params = message.ShortBody(whole), whole
		s.ParsedParams, _ = json.Marshal(map[string]any{"_": []string{whole}})
		limited := message.Limit(message.Started(s), "<!-- marker -->")
		assert.NotContains(t, limited, "left out", "%q", character)
		var m map[string]any
		metadata(t, limited, "pre-deploy-metadata", &m)
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 3600)
	assert.Equal(t, "2026-11-21T09:00:00.123Z", message.Timestamp(time.Date(2026, time.November, 21, 10, 0, 0, 123456789, zone)))
	assert.Equal(t, "2026-11-21T10:00:00.000Z", message.Timestamp(at()))
}
