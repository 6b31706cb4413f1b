package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/period"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Help lists the commands and settings in effect, and the findings of a check of the setup.
func Help(c config.Config, d deploy.Decision) string {
	var b strings.Builder
	b.WriteString("## 📚 Branch Deployment Help\n\nThese are the commands and settings in effect for this workflow.\n\n")
	if c.Locks.Disabled {
		b.WriteString("> 🔓 Locks are off (`disable_lock`): lock commands do nothing, and deployments do not wait for locks.\n\n")
	}
	b.WriteString("### 💻 Available Commands\n\n" + CommandTable(c))
	b.WriteString("\n### 🌍 Environments\n\n" + environments(c) + policyLine(d.Policy) + rules(c, d))
	b.WriteString("\n### 🔭 Example Commands\n\n" + examples(c))
	b.WriteString("\n### ⚙️ Configuration\n\n| Setting | Value |\n| --- | --- |\n")
	for _, s := range slices.Concat(commandSettings(c), gateSettings(c), lockSettings(c), messageSettings(c)) {
		fmt.Fprintf(&b, "| %s | %s |\n", s[0], cell(s[1]))
	}
	b.WriteString(changedInputs(c.Changed))
	if len(d.Checkup) > 0 {
		b.WriteString("\n### 🩺 Check-up\n\n" + Checkup(d.Checkup))
	}
	return b.String()
}

// policyLine says which rules file is in effect.
func policyLine(p deploy.PolicyState) string {
	if cell := policyCell(p); cell != "" {
		return "- Rules file: " + cell + ".\n"
	}
	return ""
}

func changedInputs(all []config.Changed) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n### 🔧 Inputs that differ from their defaults\n\n| Input | Value |\n| --- | --- |\n")
	for _, one := range all {
		value := "empty"
		if one.Value != "" {
			value = markdown.Cell(one.Value)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(one.Input), value)
	}
	return b.String()
}

func environments(c config.Config) string {
	order := "No order is enforced: environments are independent."
	switch {
	case c.Policy != nil:
		order = "The rules file says which environment comes after which."
	case len(c.Order) > 0:
		order = "A commit must run in each environment before the next one: " + markdown.Codes(c.Order, " → ") + ". " +
			scope(c.OrderScope)
	}
	return fmt.Sprintf("- Default environment: %s.\n- Environments that commands can name: %s.\n- Production environments: %s.\n- %s\n- Listed environments are still subject to the checks below.\n",
		codeOrNone(c.Environment), listed(c.Targets), where(c, c.ProductionEnvironments, func(r config.Resolved) bool { return r.Production }), order)
}

// where lists environments of which a setting is true: those that an input lists, or those of the rules file.
func where(c config.Config, inputs []string, isTrue func(config.Resolved) bool) string {
	if c.Policy == nil {
		return listed(inputs)
	}
	return listed(slices.DeleteFunc(c.Policy.Names(), func(name string) bool { return !isTrue(c.For(name).Resolved) }))
}

// elsewhere says that the rules file sets something for some environments.
func elsewhere(c config.Config, isSet func(policy.Rules) bool) string {
	if c.Policy == nil {
		return ""
	}
	sets := func(name string) bool {
		rules := c.For(name).Resolved.Rules
		return rules != nil && isSet(*rules)
	}
	return choose(slices.ContainsFunc(c.Policy.Names(), sets), "; the rules file says otherwise for some environments", "")
}

func scope(s config.OrderScope) string {
	switch {
	case s == config.VerifiedDeployments:
		return "Only Lockstep's deployments count, by runs of workflows on the default branch."
	case s.OwnOnly():
		return "Only Lockstep's deployments count."
	}
	return "Deployments by other tools count too."
}

func examples(c config.Config) string {
	first := c.Environment
	if len(c.Targets) > 0 {
		first = c.Targets[0]
	}
	word := c.Commands.Deploy
	rows := [][2]string{
		{word + " " + first, "deploy this pull request to " + markdown.Code(first)},
		{word + " " + c.StableBranch + " to " + first, "roll back " + markdown.Code(first)},
	}
	if c.Environment != "" {
		rows = slices.Insert(rows, 1, [2]string{word + " " + c.StableBranch, "roll back " + markdown.Code(c.Environment)})
	}
	if noop := c.Commands.Noop; noop != "" {
		rows = append(rows, [2]string{noop + " " + first, "rehearse the deployment to " + markdown.Code(first)})
	}
	if status := c.Commands.Status; status != "" {
		rows = append(rows, [2]string{status, "see what runs where, and what you can deploy"})
	}
	rows = append(rows, lockExamples(c, first)...)
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "- %s: %s\n", markdown.Code(row[0]), row[1])
	}
	return b.String()
}

func lockExamples(c config.Config, environment string) [][2]string {
	if c.Locks.Disabled {
		return nil
	}
	var rows [][2]string
	for _, row := range [][3]string{
		{c.Commands.Lock, " --for 2h --reason investigating an outage", "lock %s for two hours"},
		{c.Commands.Unlock, "", "unlock %s"},
		{c.Commands.LockInfo, "", "see who has locked %s"},
	} {
		if row[0] != "" {
			rows = append(rows, [2]string{row[0] + " " + environment + row[1], fmt.Sprintf(row[2], markdown.Code(environment))})
		}
	}
	return rows
}

func commandSettings(c config.Config) [][2]string {
	return [][2]string{
		{"Permissions that can run commands", markdown.Codes(c.Permissions, ", ")},
		{"Commands without an environment", choose(!c.Commands.DisableNaked, "allowed", "not allowed")},
		{"Reaction to a command", codeOrNone(c.Reaction)},
		{"Stable branch", markdown.Code(c.StableBranch)},
	}
}

func gateSettings(c config.Config) [][2]string {
	return [][2]string{
		{"Checks that must pass", choose(c.Checks.Mode == config.ListedChecks, markdown.Codes(c.Checks.Names, ", "), markdown.Code(string(c.Checks.Mode))) +
			elsewhere(c, func(r policy.Rules) bool { return r.Checks.IsSet() })},
		{"Ignored checks", listed(c.Checks.Ignored)},
		{"Environments without checks", where(c, c.Checks.Skip, func(r config.Resolved) bool { return r.SkipsChecks })},
		{"Environments without reviews", where(c, c.Reviews.Skip, func(r config.Resolved) bool { return r.SkipsReviews })},
		{"Admins (need no review)", listed(append(slices.Clone(c.Admins.Logins), c.Admins.Teams...))},
		{"Outdated branches", markdown.Code(string(c.Outdated.Update)) + ", compared by " + markdown.Code(string(c.Outdated.Mode)) +
			elsewhere(c, func(r policy.Rules) bool { return r.UpdateBranch.IsSet() })},
		{"Environments that take drafts", where(c, c.Origin.Drafts, func(r config.Resolved) bool { return r.AllowsDrafts })},
		{"Forks", choose(c.Origin.Forks, "allowed", "not allowed")},
		{"Other target branches", choose(c.Origin.OtherBases, "allowed", "not allowed")},
		{"Exact commits", choose(c.Origin.ExactCommits, "allowed", "not allowed")},
		{"Verified signatures", choose(c.Origin.Verification, "required", "not required")},
		{"Commit statuses that GitHub requires", listed(c.RequiredContexts)},
		{"Warnings about rules of the stable branch", choose(c.SecurityWarnings, "on", "off")},
		{"Confirmation by the actor", confirmationSetting(c.Confirmation) + elsewhere(c, func(r policy.Rules) bool { return r.Confirm.IsSet() })},
	}
}

func confirmationSetting(c config.Confirmation) string {
	if !c.Required {
		return "not required"
	}
	return "required within " + seconds(c.Timeout)
}

func lockSettings(c config.Config) [][2]string {
	if c.Locks.Disabled {
		return [][2]string{{"Locks", "off"}}
	}
	const stays, ends = "sticky: stays when it has ended", "released when it ends"
	expiry := "never"
	if c.Locks.Expiry > 0 {
		expiry = "after " + markdown.Code(period.Format(c.Locks.Expiry)) + ", unless a command says otherwise"
	}
	return [][2]string{
		{"Lock of a deployment", choose(c.Locks.Sticky, stays, ends)},
		{"Lock of a rehearsal", choose(c.Locks.StickyNoop, stays, ends)},
		{"Sticky locks expire", expiry},
		{"Locks belong to", choose(c.Locks.Owner == config.OwnedByPull, "the pull request where they were taken", "the user who took them")},
	}
}

func messageSettings(c config.Config) [][2]string {
	return [][2]string{
		{"Results are posted", choose(c.Messages.Style == config.UpdateComment, "by updating the start comment", "in a new comment")},
		{"Template for results, if it exists", codeOrNone(c.Messages.TemplatePath)},
		{"Labels after a deployment", labelSetting(c.Labels.Deployed, c.Labels.SkipDeployedIfApproved)},
		{"Labels after a failed deployment", listed(c.Labels.DeployFailed)},
		{"Labels after a rollback, in addition", listed(c.Labels.RolledBack)},
		{"Labels after a rehearsal", labelSetting(c.Labels.Noop, c.Labels.SkipNoopIfApproved)},
		{"Labels after a failed rehearsal", listed(c.Labels.NoopFailed)},
	}
}

func labelSetting(names []string, notIfApproved bool) string {
	return listed(names) + choose(notIfApproved && len(names) > 0, ", unless the pull request is approved", "")
}

func codeOrNone(text string) string {
	if text == "" {
		return "none"
	}
	return markdown.Code(text)
}

func listed(names []string) string { return cmp.Or(markdown.Codes(names, ", "), "none") }

func choose(is bool, yes, no string) string { return map[bool]string{true: yes, false: no}[is] }

// LocksOff answers lock commands when locks are off.
func LocksOff() string {
	return "Locks are off in this repository (`disable_lock`): nothing was locked or unlocked.\n"
}

// CommandTable returns the commands that work with these settings, as a Markdown table.
func CommandTable(c config.Config) string {
	rows := append(deployCommands(c), lockCommands(c)...)
	rows = append(rows, aboutCommands(c)...)
	var b strings.Builder
	b.WriteString("| Command | What it does |\n| --- | --- |\n")
	for _, row := range rows {
		if row.works {
			fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(row.command), cell(row.does))
		}
	}
	return b.String()
}

// aboutCommands are the commands that change nothing.
func aboutCommands(c config.Config) []commandRow {
	status, help := c.Commands.Status, c.Commands.Help
	return []commandRow{
		{status != "", status, "Show what runs in each environment, and what is in the way of this pull request"},
		{status != "", status + " <environment>", "Show everything about that environment: its last deployments, and what each check says"},
		{help != "", help, "Show commands and settings, and check the setup"},
	}
}

type commandRow struct {
	works         bool
	command, does string
}

func deployCommands(c config.Config) []commandRow {
	deploy, noop, stable, separator := c.Commands.Deploy, c.Commands.Noop, c.StableBranch, c.Commands.Separator
	back := c.Commands.Rollback
	elsewhere := markdown.Code(deploy + " to <environment>")
	return []commandRow{
		{!c.Commands.DisableNaked, deploy, "Deploy the pull request to the default environment"},
		{true, deploy + " <environment>", "Deploy the pull request to that environment; " + elsewhere + " does the same"},
		{back != "", back + " <environment>", "Roll back to the previous good version in that environment"},
		{back != "", back + " <environment> to <commit or version>", "Roll back to a version that ran there before; `--reason <text>` says why"},
		{c.Environment != "", deploy + " " + stable, "Deploy the stable branch to the default environment"},
		{true, deploy + " " + stable + " to <environment>", "Deploy the stable branch to that environment"},
		{
			true, deploy + " <environment> " + separator + " <parameters>",
			"Pass parameters to the workflow (outputs `params` and `parsed_params`)",
		},
		{noop != "", noop + " <environment>", "Rehearse: check everything, create no deployment, set output `noop` to `true`"},
	}
}

func lockCommands(c config.Config) []commandRow {
	if c.Locks.Disabled {
		return nil
	}
	lock, unlock, info, global := c.Commands.Lock, c.Commands.Unlock, c.Commands.LockInfo, c.Commands.GlobalFlag
	locks, unlocks, informs, naked, all := lock != "", unlock != "", info != "", !c.Commands.DisableNaked, global != ""
	return []commandRow{
		{locks && naked, lock, "Lock the default environment: no one else can deploy there"},
		{locks, lock + " <environment>", "Lock that environment"},
		{locks, lock + " <environment> --reason <text>", "Lock that environment and give a reason"},
		{locks, lock + " <environment> --for <time>", "Lock that environment for a limited time, such as `30m`, `2h` or `1d`"},
		{locks && all, lock + " " + global, "Lock all environments at once"},
		{locks && all, lock + " " + global + " --reason <text>", "Lock all environments and give a reason"},
		{unlocks && naked, unlock, "Unlock the default environment, even if another user locked it"},
		{unlocks, unlock + " <environment>", "Unlock that environment"},
		{unlocks && all, unlock + " " + global, "Remove the global lock; locks on single environments stay"},
		{locks, lock + " <environment> --info", "Show who has locked that environment, since when and why"},
		{informs, info + " <environment>", "Show who has locked that environment (where can I deploy?)"},
		{informs && all, info + " " + global, "Show who has locked all environments"},
	}
}
