package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// machine runs the built program.
type machine struct {
	dir    string
	binary string
	runs   int
}

// newMachine builds the program as the image does.
func newMachine(ctx context.Context, runs int) (*machine, error) {
	dir, err := os.MkdirTemp("", "measure-")
	if err != nil {
		return nil, fmt.Errorf("make room: %w", err)
	}
	m := &machine{dir: dir, binary: filepath.Join(dir, "lockstep"), runs: runs}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-gcflags=./...=-l", "-ldflags", "-s -w", "-o", m.binary, ".") //nolint:gosec // our own program
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	return m, os.Symlink("lockstep", m.binary+"-post")
}

func (m *machine) clean() { _ = os.RemoveAll(m.dir) }

// part is what one run of one of the two parts took.
type part struct {
	wall, processor, first time.Duration // first: from the start of the program to its first request
}

// pair is a run of both parts.
type pair struct{ main, post part }

// result is what a example takes: the median of several runs.
type result struct {
	example     rehearse.Example
	near, far    pair  // with answers at once, and after 100 ms
	allocations  int64 // of main
	allocatedKiB int64
}

func (m *machine) measure(ctx context.Context, s rehearse.Example) (result, error) {
	measured := result{example: s}
	var err error
	if measured.near, err = m.median(ctx, s, 0); err != nil {
		return result{}, err
	}
	if measured.far, err = m.median(ctx, s, 100*time.Millisecond); err != nil {
		return result{}, err
	}
	measured.allocations, measured.allocatedKiB, err = allocations(ctx, s)
	return measured, err
}

// median runs a example several times, each time in a world of its own.
func (m *machine) median(ctx context.Context, s rehearse.Example, latency time.Duration) (pair, error) {
	var mains, posts []part
	for range m.runs {
		one, err := m.once(ctx, s, latency)
		if err != nil {
			return pair{}, err
		}
		mains, posts = append(mains, one.main), append(posts, one.post)
	}
	return pair{middle(mains), middle(posts)}, nil
}

func middle(parts []part) part {
	pick := func(value func(part) time.Duration) time.Duration {
		var all []time.Duration
		for _, one := range parts {
			all = append(all, value(one))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return part{
		wall:      pick(func(p part) time.Duration { return p.wall }),
		processor: pick(func(p part) time.Duration { return p.processor }),
		first:     pick(func(p part) time.Duration { return p.first }),
	}
}

// once runs main, and post if main began something.
func (m *machine) once(ctx context.Context, s rehearse.Example, latency time.Duration) (pair, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the service ends with it
	service, err := rehearse.NewService(ctx, "127.0.0.1:0", s)
	if err != nil {
		return pair{}, err
	}
	service.GitHub.SetLatency(latency)
	dir, err := os.MkdirTemp(m.dir, "run-")
	if err != nil {
		return pair{}, err
	}
	if err := service.WriteTo(dir); err != nil {
		return pair{}, err
	}
	variables := maps.Clone(service.Variables)
	variables["GITHUB_EVENT_PATH"], variables["RUNNER_TEMP"] = filepath.Join(dir, "event.json"), dir
	w := &world{service, dir, variables}
	var both pair
	if both.main, err = w.run(ctx, m.binary); err != nil || !s.Begins {
		return both, err
	}
	saved, err := runnertest.ReadFile(variables["GITHUB_STATE"])
	if err != nil {
		return pair{}, err
	}
	for name, value := range saved {
		variables["STATE_"+name] = value
	}
	both.post, err = w.run(ctx, m.binary+"-post")
	return both, err
}

// world is what one run of the program sees.
type world struct {
	service   *rehearse.Service
	dir       string
	variables map[string]string
}

// run starts the program and waits for its end.
func (w *world) run(ctx context.Context, binary string) (part, error) {
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"} {
		w.variables[name] = filepath.Join(w.dir, filepath.Base(binary)+"-"+name)
		if err := os.WriteFile(w.variables[name], nil, 0o600); err != nil {
			return part{}, err
		}
	}
	command := exec.CommandContext(ctx, binary)
	for name, value := range w.variables {
		command.Env = append(command.Env, name+"="+value)
	}
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	w.service.GitHub.ResetRequests()
	began := time.Now()
	err := command.Run()
	took := time.Since(began)
	if err != nil {
		return part{}, fmt.Errorf("%w: %s", err, log.String())
	}
	requests := w.service.GitHub.Requests()
	if len(requests) == 0 {
		return part{}, errors.New("it asked nothing")
	}
	return part{
		wall: took, first: requests[0].Start.Sub(began),
		processor: command.ProcessState.UserTime() + command.ProcessState.SystemTime(),
	}, nil
}
