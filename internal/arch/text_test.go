package arch

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the repository says is about the product: no file names a directory of the machine it was
// written on, or a host from which that machine gets its packages.
func TestNoMachineInText(t *testing.T) {
	t.Parallel()
	forbidden := map[string]*regexp.Regexp{} // by the text that each contains: expressions take their time
	// Each text is split such that it does not find itself.
	for _, directory := range []string{"/wo" + "rk/", "/tmp/h" + "/", "/ro" + "ot/"} {
		forbidden[directory] = regexp.MustCompile("(?m)(?:^|[\\s\"'`(=:])" + regexp.QuoteMeta(directory))
	}
	for _, host := range []string{"proxy.gol" + "ang.org", "sum.gol" + "ang.org", "registry.npm" + "js.org", "deb.deb" + "ian.org"} {
		forbidden[host] = regexp.MustCompile(regexp.QuoteMeta(host))
	}
	const neighbour = "../sha" + "red"
	forbidden[neighbour] = regexp.MustCompile(regexp.QuoteMeta(neighbour) + `\b`)
	for _, path := range files(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			continue // a binary, such as one just built
		}
		for part, expression := range forbidden {
			if part == neighbour && path == filepath.Join(root, ".ci", "run") {
				continue // it names where a container engine comes from when there is no other
			}
			if bytes.Contains(text, []byte(part)) {
				assert.Empty(t, expression.FindAllString(string(text), -1), path)
			}
		}
	}
}
