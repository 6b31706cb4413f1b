package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	workflowfile "github.com/lockstep-action/lockstep/internal/workflow"
)

// The doctor has nothing to say against the workflows that people may copy.
func TestDoctorOfDocumentedWorkflows(t *testing.T) {
	t.Parallel()
	others := called(t)
	for i, w := range workflows(t) {
		t.Run(fmt.Sprintf("%s-%d", w.page, i), func(t *testing.T) {
			t.Parallel()
			found := examined(append(others, checkup.File{Path: ".github/workflows/" + workflowName(w, i), Text: w.text}))
			for _, f := range found {
				if f.Gate == "workflows" {
					continue // some call Lockstep by way of another workflow
				}
				assert.Equal(t, deploy.Pass, f.Level, "%s: %s %s", f.Gate, f.Text, f.Hint)
			}
		})
	}
}

// The doctor knows of each job on the pages what it needs: stories show that none of its permissions can be left
// out, and when one is, that is the one that the doctor misses.
func TestDoctorKnowsPermissions(t *testing.T) {
	t.Parallel()
	for name := range permitted() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(name)
			_, job := jobOn(t, words[0], words[1])
			use := useIn(t, words[0], words[1])
			var granted []string
			for scope, level := range job.Permissions {
				granted = append(granted, scope+": "+level)
			}
			require.ElementsMatch(t, granted, use.Permissions())
			for what, fewer := range lessThan(job.Permissions) {
				scope, _, _ := strings.Cut(what, ":")
				missing := "`" + scope + ": " + job.Permissions[scope] + "`"
				assert.Contains(t, misses(use, fewer), "its token lacks "+missing+".", what)
			}
		})
	}
}

// useIn is what the doctor sees of the step that calls the action in a job.
func useIn(t *testing.T, page, job string) doctor.StepRef {
	t.Helper()
	for _, other := range workflows(t) {
		if other.page != page {
			continue
		}
		setup := doctor.Setup{Names: []string{"lockstep-action/lockstep", checkedOut}}
		setup.Read([]checkup.File{{Path: "x.yml", Text: other.text}})
		uses, unreadable := setup.Uses, setup.Unreadable
		require.Empty(t, unreadable)
		for _, use := range uses {
			if use.Job == job {
				return use
			}
		}
	}
	require.Fail(t, "no such job calls the action", job)
	return doctor.StepRef{}
}

// misses is what the doctor says of the permissions of a job, were they these.
func misses(use doctor.StepRef, granted map[string]string) string {
	use.In.Permissions = &workflowfile.Permissions{Scopes: granted}
	use.Workflow.Triggers = nil // its callers have enough
	var all []string
	for _, f := range doctor.Examine(doctor.Examination{Setup: doctor.Setup{Uses: []doctor.StepRef{use}}}) {
		if f.Gate == "permissions" && f.Level != deploy.Pass {
			all = append(all, f.Text)
		}
	}
	return strings.Join(all, "\n")
}

// called are the workflows of the documentation that others call.
func called(t *testing.T) []checkup.File {
	t.Helper()
	var files []checkup.File
	for i, w := range workflows(t) {
		if w.runsOn("workflow_call") {
			files = append(files, checkup.File{Path: ".github/workflows/" + workflowName(w, i), Text: w.text})
		}
	}
	return files
}

// examined is what the doctor says of workflow files, in a repository about which nothing else is known.
func examined(files []checkup.File) []deploy.Finding {
	setup := doctor.Setup{Names: []string{"lockstep-action/lockstep", checkedOut}}
	setup.Read(files)
	facts := checkup.Facts{Deploy: deploy.Facts{NoRules: true}, Labels: map[string]bool{}}
	facts.Deploy.MarkRead(deploy.RulesPart)
	for _, label := range doctor.Labels(setup.Settings()) {
		facts.Labels[label] = true
	}
	return doctor.Examine(doctor.Examination{Setup: setup, Facts: facts})
}
