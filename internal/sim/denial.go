package sim

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// What GitHub says where the cause is not a permission of the token.
const (
	archivedMessage = "Repository was archived so is read-only."
	lockedMessage   = "Unable to create comment because issue is locked."
	addressMessage  = "Although you appear to have the correct authorization credentials, the `%s` organization has an IP allow list " +
		"enabled, and your IP address is not permitted to access this resource."
	samlMessage = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."
)

// FieldRefusal makes GraphQL answer a field with an error.
type FieldRefusal struct {
	Field   string // "Type.field", such as "Ref.rules"
	Type    string // of the error, FORBIDDEN unless given
	Message string // what a missing permission is answered with, unless given
	Skip    int    // how often the field is answered before: of the elements of a list, say
	Times   int    // how often it is refused, 0 for always
}

type fieldRefusal struct {
	FieldRefusal
	seen int
}

// RefuseField makes GraphQL answer a field with an error from here on.
func (g *GitHub) RefuseField(r FieldRefusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refusals = append(g.refusals, &fieldRefusal{FieldRefusal: r})
}

// Lacks makes the server an older one, whose schema has none of these fields ("Type.field").
func (g *GitHub) Lacks(fields ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lacking = append(g.lacking, fields...)
}

// Archive makes the repository read-only.
func (g *GitHub) Archive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.archived = true
}

// RestrictAddresses gives the organization an IP allow list on which no client is.
func (g *GitHub) RestrictAddresses() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.barred = strings.Replace(addressMessage, "%s", g.repository.Owner, 1)
}

// EnforceSAML makes the organization refuse tokens that were not authorized for its single sign-on.
func (g *GitHub) EnforceSAML() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.barred = samlMessage
}

// LockConversation locks the conversation of a pull request: people with write access may still comment, apps may not.
func (g *GitHub) LockConversation(number int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.existing(number).locked = true
}

func lockRoutes() []route {
	const path = "/repos/{owner}/{repo}/issues/{issue_number}/lock"
	setLocked := func(locked bool) func(*GitHub, *call) answer {
		return onPull(func(_ *GitHub, _ *call, p *pull) answer {
			p.locked = locked
			return reply(http.StatusNoContent, nil)
		})
	}
	return []route{
		{method: "PUT", path: path, needs: conversation("write"), handle: setLocked(true)},
		{method: "DELETE", path: path, needs: conversation("write"), handle: setLocked(false)},
	}
}

// refuseField is the error of a field that was arranged to fail, nil for any other.
func (g *GitHub) refuseField(c *call, typeName, field string) error {
	for _, one := range g.refusals {
		if one.Field != typeName+"."+field {
			continue
		}
		one.seen++
		if one.seen <= one.Skip || one.Times > 0 && one.seen > one.Skip+one.Times {
			continue
		}
		return graph.NewError(cmp.Or(one.Type, "FORBIDDEN"), "%s", cmp.Or(one.Message, c.token.forbidden()))
	}
	return nil
}

// denied refuses a REST request for another reason than a permission.
func (g *GitHub) denied(c *call) (refused answer, ok bool) {
	switch {
	case g.barred != "":
		return refuse(http.StatusForbidden, g.barred), true
	case g.archived && c.request.Method != http.MethodGet:
		return refuse(http.StatusForbidden, archivedMessage), true
	}
	return answer{}, false
}

// passing makes a resolver that answers unless the organization lets no request through. Whether the token has a
// permission is looked at later.
func (g *GitHub) passing(resolve graph.Resolver) graph.Resolver {
	return func(args graph.Args) (any, error) {
		if g.barred != "" {
			return nil, graph.NewError("FORBIDDEN", "%s", g.barred)
		}
		return resolve(args)
	}
}

// mayTalk reports whether the token may comment and react in the conversation.
func (g *GitHub) mayTalk(c *call, p *pull) bool {
	return p == nil || !p.locked || c.token.Kind != InstallationToken && g.user(c.token.Login).canWrite()
}
