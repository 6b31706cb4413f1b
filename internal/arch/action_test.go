package arch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// metadata is action.yml. Inputs and outputs keep their order.
type metadata struct {
	Name        string
	Description string
	Branding    struct{ Icon, Color string }
	Inputs      yaml.Node
	Outputs     yaml.Node
	Runs        struct {
		Using          string
		Image          string
		Entrypoint     string
		PostEntrypoint string `yaml:"post-entrypoint"`
		PostIf         string `yaml:"post-if"`
		Args           []string
		Env            map[string]string
	}
}

func readMetadata(t *testing.T) metadata {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	require.NoError(t, err)
	var m metadata
	require.NoError(t, yaml.Unmarshal(text, &m))
	return m
}

// The two stages are told apart by the name under which the program is started, so action.yml and
// Dockerfile must agree on both names. Arguments would reach both stages alike.
func TestActionRuns(t *testing.T) {
	t.Parallel()
	m := readMetadata(t)
	assert.NotEmpty(t, m.Name)
	assert.NotEmpty(t, m.Description)
	assert.NotEmpty(t, m.Branding.Icon)
	assert.NotEmpty(t, m.Branding.Color)
	assert.Equal(t, "docker", m.Runs.Using)
	assert.Regexp(t, `^(Dockerfile|docker://ghcr\.io/lockstep-action/lockstep[:@].+)$`, m.Runs.Image)
	assert.Contains(t, []string{"", "/lockstep"}, m.Runs.Entrypoint)
	assert.Equal(t, "/lockstep-post", m.Runs.PostEntrypoint)
	assert.Contains(t, []string{"", "always()"}, m.Runs.PostIf)
	assert.Empty(t, m.Runs.Args)
	assert.Empty(t, m.Runs.Env)

	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	assert.Contains(t, string(dockerfile), `ENTRYPOINT ["/lockstep"]`)
	assert.Contains(t, string(dockerfile), "ln -s lockstep /out/lockstep-post")
	assert.NotRegexp(t, `(?m)^USER `, string(dockerfile), "the runner's files belong to root")
}
