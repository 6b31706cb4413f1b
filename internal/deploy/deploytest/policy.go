package deploytest

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Policy returns a policy that names the environments of Settings and has no rules. Production is a production
// environment.
func Policy() *policy.Policy {
	p := &policy.Policy{Source: policy.Source{Path: config.DefaultPolicyPath, Commit: StableSHA}, Lines: 9, Zone: time.UTC}
	for i, name := range Settings().Targets {
		p.Environments = append(p.Environments, policy.Environment{
			Name: name, Line: 2*i + 3, Production: policy.Value[bool]{Value: name == "production", Line: 2*i + 4},
		})
	}
	return p
}

// Govern puts a policy into effect, with changes to its environment production.
func (t *Trial) Govern(changes ...func(*policy.Environment)) {
	t.Config.PolicyFile.Path = config.DefaultPolicyPath
	if t.Config.Policy == nil {
		t.Config.Policy = Policy()
	}
	changed := *t.Config.Policy
	changed.Environments = append([]policy.Environment(nil), changed.Environments...)
	for _, change := range changes {
		change(&changed.Environments[len(changed.Environments)-1])
	}
	t.Config.Policy = &changed
	t.Facts.Policy = deploy.PolicyFile{Path: changed.Source.Path, Commit: changed.Source.Commit, Exists: true}
}

// Set returns a value that line 9 of a policy sets.
func Set[T any](value T) policy.Value[T] { return policy.Value[T]{Value: value, Line: 9} }

// succeeded makes the head of the stable branch one that a deployment of ours brought to the environment, by a run that
// GitHub confirms.
func (t *Trial) succeeded() {
	t.Govern()
	if t.Request.Command.Kind == command.Rollback {
		return // it goes back to something else
	}
	begun := AskedAt().Add(-2 * time.Hour)
	d := Own(t.Facts.Stable.Head.SHA, deploy.Inactive)
	d.Succeeded, d.First, d.CreatedAt, d.CreatedBy = true, true, begun.Add(time.Minute), deploy.CreatedByRun{Run: deploy.RunID{ID: 77, Attempt: 1}, Comment: 77}
	t.Facts.Live = []deploy.Deployment{d}
	t.Facts.Origins = append(t.Facts.Origins, deploy.Origin{
		Run: 77, Exists: true, File: ".github/workflows/deploy.yml", Event: "issue_comment", Attempt: deploy.Know(1),
		CreatedAt: deploy.Know(begun), UpdatedAt: deploy.Know(begun.Add(2 * time.Minute)),
	})
}

func rollbackSituations() []Gate {
	return []Gate{{Name: "rollback", Situations: []Situation{
		{"With a rules file: the stable branch ran there before, and its run is of a pushed branch", "", func(t *Trial) {
			t.succeeded()
			for i := range t.Facts.Origins {
				if t.Facts.Origins[i].Run == 77 {
					t.Facts.Origins[i].Event = "push"
				}
			}
		}},
	}}}
}

func policySituations() []Gate {
	return []Gate{
		{Name: "policy", Enable: func(t *Trial) { t.Govern() }, Situations: []Situation{
			{"The rules file is broken, or cannot be read", everyWay, func(t *Trial) {
				t.Govern()
				t.Facts.Unavailable[deploy.PolicyPart] = deploy.Problem{Text: "The rules file `.github/lockstep.yml` is broken."}
			}},
		}},
	}
}
