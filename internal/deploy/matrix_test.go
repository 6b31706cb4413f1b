package deploy_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func everyChecksState() []deploy.ChecksState {
	return []deploy.ChecksState{
		deploy.ChecksPassed, deploy.NoChecks, deploy.ChecksSkipped,
		deploy.ChecksPending, deploy.ChecksFailed, deploy.ChecksMissing, deploy.ChecksUnavailable,
	}
}

func everyReviewDecision() []string {
	return []string{deploy.Approved, "", deploy.ReviewsSkipped, deploy.ReviewRequired, deploy.ChangesRequested, "MAYBE"}
}

// asker is a command, and whether an admin types it.
type asker struct {
	kind  command.Kind
	admin bool
}

func everyAsker() []asker {
	return []asker{{command.Deploy, false}, {command.Deploy, true}, {command.Noop, false}, {command.Noop, true}}
}

// asks is the command with checks and reviews in the given states.
func (a asker) asks(state deploy.ChecksState, decision string) situation {
	s := situation{deploytest.Asking(a.kind, "production"), deploytest.Settings(), deploytest.Facts()}
	s.checksOf(state)
	s.reviewsOf(decision)
	if a.admin {
		s.config.Admins.Logins = []string{"octocat"}
	}
	return s
}

// inMatrix names one place in a matrix.
func inMatrix(a asker, state deploy.ChecksState, decision string) string {
	return fmt.Sprintf("%s, admin %t, %s, %s", a.kind, a.admin, cmp.Or(string(state), "no checks"), cmp.Or(decision, "no reviews"))
}

// The whole of what checks, reviews, rehearsals and admins mean for each other, written once more as
// a table: ok for everyone, noop or admin for those only, no for no one.
func TestChecksAndReviewsMatrix(t *testing.T) {
	t.Parallel()
	green := []string{"ok", "ok", "ok", "noop admin", "noop admin", "admin"}
	red := []string{"no", "no", "no", "no", "no", "no"}
	table := map[deploy.ChecksState][]string{
		deploy.ChecksPassed: green, deploy.NoChecks: green, deploy.ChecksSkipped: green,
		deploy.ChecksPending: red, deploy.ChecksFailed: red, deploy.ChecksMissing: red, deploy.ChecksUnavailable: red,
	}
	assert.Len(t, table, len(everyChecksState()))
	for _, state := range everyChecksState() {
		for column, decision := range everyReviewDecision() {
			for _, who := range everyAsker() {
				t.Run(inMatrix(who, state, decision), func(t *testing.T) {
					t.Parallel()
					s := who.asks(state, decision)
					d := s.decide()
					want := map[string]bool{
						"ok": true, "no": false, "admin": who.admin, "noop admin": who.admin || who.kind == command.Noop,
					}[table[state][column]]
					assert.Equal(t, want, d.Verdict == deploy.Proceed)
					assert.Equal(t, state, d.Evidence.CommitStatus)
					assert.Equal(t, decision, d.Evidence.ReviewDecision)
					assert.Equal(t, who.admin, d.Evidence.Admin)
					if !want {
						assert.Equal(t, deploy.PrechecksFailed, d.Reason)
					}
				})
			}
		}
	}
}

// The same on a fork: a missing review blocks everyone, and cannot be skipped.
func TestChecksAndReviewsMatrixOfForks(t *testing.T) {
	t.Parallel()
	for _, state := range everyChecksState() {
		for _, decision := range everyReviewDecision() {
			for _, who := range everyAsker() {
				t.Run(inMatrix(who, state, decision), func(t *testing.T) {
					t.Parallel()
					s := who.asks(state, decision)
					s.config.Origin.Forks, s.facts.Pull.CrossRepo = true, true
					said := s.facts.Pull.ReviewDecision
					want := state.Fine() && (said == deploy.Approved || said == "" || (said == "MAYBE" && who.admin))
					d := s.decide()
					assert.Equal(t, want, d.Verdict == deploy.Proceed)
					assert.Equal(t, said, d.Evidence.ReviewDecision)
				})
			}
		}
	}
}

// obstacles are the situations of all gates, by the name of the gate and what is wrong.
func obstacles() map[string]deploytest.Situation {
	all := map[string]deploytest.Situation{}
	for _, gate := range deploytest.Situations() {
		for _, one := range gate.Situations {
			all[gate.Name+": "+one.Text] = one
		}
	}
	return all
}

// What each way of asking is held to.
func TestInteractions(t *testing.T) {
	t.Parallel()
	for what, o := range obstacles() {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			for name, s := range ways() {
				t.Run(kind.String()+" of a "+name+", "+what, func(t *testing.T) {
					t.Parallel()
					if name == "back" && kind == command.Noop {
						return // there is no rehearsal of it
					}
					s.ask(kind)
					assert.Equal(t, deploy.Proceed, s.decide().Verdict, "nothing is wrong")
					s.put(o)
					way := name
					if kind == command.Noop && name == "head" {
						way = "noop"
					}
					held := kind != command.Noop || holdsNoop(what, name)
					assert.Equal(t, held && o.Stopped(way), s.decide().Verdict == deploy.Refuse)
				})
			}
		}
	}
}

// holdsNoop reports whether the gate of an obstacle is asked at all when something is rehearsed. The rehearsal of the
// stable branch is not held to the order.
func holdsNoop(what, way string) bool {
	name, _, _ := strings.Cut(what, ":")
	gate := deploy.EveryGate()[name]
	if name == "order" && way == "rollback" {
		return false
	}
	return gate.Ways == nil || slices.Contains(gate.Ways, deploy.NoopWay)
}

// However many things are wrong, each has a finding, in the order of the gates and so of the reason codes.
func TestEveryObstacleHasAFinding(t *testing.T) {
	t.Parallel()
	// Without permission, rules or an environment nothing else is decided, and a fork is another way of asking.
	alone := []string{"permission", "policy", "environment", "fork"}
	s := ways()["head"]
	var blocked []string
	for _, gate := range deploytest.Situations() {
		i := slices.IndexFunc(gate.Situations, func(one deploytest.Situation) bool { return one.Stopped("head") })
		if i < 0 || slices.Contains(alone, gate.Name) {
			continue
		}
		next := s.copy()
		next.put(gate.Situations[i])
		found := deploytest.Blocked(next.decide())
		if undone := func(name string) bool { return !slices.Contains(found, name) }; slices.ContainsFunc(blocked, undone) {
			continue // the two cannot be wrong together
		}
		s, blocked = next, append(blocked, gate.Name)
		assert.Equal(t, blocked, found, gate.Name)
	}
	assert.Subset(t, blocked, []string{
		"allow", "parameters", "target branch", "commit", "checks", "outdated", "draft", "conflicts", "reviews", "safety", "verification",
		"order", "lock", "confirmation",
	})
	d := s.decide()
	assert.Equal(t, deploy.NotAllowed, d.Reason, "of the first gate: who may deploy")
	assertHints(t, d)
}

// A rollback works when everything about the pull request is unknown.
func TestRollbackNeedsLittle(t *testing.T) {
	t.Parallel()
	s := ways()["rollback"]
	s.facts.Pull, s.facts.Exact, s.facts.Rules, s.facts.Deployments = deploy.PullRequest{}, deploy.ExactCommit{}, nil, nil
	s.config.Origin.Verification = true
	s.facts.Unavailable = deploytest.Without(
		deploy.PullPart, deploy.GatesPart, deploy.ChecksPart, deploy.FreshnessPart, deploy.ExactPart, deploy.RulesPart, deploy.TeamsPart,
		deploy.DeploymentsPart+"dev", deploy.TemplatePart, deploy.LivePart, deploy.RunPart,
	).Unavailable
	d := s.decide()
	assert.Equal(t, deploy.Proceed, d.Verdict, "%+v", d.Blocking())
	s.facts.Unavailable = deploytest.Without(deploy.StablePart, deploy.LocksPart).Unavailable
	assert.Equal(t, []string{"commit", "safety", "verification", "lock"}, deploytest.Blocked(s.decide()))
}

// Each part that could not be read stops what needs it, and nothing that does not.
func TestUnavailableParts(t *testing.T) {
	t.Parallel()
	stops := map[deploy.Part][]string{
		deploy.PullPart:     {"exact", "fork", "head"},
		deploy.GatesPart:    {"fork", "head"},
		deploy.ChecksPart:   {"fork", "head"},
		deploy.ExactPart:    {"exact"},
		deploy.StablePart:   {"rollback"},
		deploy.LocksPart:    {"back", "exact", "fork", "head", "rollback"},
		deploy.RulesPart:    {},
		deploy.TeamsPart:    {},
		deploy.RunPart:      {},
		deploy.TemplatePart: {},
		deploy.LivePart:     {"back", "exact", "fork", "head"}, // a rollback has to work when everything else is broken
	}
	for part, want := range stops {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			var got []string
			for name, s := range ways() {
				s.facts.Unavailable[part] = deploy.Problem{Text: "I could not read it.", Hint: "Add a permission."}
				d := s.decide()
				if d.Verdict == deploy.Refuse {
					got = append(got, name)
				}
				for _, finding := range d.Blocking() {
					assert.Equal(t, "I could not read it. Add a permission.", finding.Text+" "+finding.Hint, name)
				}
			}
			assert.ElementsMatch(t, want, got)
		})
	}
}

// Whatever is deployed, and whether it is rehearsed, it waits for a confirmation where one is wanted.
func TestEveryWayIsConfirmed(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Deploy, command.Noop} {
		for name, s := range ways() {
			t.Run(kind.String()+" of a "+name, func(t *testing.T) {
				t.Parallel()
				s.config.Confirmation.Required = true
				s.ask(kind)
				assert.Equal(t, deploy.Ask, s.decide().Verdict)
				s.facts.Answer.Kind = deploy.Confirmed
				assert.Equal(t, deploy.Proceed, s.decide().Verdict)
			})
		}
	}
}

// A recheck finds that a branch has moved; an exact commit cannot.
func TestRecheckByWay(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]deploy.Reason{
		"head": deploy.RefChanged, "rollback": deploy.RefChanged, "fork": deploy.RefChanged, "exact": deploy.DeploymentReady,
		"back": deploy.RefChanged,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ways()[name]
			assert.Equal(t, deploy.DeploymentReady, s.decide().Reason)
			s.again(deploytest.StableSHA)
			if name == "rollback" {
				s.again(deploytest.HeadSHA)
			}
			assert.Equal(t, want, s.decide().Reason)
		})
	}
}

// GitHub checks required contexts, and no gate of ours does.
func TestRequiredContextsDoNotBlock(t *testing.T) {
	t.Parallel()
	for name, s := range ways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.config.RequiredContexts = []string{"ci/never"}
			assert.Equal(t, deploy.Proceed, s.decide().Verdict)
		})
	}
}

// An open pull request is not what a deployment needs: its branch is.
func TestEndedPullRequests(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"OPEN", "CLOSED", "MERGED"} {
		for name, s := range ways() {
			t.Run(name+", "+state, func(t *testing.T) {
				t.Parallel()
				s.facts.Pull.State = state
				assert.Equal(t, deploy.Proceed, s.decide().Verdict)
			})
		}
	}
}
