package deploytest

import (
	"cmp"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Viewer is the user of a workflow's token.
const Viewer = "github-actions[bot]"

// sha returns the commit that the trial is about.
func (t *Trial) sha() string {
	if t.Request.Command.StableBranch {
		return t.Facts.Stable.Head.SHA
	}
	return cmp.Or(t.Request.Command.SHA, t.Request.SHA, t.Facts.Pull.Head.SHA)
}

// Rehearse asks for a noop of each commit, and says how that of the commit went.
func (t *Trial) Rehearse(state, creator string) {
	t.Govern(func(e *policy.Environment) { e.Noop = Set(true) })
	t.Facts.Viewer = Viewer
	t.Facts.Rehearsal = deploy.Rehearsal{
		StatusOf: deploy.StatusOf{Commit: t.sha(), Context: "lockstep/noop/production"}, State: state, Creator: creator,
	}
}

// Label asks for some labels, and gives the pull request others.
func (t *Trial) Label(wanted policy.Labels, there ...string) {
	t.Govern(func(e *policy.Environment) { e.Labels = Set(wanted) })
	t.Facts.Statement.Labels = there
}

// Describe asks for a checklist, and says what the description of the pull request is.
func (t *Trial) Describe(body string) {
	t.Govern(func(e *policy.Environment) { e.Checklist = Set("Deployment") })
	t.Facts.Statement.Body = body
}

// rollsBack makes a deployment of the stable branch one of a commit that has already run there.
func (t *Trial) rollsBack() {
	if t.Request.Command.StableBranch {
		t.succeeded()
	}
}

// deployments are the ways that are held to rules about a pull request.
const deployments = "head exact fork"

func noopSituations() Gate {
	return Gate{
		Name: "noop", Enable: func(t *Trial) { t.Rehearse("SUCCESS", Viewer) }, Situations: []Situation{
			{"With `noop: required` in the rules file: there was no noop of the commit", "head rollback exact fork", func(t *Trial) {
				t.Rehearse("", "")
			}},
			{"The same, and the last noop of the commit failed", "head rollback exact fork", func(t *Trial) {
				t.Rehearse("FAILURE", Viewer)
			}},
			{"The same, and a person wrote that the noop went well", "head rollback exact fork", func(t *Trial) {
				t.Rehearse("SUCCESS", "github-actions")
			}},
			{"The same, and the token lacks `statuses: read`", "head rollback exact fork", func(t *Trial) {
				t.Rehearse("SUCCESS", Viewer)
				t.Facts.Unavailable[deploy.RehearsalPart] = deploy.Problem{Hint: "Add `statuses: read` to the `permissions:` of the job."}
			}},
		},
	}
}

func labelsSituations() Gate {
	wanted := policy.Labels{Require: []string{"qa-passed"}, Forbid: []string{"do-not-deploy"}}
	return Gate{
		Name: "labels", Enable: func(t *Trial) { t.Label(wanted, "QA-passed") }, Situations: []Situation{
			{"With `labels` in the rules file: a label is missing", deployments, func(t *Trial) {
				t.rollsBack()
				t.Label(wanted)
			}},
			{"With `labels` in the rules file: a label is in the way", deployments, func(t *Trial) {
				t.rollsBack()
				t.Label(wanted, "qa-passed", "Do-Not-Deploy")
			}},
		},
	}
}

func checklistSituations() Gate {
	return Gate{
		Name: "checklist", Enable: func(t *Trial) { t.Describe("## Deployment\n- [x] told the others\n") }, Situations: []Situation{
			{"With `checklist` in the rules file: a box of the description is open", deployments, func(t *Trial) {
				t.rollsBack()
				t.Describe("## Deployment\n- [ ] told the others\n")
			}},
			{"With `checklist` in the rules file: the description lacks its heading", deployments, func(t *Trial) {
				t.rollsBack()
				t.Describe("- [x] told the others\n")
			}},
		},
	}
}
