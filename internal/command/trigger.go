package command

import (
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

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

// startsBlank reports whether text is empty or starts with white space.
func startsBlank(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text == "" || js.IsSpace(first)
}

// outputType returns the output type. Where triggers overlap, it need not be that of the
// command which is run: branch-deploy orders them in two ways, and workflows see both.
func (t triggers) outputType() string {
	switch {
	case t.deploy || t.noop:
		return typeDeploy
	case t.lock:
		return typeLock
	case t.unlock:
		return typeUnlock
	case t.help:
		return typeHelp
	case t.lockInfo:
		return typeLockInfo
	}
	return ""
}
