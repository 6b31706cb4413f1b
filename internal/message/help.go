package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// CommandTable lists the commands that work with these settings, as a Markdown table.
func CommandTable(c config.Config) string {
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
	if c.Commands.Help != "" {
		rows = append(rows, [2]string{c.Commands.Help, "Show the commands and settings"})
	}
	var b strings.Builder
	b.WriteString("| Command | What it does |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(row[0]), cell(row[1]))
	}
	return b.String()
}

// Help lists the commands and the settings in force.
func Help(c config.Config) string {
	settings := [][2]string{
		{"Default environment", markdown.Code(c.Environment)},
		{"Environments", markdown.Codes(c.Targets, ", ")},
		{"Production environments", cmp.Or(markdown.Codes(c.ProductionEnvironments, ", "), "none")},
		{"Enforced order", cmp.Or(markdown.Codes(c.Order, " → "), "none")},
		{"Deployments that count for the order", markdown.Code(string(c.OrderScope))},
		{"Stable branch", markdown.Code(c.StableBranch)},
		{"Permissions that may run commands", markdown.Codes(c.Permissions, ", ")},
	}
	settings = append(settings, gateSettings(c)...)
	var b strings.Builder
	b.WriteString("## 📚 Branch Deployment Help\n\n### 💻 Available Commands\n\n")
	b.WriteString(CommandTable(c))
	b.WriteString("\n### ⚙️ Configuration\n\n| Setting | Value |\n| --- | --- |\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "| %s | %s |\n", s[0], cell(s[1]))
	}
	return b.String()
}

// gateSettings are the settings of the checks before a deployment.
func gateSettings(c config.Config) [][2]string {
	return [][2]string{
		{"Checks that must have passed", checkSetting(c.Checks)},
		{"Ignored checks", listed(c.Checks.Ignored)},
		{"Environments without checks", listed(c.Checks.Skip)},
		{"Environments without reviews", listed(c.Reviews.Skip)},
		{"Admins, who need no review", listed(append(slices.Clone(c.Admins.Logins), c.Admins.Teams...))},
		{"Outdated branches", markdown.Code(string(c.Outdated.Update)) + ", compared as " + markdown.Code(string(c.Outdated.Mode))},
		{"Environments for drafts", listed(c.Origin.Drafts)},
		{"Forks", allowed(c.Origin.Forks)},
		{"Other target branches", allowed(c.Origin.OtherBases)},
		{"Exact commits", allowed(c.Origin.ExactCommits)},
		{"Verified signatures", map[bool]string{true: "required", false: "not required"}[c.Origin.Verification]},
	}
}

func checkSetting(c config.Checks) string {
	if c.Mode == config.ListedChecks {
		return markdown.Codes(c.Names, ", ")
	}
	return markdown.Code(string(c.Mode))
}

func listed(names []string) string { return cmp.Or(markdown.Codes(names, ", "), "none") }

func allowed(is bool) string {
	return map[bool]string{true: "allowed", false: "not allowed"}[is]
}

// LocksOff answers lock commands where nothing can be locked.
func LocksOff() string {
	return "Locks are switched off here: nothing was locked or unlocked, and no deployment waits for a lock.\n"
}
