package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// rechecked are facts as a recheck reads them: without actor, teams, answer and template.
func rechecked() deploy.Facts {
	f := deploytest.Facts()
	f.Actor = deploy.Actor{}
	for _, part := range []deploy.Part{deploy.ActorPart, deploy.TeamsPart, deploy.TemplatePart, deploy.OriginsPart} {
		delete(f.Read, part)
	}
	return f
}

// A recheck keeps what it does not read again, and nothing else of the first reading.
func TestFactsKeep(t *testing.T) {
	t.Parallel()
	first := deploytest.Facts()
	first.Template, first.Answer = new("done"), deploy.Answer{Kind: deploy.Confirmed, At: deploytest.AskedAt()}
	first.Actor.Teams, first.Origins = []string{"acme/ops"}, []deploy.Origin{{Run: 7}}
	again := rechecked()
	again.Pull.Head.SHA, again.Locks = deploytest.OtherSHA, map[string]deploy.Lock{"a": deploytest.StickyLock("hubot")}

	want := deploytest.Facts()
	want.Pull, want.Locks = again.Pull, again.Locks
	want.Actor, want.Template, want.Answer, want.Origins = first.Actor, first.Template, first.Answer, first.Origins
	assert.Equal(t, want, again.Keep(first))
	assert.Equal(t, rechecked().Read, again.Read, "the recheck stays as it was")
	assert.Equal(t, deploytest.Facts().Read, first.Read)
}

// Whether a part was read follows the reading that it comes from.
func TestFactsKeepParts(t *testing.T) {
	t.Parallel()
	no := deploy.Problem{Text: "No.", Hint: "Ask again."}
	for part, kept := range map[deploy.Part]bool{
		deploy.ActorPart: true, deploy.TeamsPart: true, deploy.TemplatePart: true, deploy.OriginsPart: true,
		deploy.PullPart: false, deploy.LocksPart: false, deploy.GatesPart: false, deploy.DeploymentsPart + "dev": false,
	} {
		for name, test := range map[string]struct {
			state func(*deploy.Facts)
			want  deploy.Problem
		}{
			"unavailable": {func(f *deploy.Facts) { f.MarkUnavailable(part, no) }, no},
			"never read": {func(f *deploy.Facts) { delete(f.Read, part) }, deploy.Problem{
				Text: "I could not read the " + string(part) + ".",
				Hint: "Run the command again. If this keeps happening, check the `permissions:` of the job.",
			}},
		} {
			t.Run(string(part)+" "+name, func(t *testing.T) {
				t.Parallel()
				first, again := deploytest.Facts(), rechecked()
				if kept {
					test.state(&first)
				} else {
					test.state(&again)
				}
				facts := again.Keep(first)
				problem, missing := facts.Missing(part)
				assert.True(t, missing)
				assert.Equal(t, test.want, problem)

				first, again = deploytest.Facts(), rechecked()
				if !kept {
					test.state(&first)
				}
				facts = again.Keep(first)
				_, missing = facts.Missing(part)
				assert.False(t, missing, "the other reading does not matter")
			})
		}
	}
}

// Facts of nothing can be kept, and keep their parts.
func TestFactsKeepNothing(t *testing.T) {
	t.Parallel()
	kept := deploy.Facts{}.Keep(deploytest.Without(deploy.TeamsPart))
	assert.Equal(t, map[deploy.Part]bool{deploy.ActorPart: true, deploy.RerunnerPart: true, deploy.TeamsPart: true, deploy.TemplatePart: true, deploy.RequiredPart: true, deploy.PushesPart: true, deploy.OriginsPart: true, deploy.PolicyPart: true, deploy.MembersPart: true, deploy.ChangesPart: true, deploy.ViewerPart: true}, kept.Read)
	assert.Equal(t, deploytest.Without(deploy.TeamsPart).Unavailable, kept.Unavailable)
	assert.Equal(t, "octocat", kept.Actor.Login)
}

func TestFactsMissing(t *testing.T) {
	t.Parallel()
	const hint = "Run the command again. If this keeps happening, check the `permissions:` of the job."
	no := deploy.Problem{Text: "No.", Hint: "Ask again."}
	for name, test := range map[string]struct {
		facts   deploy.Facts
		part    deploy.Part
		missing bool
		want    deploy.Problem
	}{
		"read":                 {deploytest.Facts(), deploy.LocksPart, false, deploy.Problem{}},
		"never read":           {deploy.Facts{}, deploy.LocksPart, true, deploy.Problem{Text: "I could not read the locks.", Hint: hint}},
		"pull request":         {deploy.Facts{}, deploy.PullPart, true, deploy.Problem{Text: "I could not read the pull request.", Hint: hint}},
		"unavailable":          {deploy.Facts{Unavailable: map[deploy.Part]deploy.Problem{deploy.LocksPart: no}}, deploy.LocksPart, true, no},
		"read in part":         {deploytest.Without(deploy.LocksPart), deploy.LocksPart, true, deploy.Problem{Text: "I could not read the locks.", Hint: "Add a permission."}},
		"another part":         {deploytest.Without(deploy.RulesPart), deploy.LocksPart, false, deploy.Problem{}},
		"an environment":       {deploytest.Facts(), deploy.DeploymentsPart + "qa", true, deploy.Problem{Text: "I could not read the deployments of qa.", Hint: hint}},
		"a hostile name":       {deploytest.Facts(), deploy.DeploymentsPart + "<b>@all", true, deploy.Problem{Text: "I could not read the deployments of &lt;b\\>@\u200dall.", Hint: hint}},
		"read as not readable": {deploy.Facts{Read: map[deploy.Part]bool{deploy.LocksPart: false}}, deploy.LocksPart, true, deploy.Problem{Text: "I could not read the locks.", Hint: hint}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem, missing := test.facts.Missing(test.part)
			assert.Equal(t, test.missing, missing)
			assert.Equal(t, test.want, problem)
		})
	}
}
