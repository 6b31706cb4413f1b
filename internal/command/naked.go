package command

import (
	"slices"
	"strings"
)

// isNaked reports whether text is a command that names no environment: a trigger alone, not
// counting parameters, info flags, the period of a lock and a reason. Rollbacks and exact commits count as named.
func (g Grammar) isNaked(text string) bool {
	if g.isGlobalLockCommand(text) {
		return false
	}
	command, _, _ := g.splitParams(text)
	words := dropInfoFlags(g.dropPeriod(beforeReason(command)))
	named := []string{g.Trigger, g.NoopTrigger, g.LockTrigger, g.UnlockTrigger, g.LockInfoAlias}
	return words != "" && slices.Contains(named, words)
}

// isGlobalLockCommand reports whether text is a lock command with the global flag, which takes
// the place of an environment. Behind a separator or in a reason it is mere text. A separator
// may be the beginning of the flag itself, such as "--".
func (g Grammar) isGlobalLockCommand(text string) bool {
	found := g.triggersOf(text)
	if !found.lock && !found.unlock && !found.lockInfo {
		return false
	}
	flag := indexFlag(beforeReason(text), g.GlobalLockFlag)
	separator := strings.Index(text, g.ParamSeparator)
	return flag >= 0 && (separator < 0 || g.ParamSeparator == "" || flag <= separator)
}

// dropPeriod returns words without the period of a command that claims a lock.
func (g Grammar) dropPeriod(words string) string {
	rest, _ := strings.CutPrefix(words, g.LockTrigger)
	if !g.triggersOf(words).claims(rest) {
		return words
	}
	_, rest = cutPeriods(rest)
	return g.LockTrigger + rest
}
