package rehearse_test

import (
	"bytes"
	"os"
	"path/filepath"
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
