package deploy_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// run is the run of every request in these tests.
var run = deploy.RunID{ID: 4711, Attempt: 1}

// productionLocks are the branches that may lock production.
var productionLocks = []string{lock.GlobalBranch, "production-branch-deploy-lock", "Production-branch-deploy-lock"}

// needy are settings under which a deployment needs everything.
func needy() config.Config {
	c := deploytest.Settings()
	c.Admins.Teams, c.OrderScope, c.Origin.ExactCommits = []string{"acme/ops"}, config.OwnDeployments, true
	c.Messages.TemplatePath = ".github/result.md"
	return c
}

// frugal are settings under which it needs little.
func frugal() config.Config {
	c := deploytest.Settings()
	c.Outdated.Update, c.SecurityWarnings, c.Locks.Disabled = config.UpdateDisabled, false, true
	return c
}

// Teams are asked for with the user whom they are about, who is asked for once more.
func TestTeamsBeyond(t *testing.T) {
	t.Parallel()
	all := deploy.NeedsFor(deploytest.Asking(command.Deploy, "production"), needy())
	without := all
	without.AdminTeams = nil
	assert.Equal(t, deploy.Needs{Run: run, Scope: all.Scope, Actor: "octocat", AdminTeams: []string{"acme/ops"}}, all.Beyond(without))
	assert.False(t, all.Beyond(all).Any())
}

// What has to be read depends on the command: a rollback works when everything else is broken.
func TestNeedsFor(t *testing.T) {
	t.Parallel()
	all := deploy.Needs{
		StableBranch: "main", Environments: []string{"dev", "staging"}, Scope: deploy.UntilOwn, Gates: true, Required: true, Pushes: true, Asked: deploytest.AskedAt(), Fresh: true,
		AdminTeams: []string{"acme/ops"}, Rules: true, Live: "production", Locks: productionLocks,
		Template: deploy.File{Path: ".github/result.md", Commit: deploytest.StableSHA},
	}
	rollback := all
	rollback.Pushes, rollback.Asked = false, time.Time{}
	rollback.Environments, rollback.Gates, rollback.Required, rollback.Fresh, rollback.AdminTeams = nil, false, false, false, nil
	exactCommit := rollback
	exactCommit.Environments, exactCommit.Exact = all.Environments, deploytest.OtherSHA
	little := deploy.Needs{StableBranch: "main", Environments: []string{"dev", "staging"}, Live: "production"}
	head := little
	head.Gates, head.Required, head.Pushes, head.Asked = true, true, true, deploytest.AskedAt()
	noEnvironments := little
	noEnvironments.Environments = nil
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		want    deploy.Needs
	}{
		"deploy":                    {deploytest.Asking(command.Deploy, "production"), needy(), all},
		"noop":                      {deploytest.Asking(command.Noop, "production"), needy(), all},
		"rollback":                  {deploytest.Rollback("production"), needy(), rollback},
		"exact commit":              {deploytest.ExactCommit("production"), needy(), exactCommit},
		"deploy, frugal":            {deploytest.Asking(command.Deploy, "production"), frugal(), head},
		"rollback, frugal":          {deploytest.Rollback("production"), frugal(), noEnvironments},
		"exact commit, not enabled": {deploytest.ExactCommit("production"), frugal(), little},
		"lock":                      {deploytest.Asking(command.Lock, "production"), needy(), deploy.Needs{Locks: productionLocks}},
		"unlock":                    {deploytest.Asking(command.Unlock, "production"), needy(), deploy.Needs{Locks: productionLocks, LockWork: "main"}},
		"lock info":                 {deploytest.Asking(command.LockInfo, "production"), needy(), deploy.Needs{Locks: productionLocks}},
		"help":                      {deploytest.Asking(command.Help, ""), needy(), deploy.Needs{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Event.WorkflowSHA = deploytest.StableSHA
			test.want.Actor, test.want.Pull, test.want.Run = "octocat", 12, run
			assert.Equal(t, test.want, deploy.NeedsFor(test.request, test.config))
		})
	}
}

// A recheck keeps the actor and the template of the first reading.
func TestRecheckNeeds(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	r.Event.WorkflowSHA = deploytest.StableSHA
	want := deploy.NeedsFor(r, needy())
	want.Actor, want.AdminTeams, want.Template, want.Required, want.Pushes = "", nil, deploy.File{}, false, false
	assert.Equal(t, &want, deploy.RecheckNeeds(r, needy(), ""))
}

// Every part that a gate rests on is read: a part that is never read always blocks.
func TestNeedsCoverEveryPart(t *testing.T) {
	t.Parallel()
	for name, s := range readiness() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs := deploy.NeedsKnowing(s.request, s.config, s.facts)
			for _, gate := range deploy.GatesFor(s.new()) {
				if !asked(gate, s.new()) {
					continue
				}
				for _, part := range parts(gate, s.new()) {
					assert.True(t, reads(needs, part), "gate %q rests on the %s", gate.Name, part)
				}
			}
		})
	}
}

// reads reports whether a part is read.
func reads(n deploy.Needs, part deploy.Part) bool {
	if environment, found := strings.CutPrefix(string(part), string(deploy.DeploymentsPart)); found {
		return slices.Contains(n.Environments, environment)
	}
	return map[deploy.Part]bool{
		deploy.ActorPart: n.Actor != "", deploy.RerunnerPart: n.RerunBy != "", deploy.PullPart: n.Pull != 0, deploy.StablePart: n.StableBranch != "",
		deploy.GatesPart: n.Gates, deploy.ChecksPart: n.Gates, deploy.RequiredPart: n.Required, deploy.PushesPart: n.Pushes || n.StablePushes, deploy.FreshnessPart: n.Fresh, deploy.ExactPart: n.Exact != "",
		deploy.RulesPart: n.Rules, deploy.TeamsPart: n.AdminTeams != nil, deploy.LocksPart: n.Locks != nil,
		deploy.TemplatePart: n.Template != deploy.File{}, deploy.LivePart: n.Live != "", deploy.OriginsPart: n.Origins, deploy.PolicyPart: n.Policy != "",
		deploy.RehearsalPart: n.Rehearsal.Commit != "", deploy.ViewerPart: n.Viewer, deploy.StatementPart: n.Statement != 0,
		deploy.MembersPart: n.Members != nil, deploy.OpinionsPart: n.Gates || n.Opinions != 0, deploy.MergedPart: n.Merged.SHA != "",
		deploy.ChangesPart: n.Changes.Head != "",
	}[part]
}

// A start reads what could block it, every state what runs there, and a build nothing.
func TestNeedsOfTrackedSteps(t *testing.T) {
	t.Parallel()
	later := deploy.Needs{Live: "production", Run: run}
	start := deploy.Needs{Live: "production", Run: run, Environments: []string{"dev", "staging"}, Locks: productionLocks}
	for status, want := range map[config.Status]deploy.Needs{
		config.Pending: later, config.Completed: later, config.Failed: later, config.Aborted: later, "": {Run: run},
		config.Started: start,
	} {
		t.Run(cmp.Or(string(status), "no status"), func(t *testing.T) {
			t.Parallel()
			r, c := deploytest.Tracking(status)
			assert.Equal(t, want, deploy.NeedsFor(r, c))
			c.Track.EventType = "build"
			assert.Equal(t, deploy.Needs{Run: run}, deploy.NeedsFor(r, c), "build")
		})
	}
	r, c := deploytest.Tracking(config.Started)
	c.Locks.Disabled, c.OrderScope = true, config.OwnDeployments
	start.Locks, start.Scope = nil, deploy.UntilOwn
	assert.Equal(t, start, deploy.NeedsFor(r, c))
	r.SHA, start.Pull = "", 12
	assert.Equal(t, start, deploy.NeedsFor(r, c), "the event does not name the commit")
}

func TestNeededLocks(t *testing.T) {
	t.Parallel()
	unknown := deploytest.Asking(command.Lock, "production")
	unknown.Command.KnownEnvironment = false
	on := deploytest.Settings()
	off := frugal()
	spelled := deploytest.Settings()
	spelled.Targets, spelled.Environment = []string{"eu West", "EU west"}, "EU West"
	left := deploytest.Asking(command.Unlock, "")
	left.Command.Unknown = "qa"
	global, claimed := left, left
	global.Command.Unknown, claimed.Command.Kind = "global", command.Lock
	outside := deploytest.Settings()
	outside.Targets, outside.Environment = []string{"dev"}, "pages"
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		want    []string
	}{
		"deploy":   {deploytest.Asking(command.Deploy, "production"), on, productionLocks},
		"rollback": {deploytest.Rollback("production"), on, productionLocks},
		"lock":     {deploytest.Asking(command.Lock, "production"), on, productionLocks},
		"lock of all": {deploytest.Globally(command.Lock), on, []string{
			lock.GlobalBranch, "dev-branch-deploy-lock", "Dev-branch-deploy-lock", "staging-branch-deploy-lock", "Staging-branch-deploy-lock",
			"production-branch-deploy-lock", "Production-branch-deploy-lock",
		}},
		"a capital letter": {deploytest.Asking(command.Lock, "Production"), on, []string{
			lock.GlobalBranch, "Production-branch-deploy-lock", "production-branch-deploy-lock",
		}},
		"capitals": {deploytest.Asking(command.Lock, "PROD"), on, []string{
			lock.GlobalBranch, "PROD-branch-deploy-lock", "prod-branch-deploy-lock", "Prod-branch-deploy-lock",
		}},
		"no letters": {deploytest.Asking(command.Lock, "42"), on, []string{lock.GlobalBranch, "42-branch-deploy-lock"}},
		"outside of ASCII": {deploytest.Asking(command.Lock, "übung"), on, []string{
			lock.GlobalBranch, "übung-branch-deploy-lock", "Übung-branch-deploy-lock",
		}},
		"no name": {deploytest.Asking(command.Lock, ""), on, nil},
		"one environment in two spellings": {deploytest.Globally(command.LockInfo), spelled, []string{
			lock.GlobalBranch, "eu-West-branch-deploy-lock", "eu-west-branch-deploy-lock", "Eu-west-branch-deploy-lock",
		}},
		"unknown environment":             {unknown, on, nil},
		"no target any longer":            {left, on, []string{lock.GlobalBranch, "qa-branch-deploy-lock", "Qa-branch-deploy-lock"}},
		"no target, to be locked":         {claimed, on, nil},
		"called like the lock of all":     {global, on, nil},
		"the default environment, of all": {deploytest.Globally(command.Lock), outside, []string{lock.GlobalBranch, "dev-branch-deploy-lock", "Dev-branch-deploy-lock", "pages-branch-deploy-lock", "Pages-branch-deploy-lock"}},
		"help":                            {deploytest.Asking(command.Help, ""), on, nil},
		"switched off":                    {deploytest.Asking(command.Deploy, "production"), off, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, deploy.NeedsFor(test.request, test.config).Locks)
		})
	}
}

// The end of a pull request may unlock each environment, and all together where that is switched on.
func TestMergeNeeds(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Targets = []string{"dev", "Production", "DEV"}
	r := deploytest.Asking(command.None, "")
	r.Event.Merged = true
	want := deploy.Needs{Run: run, Locks: []string{
		"dev-branch-deploy-lock", "Dev-branch-deploy-lock", "Production-branch-deploy-lock", "production-branch-deploy-lock",
	}}
	assert.Equal(t, want, deploy.MergeNeeds(r, c))
	c.Merge.Global = true
	want.Locks = append(want.Locks, lock.GlobalBranch)
	assert.Equal(t, want, deploy.MergeNeeds(r, c))
	r.Event.Merged, want.Actor = false, "octocat"
	assert.Equal(t, want, deploy.MergeNeeds(r, c))
	c.Locks.Disabled = true
	assert.Equal(t, deploy.Needs{Run: run}, deploy.MergeNeeds(r, c), "locks are switched off")
}

// A template is read at the commit of the workflow, which no pull request can change.
func TestTemplateFile(t *testing.T) {
	t.Parallel()
	const sha256 = deploytest.StableSHA + "444444444444444444444444"
	for name, test := range map[string]struct {
		path, commit string
		want         deploy.File
	}{
		"full commit":        {"a.md", deploytest.StableSHA, deploy.File{Path: "a.md", Commit: deploytest.StableSHA}},
		"capitals":           {"a.md", strings.Repeat("A", 40), deploy.File{Path: "a.md", Commit: strings.Repeat("A", 40)}},
		"SHA-256":            {"a.md", sha256, deploy.File{Path: "a.md", Commit: sha256}},
		"no path":            {"", deploytest.StableSHA, deploy.File{}},
		"no commit":          {"a.md", "", deploy.File{}},
		"branch":             {"a.md", "main", deploy.File{}},
		"abbreviated commit": {"a.md", deploytest.StableSHA[:39], deploy.File{}},
		"between the sizes":  {"a.md", deploytest.StableSHA + "4", deploy.File{}},
		"line feed":          {"a.md", deploytest.StableSHA + "\n", deploy.File{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, c := deploytest.Asking(command.Deploy, "production"), deploytest.Settings()
			c.Messages.TemplatePath, r.Event.WorkflowSHA = test.path, test.commit
			assert.Equal(t, test.want, deploy.TemplateFile(r, c))
			assert.Equal(t, test.want, deploy.NeedsFor(r, c).Template)
		})
	}
}
