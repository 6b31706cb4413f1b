package rehearse_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// Every command that a comment or a warning advises can be typed as it is.
func TestAdvisedCommands(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(stories, "*.txtar"))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	typed := make(chan int, len(paths))
	t.Run("stories", func(t *testing.T) {
		for _, path := range paths {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
				t.Parallel()
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				story, err := rehearse.ParseStory(filepath.Base(path), data)
				require.NoError(t, err)
				count, before := 0, map[string]bool{}
				look := func(p *rehearse.Session) {
					_, _, log := p.Last()
					for _, text := range append(spoken(p), log) {
						if before[text] {
							continue
						}
						before[text] = true
						for _, advised := range advisedIn(p.Inputs(), text) {
							count++
							assert.Empty(t, untypeable(p, advised), "advised in:\n%s", text)
						}
					}
				}
				synctest.Test(t, func(t *testing.T) {
					require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, Ended: look}))
				})
				typed <- count
			})
		}
	})
	close(typed)
	all := 0
	for count := range typed {
		all += count
	}
	assert.Greater(t, all, 200, "the stories advise commands")
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
func untypeable(p *rehearse.Session, advised string) string {
	inputs := p.Inputs()
	inputs["environment"] = cmp.Or(inputs["environment"], "production")
	targets := append(strings.Split(inputs["environment_targets"], ","), inputs["environment"])
	for i := range targets {
		targets[i] = strings.TrimSpace(targets[i])
	}
	typed := strings.NewReplacer("<environment>", targets[0], "<sha>", strings.Repeat("a", 40), "<parameters>", "--cpu=2", "<time>", "2h").Replace(advised)
	grammar := command.Grammar{
		Trigger: inputs["trigger"], NoopTrigger: inputs["noop_trigger"], LockTrigger: inputs["lock_trigger"], UnlockTrigger: inputs["unlock_trigger"],
		HelpTrigger: inputs["help_trigger"], LockInfoAlias: inputs["lock_info_alias"], ParamSeparator: inputs["param_separator"],
		GlobalLockFlag: inputs["global_lock_flag"], StableBranch: inputs["stable_branch"],
		DefaultEnvironment: inputs["environment"], EnvironmentTargets: targets, DisableNakedCommands: inputs["disable_naked_commands"] == "true",
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
