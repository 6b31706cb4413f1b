package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

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
		c, f := deploytest.Settings(), deploytest.Facts()
		f.Pull.Head.Verified, f.Pull.Head.Signature, f.Pull.Head.VerifiedAt = test.verified, test.signature,
			deploy.Known[time.Time]{Value: test.at, OK: !test.at.IsZero()}
		assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Verdict, "%s, and nobody asks", name)
		c.Origin.Verification = true
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict, name)
				continue
			}
			assert.Equal(t, []string{"verification"}, deploytest.Blocked(d), name)
			assert.Equal(t, deploy.CommitSafetyFailed, d.Reason, name)
			assert.Equal(t, test.text, deploytest.Said(t, d, "verification").Text, name)
			assert.NotEmpty(t, deploytest.Said(t, d, "verification").Hint, name)
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
		c, f := deploytest.Settings(), deploytest.Facts()
		c.Origin.Verification, c.Origin.VerifyRollbacks = test.verification, test.rollbacks
		f.Stable.Head.Verified, f.Stable.Head.Signature = false, ""
		d := deploy.Decide(deploytest.Rollback("production"), c, f)
		finding := deploytest.Said(t, d, "verification")
		assert.Equal(t, test.want, finding.Level, "%+v", test)
		assert.Equal(t, test.want == deploy.Block, finding.Code == deploy.CommitSafetyFailed, "%+v", test)
		assert.Equal(t, test.want == deploy.Block, d.Verdict == deploy.Refuse, "%+v", test)
		if test.want != deploy.Pass {
			assert.Equal(t, "The commit `2222222` is not signed.", finding.Text)
		}
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
