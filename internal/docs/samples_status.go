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

// statusSample is the answer to .status, or to .status with an environment, under a rules file.
func statusSample(m *maker, command string) string {
	a := newTrial(m, "Branch")
	a.request.Event.Comment.Body = command
	a.request.Command = understood(m, a, command)
	a.facts.Deployments = map[string][]deploy.Deployment{
		"staging": {deployed(headSHA, "", 12, "octocat", 79*time.Minute, "SUCCESS")},
		"production": {
			deployed(exactSHA, "v1.5.0", 40, "octocat", 2*time.Hour, "FAILURE"),
			deployed(stableSHA, "v1.4.2", 38, "bob", 76*time.Hour, "SUCCESS"),
		},
	}
	held := lock.Document{Target: lock.Target{Environment: "production"}, Reason: "load test", CreatedBy: "carol", CreatedAt: before(), Sticky: true, ExpiresAt: askedAt().Add(6 * time.Hour)}
	a.facts.Locks = map[string]deploy.Lock{held.Target.Branch(): {Branch: held.Target.Branch(), Document: held}}
	a.facts.MarkRead(deploy.DeploymentsPart+"staging", deploy.DeploymentsPart+"production")
	a.facts.Policy = deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: stableSHA, Exists: true, Text: statusRules}
	a.request, a.settings, a.facts = deploy.Govern(a.request, a.settings, a.facts)
	d := a.decide()
	m.require(d.Board != nil, "the sample shows no board")
	var shown strings.Builder
	for line := range strings.Lines(message.Status(a.request, a.settings, d)) {
		if !strings.HasPrefix(line, "| ✔ |") {
			shown.WriteString(line)
		}
	}
	return shown.String()
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

// deployed is a deployment of ours that began so long ago, and took three minutes.
func deployed(sha, version string, pull int, by string, ago time.Duration, state string) deploy.Deployment {
	d := deploytest.Own(sha, map[string]string{"SUCCESS": deploy.Active}[state])
	if d.State == "" {
		d.State = state
	}
	at := deploy.Know(askedAt().Add(-ago))
	d.Version, d.Pull, d.Actor, d.CreatedAt = version, pull, by, at.Value.Add(-3*time.Minute)
	d.Statuses = []deploy.Status{{State: state, CreatedAt: at}}
	if state == "SUCCESS" {
		d.Succeeded, d.SucceededAt = true, at
	}
	return d
}
