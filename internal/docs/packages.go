package docs

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

const module = "github.com/lockstep-action/lockstep"

// Packages asks the go command about every package of the module: its name without the module and internal, then
// what the format lists, without the standard library.
func Packages(root, format string) (map[string][]string, error) {
	lines, err := listed(root, format)
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for _, line := range lines {
		words := strings.Fields(line)
		if name := Short(words[0]); name != "arch" {
			found[name] = slices.DeleteFunc(words[1:], isStandard)
		}
	}
	return found, nil
}

// isStandard reports whether an import path is of the standard library.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// Short is the name of a package of ours: main, or its path without the module and internal.
func Short(path string) string {
	if path == module {
		return "main"
	}
	return strings.TrimPrefix(strings.TrimPrefix(path, module+"/"), "internal/")
}

// Pure are the packages that decide, and the tables and texts for those that do.
func Pure() []string {
	return []string{
		"checklist", "checkup", "codeowners", "command", "config", "deploy", "doctor", "envname", "event", "js", "lock", "markdown", "markup", "message",
		"page", "period", "plan", "policy", "similar", "template", "workflow",
	}
}

// Helpers are packages that know nothing of the product, and that many packages use.
func Helpers() []string { return []string{"envname", "js", "markdown", "period", "wait"} }

// listed is what the go command lists of the module's packages, a line for each.
func listed(root, format string) ([]string, error) {
	list := exec.CommandContext(context.Background(), "go", "list", "-f", format, "./...") //nolint:gosec // formats are constants of callers
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}
