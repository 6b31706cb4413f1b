package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/lockstep-action/lockstep/internal/event"
)

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
