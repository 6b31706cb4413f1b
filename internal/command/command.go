// Package command reads commands from pull request comments.
//
// A comment is untrusted text: it may contain anything, and reading it takes time in proportion
// to its length. A comment means the same as to branch-deploy, except where it would do something
// else than it says.
package command

import (
	"cmp"
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
)

// String returns the kind's name. It is the result's operation, except that commands which are
// not run, Deprecated and Naked, have the operation of None there.
func (k Kind) String() string {
	switch k {
	case Deploy:
		return "deploy"
	case Noop:
		return "noop"
	case Lock:
		return "lock"
	case Unlock:
		return "unlock"
	case LockInfo:
		return "lock_info"
	case Help:
		return "help"
	case Deprecated:
		return "deprecated"
	case Naked:
		return "naked"
	case None:
	}
	return "none"
}

// Deploys reports whether the kind asks for a deployment or its rehearsal.
func (k Kind) Deploys() bool {
	return k == Deploy || k == Noop
}

// AboutLocks reports whether the kind is about a lock.
func (k Kind) AboutLocks() bool {
	return k == Lock || k == Unlock || k == LockInfo
}

// Grammar is what the configuration says about commands. An empty trigger never matches.
type Grammar struct {
	Trigger       string // begins a deployment
	NoopTrigger   string // begins a noop deployment
	LockTrigger   string // claims a lock, or shows it
	UnlockTrigger string // releases a lock
	HelpTrigger   string // asks for help
	LockInfoAlias string // shows a lock

	ParamSeparator       string   // comes between a deployment command and its parameters
	GlobalLockFlag       string   // makes a lock command speak of all environments; "" is off
	StableBranch         string   // the branch that a rollback deploys
	DefaultEnvironment   string   // meant when none is named; it need not be among the targets
	EnvironmentTargets   []string // the environments that may be named, in order of precedence
	DisableNakedCommands bool     // refuse commands that name no environment
}

// Command is what a comment asks for. Only the fields that belong to its kind are set.
type Command struct {
	Kind Kind
	// Type is the output type: deploy (for noop as well), lock, unlock, help or
	// lock-info-alias. It is "" when there is no command to run.
	Type string
	// Text is the comment without surrounding white space.
	Text string
	// Environment is the one meant, "" when it is unknown or all are meant.
	Environment string
	// KnownEnvironment is false when a deployment or lock command names an environment that
	// is not among the targets; it is true for a global lock command.
	KnownEnvironment bool
	// StableBranch is set when the stable branch is to be deployed: a rollback.
	StableBranch bool
	// SHA is the exact commit to deploy, in lower case, or "".
	SHA string
	// Global is set when a lock command speaks of all environments at once.
	Global bool
	// Reason says why a lock is claimed: all text after --reason. In a deployment command it
	// is the reason of the sticky lock that the deployment may leave behind.
	Reason string
	// For says how long a claimed lock lasts: the period after --for, 0 when none is given.
	For time.Duration
	// Params are the parameters of a deployment.
	Params Params
}

// deprecatedCommand began a noop in old versions, whatever the trigger is now.
const deprecatedCommand = ".deploy noop"

// reasonFlag comes before the reason of a lock.
const reasonFlag = "--reason"

// Parse returns the command in the body of a comment. It fails only if the text of parameters
// cannot be represented or --for comes without a period; the command is complete even then,
// except for its parsed parameters and its period.
func (g Grammar) Parse(body string) (Command, error) {
	text := js.Trim(strings.ToValidUTF8(body, "\ufffd"))
	command := Command{Text: text}
	if strings.HasPrefix(text, deprecatedCommand) {
		command.Kind = Deprecated
		return command, nil
	}
	if g.DisableNakedCommands && g.isNaked(text) {
		command.Kind = Naked
		return command, nil
	}
	return g.run(command)
}

// run fills in a command that is neither deprecated nor naked.
func (g Grammar) run(command Command) (Command, error) {
	found := g.triggersOf(command.Text)
	command.Type = found.outputType()
	switch {
	case found.help:
		command.Kind = Help
	case found.lock || found.lockInfo:
		return g.lock(command, found)
	case found.unlock:
		return g.unlock(command)
	case found.deploy || found.noop:
		return g.deployment(command, found)
	}
	return command, nil
}

// targets returns the environments that a command may name.
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
type triggers struct {
	deploy, noop, lock, unlock, help, lockInfo bool
}

func (g Grammar) triggersOf(text string) triggers {
	return triggers{
		deploy:   begins(text, g.Trigger),
		noop:     begins(text, g.NoopTrigger),
		lock:     begins(text, g.LockTrigger),
		unlock:   begins(text, g.UnlockTrigger),
		help:     begins(text, g.HelpTrigger),
		lockInfo: begins(text, g.LockInfoAlias),
	}
}

// begins reports whether text begins with trigger as a whole word.
func begins(text, trigger string) bool {
	rest, found := strings.CutPrefix(text, trigger)
	return found && trigger != "" && startsBlank(rest)
}

// outputType returns the output type. Where triggers overlap, it need not be that of the
// command which is run: branch-deploy orders them in two ways, and workflows see both.
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

// defaultEnvironment returns the environment of commands that name none, spelled like the target that it is.
func (g Grammar) defaultEnvironment() string {
	name := js.Trim(g.DefaultEnvironment)
	return cmp.Or(g.named(name), name)
}
