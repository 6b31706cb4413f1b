package conform

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func pullRows() []Assumption {
	write := []string{"contents: write", "pull-requests: write"}
	return []Assumption{
		{
			ID: "U7", Says: "`addComment` on a pull request has the PullRequest as `subject`.", Needs: write, Play: commentSubject,
			Source: schema("AddCommentPayload.subject").thin("it is any Node"),
		},
		{
			ID: "R8", Says: "`pull-requests: write` is enough for comments and reactions.", Needs: write, Lacks: "issues: write", Play: conversation,
			Source: documented("rest/authentication/permissions-required-for-github-apps"),
		},
		{
			ID: "A7", Says: "A new pull request's merge state may be UNKNOWN for some seconds.", Needs: write, Play: mergeState,
			Source: documented("rest/guides/using-the-rest-api-to-interact-with-your-git-database#checking-mergeability-of-pull-requests"),
		},
		{
			ID: "U13", Says: "`reviewDecision` is null where no rule requires a review.", Needs: write, Play: reviewDecision,
			Source: schema("PullRequest.reviewDecision is nullable").thin("it does not say when"),
		},
		{
			ID: "U20", Says: "Newest opinions of reviewers with write access name their commits.",
			Needs: []string{"contents: read", "pull-requests: read"}, Play: reviewedCommit,
			Source: schema("PullRequest.latestOpinionatedReviews and PullRequestReview.commit").thin("it does not say what writersOnly leaves out"),
			Why:    "needs an open pull request that another user with write access has approved",
			Arrange: func(g *sim.GitHub) {
				g.AddUser(sim.User{Login: "hubot", Permission: "write"})
				g.Review(1, "hubot", "APPROVED")
			},
		},
		{
			ID: "R9", Says: "A branch update answers 202 and moves the head soon; with nothing to merge, 422.", Needs: write, Play: updateBranch,
			Source: documented("rest/pulls/pulls#update-a-pull-request-branch").thin("it does not say when it refuses"),
		},
		{
			ID: "A9", Says: "Without `workflows`, a branch update is refused if the base changed a workflow file.",
			Needs: write, Lacks: "workflows: write", Play: updateWorkflow, Source: reported("chdsbd/kodiak#853"),
			Why: "needs a default branch whose history changes a workflow file, which a workflow's token cannot push",
			Arrange: func(g *sim.GitHub) {
				g.Push(sim.Commit{Message: "Workflow", Files: map[string]string{".github/workflows/ci.yml": "on: push\n"}})
			},
		},
		{
			ID: "A11a", Says: "An app's comment on a locked conversation is refused with 403, in distinct words.", Needs: write, Play: lockedConversation,
			Source: reported("renovatebot/renovate#6215 and open-telemetry/opentelemetry-dotnet#6554"),
		},
		{
			ID: "A11h", Says: "A pull request read as an issue has the key `pull_request`.", Needs: write, Play: pullAsIssue,
			Source: documented("rest/issues/issues#get-an-issue"),
		},
		{
			ID: "A11i", Says: "An app cannot edit an issue whose conversation is locked: 403.", Needs: write, Play: lockedText,
			Source: documented("communities/moderating-comments-and-conversations/locking-conversations").thin("it is about comments"),
		},
	}
}

func historyRows() []Assumption {
	write := []string{"contents: write", "pull-requests: write"}
	return []Assumption{
		{
			ID: "S24", Says: "A commit only in an open pull request names that pull request.", Needs: write, Play: pullOfCommit,
			Source: schema("Commit.associatedPullRequests: \"If the commit is not present in the default branch, additionally returns open Pull Requests\""),
		},
		{
			ID: "S25", Says: "A 51-character label is refused with 422, with the request's other labels.", Needs: write, Play: longLabel,
			Source: documented("rest/issues/labels#add-labels-to-an-issue").thin("it names no limit"),
		},
		{
			ID: "S26", Says: "Without `issues: write`, only existing labels can be added: otherwise 403.", Needs: write, Lacks: "issues: write", Play: newLabel,
			Source: reported("actions/labeler#867, OSGeo/grass#6123").thin("they quote the message, not the status"),
		},
		{
			ID: "U20b", Says: "A dismissed review remains a newest opinion, as DISMISSED.",
			Needs: []string{"contents: read", "pull-requests: read"}, Play: dismissedReview,
			Source: schema("PullRequest.latestOpinionatedReviews").thin("it does not say what an opinion is"),
			Why:    "needs an open pull request with a dismissed review by a user with write access who has not reviewed again",
			Arrange: func(g *sim.GitHub) {
				g.AddUser(sim.User{Login: "hubot", Permission: "write"})
				g.Review(1, "hubot", "APPROVED")
				g.Review(1, "hubot", "DISMISSED")
			},
		},
		{
			ID: "S21", Says: "A merge commit names its merged pull request.", Needs: []string{"contents: read", "pull-requests: read"}, Play: pullOfMerge,
			Source:  schema("Commit.associatedPullRequests: \"the merged Pull Request that introduced the commit\""),
			Why:     "needs a pull request that was merged into the default branch",
			Arrange: func(g *sim.GitHub) { g.MergePull(g.OpenPull(sim.Pull{})) },
		},
	}
}

func commentSubject(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	made := a.mutate(ctx, "addComment", "subject { __typename ... on PullRequest { number } } commentEdge { node { fullDatabaseId } }",
		map[string]any{"subjectId": p.id, "body": a.mark + ": subject"})
	if id := at(made.data, "commentEdge", "node", "fullDatabaseId"); id != nil {
		a.note(commentLeft(bigNumber(id)))
	}
	return judge(len(made.problems) == 0 && at(made.data, "subject", "__typename") == "PullRequest" && number(at(made.data, "subject", "number")) == p.number,
		"%s; the subject is a %v", made.said(), at(made.data, "subject", "__typename"))
}

func conversation(ctx context.Context, a *attempt) Result {
	comment := a.comment(ctx, a.openPull(ctx), "reaction")
	made := a.mutate(ctx, "addReaction", "reaction { content }", map[string]any{"subjectId": text(at(comment, "node_id")), "content": "EYES"})
	return judge(at(made.data, "reaction", "content") == "EYES", "%s", made.said())
}

func mergeState(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	first, state := "", ""
	waited := a.until(ctx, func() bool {
		state = text(at(a.query(ctx, "pullRequest(number: %d) { mergeStateStatus }", p.number).data, "pullRequest", "mergeStateStatus"))
		first = cmp.Or(first, state)
		return state != "UNKNOWN"
	})
	return judge(state != "" && state != "UNKNOWN", "%s first, %s after %s", first, state, waited)
}

func reviewDecision(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	got := a.query(ctx, "pullRequest(number: %d) { number reviewDecision }", p.number)
	decision := at(got.data, "pullRequest", "reviewDecision")
	return judge(at(got.data, "pullRequest", "number") != nil && decision == nil, "%v (%s)", decision, got.said())
}

// reviewedCommit looks for an approval, and compares the commit that it names with what REST says of the review.
func reviewedCommit(ctx context.Context, a *attempt) Result {
	pulls, _ := a.openPulls(ctx, "number latestOpinionatedReviews(last: 1, writersOnly: true) { nodes { fullDatabaseId state commit { oid } } }")
	for _, one := range pulls {
		review := at(one, "latestOpinionatedReviews", "nodes", 0)
		if at(review, "state") != "APPROVED" {
			continue
		}
		named, same := text(at(review, "commit", "oid")), ""
		for _, listed := range list(a.get(ctx, "/pulls/%d/reviews?per_page=100", number(at(one, "number")))) {
			if number(at(listed, "id")) == bigNumber(at(review, "fullDatabaseId")) {
				same = text(at(listed, "commit_id"))
			}
		}
		return judge(named != "" && named == same, "GraphQL names %s, REST %s", named, same)
	}
	return a.unprepared()
}

// dismissedReview looks for a dismissed review by someone with no newer one.
func dismissedReview(ctx context.Context, a *attempt) Result {
	pulls, _ := a.openPulls(ctx, "reviews(last: 20) { nodes { id state author { login } authorCanPushToRepository } } latestOpinionatedReviews(first: 20, writersOnly: true) { nodes { id state } }")
	for _, one := range pulls {
		newest := map[any]any{} // review of each author
		for _, review := range list(at(one, "reviews", "nodes")) {
			newest[at(review, "author", "login")] = review
		}
		for _, review := range newest {
			if at(review, "state") != "DISMISSED" || at(review, "authorCanPushToRepository") != true {
				continue
			}
			isListed := slices.ContainsFunc(list(at(one, "latestOpinionatedReviews", "nodes")), func(opinion any) bool {
				return at(opinion, "id") == at(review, "id") && at(opinion, "state") == "DISMISSED"
			})
			return judge(isListed, "the dismissed review is listed: %t", isListed)
		}
	}
	return a.unprepared()
}

// pullOfMerge looks at the newest merged pull requests.
func pullOfMerge(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `pullRequests(states: MERGED, last: 5, baseRefName: %q) { nodes { number mergeCommit { associatedPullRequests(first: 5) { nodes { number } } } } }`, a.base)
	merged := list(at(got.data, "pullRequests", "nodes"))
	if len(merged) == 0 {
		return a.unprepared()
	}
	var missing []any
	for _, one := range merged {
		named := list(at(one, "mergeCommit", "associatedPullRequests", "nodes"))
		if !slices.ContainsFunc(named, func(pull any) bool { return at(pull, "number") == at(one, "number") }) {
			missing = append(missing, at(one, "number"))
		}
	}
	return judge(len(missing) == 0, "%d pull requests; not named: %v (%s)", len(merged), missing, got.said())
}

func pullOfCommit(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	got := a.query(ctx, `object(oid: %q) { ... on Commit { associatedPullRequests(first: 1) { nodes { number } } } }`, p.commit)
	found := number(at(got.data, "object", "associatedPullRequests", "nodes", 0, "number"))
	return judge(found == p.number, "#%d instead of #%d (%s)", found, p.number, got.said())
}

func longLabel(ctx context.Context, a *attempt) Result {
	path := fmt.Sprintf("/issues/%d/labels", a.openPull(ctx).number)
	said := a.refusalOf(ctx, step{http.MethodPost, path, map[string]any{"labels": []string{a.mark, strings.Repeat("x", 51)}}})
	left := list(a.get(ctx, "%s", path))
	return judge(said.is(http.StatusUnprocessableEntity) && len(left) == 0, "%v; labels: %d", said, len(left))
}

func newLabel(ctx context.Context, a *attempt) Result {
	said := a.refusalOf(ctx, step{http.MethodPost, fmt.Sprintf("/issues/%d/labels", a.openPull(ctx).number), map[string]any{"labels": []string{a.mark}}})
	return judge(said.is(http.StatusForbidden) && strings.Contains(said.message, "create labels"), "%v", said)
}

func updateBranch(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	path := fmt.Sprintf("/pulls/%d/update-branch", p.number)
	nothing := a.refusalOf(ctx, step{http.MethodPut, path, map[string]any{}})
	tree := a.get(ctx, "/git/commits/%s", a.head)
	ahead := a.rest(ctx, http.MethodPost, "/git/commits", map[string]any{
		"message": a.mark + ": base", "tree": text(at(tree, "tree", "sha")), "parents": []any{a.head},
	})
	a.move(ctx, p.base, text(at(ahead, "sha")))
	a.rest(ctx, http.MethodPut, path, map[string]any{"expected_head_sha": p.commit})
	moved := p.commit
	a.until(ctx, func() bool {
		moved = a.tip(ctx, p.head)
		return moved != p.commit
	})
	return judge(nothing.is(http.StatusUnprocessableEntity) && moved != p.commit,
		"with nothing to merge: %v; then the head moved: %t", nothing, moved != p.commit)
}

// updateWorkflow updates a branch that has left the default branch before its newest change of a workflow file.
func updateWorkflow(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `defaultBranchRef { target { ... on Commit { history(path: ".github/workflows", first: 1) { nodes { parents(first: 1) { nodes { oid } } } } } } }`)
	before := text(at(got.data, "defaultBranchRef", "target", "history", "nodes", 0, "parents", "nodes", 0, "oid"))
	if before == "" {
		return a.unprepared()
	}
	said := a.refusalOf(ctx, step{http.MethodPut, fmt.Sprintf("/pulls/%d/update-branch", a.pullOn(ctx, before, "workflow-").number), map[string]any{}})
	return judge(said != nil && !said.isPermission() && strings.Contains(said.message, "workflow"), "%v", said)
}

func pullAsIssue(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	found, _ := a.rest(ctx, http.MethodGet, fmt.Sprintf("/issues/%d", p.number), nil).(map[string]any)
	return judge(found["pull_request"] != nil, "the keys are %v", slices.Sorted(maps.Keys(found)))
}

func lockedText(ctx context.Context, a *attempt) Result {
	if login := a.viewerLogin(ctx); !strings.HasSuffix(login, "[bot]") {
		return a.skip("needs the token of an app; this one is of %s", login)
	}
	path := fmt.Sprintf("/issues/%d", a.openPull(ctx).number)
	a.rest(ctx, http.MethodPut, path+"/lock", map[string]any{"lock_reason": "resolved"})
	said := a.refusalOf(ctx, step{http.MethodPatch, path, map[string]any{"body": a.mark + ": locked"}})
	a.rest(ctx, http.MethodDelete, path+"/lock", nil)
	return judge(said.is(http.StatusForbidden), "%v", said)
}

func lockedConversation(ctx context.Context, a *attempt) Result {
	if login := a.viewerLogin(ctx); !strings.HasSuffix(login, "[bot]") {
		return a.skip("needs the token of an app; this one is of %s", login)
	}
	p := a.openPull(ctx)
	path := fmt.Sprintf("/issues/%d", p.number)
	a.rest(ctx, http.MethodPut, path+"/lock", map[string]any{"lock_reason": "resolved"})
	said := a.refusalOf(ctx, step{http.MethodPost, path + "/comments", map[string]any{"body": a.mark + ": locked"}})
	a.rest(ctx, http.MethodDelete, path+"/lock", nil)
	return judge(said.is(http.StatusForbidden) && !said.isPermission(), "%v", said)
}
