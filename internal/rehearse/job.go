package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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
}

// stage is one of the two parts of a step.
type stage struct {
	Exit    int
	Log     string
	Outputs map[string]string
	State   map[string]string
	Summary string
	Trace   app.Trace
}

// newJob prepares the files of a step.
func newJob(dir string, environment map[string]string, payload []byte, doors app.Doors) (*job, error) {
	j := &job{dir: dir, environment: maps.Clone(environment), transport: doors.Transport, now: doors.Now}
	path := filepath.Join(dir, "event.json")
	if err := os.WriteFile(path, payload, 0o600); err != nil {
		return nil, fmt.Errorf("write event: %w", err)
	}
	j.environment["GITHUB_EVENT_PATH"] = path
	return j, nil
}

// main runs the step's main part.
func (j *job) main(ctx context.Context) (stage, error) {
	return j.run("main", func(a *app.App) int { return a.Main(ctx) })
}

// post runs the step's post part with the state that main saved and the job's status.
func (j *job) post(ctx context.Context, saved map[string]string, status string) (stage, error) {
	for name, value := range saved {
		j.environment["STATE_"+name] = value
	}
	j.environment["INPUT_STATUS"] = status
	return j.run("post", func(a *app.App) int { return a.Post(ctx) })
}

func (j *job) run(name string, part func(*app.App) int) (stage, error) {
	files := map[string]string{"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary"}
	for variable, file := range files {
		path := filepath.Join(j.dir, name+"-"+file)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return stage{}, fmt.Errorf("prepare file %q: %w", file, err)
		}
		j.environment[variable] = path
	}
	var log bytes.Buffer
	action := app.New(runner.New(&log, func(name string) string { return j.environment[name] }),
		app.Doors{Transport: j.transport, Now: j.now, Environ: j.environ, Version: "rehearsal"})
	done := stage{Exit: part(action), Trace: action.Trace()}
	done.Log = log.String()
	return done, j.read(&done)
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
		"GITHUB_RUN_ATTEMPT": "1", "GITHUB_WORKFLOW": "deploy", "GITHUB_JOB": "deploy",
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_API_URL": "https://" + apiHost,
		"GITHUB_GRAPHQL_URL": "https://" + apiHost + "/graphql",
	}
}

// The repository of the stories, and where its services answer.
const (
	owner         = "acme"
	repository    = "shop"
	apiHost       = "api.github.com"
	versionerHost = "api.versioner.io"
	versionerKey  = "sk_acme_1_rehearsal"
)
