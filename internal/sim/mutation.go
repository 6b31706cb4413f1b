package sim

import (
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// zeroOID means "no object" where references change.
const zeroOID = "0000000000000000000000000000000000000000"

// mutations are the operations that change something. Their payloads are answered from the
// state after the change.
func (g *GitHub) mutations(c *call) graph.Fields {
	talk, push := conversation("write"), []string{"contents:write"}
	return graph.Fields{
		"addComment":         g.mutation(c, "AddCommentPayload", talk, g.addCommentBy),
		"updateIssueComment": g.mutation(c, "UpdateIssueCommentPayload", talk, g.updateComment),
		"deleteIssueComment": g.mutation(c, "DeleteIssueCommentPayload", talk, g.deleteCommentBy),
		"addReaction":        g.mutation(c, "AddReactionPayload", talk, g.addReactionBy),
		"removeReaction":     g.mutation(c, "RemoveReactionPayload", talk, g.removeReaction),
		"createRef":          g.mutation(c, "CreateRefPayload", push, g.createRef),
		"updateRef":          g.mutation(c, "UpdateRefPayload", push, g.updateRef),
		"updateRefs":         g.mutation(c, "UpdateRefsPayload", push, g.updateRefs),
		"deleteRef":          g.mutation(c, "DeleteRefPayload", push, g.deleteRefBy),
	}
}

// change carries out a mutation and returns the fields of its payload.
type change func(c *call, input graph.Args) (graph.Fields, error)

func (g *GitHub) mutation(c *call, payload string, needs []string, do change) graph.Resolver {
	return g.passing(c.guard(graph.Resolver(func(args graph.Args) (any, error) {
		input := args.Object("input")
		if g.archived {
			return nil, graph.NewError("FORBIDDEN", archivedMessage)
		}
		fields, err := do(c, input)
		if err != nil {
			return nil, err
		}
		fields["clientMutationId"] = optional(input.String("clientMutationId"))
		return &graph.Object{Type: payload, Fields: fields}, nil
	}), needs...))
}

func unprocessable(message string) error { return graph.NewError("UNPROCESSABLE", "%s", message) }

func unknownNode(id string) error {
	return graph.NewError("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
}

// pullByNode finds the pull request of a global id.
func (g *GitHub) pullByNode(id string) *pull {
	kind, key := splitNodeID(id)
	number, err := strconv.Atoi(key)
	if kind != "PR" || err != nil {
		return nil
	}
	return g.pulls[number]
}

// commentByNode finds the comment of a global id.
func (g *GitHub) commentByNode(id string) *comment {
	kind, key := splitNodeID(id)
	number, err := strconv.ParseInt(key, 10, 64)
	if kind != "IC" || err != nil {
		return nil
	}
	return g.comment(number)
}

func (g *GitHub) addCommentBy(c *call, input graph.Args) (graph.Fields, error) {
	subject := g.pullByNode(input.String("subjectId"))
	if subject == nil {
		return nil, unknownNode(input.String("subjectId"))
	}
	if wrong := wrongBody(input.String("body")); wrong != "" {
		return nil, unprocessable(wrong)
	}
	if !g.mayTalk(c, subject) {
		return nil, graph.NewError("FORBIDDEN", lockedMessage)
	}
	added := g.addComment(subject.Number, c.token.Login, input.String("body"))
	node := graph.Lazy(func() any { return g.commentObject(c, added) })
	return graph.Fields{
		"commentEdge": &graph.Object{Type: "IssueCommentEdge", Fields: graph.Fields{
			"cursor": graph.Cursor(len(g.commentsOf(subject.Number)) - 1), "node": node,
		}},
		"subject": graph.Lazy(func() any { return g.pullObject(c, subject) }),
	}, nil
}

func (g *GitHub) updateComment(c *call, input graph.Args) (graph.Fields, error) {
	found := g.commentByNode(input.String("id"))
	if found == nil {
		return nil, unknownNode(input.String("id"))
	}
	if wrong := wrongBody(input.String("body")); wrong != "" {
		return nil, unprocessable(wrong)
	}
	found.body, found.updatedAt = input.String("body"), g.now()
	return graph.Fields{"issueComment": graph.Lazy(func() any { return g.commentObject(c, found) })}, nil
}

func (g *GitHub) deleteCommentBy(_ *call, input graph.Args) (graph.Fields, error) {
	found := g.commentByNode(input.String("id"))
	if found == nil {
		return nil, unknownNode(input.String("id"))
	}
	g.removeComment(found.id)
	return graph.Fields{}, nil
}

func (g *GitHub) addReactionBy(c *call, input graph.Args) (graph.Fields, error) {
	subject := g.commentByNode(input.String("subjectId"))
	if subject == nil {
		return nil, unknownNode(input.String("subjectId"))
	}
	if !g.mayTalk(c, g.pulls[subject.pull]) {
		return nil, graph.NewError("FORBIDDEN", lockedMessage)
	}
	made, _ := g.react(subject, c.token.Login, respell(input.String("content")))
	return g.reactionPayload(c, made, subject), nil
}

func (g *GitHub) removeReaction(c *call, input graph.Args) (graph.Fields, error) {
	subject := g.commentByNode(input.String("subjectId"))
	if subject == nil {
		return nil, unknownNode(input.String("subjectId"))
	}
	content := respell(input.String("content"))
	for i, one := range subject.reactions {
		if one.login == c.token.Login && one.content == content {
			subject.reactions = append(subject.reactions[:i:i], subject.reactions[i+1:]...)
			return g.reactionPayload(c, one, subject), nil
		}
	}
	return nil, unprocessable("Reaction does not exist")
}

func (g *GitHub) reactionPayload(c *call, r *reaction, subject *comment) graph.Fields {
	return graph.Fields{
		"reaction":       graph.Lazy(func() any { return g.reactionObject(c, r, subject) }),
		"reactionGroups": graph.Lazy(func() any { return g.reactionGroups(c, subject) }),
		"subject":        graph.Lazy(func() any { return g.commentObject(c, subject) }),
	}
}

// ownRepository checks the repository of a mutation.
func (g *GitHub) ownRepository(input graph.Args) error {
	id := input.String("repositoryId")
	kind, name := splitNodeID(id)
	if kind != "R" || !strings.EqualFold(name, g.repository.FullName()) {
		return unknownNode(id)
	}
	return nil
}

func (g *GitHub) createRef(c *call, input graph.Args) (graph.Fields, error) {
	if err := g.ownRepository(input); err != nil {
		return nil, err
	}
	name, oid := input.String("name"), input.String("oid")
	if wrong := g.wrongRef(name, oid); wrong != "" {
		if _, exists := g.git.Ref(name); exists {
			wrong = "A ref named \"" + name + "\" already exists in the repository."
		}
		if wrong == failedUpdate {
			wrong = "Ref cannot be created."
		}
		return nil, unprocessable(wrong)
	}
	g.setRef(name, oid)
	return graph.Fields{"ref": graph.Lazy(func() any { return g.refObject(c, name) })}, nil
}

// refByNode finds the full name of the reference of a global id.
func (g *GitHub) refByNode(id string) (string, error) {
	kind, name := splitNodeID(id)
	if _, ok := g.git.Ref(name); kind != "REF" || !ok {
		return "", unknownNode(id)
	}
	return name, nil
}

func (g *GitHub) updateRef(c *call, input graph.Args) (graph.Fields, error) {
	name, err := g.refByNode(input.String("refId"))
	if err != nil {
		return nil, err
	}
	update := refUpdate{name: name, after: input.String("oid"), force: input.Bool("force")}
	if wrong := g.wrongUpdate(update); wrong != "" {
		return nil, unprocessable(wrong)
	}
	g.apply(update)
	return graph.Fields{"ref": graph.Lazy(func() any { return g.refObject(c, name) })}, nil
}

func (g *GitHub) deleteRefBy(_ *call, input graph.Args) (graph.Fields, error) {
	name, err := g.refByNode(input.String("refId"))
	if err != nil {
		return nil, err
	}
	if wrong := g.wrongDeletion(name); wrong != "" {
		return nil, unprocessable(wrong)
	}
	g.removeRef(name)
	return graph.Fields{}, nil
}

// refUpdate is one change of a reference: after is zeros to delete it, before what it must
// point at, with zeros for "must not exist" and "" for anything.
type refUpdate struct {
	name, before, after string
	force               bool
}

// updateRefs changes all references or none.
func (g *GitHub) updateRefs(_ *call, input graph.Args) (graph.Fields, error) {
	if err := g.ownRepository(input); err != nil {
		return nil, err
	}
	var updates []refUpdate
	named := map[string]bool{}
	for _, one := range input.Objects("refUpdates") {
		update := refUpdate{
			name: one.String("name"), before: one.String("beforeOid"), after: one.String("afterOid"), force: one.Bool("force"),
		}
		wrong := g.wrongUpdate(update)
		if named[update.name] {
			wrong = failedUpdate // a reference can be changed once in one transaction
		}
		if wrong != "" {
			return nil, unprocessable(wrong)
		}
		named[update.name] = true
		updates = append(updates, update)
	}
	for _, update := range updates {
		g.apply(update)
	}
	return graph.Fields{}, nil
}

func (g *GitHub) wrongUpdate(u refUpdate) string {
	current, exists := g.git.Ref(u.name)
	switch {
	case !git.ValidRefName(u.name):
		return u.name + " is not a valid ref name."
	case u.before == zeroOID && exists, u.before != "" && u.before != zeroOID && u.before != current:
		return failedUpdate
	case u.after == zeroOID:
		return g.wrongDeletion(u.name)
	case !exists:
		return g.wrongRef(u.name, u.after)
	}
	if wrong := g.wrongMove(u.name, u.after); wrong != "" || u.force {
		return wrong
	}
	return g.notForward(u.name, u.after)
}

func (g *GitHub) apply(u refUpdate) {
	if u.after == zeroOID {
		g.removeRef(u.name)
		return
	}
	g.setRef(u.name, u.after)
}
