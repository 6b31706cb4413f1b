package deploytest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Trial is a deployment to production to be decided on, which situations change.
type Trial struct {
	Request deploy.Request
	Config  config.Config
	Facts   deploy.Facts
	Lock    deploy.Lock // a sticky lock of another user, on another pull request; situations put it into the facts
}

// Gate is a gate with the situations that it is there for.
type Gate struct {
	Name       string
	Enable     func(*Trial) // turns on what is off by default, with facts that the gate lets through; nil for nothing
	Situations []Situation
}

// Situation is something that a gate blocks or warns of.
type Situation struct {
	Text    string // for the documentation, in Markdown
	Stops   string // the ways of asking that it stops: of head, noop, rollback (the stable branch), exact, fork and back (.rollback)
	Arrange func(*Trial)
}

// Stopped reports whether the situation stops a way of asking.
func (s Situation) Stopped(way string) bool { return slices.Contains(strings.Fields(s.Stops), way) }

// Ways of asking that many situations stop.
const (
	everyWay    = "head noop rollback exact fork back"
	butBack     = "head noop rollback exact fork"
	butRollback = "head noop exact fork"
	heads       = "head noop fork"

	butNoop            = "head rollback exact fork"
	butRollbackAndNoop = "head exact fork"
)

// Situations returns what each gate of a deployment is there for, in the order of the gates.
func Situations() []Gate {
	return slices.Concat(requestSituations(), sourceSituations(), stateSituations(), commitSituations(), lockSituations())
}

// rerun makes the request that of a run which a user starts again, who may do what the actor may.
func (t *Trial) rerun(by string) {
	t.Request.Event.Run.Attempt, t.Request.Event.Triggering = 2, by
	t.Facts.Rerunner = deploy.Actor{Login: by, Permission: t.Facts.Actor.Permission, Role: t.Facts.Actor.Role}
}

// Enable turns every gate on, where it is off by default.
func Enable(t *Trial) {
	for _, gate := range Situations() {
		if gate.Enable != nil {
			gate.Enable(t)
		}
	}
}

func requestSituations() []Gate {
	return []Gate{
		{Name: "permission", Situations: []Situation{
			{"The actor may only read", everyWay, func(t *Trial) { t.Facts.Actor.Permission, t.Facts.Actor.Role = "read", "read" }},
			{"Another user, who may only read, starts the run again", everyWay, func(t *Trial) {
				t.rerun("hubot")
				t.Facts.Rerunner.Permission, t.Facts.Rerunner.Role = "read", "read"
			}},
			{"The run is started again, and the actor may only read by now", everyWay, func(t *Trial) {
				t.rerun("hubot")
				t.Facts.Actor.Permission, t.Facts.Actor.Role = "read", "read"
			}},
		}},
		policySituations()[0],
		allowSituations(),
		{Name: "environment", Situations: []Situation{
			{"The command names an unknown environment", everyWay, func(t *Trial) {
				t.Request.Command.Environment, t.Request.Command.KnownEnvironment = "", false
			}},
		}},
		{Name: "parameters", Situations: []Situation{
			{"The parameters contradict themselves", everyWay, func(t *Trial) {
				t.Request.Unreadable = errors.New(`the flag "--_" has replaced the list of words`)
			}},
		}},
		{Name: "target branch", Situations: []Situation{
			{"The pull request targets `release`", butRollback, func(t *Trial) { t.Facts.Pull.BaseRef = "release" }},
			{"The same, with `enable_pr_stacks: true`, in a stack", butRollback, func(t *Trial) {
				t.Facts.Pull.BaseRef, t.Config.Origin.Stacks, t.Facts.Pull.Stack = "release", true, &deploy.Stack{Number: 41, Position: 2}
			}},
			{"`allow_non_default_target_branch_deployments: true`", "", func(t *Trial) {
				t.Facts.Pull.BaseRef, t.Config.Origin.OtherBases = "release", true
			}},
		}},
	}
}

func sourceSituations() []Gate {
	return []Gate{
		{Name: "fork", Situations: []Situation{
			{"`allow_forks: false`", "fork", func(t *Trial) { t.Config.Origin.Forks = false }},
			{"A review is required and missing", "head fork", func(t *Trial) { t.Facts.Pull.ReviewDecision = deploy.ReviewRequired }},
			{"The approval is of an older commit", "fork", func(t *Trial) {
				t.Facts.Pull.Approved = []deploy.Approval{{Commit: StableSHA, Since: deploy.Know(2)}}
			}},
			{"No rule asks for a review", "", func(t *Trial) { t.Facts.Pull.ReviewDecision = "" }},
		}},
		{Name: "commit", Situations: []Situation{
			{"The branch of the pull request was deleted", "head noop", func(t *Trial) { t.Facts.Pull.HeadExists = false }},
			{"There is no stable branch", "rollback", func(t *Trial) { t.Facts.Stable = deploy.Branch{} }},
			{"`allow_sha_deployments: false`", "exact", func(t *Trial) { t.Config.Origin.ExactCommits = false }},
			{"The commit is part of neither the stable branch nor the pull request", "exact", func(t *Trial) { t.Facts.Exact.Contained = false }},
			{"The branch moved between the two reads", everyWay, func(t *Trial) { t.Request.Pinned = strings.Repeat("0", 40) }},
		}},
	}
}

func stateSituations() []Gate {
	return []Gate{
		wayBackSituations(),
		{Name: "checks", Enable: func(t *Trial) { t.Config.Admins.Teams = []string{"acme/admins"} }, Situations: []Situation{
			{"A check failed", heads, func(t *Trial) { t.Facts.Pull.Checks.Nodes[0].Value = "FAILURE" }},
			{"A check has not ended", heads, func(t *Trial) { t.Facts.Pull.Checks.Nodes[0].Value = "" }},
			{"A required check has not reported", heads, func(t *Trial) { t.Facts.Pull.Checks.Expected = []deploy.Expectation{{Name: "test"}} }},
			{"A workflow is under way, and its next check is not shown yet", heads, func(t *Trial) {
				t.Facts.Pull.Checks.Suites = []deploy.CheckSuite{{NodeID: "CS_1", Name: "CI"}}
			}},
			{"The checks belong to another commit than the head", heads, func(t *Trial) { t.Facts.Pull.Checks.SHA = t.Facts.Stable.Head.SHA }},
		}},
		{Name: "outdated", Situations: []Situation{
			{"The branch lacks two commits of its base", heads, func(t *Trial) {
				t.Facts.Pull.BehindBase, t.Facts.Pull.BehindStable = deploy.Know(2), deploy.Know(2)
			}},
		}},
		{Name: "draft", Situations: []Situation{
			{"The pull request is a draft", heads, func(t *Trial) { t.Facts.Pull.Draft = true }},
		}},
		{Name: "conflicts", Situations: []Situation{
			{"The branch has conflicts with its base", heads, func(t *Trial) { t.Facts.Pull.MergeState = "DIRTY" }},
		}},
		{Name: "reviews", Situations: []Situation{
			{"A review is required and missing", "head fork", func(t *Trial) { t.Facts.Pull.ReviewDecision = deploy.ReviewRequired }},
			{"A reviewer asked for changes", "head fork", func(t *Trial) { t.Facts.Pull.ReviewDecision = deploy.ChangesRequested }},
		}},
	}
}

func commitSituations() []Gate {
	verify := func(t *Trial) { t.Config.Origin.Verification = true }
	verifyAll := func(t *Trial) { t.Config.Origin.Verification, t.Config.Origin.VerifyRollbacks = true, true }
	unsigned := func(c *deploy.Commit) { c.Verified, c.Signature = false, "" }
	return []Gate{
		{Name: "safety", Situations: []Situation{
			{"The commit was pushed after the command, whatever its date", heads, func(t *Trial) {
				t.commits(func(c *deploy.Commit) { c.PushedAt = deploy.Know(t.afterwards()) })
			}},
			{"The run is started again, and the commit was pushed after the command", "head noop rollback fork", func(t *Trial) {
				t.rerun("octocat")
				t.commits(func(c *deploy.Commit) { c.PushedAt = deploy.Know(t.afterwards()) })
			}},
			{"The time of the push is unknown, and the first check began after the command", heads, func(t *Trial) {
				t.commits(func(c *deploy.Commit) { c.PushedAt, c.SeenAt = deploy.Known[time.Time]{}, new(t.afterwards()) })
			}},
			{"Neither time is known, and the commit is dated after the command", butRollback, func(t *Trial) {
				t.commits(func(c *deploy.Commit) {
					c.PushedAt, c.SeenAt, c.AuthoredAt = deploy.Known[time.Time]{}, nil, deploy.Know(t.afterwards())
				})
			}},
		}},
		{Name: "verification", Enable: verifyAll, Situations: []Situation{
			{"`commit_verification: true`, and the commit is not signed", butRollback, func(t *Trial) {
				verify(t)
				t.commits(unsigned)
			}},
			{"`verify_rollbacks: true` as well", everyWay, func(t *Trial) {
				verifyAll(t)
				t.commits(unsigned)
			}},
		}},
		{Name: "rules", Situations: []Situation{
			{"The stable branch has no rules", "", func(t *Trial) { t.Facts.Rules = nil }},
		}},
		{Name: "clock", Situations: []Situation{
			{"The runner's clock is seven minutes off", "", func(t *Trial) { t.Facts.Skew = 7 * time.Minute }},
		}},
		rollbackSituations()[0],
		{Name: "order", Enable: verifiedOrder, Situations: []Situation{
			{"`after: staging` in the rules file, and `staging` does not run this commit", butBack, func(t *Trial) {
				t.Config.Order, t.Facts.Deployments = nil, nil
				t.Govern(after)
			}},
			{"`enforced_deployment_order: staging,production`, and `staging` does not run this commit", butRollback, func(t *Trial) {
				t.Config.Order, t.Facts.Deployments = []string{"staging", "production"}, nil
			}},
			{"The order does not name the environment", butRollback, func(t *Trial) {
				t.Config.Order = []string{"development", "staging"}
			}},
			{"`deployment_order_scope: verified`, and the run that deployed to `staging` is of a pushed branch", butRollback, func(t *Trial) {
				t.Config.Order, t.Facts.Deployments = []string{"staging", "production"}, map[string][]deploy.Deployment{"staging": {t.running()}}
				verifiedOrder(t)
				t.Facts.Origins[len(t.Facts.Origins)-1].Event = "push"
			}},
		}},
		soakSituations(), freezeSituations(), approvalSituations(),
		noopSituations(), labelsSituations(), checklistSituations(), pathRuleSituations(),
	}
}

func verifiedOrder(t *Trial) {
	t.Config.OrderScope, t.Facts = config.VerifiedDeployments, Confirm(t.Facts)
}

// running is a deployment of ours of the commit that is asked for.
func (t *Trial) running() deploy.Deployment {
	sha := t.Request.Command.SHA
	switch {
	case t.Request.Command.StableBranch:
		sha = t.Facts.Stable.Head.SHA
	case sha == "":
		sha = t.Facts.Pull.Head.SHA
	}
	return deploy.Deployment{Environment: "staging", SHA: sha, State: deploy.Active, Own: true}
}

// commits changes every commit that may be deployed.
func (t *Trial) commits(change func(*deploy.Commit)) {
	for _, one := range []*deploy.Commit{&t.Facts.Pull.Head, &t.Facts.Stable.Head, &t.Facts.Exact.Commit} {
		change(one)
	}
	t.Facts.Live = slices.Clone(t.Facts.Live)
	for i := range t.Facts.Live {
		if ran := t.Facts.Live[i].Commit; ran != nil {
			t.Facts.Live[i].Commit = new(*ran)
			change(t.Facts.Live[i].Commit)
		}
	}
}

func (t *Trial) afterwards() time.Time { return t.Request.Event.Comment.CreatedAt.Add(time.Minute) }

func lockSituations() []Gate {
	ours := func(l *deploy.Lock) { l.Document.CreatedBy = "octocat" }
	going := func(l *deploy.Lock) { l.Run = deploy.RunGoing }
	return []Gate{
		{
			Name: "template",
			Enable: func(t *Trial) {
				t.Config.Messages.TemplatePath, t.Request.Event.WorkflowSHA = ".github/result.md", StableSHA
			},
			Situations: []Situation{
				{"The template of the comment on the result has a mistake", "", func(t *Trial) {
					t.Config.Messages.TemplatePath = ".github/result.md"
					t.Facts.Unavailable[deploy.TemplatePart] = deploy.Problem{Text: "The template cannot be used."}
				}},
			},
		},
		{Name: "single start", Situations: []Situation{
			{"Another job of the same run has started the command", everyWay, func(t *Trial) {
				run := t.Request.Event.Run
				t.Facts.Live = []deploy.Deployment{{CreatedBy: deploy.CreatedByRun{
					Run: deploy.RunID{ID: run.ID, Attempt: run.Attempt}, Comment: t.Request.Event.Comment.ID,
				}}}
			}},
			{"Another job of the same run has the lock for the command", everyWay, func(t *Trial) {
				run := t.Request.Event.Run
				t.hold(ofDeployment, func(l *deploy.Lock) { l.Document.RunID, l.Document.RunAttempt = run.ID, run.Attempt })
			}},
		}},
		{Name: "lock", Situations: []Situation{
			{"Another user has locked the environment", everyWay, func(t *Trial) { t.hold() }},
			{"Another user deploys there", everyWay, func(t *Trial) { t.hold(ofDeployment, going) }},
			{"You deploy there, by another command", everyWay, func(t *Trial) { t.hold(ofDeployment, going, ours) }},
			{"Another user seems to deploy there, and the token lacks `actions: read`", everyWay, func(t *Trial) {
				t.hold(ofDeployment)
				t.Facts.Unavailable[deploy.RunPart] = deploy.Problem{Hint: "Add `actions: read` to the `permissions:` of the job."}
			}},
			{"Another user has locked all environments", everyWay, func(t *Trial) {
				t.hold(func(l *deploy.Lock) {
					l.Document.Target, l.Document.UnlockCommand = lock.Target{Global: true}, ".unlock --global"
				})
			}},
			{"With `lock_owner: pull_request`, you locked it from another pull request", everyWay, func(t *Trial) {
				t.Config.Locks.Owner = config.OwnedByPull
				t.hold(ours)
			}},
			{"The lock's branch has no lock file", everyWay, func(t *Trial) {
				t.hold(func(l *deploy.Lock) { l.Unreadable = CorruptLock().Unreadable })
			}},
			{"The lock is removed between the two reads", everyWay, func(t *Trial) { t.Request.Pinned = t.Facts.Pull.Head.SHA }},
			{"The run that took the lock has ended", "", func(t *Trial) {
				t.hold(ofDeployment, func(l *deploy.Lock) { l.Run = deploy.RunEnded })
			}},
			{"The lock has expired", "", func(t *Trial) {
				t.hold(func(l *deploy.Lock) { l.Document.ExpiresAt = t.Facts.ReadAt.Add(-time.Hour) })
			}},
		}},
		{Name: "confirmation", Situations: []Situation{
			{"`deployment_confirmation: true`, and the actor rejects it", everyWay, func(t *Trial) { t.answer(deploy.Rejected) }},
			{"`deployment_confirmation: true`, and the actor does not answer in time", everyWay, func(t *Trial) { t.answer(deploy.TimedOut) }},
		}},
	}
}

// ofDeployment makes a lock one that ends with its deployment.
func ofDeployment(l *deploy.Lock) {
	l.Document.Sticky, l.Document.Reason, l.Document.ExpiresAt = false, "deployment", time.Time{}
}

// hold puts the lock, with changes, into the facts.
func (t *Trial) hold(changes ...func(*deploy.Lock)) {
	l := t.Lock
	for _, change := range changes {
		change(&l)
	}
	l.Branch = l.Document.Target.Branch()
	t.Facts.Locks = map[string]deploy.Lock{l.Branch: l}
}

func (t *Trial) answer(kind deploy.AnswerKind) {
	t.Config.Confirmation.Required = true
	t.Facts.Answer = deploy.Answer{Kind: kind, At: t.afterwards()}
}
