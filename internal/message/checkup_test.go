package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

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
	c := settings()
	assert.Equal(t, message.Help(c, nil)+"\n### 🩺 Check-up\n\n"+message.Checkup([]deploy.Finding{block}), message.Help(c, []deploy.Finding{block}))
}
