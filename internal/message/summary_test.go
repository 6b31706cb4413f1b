package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
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
		d := deploy.Decide(test.request, test.config, test.facts)
		golden(t, "summary-"+name, message.Summary(test.request, test.config, d, test.id))
	}
	hostileActor := asking(command.Deploy, "")
	hostileActor.Event.Actor = hostile
	c := settings()
	c.Targets = []string{hostile}
	golden(t, "summary-hostile-environment", message.Summary(hostileActor, c, deploy.Decide(hostileActor, c, known()), 0))
}

// A run that ended before any gate was asked has no table of them.
func TestSummaryWithoutFindings(t *testing.T) {
	t.Parallel()
	said := message.Summary(asking(command.Deploy, ""), settings(), deploy.Decision{Reason: deploy.UnexpectedError}, 0)
	assert.Contains(t, said, "## Lockstep: unexpected error\n")
	assert.NotContains(t, said, "Gate")
	assert.NotContains(t, said, "Commit")
}

func TestTrackSummary(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Mode, c.Status = config.TrackIt, config.Started
	r := asking(command.Deploy, "production")
	r.SHA = headSHA
	missing := known()
	missing.Deployments["dev"] = nil
	golden(t, "track-started", message.TrackSummary(subject(), "shop", "v1.2.3", c.Status, deploy.Decide(r, c, known())))
	golden(t, "track-refused", message.TrackSummary(subject(), "shop", "v1.2.3", c.Status, deploy.Decide(r, c, missing)))
	golden(t, "track-hostile", message.TrackSummary(hostileSubject(), hostile, hostile, c.Status, deploy.Decide(r, c, missing)))
	c.Status = ""
	golden(t, "track-unknown", message.TrackSummary(subject(), "shop", "v1.2.3", c.Status, deploy.Decide(r, c, known())))
}
