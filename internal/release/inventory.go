package release

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Contents says of which image an inventory is made, and where its files lie: one folder for each
// platform, such as linux_amd64.
type Contents struct {
	Version Version
	Digest  string
	Time    time.Time
	Files   fs.FS
}

// Inventory lists what is in the image, as CycloneDX: the modules that the compiler has put into the
// programs, its standard library, and the certificates.
func Inventory(c Contents) ([]byte, error) {
	if err := checkDigest(c.Digest); err != nil {
		return nil, err
	}
	programs, err := fs.Glob(c.Files, "linux_*/lockstep")
	if err != nil || len(programs) == 0 {
		return nil, fmt.Errorf("list programs: there are none")
	}
	found := map[string]component{}
	for _, path := range programs {
		if err := addProgram(found, c.Files, path); err != nil {
			return nil, err
		}
		if err := addCertificates(found, c.Files, strings.TrimSuffix(path, "lockstep")); err != nil {
			return nil, err
		}
	}
	components := slices.SortedFunc(maps.Values(found), func(a, b component) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Reference, b.Reference))
	})
	return json.MarshalIndent(document(c, components), "", "  ")
}

type component struct {
	Type       string     `json:"type"`
	Reference  string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	Package    string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func document(c Contents, components []component) map[string]any {
	image := Image + "@" + c.Digest
	subject := component{
		Type: "container", Reference: image, Name: Image, Version: c.Version.String(),
		Package: "pkg:oci/lockstep@" + strings.Replace(c.Digest, ":", "%3A", 1) + "?repository_url=" + Image,
	}
	return map[string]any{
		"bomFormat":    "CycloneDX",
		"specVersion":  "1.6",
		"serialNumber": uuid.NewSHA1(uuid.NameSpaceURL, []byte(image)).URN(),
		"version":      1,
		"metadata":     map[string]any{"timestamp": c.Time.UTC().Format(time.RFC3339), "component": subject},
		"components":   components,
	}
}

// addProgram adds the modules of which a program consists.
func addProgram(found map[string]component, files fs.FS, path string) error {
	info, text, err := readProgram(files, path)
	if err != nil {
		return fmt.Errorf("read program %q: %w", path, err)
	}
	system, architecture := setting(info, "GOOS"), setting(info, "GOARCH")
	if platform := system + "_" + architecture + "/lockstep"; platform != path {
		return fmt.Errorf("read program %q: it is built for %s/%s", path, system, architecture)
	}
	add(found, component{Type: "application", Reference: path, Name: path, Hashes: sha(text)})
	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	add(found, component{Type: "library", Name: "std", Version: goVersion, Package: "pkg:golang/std@" + goVersion})
	for _, module := range info.Deps {
		add(found, libraryOf(module))
	}
	return nil
}

func libraryOf(module *debug.Module) component {
	if module.Replace != nil {
		module = module.Replace
	}
	c := component{Type: "library", Name: module.Path, Version: module.Version, Package: "pkg:golang/" + module.Path + "@" + module.Version}
	if module.Sum != "" {
		c.Properties = []property{{"go.sum", module.Sum}}
	}
	return c
}

// addCertificates adds the file of a platform's trusted certificates.
func addCertificates(found map[string]component, files fs.FS, folder string) error {
	path := folder + "etc/ssl/certs/ca-certificates.crt"
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return fmt.Errorf("read certificates: %w", err)
	}
	add(found, component{Type: "file", Reference: path, Name: path, Hashes: sha(text)})
	return nil
}

func add(found map[string]component, c component) {
	c.Reference = cmp.Or(c.Reference, c.Package)
	found[c.Reference] = c
}

func sha(text []byte) []hash {
	sum := sha256.Sum256(text)
	return []hash{{"SHA-256", hex.EncodeToString(sum[:])}}
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

func readProgram(files fs.FS, path string) (*debug.BuildInfo, []byte, error) {
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, nil, err
	}
	info, err := buildinfo.Read(strings.NewReader(string(text)))
	return info, text, err
}
