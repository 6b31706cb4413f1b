package sim

import (
	"cmp"
	"slices"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Protection is the classic protection of a branch. It does not hold for administrators unless ForAdmins.
type Protection struct {
	Branch     string // the default branch when empty
	Checks     []string
	Strict     bool // heads must be up to date
	Reviews    int  // how many approvals are needed, 0 for no review at all
	CodeOwners bool // one of them by a code owner
	ForAdmins  bool
}

// Protect adds the classic protection of a branch.
func (g *GitHub) Protect(p Protection) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p.Branch = cmp.Or(p.Branch, g.repository.DefaultBranch)
	g.protections = append(g.protections, p)
}

// protection is the classic protection of a branch, nil when it has none.
func (g *GitHub) protection(branch string) *Protection {
	at := slices.IndexFunc(g.protections, func(p Protection) bool { return p.Branch == branch })
	if at < 0 {
		return nil
	}
	return &g.protections[at]
}

// holdsFor reports whether a protection is enforced on a user.
func (p *Protection) holdsFor(a *account) bool {
	return p != nil && (p.ForAdmins || a.Permission != "admin")
}

// restProtection is what the branch itself says of its protection. Rulesets are not part of it.
func (g *GitHub) restProtection(branch string) object {
	p := g.protection(branch)
	if p == nil {
		return object{"enabled": false}
	}
	level := "non_admins"
	if p.ForAdmins {
		level = "everyone"
	}
	if len(p.Checks) == 0 {
		level = "off"
	}
	checks := []any{}
	for _, name := range p.Checks {
		checks = append(checks, object{"context": name, "app_id": nil})
	}
	return object{"enabled": true, "required_status_checks": object{
		"enforcement_level": level, "contexts": graph.List(slices.Values(p.Checks)), "checks": checks,
	}}
}
