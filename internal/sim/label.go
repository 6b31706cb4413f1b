package sim

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Label puts labels on a pull request, as a user would.
func (g *GitHub) Label(number int, names ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.existing(number).putLabels(names)
}

// Unlabel takes labels off a pull request. A label that is not there is an error.
func (g *GitHub) Unlabel(number int, names ...string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.existing(number)
	for _, name := range names {
		at := slices.IndexFunc(p.labels, sameLabel(name))
		if at < 0 {
			return fmt.Errorf("the pull request has no label %q", name)
		}
		p.labels = slices.Delete(p.labels, at, at+1)
	}
	return nil
}

func labelRoutes() []route {
	const list = "/repos/{owner}/{repo}/issues/{issue_number}/labels"
	return []route{
		{method: "GET", path: list, needs: conversation("read"), handle: onPull((*GitHub).listLabels)},
		{method: "POST", path: list, needs: conversation("write"), handle: onPull((*GitHub).postLabels), wrap: "labels"},
		{method: "DELETE", path: list + "/{name}", needs: conversation("write"), handle: onPull((*GitHub).deleteLabel)},
	}
}

func (g *GitHub) listLabels(c *call, p *pull) answer {
	return listed(c, p.labels, func(name string) any { return g.restLabel(name) })
}

// postLabels takes {"labels": [...]}, a list of names or objects, or one name, and makes
// labels that do not exist, if the token may do that: those of pull requests are as the repository's own.
func (g *GitHub) postLabels(c *call, p *pull) answer {
	posted := decode(c.body)
	if fields, ok := posted.(object); ok {
		posted = fields["labels"]
	}
	names, ok := labelNames(posted)
	if !ok {
		return invalid("Label", "name", "invalid", "")
	}
	isNew := func(name string) bool { return !slices.ContainsFunc(g.knownLabels(), sameLabel(name)) }
	if !c.token.allows("issues:write") && slices.ContainsFunc(names, isNew) {
		return reply(http.StatusForbidden, object{
			"message": "You do not have permission to create labels on this repository.", "documentation_url": "https://docs.github.com/rest", "status": "403",
			"errors": []any{object{"resource": "Repository", "field": "label", "code": "unauthorized"}},
		})
	}
	p.putLabels(names)
	return reply(http.StatusOK, g.restLabels(p))
}

func (p *pull) putLabels(names []string) {
	for _, name := range names {
		if !slices.ContainsFunc(p.labels, sameLabel(name)) {
			p.labels = append(p.labels, name)
		}
	}
}

// longestLabel is how many characters the name of a label can hold.
const longestLabel = 50

func labelNames(posted any) ([]string, bool) {
	list, ok := posted.([]any)
	if !ok {
		list = []any{posted}
	}
	var names []string
	for _, one := range list {
		name, _ := one.(string)
		if fields, ok := one.(object); ok {
			name = textOf(fields, "name")
		}
		if name == "" || len([]rune(name)) > longestLabel {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// sameLabel compares names as GitHub does, without regard to case.
func sameLabel(name string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(name, other) }
}

func (g *GitHub) deleteLabel(c *call, p *pull) answer {
	at := slices.IndexFunc(p.labels, sameLabel(c.params["name"]))
	if at < 0 {
		return refuse(http.StatusNotFound, "Label does not exist")
	}
	p.labels = slices.Delete(p.labels, at, at+1)
	return reply(http.StatusOK, g.restLabels(p))
}

func (g *GitHub) restLabels(p *pull) []any {
	list := []any{}
	for _, name := range p.labels {
		list = append(list, g.restLabel(name))
	}
	return list
}

func (g *GitHub) restLabel(name string) object {
	return object{
		"id": 208045946, "node_id": nodeID("LA", name), "url": g.api("/labels/%s", url.PathEscape(name)),
		"name": name, "description": nil, "color": "ededed", "default": false,
	}
}

func (g *GitHub) labelObject(c *call, name string) *graph.Object {
	page := g.web("/labels/%s", url.PathEscape(name))
	return &graph.Object{Type: "Label", Fields: graph.Fields{
		"id": nodeID("LA", name), "name": name, "color": "ededed", "description": nil, "isDefault": false,
		"createdAt": g.created, "updatedAt": g.created, "url": page, "resourcePath": page[len(webURL):],
		"repository": graph.Lazy(func() any { return g.repositoryObject(c) }),
	}}
}

func (g *GitHub) labelConnection(c *call, names []string) graph.Resolver {
	return graph.Connection("LabelConnection", len(names), func(i int) any { return g.labelObject(c, names[i]) }, nil)
}

func (g *GitHub) resolvePullLabels(c *call, p *pull) graph.Resolver {
	return g.labelConnection(c, p.labels)
}

// AddLabel adds a label to the repository.
func (g *GitHub) AddLabel(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.labels[name] = true
}

// knownLabels are the labels of the repository and those in use, sorted.
func (g *GitHub) knownLabels() []string {
	known := maps.Clone(g.labels)
	for _, p := range g.pulls {
		for _, name := range p.labels {
			known[name] = true
		}
	}
	for _, i := range g.issues {
		for _, name := range i.Labels {
			known[name] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

func (g *GitHub) resolveLabels(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) { return g.labelConnection(c, g.knownLabels())(args) }
}

func (g *GitHub) resolveLabel(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		at := slices.IndexFunc(g.knownLabels(), sameLabel(args.String("name")))
		if at < 0 {
			return nil, nil
		}
		return g.labelObject(c, g.knownLabels()[at]), nil
	}
}
