package docs

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/template"
	"github.com/lockstep-action/lockstep/internal/track"
)

// What pages show as `input: value` is taken by the action.
func TestSettingsInText(t *testing.T) {
	t.Parallel()
	setting := regexp.MustCompile("`([a-z_]+): ([^`\n]+)`")
	names := inputNames()
	checked := 0
	for _, path := range documentation(repo(t)) {
		text := outside(t, path, "values")
		for _, match := range setting.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(names, match[1]) {
				continue
			}
			checked++
			_, err := tryOut(map[string]string{match[1]: strings.ReplaceAll(match[2], `\|`, "|")})
			require.NoError(t, err, "%s: %s", path, match[0])
		}
	}
	assert.Positive(t, checked)
}

// outside is a page without the blocks of a name.
func outside(t *testing.T, path, name string) string {
	t.Helper()
	text := read(repo(t), path)
	for _, b := range blocksOf(t, path) {
		if b.name == name {
			text = strings.Replace(text, b.String(), "", 1)
		}
	}
	return text
}

func inputNames() []string {
	var names []string
	for _, input := range config.Declared(track.SinkTypes()...) {
		names = append(names, input.Name)
	}
	return names
}

// Names with an underscore in the text of a page exist: as an input, an output, a reason, a key of what
// is written somewhere, or as a word of GitHub's.
func TestNamesInText(t *testing.T) {
	t.Parallel()
	known := slices.Concat(inputNames(), config.OutputNames(), words(), order(repo(t), document().Marshal()), eventKeys(t), sinkKeys(repo(t)), foreignKeys(t), metadataKeys(t))
	known = slices.AppendSeq(known, maps.Keys(doctor.CallInputs()))
	for _, variable := range template.Variables() {
		known = append(known, variable.Name)
	}
	for _, key := range policy.Keys() {
		known = append(known, key.Name)
	}
	for _, reason := range reasons(repo(t)) {
		known = append(known, string(reason))
	}
	span := regexp.MustCompile("`([a-z]+(?:_[a-z]+)+)`")
	for _, path := range documentation(repo(t)) {
		for _, match := range span.FindAllStringSubmatch(read(repo(t), path), -1) {
			assert.Contains(t, known, match[1], path)
		}
	}
}

// words are names of GitHub's, of deployment payloads and of other parts of the action.
func words() []string {
	return []string{
		"issue_comment", "pull_request", "pull_request_target", "repository_dispatch", "workflow_dispatch", "workflow_run",
		"skip_reviews", "github_run_attempt", "github_run_id", "auto_merge", "expected_head_sha", "role_name",
		"pr_base", "default_branch", "in_progress", "not_recorded", "schema_version", "deployment_type",
		"initial_comment_id", "lock_info", "merge_deploy", "unlock_on_merge", "timed_out", "startup_failure", "error_message", "rolled_back",
		"left_out", "nothing_yet", "taken_down", "health_check",
		"env_url", "auto_inactive", "deployment_url", "status_id", // of other actions
		"failure_rules", "failure_after_success", "incidents_unread_before", "window_cut_at", "without_time", "incidents_of_earlier_deployments", // of reports
	}
}
