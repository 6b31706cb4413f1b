package doctor_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

// Workflows in the forms that public repositories have are told what is wrong with them, and nothing else. The second
// line of each names the findings that are true.
func TestPublicWorkflows(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "public", "*.yml"))
	require.NoError(t, err)
	require.Greater(t, len(paths), 24)
	wanted := regexp.MustCompile(`\A# .+\n# want: (.*)\n`)
	for _, file := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			want := wanted.FindSubmatch(text)
			require.NotNil(t, want, "the second line names the findings")
			findings := doctor.Examine(examination(map[string]string{path: string(text)}))
			assert.Equal(t, string(want[1]), strings.Join(accused(findings), ", "), unwell(findings))
		})
	}
}

// accused names the checks that found something, with the highest level of each.
func accused(findings []deploy.Finding) []string {
	var names []string
	for _, f := range findings {
		block := deploy.Block.String() + " " + f.Gate
		name := f.Level.String() + " " + f.Gate
		switch i := slices.Index(names, deploy.Warn.String()+" "+f.Gate); {
		case f.Level == deploy.Pass || slices.Contains(names, name) || slices.Contains(names, block):
		case i >= 0:
			names[i] = name
		default:
			names = append(names, name)
		}
	}
	return names
}
