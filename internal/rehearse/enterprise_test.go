package rehearse_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// Stories go the same way on a company's own GitHub, whose addresses the runner names. These are the ones
// that name no address themselves.
func TestStoriesOnEnterprise(t *testing.T) {
	const there = "env GITHUB_SERVER_URL https://github.acme.example\nenv GITHUB_API_URL https://github.acme.example/api/v3\n" +
		"env GITHUB_GRAPHQL_URL https://github.acme.example/api/graphql\n"
	compiled, err := schema()
	require.NoError(t, err)
	for _, name := range []string{"order", "noop", "checks", "reviews", "fork", "exact", "outdated", "locks", "lost", "labels", "multi-job", "merge-unlock"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(stories, name+".txtar"))
			require.NoError(t, err)
			story, err := rehearse.ParseStory(name, []byte(there+string(data)))
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				options := rehearse.Options{Schema: compiled, Latency: 100 * time.Millisecond}
				options.Rewrite = func(string, string) {} // comments link to another server
				require.NoError(t, rehearse.Run(t.Context(), story, options))
			})
		})
	}
}
