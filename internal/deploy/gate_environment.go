package deploy

import (
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkEnvironment wants the command to name an environment that it may name.
func checkEnvironment(r Request, c config.Config, _ Facts) Finding {
	if r.Command.KnownEnvironment {
		return Finding{Text: "the command names a known environment"}
	}
	return Finding{
		Level: Block, Code: InvalidEnvironment,
		Text: "The command names no environment that I know.",
		Hint: "The environments here are " + markdown.Codes(c.Targets, ", ") + ". Write " + environmentForms(r.Command.Kind, c.Commands, c.StableBranch) + ".",
	}
}

// environmentForms tells how a command names an environment.
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
	return plain + ", or " + rollback + " for a rollback; parameters go behind " + markdown.Code(c.Separator)
}
