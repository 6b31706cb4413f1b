package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// hostileTexts must not come out of a finding as they went in.
func hostileTexts() map[string]string {
	return map[string]string{
		"everything": deploytest.Hostile, "mention": "@evil", "code": "``evil``", "code with a blank": "` evil `", "open code": "evil`",
		"heading": "evil\n\n# evil", "fence": "evil\r\n```\nevil", "end of a link": "](https://evil.example) evil",
		"comment": "<!-- lockstep:evil -->", "tag": "<details>evil", "direction": "\u202eevil\u2028evil", "table": "| evil |",
		"image": "![evil](https://evil.example/x.png)", "control characters": "evil\x00\x1b[31m", "not UTF-8": "evil \xff",
	}
}

// hostileLinks are addresses that a lock can give for the comment that asked for it.
func hostileLinks() map[string]string {
	return map[string]string{
		"another site": "https://evil.example/pull/7", "script": "javascript:evil()/pull/7", "no scheme": "//evil.example/pull/7",
		"relative": "evil/pull/7", "leads upwards": "https://github.com/acme/shop/pull/../../../evil/shop/pull/7",
		"another repository": "https://github.com/evil/shop/pull/7", "longer host": "https://github.com.evil.example/acme/shop/pull/7",
		"user name": "https://github.com@evil.example/acme/shop/pull/7", "query": "https://evil.example/?https://github.com/acme/shop/pull/7",
		"second link": "https://github.com/acme/shop/pull/7#issuecomment-1) [x](https://evil.example",
		"paragraph":   "https://github.com/acme/shop/pull/7#issuecomment-\n\n@all",
	}
}

var (
	backticks = regexp.MustCompile("`+")
	address   = regexp.MustCompile(`\]\(([^)]*)\)`)
)

// outsideOfCode is what Markdown does not show as code: a span ends at the next run of as many
// backticks as it begins with.
func outsideOfCode(text string) string {
	runs := backticks.FindAllStringIndex(text, -1)
	var plain strings.Builder
	at := 0
	for i, begin := range runs {
		if begin[0] < at {
			continue
		}
		length := begin[1] - begin[0]
		end := slices.IndexFunc(runs[i+1:], func(run []int) bool { return run[1]-run[0] == length })
		if end >= 0 {
			plain.WriteString(text[at:begin[0]])
			at = runs[i+1+end][1]
		}
	}
	return plain.String() + text[at:]
}

// assertTame wants foreign text to be nothing but code, and links to lead to places in the repository.
func assertTame(t *testing.T, said string) {
	t.Helper()
	plain := outsideOfCode(said)
	for _, link := range address.FindAllStringSubmatch(plain, -1) {
		assert.Regexp(t, `^https://github\.com/acme/shop/(pull/7|actions/runs/77)(#[^ ]*)?$`, link[1], said)
	}
	for _, sign := range []string{"evil.example", "@", "<", "!", "|", "`"} {
		assert.NotContains(t, address.ReplaceAllString(plain, "]()"), sign, said)
	}
	for _, sign := range []string{"\n", "\r", "\u202e", "\u2028", "\x00", "\x1b", "\xff", ".foreign unlock"} {
		assert.NotContains(t, said, sign)
	}
}

// everyFinding returns every finding about a lock, with the lock changed before.
func everyFinding(change func(*deploy.Lock)) map[string]deploy.Finding {
	locks := map[string]deploy.Lock{
		"sticky": deploytest.StickyLock("hubot"), "sticky, own": deploytest.StickyLock("octocat"), "going": deploytest.PassingLock("hubot", 77, deploy.RunGoing),
		"unknown": deploytest.PassingLock("hubot", 77, deploy.RunUnknown), "ended": deploytest.PassingLock("hubot", 77, deploy.RunEnded),
		"legacy": deploytest.PassingLock("hubot", 0, deploy.RunUnknown), "expired": deploytest.Expired(deploytest.StickyLock("hubot")), "broken": deploytest.CorruptLock(),
	}
	all := map[string]deploy.Finding{}
	for name, l := range locks {
		change(&l)
		for _, place := range []string{"production", "global"} {
			for _, owner := range []config.LockOwner{config.OwnedByUser, config.OwnedByPull} {
				for _, r := range []deploy.Request{deploytest.Asking(command.Deploy, "production"), deploytest.Asking(command.Lock, "production"), deploytest.Asking(command.LockInfo, "production")} {
					for stage, pinned := range map[string]string{"first": "", "recheck": deploytest.HeadSHA} {
						s := situation{r, deploytest.Settings(), deploytest.Facts()}
						s.request.Pinned, s.config.Locks.Owner, s.config.Merge.Global = pinned, owner, true
						s.hold(place, l)
						about := strings.Join([]string{name, place, string(owner), r.Command.Kind.String(), stage}, " ")
						d := s.decide()
						all[about] = d.Findings[len(d.Findings)-1]
						for _, finding := range d.Findings {
							if finding.Gate == "lock" {
								all[about] = finding
							}
						}
						for _, finding := range s.unlock().Findings {
							all["unlock "+about] = finding
						}
					}
				}
			}
		}
	}
	return all
}

// A lock's file can contain anything.
func TestHostileLocks(t *testing.T) {
	t.Parallel()
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := 0
			for _, finding := range everyFinding(func(l *deploy.Lock) {
				d := &l.Document
				d.CreatedBy, d.Reason, d.Branch, d.UnlockCommand, d.Tool = text, text, text, text, text
			}) {
				said := finding.Text + " " + finding.Hint
				assertTame(t, said)
				if strings.Contains(said, "evil") {
					shown++
				}
			}
			assert.Positive(t, shown, "owners and reasons are shown")
		})
	}
}

// Only links to places in the repository are shown.
func TestHostileLockLinks(t *testing.T) {
	t.Parallel()
	for name, link := range hostileLinks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, finding := range everyFinding(func(l *deploy.Lock) { l.Document.Link = link }) {
				assertTame(t, finding.Text+" "+finding.Hint)
			}
		})
	}
}

// Names of environments and people can contain anything, too.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := confirming(command.Deploy, deploy.TimedOut)
			s.request.Command.Environment, s.request.Event.Actor, s.request.Event.Triggering = text, text, text
			s.config.Targets, s.config.Environment, s.facts.Default.Name, s.config.Order = []string{text}, text, text, nil
			s.hold(text, deploytest.PassingLock("hubot", 77, deploy.RunGoing))
			for _, answer := range []deploy.AnswerKind{deploy.TimedOut, deploy.Rejected} {
				s.facts.Answer.Kind = answer
				assertTame(t, deploytest.Said(t, s.decide(), "confirmation").Text)
				assertTame(t, deploytest.Said(t, s.decide(), "lock").Text+" "+deploytest.Said(t, s.decide(), "lock").Hint)
			}
			s.hold(text, deploytest.CorruptLock())
			assertTame(t, deploytest.Said(t, s.decide(), "lock").Text)
			assertTame(t, s.unlock().Findings[0].Text+" "+s.unlock().Findings[0].Hint)
			assertTame(t, deploy.DecideMerge(s.config, s.facts).Findings[0].Text)
			s.facts.Live = []deploy.Deployment{deploytest.Own(deploytest.HeadSHA, "ACTIVE")}
			assertTame(t, deploy.DecideMerge(s.config, s.facts).Findings[0].Text)
		})
	}
}
