package message_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
	"github.com/lockstep-action/lockstep/internal/message"
)

// ownLink is a link to a place that the tests' subjects name.
var ownLink = regexp.MustCompile(`\]\(https://(github\.com/acme|shop\.example|ci\.example|app\.versioner\.io)/[^()<>\s\x60|\\]*\)`)

// harmful are things that must not stand outside of code.
var harmful = map[string]*regexp.Regexp{
	"tag":                 regexp.MustCompile(`<`),
	"mention":             regexp.MustCompile(`@[0-9A-Za-z]`),
	"reference":           regexp.MustCompile(`#[0-9]|(?i:gh-)[0-9]`),
	"link":                regexp.MustCompile(`\]\(|(?i:https?://|www\.)`),
	"image":               regexp.MustCompile(`!\[`),
	"control character":   regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f\x{2028}\x{202e}]`),
	"heading of another":  regexp.MustCompile(`(?m)^#+ evil`),
	"emphasis of another": regexp.MustCompile(`\*\*shout`),
}

// harm lists what a Markdown text does beyond showing words and our own links, folds and markers.
// It reads text as GitHub does: fences, code spans, backslashes, cells of tables.
func harm(text string) []string {
	plain, problems := markdowntest.Prose(text)
	folds := 0
	for _, own := range []string{
		"<details><summary>Details</summary>", "<details><summary>Details of the start</summary>", "<details><summary>1 pull request, 7 commits</summary>", "<details><summary>60 pull requests, 71 commits</summary>",
		"<details><summary>3 commits</summary>", "<details><summary>Removed: 1 commit</summary>", "<details><summary>Show Results</summary>", "<details><summary>Passed checks</summary>", "<details><summary>Order</summary>", "<details><summary>Reason of the lock</summary>", "<details><summary>Reason of the global lock</summary>",
		"<!--- pre-deploy-metadata-start -->", "<!--- pre-deploy-metadata-end -->",
		"<!--- post-deploy-metadata-start -->", "<!--- post-deploy-metadata-end -->",
		"<!--- deployment-confirmation-metadata-start -->", "<!--- deployment-confirmation-metadata-end -->", "<!-- marker -->",
	} {
		if strings.Count(plain, own) > 1 {
			problems = append(problems, "twice: "+own)
		}
		folds += strings.Count(plain, own) * strings.Count(own, "<details>")
		plain = strings.ReplaceAll(plain, own, "")
	}
	if ends := strings.Count(plain, "</details>"); ends != folds {
		problems = append(problems, fmt.Sprintf("folds: %d begin, %d end", folds, ends))
	}
	plain = strings.ReplaceAll(plain, "</details>", "")
	plain = ownLink.ReplaceAllString(plain, "]")
	for what, pattern := range harmful {
		for _, found := range pattern.FindAllString(plain, -1) {
			problems = append(problems, what+": "+found)
		}
	}
	return problems
}

// The check must find what it is there for.
func TestHarmIsFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hello @all":                            "mention: @a",
		"a `b @all\n":                           "open code span: a `b @all",
		"see #12":                               "reference: #1",
		"see gh-1":                              "reference: gh-1",
		"<b>x</b>":                              "tag: <",
		"[x](https://evil.example)":             "link: ](",
		"https://evil.example":                  "link: https://",
		"www.evil.example":                      "link: www.",
		"![x](https://shop.example/x)":          "image: ![",
		"</details>":                            "folds: 0 begin, 1 end",
		"<details><summary>Details</summary>\n": "folds: 1 begin, 0 end",
		"```\nx":                                "open fence",
		"```\nx\n```\n@all":                     "mention: @a",
		"| `a | @all` |":                        "mention: @a",
		"[x](https://shop.example/a|b)":         "link: ](",
		"\u202ex":                               "control character: \u202e",
		"# evil":                                "heading of another: # evil",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, harm(text), want, "%q", text)
		})
	}
	for _, text := range []string{
		"`@all <b>`", "````\n@all\n```\n<b>\n````", `\[x\]\(y\)`, "| a | `b\\|@all` |", "**production** [log](https://ci.example/1)", "@\u200dall",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, harm(text), "%q", text)
		})
	}
}

// Whatever an outsider writes, our messages mention no one, and have no links and no tags of theirs.
func TestNoMessageDoesHarm(t *testing.T) {
	t.Parallel()
	messages := goldenFiles(t)
	hostileOnes := 0
	for name, shown := range messages {
		hostileOnes += min(1, strings.Count(shown, "evil"))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "results-") {
				return // what a workflow says of itself is shown as it is
			}
			if strings.HasPrefix(name, "refused-permission") {
				shown = strings.Replace(shown, "Sorry @octocat,", "Sorry you,", 1) // the one mention that is meant
			}
			assert.Empty(t, harm(shown))
			assert.True(t, strings.HasSuffix(shown, "\n"))
		})
	}
	assert.Greater(t, hostileOnes, 12, "messages with hostile text are among them")
}

// goldenFiles reads the messages in testdata, by the names of their files.
func goldenFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	require.NoError(t, err)
	messages := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		messages[filepath.Base(path)] = string(text)
	}
	return messages
}

// Files that no test writes would be checked for nothing.
func TestNoForgottenMessages(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	paths, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		sources.Write(text)
	}
	messages, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	require.NoError(t, err)
	for _, path := range messages {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		// Some names are put together: the part behind a hyphen is then a string of its own.
		known := strings.Contains(sources.String(), `"`+name+`"`)
		for i := range len(name) {
			known = known || name[i] == '-' && strings.Contains(sources.String(), `"`+name[:i+1]+`"`) && strings.Contains(sources.String(), `"`+name[i+1:]+`"`)
		}
		assert.True(t, known, "%s belongs to no test", path)
	}
}

func FuzzHostileText(f *testing.F) {
	for _, seed := range []string{hostile, hostileRef, "`", "\\`", "@a|b", "\n```\n@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := subject()
		s.Actor, s.Environment, s.Params, s.Trigger.Body = text, text, text, text
		s.Ref = strings.ReplaceAll(text, " ", "") // as in every branch's name
		s.Live, s.TookOver = &message.Live{SHA: text, CompareURL: "https://shop.example/" + text}, &message.TookOver{Owner: text, Why: text}
		c := settings()
		c.Targets = []string{text, "production"}
		r := asking(command.LockInfo, "production")
		l := with(sticky(production()), func(l *deploy.Lock) {
			l.Document.CreatedBy, l.Document.Reason, l.Document.Branch = text, text, strings.ReplaceAll(text, " ", "")
			l.Document.Link, l.Document.UnlockCommand = "https://github.com/acme/shop/pull/7"+text, text
		})
		for _, said := range []string{
			message.Started(s),
			message.Confirm(s, time.Minute),
			message.LockInfo(r, c, deploy.Decide(r, c, locked(l))),
			message.Refused(asking(command.Lock, "production"), c, deploy.Decide(asking(command.Lock, "production"), c, locked(l))),
			message.LockRemoved(r, c, deploy.Decide(r, c, locked(l))),
			message.Result(s, message.Ending{RawStatus: text, ShowURL: true}),
			message.Naked(c, text),
			message.Help(c, deploy.Decision{}),
		} {
			problems := slices.DeleteFunc(harm(said), func(problem string) bool {
				// Words that happen to be ours, or to begin a heading, do no harm.
				return strings.HasPrefix(problem, "heading") || strings.HasPrefix(problem, "emphasis") || strings.HasPrefix(problem, "control")
			})
			assert.Empty(t, problems, "%q", text)
		}
		assert.NotContains(t, markdown.Text(text), "\n")
	})
}

// FuzzLockFile shows people the file of a lock that an outsider wrote.
func FuzzLockFile(f *testing.F) {
	own := sticky(production()).Document
	f.Add(own.Marshal())
	for _, field := range []string{own.Reason, own.Branch, own.CreatedBy, own.UnlockCommand, own.Link} {
		for _, word := range []string{"@all ` <b>|", `\\`, "a\\n\\n# evil", `\u0000\u202e\u001b[31m`, "](https://evil.example)", "```"} {
			f.Add(strings.ReplaceAll(own.Marshal(), strconv.Quote(field), `"`+word+`"`))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		document, err := lock.Parse(text)
		if err != nil {
			return
		}
		l := sticky(production())
		l.Document = document
		for _, kind := range []command.Kind{command.LockInfo, command.Lock, command.Unlock, command.Deploy} {
			r, c := asking(kind, "production"), settings()
			d := deploy.Decide(r, c, locked(l))
			for _, said := range []string{message.LockInfo(r, c, d), message.Refused(r, c, d), message.LockRemoved(r, c, d), message.Summary(r, c, d, message.Record{})} {
				problems := slices.DeleteFunc(harm(said), func(problem string) bool {
					return strings.HasPrefix(problem, "heading") || strings.HasPrefix(problem, "emphasis")
				})
				assert.Empty(t, problems, "%q", text)
			}
		}
	})
}
