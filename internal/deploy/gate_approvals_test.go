package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// approving is a request for which the rules file wants so many reviews.
func approving(r deploy.Request, wants policy.Reviews) situation {
	s := situation{r, deploytest.Settings(), deploytest.Facts()}
	s.config.Origin.ExactCommits, s.config.OrderScope = true, config.OwnDeployments
	s.change(func(t *deploytest.Trial) { t.Reviewed(wants) })
	return s
}

// approval is what the gate says.
func (s situation) approval(t *testing.T) deploy.Finding {
	t.Helper()
	return deploytest.Said(t, s.decide(), "approvals")
}

// Only approvals of the commit by users who are not its author count, each user once.
func TestApprovals(t *testing.T) {
	t.Parallel()
	head, older := deploytest.HeadSHA, deploytest.OtherSHA
	bob, carol := deploytest.Opinion("bob", head), deploytest.Opinion("carol", head)
	but := func(change func(*deploy.Opinion)) deploy.Opinion {
		one := bob
		change(&one)
		return one
	}
	for name, test := range map[string]struct {
		count    int
		opinions []deploy.Opinion
		passes   bool
		row      string
	}{
		"one":              {1, []deploy.Opinion{bob}, true, ""},
		"two":              {2, []deploy.Opinion{bob, carol}, true, ""},
		"one of two":       {2, []deploy.Opinion{bob}, false, "| 🟢 | `bob` | approved `" + head[:7] + "` |"},
		"none":             {1, nil, false, ""},
		"one user twice":   {2, []deploy.Opinion{bob, but(func(o *deploy.Opinion) { o.Author = "BOB" })}, false, "🟢"},
		"older":            {1, []deploy.Opinion{deploytest.Opinion("bob", older)}, false, "| 🔴 | `bob` | of another commit: `" + older[:7] + "` |"},
		"commit is gone":   {1, []deploy.Opinion{deploytest.Opinion("bob", "")}, false, "of a commit that is gone"},
		"author":           {1, []deploy.Opinion{deploytest.Opinion("OctoCat", head)}, false, "the author is no reviewer"},
		"app":              {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.IsUser = false })}, false, "an app is no reviewer"},
		"account is gone":  {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.Author = "" })}, false, "| 🔴 | *gone* | the account is gone |"},
		"dismissed":        {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.State = "DISMISSED" })}, false, "| 🔴 | `bob` | dismissed |"},
		"changes":          {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.State = deploy.ChangesRequested })}, false, "asked for changes"},
		"comment":          {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.State = "COMMENTED" })}, false, "no approval"},
		"one against one":  {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.State = deploy.ChangesRequested }), carol}, true, ""},
		"a hostile review": {1, []deploy.Opinion{but(func(o *deploy.Opinion) { o.Author, o.Commit = "a|b", "x|y" })}, false, "| `a\\|b` | of another commit: `x\\|y` |"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := approving(deploytest.Asking(command.Deploy, "production"), policy.Reviews{Count: test.count})
			s.facts.Pull.Reviews.Opinions = test.opinions
			f := s.approval(t)
			assert.Equal(t, test.passes, f.Level == deploy.Pass)
			assert.Contains(t, f.Details, test.row)
			if !test.passes {
				assert.Equal(t, deploy.ApprovalRequired, f.Code)
				assert.NotEmpty(t, f.Hint)
			}
		})
	}
}

// An admin replaces GitHub's own review, and not the number.
func TestAdminsNeedApprovals(t *testing.T) {
	t.Parallel()
	s := approving(deploytest.Asking(command.Deploy, "production"), policy.Reviews{Count: 1})
	s.config.Admins.Logins, s.facts.Pull.ReviewDecision, s.facts.Pull.Reviews.Opinions = []string{"octocat"}, deploy.ReviewRequired, nil
	assert.Equal(t, []string{"approvals"}, deploytest.Blocked(s.decide()))
}

// Only the people whom the rule names count, and members of its teams as far as that is known.
func TestApprovalsFrom(t *testing.T) {
	t.Parallel()
	team, user := policy.Principal{Kind: policy.Team, Name: "Acme/Leads"}, policy.Principal{Kind: policy.User, Name: "Hubot"}
	pair := deploy.MembershipOf("acme/leads", "hubot")
	for name, test := range map[string]struct {
		from    []policy.Principal
		members map[deploy.Membership]deploy.Member
		passes  bool
		says    string
		asks    []deploy.Membership
	}{
		"user":         {[]policy.Principal{user, team}, nil, true, "", nil},
		"member":       {[]policy.Principal{team}, map[deploy.Membership]deploy.Member{pair: {Active: true}}, true, "", []deploy.Membership{pair}},
		"no member":    {[]policy.Principal{team}, map[deploy.Membership]deploy.Member{pair: {}}, false, "GitHub answered 404", []deploy.Membership{pair}},
		"invited":      {[]policy.Principal{team}, map[deploy.Membership]deploy.Member{pair: {Invited: true}}, false, "not accepted yet", []deploy.Membership{pair}},
		"not asked":    {[]policy.Principal{team}, nil, false, "GitHub was not asked", []deploy.Membership{pair}},
		"not answered": {[]policy.Principal{team}, map[deploy.Membership]deploy.Member{pair: {Active: true, Problem: &deploy.Problem{Text: "No | token."}}}, false, `No \| token.`, []deploy.Membership{pair}},
		"someone else": {[]policy.Principal{{Kind: policy.User, Name: "bob"}}, nil, false, "is not among those who count here.", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := approving(deploytest.Asking(command.Deploy, "production"), policy.Reviews{Count: 1, From: test.from})
			s.facts.Members = test.members
			f := s.approval(t)
			assert.Equal(t, test.passes, f.Level == deploy.Pass)
			assert.Contains(t, f.Details, test.says)
			assert.Equal(t, test.asks, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
		})
	}
}

// At most ten memberships are asked, and only of those who approved the commit.
func TestApprovalsAskFewMembers(t *testing.T) {
	t.Parallel()
	s := approving(deploytest.Asking(command.Deploy, "production"), policy.Reviews{Count: 1, From: []policy.Principal{{Kind: policy.Team, Name: "acme/leads"}}})
	s.facts.Pull.Reviews.Opinions = []deploy.Opinion{deploytest.Opinion("old", deploytest.OtherSHA)}
	for _, login := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		s.facts.Pull.Reviews.Opinions = append(s.facts.Pull.Reviews.Opinions, deploytest.Opinion(login, deploytest.HeadSHA))
	}
	asked := deploy.NeedsKnowing(s.request, s.config, s.facts).Members
	assert.Len(t, asked, deploy.MostMembers)
	assert.NotContains(t, asked, deploy.MembershipOf("acme/leads", "old"))
	assert.Contains(t, s.approval(t).Details, "GitHub was not asked")
}

// The pull request whose result the commit is counts, and no other that has the commit.
func TestApprovalsOfMerges(t *testing.T) {
	t.Parallel()
	const head, base, friend = deploytest.HeadSHA, "7777777777777777777777777777777777777777", "8888888888888888888888888888888888888888"
	sha := deploytest.StableSHA
	merge := deploy.CommitPull{
		Reviews: deploy.Reviews{Author: "octocat", Opinions: []deploy.Opinion{deploytest.Opinion("bob", head)}},
		Number:  7, Base: "main", Head: head, Merged: true, MergeCommit: sha,
	}
	but := func(change func(*deploy.CommitPull)) deploy.CommitPull {
		one := merge
		change(&one)
		return one
	}
	twin := but(func(p *deploy.CommitPull) {
		p.Number, p.Author, p.Opinions = 8, "friend", []deploy.Opinion{deploytest.Opinion("octocat", head)}
	})
	for name, test := range map[string]struct {
		parents []string
		pulls   []deploy.CommitPull
		passes  bool
		says    string
	}{
		"merge commit":     {[]string{base, head}, []deploy.CommitPull{merge}, true, ""},
		"squashed":         {[]string{base}, []deploy.CommitPull{merge}, true, ""},
		"fast-forward":     {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Head, p.Opinions = sha, []deploy.Opinion{deploytest.Opinion("bob", sha)} })}, true, ""},
		"default branch":   {[]string{base, head}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Base = "trunk" })}, true, ""},
		"pushed directly":  {[]string{base}, nil, false, "No merged pull request brought"},
		"open":             {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Merged = false })}, false, "No merged pull request brought"},
		"into another":     {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Base = "feature" })}, false, "No merged pull request brought"},
		"no base":          {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Base = "" })}, false, "No merged pull request brought"},
		"inside of one":    {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.MergeCommit = friend })}, false, "is a commit inside of pull request #7"},
		"another head":     {[]string{base, friend}, []deploy.CommitPull{merge}, false, "is a commit inside of"},
		"no parents":       {nil, []deploy.CommitPull{merge}, false, "is a commit inside of"},
		"older approval":   {[]string{base}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Opinions = []deploy.Opinion{deploytest.Opinion("bob", friend)} })}, false, "asks for 1 approval of `" + head[:7] + "` on pull request #7, and there are 0."},
		"twin of a friend": {[]string{base, head}, []deploy.CommitPull{but(func(p *deploy.CommitPull) { p.Opinions = nil }), twin}, false, "there are 0"},
		"twin and a word":  {[]string{base, head}, []deploy.CommitPull{merge, twin}, true, ""},
		"two results":      {[]string{base}, []deploy.CommitPull{merge, but(func(p *deploy.CommitPull) { p.Head = friend })}, false, "Several pull requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := approving(deploytest.Rollback("production"), policy.Reviews{Count: 1})
			s.facts.Merged = deploy.MergedCommit{SHA: sha, Parents: test.parents, Default: "trunk", Pulls: test.pulls}
			f := s.approval(t)
			assert.Equal(t, test.passes, f.Level == deploy.Pass, f.Text)
			assert.Contains(t, f.Text, test.says)
		})
	}
	s := approving(deploytest.Rollback("production"), policy.Reviews{Count: 1})
	s.facts.Merged.Cut = true
	assert.Contains(t, s.approval(t).Text, "More than 5 pull requests")
	s = approving(deploytest.Rollback("production"), policy.Reviews{Count: 1})
	s.facts.Merged.SHA = head
	assert.Contains(t, s.approval(t).Text, "I could not read which pull request brought")
}

// Of an exact commit the approvals of that commit count; where the stable branch has it, those of the merge.
func TestApprovalsOfExactCommits(t *testing.T) {
	t.Parallel()
	s := approving(deploytest.ExactCommit("production"), policy.Reviews{Count: 1})
	s.facts.Merged = deploy.MergedCommit{}
	assert.Equal(t, deploy.Pass, s.approval(t).Level)
	needs := deploy.NeedsKnowing(s.request, s.config, s.facts)
	assert.Equal(t, 12, needs.Opinions)
	assert.Empty(t, needs.Merged)

	s.facts.Exact.InStable = true
	assert.Equal(t, deploy.Block, s.approval(t).Level, "the merge is not known")
	needs = deploy.NeedsKnowing(s.request, s.config, s.facts)
	assert.Zero(t, needs.Opinions)
	assert.Equal(t, deploy.MergedNeed{SHA: deploytest.OtherSHA, Branch: "main"}, needs.Merged)

	s.facts.Exact.InStable, s.facts.Pull.Reviews.Opinions = false, []deploy.Opinion{deploytest.Opinion("bob", deploytest.HeadSHA)}
	assert.Equal(t, deploy.Block, s.approval(t).Level, "the head is another commit")
}

// A second look reads all opinions again, also those on the pull request that was merged: they may be taken back.
func TestApprovalsAreReadAgain(t *testing.T) {
	t.Parallel()
	s := approving(deploytest.Asking(command.Deploy, "production"), policy.Reviews{Count: 1})
	again := s.facts
	again.Pull.Reviews.Opinions = nil
	s.facts = again.Keep(s.facts)
	assert.Equal(t, deploy.Block, s.approval(t).Level)

	s = approving(deploytest.Rollback("production"), policy.Reviews{Count: 1})
	assert.Equal(t, deploy.Pass, s.approval(t).Level)
	s.facts = deploytest.Facts().Keep(s.facts)
	assert.Equal(t, deploy.Block, s.approval(t).Level)
}

// Which commit it is about is known from the first look only, and where it is from neither.
func TestApprovalsNeededAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request  deploy.Request
		merged   bool
		opinions int
	}{
		"head":         {deploytest.Asking(command.Deploy, "production"), false, 0},
		"stable":       {deploytest.Rollback("production"), true, 0},
		"exact commit": {deploytest.ExactCommit("production"), true, 12},
		"noop":         {deploytest.Asking(command.Noop, "production"), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := approving(test.request, policy.Reviews{Count: 1})
			needs := deploy.RecheckNeeds(s.request, s.config, deploytest.OtherSHA)
			want := deploy.MergedNeed{}
			if test.merged {
				want = deploy.MergedNeed{SHA: deploytest.OtherSHA, Branch: "main"}
			}
			assert.Equal(t, want, needs.Merged)
			assert.Equal(t, test.opinions, needs.Opinions)
		})
	}
}
