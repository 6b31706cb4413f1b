package message_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// goesBack makes the subject that of .rollback.
func goesBack(s *message.Subject, to message.Rollback) {
	s.Rollback, s.Ref, s.Kind = &to, s.SHA, deploy.SHATarget
}

func TestStarted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*message.Subject){
		"started-deploy":        func(*message.Subject) {},
		"started-noop":          func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget },
		"started-rollback":      func(s *message.Subject) { s.Stable, s.Ref = true, "main" },
		"started-rollback-noop": func(s *message.Subject) { s.Stable, s.Ref, s.Noop, s.Kind = true, "main", true, deploy.NoopTarget },
		"started-back": func(s *message.Subject) {
			goesBack(s, message.Rollback{Version: "v1.4.2", Pull: 38, Until: at().Add(-time.Hour), Reason: "carts are empty"})
			s.Live = &message.Live{SHA: otherSHA, Counted: true, Behind: 12, CompareURL: "https://github.com/acme/shop/compare/a...b"}
		},
		"started-back-again": func(s *message.Subject) {
			goesBack(s, message.Rollback{Again: true, Pull: 38})
			s.Live = &message.Live{SHA: headSHA}
		},
		"started-back-little-known": func(s *message.Subject) { goesBack(s, message.Rollback{}) },
		"started-unchanged": func(s *message.Subject) {
			s.Stable, s.Ref, s.Live, s.WayBack = true, "main", &message.Live{SHA: s.SHA, Counted: true}, ".rollback production"
		},
		"started-commit": func(s *message.Subject) { s.Ref, s.Kind = headSHA, deploy.SHATarget },
		"started-params": func(s *message.Subject) {
			s.EnvironmentURL = "https://shop.example"
			s.Params, s.ParsedParams = "--cpu=2 eu", json.RawMessage(`{"_":["eu"],"cpu":2}`)
		},
		"started-fork":         func(s *message.Subject) { s.Fork, s.Ref = true, headSHA },
		"started-little-known": func(s *message.Subject) { s.Committer, s.CommitURL, s.RunURL, s.Verified = "", "", "", false },
		"started-noop-commit":  func(s *message.Subject) { s.Noop, s.Kind, s.Ref = true, deploy.NoopTarget, headSHA },
		"started-taken-over":   func(s *message.Subject) { *s = confirmed() },
		"started-changes":      func(s *message.Subject) { *s = confirmed(); s.Live.Changes = changes() },
		"started-back-changes": func(s *message.Subject) {
			goesBack(s, message.Rollback{Version: "v1.4.2"})
			s.Live = &message.Live{SHA: otherSHA, Counted: true, Behind: 1, CompareURL: "https://github.com/acme/shop/compare/a...b"}
			s.Live.Changes = &deploy.Changelog{Removed: true, Commits: 1}
			s.Live.Changes.Add(deploy.Change{SHA: headSHA, Title: "Fix the cart", Author: "Ada Lovelace"})
		},
		"started-changes-unknown": func(s *message.Subject) {
			*s = confirmed()
			s.Live.Changes = &deploy.Changelog{Commits: 3, Unknown: 3}
		},
		"started-rerun": func(s *message.Subject) { s.RerunBy = "hubot" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject()
			change(&s)
			golden(t, name, message.Started(s))
		})
	}
	golden(t, "started-hostile", message.Started(hostileSubject()))
	back := hostileSubject()
	goesBack(&back, message.Rollback{Version: hostile, Pull: 38, Until: at(), Reason: hostile})
	back.WayBack = hostile
	golden(t, "started-hostile-back", message.Started(back))
}

// How far a deployment moves what runs. A rollback is there to move it back.
func TestComparison(t *testing.T) {
	t.Parallel()
	const address = "https://github.com/acme/shop/compare/a...b"
	rollback := func(s *message.Subject) { s.Stable, s.Ref = true, "main" }
	noop := func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget }
	nothing := func(*message.Subject) {}
	for name, test := range map[string]struct {
		live   message.Live
		change func(*message.Subject)
		want   string
	}{
		"the same commit":                 {message.Live{SHA: headSHA, Counted: true, CompareURL: address}, nothing, "**production** already runs this commit."},
		"not counted":                     {message.Live{SHA: otherSHA, CompareURL: address}, nothing, "**production** runs `3333333` now. [Compare](" + address + ")."},
		"not counted, nothing to compare": {message.Live{SHA: otherSHA}, nothing, "**production** runs `3333333` now."},
		"counted, and the same":           {message.Live{SHA: otherSHA, Counted: true, CompareURL: address}, nothing, "**production** runs `3333333` now. [Compare](" + address + ")."},
		"one more":                        {message.Live{SHA: otherSHA, Counted: true, Ahead: 1, CompareURL: address}, nothing, "Adds [1 commit](" + address + ") to **production**."},
		"three more, odd address":         {message.Live{SHA: otherSHA, Counted: true, Ahead: 3, CompareURL: "/odd"}, nothing, "Adds 3 commits to **production**."},
		"fewer":                           {message.Live{SHA: otherSHA, Counted: true, Behind: 4, CompareURL: address}, nothing, "⚠️ Rolls **production** back by [4 commits](" + address + ")."},
		"fewer in a rollback":             {message.Live{SHA: otherSHA, Counted: true, Behind: 1, CompareURL: address}, rollback, "Rolls **production** back by [1 commit](" + address + ")."},
		"fewer in a rehearsal":            {message.Live{SHA: otherSHA, Counted: true, Behind: 4, CompareURL: address}, noop, "⚠️ Would roll **production** back by [4 commits](" + address + ")."},
		"more and fewer":                  {message.Live{SHA: otherSHA, Counted: true, Ahead: 2, Behind: 1, CompareURL: address}, nothing, "⚠️ Adds [2 commits](" + address + ") and removes 1 that is on **production** now."},
		"more and fewer in a rollback":    {message.Live{SHA: otherSHA, Counted: true, Ahead: 1, Behind: 2, CompareURL: address}, rollback, "Adds [1 commit](" + address + ") and removes 2 that are on **production** now."},
		"more and fewer in a rehearsal":   {message.Live{SHA: otherSHA, Counted: true, Ahead: 1, Behind: 2, CompareURL: address}, noop, "⚠️ Would add [1 commit](" + address + ") and remove 2 that are on **production** now."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject()
			s.Live = &test.live
			test.change(&s)
			for _, said := range []string{message.Started(s), message.Confirm(s, time.Minute)} {
				assert.Contains(t, said, "\n\n"+test.want+"\n\n")
			}
		})
	}
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
	s = subject()
	s.LockCommand = true
	golden(t, "failed-lock", message.Failed(s, deploy.Problem{Text: "I could not remove the lock.", Hint: "Run the command again."}))
}

func TestEndKept(t *testing.T) {
	t.Parallel()
	golden(t, "end-kept", message.EndKept(subject()))
	s := subject()
	s.Noop, s.Kind = true, deploy.NoopTarget
	golden(t, "end-kept-noop", message.EndKept(s))
	golden(t, "end-kept-hostile", message.EndKept(hostileSubject()))
	golden(t, "nothing-again", message.NothingAgain(subject()))
	golden(t, "nothing-again-noop", message.NothingAgain(s))
	golden(t, "nothing-again-hostile", message.NothingAgain(hostileSubject()))
}

// Readers of the metadata cut it out of the comment between its markers.
func TestMetadata(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]message.Subject{"plain": subject(), "hostile": hostileSubject()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
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
				return
			}
			assert.Equal(t, strings.ToValidUTF8(s.Params, "\ufffd"), *started.Parameters.Raw, name)
			assert.JSONEq(t, string(s.ParsedParams), string(started.Parameters.Parsed), name)

			var ended struct{ Status string }
			metadata(t, message.Result(s, message.Ending{RawStatus: "odd", Started: true}), "post-deploy-metadata", &ended)
			metadata(t, message.Result(s, message.Ending{RawStatus: "odd", Started: true}), "pre-deploy-metadata", &started)
			metadata(t, message.Confirm(s, time.Minute), "deployment-confirmation-metadata", &started)
			assert.Equal(t, "odd", ended.Status, name)
		})
	}
}

// metadata reads the text between the markers, of which there must be one pair.
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

// Parameters that are too long to be typed by hand must not crowd out the rest.
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
		t.Run(character, func(t *testing.T) {
			t.Parallel()
			s := subject()
			whole := strings.Repeat(character, 65536)
			s.Trigger.Body, s.Params = message.ShortBody(whole), whole
			s.ParsedParams, _ = json.Marshal(map[string]any{"_": []string{whole}})
			limited := message.Limit(message.Started(s), "<!-- marker -->")
			assert.NotContains(t, limited, "truncated", "%q", character)
			var m map[string]any
			metadata(t, limited, "pre-deploy-metadata", &m)
		})
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 3600)
	assert.Equal(t, "2026-11-21T09:00:00.123Z", message.Timestamp(time.Date(2026, time.November, 21, 10, 0, 0, 123456789, zone)))
	assert.Equal(t, "2026-11-21T10:00:00.000Z", message.Timestamp(at()))
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*message.Subject){
		"deploy":   func(*message.Subject) {},
		"rerun":    func(s *message.Subject) { s.RerunBy = "hubot" },
		"noop":     func(s *message.Subject) { s.Noop, s.Kind = true, deploy.NoopTarget },
		"rollback": func(s *message.Subject) { s.Stable, s.Ref = true, "main" },
		"commit":   func(s *message.Subject) { s.Ref, s.Kind = headSHA, deploy.SHATarget },
		"fork":     func(s *message.Subject) { s.Fork, s.Ref = true, headSHA },
		"little-known": func(s *message.Subject) {
			*s = message.Subject{Actor: "octocat", Environment: "dev", SHA: headSHA, Ref: headSHA}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := confirmed()
			change(&s)
			golden(t, "confirm-"+name, message.Confirm(s, time.Minute))
		})
	}
	golden(t, "confirm-hostile", message.Confirm(hostileSubject(), time.Second))
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]deploy.AnswerKind{
		"confirmed": deploy.Confirmed, "rejected": deploy.Rejected, "timed-out": deploy.TimedOut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := deploy.Answer{Kind: kind, At: at().Add(5 * time.Second)}
			golden(t, "answered-"+name, message.Answered(subject(), time.Minute, answer))
			golden(t, "answered-hostile-"+name, message.Answered(hostileSubject(), time.Minute, answer))
		})
	}
	golden(t, "unanswered", message.Unanswered(subject(), time.Minute))
	assert.Equal(t, message.Unanswered(subject(), time.Minute), message.Answered(subject(), time.Minute, deploy.Answer{}))
}

// The answer comes before the details, and changes nothing else.
func TestAnsweredIsTheQuestionAndALine(t *testing.T) {
	t.Parallel()
	asked := message.Confirm(subject(), time.Minute)
	answered := message.Answered(subject(), time.Minute, deploy.Answer{Kind: deploy.Rejected, At: at()})
	line := "❌ Rejected by **octocat** at 2026-11-21 10:00:00 UTC. Nothing was deployed.\n\n"
	before, after, found := strings.Cut(answered, line)
	assert.True(t, found)
	assert.Equal(t, asked, before+after)
	assert.Regexp(t, `^<details>`, after)
}
