// Package runner is the only door to the Actions runner: inputs, the event's payload, outputs,
// saved state, masks, the job summary and the log.
//
// What it writes may contain text of strangers (comments, branch names, error bodies of servers).
// It is written such that the runner can never read a further output or a workflow command
// out of it.
package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/sethvargo/go-githubactions"

	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/js"
)

// Runner speaks with the Actions runner that started this process. It is safe for concurrent use.
type Runner struct {
	actions *githubactions.Action
	getenv  func(string) string
	files   sync.Mutex // held while one of the runner's files is looked at and written
}

// New returns a Runner that prints to stdout and reads variables through getenv.
func New(stdout io.Writer, getenv func(string) string) *Runner {
	return &Runner{
		actions: githubactions.New(
			githubactions.WithWriter(&lockedWriter{w: stdout}),
			githubactions.WithGetenv(getenv),
		),
		getenv: getenv,
	}
}

// Input returns the action's input of that name, trimmed as in JavaScript, "" when it is not set.
func (r *Runner) Input(name string) string {
	key := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, " ", "_"))
	return js.Trim(r.getenv(key))
}

// Getenv returns the environment variable of that name, "" when it is not set.
func (r *Runner) Getenv(name string) string { return r.getenv(name) }

// State returns what an earlier stage of this step saved under that name, "" when it saved nothing.
func (r *Runner) State(name string) string { return r.getenv("STATE_" + name) }

// Mask keeps a secret out of the log from now on, the whole of it and each of its lines.
// Blank text is skipped: it is not a secret, and the runner would warn about it.
func (r *Runner) Mask(secret string) {
	lines := strings.FieldsFunc(secret, func(c rune) bool { return c == '\r' || c == '\n' })
	if len(lines) != 1 || lines[0] != secret {
		lines = append([]string{secret}, lines...)
	}
	for _, line := range lines {
		if js.Trim(line) != "" {
			r.issue("add-mask", line)
		}
	}
}

// Log returns a logger whose records become lines and annotations of the step's log.
func (r *Runner) Log() *slog.Logger {
	return slog.New(handler{actions: r.actions})
}

// Group starts a part of the log that a reader can fold, up to the next EndGroup.
func (r *Runner) Group(title string) { r.issue("group", oneLine(title)) }

// EndGroup ends the part that Group started.
func (r *Runner) EndGroup() { r.issue("endgroup", "") }

// Exit reports how the run ended and returns the process's exit code: 0 for nil, else 1 after
// an error annotation with the error's text. A text of several lines stays one annotation.
func (r *Runner) Exit(err error) int {
	if err == nil {
		return 0
	}
	r.Error(err.Error())
	return 1
}

// Error shows a sentence as an error annotation, on the run's page and in the log.
func (r *Runner) Error(text string) { r.issue("error", lines(text)) }

// Warning shows a sentence as a warning annotation, on the run's page and in the log.
func (r *Runner) Warning(text string) { r.issue("warning", lines(text)) }

// Notice shows a sentence as a notice, on the run's page and in the log.
func (r *Runner) Notice(text string) { r.issue("notice", lines(text)) }

// Place is where an annotation belongs: a file of the repository, by its path from the root. Line and column count from
// 1, and are 0 where they are not known.
type Place struct {
	File         string
	Line, Column int
}

// ErrorAt shows a sentence as an error annotation at a place, on the run's page, in the log and in the diff.
func (r *Runner) ErrorAt(at Place, text string) { r.annotate("error", at, text) }

// WarningAt shows a sentence as a warning annotation at a place, on the run's page, in the log and in the diff.
func (r *Runner) WarningAt(at Place, text string) { r.annotate("warning", at, text) }

func (r *Runner) annotate(name string, at Place, text string) {
	_ = recovered(func() {
		r.actions.IssueCommand(&githubactions.Command{Name: name, Message: lines(text), Properties: at.properties()})
	})
}

func (p Place) properties() githubactions.CommandProperties {
	properties := githubactions.CommandProperties{}
	if p.File == "" {
		return properties
	}
	properties["file"] = oneLine(p.File)
	if p.Line > 0 {
		properties["line"] = strconv.Itoa(p.Line)
	}
	if p.Line > 0 && p.Column > 0 {
		properties["col"] = strconv.Itoa(p.Column)
	}
	return properties
}

func lines(text string) string {
	var all []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		all = append(all, oneLine(strings.TrimSuffix(line, "\r")))
	}
	return strings.Join(all, "\n")
}

// issue ignores a failure: when the log cannot be written, there is nowhere to report it.
func (r *Runner) issue(name, message string) {
	_ = recovered(func() {
		r.actions.IssueCommand(&githubactions.Command{Name: name, Message: message})
	})
}

// recovered calls write and turns the panic by which the library reports a failed write into an error.
func recovered(write func()) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		failed, isError := cause.(error)
		if _, isBug := errors.AsType[runtime.Error](failed); !isError || isBug {
			panic(cause)
		}
		err = fmt.Errorf("write to the runner: %w", failed)
	}()
	write()
	return nil
}

// lockedWriter keeps lines of different goroutines apart: the library prints each with one Write.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// ErrNoPayload says that the runner gave no payload: this process was not started by an event.
var ErrNoPayload = errors.New("no event payload")

// maxPayload is the longest payload that is read, in bytes. GitHub sends none above 25 MiB.
const maxPayload = 25 << 20

// Event reads the event that started the workflow: the payload file at GITHUB_EVENT_PATH and
// the GITHUB_* variables. The error is ErrNoPayload when there is no such file.
func (r *Runner) Event() (event.Event, error) {
	payload, err := readPayload(r.getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return event.Event{}, err
	}
	return event.Parse(event.Environment{
		Name:       r.getenv("GITHUB_EVENT_NAME"),
		Repository: r.getenv("GITHUB_REPOSITORY"),
		Actor:      r.getenv("GITHUB_ACTOR"),
		Triggering: r.getenv("GITHUB_TRIGGERING_ACTOR"),
		SHA:        r.getenv("GITHUB_SHA"),
		Ref:        r.getenv("GITHUB_REF"),
		HeadRef:    r.getenv("GITHUB_HEAD_REF"),
		BaseRef:    r.getenv("GITHUB_BASE_REF"),
		RunID:      r.getenv("GITHUB_RUN_ID"),
		RunNumber:  r.getenv("GITHUB_RUN_NUMBER"),
		RunAttempt: r.getenv("GITHUB_RUN_ATTEMPT"),
		ServerURL:  r.getenv("GITHUB_SERVER_URL"),
		Workflow:   r.getenv("GITHUB_WORKFLOW"),
		Job:        r.getenv("GITHUB_JOB"),
		Runner:     r.getenv("RUNNER_NAME"),
	}, payload)
}

func readPayload(path string) ([]byte, error) {
	if path == "" {
		return nil, fmt.Errorf("%w: GITHUB_EVENT_PATH is not set", ErrNoPayload)
	}
	file, err := os.Open(path) //nolint:gosec // the runner names the file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no file %q", ErrNoPayload, path)
	}
	if err != nil {
		return nil, fmt.Errorf("open event payload: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written to it
	payload, err := io.ReadAll(io.LimitReader(file, maxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("read event payload: %w", err)
	}
	if len(payload) > maxPayload {
		return nil, fmt.Errorf("read event payload %q: it is longer than %d bytes", path, maxPayload)
	}
	return payload, nil
}
