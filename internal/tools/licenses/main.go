// Command licenses collects the licence texts of all that is linked into a program: of its modules, of
// Go itself, and of the module it belongs to.
//
//	licenses -out folder [package]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	out := flag.String("out", "licenses", "the folder that gets a folder for each module")
	flag.Parse()
	if err := collect(context.Background(), *out, flag.Args()...); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

// legal are the names of files that have to travel with a program.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)`)

// collect copies the texts into out/module@version.
func collect(ctx context.Context, out string, packages ...string) error {
	modules, err := linked(ctx, packages...)
	if err != nil {
		return err
	}
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		if err := copyTexts(filepath.Join(out, filepath.FromSlash(module)), modules[module]); err != nil {
			return fmt.Errorf("collect licences of %s: %w", module, err)
		}
	}
	return nil
}

// linked returns the folders of the modules that packages need, by module@version.
func linked(ctx context.Context, packages ...string) (map[string]string, error) {
	const each = "{{with .Module}}{{.Path}}{{with .Version}}@{{.}}{{end}}\t{{.Dir}}{{end}}"
	list, err := goCommand(ctx, append([]string{"list", "-deps", "-f", each}, packages...)...)
	if err != nil {
		return nil, err
	}
	root, err := goCommand(ctx, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	modules := map[string]string{"go": strings.TrimSpace(root)}
	for line := range strings.Lines(list) {
		if module, folder, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			modules[module] = folder
		}
	}
	return modules, nil
}

func goCommand(ctx context.Context, args ...string) (string, error) {
	var problem bytes.Buffer
	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are ours
	command.Stderr = &problem
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(problem.Bytes()))
	}
	return string(out), nil
}

// copyTexts copies the legal texts at the top of a module. A module without any must not be shipped.
func copyTexts(to, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil { //nolint:gosec // everyone may read licences
		return err
	}
	found := false
	for _, entry := range entries {
		if entry.IsDir() || !legal.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, entry.Name())) //nolint:gosec // a module that go list named
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, entry.Name()), text, 0o644); err != nil { //nolint:gosec // the same
			return err
		}
		found = true
	}
	if !found {
		return errors.New("there are none")
	}
	return nil
}
