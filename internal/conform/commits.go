package conform

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func commitRows() []Assumption {
	write, read := []string{"contents: write"}, []string{"contents: read"}
	return []Assumption{
		{
			ID: "U15a", Says: "A branch's activity lists pushes, force pushes and deletions with actor and time.", Needs: write, Play: activityOfPushes,
			Source: documented("rest/repos/repos#list-repository-activities"),
		},
		{
			ID: "U15b", Says: "`contents: read` is enough to read a branch's activity.", Needs: read, Play: activityReadable,
			Source: documented("rest/authentication/permissions-required-for-github-apps").thin("it was not confirmed for this route"),
		},
		{
			ID: "U19a", Says: "`Commit.file` of a missing file is null, without an error.", Needs: read, Play: missingFile,
			Source: schema("Commit.file is nullable").thin("it does not say when"),
		},
		{
			ID: "U19c", Says: "`Commit.file` of a symbolic link is its target's path; a submodule has no object.", Needs: write, Play: linkedFile,
			Source: reported("k0shk0sh/FastHub#1847, of submodules").thin("no one speaks of links"),
		},
		{
			ID: "U19b", Says: "Without `contents: read`, a private repository's `Repository.object` is FORBIDDEN.", Lacks: "contents: read", Play: hiddenObject,
			Source: forbidden().thin(unseen),
		},
		{
			ID: "S18", Says: "The client sets a commit's author date; the activity has the push time.", Needs: write, Play: backdated,
			Source: documented("rest/git/commits#create-a-commit").thin("it speaks of the dates in the commit only"),
		},
		{
			ID: "U10", Says: "`verifiedAt` is set at the push, not at the first read.", Needs: write, Play: verification,
			Source: documented("authentication/managing-commit-signature-verification/about-commit-signature-verification#persistent-commit-signature-verification"),
		},
		{
			ID: "R11", Says: "`Commit.history(since:)` selects by committer date; `HEAD` is the default branch's newest commit.", Needs: read, Play: historySince,
			Source: schema("Commit.history.since: \"Allows specifying a beginning time or date for fetching commits\"").thin("it does not say which date of a commit counts"),
		},
		{
			ID: "R1", Says: "Each page of a comparison counts all commits; only the first has files.", Needs: write, Play: comparisonPages,
			Source: documented("rest/commits/commits#compare-two-commits"),
		},
		{
			ID: "R12", Says: "A comparison without pages lists commits oldest first, up to the head.", Needs: write, Play: comparisonOrder,
			Source: documented("rest/commits/commits#compare-two-commits"),
		},
	}
}

// activity lists the changes of a branch, newest first, and waits until there are as many as were made.
func (a *attempt) activity(ctx context.Context, branch string, want int) []any {
	var found []any
	a.until(ctx, func() bool {
		found = list(a.get(ctx, "/activity?per_page=10&ref=refs/heads/%s", escaped(branch)))
		return len(found) >= want
	})
	return found
}

func activityOfPushes(ctx context.Context, a *attempt) Result {
	branch, first, second := a.commits(ctx, "activity")
	for _, to := range []string{second, a.head, first} {
		a.move(ctx, branch, to)
	}
	a.rest(ctx, http.MethodDelete, "/git/refs/heads/"+branch, nil)
	var kinds []string
	complete := true
	for _, one := range a.activity(ctx, branch, 5) {
		kinds = append(kinds, text(at(one, "activity_type")))
		complete = complete && text(at(one, "actor", "login")) != "" && !instant(at(one, "timestamp")).IsZero()
	}
	seen := strings.Join(kinds, ", ")
	return judge(complete && seen == "branch_deletion, push, force_push, push, branch_creation", "%s; all with actor and time: %t", seen, complete)
}

func activityReadable(ctx context.Context, a *attempt) Result {
	found := len(a.activity(ctx, a.base, 1))
	return judge(found > 0, "%d entries of the default branch", found)
}

func missingFile(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `defaultBranchRef { target { ... on Commit { oid file(path: "lockstep/conform/no-such-file") { path } } } }`)
	commit := at(got.data, "defaultBranchRef", "target")
	return judge(len(got.problems) == 0 && at(commit, "oid") != nil && at(commit, "file") == nil, "%s", got.said())
}

// linkedFile makes a commit with a symbolic link and a submodule.
func linkedFile(ctx context.Context, a *attempt) Result {
	on := a.get(ctx, "/git/commits/%s", a.head)
	entry := func(name, mode, kind, key, value string) map[string]any {
		return map[string]any{"path": a.mark + name, "mode": mode, "type": kind, key: value}
	}
	tree := a.rest(ctx, http.MethodPost, "/git/trees", map[string]any{"base_tree": text(at(on, "tree", "sha")), "tree": []any{
		entry("-link", "120000", "blob", "content", "README.md"), entry("-module", "160000", "commit", "sha", strings.Repeat("1", 40)), // of another repository
	}})
	commit := text(at(a.rest(ctx, http.MethodPost, "/git/commits", map[string]any{
		"message": a.mark + ": links", "tree": text(at(tree, "sha")), "parents": []any{a.head},
	}), "sha"))
	a.branch(ctx, "links", commit)
	const object = "type object { __typename ... on Blob { text } }"
	got := a.query(ctx, `object(oid: %q) { ... on Commit { link: file(path: %q) { %s } module: file(path: %q) { %s } } }`,
		commit, a.mark+"-link", object, a.mark+"-module", object)
	link, module := at(got.data, "object", "link", "object"), at(got.data, "object", "module")
	return judge(at(link, "text") == "README.md" && at(module, "type") == "commit" && at(module, "object") == nil,
		"%s; the link is %v, the submodule %v", got.said(), link, module)
}

func hiddenObject(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `isPrivate object(expression: "HEAD:README.md") { id }`)
	if at(got.data, "isPrivate") == false && len(got.problems) == 0 {
		return a.skip("the repository is public, and shows its files to every token")
	}
	return judge(got.isOf("FORBIDDEN") && at(got.data, "object") == nil, "%s", got.said())
}

func backdated(ctx context.Context, a *attempt) Result {
	const long = "1991-02-03T04:05:06Z"
	oid := a.pushed(ctx, "backdated", map[string]any{
		"author": map[string]any{"name": "Lockstep", "email": "conform@lockstep.invalid", "date": long},
	})
	commit := at(a.query(ctx, `object(oid: %q) { ... on Commit { authoredDate committedDate } }`, oid).data, "object")
	authored, pushed := text(at(commit, "authoredDate")), text(at(a.activity(ctx, a.marked("backdated"), 1), 0, "timestamp"))
	return judge(instant(authored).Equal(instant(long)) && instant(pushed).After(instant(long)),
		"authored %s, committed %s, pushed %s", authored, text(at(commit, "committedDate")), pushed)
}

func verification(ctx context.Context, a *attempt) Result {
	oid := a.pushed(ctx, "signed", nil)
	const pause = 3 * time.Second // longer than the precision of the times
	a.pause(ctx, pause)
	got := a.query(ctx, `object(oid: %q) { ... on Commit { committedDate signature { isValid verifiedAt } } }`, oid)
	signature := at(got.data, "object", "signature")
	if signature == nil && len(got.problems) == 0 {
		return a.skip("GitHub signs only what an app commits, and this token is not an app's")
	}
	committed, verified := instant(at(got.data, "object", "committedDate")), instant(at(signature, "verifiedAt"))
	return judge(!verified.IsZero() && verified.Before(committed.Add(pause)), "%s; verified %s after the commit was made, read after %s",
		got.said(), verified.Sub(committed), pause)
}

func comparisonPages(ctx context.Context, a *attempt) Result {
	branch, _, second := a.commits(ctx, "pages")
	a.move(ctx, branch, second)
	var counts []int64
	for page := 1; page <= 2; page++ {
		one := a.get(ctx, "/compare/%s...%s?per_page=1&page=%d", a.head, branch, page)
		counts = append(counts, number(at(one, "ahead_by")), int64(len(list(at(one, "commits")))), int64(len(list(at(one, "files")))))
	}
	seen := fmt.Sprint(counts)
	return judge(seen == "[2 1 1 2 1 0]", "ahead_by, commits and files of page 1, then of page 2: %s", seen)
}

func comparisonOrder(ctx context.Context, a *attempt) Result {
	branch, first, second := a.commits(ctx, "order")
	a.move(ctx, branch, second)
	var found []any
	for _, one := range list(at(a.get(ctx, "/compare/%s...%s", a.head, branch), "commits")) {
		found = append(found, at(one, "sha"))
	}
	return judge(slices.Equal(found, []any{first, second}), "%v instead of %s, %s", found, first, second)
}

// historySince asks for the commits since the newest one, and since a second after it.
func historySince(ctx context.Context, a *attempt) Result {
	const fields = `object(expression: "HEAD") { ... on Commit { oid committedDate } } defaultBranchRef { target { oid } }`
	head := a.query(ctx, fields)
	newest, oid := text(at(head.data, "object", "committedDate")), text(at(head.data, "object", "oid"))
	moment, err := time.Parse(time.RFC3339, newest)
	if err != nil || oid == "" {
		return a.unprepared()
	}
	since := func(t time.Time) []any {
		got := a.query(ctx, `object(expression: "HEAD") { ... on Commit { history(first: 1, since: %q) { nodes { oid } } } }`, t.Format(time.RFC3339))
		return list(at(got.data, "object", "history", "nodes"))
	}
	on, after := since(moment), since(moment.Add(time.Second))
	return judge(oid == text(at(head.data, "defaultBranchRef", "target", "oid")) && len(on) == 1 && len(after) == 0, "since its date: %v; since a second later: %v", on, after)
}
