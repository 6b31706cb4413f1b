package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestCommitMoved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request deploy.Request
		to      string
		hint    string
	}{
		"head":          {deploytest.Asking(command.Deploy, "production"), "1111111", "Look at the new commits, then run the command again."},
		"stable branch": {deploytest.Rollback("production"), "2222222", "Look at what was merged into `main`, then run the command again."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{test.request, deploytest.Settings(), deploytest.Facts()}
			s.again(deploytest.OtherSHA)
			d := s.decide()
			assert.Equal(t, deploy.RefChanged, d.Reason)
			assert.Equal(t, []string{"commit"}, deploytest.Blocked(d))
			finding := deploytest.Said(t, d, "commit")
			assert.Equal(t, "The branch moved from `3333333` to `"+test.to+"` while the command was being checked.", finding.Text)
			assert.Equal(t, test.hint, finding.Hint)
		})
	}
}

func TestCommitHasNotMoved(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.again(deploytest.HeadSHA)
	assert.Equal(t, deploy.Proceed, s.decide().Verdict)
	s.request = deploytest.Rollback("production")
	s.again(deploytest.StableSHA)
	assert.Equal(t, deploy.Proceed, s.decide().Verdict)
}

func TestExactCommitIsRefused(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	r.Command.SHA = deploytest.OtherSHA
	d := deploy.Decide(r, deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.PrechecksFailed, d.Reason)
	assert.Equal(t, deploy.Block, deploytest.Said(t, d, "commit").Level)
	assert.Equal(t, deploy.SHATarget, d.Target.Kind)
	assert.Equal(t, deploytest.OtherSHA, d.Target.SHA)
}

func TestHeadBranchIsGone(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.HeadExists = false
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
	assert.Equal(t, deploy.PrechecksFailed, d.Reason)
	assert.Equal(t, "The branch of this pull request no longer exists.", deploytest.Said(t, d, "commit").Text)
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f).Verdict, "a rollback does not need it")
	r, c := deploytest.Tracking(config.Started)
	assert.Equal(t, deploy.Proceed, deploy.Decide(r, c, f).Verdict, "a tracked step has its commit already")
}

func TestCommitUnknown(t *testing.T) {
	t.Parallel()
	trackRequest, trackSettings := deploytest.Tracking(config.Pending)
	trackRequest.SHA = ""
	for name, test := range map[string]struct {
		request    deploy.Request
		config     config.Config
		text, hint string
	}{
		"head":          {deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), "GitHub did not say which commit would be deployed.", "branch of the pull request exists"},
		"stable branch": {deploytest.Rollback("production"), deploytest.Settings(), "There is no branch `main` to roll back to.", "`stable_branch`"},
		"tracked step":  {trackRequest, trackSettings, "The event does not say which commit is deployed.", "push, pull_request, workflow_run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Pull.Head, f.Stable = deploy.Commit{}, deploy.Branch{}
			d := deploy.Decide(test.request, test.config, f)
			assert.Equal(t, deploy.UnexpectedError, d.Reason)
			finding := deploytest.Said(t, d, "commit")
			assert.Equal(t, test.text, finding.Text)
			assert.Contains(t, finding.Hint, test.hint)
			assert.Len(t, d.Blocking(), 1, "without a commit the order has nothing to say")
		})
	}
}

// Each way of asking needs one place that names the commit, and no other.
func TestCommitUnavailable(t *testing.T) {
	t.Parallel()
	trackRequest, trackSettings := deploytest.Tracking(config.Started)
	trackOnComment := trackRequest
	trackOnComment.SHA = ""
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		needs   deploy.Part
	}{
		"deploy":                  {deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploy.PullPart},
		"noop":                    {deploytest.Asking(command.Noop, "production"), deploytest.Settings(), deploy.PullPart},
		"rollback":                {deploytest.Rollback("production"), deploytest.Settings(), deploy.StablePart},
		"tracked step":            {trackRequest, trackSettings, ""},
		"tracked step on comment": {trackOnComment, trackSettings, deploy.PullPart},
	} {
		for _, part := range []deploy.Part{deploy.PullPart, deploy.StablePart} {
			t.Run(name+" without the "+string(part), func(t *testing.T) {
				t.Parallel()
				d := deploy.Decide(test.request, test.config, deploytest.Without(part))
				finding := deploytest.Said(t, d, "commit")
				if part != test.needs {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					return
				}
				assert.Equal(t, deploy.UnexpectedError, d.Reason)
				assert.Equal(t, deploy.Block, finding.Level)
				assert.Equal(t, "I could not read the "+string(part)+".", finding.Text)
				assert.Equal(t, "Add a permission.", finding.Hint)
			})
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "1111111", deploy.Short(deploytest.HeadSHA))
	assert.Equal(t, "abc", deploy.Short("abc"))
	assert.Empty(t, deploy.Short(""))
}
