package command

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// lock reads a command that claims a lock or asks about one. Where both triggers fit, the longer one counts.
func (g Grammar) lock(command Command, found triggers) (Command, error) {
	trigger := g.LockTrigger
	if !found.lock || found.lockInfo && len(g.LockInfoAlias) > len(trigger) {
		trigger = g.LockInfoAlias
	}
	words := command.Text[len(trigger):]
	command.Kind = LockInfo
	if found.claims(words) {
		command.Kind = Lock
	}
	return g.lockTarget(command, words)
}

func (t triggers) claims(words string) bool {
	return t.lock && !t.lockInfo && !hasInfoFlag(beforeReason(words))
}

// lockTarget reads the words after the trigger of a lock command: flags are whole words before the reason, and what
// remains is the environment.
func (g Grammar) lockTarget(command Command, words string) (Command, error) {
	command.Reason = reasonIn(words)
	words = beforeReason(words)
	environment := dropFlag(words, g.GlobalLockFlag)
	var periods []string
	if command.Kind == Lock {
		periods, environment = cutPeriods(environment)
	}
	var err error
	command.For, err = readPeriods(periods)
	if indexFlag(words, g.GlobalLockFlag) >= 0 {
		command.Global, command.KnownEnvironment = true, true
		return command, err
	}
	command.Environment = g.defaultEnvironment()
	if named := dropInfoFlags(environment); named != "" {
		command.Environment = g.named(named)
	}
	command.KnownEnvironment = command.Environment != ""
	return command, err
}

// beforeReason returns the part of words that flags and environments are looked for in.
func beforeReason(words string) string {
	before, _, _ := strings.Cut(words, reasonFlag)
	return before
}

func reasonIn(words string) string {
	_, reason, _ := strings.Cut(words, reasonFlag)
	return js.Trim(reason)
}

// isNaked reports whether text is a command that names no environment: a trigger alone, not counting parameters, info
// flags, the period of a lock and a reason. Rollbacks and exact commits count as named.
func (g Grammar) isNaked(text string) bool {
	if g.isGlobalLockCommand(text) {
		return false
	}
	command, _, _ := g.splitParams(text)
	words := dropInfoFlags(g.dropPeriod(beforeReason(command)))
	named := []string{g.Trigger, g.NoopTrigger, g.LockTrigger, g.UnlockTrigger, g.LockInfoAlias}
	return words != "" && slices.Contains(named, words)
}

// isGlobalLockCommand reports whether text is a lock command with the global flag, which takes the place of an
// environment. Behind a separator or in a reason it is mere text. A separator may be the beginning of the flag itself,
// such as "--".
func (g Grammar) isGlobalLockCommand(text string) bool {
	found := g.triggersOf(text)
	if !found.lock && !found.unlock && !found.lockInfo {
		return false
	}
	flag := indexFlag(beforeReason(text), g.GlobalLockFlag)
	separator := strings.Index(text, g.ParamSeparator)
	return flag >= 0 && (separator < 0 || g.ParamSeparator == "" || flag <= separator)
}

func (g Grammar) dropPeriod(words string) string {
	rest, _ := strings.CutPrefix(words, g.LockTrigger)
	if !g.triggersOf(words).claims(rest) {
		return words
	}
	_, rest = cutPeriods(rest)
	return g.LockTrigger + rest
}
