package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// job is a twin of the Actions runner for one step: it hands the action its variables and files,
// and reads what the action wrote the way the runner does.
type job struct {
	dir         string
	environment map[string]string
	transport   http.RoundTripper
	now         func() time.Time
	process     *process // of the newest part
}

// stage is one of the two parts of a step.
type stage struct {
	Exit      int
	Log       string
	Outputs   map[string]string
	State     map[string]string
	Summary   string
	Trace     app.Trace
	Cancelled bool // the job was cancelled meanwhile
	Killed    bool // the process died
}

// newJob prepares the files of a step.
func newJob(dir string, environment map[string]string, payload []byte, doors app.Deps) (*job, error) {
	j := &job{dir: dir, environment: maps.Clone(environment), now: doors.Now}
	path := filepath.Join(dir, "event.json")
	if err := os.WriteFile(path, payload, 0o600); err != nil {
		return nil, fmt.Errorf("write event: %w", err)
	}
	workspace := filepath.Join(dir, "workspace")
	if err := os.MkdirAll(workspace, 0o750); err != nil {
		return nil, fmt.Errorf("make workspace: %w", err)
	}
	j.environment["GITHUB_EVENT_PATH"], j.environment["RUNNER_TEMP"], j.environment["GITHUB_WORKSPACE"] = path, dir, workspace
	return j, nil
}

// main runs the step's main part.
func (j *job) main(ctx context.Context) (stage, error) {
	return j.run(ctx, "main", (*app.App).Main)
}

// post runs the step's post part with the state that main saved and the job's status.
func (j *job) post(ctx context.Context, saved map[string]string, status string) (stage, error) {
	for name, value := range saved {
		j.environment["STATE_"+name] = value
	}
	if given := j.environment["INPUT_STATUS"]; given == jobGoesWell {
		j.environment["INPUT_STATUS"] = status
	}
	j.environment["INPUT_JOB_STATUS"] = status
	return j.run(ctx, "post", (*app.App).Post)
}

func (j *job) run(ctx context.Context, name string, part func(*app.App, context.Context) int) (stage, error) {
	if err := j.prepare(name); err != nil {
		return stage{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j.process = &process{transport: j.transport, cancel: cancel}
	action := app.New(runner.New(&j.process.log, func(name string) string { return j.environment[name] }),
		app.Deps{Transport: j.process, Now: j.now, Environ: j.environ, Version: "rehearsal"})
	j.process.trace = action.Trace
	done := stage{Exit: part(action, ctx), Trace: action.Trace()}
	if left := j.process.remains(); left != nil {
		return *left, nil
	}
	done.Log, done.Cancelled = j.process.log.text(), j.process.wasCancelled()
	return done, j.read(&done)
}

// prepare makes the files that the runner gives to a part of a step.
func (j *job) prepare(name string) error {
	files := map[string]string{"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary"}
	for variable, file := range files {
		path := filepath.Join(j.dir, name+"-"+file)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return fmt.Errorf("prepare file %q: %w", file, err)
		}
		j.environment[variable] = path
	}
	return nil
}

// process is a part of a step while it runs. It is between the action and the network.
type process struct {
	transport http.RoundTripper
	cancel    context.CancelFunc
	trace     func() app.Trace
	log       journal

	mu        sync.Mutex
	left      *stage // what there was when it died
	cancelled bool
}

// exitKilled is the exit status of a process that was killed.
const exitKilled = 137

// RoundTrip lets requests through while the process lives. Nothing that it does afterwards may
// count, and a refusal that is final makes it come to its end soon.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.remains() == nil {
		return p.transport.RoundTrip(r)
	}
	return &http.Response{
		Status: "401 Unauthorized", StatusCode: http.StatusUnauthorized, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(deadBody)), Request: r,
	}, nil
}

// deadBody is the answer to what a dead process asks.
const deadBody = `{"message":"Bad credentials"}`

func (p *process) remains() *stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

func (p *process) wasCancelled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cancelled
}

// stop cancels the job.
func (p *process) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancelled = true
	p.cancel()
}

// kill ends the running part at once: of what it wrote only its saved state stays.
func (j *job) kill() error {
	whole := new(stage)
	if err := j.read(whole); err != nil {
		return err
	}
	p := j.process
	left := &stage{Exit: exitKilled, Killed: true, State: whole.State, Outputs: map[string]string{}, Log: p.log.text(), Trace: p.trace()}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = left
	p.cancel()
	return nil
}

// journal is a log that can be read while it is written.
type journal struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write adds to the log.
func (j *journal) Write(data []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buffer.Write(data)
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buffer.String()
}

func (j *job) environ() []string {
	var all []string
	for name, value := range j.environment {
		all = append(all, name+"="+value)
	}
	return all
}

// read reads the files that the action wrote.
func (j *job) read(done *stage) error {
	var err error
	if done.Outputs, err = runnertest.ReadFile(j.environment["GITHUB_OUTPUT"]); err != nil {
		return fmt.Errorf("read outputs: %w", err)
	}
	if done.State, err = runnertest.ReadFile(j.environment["GITHUB_STATE"]); err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	summary, err := os.ReadFile(j.environment["GITHUB_STEP_SUMMARY"])
	done.Summary = string(summary)
	return err
}

// inputVariables are the variables by which the runner hands inputs over.
func inputVariables(inputs map[string]string) map[string]string {
	variables := map[string]string{}
	for name, value := range inputs {
		variables["INPUT_"+strings.ToUpper(strings.ReplaceAll(name, " ", "_"))] = value
	}
	return variables
}

// runVariables describe one run of a workflow in the repository of the stories.
func runVariables(event, actor, sha string, run int64) map[string]string {
	return map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true",
		"GITHUB_EVENT_NAME": event, "GITHUB_ACTOR": actor, "GITHUB_TRIGGERING_ACTOR": actor,
		"GITHUB_REPOSITORY": owner + "/" + repository, "GITHUB_SHA": sha, "GITHUB_REF": "refs/heads/main",
		"GITHUB_RUN_ID": strconv.FormatInt(run, 10), "GITHUB_RUN_NUMBER": strconv.FormatInt(run%1000, 10),
		"GITHUB_RUN_ATTEMPT": "1", "GITHUB_WORKFLOW": "deploy", "GITHUB_JOB": "deploy", "RUNNER_NAME": "GitHub Actions 1",
		"GITHUB_WORKFLOW_REF":      owner + "/" + repository + "/.github/workflows/deploy.yml@refs/heads/main",
		"GITHUB_ACTION_REPOSITORY": "lockstep-action/lockstep",
		"GITHUB_SERVER_URL":        "https://github.com", "GITHUB_API_URL": "https://" + apiHost,
		"GITHUB_GRAPHQL_URL": "https://" + apiHost + "/graphql",
	}
}

// The repository of the stories, and where its services answer.
const (
	owner          = "acme"
	repository     = "shop"
	apiHost        = "api.github.com"
	enterpriseHost = "github.acme.example" // the same, as a server of the company's own
	versionerHost  = "api.versioner.io"
	versionerKey   = "sk_acme_1_rehearsal"
)

// jobGoesWell is the status of a job that is under way. The inputs that stand for the job's status have
// it in the main part, and the job's end in the post part.
const jobGoesWell = "success"
