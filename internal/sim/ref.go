package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

func refRoutes() []route {
	const refs = "/repos/{owner}/{repo}/git/refs"
	read, write := []string{"contents:read"}, []string{"contents:write"}
	return []route{
		{method: "GET", path: "/repos/{owner}/{repo}/git/ref/{ref}", needs: read, handle: (*GitHub).getRef},
		{method: "GET", path: "/repos/{owner}/{repo}/git/matching-refs/{ref}", needs: read, handle: (*GitHub).matchRefs},
		{method: "POST", path: refs, needs: write, handle: (*GitHub).postRef},
		{method: "PATCH", path: refs + "/{ref}", needs: write, handle: (*GitHub).patchRef},
		{method: "DELETE", path: refs + "/{ref}", needs: write, handle: (*GitHub).deleteRef},
		{method: "GET", path: "/repos/{owner}/{repo}/branches/{branch}", needs: read, handle: (*GitHub).getBranch},
	}
}

func (g *GitHub) restRef(name string) object {
	oid, _ := g.git.Ref(name)
	return g.restRefAt(name, oid)
}

func (g *GitHub) restRefAt(name, oid string) object {
	return object{
		"ref": name, "node_id": nodeID("REF", name), "url": g.api("/git/%s", name),
		"object": object{"type": g.git.Kind(oid), "sha": oid, "url": g.api("/git/commits/%s", oid)},
	}
}

func (g *GitHub) getRef(c *call) answer {
	name := "refs/" + c.params["ref"]
	oid, ok := g.seenRef(c, name)
	if !ok {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusOK, g.restRefAt(name, oid))
}

func (g *GitHub) matchRefs(c *call) answer {
	list := []any{}
	for _, name := range g.git.Refs("refs/" + c.params["ref"]) {
		list = append(list, g.restRef(name))
	}
	return reply(http.StatusOK, list)
}

// failedUpdate is all that GitHub says when git itself refuses a change of a reference, such as
// for a branch whose name would have to be a folder of another's.
const failedUpdate = "Reference update failed"

func isBranch(name string) bool { return strings.HasPrefix(name, "refs/heads/") }

// wrongRef says why a reference cannot be created, "" when it can.
func (g *GitHub) wrongRef(name, oid string) string {
	_, exists := g.git.Ref(name)
	switch {
	case exists:
		return "Reference already exists"
	case !git.ValidRefName(name):
		return name + " is not a valid ref name."
	case g.git.Kind(oid) == "":
		return "Object does not exist"
	case g.git.Blocked(name) || isBranch(name) && g.git.Kind(oid) != git.KindCommit:
		return failedUpdate
	}
	return g.violation(name, "creation", "Cannot create ref due to creations being restricted.")
}

// violation is the message about a ruleset that forbids a change of a branch, "" when none does.
func (g *GitHub) violation(name, rule, what string) string {
	for _, one := range g.rulesOf(strings.TrimPrefix(name, "refs/heads/")) {
		if one.Type == rule {
			return "Repository rule violations found\n\n" + what + "\n\n"
		}
	}
	return ""
}

// wrongDeletion says why a reference cannot be deleted, "" when it can.
func (g *GitHub) wrongDeletion(name string) string {
	if _, ok := g.git.Ref(name); !ok {
		return "Reference does not exist"
	}
	if name == g.git.Head() {
		return "Cannot delete the default branch"
	}
	return g.violation(name, "deletion", "Cannot delete this protected ref.")
}

// wrongMove says why a reference cannot be moved, "" when it can.
func (g *GitHub) wrongMove(name, oid string) string {
	current, exists := g.git.Ref(name)
	switch {
	case !exists:
		return "Reference does not exist"
	case g.git.Kind(oid) == "":
		return "Object does not exist"
	case isBranch(name) && g.git.Kind(oid) != git.KindCommit:
		return failedUpdate
	case !g.git.History(oid)[current]:
		return cmp.Or(g.violation(name, "non_fast_forward", "Cannot force-push to this branch."), g.wrongPush(name))
	}
	return g.wrongPush(name)
}

func (g *GitHub) wrongPush(name string) string {
	return g.violation(name, "update", "Cannot update this protected ref.")
}

// notForward says that a move without force would lose commits, "" when it would not.
func (g *GitHub) notForward(name, oid string) string {
	if current, _ := g.git.Ref(name); !g.git.History(oid)[current] {
		return "Update is not a fast forward"
	}
	return ""
}

func (g *GitHub) postRef(c *call) answer {
	name, oid := c.text("ref"), c.text("sha")
	if wrong := g.wrongRef(name, oid); wrong != "" {
		return refuse(http.StatusUnprocessableEntity, wrong)
	}
	g.setRef(name, oid)
	return reply(http.StatusCreated, g.restRef(name))
}

func (g *GitHub) patchRef(c *call) answer {
	name, oid := "refs/"+c.params["ref"], c.text("sha")
	wrong := g.wrongMove(name, oid)
	if wrong == "" && !c.flag("force", false) {
		wrong = g.notForward(name, oid)
	}
	if wrong != "" {
		return refuse(http.StatusUnprocessableEntity, wrong)
	}
	g.setRef(name, oid)
	return reply(http.StatusOK, g.restRef(name))
}

func (g *GitHub) deleteRef(c *call) answer {
	name := "refs/" + c.params["ref"]
	if wrong := g.wrongDeletion(name); wrong != "" {
		return refuse(http.StatusUnprocessableEntity, wrong)
	}
	g.removeRef(name)
	return reply(http.StatusNoContent, nil)
}

func (g *GitHub) getBranch(c *call) answer {
	branch := c.params["branch"]
	oid := g.head(branch)
	if oid == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	commit, _ := g.git.Commit(oid)
	protection := g.restProtection(branch)
	protected := len(g.rulesOf(branch)) > 0 || protection["enabled"] == true
	self := g.api("/branches/%s", branch)
	return reply(http.StatusOK, object{
		"name": branch, "commit": g.restCommit(commit), "protected": protected, "protection_url": self + "/protection",
		"protection": protection,
		"_links":     object{"self": self, "html": g.web("/tree/%s", branch)},
	})
}

// refObject is a reference as GraphQL shows it, nil without one of this full name.
func (g *GitHub) refObject(c *call, name string) *graph.Object {
	oid, ok := g.seenRef(c, name)
	if !ok {
		return nil
	}
	prefix, short := splitRef(name)
	return &graph.Object{Type: "Ref", Fields: graph.Fields{
		"id": nodeID("REF", name), "name": short, "prefix": prefix,
		"target":                 graph.Lazy(func() any { return g.gitObject(c, oid) }),
		"repository":             graph.Lazy(func() any { return g.repositoryObject(c) }),
		"compare":                g.resolveCompare(c, name),
		"refUpdateRule":          graph.Lazy(func() any { return g.refUpdateRule(c, name) }),
		"rules":                  g.resolveRules(c, name),
		"branchProtectionRule":   nil,
		"associatedPullRequests": g.resolveBranchPulls(c, short),
	}}
}

func splitRef(name string) (prefix, short string) {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/pull/", "refs/"} {
		if short, ok := strings.CutPrefix(name, prefix); ok {
			return prefix, short
		}
	}
	return "", name
}

// qualified is the full name of an existing reference, whose given name may lack its refs/ or
// refs/heads/ prefix; "" for none.
func (g *GitHub) qualified(name string) string {
	for _, prefix := range []string{"", "refs/", "refs/heads/", "refs/tags/"} {
		full := prefix + name
		if _, ok := g.git.Ref(full); ok && strings.HasPrefix(full, "refs/") {
			return full
		}
	}
	return ""
}

func (g *GitHub) resolveRef(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		return g.refObject(c, g.qualified(args.String("qualifiedName"))), nil
	}
}

func (g *GitHub) resolveRefs(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		names := g.git.Refs(args.String("refPrefix"))
		if query := args.String("query"); query != "" {
			names = slices.DeleteFunc(names, func(name string) bool { return !strings.Contains(name, query) })
		}
		if args.String("direction") == "DESC" || args.Object("orderBy").String("direction") == "DESC" {
			slices.Reverse(names)
		}
		return graph.Connection("RefConnection", len(names), func(i int) any { return g.refObject(c, names[i]) }, nil)(args)
	}
}

// resolveCompare answers what a head has over this reference. The head may be any revision.
func (g *GitHub) resolveCompare(c *call, name string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		base, _ := g.git.Ref(name)
		head, ok := g.commitAt(withoutOwner(args.String("headRef")))
		if !ok {
			return nil, nil
		}
		return g.comparisonObject(c, base, head), nil
	}
}

func (g *GitHub) comparisonObject(c *call, base, head string) *graph.Object {
	ahead, behind := g.git.Between(base, head), g.git.Between(head, base)
	return &graph.Object{Type: "Comparison", Fields: graph.Fields{
		"id": nodeID("CMP", base+"..."+head), "aheadBy": len(ahead), "behindBy": len(behind),
		"status":     strings.ToUpper(comparison(len(ahead), len(behind))),
		"baseTarget": graph.Lazy(func() any { return g.gitObject(c, base) }),
		"headTarget": graph.Lazy(func() any { return g.gitObject(c, head) }),
		"commits": graph.Connection("ComparisonCommitConnection", len(ahead),
			func(i int) any { return g.commitObject(c, ahead[i].OID) }, nil),
	}}
}
