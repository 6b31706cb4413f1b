package command

import "github.com/lockstep-action/lockstep/internal/js"

// status reads the environment behind the trigger, if one is named.
func (g Grammar) status(command Command) Command {
	command.Kind, command.KnownEnvironment = Status, true
	if named := js.Trim(command.Text[len(g.StatusTrigger):]); named != "" {
		command.About = g.named(named)
		command.Environment, command.KnownEnvironment = command.About, command.About != ""
	}
	return command
}
