package arch

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the repository says is about the product: no file names a directory of the machine it was
// written on, or a host from which that machine gets its packages.
func TestNoMachineInText(t *testing.T) {
	t.Parallel()
	// Each text is split such that it does not find itself.
	parts := []string{"/wo" + "rk/", "/tmp/h", "/ro" + "ot/", ".gol" + "ang.org", ".npm" + "js.org", ".deb" + "ian.org", "../sha" + "red"}
	paths := regexp.MustCompile("(?m)(?:^|[\\s\"'`(=:])/(?:wo" + "rk|tmp/h|ro" + "ot)/")
	hosts := regexp.MustCompile(`(?:proxy|sum)\.gol` + `ang\.org|registry\.npm` + `js\.org|deb\.deb` + `ian\.org`)
	neighbour := regexp.MustCompile(`\.\./sha` + `red\b`)
	for _, path := range files(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			continue // a binary, such as one just built
		}
		if !slices.ContainsFunc(parts, func(part string) bool { return bytes.Contains(text, []byte(part)) }) {
			continue // expressions take their time
		}
		assert.Empty(t, paths.FindAllString(string(text), -1), path)
		assert.Empty(t, hosts.FindAllString(string(text), -1), path)
		if path != filepath.Join(root, ".ci", "run") { // where a container engine comes from when there is no other
			assert.Empty(t, neighbour.FindAllString(string(text), -1), path)
		}
	}
}
