package deploy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestSafety(t *testing.T) {
	t.Parallel()
	asked := deploytest.AskedAt()
	late, never := asked.Add(time.Second), time.Time{}
	elsewhere := asked.In(time.FixedZone("", 2*60*60))
	const written, seen, pushed = "The commit `1111111` was written after the command", "GitHub first checked the commit `1111111` after the command, and does not say when it was pushed", "The branch got the commit `1111111` after the command"
	const dates = ": at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC."
	before := asked.Add(-time.Hour)
	for name, test := range map[string]struct {
		pushed, seen, authored, asked time.Time // zero: unknown
		text                          string
	}{
		"long before":                    {before, before, before, asked, ""},
		"the same second":                {asked, asked, asked, asked, ""},
		"the same, another zone":         {elsewhere, elsewhere, elsewhere, asked, ""},
		"pushed later, with an old date": {late, before, before, asked, pushed + dates},
		"the author's clock is ahead":    {before, before, late, asked, ""},
		"the first check is late":        {before, late, before, asked, ""},
		"only GitHub's push is known":    {before, never, never, asked, ""},
		"back-dated":                     {never, late, before, asked, seen + dates},
		"seen before, whatever its date": {never, asked, late, asked, ""},
		"seen before, without a date":    {never, asked, never, asked, ""},
		"never seen":                     {never, never, asked, asked, ""},
		"never seen, but late":           {never, never, late, asked, written + dates},
		"never seen, a moment later":     {never, never, asked.Add(time.Millisecond), asked, written + ": at 2026-11-21 09:59:50 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"nothing is known of the commit": {never, never, never, asked, "GitHub did not say when the commit `1111111` was written."},
		"no date of the command":         {asked, asked, asked, never, "The event does not say when the command was written."},
		"no date at all":                 {never, never, never, never, "The event does not say when the command was written."},
	} {
		f := deploytest.Facts()
		maybe := func(at time.Time) deploy.Known[time.Time] {
			return deploy.Known[time.Time]{Value: at, OK: !at.IsZero()}
		}
		f.Pull.Head.AuthoredAt, f.Pull.Head.PushedAt, f.Pull.Head.SeenAt = maybe(test.authored), maybe(test.pushed), nil
		if !test.seen.IsZero() {
			f.Pull.Head.SeenAt = &test.seen
		}
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				r := deploytest.Asking(kind, "production")
				r.Event.Comment.CreatedAt = test.asked
				d := deploy.Decide(r, deploytest.Settings(), f)
				if test.text == "" {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					assert.Equal(t, test.pushed.IsZero(), deploytest.Said(t, d, "safety").Level == deploy.Warn)
					return
				}
				assert.Equal(t, []string{"safety"}, deploytest.Blocked(d))
				assert.Equal(t, deploy.CommitSafetyFailed, d.Reason)
				assert.Equal(t, test.text, deploytest.Said(t, d, "safety").Text)
				assert.NotEmpty(t, deploytest.Said(t, d, "safety").Hint)
			})
		}
	}
}

// A fork of which GitHub tells no time of its own may have been given another commit after the command.
func TestSafetyOfForks(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Origin.Forks, f.Pull.CrossRepo, f.Pull.HeadRepo = true, true, "octocat/shop"
	f.Pull.Head.PushedAt = deploy.Known[time.Time]{}
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Verdict)
	f.Pull.Head.SeenAt = nil
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, "GitHub does not say when the fork got the commit `1111111`.", deploytest.Said(t, d, "safety").Text)
	assert.Equal(t, []string{"safety"}, deploytest.Blocked(d))
}

// An edited comment counts from when it was written first.
func TestSafetyOfEditedComment(t *testing.T) {
	t.Parallel()
	r, f := deploytest.Asking(command.Deploy, "production"), deploytest.Facts()
	r.Event.Comment.UpdatedAt = deploytest.AskedAt().Add(time.Hour)
	f.Pull.Head.PushedAt = deploy.Know(deploytest.AskedAt().Add(time.Minute))
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(r, deploytest.Settings(), f).Reason)
}

// The stable branch was merged by someone who may: a rollback gets a warning and is not blocked.
func TestSafetyOfRollback(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Stable.Head.AuthoredAt = deploy.Know(deploytest.AskedAt().Add(time.Second))
	d := deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Finding{
		Gate: "safety", Level: deploy.Warn,
		Text: "The commit `2222222` was written after the command: at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC.",
	}, deploytest.Said(t, d, "safety"))
	f.Stable.Head.AuthoredAt = deploy.Known[time.Time]{}
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f).Verdict)

	f = deploytest.Facts()
	f.Stable.Head.SeenAt = new(deploytest.AskedAt().Add(time.Second))
	d = deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f)
	assert.Empty(t, d.Warnings(), "this very run may be the first that GitHub saw on it")
}

// A commit that the command names cannot be exchanged; its author's date counts nevertheless.
func TestSafetyOfExactCommit(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Exact.Commit.SeenAt = new(deploytest.AskedAt().Add(time.Second))
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), exact(), f).Verdict)
	f.Exact.Commit.AuthoredAt = deploy.Know(deploytest.AskedAt().Add(time.Second))
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(deploytest.ExactCommit("production"), exact(), f).Reason)
}

// Without a commit there is another gate that refuses.
func TestSafetyWithoutCommit(t *testing.T) {
	t.Parallel()
	c, f := exact(), deploytest.Facts()
	c.Origin.Verification = true
	f.Pull.Head, f.Stable, f.Exact = deploy.Commit{}, deploy.Branch{}, deploy.ExactCommit{}
	for name, r := range map[string]deploy.Request{
		"head": deploytest.Asking(command.Deploy, "production"), "rollback": deploytest.Rollback("production"), "exact": deploytest.ExactCommit("production"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, []string{"commit"}, deploytest.Blocked(deploy.Decide(r, c, f)))
		})
	}
}

func TestVerification(t *testing.T) {
	t.Parallel()
	asked := deploytest.AskedAt()
	for name, test := range map[string]struct {
		verified  bool
		signature string
		at        time.Time
		text      string
	}{
		"long before":       {true, "VALID", asked.Add(-time.Hour), ""},
		"the same second":   {true, "VALID", asked, ""},
		"a second later":    {true, "VALID", asked.Add(time.Second), "The signature of the commit `1111111` was verified after the command: at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"without a date":    {true, "VALID", time.Time{}, "GitHub does not say when it verified the signature of the commit `1111111`."},
		"not signed":        {false, "", time.Time{}, "The commit `1111111` is not signed."},
		"not signed, dated": {false, "", asked, "The commit `1111111` is not signed."},
		"not valid":         {false, "UNKNOWN_KEY", asked, "The signature of the commit `1111111` is not verified: GitHub calls it `UNKNOWN_KEY`."},
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				c, f := deploytest.Settings(), deploytest.Facts()
				f.Pull.Head.Verified, f.Pull.Head.Signature, f.Pull.Head.VerifiedAt = test.verified, test.signature,
					deploy.Known[time.Time]{Value: test.at, OK: !test.at.IsZero()}
				assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(kind, "production"), c, f).Verdict, "signatures do not matter")
				c.Origin.Verification = true
				d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
				if test.text == "" {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					return
				}
				assert.Equal(t, []string{"verification"}, deploytest.Blocked(d))
				assert.Equal(t, deploy.CommitSafetyFailed, d.Reason)
				assert.Equal(t, test.text, deploytest.Said(t, d, "verification").Text)
				assert.NotEmpty(t, deploytest.Said(t, d, "verification").Hint)
			})
		}
	}
}

func TestVerificationOfRollback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		verification, rollbacks bool
		want                    deploy.Level
	}{
		{false, false, deploy.Pass},
		{false, true, deploy.Pass},
		{true, false, deploy.Warn},
		{true, true, deploy.Block},
	} {
		t.Run(fmt.Sprintf("verification %t, of rollbacks %t", test.verification, test.rollbacks), func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Origin.Verification, c.Origin.VerifyRollbacks = test.verification, test.rollbacks
			f.Stable.Head.Verified, f.Stable.Head.Signature = false, ""
			d := deploy.Decide(deploytest.Rollback("production"), c, f)
			finding := deploytest.Said(t, d, "verification")
			assert.Equal(t, test.want, finding.Level)
			assert.Equal(t, test.want == deploy.Block, finding.Code == deploy.CommitSafetyFailed)
			assert.Equal(t, test.want == deploy.Block, d.Verdict == deploy.Refuse)
			if test.want != deploy.Pass {
				assert.Equal(t, "The commit `2222222` is not signed.", finding.Text)
			}
		})
	}
}

func TestVerificationOfExactCommit(t *testing.T) {
	t.Parallel()
	c, f := exact(), deploytest.Facts()
	c.Origin.Verification = true
	f.Pull.Head.Verified, f.Stable.Head.Verified = false, false
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), c, f).Verdict, "it is signed itself")
	f = deploytest.Facts()
	f.Exact.Commit.Verified = false
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(deploytest.ExactCommit("production"), c, f).Reason)
}

func TestVerificationHostile(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Origin.Verification, f.Pull.Head.Verified, f.Pull.Head.Signature = true, false, deploytest.Hostile
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "verification"))
}
