// Package command reads commands from pull request comments.
//
// A comment is untrusted text: it may contain anything, and reading it takes time in proportion to its length.
// A comment means the same as to branch-deploy, except where it would do something else than it says.
package command

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
)

// Kind says what a comment asks for.
type Kind int

// The kinds of commands.
const (
	None       Kind = iota // the comment is no command
	Deploy                 // deploy the pull request, an exact commit or the stable branch
	Noop                   // the same, without changing anything
	Lock                   // claim an environment
	Unlock                 // release an environment
	LockInfo               // show who has locked an environment
	Help                   // explain the commands
	Deprecated             // a command of an old version, which is answered but not run
	Naked                  // a command without an environment where that is forbidden
	Rollback               // deploy again what last ran in an environment and was good
	Status                 // show what runs where
)

//nolint:gochecknoglobals // a table
var kindNames = map[Kind]string{
	Deploy: "deploy", Noop: "noop", Lock: "lock", Unlock: "unlock", LockInfo: "lock_info", Help: "help",
	Deprecated: "deprecated", Naked: "naked", Rollback: "rollback", Status: "status",
}

// String returns the kind's name.
func (k Kind) String() string { return cmp.Or(kindNames[k], "none") }

// Deploys reports whether the kind asks for a deployment or its rehearsal.
func (k Kind) Deploys() bool { return k == Deploy || k == Noop || k == Rollback }

// Changes reports whether the kind asks for a deployment that changes something.
func (k Kind) Changes() bool { return k == Deploy || k == Rollback }

// AboutLocks reports whether the kind is about a lock.
func (k Kind) AboutLocks() bool { return k == Lock || k == Unlock || k == LockInfo }

// Grammar is what the configuration says about commands. An empty trigger never matches.
type Grammar struct {
	Trigger       string // begins a deployment
	NoopTrigger   string // begins a noop deployment
	LockTrigger   string // claims a lock, or shows it
	UnlockTrigger string // releases a lock
	HelpTrigger   string // asks for help
	LockInfoAlias string // shows a lock

	RollbackTrigger string // deploys again what was good
	StatusTrigger   string // shows what runs where

	ParamSeparator       string   // comes between a deployment command and its parameters
	GlobalLockFlag       string   // makes a lock command speak of all environments; "" is off
	StableBranch         string   // the branch that a rollback deploys
	DefaultEnvironment   string   // meant when none is named; it need not be among the targets
	EnvironmentTargets   []string // the environments that may be named, in order of precedence
	DisableNakedCommands bool     // refuse commands that name no environment
	Flags                bool     // deployment commands have flags: there are rules that can be lifted
}

// Command is what a comment asks for. Only the fields that belong to its kind are set.
type Command struct {
	Kind             Kind
	Type             string        // the output: deploy (also for noop and rollback), lock, unlock, help, lock-info-alias, status, or ""
	Text             string        // the comment as people see it, without surrounding white space
	Environment      string        // the one meant, "" when it is unknown or all are meant
	KnownEnvironment bool          // the environment is among the targets, or all are meant
	About            string        // the environment that help or status is asked for, "" for all
	Unknown          string        // what a command names that asks about a lock or removes it: no target, and maybe one of before
	StableBranch     bool          // deploy the stable branch: a rollback
	SHA              string        // the exact commit to deploy, in lower case, or ""
	To               string        // the commit or version that a rollback goes back to, as it is typed, or ""
	Global           bool          // a lock command speaks of all environments at once
	Reason           string        // of the lock that is claimed, or that the deployment may leave behind
	For              time.Duration // how long a claimed lock lasts, 0 when that is not given
	Params           Params        // of a deployment
	Overrides        bool          // a deployment with --override
	Override         string        // the reason behind --override
	Flag             string        // of a deployment to an unknown environment: the first word that looks like a flag
}

// GoesBack reports whether the command deploys no code of its pull request, but the stable branch or what ran before.
func (c Command) GoesBack() bool { return c.StableBranch || c.Kind == Rollback }

const (
	deprecatedCommand = ".deploy noop" // began a noop in old versions, whatever the trigger is now
	reasonFlag        = "--reason"
	overrideFlag      = "--override"
)

// Parse returns the command in the body of a comment. It fails only if the text of parameters cannot be represented
// or --for comes without a period; the command is complete even then, except for these two.
func (g Grammar) Parse(body string) (Command, error) {
	text := g.plainDashes(js.Trim(visible(strings.ToValidUTF8(body, "\ufffd"))))
	command := Command{Text: text}
	if strings.HasPrefix(text, deprecatedCommand) {
		command.Kind = Deprecated
		return command, nil
	}
	if g.DisableNakedCommands && g.isNaked(text) {
		command.Kind = Naked
		return command, nil
	}
	found := g.triggersOf(text)
	command.Type = found.outputType()
	switch {
	case found.help:
		command.Kind = Help
		command.About = g.named(js.Trim(text[len(g.HelpTrigger):]))
	case found.lock || found.lockInfo:
		return g.lock(command, found)
	case found.unlock:
		command.Kind = Unlock
		return g.lockTarget(command, text[len(g.UnlockTrigger):])
	case found.deploy || found.noop:
		return g.deployment(command, found)
	case found.rollback:
		return g.rollback(command)
	case found.status:
		return g.status(command), nil
	}
	return command, nil
}

// visible returns a comment without what GitHub does not render: clients add remarks of their own to what people type.
// A comment that begins with such a remark is no command, and stays as it is.
func visible(body string) string {
	const opening, closing = "<!--", "-->"
	var shown strings.Builder
	for rest := body; ; {
		start := strings.Index(rest, opening)
		if start < 0 || js.Trim(body[:len(body)-len(rest)+start]) == "" {
			shown.WriteString(rest)
			return shown.String()
		}
		end := strings.Index(rest[start+len(opening):], closing)
		atLine := start == 0 || rest[start-1] == '\n'
		switch {
		case end >= 0:
			shown.WriteString(rest[:start])
			rest = rest[start+len(opening)+end+len(closing):]
		case atLine: // it goes on to the end
			shown.WriteString(rest[:start])
			return shown.String()
		default:
			shown.WriteString(rest)
			return shown.String()
		}
	}
}

// Phones and some systems make a long dash of the two hyphens of a flag.
var (
	longFlag   = regexp.MustCompile(`(^|[\s\p{Z}])[—–―](\pL\S*)`)
	longReason = regexp.MustCompile(`(?:--|[—–―])reason`)
)

// plainDashes returns a command with two hyphens where a flag begins with a long dash. A reason and parameters stay as
// they are.
func (g Grammar) plainDashes(text string) string {
	words, rest := text, ""
	if at := strings.Index(words, g.ParamSeparator); at >= 0 && g.ParamSeparator != "" {
		words, rest = words[:at], words[at:]
	}
	if reason := longReason.FindStringIndex(words); reason != nil {
		words, rest = words[:reason[0]], reasonFlag+words[reason[1]:]+rest
	}
	return longFlag.ReplaceAllString(words, "$1--$2") + rest
}

func (g Grammar) targets() []string {
	var targets []string
	for _, target := range g.EnvironmentTargets {
		if target = js.Trim(target); target != "" {
			targets = append(targets, target)
		}
	}
	return targets
}

// triggers says which triggers a comment begins with: several, if one begins with another.
type triggers struct{ deploy, noop, lock, unlock, help, lockInfo, rollback, status bool }

func (g Grammar) triggersOf(text string) triggers {
	return triggers{
		deploy: begins(text, g.Trigger), noop: begins(text, g.NoopTrigger), help: begins(text, g.HelpTrigger),
		lock: begins(text, g.LockTrigger), unlock: begins(text, g.UnlockTrigger), lockInfo: begins(text, g.LockInfoAlias),
		rollback: begins(text, g.RollbackTrigger), status: begins(text, g.StatusTrigger),
	}
}

func begins(text, trigger string) bool {
	rest, found := strings.CutPrefix(text, trigger)
	return found && trigger != "" && startsBlank(rest)
}

// outputType returns the output type. Where triggers overlap, it need not be that of the command which is run:
// branch-deploy orders them in two ways, and workflows see both.
func (t triggers) outputType() string {
	switch {
	case t.deploy || t.noop:
		return "deploy"
	case t.lock:
		return "lock"
	case t.unlock:
		return "unlock"
	case t.help:
		return "help"
	case t.lockInfo:
		return "lock-info-alias"
	case t.rollback:
		return "deploy"
	case t.status:
		return "status"
	}
	return ""
}

// named returns the target of the name in any spelling, as the target is spelled; "" for no target.
func (g Grammar) named(name string) string {
	targets := g.targets()
	if position := envname.Index(targets, name); position >= 0 {
		return targets[position]
	}
	return ""
}

func (g Grammar) defaultEnvironment() string {
	name := js.Trim(g.DefaultEnvironment)
	return cmp.Or(g.named(name), name)
}
