package sim

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/sim/git"
	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

func objectRoutes() []route {
	const base = "/repos/{owner}/{repo}/git"
	read, write := []string{"contents:read"}, []string{"contents:write"}
	return []route{
		{method: "POST", path: base + "/blobs", needs: write, handle: (*GitHub).postBlob},
		{method: "GET", path: base + "/blobs/{file_sha}", needs: read, handle: (*GitHub).getBlob},
		{method: "POST", path: base + "/trees", needs: write, handle: (*GitHub).postTree},
		{method: "GET", path: base + "/trees/{tree_sha}", needs: read, handle: (*GitHub).getTree},
		{method: "POST", path: base + "/commits", needs: write, handle: (*GitHub).postGitCommit},
		{method: "GET", path: base + "/commits/{commit_sha}", needs: read, handle: (*GitHub).getGitCommit},
	}
}

func (g *GitHub) postBlob(c *call) answer {
	content := []byte(c.text("content"))
	if c.text("encoding") == "base64" {
		decoded, err := base64.StdEncoding.DecodeString(c.text("content"))
		if err != nil {
			return refuse(http.StatusUnprocessableEntity, "content is not valid Base64")
		}
		content = decoded
	}
	oid := g.git.WriteBlob(content)
	return reply(http.StatusCreated, object{"sha": oid, "url": g.api("/git/blobs/%s", oid)})
}

func (g *GitHub) getBlob(c *call) answer {
	oid := c.params["file_sha"]
	content, ok := g.git.Blob(oid)
	if !ok {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusOK, object{
		"sha": oid, "node_id": nodeID("B", oid), "url": g.api("/git/blobs/%s", oid), "size": len(content),
		"content": wrapped(content), "encoding": "base64",
	})
}

// wrapped is Base64 in the lines of sixty characters that GitHub sends.
func wrapped(content []byte) string {
	text := base64.StdEncoding.EncodeToString(content)
	var lines strings.Builder
	for len(text) > 0 {
		cut := min(60, len(text))
		lines.WriteString(text[:cut] + "\n")
		text = text[cut:]
	}
	return lines.String()
}

func (g *GitHub) postTree(c *call) answer {
	files := map[string]git.File{}
	if base, given := c.fields["base_tree"]; given {
		tree, _ := base.(string)
		if g.git.Kind(tree) != git.KindTree {
			return refuse(http.StatusUnprocessableEntity, "base_tree is not a valid tree oid")
		}
		files = g.git.Files(tree)
	}
	entries, _ := c.fields["tree"].([]any)
	if len(entries) == 0 {
		return refuse(http.StatusUnprocessableEntity, "Invalid tree info")
	}
	for _, one := range entries {
		entry, _ := one.(object)
		if wrong := cmp.Or(wrongEntry(entry), g.putEntry(files, entry)); wrong != "" {
			return refuse(http.StatusUnprocessableEntity, wrong)
		}
	}
	oid := g.git.WriteFiles(files)
	return reply(http.StatusCreated, g.restTree(oid, g.entries(oid)))
}

// wrongEntry says what is wrong with the form of one line of a new tree, "" for nothing.
func wrongEntry(entry object) string {
	path := textOf(entry, "path")
	_, hasContent := entry["content"]
	_, hasSHA := entry["sha"]
	switch {
	case strings.HasPrefix(path, "/"):
		return "tree.path cannot start with a slash"
	case slices.ContainsFunc(strings.Split(path, "/"), isMalformed):
		return "tree.path contains a malformed path component"
	case textOf(entry, "mode") == "":
		return "Must supply a valid tree.mode"
	case hasContent == hasSHA:
		return "Must supply either tree.sha or tree.content"
	}
	return ""
}

// isMalformed tells parts of paths that git does not take.
func isMalformed(part string) bool {
	return slices.Contains([]string{"", ".", ".."}, part) || strings.EqualFold(part, ".git") || strings.Contains(part, "\x00")
}

// putEntry applies one line of a new tree: inline content, a known object, or, with a null
// sha, the removal of a path. It returns what is wrong with it, "" for nothing.
func (g *GitHub) putEntry(files map[string]git.File, entry object) string {
	path, mode := textOf(entry, "path"), textOf(entry, "mode")
	if content, ok := entry["content"].(string); ok {
		files[path] = git.File{Mode: mode, Kind: git.KindBlob, OID: g.git.WriteBlob([]byte(content))}
		return ""
	}
	if entry["sha"] == nil {
		if _, exists := files[path]; !exists {
			return "GitRPC::BadObjectState"
		}
		delete(files, path)
		return ""
	}
	return g.putObject(files, entry)
}

// putObject puts a known object into a new tree.
func (g *GitHub) putObject(files map[string]git.File, entry object) string {
	path, oid := textOf(entry, "path"), textOf(entry, "sha")
	kind := g.git.Kind(oid)
	if textOf(entry, "mode") == modeSubmodule && textOf(entry, "type") == git.KindCommit {
		files[path] = git.File{Mode: modeSubmodule, Kind: git.KindCommit, OID: oid} // of another repository
		return ""
	}
	switch {
	case kind == "" || kind == git.KindCommit || kind != cmp.Or(textOf(entry, "type"), kind):
		return "tree.sha " + oid + " is not a valid " + cmp.Or(textOf(entry, "type"), git.KindBlob)
	case kind == git.KindBlob:
		files[path] = git.File{Mode: textOf(entry, "mode"), Kind: git.KindBlob, OID: oid}
	default:
		for below, file := range g.git.Files(oid) {
			files[path+"/"+below] = file
		}
	}
	return ""
}

// modeSubmodule is the mode of a submodule in a tree.
const modeSubmodule = "160000"

func textOf(fields object, name string) string {
	text, _ := fields[name].(string)
	return text
}

// treeOf resolves the name of a tree, or of a commit that has one.
func (g *GitHub) treeOf(revision string) (string, bool) {
	oid, _, ok := g.git.Resolve(revision)
	if commit, isCommit := g.git.Commit(oid); isCommit {
		return commit.Tree, true
	}
	return oid, ok && g.git.Kind(oid) == git.KindTree
}

func (g *GitHub) getTree(c *call) answer {
	oid, ok := g.treeOf(c.params["tree_sha"])
	if !ok {
		return refuse(http.StatusNotFound, "Not Found")
	}
	if !c.query.Has("recursive") {
		return reply(http.StatusOK, g.restTree(oid, g.entries(oid)))
	}
	return reply(http.StatusOK, g.restTree(oid, g.allEntries(oid, "")))
}

func (g *GitHub) entries(tree string) []git.Entry {
	entries, _ := g.git.Tree(tree)
	return entries
}

func (g *GitHub) allEntries(tree, prefix string) []git.Entry {
	var all []git.Entry
	for _, entry := range g.entries(tree) {
		below := entry.OID
		entry.Name = prefix + entry.Name
		all = append(all, entry)
		if entry.Kind == git.KindTree {
			all = append(all, g.allEntries(below, entry.Name+"/")...)
		}
	}
	return all
}

func (g *GitHub) restTree(oid string, entries []git.Entry) object {
	list := []any{}
	for _, entry := range entries {
		shown := object{
			"path": entry.Name, "mode": entry.Mode, "type": entry.Kind, "sha": entry.OID,
			"url": g.api("/git/%ss/%s", entry.Kind, entry.OID),
		}
		if content, ok := g.git.Blob(entry.OID); ok {
			shown["size"] = len(content)
		}
		list = append(list, shown)
	}
	return object{"sha": oid, "url": g.api("/git/trees/%s", oid), "tree": list, "truncated": false}
}

func (g *GitHub) postGitCommit(c *call) answer {
	tree := c.text("tree")
	if g.git.Kind(tree) != git.KindTree {
		return refuse(http.StatusUnprocessableEntity, "Tree SHA does not exist")
	}
	var parents []string
	list, _ := c.fields["parents"].([]any)
	for _, one := range list {
		parent, _ := one.(string)
		if g.git.Kind(parent) != git.KindCommit {
			return refuse(http.StatusUnprocessableEntity, "Parent SHA does not exist or is not a commit object")
		}
		parents = append(parents, parent)
	}
	commit := git.Commit{
		Tree: tree, Parents: parents, Message: c.text("message"),
		Author: g.postedSignature(c, "author"), Committer: g.postedSignature(c, "committer"),
		Signed: c.token.Login == ActionsLogin && c.fields["author"] == nil && c.fields["committer"] == nil,
	}
	commit.OID = g.git.WriteCommit(commit)
	return reply(http.StatusCreated, g.restGitCommit(commit))
}

// postedSignature is the signature in a request; without one it is that of the token's user.
// GitHub signs what an app commits in its own name.
func (g *GitHub) postedSignature(c *call, name string) git.Signature {
	posted, ok := c.fields[name].(object)
	if !ok {
		if name == "committer" && c.fields["author"] != nil {
			return g.postedSignature(c, "author")
		}
		return g.signature(c.token.Login, g.now())
	}
	when, err := time.Parse(time.RFC3339, textOf(posted, "date"))
	if err != nil {
		when = g.now()
	}
	return git.Signature{Name: textOf(posted, "name"), Email: textOf(posted, "email"), When: when}
}

func (g *GitHub) getGitCommit(c *call) answer {
	commit, ok := g.git.Commit(c.params["commit_sha"])
	if !ok {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusOK, g.restGitCommit(commit))
}

func (g *GitHub) restGitCommit(commit git.Commit) object {
	parents := []any{}
	for _, parent := range commit.Parents {
		parents = append(parents, object{"sha": parent, "url": g.api("/git/commits/%s", parent), "html_url": g.web("/commit/%s", parent)})
	}
	return object{
		"sha": commit.OID, "node_id": nodeID("C", commit.OID), "url": g.api("/git/commits/%s", commit.OID),
		"html_url": g.web("/commit/%s", commit.OID), "message": commit.Message, "parents": parents,
		"author": restSignature(commit.Author), "committer": restSignature(commit.Committer),
		"tree":         object{"sha": commit.Tree, "url": g.api("/git/trees/%s", commit.Tree)},
		"verification": restVerification(commit),
	}
}

// gitObject is the object of an oid as GraphQL shows it, nil for none.
func (g *GitHub) gitObject(c *call, oid string) *graph.Object {
	switch g.git.Kind(oid) {
	case git.KindCommit:
		return g.commitObject(c, oid)
	case git.KindTree:
		return g.treeObject(c, oid)
	case git.KindBlob:
		return g.blobObject(c, oid)
	}
	return nil
}

// resolveExpression answers a revision, or a path inside one as in "main:docs/README.md".
func (g *GitHub) resolveExpression(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		expression := args.String("expression")
		if expression == "" {
			return g.gitObject(c, args.String("oid")), nil
		}
		revision, path, inside := strings.Cut(expression, ":")
		if !inside {
			oid, _, _ := g.git.Resolve(revision)
			return g.gitObject(c, oid), nil
		}
		entry, _ := g.entryAt(revision, path)
		return g.gitObject(c, entry.OID), nil
	}
}

// entryAt finds a path in the tree of a revision.
func (g *GitHub) entryAt(revision, path string) (git.Entry, bool) {
	tree, ok := g.treeOf(revision)
	if !ok {
		return git.Entry{}, false
	}
	return g.git.At(tree, path)
}

func (g *GitHub) objectFields(c *call, kind, oid string) graph.Fields {
	page := g.web("/commit/%s", oid)
	return graph.Fields{
		"id": nodeID(kind, oid), "oid": oid, "abbreviatedOid": oid[:7], "commitUrl": page, "commitResourcePath": page[len(webURL):],
		"repository": graph.Lazy(func() any { return g.repositoryObject(c) }),
	}
}

func (g *GitHub) treeObject(c *call, oid string) *graph.Object {
	fields := g.objectFields(c, "T", oid)
	fields["entries"] = graph.Lazy(func() any {
		list := []any{}
		for _, entry := range g.entries(oid) {
			list = append(list, g.entryObject(c, entry, entry.Name))
		}
		return list
	})
	return &graph.Object{Type: "Tree", Fields: fields}
}

func (g *GitHub) entryObject(c *call, entry git.Entry, path string) *graph.Object {
	content, _ := g.git.Blob(entry.OID)
	return &graph.Object{Type: "TreeEntry", Fields: graph.Fields{
		"name": entry.Name, "path": path, "oid": entry.OID, "type": entry.Kind, "size": len(content),
		"mode": octal(entry.Mode), "isGenerated": false,
		"object":     graph.Lazy(func() any { return g.gitObject(c, entry.OID) }),
		"repository": graph.Lazy(func() any { return g.repositoryObject(c) }),
	}}
}

func octal(mode string) int {
	value := 0
	for _, digit := range mode {
		value = value*8 + int(digit-'0')
	}
	return value
}

func (g *GitHub) blobObject(c *call, oid string) *graph.Object {
	content, _ := g.git.Blob(oid)
	fields := g.objectFields(c, "B", oid)
	binary := isBinary(content)
	fields["byteSize"], fields["isBinary"], fields["isTruncated"] = len(content), binary, len(content) > longestText
	fields["text"] = string(content[:min(len(content), longestText)])
	if binary {
		fields["text"] = nil
	}
	return &graph.Object{Type: "Blob", Fields: fields}
}

// longestText is how many bytes of a blob GraphQL shows.
const longestText = 512_000

// isBinary tells content of which GraphQL does not show the text.
func isBinary(content []byte) bool { return !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 }

func (g *GitHub) resolveFile(c *call, tree string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		path := strings.Trim(args.String("path"), "/")
		entry, ok := g.git.At(tree, path)
		if !ok || path == "" {
			return nil, nil
		}
		return g.entryObject(c, entry, path), nil
	}
}
