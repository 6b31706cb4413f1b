package sim

import (
	"maps"
	"net/http"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Token is an access token of a user. Permissions are those of a workflow's token, such as
// {"deployments": "write", "pull-requests": "read"}; what is missing there is not granted,
// and nil grants everything that the kind of token can have.
type Token struct {
	Value, Login string
	Kind         TokenKind
	Permissions  map[string]string
}

// TokenKind says what a token is: what it can be granted at all, and how GitHub refuses it.
type TokenKind string

// The kinds of tokens.
const (
	InstallationToken TokenKind = ""             // of an app, such as the workflow's own
	FineGrainedToken  TokenKind = "fine-grained" // personal, with permissions; not for check runs
	ClassicToken      TokenKind = "classic"      // personal, with the scope repo: may do what its owner may
)

type credential struct{ Token }

// forbidden is GitHub's message for a permission that the token lacks.
func (t *credential) forbidden() string {
	if t.Kind == FineGrainedToken {
		return "Resource not accessible by personal access token"
	}
	return "Resource not accessible by integration"
}

// AddToken adds or replaces a token. Requests with an unknown one are answered 401.
func (g *GitHub) AddToken(t Token) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.Permissions = maps.Clone(t.Permissions)
	g.tokens[t.Value] = &credential{Token: t}
	g.user(t.Login)
}

// allows reports whether the token has one of the needed permissions, each spelled
// "name:level". Needing none is always granted.
func (t *credential) allows(needs ...string) bool {
	if len(needs) == 0 {
		return true
	}
	for _, need := range needs {
		name, level, _ := strings.Cut(need, ":")
		if t.Kind == FineGrainedToken && name == "checks" {
			continue
		}
		if t.Permissions == nil || t.Kind == ClassicToken {
			return true
		}
		granted := t.Permissions[name]
		if granted == "write" || granted == level {
			return true
		}
	}
	return false
}

// guard makes a resolver that answers only to tokens with one of the needed permissions.
func (c *call) guard(value any, needs ...string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		if !c.token.allows(needs...) {
			return nil, graph.NewError("FORBIDDEN", "%s", c.token.forbidden())
		}
		if resolve, ok := value.(graph.Resolver); ok {
			return resolve(args)
		}
		return value, nil
	}
}

// admit checks who asks and how, before anything is done.
func (g *GitHub) admit(c *call) (refused answer, ok bool) {
	if c.request.UserAgent() == "" {
		g.traffic.violate("%s %s: no User-Agent", c.request.Method, c.path)
		return refuse(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."), false
	}
	scheme, value, _ := strings.Cut(c.request.Header.Get("Authorization"), " ")
	token, known := g.tokens[strings.TrimSpace(value)]
	switch {
	case value == "":
		return refuse(http.StatusUnauthorized, "Requires authentication"), false
	case !known || !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token"):
		return refuse(http.StatusUnauthorized, "Bad credentials"), false
	}
	c.token = token
	if g.rate.exhausted(c, g.now()) {
		return c.exceeded(), false
	}
	g.rate.spend(c)
	return answer{}, true
}
