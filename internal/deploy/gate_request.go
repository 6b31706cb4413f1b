package deploy

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The gates in this file look at what was asked for, and at nothing on GitHub.

// environmentGate wants the command to name an environment that it may name.
func environmentGate() Gate {
	return Gate{Name: "environment", Without: "the command names the environment", Check: checkEnvironment}
}

func checkEnvironment(k *Case) Finding {
	if k.Command.KnownEnvironment {
		return pass("the command names a known environment")
	}
	c := k.Config
	return Finding{
		Level: Block, Code: InvalidEnvironment,
		Text: "The command does not name an environment that I know.",
		Hint: "The environments are " + markdown.Codes(c.Targets, ", ") + ". Type " + environmentForms(k.Command.Kind, c.Commands, c.StableBranch) + ".",
	}
}

// environmentForms lists the ways in which a command names an environment.
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

// parametersGate wants the text behind the separator to be parameters.
func parametersGate() Gate {
	return Gate{Name: "parameters", Without: "the parameters are part of the command", Check: checkParameters}
}

func checkParameters(k *Case) Finding {
	if k.Unreadable == nil {
		return pass("the parameters can be read")
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The parameters after " + markdown.Code(k.Config.Commands.Separator) + " cannot be read: " + markdown.Code(k.Unreadable.Error()) + ".",
		Hint: "Correct the parameters and run the command again.",
	}
}

// lockPeriodGate wants the time that a lock is asked for to be one.
func lockPeriodGate() Gate {
	return Gate{Name: "parameters", Without: "the period is part of the command", Check: checkLockPeriod}
}

func checkLockPeriod(k *Case) Finding {
	if k.Unreadable == nil {
		return pass("the command can be read")
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The command cannot be read: " + markdown.Code(k.Unreadable.Error()) + ".",
		Hint: "Type for example " + markdown.Code("--for 2h") + ", with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.",
	}
}

// statusGate wants a tracked step to say which state it records.
func statusGate() Gate {
	return Gate{Name: "status", Without: "the workflow sets the state", Check: checkStatus}
}

func checkStatus(k *Case) Finding {
	if k.Config.Status != "" {
		return pass("the state to record is known")
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The input `status` is empty: there is no state to record.",
		Hint: "Set it to `started`, `success`, `failure` or `cancelled`, or leave it out to use the job's status.",
	}
}

// confirmationGate wants the actor to confirm, where that is required. Before the question is asked it
// passes: the verdict Ask follows.
func confirmationGate() Gate {
	return Gate{Name: "confirmation", Without: "the question is asked after every other gate has passed", Check: checkConfirmation}
}

func checkConfirmation(k *Case) Finding {
	actor := markdown.Code(k.Event.Actor)
	switch k.Answer.Kind {
	case Rejected:
		return Finding{
			Level: Block, Code: ConfirmationRejected,
			Text: "The deployment was rejected by " + actor + ".",
			Hint: "Run the command again when it may go ahead.",
		}
	case TimedOut:
		return Finding{
			Level: Block, Code: ConfirmationTimedOut,
			Text: fmt.Sprintf("%s did not confirm within %d seconds.", actor, k.Config.Confirmation.Timeout/time.Second),
			Hint: "Run the command again, and react to the question in time.",
		}
	case Confirmed:
		return pass("the deployment was confirmed")
	case NoAnswer:
	}
	if k.Config.Confirmation.Required {
		return pass("the deployment waits for a confirmation")
	}
	return pass("no confirmation is needed")
}
