package conform

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

func pullRows() []Assumption {
	write := []string{"contents: write", "pull-requests: write"}
	return []Assumption{
		{
			ID: "U7", Says: "The `subject` of `addComment` on a pull request is the PullRequest.", Needs: write, Play: commentSubject,
			Source: Source{Schema, "AddCommentPayload.subject"},
		},
		{
			ID: "R8", Says: "Comments and reactions on a pull request need `pull-requests: write` only.", Needs: write, Lacks: "issues: write", Play: conversation,
			Source: Source{Documentation, "https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps"},
		},
		{
			ID: "A7", Says: "The merge state of a new pull request may be UNKNOWN when it is first read, and is known some seconds later.", Needs: write, Play: mergeState,
			Source: Source{Documentation, "https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-your-git-database#checking-mergeability-of-pull-requests"},
		},
		{
			ID: "U13", Says: "`reviewDecision` is null where no rule asks for a review.", Needs: write, Play: reviewDecision,
			Source: Source{Schema, "PullRequest.reviewDecision is nullable"},
		},
		{
			ID: "R9", Says: "Updating a branch answers 202 and moves the head soon; when there is nothing to merge it is refused with status 422.", Needs: write, Play: updateBranch,
			Source: Source{Documentation, "https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request-branch"},
		},
		{
			ID: "A9", Says: "Updating a branch is refused without the permission `workflows` where the base has changed a workflow file.",
			Source: Source{PublicReport, "chdsbd/kodiak#853"}, Why: "needs a base that changes a workflow file, which a workflow's token cannot push",
		},
		{
			ID: "A11a", Says: "An app's comment on a locked conversation is refused with status 403, in words of its own.", Needs: write, Play: lockedConversation,
			Source: Source{Documentation, "https://docs.github.com/en/communities/moderating-comments-and-conversations/locking-conversations"},
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
	first := ""
	for waited := time.Duration(0); ; waited += 2 * time.Second {
		state := text(at(a.query(ctx, "pullRequest(number: %d) { mergeStateStatus }", p.number).data, "pullRequest", "mergeStateStatus"))
		if first == "" {
			first = state
		}
		if a.err != nil || state != "UNKNOWN" || waited >= 20*time.Second {
			return judge(state != "" && state != "UNKNOWN", "%s first, %s after %s", first, state, waited)
		}
		a.pause(ctx, 2*time.Second)
	}
}

func reviewDecision(ctx context.Context, a *attempt) Result {
	p := a.openPull(ctx)
	got := a.query(ctx, "pullRequest(number: %d) { number reviewDecision }", p.number)
	decision := at(got.data, "pullRequest", "reviewDecision")
	return judge(at(got.data, "pullRequest", "number") != nil && decision == nil, "%v (%s)", decision, got.said())
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
	for waited := 0; waited < 20 && moved == p.commit && a.err == nil; waited += 2 {
		if moved = a.tip(ctx, p.head); moved == p.commit {
			a.pause(ctx, 2*time.Second)
		}
	}
	return judge(nothing != nil && nothing.status == http.StatusUnprocessableEntity && moved != p.commit,
		"with nothing to merge: %v; then the head moved: %t", nothing, moved != p.commit)
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
	return judge(said != nil && said.status == http.StatusForbidden && !said.isPermission(), "%v", said)
}
