package sim

import (
	"cmp"
	"net/http"
	"path"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

func contentRoutes() []route {
	return []route{{
		method: "GET", path: "/repos/{owner}/{repo}/contents/{path}", needs: []string{"contents:read"}, handle: (*GitHub).getContent,
	}}
}

func (g *GitHub) getContent(c *call) answer {
	revision := cmp.Or(c.query.Get("ref"), g.repository.DefaultBranch)
	if _, ok := g.treeOf(revision); !ok {
		return refuse(http.StatusNotFound, "No commit found for the ref "+revision)
	}
	entry, ok := g.entryAt(revision, c.params["path"])
	if !ok {
		return refuse(http.StatusNotFound, "Not Found")
	}
	if entry.Kind == git.KindTree {
		return reply(http.StatusOK, g.restDirectory(entry, c.params["path"], revision))
	}
	content, _ := g.git.Blob(entry.OID)
	file := g.restEntry(entry, c.params["path"], revision)
	file["content"], file["encoding"] = wrapped(content), "base64"
	if len(content) > longestInline {
		file["content"], file["encoding"] = "", "none"
	}
	return reply(http.StatusOK, file)
}

// longestInline is how many bytes of a file the contents route sends along.
const longestInline = 1 << 20

func (g *GitHub) restDirectory(directory git.Entry, at, revision string) []any {
	list := []any{}
	for _, entry := range g.entries(directory.OID) {
		list = append(list, g.restEntry(entry, path.Join(at, entry.Name), revision))
	}
	return list
}

func (g *GitHub) restEntry(entry git.Entry, at, revision string) object {
	kind, size := "dir", 0
	if content, ok := g.git.Blob(entry.OID); ok {
		kind, size = "file", len(content)
	}
	self, page := g.api("/contents/%s?ref=%s", at, revision), g.web("/blob/%s/%s", revision, at)
	source := g.api("/git/%ss/%s", entry.Kind, entry.OID)
	return object{
		"type": kind, "name": path.Base(at), "path": at, "sha": entry.OID, "size": size, "url": self, "html_url": page,
		"git_url": source, "download_url": "https://raw.githubusercontent.com/" + g.repository.FullName() + "/" + revision + "/" + at,
		"_links": object{"self": self, "git": source, "html": page},
	}
}
