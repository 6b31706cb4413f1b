package deploytest

import (
	"cmp"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Reviewed asks for reviews of production, which the commit has: hubot, who is no author of it, approved it.
func (t *Trial) Reviewed(wants policy.Reviews) {
	t.Govern(func(e *policy.Environment) { e.Reviews = Set(wants) })
	t.approved(Opinion("hubot", t.commit()))
}

// Opinion is an approval of a commit.
func Opinion(login, commit string) deploy.Opinion {
	return deploy.Opinion{Author: login, IsUser: true, State: deploy.Approved, Commit: commit}
}

// commit is what is deployed.
func (t *Trial) commit() string {
	if t.Request.Command.StableBranch {
		return t.Facts.Stable.Head.SHA
	}
	return cmp.Or(t.Request.SHA, t.Request.Command.SHA, t.Facts.Pull.Head.SHA)
}

// approved gives the pull request, and the merged one that brought the commit, these opinions.
func (t *Trial) approved(opinions ...deploy.Opinion) {
	sha := t.commit()
	t.Facts.Pull.Reviews = deploy.Reviews{Author: "octocat", Opinions: opinions}
	t.Facts.Merged = deploy.MergedCommit{
		SHA: sha, Contained: true, Default: "main", InDefault: true, Commit: Commit(sha), Parents: []string{"7777777777777777777777777777777777777777"},
		Pulls: []deploy.CommitPull{{Reviews: t.Facts.Pull.Reviews, Number: 11, Base: "main", Head: sha, Merged: true, MergeCommit: sha}},
	}
}

// Changing adds path rules for production, and changes files.
func (t *Trial) Changing(rules []policy.PathRule, files ...string) {
	t.Govern()
	t.approved(Opinion("hubot", t.commit()))
	changed := *t.Config.Policy
	changed.PathRules = rules
	t.Config.Policy = &changed
	t.Facts.Changes = deploy.Changes{Comparison: deploy.Comparison{Base: t.Facts.Stable.Head.SHA, Head: t.commit()}, Files: files, Ahead: deploy.Know(3), Behind: deploy.Know(0)}
	if live := deploy.Running(t.Facts.Live); live != nil {
		t.Facts.Changes.Base, t.Facts.Changes.Runs = live.SHA, true
		t.Facts.Changes.Trees = t.Config.Mode == config.Promote
	}
}

// Migrations is a path rule for one directory.
func Migrations() policy.PathRule {
	return policy.PathRule{Name: "database migration", Line: 9, Paths: []string{"db/migrate/**"}}
}

func approvalSituations() Gate {
	const rule = "head rollback exact fork"
	wants := policy.Reviews{Count: 1}
	return Gate{Name: "approvals", Enable: func(t *Trial) { t.Reviewed(wants) }, Situations: []Situation{
		{"`reviews: 1` in the rules file: the approval is of an older commit", rule, func(t *Trial) {
			t.Reviewed(wants)
			t.approved(Opinion("hubot", "0000000000000000000000000000000000000000"))
		}},
		{"The same: only the author approved", rule, func(t *Trial) {
			t.Reviewed(wants)
			t.approved(Opinion("octocat", t.commit()))
		}},
		{"`reviews: {count: 1, from: [acme/leads]}`: who approved is no member of the team", rule, func(t *Trial) {
			t.Reviewed(policy.Reviews{Count: 1, From: []policy.Principal{{Kind: policy.Team, Name: "acme/leads"}}})
			t.Facts.Members = map[deploy.Membership]deploy.Member{deploy.MembershipOf("acme/leads", "hubot"): {}}
		}},
	}}
}

func pathRuleSituations() Gate {
	merged, reviewed, other := Migrations(), Migrations(), Migrations()
	merged.Merged, reviewed.Reviews = true, policy.Reviews{Count: 1}
	other.Merged, other.Paths = true, []string{"infra/**"}
	const file = "db/migrate/1.sql"
	return Gate{Name: "path rules", Enable: func(t *Trial) { t.Changing([]policy.PathRule{reviewed, other}, file) }, Situations: []Situation{
		{"A path rule with `merged: true`: the pull request changes such a file", "head exact fork", func(t *Trial) {
			t.Changing([]policy.PathRule{merged}, "README.md", file)
		}},
		{"A path rule with `reviews: 1`: the pull request changes such a file, and no one has approved it", "head rollback exact fork", func(t *Trial) {
			t.Changing([]policy.PathRule{reviewed}, file)
			t.approved()
		}},
		{"The same, with more than 300 files that change", "head rollback exact fork", func(t *Trial) {
			t.Changing([]policy.PathRule{reviewed}, "README.md")
			t.approved()
			t.Facts.Changes.Gap = "more than 300 files change, and GitHub does not list them all"
		}},
	}}
}
