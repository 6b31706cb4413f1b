package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner"
)

// BenchmarkCommands measures what the start of each command takes, without the time that GitHub takes:
// its answers are recorded once and played back.
func BenchmarkCommands(b *testing.B) {
	for _, example := range rehearse.Examples() {
		b.Run(strings.ReplaceAll(example.Name, "`", ""), func(b *testing.B) {
			start := recorded(b, example)
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				start()
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime returns what the process has used so far. Other load on the machine changes it little.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// recorded returns a function that runs the start of a command with GitHub's recorded answers.
func recorded(tb testing.TB, example rehearse.Example) func() {
	tb.Helper()
	service, err := rehearse.NewService(tb.Context(), "127.0.0.1:0", example)
	require.NoError(tb, err)
	dir := tb.TempDir()
	require.NoError(tb, service.WriteTo(dir))
	variables := map[string]string{
		"GITHUB_EVENT_PATH": filepath.Join(dir, "event.json"),
		"GITHUB_OUTPUT":     os.DevNull, "GITHUB_STATE": os.DevNull, "GITHUB_STEP_SUMMARY": os.DevNull,
	}
	for name, value := range service.Variables {
		if _, ours := variables[name]; !ours {
			variables[name] = value
		}
	}
	answers := &tape{next: http.DefaultTransport, recorded: map[string][]answer{}, played: map[string]int{}}
	start := func() {
		clear(answers.played)
		deps := app.Deps{Transport: answers, Now: time.Now, Environ: os.Environ, Version: "measured"}
		var log bytes.Buffer
		exit := app.New(runner.New(&log, func(name string) string { return variables[name] }), deps).Main(tb.Context())
		require.Zero(tb, exit, "%s", &log)
	}
	start()
	answers.next = nil
	return start
}

// tape records answers by method and path, and plays them back in their order.
type tape struct {
	next     http.RoundTripper // nil while it plays back
	mu       sync.Mutex
	recorded map[string][]answer
	played   map[string]int
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// RoundTrip answers from the tape, or records the answer.
func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := r.Method + " " + r.URL.Path
	if t.next != nil {
		if err := t.record(r, key); err != nil {
			return nil, err
		}
	}
	at := t.played[key]
	if at >= len(t.recorded[key]) {
		return nil, fmt.Errorf("nothing was recorded for %s", key)
	}
	t.played[key]++
	a := t.recorded[key][at]
	return &http.Response{
		StatusCode: a.status, Header: a.header.Clone(), Request: r, ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}

func (t *tape) record(r *http.Request, key string) error {
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	t.recorded[key] = append(t.recorded[key], answer{response.StatusCode, response.Header, body})
	return errors.Join(err, response.Body.Close())
}

// Recorded answers are played back as often as a benchmark needs them.
func TestRecordedCommand(t *testing.T) {
	t.Parallel()
	start := recorded(t, rehearse.Examples()[0])
	start()
	start()
}
