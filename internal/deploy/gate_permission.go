package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

func permissionGate() Gate {
	return Gate{
		Name:  "permission",
		Needs: func(k *Case, n *Needs) { n.Actor = k.Event.Actor },
		Parts: func(*Case) []Part { return []Part{ActorPart} },
		Code:  func(k *Case, _ Part) Reason { return permissionCode(k) },
		Check: checkPermission,
	}
}

func permissionCode(k *Case) Reason {
	if k.Command.Kind.Deploys() {
		return PrechecksFailed
	}
	return PermissionDenied
}

func checkPermission(k *Case) Finding {
	for _, has := range []string{k.Actor.Permission, k.Actor.Role} {
		if has != "" && slices.Contains(k.Config.Permissions, has) {
			return pass("the actor has the permission " + markdown.Code(has))
		}
	}
	return block(permissionCode(k),
		"You have the permission "+permissionName(k.Actor)+" in this repository; this command needs "+markdown.Codes(k.Config.Permissions, " or ")+".",
		"Ask someone with that permission to run the command, or ask an admin of the repository for access.")
}

func permissionName(a Actor) string {
	if a.Role == "" || a.Role == a.Permission {
		return markdown.Code(a.Permission)
	}
	return markdown.Code(a.Permission) + " (role " + markdown.Code(a.Role) + ")"
}
