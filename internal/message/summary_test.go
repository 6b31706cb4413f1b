package message_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	missing, hostileFacts := known(), known()
	missing.Deployments["dev"] = nil
	hostileFacts.Pull.HeadRef = hostile
	alone := settings()
	alone.Order = []string{"production"}
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		facts   deploy.Facts
		id      int64
	}{
		"ready":   {asking(command.Deploy, "production"), settings(), known(), 42},
		"noop":    {asking(command.Noop, "production"), settings(), known(), 0},
		"warning": {asking(command.Deploy, "production"), alone, known(), 42},
		"refused": {asking(command.Deploy, "production"), settings(), missing, 0},
		"help":    {asking(command.Help, ""), settings(), known(), 0},
		"hostile": {asking(command.Deploy, "production"), settings(), hostileFacts, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fewFindings(deploy.Decide(test.request, test.config, test.facts))
			golden(t, "summary-"+name, message.Summary(test.request, test.config, d, message.Record{DeploymentID: test.id}))
		})
	}
	hostileActor := asking(command.Deploy, "")
	hostileActor.Event.Actor, hostileActor.Event.Triggering = hostile, hostile
	c := settings()
	c.Targets = []string{hostile}
	golden(t, "summary-hostile-environment", message.Summary(hostileActor, c, fewFindings(deploy.Decide(hostileActor, c, known())), message.Record{}))
}

// fewFindings leaves out most gates that pass: how a summary looks does not depend on which gates there are.
func fewFindings(d deploy.Decision) deploy.Decision {
	d.Findings = slices.DeleteFunc(slices.Clone(d.Findings), func(f deploy.Finding) bool {
		return f.Level == deploy.Pass && f.Gate != "permission" && f.Gate != "commit"
	})
	return d
}

// A run that ended before any gate was asked has no table of them.
func TestSummaryWithoutFindings(t *testing.T) {
	t.Parallel()
	said := message.Summary(asking(command.Deploy, ""), settings(), deploy.Decision{Reason: deploy.UnexpectedError}, message.Record{})
	assert.Contains(t, said, "## Lockstep: unexpected error\n")
	assert.NotContains(t, said, "Gate")
	assert.NotContains(t, said, "Commit")
}

// The page of a run says which lock it took, held, took over or removed.
func TestSummaryOfLocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
		want    []string
	}{
		"lock":          {asking(command.Lock, "production"), known(), []string{"| Lock of `production` | taken |"}},
		"lock globally": {askingGlobally(command.Lock), known(), []string{"| Global lock | taken |"}},
		"deploy over a stale lock": {asking(command.Deploy, "production"), locked(with(deploying(production()), ended)), []string{
			"| Lock of `production` | taken over (stale, held by `ada`: the run that took it has ended) |",
		}},
		"deploy with an own lock": {asking(command.Deploy, "production"), locked(with(sticky(production()), octocats), with(sticky(global()), expired)), []string{
			"| Global lock | stale, held by `ada`: it has expired |", "| Lock of `production` | held by `octocat` |",
		}},
		"deploy against a lock":          {asking(command.Deploy, "production"), locked(sticky(production())), []string{"| Lock of `production` | held by `ada` |"}},
		"deploy against the global lock": {asking(command.Deploy, "production"), locked(sticky(global())), []string{"| Global lock | held by `ada` |", "| Lock of `production` | none |"}},
		"lock against an unreadable one": {asking(command.Lock, "production"), locked(unreadable(production())), []string{"| Lock of `production` | a lock whose owner is unknown |"}},
		"ask about no lock":              {asking(command.LockInfo, "production"), known(), []string{"| Lock of `production` | none |"}},
		"ask about a deployment's lock":  {asking(command.LockInfo, "production"), locked(deploying(production())), []string{"| Lock of `production` | held by `ada` |"}},
		"unlock nothing":                 {asking(command.Unlock, "production"), known(), []string{"| Lock of `production` | none |"}},
		"unlock under the global lock": {asking(command.Unlock, "production"), locked(sticky(production()), sticky(global())), []string{
			"| Global lock | held by `ada` |", "| Lock of `production` | removed (held by `ada`) |",
		}},
		"unlock an unreadable one": {asking(command.Unlock, "production"), locked(unreadable(production())), []string{"| Lock of `production` | removed (a lock whose owner is unknown) |"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := message.Summary(test.request, settings(), deploy.Decide(test.request, settings(), test.facts), message.Record{})
			var rows []string
			for line := range strings.Lines(said) {
				if strings.HasPrefix(line, "| Global lock") || strings.HasPrefix(line, "| Lock of") {
					rows = append(rows, strings.TrimSpace(line))
				}
			}
			assert.Equal(t, test.want, rows)
		})
	}
	c := settings()
	c.Locks.Disabled = true
	r := asking(command.Deploy, "production")
	assert.NotContains(t, message.Summary(r, c, deploy.Decide(r, c, known()), message.Record{}), "Lock of")
}

// A question about a lock that cannot be read has failed, and says so.
func TestSummaryOfAFailedQuestion(t *testing.T) {
	t.Parallel()
	r := asking(command.LockInfo, "production")
	said := message.Summary(r, settings(), deploy.Decide(r, settings(), locked(unreadable(production()))), message.Record{})
	assert.Contains(t, said, "| Decision | `failure` (`lock_conflict`) |")
}

// tracked is a record of the subject.
func tracked(s message.Subject, product, version string) message.Record {
	return message.Record{Subject: s, Product: product, Version: version, Status: config.Started}
}

func TestRecordSummary(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Mode, c.Status = config.TrackIt, config.Started
	r := asking(command.Deploy, "production")
	r.SHA = headSHA
	missing := known()
	missing.Deployments["dev"] = nil
	granted, refused := deploy.Decide(r, c, known()), deploy.Decide(r, c, missing)
	golden(t, "track-started", message.RecordSummary(tracked(subject(), "shop", "v1.2.3"), granted))
	golden(t, "track-refused", message.RecordSummary(tracked(subject(), "shop", "v1.2.3"), refused))
	evil := tracked(hostileSubject(), hostile, hostile)
	evil.Change, evil.Artifacts, evil.Receipt, evil.ReceiptURL = hostile, []string{hostile}, "recorded", hostile
	evil.ReportOnly = []message.Rule{{Name: hostile, Message: hostile}}
	golden(t, "track-hostile", message.RecordSummary(evil, refused))
	unknown := tracked(subject(), "shop", "v1.2.3")
	unknown.Status = ""
	golden(t, "track-unknown", message.RecordSummary(unknown, granted))
}

// A record of an end says when it began and ended, what ran there before, and who has it.
func TestRecordSummaryOfAnEnd(t *testing.T) {
	t.Parallel()
	ended := tracked(subject(), "shop", "v1.2.3")
	ended.Status, ended.Ended, ended.Change, ended.DeploymentID, ended.Checks = config.Completed, ended.Subject.StartedAt.Add(64*time.Second), "forward", 42, 2
	ended.Subject.Live = &message.Live{SHA: strings.Repeat("7", 40), Version: "v1.2.2", Counted: true, Ahead: 3, CompareURL: "https://github.com/acme/shop/compare/7...1"}
	ended.Artifacts = []string{"ghcr.io/acme/shop@sha256:0a"}
	ended.Receipt, ended.ReceiptURL = "recorded", "https://app.versioner.io/manage/deployments?view=1"
	ended.ReportOnly = []message.Rule{{Name: "Soak", Message: "let it run for a day"}}
	golden(t, "record-completed", message.RecordSummary(ended, deploy.Decision{}))

	build := tracked(message.Subject{SHA: headSHA, Ref: headSHA, Actor: "octocat", StartedAt: ended.Subject.StartedAt}, "shop", "v1.2.3")
	build.Status = config.Failed
	golden(t, "record-build", message.RecordSummary(build, deploy.Decision{}))

	r := asking(command.Deploy, "production")
	golden(t, "summary-recorded", message.Summary(r, settings(), fewFindings(deploy.Decide(r, settings(), known())), ended))
}

func TestRecordSummaryMoves(t *testing.T) {
	t.Parallel()
	with := func(change string, live *message.Live) string {
		r := tracked(subject(), "shop", headSHA)
		r.Change, r.Subject.Live = change, live
		return message.RecordSummary(r, deploy.Decision{})
	}
	assert.Contains(t, with("unknown", nil), "| Change | unknown |\n")
	assert.NotContains(t, with("unknown", nil), "Before")
	assert.NotContains(t, with("unknown", nil), "Version", "it is the commit")
	assert.NotContains(t, with("", nil), "Change")
	same := with("redeploy", &message.Live{SHA: headSHA, Counted: true, CompareURL: "https://github.com/acme/shop/compare/1...1"})
	assert.Contains(t, same, "| Change | redeploy |\n")
	uncounted := with("unknown", &message.Live{SHA: strings.Repeat("7", 40), CompareURL: "https://github.com/acme/shop/compare/7...1"})
	assert.Contains(t, uncounted, "| Change | [unknown](https://github.com/acme/shop/compare/7...1) |\n")
	r := tracked(subject(), "shop", headSHA)
	r.Status, r.Ended = config.Completed, r.Subject.StartedAt
	assert.NotContains(t, message.RecordSummary(r, deploy.Decision{}), "→", "only the end was recorded")
}

func TestCheckup(t *testing.T) {
	t.Parallel()
	block := deploy.Finding{
		Gate: "permissions", Level: deploy.Block, Text: "`.github/workflows/deploy.yml`, job `deploy`: its token lacks `deployments: write`.",
		Hint: "Add it to the `permissions:` of the job.",
	}
	warn := deploy.Finding{
		Gate: "condition", Level: deploy.Warn, Text: "`.github/workflows/deploy.yml`, job `deploy`: a runner starts for every comment, also on issues.",
		Hint: "Give the job `if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')`.",
	}
	bare := deploy.Finding{Gate: "inputs", Level: deploy.Warn, Text: "It does\nnot matter."}
	pass := deploy.Finding{Gate: "runner", Level: deploy.Pass, Text: "every job that uses the action can run on Linux"}
	golden(t, "checkup", message.CheckupSummary([]deploy.Finding{pass, warn, block, bare, pass}))
	golden(t, "checkup-advice", message.CheckupSummary([]deploy.Finding{warn, pass}))
	golden(t, "checkup-fine", message.CheckupSummary([]deploy.Finding{pass}))
	golden(t, "checkup-rules", message.CheckupSummary([]deploy.Finding{pass}, message.RulesView{
		Path: ".github/lockstep.yml", Compared: true, Unread: true,
		Changes: []policy.Change{{Environment: "production", Key: "reviews", Before: "1"}, {Environment: hostile, Key: hostile, Before: hostile, After: hostile}},
	}))
	golden(t, "checkup-rules-same", message.CheckupSummary([]deploy.Finding{pass}, message.RulesView{Path: ".github/lockstep.yml", Compared: true}))
	golden(t, "checkup-draft", message.CheckupSummary([]deploy.Finding{pass}, message.RulesView{
		Path: ".github/lockstep.yml", Draft: "version: 1\n\nenvironments:\n  \"```\":\n    draft: true\n", Replaced: []string{"skip_ci", "checks"}, Left: []string{"environment_urls"},
	}))
	c := settings()
	assert.Equal(t, message.Help(c, deploy.Decision{})+"\n### 🩺 Check-up\n\n"+message.Checkup([]deploy.Finding{block}), message.Help(c, deploy.Decision{Checkup: []deploy.Finding{block}}))
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	golden(t, "unfinished", message.Unfinished([]deploy.Problem{
		{Text: "I could not release the lock. GitHub said: `Bad credentials`.", Hint: "The token is invalid or expired."},
		{Text: "Something\nelse."},
	}))
}
