package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkPermission wants the actor to have one of the permissions or roles that may run commands.
func checkPermission(r Request, c config.Config, f Facts) Finding {
	code := PermissionDenied
	if r.Command.Kind.Deploys() {
		code = PrechecksFailed
	}
	if problem, missing := f.unavailable(ActorPart); missing {
		return Finding{Level: Block, Code: code, Text: problem.Text, Hint: problem.Hint}
	}
	for _, has := range []string{f.Actor.Permission, f.Actor.Role} {
		if has != "" && slices.Contains(c.Permissions, has) {
			return Finding{Text: "the actor has the permission " + markdown.Code(has)}
		}
	}
	return Finding{
		Level: Block, Code: code,
		Text: "You have the permission " + rights(f.Actor) + " in this repository; this command needs " + markdown.Codes(c.Permissions, " or ") + ".",
		Hint: "Ask someone who has it to run the command, or an admin of the repository for access.",
	}
}

// rights names what someone may do: the permission, and the role where it says more.
func rights(a Actor) string {
	if a.Role == "" || a.Role == a.Permission {
		return markdown.Code(a.Permission)
	}
	return markdown.Code(a.Permission) + " (role " + markdown.Code(a.Role) + ")"
}
