package message_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

var (
	span       = regexp.MustCompile("`([^`\n]+)`")
	ourTrigger = regexp.MustCompile(`^\.(deploy|noop|lock|unlock|wcid|status) `)
)

// Every command in a golden file can be typed as it is, with the settings of these tests. Those with hostile names are
// about settings that no one can type.
func TestCommandsOfGoldenFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	require.NoError(t, err)
	c := settings()
	c.Targets = append(append(c.Targets, "super production", "eu/west"), stateNames()...)
	c.Commands.Status = ".status"
	typed := strings.NewReplacer(`\|`, "|", "<environment>", "dev", "<sha>", headSHA, "<parameters>", "--cpu=2", "<time>", "2h")
	count := 0
	for _, path := range paths {
		if strings.Contains(path, "hostile") {
			continue
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range span.FindAllStringSubmatch(typed.Replace(string(data)), -1) {
			if !ourTrigger.MatchString(found[1]) {
				continue
			}
			count++
			t.Run(filepath.Base(path)+" "+found[1], func(t *testing.T) {
				t.Parallel()
				got, err := deploy.Grammar(c).Parse(found[1])
				require.NoError(t, err)
				if got.Kind != command.Deprecated {
					assert.True(t, got.KnownEnvironment, "%+v", got)
				}
			})
		}
	}
	assert.Greater(t, count, 100)
}
