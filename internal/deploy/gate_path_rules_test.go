package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

const migration = "db/migrate/1.sql"

// changing is a request that changes files, under path rules.
func changing(r deploy.Request, rule policy.PathRule, files ...string) situation {
	s := situation{r, deploytest.Settings(), deploytest.Facts()}
	s.config.Origin.ExactCommits, s.config.OrderScope = true, config.OwnDeployments
	s.change(func(t *deploytest.Trial) { t.Changing([]policy.PathRule{rule}, files...) })
	return s
}

func (s situation) pathRule(t *testing.T) deploy.Finding {
	t.Helper()
	return deploytest.Said(t, s.decide(), "path rules")
}

// runs makes a commit run in the environment.
func (s *situation) runs(sha string, changes ...func(*deploy.Deployment)) {
	d := deploytest.Own(sha, deploy.Active)
	d.Succeeded, d.First = true, true
	for _, change := range changes {
		change(&d)
	}
	s.facts.Live = []deploy.Deployment{d}
}

// another adds a newer deployment of the head by another tool.
func (s *situation) another(state string) {
	d := deploytest.Own(deploytest.HeadSHA, state)
	d.Own, d.Succeeded = false, state == deploy.Active
	s.facts.Live = append([]deploy.Deployment{d}, s.facts.Live...)
}

func takenDown(d *deploy.Deployment) { d.State = deploy.Inactive }

func foreign(d *deploy.Deployment) { d.Own = false }

func cutOff(d *deploy.Deployment) { d.First = false }

func onlyMerged() policy.PathRule {
	rule := deploytest.Migrations()
	rule.Merged = true
	return rule
}

// What is compared depends on what runs in the environment.
func TestComparison(t *testing.T) {
	t.Parallel()
	const live = "7777777777777777777777777777777777777777"
	head, stable := deploytest.Asking(command.Deploy, "production"), deploytest.Rollback("production")
	for name, test := range map[string]struct {
		request deploy.Request
		change  func(*situation)
		want    deploy.Comparison
		says    string // where the rule applies without files
	}{
		"head":                 {head, func(s *situation) { s.runs(live) }, deploy.Comparison{Base: live, Head: deploytest.HeadSHA, Runs: true}, ""},
		"stable":               {stable, func(s *situation) { s.runs(live) }, deploy.Comparison{Base: live, Head: deploytest.StableSHA, Runs: true}, ""},
		"head, nothing runs":   {head, func(*situation) {}, deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, ""},
		"taken down":           {head, func(s *situation) { s.runs(live, func(d *deploy.Deployment) { d.State = deploy.Inactive }) }, deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, ""},
		"stable, nothing runs": {stable, func(*situation) {}, deploy.Comparison{}, "nothing runs in `production`"},
		"the same":             {head, func(s *situation) { s.runs(deploytest.HeadSHA) }, deploy.Comparison{}, ""},
		"too far back to tell": {head, func(s *situation) {
			s.runs(live, func(d *deploy.Deployment) { d.State, d.Succeeded, d.First = "FAILURE", false, false })
		}, deploy.Comparison{}, "it is not known what runs in `production`"},
		"nothing has succeeded": {head, func(s *situation) {
			s.runs(live, func(d *deploy.Deployment) { d.State, d.Succeeded = "FAILURE", false })
		}, deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, ""},
		"verified, not proven":                 {head, func(s *situation) { s.runs(live); s.config.OrderScope = config.VerifiedDeployments }, deploy.Comparison{}, "it is not proven what runs in `production`"},
		"own, another tool's is newer":         {head, func(s *situation) { s.runs(live); s.another(deploy.Active) }, deploy.Comparison{Base: live, Head: deploytest.HeadSHA, Runs: true}, ""},
		"own, replaced by another tool's":      {head, func(s *situation) { s.runs(live, takenDown); s.another(deploy.Active) }, deploy.Comparison{Base: live, Head: deploytest.HeadSHA, Runs: true}, ""},
		"own, taken down and another's failed": {head, func(s *situation) { s.runs(live, takenDown); s.another("FAILURE") }, deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, ""},
		"own, another tool's only":             {head, func(s *situation) { s.runs(live, foreign) }, deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, ""},
		"own, another tool's, too far back":    {head, func(s *situation) { s.runs(live, foreign, cutOff) }, deploy.Comparison{}, "it is not known what runs in `production`"},
		"own, a newer one that cannot be read": {head, func(s *situation) { s.runs(live); s.another("FAILURE"); s.facts.Live[0].Unreadable = true }, deploy.Comparison{}, "it is not known what runs in `production`"},
		"own, an older one that cannot be read": {head, func(s *situation) {
			s.runs(live)
			s.facts.Live = append(s.facts.Live, deploy.Deployment{Unreadable: true, First: true})
		}, deploy.Comparison{Base: live, Head: deploytest.HeadSHA, Runs: true}, ""},
		"all, another tool's is newer": {head, func(s *situation) {
			s.runs(live)
			s.another(deploy.Active)
			s.config.OrderScope = config.AllDeployments
		}, deploy.Comparison{}, ""},
		"no commit": {head, func(s *situation) { s.runs("") }, deploy.Comparison{}, "it is not known which commit runs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := deploytest.Migrations()
			rule.Reviews.Count = 20
			s := changing(test.request, rule)
			test.change(&s)
			assert.Equal(t, test.want, deploy.NeedsKnowing(s.request, s.config, s.facts).Changes)
			s.facts.Changes = deploy.Changes{Comparison: test.want}
			f := s.pathRule(t)
			assert.Equal(t, test.says != "", f.Level == deploy.Block, f.Text)
			assert.Contains(t, f.Text, test.says)
		})
	}
}

// A rule applies to the files of its patterns, and is met by the merge.
func TestPathRules(t *testing.T) {
	t.Parallel()
	head, stable, exact := deploytest.Asking(command.Deploy, "production"), deploytest.Rollback("production"), deploytest.ExactCommit("production")
	tracked, _ := deploytest.Tracking(config.Started)
	gap := func(s *situation) { s.facts.Changes.Gap = "more than 300 files change" }
	for name, test := range map[string]struct {
		request deploy.Request
		files   []string
		change  func(*situation)
		blocks  bool
	}{
		"other files":            {head, []string{"README.md"}, nil, false},
		"no files":               {head, nil, nil, false},
		"head":                   {head, []string{"README.md", migration}, nil, true},
		"too many files":         {head, []string{"README.md"}, gap, true},
		"stable":                 {stable, []string{migration}, nil, false},
		"exact":                  {exact, []string{migration}, nil, true},
		"exact, merged":          {exact, []string{migration}, func(s *situation) { s.facts.Exact.InStable = true }, false},
		"tracked":                {tracked, []string{migration}, nil, false},
		"tracked, not merged":    {tracked, []string{migration}, func(s *situation) { s.facts.Merged.Contained = false }, true},
		"tracked, of another":    {tracked, []string{migration}, func(s *situation) { s.facts.Merged.SHA = deploytest.OtherSHA }, true},
		"head of a merged one":   {head, []string{migration}, func(s *situation) { s.facts.Pull.State = "MERGED" }, true},
		"of another environment": {head, []string{migration}, func(s *situation) { s.config.Policy.PathRules[0].Environments = []string{"staging"} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := changing(test.request, onlyMerged(), test.files...)
			if test.request.SHA != "" {
				s.config.Mode, s.config.Status = config.TrackIt, config.Started
			}
			if test.change != nil {
				test.change(&s)
			}
			f := s.pathRule(t)
			assert.Equal(t, test.blocks, f.Level == deploy.Block, f.Text)
			if test.blocks {
				assert.Equal(t, deploy.PathRuleUnmet, f.Code)
				assert.Contains(t, f.Text, "It goes out after the merge")
			}
		})
	}
}

// What was compared before is used only while it is still what is deployed, and what runs.
func TestChangesAreKept(t *testing.T) {
	t.Parallel()
	const live, newer = "7777777777777777777777777777777777777777", "8888888888888888888888888888888888888888"
	s := changing(deploytest.Asking(command.Deploy, "production"), deploytest.Migrations(), "README.md")
	s.runs(live)
	s.facts.Changes.Base, s.facts.Changes.Runs = live, true
	again := s.facts
	again.Changes = deploy.Changes{}
	s.facts = again.Keep(s.facts)
	assert.Equal(t, deploy.Pass, s.pathRule(t).Level)
	s.runs(newer)
	assert.Contains(t, s.pathRule(t).Text, "has changed while I looked at the files")
	s.runs(live)
	s.facts.Pull.Head.SHA = newer
	assert.Contains(t, s.pathRule(t).Text, "has changed while I looked at the files")

	s = changing(deploytest.Asking(command.Deploy, "production"), deploytest.Migrations(), "README.md")
	s.facts.Stable.Head.SHA = newer
	assert.Equal(t, deploy.Pass, s.pathRule(t).Level, "what others merge is not part of the pull request")
}

// Files and names are foreign text; at most ten files are shown, and the note of a rule that is met.
func TestPathRuleTexts(t *testing.T) {
	t.Parallel()
	var files []string
	for i := range 12 {
		files = append(files, fmt.Sprintf("db/migrate/`<b>@all%d", i))
	}
	rule := onlyMerged()
	rule.Name, rule.Note = deploytest.Hostile, "Take it back: `rails db:rollback` @all <b>"
	s := changing(deploytest.Asking(command.Deploy, "production"), rule, files...)
	f := s.pathRule(t)
	assert.Contains(t, f.Text, "and 2 more")
	deploytest.AssertHarmless(t, f)
	s = changing(deploytest.Rollback("production"), rule)
	f = s.pathRule(t)
	assert.Equal(t, deploy.Pass, f.Level)
	assert.Contains(t, f.Notice, ": Take it back\\: `rails db:rollback` @\u200dall &lt;b\\>")

	s = changing(deploytest.Asking(command.Deploy, "production"), rule, files...)
	s.change(func(t *deploytest.Trial) {
		t.Govern(func(e *policy.Environment) { e.Enforcement = deploytest.Set(policy.Evaluate) })
	})
	f = s.pathRule(t)
	assert.Equal(t, deploy.Evaluated, f.Softened)
	assert.Contains(t, f.Notice, "A rule that is only evaluated is not met")
	assert.Contains(t, f.Notice, "rails db:rollback")
}
