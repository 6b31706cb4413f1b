package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checklist"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// The boxes of the template are those of the rules file next to it: none is ticked, and all of them count.
func TestPullRequestTemplate(t *testing.T) {
	t.Parallel()
	rules, err := policy.Read(read(repo(t), repo(t).path("examples/rules/migration.yml")))
	require.NoError(t, err)
	production, ruled := rules.For("production", true)
	require.True(t, ruled)
	found := checklist.Read(read(repo(t), repo(t).path("examples/pull_request_template.md")), production.Checklist.Value)
	assert.Len(t, found.Open, 5)
	assert.Equal(t, len(found.Open), found.Boxes)
}
