package docs

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// report is what GitHub says of the checks of a commit.
type report struct {
	text string
	with map[string]string // inputs
	said deploy.Checks
}

// run is a check run that may have been repeated: a later one has a higher number.
func run(name, conclusion string, number int64) deploy.Check {
	one := checkRun(name, conclusion)
	one.RunID = deploy.Know(number)
	return one
}

func required(one deploy.Check) deploy.Check {
	one.Required = true
	return one
}

// of says which workflow made a check run, and on which event.
func of(one deploy.Check, workflow, event string) deploy.Check {
	one.Workflow, one.Event = workflow, event
	return one
}

func said(nodes ...deploy.Check) deploy.Checks {
	return deploy.Checks{SHA: headSHA, Reported: len(nodes) > 0, Nodes: nodes}
}

func expecting(c deploy.Checks, names ...string) deploy.Checks {
	for _, name := range names {
		c.Expected = append(c.Expected, deploy.Expectation{Name: name})
	}
	return c
}

func reports() []report {
	pass, fail := "SUCCESS", "FAILURE"
	return []report{
		{"Everything passed, was skipped or is neutral", nil, said(run("build", pass, 1), run("docs", "SKIPPED", 2), run("size", "NEUTRAL", 3))},
		{"There are no checks, and no rule requires one", nil, said()},
		{"`build` failed, `test` is still running", nil, said(run("build", fail, 1), run("test", "", 2))},
		{"`build` failed; a re-run passed", nil, said(run("build", fail, 1), run("build", pass, 2))},
		{"`build` passed; a re-run failed", nil, said(run("build", pass, 1), run("build", fail, 2))},
		{"`build` passed; a re-run is under way", nil, said(run("build", pass, 1), run("build", "", 2))},
		{
			"Two workflows have a job `build`; the older one failed", nil,
			said(of(run("build", fail, 1), "W_web", "push"), of(run("build", pass, 2), "W_api", "push")),
		},
		{
			"A workflow ran on two events; `build` failed on one", nil,
			said(of(run("build", fail, 1), "W_ci", "push"), of(run("build", pass, 2), "W_ci", "pull_request")),
		},
		{"A run has two jobs `build`; one failed", nil, said(inRun(run("build", fail, 1), 7), inRun(run("build", pass, 2), 7))},
		{"A workflow is under way, and GitHub shows no check of it yet", nil, underWay(said())},
		{"`build` passed; other jobs of its workflow have not started", nil, underWay(said(run("build", pass, 1)))},
		{"A check was reported twice, without numbers or times", nil, said(bare("SUCCESS", "CR_1"), bare("FAILURE", "CR_2"))},
		{"A rule requires `test`, which has not reported", nil, expecting(said(run("build", pass, 1)), "test")},
		{"The same, and there are no other checks", nil, expecting(said(), "test")},
		{"The same, with `unreported_checks: ignore`", map[string]string{"unreported_checks": "ignore"}, expecting(said(), "test")},
		{"`ignored_checks: flaky`, which failed", map[string]string{"ignored_checks": "flaky"}, said(run("build", pass, 1), run("flaky", fail, 2))},
		{"`checks: required`; an optional check failed", map[string]string{"checks": "required"}, said(required(run("build", pass, 1)), run("lint", fail, 2))},
		{"`checks: required`; the required check has not reported", map[string]string{"checks": "required"}, expecting(said(run("lint", pass, 1)), "build")},
		{"`checks: build,test`; `test` has not reported", map[string]string{"checks": "build,test"}, said(run("build", pass, 1))},
		{"`checks: build`; another check failed", map[string]string{"checks": "build"}, said(run("build", pass, 1), run("lint", fail, 2))},
		{
			"`checks: build@github-actions`; only a commit status `build` passed",
			map[string]string{"checks": "build@github-actions"},
			said(deploy.Check{Kind: deploy.CommitStatus, Name: "build", Value: pass}),
		},
		{"`skip_ci: production`; a check failed", map[string]string{"skip_ci": "production"}, said(run("build", fail, 1))},
	}
}

// bare is a check run of which little is known.
func bare(conclusion, node string) deploy.Check {
	return deploy.Check{Kind: deploy.CheckRun, Name: "build", Value: conclusion, NodeID: node, App: deploy.Know[int64](15368)}
}

// reportTable lets the decision say what each report comes to.
func reportTable(m *maker, _ block) string {
	var rows [][]string
	for _, one := range reports() {
		a := newTrial(m, "Branch")
		a.settings, a.facts.Pull.Checks = settings(m, one.with), one.said
		d := a.decide()
		m.check(d.Evidence.CommitStatus.Fine() == (d.Verdict == deploy.Proceed), "%s: status and verdict differ", one.text)
		rows = append(rows, []string{one.text, stateName(string(d.Evidence.CommitStatus))})
	}
	return table([]string{"What GitHub reports", "`commit_status`"}, rows)
}

// laggingTable shows which gap counts in which mode, for a pull request into another branch than the
// stable one.
func laggingTable(m *maker, _ block) string {
	modes := []config.OutdatedMode{config.OutdatedStrict, config.OutdatedBase, config.OutdatedStable}
	heading := []string{"The head lacks commits of"}
	for _, mode := range modes {
		heading = append(heading, codes("outdated_mode: %s", mode))
	}
	gap := deploy.Know(1)
	var rows [][]string
	for _, one := range []struct {
		text    string
		arrange func(*deploy.PullRequest)
	}{
		{"its base", func(p *deploy.PullRequest) { p.BehindBase = gap }},
		{"the stable branch", func(p *deploy.PullRequest) { p.BehindStable = gap }},
		{"neither, but GitHub calls it `BEHIND`", func(p *deploy.PullRequest) { p.MergeState = "BEHIND" }},
	} {
		row := []string{one.text}
		for _, mode := range modes {
			a := newTrial(m, "Branch")
			a.settings.Origin.OtherBases, a.settings.Outdated.Mode, a.facts.Pull.BaseRef = true, mode, "release"
			one.arrange(&a.facts.Pull)
			row = append(row, map[deploy.Verdict]string{deploy.Proceed: "–", deploy.Refuse: "🔴 outdated"}[a.decide().Verdict])
		}
		rows = append(rows, row)
	}
	return table(heading, rows)
}

func inRun(one deploy.Check, id int64) deploy.Check {
	one.Run = deploy.Know(id)
	return one
}

// underWay adds a workflow that has not ended.
func underWay(checks deploy.Checks) deploy.Checks {
	checks.Suites = []deploy.CheckSuite{{NodeID: "CS_ci", Name: "CI"}}
	return checks
}
