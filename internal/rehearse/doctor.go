package rehearse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// doctorsVisit runs the doctor as a workflow that is not among the files that it examines.
const doctorsVisit = "user you write\nenv GITHUB_WORKFLOW_REF acme/shop/.github/workflows/lockstep-on-a-laptop.yml@refs/heads/main\n" +
	"step workflow_dispatch you mode=doctor\n"

// OnGitHubOnly lists the checks of what a repository has beyond its files: a simulated one says nothing about them.
func OnGitHubOnly() []string { return []string{"environments", "labels", "locks", "rules", "template"} }

// Doctor examines the workflow files of a folder as they would be on the default branch, with the rules file next to a
// folder .github/workflows, and shows what to change.
// The folder may also be the repository, or its .github. What has to be fixed is an error.
func Doctor(ctx context.Context, dir string, show *Printer) error {
	dir = workflowsIn(dir)
	files, err := workflowFiles(dir)
	if err != nil {
		return err
	}
	story, err := ParseStory("doctor", []byte(doctorsVisit))
	if err != nil {
		return err
	}
	var findings []app.TraceFinding
	var log string
	if err := addRules(files, dir); err != nil {
		return err
	}
	err = Run(ctx, story, Options{
		Prepare: func(g *sim.GitHub) { g.Push(sim.Commit{Message: "Workflows", Files: files}) },
		After: func(p *Session) {
			findings = p.last.Trace.Findings
			_, _, log = p.Last()
		},
	})
	switch {
	case err != nil:
		return err
	case len(findings) == 0:
		return fmt.Errorf("examine %q: the doctor said nothing: %s", dir, log)
	}
	return show.checkup(dir, findings)
}

// workflowsIn returns the folder of the workflow files, where a folder is a repository or its .github.
func workflowsIn(dir string) string {
	for _, inner := range []string{filepath.Join(dir, ".github", "workflows"), filepath.Join(dir, "workflows")} {
		if info, err := os.Stat(inner); err == nil && info.IsDir() {
			return inner
		}
	}
	return dir
}

// workflowFiles reads the workflow files of a folder, at the paths that they have in a repository.
func workflowFiles(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder %q: %w", dir, err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		if extension := filepath.Ext(entry.Name()); entry.IsDir() || extension != ".yml" && extension != ".yaml" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name())) //nolint:gosec // the person at the terminal names the folder
		if err != nil {
			return nil, fmt.Errorf("read workflow %q: %w", entry.Name(), err)
		}
		files[".github/workflows/"+entry.Name()] = string(text)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there are no workflow files (*.yml, *.yaml) in %q; name a folder such as .github/workflows", dir)
	}
	return files, nil
}

// addRules adds the rules file of a repository and those that may say who owns it. Where they are is known of a folder
// .github/workflows only.
func addRules(files map[string]string, dir string) error {
	folder, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find folder %q: %w", dir, err)
	}
	if filepath.Base(folder) != "workflows" || filepath.Base(filepath.Dir(folder)) != ".github" {
		return nil
	}
	root := filepath.Dir(filepath.Dir(folder))
	for _, name := range []string{".github/lockstep.yml", ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"} {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) //nolint:gosec // the person at the terminal names the folder
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read %q: %w", name, err)
		}
		if err == nil {
			files[name] = string(text)
		}
	}
	return checkName(filepath.Join(root, ".github", "lockstep"))
}

// checkName refuses a rules file of another name than the one that is read: no rule in it would be in effect.
func checkName(base string) error {
	_, missing := os.Stat(base + ".yml")
	if _, err := os.Stat(base + ".yaml"); err == nil && errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("nothing reads %q: rename it to %s.yml", base+".yaml", filepath.Base(base))
	}
	return nil
}

// checkup shows what the doctor found, and what only GitHub knows.
func (p *Printer) checkup(dir string, all []app.TraceFinding) error {
	p.printf("━━ The workflow files in %s\n\n", dir)
	shown, blocking := 0, 0
	for _, f := range all {
		level := f.Level.String()
		if slices.Contains(OnGitHubOnly(), f.Gate) || p != nil && p.Brief && level == "pass" {
			continue
		}
		shown++
		p.printf("  %s %-13s %s\n", p.mark(level), f.Gate, f.Text)
		if f.Hint != "" {
			p.printf("    %-13s → %s\n", "", f.Hint)
		}
		if level == "block" {
			blocking++
		}
	}
	if shown == 0 {
		p.printf("  Nothing to change.\n")
	}
	p.printf("\nOnly GitHub knows: %s. Type .help on a pull request to have them looked at.\n\n", strings.Join(OnGitHubOnly(), ", "))
	if blocking > 0 {
		return fmt.Errorf("examine %q: what must be fixed: %d", dir, blocking)
	}
	return nil
}
