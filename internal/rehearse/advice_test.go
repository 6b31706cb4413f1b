package rehearse_test

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// advice types every command that a story's comments and warnings advise.
type advice struct {
	t      *testing.T
	before map[string]bool // texts that were looked at
	count  int
	ruled  []string // environments of the story's rules files
}

// ruledIn returns the environments that the rules files of a story name.
func ruledIn(story rehearse.Story) []string {
	var names []string
	for _, text := range story.Files {
		read, _ := policy.Read(text) // a broken one names what it can
		names = append(names, read.Names()...)
	}
	return names
}

// ended is for rehearse.Options.Ended.
func (a *advice) ended(p *rehearse.Session) {
	_, _, log := p.Last()
	for _, text := range append(spoken(p), log) {
		if a.before[text] {
			continue
		}
		a.before[text] = true
		for _, advised := range advisedIn(p.Inputs(), text) {
			a.count++
			assert.Empty(a.t, untypeable(p, a.ruled, advised), "advised in:\n%s", text)
		}
	}
}

// spoken returns the comments that the action wrote on the pull request.
func spoken(p *rehearse.Session) []string {
	var said []string
	for _, comment := range commentsOf(p) {
		if p.Wrote(comment) {
			said = append(said, comment.Body)
		}
	}
	return said
}

var codeSpan = regexp.MustCompile("(`+)([^`\n]+)`+")

// advisedIn returns the code spans that begin with one of the triggers and say more than the trigger alone, which only
// names a command.
func advisedIn(inputs map[string]string, text string) []string {
	var advised []string
	text = strings.ReplaceAll(text, `\|`, "|") // in a table
	for _, span := range codeSpan.FindAllStringSubmatch(text, -1) {
		for _, input := range []string{"trigger", "noop_trigger", "lock_trigger", "unlock_trigger", "lock_info_alias"} {
			trigger := inputs[input]
			if rest, begins := strings.CutPrefix(strings.TrimSpace(span[2]), trigger); begins && trigger != "" && strings.HasPrefix(rest, " ") {
				advised = append(advised, strings.TrimSpace(span[2]))
				break
			}
		}
	}
	return advised
}

// untypeable says what is wrong with a command that is typed as advised, "" for nothing.
func untypeable(p *rehearse.Session, ruled []string, advised string) string {
	inputs := p.Inputs()
	inputs["environment"] = cmp.Or(inputs["environment"], "production")
	targets := append(strings.Split(inputs["environment_targets"], ","), inputs["environment"])
	targets = append(targets, ruled...)
	for i := range targets {
		targets[i] = strings.TrimSpace(targets[i])
	}
	typed := strings.NewReplacer("<environment>", targets[0], "<sha>", strings.Repeat("a", 40), "<parameters>", "--cpu=2", "<time>", "2h", "<reason>", "the shop is down").Replace(advised)
	grammar := command.Grammar{
		Trigger: inputs["trigger"], NoopTrigger: inputs["noop_trigger"], LockTrigger: inputs["lock_trigger"], UnlockTrigger: inputs["unlock_trigger"],
		HelpTrigger: inputs["help_trigger"], LockInfoAlias: inputs["lock_info_alias"], ParamSeparator: inputs["param_separator"],
		GlobalLockFlag: inputs["global_lock_flag"], StableBranch: inputs["stable_branch"],
		DefaultEnvironment: inputs["environment"], EnvironmentTargets: targets, DisableNakedCommands: inputs["disable_naked_commands"] == "true", Flags: true,
	}
	got, err := grammar.Parse(typed)
	left := got.Unknown != "" && p.GitHub.Head(sim.LockBranch(got.Unknown)) != ""
	switch {
	case err != nil:
		return fmt.Sprintf("%q: %v", advised, err)
	case got.Kind == command.Deprecated:
		return "" // it is what was typed
	case got.Kind == command.None, got.Kind == command.Naked, !got.KnownEnvironment && !left:
		return fmt.Sprintf("%q is no command with a known environment: it is read as %v", advised, got.Kind)
	}
	return ""
}
