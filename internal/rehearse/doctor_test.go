package rehearse_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The doctor can be asked before anything is merged.
func TestDoctorOnALaptop(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../examples/multi-job.yml")
	require.NoError(t, err)
	const guard = " && needs.start.outputs.run_attempt == github.run_attempt"
	for name, test := range map[string]struct {
		change  []string
		says    []string
		problem string
	}{
		"as it is": {nil, []string{"✔ guards", "✔ attempts", "Only GitHub knows: environments, labels"}, ""},
		"advice":   {[]string{guard, ""}, []string{"! attempts", "→ Add `&& needs.start.outputs.run_attempt"}, ""},
		"mistake":  {[]string{"outputs.noop }}", "outputs.nop }}"}, []string{"✘ outputs", "Perhaps `steps.lockstep.outputs.noop` is meant."}, "what must be fixed: 1"},
		"settings that only GitHub knows": {
			[]string{"        with:\n", "        with:\n          successful_deploy_labels: deployed\n          deploy_message_path: docs/x.md\n"}, []string{"✔ inputs"}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := string(example)
			if len(test.change) > 0 {
				require.Contains(t, text, test.change[0])
				text = string(bytes.Replace(example, []byte(test.change[0]), []byte(test.change[1]), 1))
			}
			out, problem := examine(t, map[string]string{"deploy.yaml": text, "notes.txt": "jobs: ["})
			if test.problem == "" {
				require.NoError(t, problem, out)
			} else {
				require.ErrorContains(t, problem, test.problem)
			}
			for _, said := range test.says {
				assert.Contains(t, out, said)
			}
			assert.NotContains(t, out, "! labels")
			assert.NotContains(t, out, "! template")
		})
	}
}

// The rules file is looked at where it belongs to the folder.
func TestDoctorOfRules(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../examples/multi-job.yml")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		folder, rules, owners string
		says                  []string
		not                   string
		problem               string
	}{
		"broken": {
			".github/workflows", "version: 1\nenvironments: {development: , staging: , production: {soak: 2 hours}}\n", "",
			[]string{"✘ policy", `line 2, column 61: environments.production.soak: "2 hours" is not a length of time`},
			"CODEOWNERS", "what must be fixed: 1",
		},
		"unowned": {".github/workflows", "version: 1\nenvironments: {development: , staging: , production: }\n", "", []string{"! policy", "there is no CODEOWNERS file"}, "✘", ""},
		"owned":   {".github/workflows", "version: 1\nenvironments: {development: , staging: , production: }\n", "* @a", []string{"✔ policy", "it names `development`, `staging`, `production`"}, "CODEOWNERS", ""},
		"nowhere": {"flows", "version: 1\nenvironments: {development: , staging: , production: }\n", "", []string{"there is no rules file"}, "it names", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			dir := filepath.Join(root, filepath.FromSlash(test.folder))
			require.NoError(t, os.MkdirAll(dir, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy.yml"), example, 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "lockstep.yml"), []byte(test.rules), 0o600))
			if test.owners != "" {
				require.NoError(t, os.WriteFile(filepath.Join(root, "CODEOWNERS"), []byte(test.owners), 0o600))
			}
			var out bytes.Buffer
			problem := rehearse.Doctor(t.Context(), dir, &rehearse.Printer{Out: &out})
			if test.problem == "" {
				require.NoError(t, problem, out.String())
			} else {
				require.ErrorContains(t, problem, test.problem)
			}
			for _, said := range test.says {
				assert.Contains(t, out.String(), said)
			}
			assert.NotContains(t, out.String(), test.not)
		})
	}
}

// People name the repository, or .github, as well as the folder of the workflows.
func TestDoctorOfRepository(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../examples/single-job.yml")
	require.NoError(t, err)
	root := t.TempDir()
	workflows := filepath.Join(root, ".github", "workflows")
	require.NoError(t, os.MkdirAll(workflows, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(workflows, "deploy.yml"), example, 0o600))
	rules := filepath.Join(root, ".github", "lockstep.yaml")
	require.NoError(t, os.WriteFile(rules, []byte("version: 1\nenvironments: {development: , staging: , production: }\n"), 0o600))
	require.ErrorContains(t, rehearse.Doctor(t.Context(), root, nil), "nothing reads "+strconv.Quote(rules)+": rename it to lockstep.yml")
	require.NoError(t, os.Rename(rules, filepath.Join(root, ".github", "lockstep.yml")))
	for _, dir := range []string{root, filepath.Join(root, ".github"), workflows} {
		var out bytes.Buffer
		require.NoError(t, rehearse.Doctor(t.Context(), dir, &rehearse.Printer{Out: &out}), out.String())
		assert.Contains(t, out.String(), "it names `development`, `staging`, `production`", dir)
	}
}

func TestDoctorWithoutWorkflows(t *testing.T) {
	t.Parallel()
	_, problem := examine(t, map[string]string{"notes.txt": ""})
	require.ErrorContains(t, problem, "no workflow files")
	require.ErrorContains(t, rehearse.Doctor(t.Context(), filepath.Join(t.TempDir(), "none"), nil), "read folder")
}

// What is left out on a laptop are checks that the doctor has.
func TestChecksOnGitHubOnly(t *testing.T) {
	t.Parallel()
	assert.Subset(t, doctor.Checks(), rehearse.OnGitHubOnly())
}

// examine returns what is shown of a folder with these files.
func examine(t *testing.T, files map[string]string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var out bytes.Buffer
	err := rehearse.Doctor(t.Context(), dir, &rehearse.Printer{Out: &out})
	return out.String(), err
}
