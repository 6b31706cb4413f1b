package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Every name that a workflow for branch-deploy may use is here, or is an input error.
func TestDropIn(t *testing.T) {
	t.Parallel()
	for _, version := range dropInVersions() {
		t.Run(version.file, func(t *testing.T) {
			t.Parallel()
			theirs := readBranchDeploy(repo(t), version)
			for name := range theirs.Inputs {
				assert.Contains(t, append(inputNames(), config.NotSupported()...), name)
			}
			assert.Subset(t, config.OutputNames(), theirs.Outputs)
			for word, ends := range theirs.Reasons {
				assert.Equal(t, ends, ending(repo(t), word), word)
			}
		})
	}
}

// Newer versions lose no name: a workflow for an older one goes on.
func TestDropInVersions(t *testing.T) {
	t.Parallel()
	versions := dropInVersions()
	old, main := readBranchDeploy(repo(t), versions[0]), readBranchDeploy(repo(t), versions[1])
	for name, fallback := range old.Inputs {
		assert.Equal(t, fallback, main.Inputs[name], name)
	}
	assert.Subset(t, main.Outputs, old.Outputs)
	for word, ends := range old.Reasons {
		assert.Equal(t, ends, main.Reasons[word], word)
	}
}
