package deploy

import (
	"fmt"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The gates in this file look at what was asked for, and at nothing on GitHub.

func environmentGate() Gate {
	return Gate{Name: "environment", Without: "the command names the environment", Check: func(k *Case) Finding {
		if k.Command.KnownEnvironment {
			return pass("the command names a known environment")
		}
		c := k.Config
		return block(InvalidEnvironment,
			"The command does not name an environment that I know.",
			"The environments are "+markdown.Codes(c.Targets, ", ")+". Type "+environmentForms(k.Command.Kind, c.Commands, c.StableBranch)+".")
	}}
}

func environmentForms(kind command.Kind, c config.Commands, stableBranch string) string {
	words := map[command.Kind]string{
		command.Deploy: c.Deploy, command.Noop: c.Noop,
		command.Lock: c.Lock, command.Unlock: c.Unlock, command.LockInfo: c.LockInfo,
	}
	plain := markdown.Code(words[kind] + " <environment>")
	if !kind.Deploys() {
		return plain
	}
	rollback := markdown.Code(words[kind] + " " + stableBranch + " to <environment>")
	return plain + ", or " + rollback + " for a rollback; parameters follow " + markdown.Code(c.Separator)
}

func parametersGate() Gate {
	return Gate{Name: "parameters", Without: "the parameters are part of the command", Check: func(k *Case) Finding {
		if dash := k.Command.Params.LongDash; k.Unreadable == nil && dash != "" {
			return Finding{
				Level: Warn,
				Text:  "The parameter " + markdown.Code(dash) + " begins with a long dash, and is no flag.",
				Hint:  "If it is one, type two hyphens. Phones and some systems make a long dash of them.",
			}
		}
		if k.Unreadable == nil {
			return pass("the parameters can be read")
		}
		return block(UnexpectedError,
			"The parameters after "+markdown.Code(k.Config.Commands.Separator)+" cannot be read: "+markdown.Code(k.Unreadable.Error())+".",
			"Correct the parameters and run the command again.")
	}}
}

func lockPeriodGate() Gate {
	return Gate{Name: "parameters", Without: "the period is part of the command", Check: func(k *Case) Finding {
		if k.Unreadable == nil {
			return pass("the command can be read")
		}
		return block(UnexpectedError,
			"The command cannot be read: "+markdown.Code(k.Unreadable.Error())+".",
			"Type for example "+markdown.Code("--for 2h")+", with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.")
	}}
}

func statusGate() Gate {
	return Gate{Name: "status", Without: "the workflow sets the state", Check: func(k *Case) Finding {
		if k.Config.Status != "" {
			return pass("the state to record is known")
		}
		return block(UnexpectedError,
			"The input `status` is empty: there is no state to record.",
			"Set it to `started`, `success`, `failure` or `cancelled`, or leave it out to use the job's status.")
	}}
}

// confirmationGate passes before the question is asked: the verdict Ask follows.
func confirmationGate() Gate {
	return Gate{Name: "confirmation", Without: "the question is asked after every other gate has passed", Check: checkConfirmation}
}

func checkConfirmation(k *Case) Finding {
	actor := markdown.Code(k.Event.Actor)
	switch k.Answer.Kind {
	case Rejected:
		return block(ConfirmationRejected,
			"The deployment was rejected by "+actor+".",
			"Run the command again when it may go ahead.")
	case TimedOut:
		return block(ConfirmationTimedOut,
			fmt.Sprintf("%s did not confirm within %d seconds.", actor, k.Config.Confirmation.Timeout/time.Second),
			"Run the command again, and react to the question in time.")
	case Confirmed:
		return pass("the deployment was confirmed")
	case NoAnswer:
	}
	if k.Config.Confirmation.Required {
		return pass("the deployment waits for a confirmation")
	}
	return pass("no confirmation is needed")
}

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
