package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// CommandTable lists the commands that work with these settings, as a Markdown table.
func CommandTable(c config.Config) string {
	rows := append(deployCommands(c), lockCommands(c)...)
	if c.Commands.Help != "" {
		rows = append(rows, [2]string{c.Commands.Help, "Show commands and settings, and check the setup"})
	}
	var b strings.Builder
	b.WriteString("| Command | What it does |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(row[0]), cell(row[1]))
	}
	return b.String()
}

// deployCommands are the commands that deploy, each with what it does.
func deployCommands(c config.Config) [][2]string {
	deploy, stable := c.Commands.Deploy, c.StableBranch
	var rows [][2]string
	if !c.Commands.DisableNaked {
		rows = append(rows, [2]string{deploy, "Deploy the pull request to the default environment"})
	}
	rows = append(rows,
		[2]string{deploy + " <environment>", "Deploy the pull request to that environment; " + markdown.Code(deploy+" to <environment>") + " does the same"},
		[2]string{deploy + " " + stable, "Roll back: deploy the stable branch to the default environment"},
		[2]string{deploy + " " + stable + " to <environment>", "Roll back that environment"},
		[2]string{
			deploy + " <environment> " + c.Commands.Separator + " <parameters>",
			"Pass parameters to the workflow (outputs `params` and `parsed_params`)",
		},
	)
	if noop := c.Commands.Noop; noop != "" {
		rows = append(rows, [2]string{noop + " <environment>", "Rehearse: check everything, create no deployment, set output `noop` to `true`"})
	}
	return rows
}

// lockCommands are the commands about locks, each with what it does.
func lockCommands(c config.Config) [][2]string {
	if c.Locks.Disabled {
		return nil
	}
	return append(append(takingCommands(c), removingCommands(c)...), askingCommands(c)...)
}

func takingCommands(c config.Config) [][2]string {
	take, global := c.Commands.Lock, c.Commands.GlobalFlag
	if take == "" {
		return nil
	}
	var rows [][2]string
	if !c.Commands.DisableNaked {
		rows = append(rows, [2]string{take, "Lock the default environment: no one else can deploy there"})
	}
	rows = append(rows,
		[2]string{take + " <environment>", "Lock that environment"},
		[2]string{take + " <environment> --reason <text>", "Lock that environment and give a reason"},
		[2]string{take + " <environment> --for <time>", "Lock that environment for a limited time, such as `30m`, `2h` or `1d`"},
	)
	if global != "" {
		rows = append(
			rows,
			[2]string{take + " " + global, "Lock all environments at once"},
			[2]string{take + " " + global + " --reason <text>", "Lock all environments and give a reason"},
		)
	}
	return rows
}

func removingCommands(c config.Config) [][2]string {
	remove, global := c.Commands.Unlock, c.Commands.GlobalFlag
	if remove == "" {
		return nil
	}
	var rows [][2]string
	if !c.Commands.DisableNaked {
		rows = append(rows, [2]string{remove, "Unlock the default environment, even if another user locked it"})
	}
	rows = append(rows, [2]string{remove + " <environment>", "Unlock that environment"})
	if global != "" {
		rows = append(rows, [2]string{remove + " " + global, "Remove the global lock; locks on single environments stay"})
	}
	return rows
}

// askingCommands show who holds a lock.
func askingCommands(c config.Config) [][2]string {
	var rows [][2]string
	if take := c.Commands.Lock; take != "" {
		rows = append(rows, [2]string{take + " <environment> --info", "Show who has locked that environment, since when and why"})
	}
	ask, global := c.Commands.LockInfo, c.Commands.GlobalFlag
	if ask == "" {
		return rows
	}
	rows = append(rows, [2]string{ask + " <environment>", "Show who has locked that environment (where can I deploy?)"})
	if global != "" {
		rows = append(rows, [2]string{ask + " " + global, "Show who has locked all environments"})
	}
	return rows
}
