package release

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// contents is an image for this machine's platform with a program of this module in it.
func contents(t *testing.T) Contents {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lockstep")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../cmd/release").CombinedOutput()
	require.NoError(t, err, string(out))
	program, err := os.ReadFile(path)
	require.NoError(t, err)
	folder := runtime.GOOS + "_" + runtime.GOARCH
	return Contents{
		Version: Version{1, 2, 0, ""}, Digest: digest, Time: time.Unix(1_000_000_000, 0),
		Files: fstest.MapFS{
			folder + "/lockstep":                          {Data: program},
			folder + "/etc/ssl/certs/ca-certificates.crt": {Data: []byte("trusted\n")},
			"another/lockstep":                            {Data: []byte("not of the image")},
		},
	}
}

// required are the modules of go.mod that the program uses, with their sums from go.sum.
func required(t *testing.T, paths ...string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../go.sum")
	require.NoError(t, err)
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if slices.Contains(paths, words[0]) && !strings.HasSuffix(words[1], "/go.mod") {
			sums["pkg:golang/"+words[0]+"@"+words[1]] = words[2]
		}
	}
	require.Len(t, sums, len(paths))
	return sums
}

// listed is what a reader of an inventory sees.
type listed struct {
	Format   string `json:"bomFormat"`
	Spec     string `json:"specVersion"`
	Serial   string `json:"serialNumber"`
	Metadata struct {
		Timestamp string
		Component component
	}
	Components []component
}

func TestInventory(t *testing.T) {
	t.Parallel()
	c := contents(t)
	text, err := Inventory(c)
	require.NoError(t, err)
	var got listed
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Equal(t, "CycloneDX 1.6", got.Format+" "+got.Spec)
	assert.Regexp(t, `^urn:uuid:[0-9a-f-]{36}$`, got.Serial)
	assert.Equal(t, "2001-09-09T01:46:40Z", got.Metadata.Timestamp)
	assert.Equal(t, "pkg:oci/lockstep@"+strings.Replace(digest, ":", "%3A", 1)+"?repository_url=ghcr.io/lockstep-action/lockstep", got.Metadata.Component.Package)
	assert.Equal(t, "1.2.0", got.Metadata.Component.Version)

	found := map[string]component{}
	for _, c := range got.Components {
		assert.NotContains(t, found, c.Reference)
		found[c.Reference] = c
	}
	modules := required(t, "github.com/google/go-github/v60", "github.com/google/go-querystring", "github.com/google/uuid")
	for reference, sum := range modules {
		assert.Equal(t, []property{{"go.sum", sum}}, found[reference].Properties, reference)
		assert.Equal(t, reference, "pkg:golang/"+found[reference].Name+"@"+found[reference].Version)
	}
	assert.Contains(t, found, "pkg:golang/std@"+strings.TrimPrefix(runtime.Version(), "go"))
	certificates := found[runtime.GOOS+"_"+runtime.GOARCH+"/etc/ssl/certs/ca-certificates.crt"]
	assert.Equal(t, []hash{{"SHA-256", "7bd39a7cbcf687fd60f819645b8bcaf731a9f19cb102484a7b84530516d7e8b8"}}, certificates.Hashes)
	assert.Len(t, got.Components, len(modules)+3, "modules, the standard library, the program and the certificates")

	again, err := Inventory(c)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	c.Digest = strings.Replace(digest, ":0a", ":0b", 1)
	other, err := Inventory(c)
	require.NoError(t, err)
	assert.NotContains(t, string(other), got.Serial, "another image has another list")
}

func TestInventoryRefuses(t *testing.T) {
	t.Parallel()
	here := runtime.GOOS + "_" + runtime.GOARCH
	whole := contents(t)
	all, ok := whole.Files.(fstest.MapFS)
	require.True(t, ok)
	for name, spoil := range map[string]func(*Contents, fstest.MapFS){
		"there are none":             func(_ *Contents, files fstest.MapFS) { clear(files) },
		`read program "linux_sparc/`: func(_ *Contents, files fstest.MapFS) { files["linux_sparc/lockstep"] = files[here+"/lockstep"] },
		`read program "` + here + `/`: func(_ *Contents, files fstest.MapFS) {
			files[here+"/lockstep"] = &fstest.MapFile{Data: []byte("no program")}
		},
		"read certificates": func(_ *Contents, files fstest.MapFS) { delete(files, here+"/etc/ssl/certs/ca-certificates.crt") },
		"read digest":       func(c *Contents, _ fstest.MapFS) { c.Digest = "latest" },
	} {
		c := whole
		files := maps.Clone(all)
		c.Files = files
		spoil(&c, files)
		_, err := Inventory(c)
		assert.ErrorContains(t, err, name)
	}
}
