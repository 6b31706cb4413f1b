package conform

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const zeroOID = "0000000000000000000000000000000000000000"

func refRows() []Assumption {
	write := []string{"contents: write"}
	return []Assumption{
		{
			ID: "U4a", Says: "Of twenty simultaneous `createRef` of one branch, exactly one succeeds.", Needs: write, Play: createRace,
			Source: tool("github/branch-deploy: its locks lean on branches that are created only once").thin("it asks REST, and does not ask twenty times at once"),
		},
		{
			ID: "U4b", Says: "A new branch is in the payload of its `createRef` and in the next query.", Needs: write, Play: createAndRead,
			Source: schema("CreateRefPayload.ref").thin("it does not say when the next query sees the branch"),
		},
		{
			ID: "U5a", Says: "`updateRefs` with the right `beforeOid` moves a branch.", Needs: write, Play: updateRight,
			Source: schema("RefUpdate.beforeOid"),
		},
		{
			ID: "U5b", Says: "`updateRefs` with one wrong `beforeOid` fails as UNPROCESSABLE and moves nothing.", Needs: write, Play: updateWrong,
			Source: schema("updateRefs: all updates are applied, or none").thin("it does not name the error"),
		},
		{
			ID: "U5c", Says: "`updateRefs` with `force` and no `beforeOid` moves any branch.", Needs: write, Play: updateForced,
			Source: schema("RefUpdate.force"),
		},
		{
			ID: "U5d", Says: "Zeros as `beforeOid` only create; zeros as `afterOid` delete.", Needs: write, Play: updateZeros,
			Source: schema("RefUpdate: zeros mean that the reference does not exist"),
		},
		{
			ID: "U5e", Says: "A ruleset that forbids a change answers \"Repository rule violations found\".", Needs: write, Play: ruledOut,
			Source:  reported("googleapis/release-please-action#1194 and satisfactory-factories/application#67").thin("github/rest-api-description#4887 got \"Reference update failed\" for a new branch"),
			Why:     "needs a ruleset that restricts creations of `lockstep-conform-*-ruled`, which a workflow's token cannot make",
			Arrange: func(g *sim.GitHub) { g.AddRule(sim.Rule{Branch: markPrefix + "*-ruled", Type: "creation"}) },
		},
		{
			ID: "U8a", Says: "`Ref.compare` with an unknown head is null; the rest is answered.", Needs: []string{"contents: read"}, Play: compareUnknown,
			Source: schema("Ref.compare: \"if the comparison can be made\""),
		},
		{
			ID: "U8b", Says: "`headRef.compare` of a fork compares with the fork's branches.", Needs: append(write, "pull-requests: read"), Play: compareInFork,
			Source:  schema("Ref.compare").thin("it does not say whose branches the name is looked for in"),
			Why:     "needs an open pull request from a fork of another account",
			Arrange: func(g *sim.GitHub) { g.OpenPull(sim.Pull{Author: "eve", Head: "theirs", HeadRepository: "eve/shop"}) },
		},
		{
			ID: "R2", Says: "REST refuses to create an existing branch, lose commits or delete a missing branch with 422.", Needs: write, Play: refusedRefs,
			Source: tool("github/branch-deploy: it reads \"Reference already exists\" and \"Reference does not exist\"").thin("it moves no branches"),
		},
	}
}

// createRef makes a branch by GraphQL.
func (a *attempt) createRef(ctx context.Context, name, fields string) reply {
	return a.mutate(ctx, "createRef", fields, map[string]any{"repositoryId": a.id, "name": "refs/heads/" + name, "oid": a.head})
}

func createRace(ctx context.Context, a *attempt) Result {
	const racers = 20
	name := a.marked("race")
	a.note(branchLeft(name))
	racing := make([]attempt, racers)
	replies := make([]reply, racers)
	var group sync.WaitGroup
	for i := range racing {
		racing[i].Session = a.Session
		group.Go(func() {
			replies[i] = racing[i].createRef(ctx, name, "ref { id }")
		})
	}
	group.Wait()
	won, said := 0, ""
	for i, one := range replies {
		a.fail(racing[i].err)
		if len(one.problems) == 0 && at(one.data, "ref", "id") != nil {
			won++
		} else {
			said = one.said()
		}
	}
	return judge(won == 1, "%d of %d made it; another answer: %s", won, racers, said)
}

func createAndRead(ctx context.Context, a *attempt) Result {
	name := a.marked("read")
	a.note(branchLeft(name))
	made := a.createRef(ctx, name, fmt.Sprintf("ref { repository { ref(qualifiedName: %q) { target { oid } } } }", "refs/heads/"+name))
	inside, next := text(at(made.data, "ref", "repository", "ref", "target", "oid")), a.tip(ctx, name)
	return judge(inside == a.head && next == a.head, "in the payload %q (%s), in the next query %q", inside, made.said(), next)
}

func (a *attempt) updateRefs(ctx context.Context, updates ...map[string]any) reply {
	return a.mutate(ctx, "updateRefs", "clientMutationId", map[string]any{"repositoryId": a.id, "refUpdates": updates})
}

func update(branch, before, after string) map[string]any {
	return map[string]any{"name": "refs/heads/" + branch, "beforeOid": before, "afterOid": after}
}

func updateRight(ctx context.Context, a *attempt) Result {
	branch, first, second := a.commits(ctx, "right")
	done, now := a.updateRefs(ctx, update(branch, first, second)), a.tip(ctx, branch)
	return judge(len(done.problems) == 0 && now == second, "%s; the branch is at %s", done.said(), now)
}

func updateWrong(ctx context.Context, a *attempt) Result {
	branch, first, second := a.commits(ctx, "wrong")
	other := a.branch(ctx, "wrong-too", first)
	done := a.updateRefs(ctx, update(other, first, second), update(branch, a.head, second))
	moved := a.tip(ctx, branch) != first || a.tip(ctx, other) != first
	return judge(done.isOf("UNPROCESSABLE") && !moved, "%s; one moved: %t", done.said(), moved)
}

func updateForced(ctx context.Context, a *attempt) Result {
	branch, _, _ := a.commits(ctx, "forced")
	done := a.updateRefs(ctx, map[string]any{"name": "refs/heads/" + branch, "afterOid": a.head, "force": true})
	now := a.tip(ctx, branch)
	return judge(len(done.problems) == 0 && now == a.head, "%s; the branch is at %s", done.said(), now)
}

func updateZeros(ctx context.Context, a *attempt) Result {
	branch := a.marked("zeros")
	a.note(branchLeft(branch))
	created := a.updateRefs(ctx, update(branch, zeroOID, a.head))
	again := a.updateRefs(ctx, update(branch, zeroOID, a.head))
	deleted := a.updateRefs(ctx, update(branch, a.head, zeroOID))
	exists := a.tip(ctx, branch) != ""
	return judge(len(created.problems)+len(deleted.problems) == 0 && again.isOf("UNPROCESSABLE") && !exists,
		"create: %s; create again: %s; delete: %s; it exists: %t", created.said(), again.said(), deleted.said(), exists)
}

func compareUnknown(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `defaultBranchRef { name compare(headRef: "lockstep-conform-no-such-branch") { aheadBy } }`)
	there := at(got.data, "defaultBranchRef", "name") != nil
	return judge(there && at(got.data, "defaultBranchRef", "compare") == nil, "%s; the data around it is there: %t", got.said(), there)
}

func refusedRefs(ctx context.Context, a *attempt) Result {
	branch, _, _ := a.commits(ctx, "refused")
	said := []*refusal{
		a.refusalOf(ctx, step{http.MethodPost, "/git/refs", map[string]any{"ref": "refs/heads/" + branch, "sha": a.head}}),
		a.refusalOf(ctx, step{http.MethodPatch, "/git/refs/heads/" + branch, map[string]any{"sha": a.head}}),
		a.refusalOf(ctx, step{http.MethodDelete, "/git/refs/heads/" + a.marked("nothing"), nil}),
	}
	seen := fmt.Sprint(said)
	return judge(seen == "[HTTP 422: Reference already exists HTTP 422: Update is not a fast forward HTTP 422: Reference does not exist]", "%s", seen)
}

func ruledOut(ctx context.Context, a *attempt) Result {
	name := a.marked("ruled")
	if !slices.ContainsFunc(list(a.get(ctx, "/rules/branches/%s", name)), func(rule any) bool { return at(rule, "type") == "creation" }) {
		return a.unprepared()
	}
	a.note(branchLeft(name))
	made := a.createRef(ctx, name, "ref { id }")
	said := a.refusalOf(ctx, step{http.MethodPost, "/git/refs", map[string]any{"ref": "refs/heads/" + name, "sha": a.head}})
	const words = "Repository rule violations found"
	return judge(said.is(http.StatusUnprocessableEntity) && strings.Contains(said.message, words) && strings.Contains(made.said(), words), "REST: %v; GraphQL: %s", said, made.said())
}

// compareInFork asks a fork's branch for its own name, and for that of a branch that only this repository has.
func compareInFork(ctx context.Context, a *attempt) Result {
	ours := a.branch(ctx, "unforked", a.head)
	pulls, _ := a.openPulls(ctx, "number isCrossRepository headRef { name }")
	for _, one := range pulls {
		head := text(at(one, "headRef", "name"))
		if at(one, "isCrossRepository") != true || head == "" {
			continue
		}
		got := a.query(ctx, "pullRequest(number: %d) { headRef { own: compare(headRef: %q) { aheadBy } ours: compare(headRef: %q) { aheadBy } } }", number(at(one, "number")), head, ours)
		ref := at(got.data, "pullRequest", "headRef")
		return judge(at(ref, "own") != nil && at(ref, "ours") == nil, "with its own branch %v, with one of this repository %v", at(ref, "own"), at(ref, "ours"))
	}
	return a.unprepared()
}
