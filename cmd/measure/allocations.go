package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner"
)

// allocations counts what main allocates. GitHub's answers are recorded once and played back, so that nothing
// of the simulator is counted.
func allocations(ctx context.Context, s rehearse.Example) (count, kibibytes int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the service ends with it
	service, err := rehearse.NewService(ctx, "127.0.0.1:0", s)
	if err != nil {
		return 0, 0, err
	}
	dir, err := os.MkdirTemp("", "measure-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder harms nobody
	if err := service.WriteTo(dir); err != nil {
		return 0, 0, err
	}
	t := &tape{next: http.DefaultTransport, answers: map[string][]recorded{}, played: map[string]int{}}
	action := func() int {
		clear(t.played)
		doors := app.Deps{Transport: t, Now: time.Now, Environ: os.Environ, Version: "measured"}
		return app.New(runner.New(io.Discard, variables(service, dir)), doors).Main(ctx)
	}
	if exit := action(); exit != 0 {
		return 0, 0, fmt.Errorf("main ended with %d", exit)
	}
	t.next = nil
	measured := testing.Benchmark(func(b *testing.B) {
		b.Helper()
		for b.Loop() {
			if exit := action(); exit != 0 {
				b.Fatalf("main ended with %d when its answers were played back", exit)
			}
		}
	})
	if measured.N == 0 {
		return 0, 0, fmt.Errorf("the answers to %s cannot be played back", s.Name)
	}
	return measured.AllocsPerOp(), measured.AllocedBytesPerOp() >> 10, nil
}

// variables are those of the runner, with files that keep nothing.
func variables(s *rehearse.Service, dir string) func(string) string {
	files := map[string]string{
		"GITHUB_EVENT_PATH": filepath.Join(dir, "event.json"),
		"GITHUB_OUTPUT":     os.DevNull, "GITHUB_STATE": os.DevNull, "GITHUB_STEP_SUMMARY": os.DevNull,
	}
	return func(name string) string {
		if path, isFile := files[name]; isFile {
			return path
		}
		return s.Variables[name]
	}
}

// tape records answers by method and path, and plays them back in their order.
type tape struct {
	next    http.RoundTripper // nil while it plays back
	mu      sync.Mutex
	answers map[string][]recorded
	played  map[string]int
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

// RoundTrip answers from the tape, or records the answer.
func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Method + " " + r.URL.Path
	if t.next == nil {
		return t.play(r, key)
	}
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	one := recorded{response.StatusCode, response.Header, body}
	t.answers[key] = append(t.answers[key], one)
	return one.answer(r), nil
}

func (t *tape) play(r *http.Request, key string) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.played[key]
	if at >= len(t.answers[key]) {
		return nil, fmt.Errorf("nothing was recorded for %s", key)
	}
	t.played[key]++
	return t.answers[key][at].answer(r), nil
}

func (r recorded) answer(to *http.Request) *http.Response {
	return &http.Response{
		StatusCode: r.status, Header: r.header.Clone(), Request: to, ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(r.body)), ContentLength: int64(len(r.body)),
	}
}
