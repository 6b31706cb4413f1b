package docs

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
)

// statusSample is the answer to .status, or the beginning of that to .status with an environment, under a rules file.
func statusSample(m *maker, command string) string {
	a := newTrial(m, "Branch")
	a.request.Event.Comment.Body = command
	a.request.Command = understood(m, a, command)
	a.facts.Deployments = map[string][]deploy.Deployment{
		"staging":    {deployed(headSHA, "SUCCESS", "octocat", 12, 79*time.Minute)},
		"production": {deployed(exactSHA, "FAILURE", "octocat", 40, 2*time.Hour), deployed(stableSHA, "SUCCESS", "bob", 38, 76*time.Hour)},
	}
	a.facts.Deployments["production"][0].Version, a.facts.Deployments["production"][1].Version = "v1.5.0", "v1.4.2"
	held := lock.Document{Target: lock.Target{Environment: "production"}, Reason: "load test", CreatedBy: "carol", CreatedAt: before(), Sticky: true, ExpiresAt: askedAt().Add(6 * time.Hour)}
	a.facts.Locks = map[string]deploy.Lock{held.Target.Branch(): {Branch: held.Target.Branch(), Document: held}}
	a.facts.MarkRead(deploy.DeploymentsPart+"staging", deploy.DeploymentsPart+"production")
	a.facts.Policy = deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: stableSHA, Exists: true, Text: statusRules}
	a.request, a.settings, a.facts = deploy.Govern(a.request, a.settings, a.facts)
	d := a.decide()
	m.require(d.Board != nil, "the sample shows no board")
	board, _, _ := strings.Cut(message.Status(a.request, a.settings, d), "#### What")
	return board
}

// statusRules are the rules of the samples.
const statusRules = `version: 1
time_zone: Europe/Berlin
environments:
  staging:
  production:
    production: true
    after: staging
    soak: 2h
`

// deployed is a deployment of ours of a pull request that ended so long ago, and took three minutes.
func deployed(sha, state, by string, pull int, ago time.Duration) deploy.Deployment {
	d := deploytest.Own(sha, map[string]string{"SUCCESS": deploy.Active}[state])
	if d.State == "" {
		d.State = state
	}
	at := deploy.Know(askedAt().Add(-ago))
	d.Pull, d.Actor, d.CreatedAt = pull, by, at.Value.Add(-3*time.Minute)
	d.Statuses = []deploy.Status{{State: state, CreatedAt: at}}
	if state == "SUCCESS" {
		d.Succeeded, d.SucceededAt = true, at
	}
	return d
}
