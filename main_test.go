package main_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// process starts the built binary as the runner does, against the simulator on a real port.
type process struct {
	binary    string
	dir       string
	service   *rehearse.Service
	variables map[string]string
}

func newProcess(t *testing.T, command string) *process {
	t.Helper()
	service, err := rehearse.NewService(t.Context(), "127.0.0.1:0", rehearse.Waiting(command))
	require.NoError(t, err)
	p := &process{dir: t.TempDir(), service: service, variables: maps.Clone(service.Variables)}
	require.NoError(t, service.WriteTo(p.dir))
	p.variables["GITHUB_EVENT_PATH"] = filepath.Join(p.dir, "event.json")
	p.binary = filepath.Join(p.dir, "lockstep")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", p.binary, ".")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.Symlink("lockstep", p.binary+"-post"))
	return p
}

// command prepares one of the two entry points.
func (p *process) command(t *testing.T, name string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	for variable, file := range map[string]string{"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary"} {
		p.variables[variable] = filepath.Join(p.dir, name+"-"+file)
		require.NoError(t, os.WriteFile(p.variables[variable], nil, 0o600))
	}
	command := exec.CommandContext(t.Context(), filepath.Join(p.dir, name))
	for name, value := range p.variables {
		command.Env = append(command.Env, name+"="+value)
	}
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	return command, &log
}

// read reads what an entry point wrote.
func (p *process) read(t *testing.T, file string) map[string]string {
	t.Helper()
	values, err := runnertest.ReadFile(filepath.Join(p.dir, file))
	require.NoError(t, err)
	return values
}

// post runs the second entry point with the state of the first.
func (p *process) post(t *testing.T, status string) string {
	t.Helper()
	for name, value := range p.read(t, "lockstep-state") {
		p.variables["STATE_"+name] = value
	}
	p.variables["INPUT_STATUS"] = status
	command, log := p.command(t, "lockstep-post")
	require.NoError(t, command.Run(), log)
	return log.String()
}

func TestProcess(t *testing.T) {
	t.Parallel()
	p := newProcess(t, ".deploy to development")
	command, log := p.command(t, "lockstep")
	require.NoError(t, command.Run(), log)

	outputs := p.read(t, "lockstep-output")
	assert.Equal(t, "true", outputs["continue"])
	assert.Equal(t, "deployment_ready", outputs["reason_code"])
	assert.Equal(t, p.service.GitHub.Head("checkout"), outputs["sha"])
	assert.Equal(t, "in_progress", p.service.GitHub.Deployments("development")[0].Statuses[0].State)
	summary, err := os.ReadFile(filepath.Join(p.dir, "lockstep-summary"))
	require.NoError(t, err)
	assert.Contains(t, string(summary), "deploying to development")

	log.WriteString(p.post(t, "success"))
	assert.Equal(t, "success", p.service.GitHub.Deployments("development")[0].Statuses[0].State)
	assert.Contains(t, p.read(t, "lockstep-post-output"), "total_seconds")
	comments := p.service.GitHub.Comments(1)
	assert.Contains(t, comments[len(comments)-1].Body, "### Deployment Results ✅")
	assert.Empty(t, p.service.GitHub.Violations())

	var states []string
	for _, event := range p.service.Versioner.Events() {
		states = append(states, event.State)
	}
	assert.Equal(t, []string{"started", "completed"}, states)
	assertNoSecrets(t, p, log.String())
}

// assertNoSecrets looks for the token and the key everywhere but in the masks.
func assertNoSecrets(t *testing.T, p *process, log string) {
	t.Helper()
	written := map[string]string{"log": log}
	for _, file := range []string{"lockstep-output", "lockstep-state", "lockstep-summary", "lockstep-post-output", "lockstep-post-state"} {
		text, err := os.ReadFile(filepath.Join(p.dir, file))
		require.NoError(t, err)
		written[file] = string(text)
	}
	for where, text := range written {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "::add-mask::") {
				continue
			}
			assert.NotContains(t, line, p.variables["INPUT_GITHUB_TOKEN"], where)
			assert.NotContains(t, line, p.variables["INPUT_VERSIONER_API_KEY"], where)
		}
	}
}

// setsStatus reports whether the action has asked for a deployment status.
func (p *process) setsStatus() bool {
	return slices.ContainsFunc(p.service.GitHub.Requests(), func(r sim.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/statuses")
	})
}

// A job that is cancelled during the start is cleaned up before the process ends.
func TestProcessIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, ".deploy to development")
			p.service.GitHub.Fail(sim.Fault{Method: "POST", Path: "/repos/*/*/deployments/*/statuses", Hang: true})
			command, log := p.command(t, "lockstep")
			require.NoError(t, command.Start())
			require.Eventually(t, p.setsStatus, time.Minute, 10*time.Millisecond)
			require.NoError(t, command.Process.Signal(signal))
			require.Error(t, command.Wait(), log)

			assert.NotContains(t, p.read(t, "lockstep-output"), "continue")
			assert.Equal(t, "error", p.service.GitHub.Deployments("development")[0].Statuses[0].State)
			requests := len(p.service.GitHub.Requests())
			p.post(t, "cancelled")
			assert.Len(t, p.service.GitHub.Requests(), requests, "main has closed everything")
		})
	}
}

// The post part cleans up after a main part that was killed.
func TestProcessIsKilled(t *testing.T) {
	t.Parallel()
	p := newProcess(t, ".deploy to development")
	p.service.GitHub.Fail(sim.Fault{Method: "POST", Path: "/repos/*/*/deployments", After: true, Hang: true})
	command, log := p.command(t, "lockstep")
	require.NoError(t, command.Start())
	require.Eventually(t, func() bool { return len(p.service.GitHub.Deployments("development")) == 1 }, time.Minute, 10*time.Millisecond)
	require.NoError(t, command.Process.Kill())
	require.Error(t, command.Wait(), log)

	p.post(t, "cancelled")
	assert.Equal(t, "error", p.service.GitHub.Deployments("development")[0].Statuses[0].State)
	comments := p.service.GitHub.Comments(1)
	assert.Contains(t, comments[len(comments)-1].Body, "interrupted")
}
