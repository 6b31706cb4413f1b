package policy_test

import (
	"os"
	"testing"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func example(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".yml")
	require.NoError(t, err)
	return string(text)
}

func TestReadStarter(t *testing.T) {
	t.Parallel()
	read, err := policy.Read(example(t, "starter"))
	require.NoError(t, err)
	assert.Equal(t, []string{"staging", "production"}, read.Names())
}
