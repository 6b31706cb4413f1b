package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Refused says why a command is refused: every reason, the facts, and what to do.
func Refused(r deploy.Request, c config.Config, d deploy.Decision) string {
	if d.Denied() {
		return denied(r, d.Blocking()[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", heading(r, d))
	b.WriteString(reasons(d.Blocking()))
	if blockedBy(d, deploy.DeploymentOrderFailed) && len(d.Order) > 0 {
		b.WriteString("\n" + orderTable(c, d))
	}
	b.WriteString(tables(d.Blocking()))
	b.WriteString(locksInTheWay(r, c, d))
	return b.String()
}

// tables are those of what blocks, each once: two rules may look at the same reviews.
func tables(findings []deploy.Finding) string {
	var shown []string
	for _, f := range findings {
		if f.Details != "" && !slices.Contains(shown, "\n"+f.Details) {
			shown = append(shown, "\n"+f.Details)
		}
	}
	return strings.Join(shown, "")
}

func locksInTheWay(r deploy.Request, c config.Config, d deploy.Decision) string {
	states := slices.DeleteFunc(lockStates(d), func(s deploy.LockState) bool { return s.Status != deploy.Held && s.Status != deploy.Corrupt })
	if len(states) == 0 || !blockedBy(d, deploy.LockConflict) {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n#### Lock Details 🔒\n")
	for _, state := range states {
		if len(states) > 1 {
			b.WriteString("\n" + lockSentence(r, c, state) + "\n")
		}
		b.WriteString("\n" + lockDetails(r, c, d, state))
	}
	return b.String()
}

func blockedBy(d deploy.Decision, code deploy.Reason) bool {
	return slices.ContainsFunc(d.Blocking(), func(f deploy.Finding) bool { return f.Code == code })
}

func heading(r deploy.Request, d deploy.Decision) string {
	switch {
	case d.Reason == deploy.DeploymentOrderFailed && len(d.Order) > 0:
		return "🚦 Invalid Deployment Order"
	case d.Reason == deploy.DeploymentOrderFailed:
		return "Invalid Deployment Order"
	case d.Reason == deploy.RefChanged:
		return "Deployment Ref Changed"
	case d.Reason == deploy.DeploymentSHAMismatch:
		return "Deployment Commit Changed"
	case d.Reason == deploy.BaseBranchUpdateRequired:
		return "⚠️ Deployment Warning"
	case d.Reason == deploy.LockConflict && slices.ContainsFunc(lockStates(d), func(s deploy.LockState) bool { return s.Status == deploy.Corrupt }):
		return "⚠️ Cannot process deployment lock"
	case d.Reason == deploy.LockConflict && r.Command.Kind == command.Lock:
		return "⚠️ Cannot claim deployment lock"
	case r.Command.Kind == command.Status:
		return "⚠️ Cannot show the status"
	case r.Command.Kind.AboutLocks():
		return "⚠️ Cannot proceed with lock/unlock request"
	}
	return "⚠️ Cannot proceed with deployment"
}

// reasons lists what blocks. Gates that miss the same fact say the same, which is shown once.
func reasons(findings []deploy.Finding) string {
	items := make([]string, 0, len(findings))
	for _, f := range findings {
		item := f.Text
		if f.Hint != "" {
			item += "\n\n**What to do:** " + f.Hint
		}
		if !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	if len(items) == 1 {
		return items[0] + "\n"
	}
	var b strings.Builder
	for _, item := range items {
		b.WriteString("- " + strings.ReplaceAll(item, "\n", "\n  ") + "\n")
	}
	return strings.ReplaceAll(b.String(), "\n  \n", "\n\n")
}

func denied(r deploy.Request, f deploy.Finding) string {
	return fmt.Sprintf("👋 Sorry %s, I can't run this command for you.\n\n%s", markdown.Mention(r.Event.By()), reasons([]deploy.Finding{f}))
}

func orderTable(c config.Config, d deploy.Decision) string {
	var b strings.Builder
	b.WriteString("| | Environment | Runs now | Must run |\n| --- | --- | --- | --- |\n")
	for _, state := range d.Order {
		light := "🔴"
		if state.Satisfied {
			light = "🟢"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", light, markdown.Cell(state.Environment), running(state), markdown.Cell(deploy.Short(d.Target.SHA)))
	}
	fmt.Fprintf(&b, "\nOrder: %s\n", orderLine(c, d.Target.Environment))
	return b.String()
}

func running(state deploy.OrderState) string {
	switch {
	case state.Unavailable != nil:
		return "could not be read"
	case state.Newest == nil:
		return "nothing yet"
	}
	newest := *state.Newest
	return markdown.Cell(deploy.Short(newest.SHA)) + stateText(newest) + madeBy(state)
}

func stateText(d deploy.Deployment) string {
	statusIn := func(text string) string {
		if d.LogURL != "" {
			text += ", " + markdown.Link("log", d.LogURL)
		}
		return " (" + text + ")"
	}
	switch {
	case d.State == deploy.Active:
		return ""
	case d.InProgress():
		return statusIn("in progress")
	case d.Failed():
		return statusIn("failed")
	case slices.Contains([]string{deploy.Inactive, "DESTROYED", "ABANDONED"}, d.State):
		return " (no longer active)"
	}
	return " (" + strings.ToLower(markdown.Text(d.State)) + ")"
}

func madeBy(state deploy.OrderState) string {
	switch {
	case state.Doubt != "":
		return ", not verified"
	case !state.Foreign:
		return ""
	case state.Newest.Creator == "":
		return ", not by Lockstep"
	}
	return ", by " + markdown.Cell(state.Newest.Creator) + ", not by Lockstep"
}

func orderLine(c config.Config, environment string) string {
	if len(c.Order) == 0 {
		return markdown.Codes(c.Resolved.Earlier, ", ") + " → " + bold(environment)
	}
	names := make([]string, len(c.Order))
	for i, name := range c.Order {
		names[i] = markdown.Code(name)
		if envname.Same(name, environment) {
			names[i] = bold(name)
		}
	}
	return strings.Join(names, " → ")
}

// Deprecated says what replaced an old command.
func Deprecated(c config.Config) string {
	instead := "Type " + markdown.Code(c.Commands.Noop) + " to rehearse a deployment."
	if c.Commands.Noop == "" {
		instead = "Deploy with " + markdown.Code(c.Commands.Deploy) + "; rehearsals are off here."
	}
	return "### Deprecated Input Detected\n\n`.deploy noop` is no longer a command.\n\n**What to do:** " + instead + "\n"
}

// Naked asks for a command with an environment.
func Naked(c config.Config, body string) string {
	return fmt.Sprintf("### Missing Explicit Environment\n\nCommands must name an environment here.\n\n**What to do:** Type %s, with one of %s.\n",
		markdown.Code(triggerOf(c.Commands, body)+" <environment>"), markdown.Codes(c.Environments(), ", "))
}

func triggerOf(c config.Commands, body string) string {
	found := ""
	for _, trigger := range []string{c.Deploy, c.Noop, c.Lock, c.Unlock, c.LockInfo} {
		if strings.HasPrefix(body, trigger) && len(trigger) > len(found) {
			found = trigger
		}
	}
	return cmp.Or(found, c.Deploy)
}
