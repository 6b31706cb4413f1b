package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// readDocument parses and validates a GraphQL request before anything else happens to it.
func (g *GitHub) readDocument(c *call) {
	var request graph.Request
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.UseNumber()
	if err := decoder.Decode(&request); err != nil {
		c.operation = "unreadable"
		return
	}
	c.document, c.problems = g.schema.graph.Parse(request)
	if c.document == nil {
		c.operation = "invalid"
		return
	}
	c.operation = c.document.Summary()
}

func (g *GitHub) graphQL(c *call) answer {
	switch {
	case c.request.Method != http.MethodPost:
		g.traffic.violate("%s /graphql: only POST is allowed", c.request.Method)
		return refuse(http.StatusNotFound, "Not Found")
	case c.operation == "unreadable":
		g.traffic.violate("POST /graphql: the body is no GraphQL request")
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	case c.document == nil:
		for _, problem := range c.problems {
			g.traffic.violate("POST /graphql: %s", problem.Message)
		}
		return reply(http.StatusOK, object{"errors": c.problems})
	}
	g.checkMedia(c)
	if nodes := c.document.Cost().Nodes; nodes > graph.MostNodes {
		message := "This query requests up to " + strconv.Itoa(nodes) + " possible nodes which exceeds the maximum limit of 500,000."
		g.traffic.violate("POST /graphql: %s", message)
		return reply(http.StatusOK, object{"errors": []any{object{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}}})
	}
	if undefined := c.document.Undefined(g.lacking); len(undefined) > 0 {
		return reply(http.StatusOK, object{"errors": undefined})
	}
	response, err := c.document.Execute(g.root(c), func(typeName, field string) error { return g.refuseField(c, typeName, field) })
	unresolved := &graph.UnresolvedError{}
	switch {
	case errors.As(err, &unresolved):
		g.traffic.violate("POST /graphql: %v", err)
		return refuse(http.StatusNotImplemented, err.Error())
	case err != nil:
		g.traffic.violate("server: POST /graphql: %v", err)
		return refuse(http.StatusInternalServerError, err.Error())
	}
	g.checkPagination(response)
	return reply(http.StatusOK, response)
}

func (g *GitHub) checkMedia(c *call) {
	if media := c.request.Header.Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
		g.traffic.violate("POST /graphql: content type %q is not application/json", media)
	}
}

// checkPagination remembers connections that were asked for in a way GitHub refuses.
func (g *GitHub) checkPagination(response graph.Response) {
	for _, problem := range response.Errors {
		switch problem.Type {
		case "MISSING_PAGINATION_BOUNDARIES", "EXCESSIVE_PAGINATION", "INVALID_CURSOR_ARGUMENTS":
			g.traffic.violate("POST /graphql: %s", problem.Message)
		}
	}
}

func (g *GitHub) root(c *call) *graph.Object {
	if c.document.IsMutation() {
		return &graph.Object{Type: "Mutation", Fields: g.mutations(c)}
	}
	return &graph.Object{Type: "Query", Fields: graph.Fields{
		"id":         "R_query",
		"rateLimit":  graph.Lazy(func() any { return g.rateObject(c) }),
		"viewer":     graph.Lazy(func() any { return g.viewer(c) }),
		"repository": g.resolveRepository(c),
		"node": graph.Resolver(func(args graph.Args) (any, error) {
			return g.node(c, args.String("id"))
		}),
		"nodes": graph.Resolver(func(args graph.Args) (any, error) { return g.nodes(c, args.Strings("ids")) }),
		"user": graph.Resolver(func(args graph.Args) (any, error) {
			known, ok := g.users[strings.ToLower(args.String("login"))]
			if !ok || known.isBot() {
				return nil, graph.NewError("NOT_FOUND", "Could not resolve to a User with the login of '%s'.", args.String("login"))
			}
			return g.actor(known.Login), nil
		}),
	}}
}

// viewer is the user of the token. It is always a User, whose login keeps a bot's suffix.
func (g *GitHub) viewer(c *call) *graph.Object {
	viewer := g.actor(c.token.Login)
	viewer.Type = "User"
	viewer.Fields["login"], viewer.Fields["isViewer"] = c.token.Login, true
	return viewer
}

func (g *GitHub) resolveRepository(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		fullName := args.String("owner") + "/" + args.String("name")
		if !strings.EqualFold(fullName, g.repository.FullName()) {
			return nil, graph.NewError("NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", fullName)
		}
		if g.barred != "" {
			return nil, graph.NewError("FORBIDDEN", "%s", g.barred)
		}
		return g.repositoryObject(c), nil
	}
}

func (g *GitHub) nodes(c *call, ids []string) (any, error) {
	list := []any{}
	for _, id := range ids {
		found, err := g.node(c, id)
		if err != nil {
			found = err
		}
		list = append(list, found)
	}
	return list, nil
}

// node finds whatever a global id names.
func (g *GitHub) node(c *call, id string) (any, error) {
	kind, key := splitNodeID(id)
	find, known := g.finders(c)[kind]
	if !known {
		return nil, unknownNode(id)
	}
	if find == nil {
		return nil, &graph.UnresolvedError{Type: "Query", Field: "node(id: \"" + kind + "_…\")"}
	}
	if found := find(key); found != nil {
		return found, nil
	}
	return nil, unknownNode(id)
}

// finders tells for each kind of global id how to find what it names; nil is for kinds that
// the simulator gives out and cannot find again.
func (g *GitHub) finders(c *call) map[string]func(key string) *graph.Object {
	object := func(oid string) *graph.Object { return g.gitObject(c, oid) }
	check := func(key string) *graph.Object { return g.checkByNode(c, key) }
	actor := func(login string) *graph.Object { return g.knownActor(login) }
	return map[string]func(string) *graph.Object{
		"R":   func(key string) *graph.Object { return g.ownRepositoryObject(c, key) },
		"PR":  func(key string) *graph.Object { return g.pullObject(c, g.pulls[int(numeric(key))]) },
		"C":   object,
		"T":   object,
		"B":   object,
		"REF": func(key string) *graph.Object { return g.refObject(c, key) },
		"IC":  func(key string) *graph.Object { return g.commentObject(c, g.comment(numeric(key))) },
		"REA": func(key string) *graph.Object { return g.reactionByNode(c, numeric(key)) },
		"DE":  func(key string) *graph.Object { return g.deploymentObject(c, g.deployment(numeric(key))) },
		"DES": func(key string) *graph.Object { return g.deploymentStatusByNode(c, numeric(key)) },
		"CR":  check,
		"SC":  check,
		"U":   actor,
		"BOT": actor,
		"A":   nil, "CMP": nil, "CS": nil, "EN": nil, "LA": nil, "PRR": nil, "PURC": nil, "RRS": nil, "RRU": nil, "S": nil,
		"SCR": nil, "W": nil, "WFR": nil,
	}
}

// numeric is a key as a number, 0 when it is not a number.
func numeric(key string) int64 {
	number, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return 0
	}
	return number
}

func (g *GitHub) ownRepositoryObject(c *call, fullName string) *graph.Object {
	if !strings.EqualFold(fullName, g.repository.FullName()) {
		return nil
	}
	return g.repositoryObject(c)
}

func (g *GitHub) knownActor(login string) *graph.Object {
	known, ok := g.users[strings.ToLower(login)]
	if !ok {
		return nil
	}
	return g.actor(known.Login)
}
