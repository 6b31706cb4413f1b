package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/period"
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
		if command.Environment == "" && command.Kind != Lock {
			command.Unknown = named
		}
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
	named := []string{g.Trigger, g.NoopTrigger, g.LockTrigger, g.UnlockTrigger, g.LockInfoAlias, g.RollbackTrigger}
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

// infoFlags turn a lock command into a question about the lock.
//
//nolint:gochecknoglobals // a table
var infoFlags = []string{"--info", "--i", "-i", "--details", "--d", "-d"}

func hasInfoFlag(words string) bool {
	return slices.ContainsFunc(infoFlags, func(flag string) bool { return indexFlag(words, flag) >= 0 })
}

func dropInfoFlags(words string) string {
	for _, flag := range infoFlags {
		words = dropFlag(words, flag)
	}
	return js.Trim(words)
}

// indexFlag returns where flag is in words as a whole word, or -1. An empty flag is nowhere.
func indexFlag(words, flag string) int {
	for from := 0; flag != ""; {
		found := strings.Index(words[from:], flag)
		if found < 0 {
			break
		}
		start := from + found
		if endsBlank(words[:start]) && startsBlank(words[start+len(flag):]) {
			return start
		}
		from = start + 1
	}
	return -1
}

func endsBlank(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text == "" || js.IsSpace(last)
}

func startsBlank(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text == "" || js.IsSpace(first)
}

// dropFlag removes flag from words wherever it is a whole word, with the blanks before it.
func dropFlag(words, flag string) string {
	var kept strings.Builder
	for {
		start := indexFlag(words, flag)
		if start < 0 {
			kept.WriteString(words)
			return kept.String()
		}
		kept.WriteString(strings.TrimRightFunc(words[:start], js.IsSpace))
		words = words[start+len(flag):]
	}
}

const periodFlag = "--for"

func readPeriods(periods []string) (length time.Duration, err error) {
	switch {
	case len(periods) == 0:
		return 0, nil
	case len(periods) > 1:
		err = errors.New("it is there more than once")
	case periods[0] == "":
		err = errors.New("a length of time such as 2h must follow it")
	default:
		length, err = period.Parse(periods[0])
	}
	if err != nil {
		return 0, fmt.Errorf("read %q: %w", periodFlag, err)
	}
	return length, nil
}

// cutPeriods removes each period flag from words, with the blanks before it and the word behind it. Those words are
// the periods, "" where a flag has no word.
func cutPeriods(words string) (periods []string, rest string) {
	var kept strings.Builder
	for {
		start := indexFlag(words, periodFlag)
		if start < 0 {
			kept.WriteString(words)
			return periods, kept.String()
		}
		kept.WriteString(strings.TrimRightFunc(words[:start], js.IsSpace))
		text, after := cutWord(words[start+len(periodFlag):])
		periods = append(periods, text)
		words = after
	}
}

// cutWord splits words behind the first word, unless that is a flag.
func cutWord(words string) (word, rest string) {
	trimmed := strings.TrimLeftFunc(words, js.IsSpace)
	if strings.HasPrefix(trimmed, "--") {
		return "", words
	}
	end := strings.IndexFunc(trimmed, js.IsSpace)
	if end < 0 {
		end = len(trimmed)
	}
	return trimmed[:end], trimmed[end:]
}
