package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/git"
	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Commit is a commit to push. Files are put on top of the branch's tree; without any, the
// tree stays the same. Zero fields mean the default branch, a message that names the branch,
// the repository's owner, and now. Verified gives the commit a valid signature.
type Commit struct {
	Branch, Message, Author string
	AuthoredAt              time.Time
	Files                   map[string]string
	Removes                 []string // paths that the commit removes
	Verified                bool
}

// Push commits onto a branch, which starts at the default branch when it is new, and returns
// the commit's oid.
func (g *GitHub) Push(c Commit) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.Branch = cmp.Or(c.Branch, g.repository.DefaultBranch)
	parent := cmp.Or(g.head(c.Branch), g.head(g.repository.DefaultBranch))
	oid := g.commitOn(parent, c)
	g.setRef("refs/heads/"+c.Branch, oid)
	return oid
}

// Head returns the oid of a branch's newest commit, "" when there is no such branch.
func (g *GitHub) Head(branch string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.head(branch)
}

// CommitOf returns the oid of a commit that is named by its whole oid, "" when there is no such commit.
func (g *GitHub) CommitOf(oid string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.git.Kind(oid) != git.KindCommit {
		return ""
	}
	return oid
}

// DeleteBranch removes a branch.
func (g *GitHub) DeleteBranch(branch string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.removeRef("refs/heads/" + branch)
}

// Forget removes a commit to which nothing points any longer, as GitHub does some time after a force push.
func (g *GitHub) Forget(oid string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.git.Forget(oid)
}

// TagCommit makes a tag that points at a commit.
func (g *GitHub) TagCommit(tag, oid string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.git.SetRef("refs/tags/"+tag, oid)
}

// File returns the content of a file at a revision such as a branch, and whether it exists.
func (g *GitHub) File(revision, path string) (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	entry, ok := g.entryAt(revision, path)
	content, isBlob := g.git.Blob(entry.OID)
	return string(content), ok && isBlob
}

func (g *GitHub) head(branch string) string {
	oid, _ := g.git.Ref("refs/heads/" + branch)
	return oid
}

func (g *GitHub) commitOn(parent string, c Commit) string {
	author := cmp.Or(c.Author, g.repository.Owner)
	when := c.AuthoredAt
	if when.IsZero() {
		when = g.now()
	}
	base, _ := g.git.Commit(parent)
	commit := git.Commit{
		Tree: g.git.WithContent(g.git.Without(base.Tree, c.Removes...), c.Files), Message: cmp.Or(c.Message, "Update "+c.Branch),
		Author: g.signature(author, when), Committer: g.signature(author, g.now()), Signed: c.Verified,
	}
	if parent != "" {
		commit.Parents = []string{parent}
	}
	return g.git.WriteCommit(commit)
}

// signature names a user as the author of a commit and makes sure that the user exists.
func (g *GitHub) signature(login string, when time.Time) git.Signature {
	a := g.user(login)
	return git.Signature{Name: a.Login, Email: fmt.Sprintf("%d+%s@%s", a.id, a.Login, noReply), When: when.UTC()}
}

// noReply is the host of the addresses that GitHub gives its users.
const noReply = "users.noreply.github.com"

// loginOf returns the user of a commit's signature, "" without an account.
func (g *GitHub) loginOf(s git.Signature) string {
	local, host, _ := strings.Cut(s.Email, "@")
	_, login, _ := strings.Cut(local, "+")
	if known, ok := g.users[strings.ToLower(login)]; ok && host == noReply {
		return known.Login
	}
	return ""
}

// merge commits a merge of two commits and returns its oid.
func (g *GitHub) merge(ours, theirs string, by git.Signature, message string) (string, error) {
	tree, err := g.git.MergeTree(ours, theirs)
	if err != nil {
		return "", err
	}
	return g.git.WriteCommit(git.Commit{
		Tree: tree, Parents: []string{ours, theirs}, Author: by, Committer: by, Message: message,
	}), nil
}

func commitRoutes() []route {
	read := []string{"contents:read"}
	return []route{
		{method: "GET", path: "/repos/{owner}/{repo}/compare/{basehead}", needs: read, handle: (*GitHub).getCompare},
		{method: "GET", path: "/repos/{owner}/{repo}/commits/{ref}", needs: read, handle: onCommit((*GitHub).getCommit)},
	}
}

func (g *GitHub) getCommit(_ *call, oid string) answer {
	commit, _ := g.git.Commit(oid)
	shown := g.restCommit(commit)
	shown["files"] = g.restFiles(commit)
	shown["stats"] = object{"additions": 0, "deletions": 0, "total": 0}
	return reply(http.StatusOK, shown)
}

// commitAt resolves a revision, also one inside a fork's pull request, to a commit.
func (g *GitHub) commitAt(revision string) (string, bool) {
	oid, _, ok := g.git.Resolve(revision)
	if !ok || g.git.Kind(oid) != git.KindCommit {
		return "", false
	}
	return oid, true
}

func (g *GitHub) restCommit(commit git.Commit) object {
	parents := []any{}
	for _, parent := range commit.Parents {
		parents = append(parents, object{"sha": parent, "url": g.api("/commits/%s", parent), "html_url": g.web("/commit/%s", parent)})
	}
	return object{
		"sha": commit.OID, "node_id": nodeID("C", commit.OID), "url": g.api("/commits/%s", commit.OID),
		"html_url": g.web("/commit/%s", commit.OID), "comments_url": g.api("/commits/%s/comments", commit.OID),
		"author": g.restAuthor(commit.Author), "committer": g.restAuthor(commit.Committer), "parents": parents,
		"commit": object{
			"url": g.api("/git/commits/%s", commit.OID), "message": commit.Message, "comment_count": 0,
			"author": restSignature(commit.Author), "committer": restSignature(commit.Committer),
			"tree":         object{"sha": commit.Tree, "url": g.api("/git/trees/%s", commit.Tree)},
			"verification": restVerification(commit),
		},
	}
}

func (g *GitHub) restAuthor(s git.Signature) any {
	if login := g.loginOf(s); login != "" {
		return g.user(login).rest()
	}
	return nil
}

func restSignature(s git.Signature) object {
	return object{"name": s.Name, "email": s.Email, "date": s.When.UTC().Format(time.RFC3339)}
}

func restVerification(commit git.Commit) object {
	if !commit.Signed {
		return object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}
	}
	return object{
		"verified": true, "reason": "valid", "signature": git.SignatureText, "payload": "tree " + commit.Tree + "\n",
		"verified_at": commit.Committer.When.UTC().Format(time.RFC3339),
	}
}

func (g *GitHub) restFiles(commit git.Commit) []any {
	before := ""
	if len(commit.Parents) > 0 {
		parent, _ := g.git.Commit(commit.Parents[0])
		before = parent.Tree
	}
	return g.restChanges(g.git.Changes(before, commit.Tree), commit.OID)
}

// restChanges are changed files as the REST interface shows them, up to a commit.
func (g *GitHub) restChanges(changes []git.Change, commit string) []any {
	files := []any{}
	for _, change := range g.git.Renames(changes) {
		file := object{
			"sha": cmp.Or(change.After.OID, change.Before.OID), "filename": change.Path, "status": changeStatus(change),
			"additions": 0, "deletions": 0, "changes": 0, "blob_url": g.web("/blob/%s/%s", commit, change.Path),
			"raw_url":      g.web("/raw/%s/%s", commit, change.Path),
			"contents_url": g.api("/contents/%s?ref=%s", change.Path, commit),
		}
		if change.From != "" {
			file["previous_filename"] = change.From
		}
		files = append(files, file)
	}
	return files
}

// changeStatus says what happened to a file.
func changeStatus(change git.Change) string {
	switch {
	case change.From != "":
		return "renamed"
	case change.Before.OID == "":
		return "added"
	case change.After.OID == "":
		return "removed"
	}
	return "modified"
}

func (g *GitHub) getCompare(c *call) answer {
	from, to, ok := strings.Cut(c.params["basehead"], "...")
	base, baseFound := g.commitAt(withoutOwner(from))
	head, headFound := g.commitAt(withoutOwner(to))
	if !ok || !baseFound || !headFound {
		return refuse(http.StatusNotFound, "Not Found")
	}
	ahead, behind := g.git.Between(base, head), g.git.Between(head, base)
	shown, header := comparedPage(c, ahead)
	mergeBase := g.git.MergeBase(base, head)
	if mergeBase == "" {
		return refuse(http.StatusNotFound, "No common ancestor between "+from+" and "+to+".")
	}
	first, _ := g.git.Commit(base)
	last, _ := g.git.Commit(head)
	common, _ := g.git.Commit(mergeBase)
	url := g.web("/compare/%s...%s", from, to)
	commits := []any{}
	for _, one := range shown {
		commits = append(commits, g.restCommit(one))
	}
	files := []any{} // of the whole comparison, on the first page only
	if clamp(c.query.Get("page"), 1, 1<<30) == 1 {
		files = g.restChanges(g.git.Changes(common.Tree, last.Tree), head)
	}
	return answer{status: http.StatusOK, header: header, body: object{
		"url": g.api("/compare/%s", c.params["basehead"]), "html_url": url, "permalink_url": url,
		"diff_url": url + ".diff", "patch_url": url + ".patch", "base_commit": g.restCommit(first),
		"merge_base_commit": g.restCommit(common), "status": comparison(len(ahead), len(behind)), "ahead_by": len(ahead),
		"behind_by": len(behind), "total_commits": len(ahead), "commits": commits, "files": files[:min(len(files), mostFiles)],
	}}
}

// How much of a comparison is shown: so many commits to those who ask for no page, and so many
// files.
const (
	mostCommits = 250
	mostFiles   = 300
)

// comparedPage is the part of a comparison's commits that is shown: a page of them, or without
// paging the newest.
func comparedPage(c *call, commits []git.Commit) ([]git.Commit, map[string]string) {
	if !c.query.Has("page") && !c.query.Has("per_page") {
		return commits[max(0, len(commits)-mostCommits):], nil
	}
	return page(c, commits)
}

// withoutOwner drops the owner of a reference in the form owner:branch; objects are shared
// between a repository and its forks.
func withoutOwner(revision string) string {
	_, branch, found := strings.Cut(revision, ":")
	if found {
		return branch
	}
	return revision
}

func comparison(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	default:
		return "identical"
	}
}

// encode turns a value that is known to be plain data into JSON.
func encode(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null")
	}
	return data
}

func (g *GitHub) gitActor(s git.Signature) *graph.Object {
	return &graph.Object{Type: "GitActor", Fields: graph.Fields{
		"name": s.Name, "email": s.Email, "date": s.When, "avatarUrl": "https://avatars.githubusercontent.com/u/0?v=4",
		"user": graph.Lazy(func() any { return g.userObject(g.loginOf(s)) }),
	}}
}

func (g *GitHub) commitObject(c *call, oid string) *graph.Object {
	commit, ok := g.git.Commit(oid)
	if !ok {
		return nil
	}
	headline, rest, _ := strings.Cut(commit.Message, "\n")
	page := g.web("/commit/%s", oid)
	return &graph.Object{Type: "Commit", Fields: graph.Fields{
		"id": nodeID("C", oid), "oid": oid, "abbreviatedOid": oid[:7], "message": commit.Message, "messageHeadline": headline,
		"messageBody": strings.TrimSpace(rest), "authoredDate": commit.Author.When, "committedDate": commit.Committer.When,
		"pushedDate": nil, "authoredByCommitter": commit.Author.Email == commit.Committer.Email, "committedViaWeb": false,
		"author": g.gitActor(commit.Author), "committer": g.gitActor(commit.Committer), "signature": g.gitSignature(commit),
		"authors": graph.Connection("GitActorConnection", 1, func(int) any { return g.gitActor(commit.Author) }, nil),
		"url":     page, "resourcePath": page[len(webURL):], "commitUrl": page, "commitResourcePath": page[len(webURL):],
		"treeUrl": g.web("/tree/%s", oid), "treeResourcePath": g.web("/tree/%s", oid)[len(webURL):],
		"tree":                   graph.Lazy(func() any { return g.treeObject(c, commit.Tree) }),
		"file":                   g.resolveFile(c, commit.Tree),
		"repository":             graph.Lazy(func() any { return g.repositoryObject(c) }),
		"parents":                graph.Connection("CommitConnection", len(commit.Parents), func(i int) any { return g.commitObject(c, commit.Parents[i]) }, nil),
		"history":                g.resolveHistory(c, oid),
		"status":                 graph.Lazy(func() any { return g.statusObject(c, oid) }),
		"statusCheckRollup":      graph.Lazy(func() any { return g.rollupObject(c, oid) }),
		"checkSuites":            c.guard(g.resolveSuites(c, oid), "checks:read"),
		"deployments":            c.guard(g.resolveDeployments(c, oid), "deployments:read"),
		"associatedPullRequests": c.guard(g.resolveAssociated(c, oid), "pull-requests:read"),
	}}
}

func (g *GitHub) gitSignature(commit git.Commit) *graph.Object {
	if !commit.Signed {
		return nil
	}
	return &graph.Object{Type: "GpgSignature", Fields: graph.Fields{
		"isValid": true, "state": "VALID", "verifiedAt": commit.Committer.When, "email": commit.Committer.Email,
		"signature": git.SignatureText, "payload": "tree " + commit.Tree + "\n", "keyId": "0000000000000000", "wasSignedByGitHub": false,
		"signer": graph.Lazy(func() any { return g.userObject(g.loginOf(commit.Committer)) }),
	}}
}

// touches reports whether a commit changes a file, or something in a folder.
func (g *GitHub) touches(commit git.Commit, path string) bool {
	before := ""
	if len(commit.Parents) > 0 {
		parent, _ := g.git.Commit(commit.Parents[0])
		before = parent.Tree
	}
	return slices.ContainsFunc(g.git.Changes(before, commit.Tree), func(change git.Change) bool {
		return change.Path == path || strings.HasPrefix(change.Path, path+"/")
	})
}

func (g *GitHub) resolveHistory(c *call, oid string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		commits := g.git.Between("", oid)
		slices.Reverse(commits)
		if args.Given("path") {
			commits = slices.DeleteFunc(commits, func(commit git.Commit) bool { return !g.touches(commit, args.String("path")) })
		}
		if since := args.String("since"); since != "" {
			from, err := time.Parse(time.RFC3339, since)
			if err != nil {
				return nil, fmt.Errorf("read since: %w", err)
			}
			commits = slices.DeleteFunc(commits, func(commit git.Commit) bool { return commit.Committer.When.Before(from) })
		}
		return graph.Connection("CommitHistoryConnection", len(commits),
			func(i int) any { return g.commitObject(c, commits[i].OID) }, nil)(args)
	}
}
