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
		rows = append(rows, [2]string{c.Commands.Help, "Show the commands and settings, and what to change about the set-up"})
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
		[2]string{deploy + " <environment>", "Deploy it there; " + markdown.Code(deploy+" to <environment>") + " is the same"},
		[2]string{deploy + " " + stable, "Roll back: deploy the stable branch to the default environment"},
		[2]string{deploy + " " + stable + " to <environment>", "Roll back that environment"},
		[2]string{
			deploy + " <environment> " + c.Commands.Separator + " <parameters>",
			"Hand parameters to the workflow (outputs `params` and `parsed_params`)",
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
		rows = append(rows, [2]string{take, "Lock the default environment: nobody else can deploy there"})
	}
	rows = append(rows,
		[2]string{take + " <environment>", "Lock that environment"},
		[2]string{take + " <environment> --reason <text>", "Lock it, and say why"},
		[2]string{take + " <environment> --for <time>", "Lock it for a time, such as `30m`, `2h` or `1d`"},
	)
	if global != "" {
		rows = append(
			rows,
			[2]string{take + " " + global, "Lock all environments at once"},
			[2]string{take + " " + global + " --reason <text>", "Lock them all, and say why"},
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
		rows = append(rows, [2]string{remove, "Remove the lock of the default environment, whoever it belongs to"})
	}
	rows = append(rows, [2]string{remove + " <environment>", "Remove the lock of that environment"})
	if global != "" {
		rows = append(rows, [2]string{remove + " " + global, "Remove the lock of all environments; locks of single ones stay"})
	}
	return rows
}

// askingCommands show who holds a lock.
func askingCommands(c config.Config) [][2]string {
	var rows [][2]string
	if take := c.Commands.Lock; take != "" {
		rows = append(rows, [2]string{take + " <environment> --info", "Show who holds the environment, since when and why"})
	}
	ask, global := c.Commands.LockInfo, c.Commands.GlobalFlag
	if ask == "" {
		return rows
	}
	rows = append(rows, [2]string{ask + " <environment>", "The same: where can I deploy?"})
	if global != "" {
		rows = append(rows, [2]string{ask + " " + global, "Show who holds all environments"})
	}
	return rows
}
