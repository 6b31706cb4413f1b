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

func trigger(kind command.Kind, c config.Commands) string {
	return map[command.Kind]string{
		command.Deploy: c.Deploy, command.Noop: c.Noop, command.Rollback: c.Rollback, command.Status: c.Status,
		command.Lock: c.Lock, command.Unlock: c.Unlock, command.LockInfo: c.LockInfo,
	}[kind]
}

func parametersGate() Gate {
	return Gate{Name: "parameters", Without: "the parameters are part of the command", Check: func(k *Case) Finding {
		if dash := k.Command.Params.LongDash; k.Unreadable == nil && dash != "" {
			return Finding{
				Level: Warn,
				Text:  "The parameter " + markdown.Code(markdown.Brief(dash)) + " begins with a long dash, and is no flag.",
				Hint:  "If it is one, type two hyphens. Phones and some systems make a long dash of them.",
			}
		}
		if k.Unreadable == nil {
			return pass("the parameters can be read")
		}
		return block(UnexpectedError,
			"The parameters after "+markdown.Code(k.Config.Commands.Separator)+" cannot be read: "+markdown.Code(markdown.Brief(k.Unreadable.Error()))+".",
			"Correct the parameters and run the command again.")
	}}
}

func lockPeriodGate() Gate {
	return Gate{Name: "parameters", Without: "the period is part of the command", Check: func(k *Case) Finding {
		if k.Unreadable == nil {
			return pass("the command can be read")
		}
		return block(UnexpectedError,
			"The command cannot be read: "+markdown.Code(markdown.Brief(k.Unreadable.Error()))+".",
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
	actor := markdown.Code(k.Event.By())
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
		Needs: func(k *Case, n *Needs) { n.Actor, n.RerunBy = k.Event.Actor, k.Event.RerunBy() },
		Parts: permissionParts,
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

func permissionParts(k *Case) []Part {
	if k.Event.RerunBy() == "" {
		return []Part{ActorPart}
	}
	return []Part{ActorPart, RerunnerPart}
}

// checkPermission wants a run that was started again to be permitted to both users: GitHub lets everyone who may write
// start it again, and the user who wrote the command may have lost the permission since.
func checkPermission(k *Case) Finding {
	needed := markdown.Codes(k.Config.Permissions, " or ")
	switch {
	case k.Event.Triggering == "":
		return block(permissionCode(k),
			"The runner does not say who started this run again.",
			"Write the command in a new comment.")
	case k.permitted(k.acting()) == "":
		return block(permissionCode(k),
			"You have the permission "+permissionName(k.acting())+" in this repository; this command needs "+needed+".",
			"Ask someone with that permission to run the command, or ask an admin of the repository for access.")
	case k.permitted(k.Actor) == "":
		return block(permissionCode(k),
			"The command is by "+markdown.Code(k.Event.Actor)+", who has the permission "+permissionName(k.Actor)+" in this repository; it needs "+needed+".",
			"Write the command in a new comment of your own.")
	}
	return pass("the actor has the permission " + markdown.Code(k.permitted(k.acting())))
}

// permitted returns which permission or role lets a user run commands, "" for none.
func (k *Case) permitted(a Actor) string {
	for _, has := range []string{a.Permission, a.Role} {
		if slices.Contains(k.Config.Permissions, has) {
			return has
		}
	}
	return ""
}

// acting is who started this attempt of the run.
func (k *Case) acting() Actor {
	if k.Event.RerunBy() == "" {
		return k.Actor
	}
	return k.Rerunner
}

func permissionName(a Actor) string {
	if a.Role == "" || a.Role == a.Permission {
		return markdown.Code(a.Permission)
	}
	return markdown.Code(a.Permission) + " (role " + markdown.Code(a.Role) + ")"
}
