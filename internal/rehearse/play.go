package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

// Options say how to play.
type Options struct {
	Schema *sim.Schema         // of LoadSchema; loaded when nil
	Wait   func(time.Duration) // lets time pass between the parts of a story; nil puts the clock forward
	Show   *Printer            // shows the story to people; nil plays in silence

	Latency time.Duration           // of each request to GitHub; without it rounds cannot be told and are not counted
	Prepare func(*sim.GitHub)       // prepares GitHub before the story begins; nil does not
	After   func(*Play)             // looks at the stage when the story is over; nil does not
	Rewrite func(file, body string) // is given the comments instead of comparing them; nil compares
}

// LoadSchema compiles GitHub's published contracts for simulators.
func LoadSchema() (*sim.Schema, error) {
	files := testdata.Files()
	graphql, errGraphQL := files.ReadFile("schema/github.graphql")
	openapi, errOpenAPI := files.ReadFile("schema/rest.openapi.json")
	if err := errors.Join(errGraphQL, errOpenAPI); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return sim.LoadSchema(graphql, openapi)
}

// Play is a story on the stage.
type Play struct {
	GitHub    *sim.GitHub
	Versioner *sim.Versioner

	story    Story
	moments  *moments
	inputs   map[string]string
	dir      string
	runs     int64
	wait     func(time.Duration)
	ahead    time.Duration // how far the action's clock has been put forward
	show     *Printer
	rewrite  func(file, body string)
	job      *job
	last     stage // the newest part of the newest step
	open     bool  // main said continue, and the job has not ended yet
	comment  int64 // the newest command
	pull     int
	comments map[int]int         // comments shown so far, by pull request
	pushed   map[string][]string // commits of this story, by branch
	events   int                 // events looked at by the story so far
	shown    int                 // events shown so far
	latency  time.Duration
	requests int // to GitHub, before the newest part of a step
	problems []error
}

// Run plays a story. The error holds every expectation that was not met.
func Run(ctx context.Context, story Story, o Options) error {
	if o.Schema == nil {
		schema, err := LoadSchema()
		if err != nil {
			return err
		}
		o.Schema = schema
	}
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return fmt.Errorf("make room for the story: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder harms nobody
	p := newPlay(story, o, dir)
	p.GitHub.SetLatency(o.Latency)
	if o.Prepare != nil {
		o.Prepare(p.GitHub)
	}
	p.show.title(story)
	for _, line := range story.Lines {
		if err := p.line(ctx, line); err != nil {
			return fmt.Errorf("story %q, line %d (%s %s): %w", story.Name, line.Number, line.Verb, line.Rest, err)
		}
	}
	if o.After != nil {
		o.After(p)
	}
	return p.verdict()
}

func newPlay(story Story, o Options, dir string) *Play {
	p := &Play{
		GitHub:    sim.New(o.Schema, sim.Repository{Owner: owner, Name: repository, DefaultBranch: "main"}),
		Versioner: sim.NewVersioner(versionerKey),
		story:     story, dir: dir, runs: 9_000_000_000, wait: o.Wait, show: o.Show, rewrite: o.Rewrite, latency: o.Latency,
		comments: map[int]int{}, pushed: map[string][]string{},
	}
	p.moments = &moments{next: p.GitHub}
	if p.wait == nil {
		p.wait = func(d time.Duration) { p.ahead += d }
	}
	p.inputs = app.DefaultInputs()
	p.inputs["github_token"], p.inputs["status"] = "sim-token", "success"
	maps.Copy(p.inputs, story.With)
	return p
}

// Last is what the newest part of the newest step came to.
func (p *Play) Last() (exit int, outputs map[string]string, log string) {
	return p.last.Exit, p.last.Outputs, p.last.Log
}

// Requests counts the requests to GitHub since the story began.
func (p *Play) Requests() int { return p.requests + len(p.GitHub.Requests()) }

// forget starts a new count of requests.
func (p *Play) forget() {
	p.requests += len(p.GitHub.Requests())
	p.GitHub.ResetRequests()
}

// verdict joins what the story and the simulated services have to complain about.
func (p *Play) verdict() error {
	for _, violation := range p.GitHub.Violations() {
		p.problems = append(p.problems, fmt.Errorf("story %q: broken contract: %s", p.story.Name, violation))
	}
	return errors.Join(p.problems...)
}

// now is the action's clock.
func (p *Play) now() time.Time {
	return time.Now().Add(p.ahead) //nolint:forbidigo // the rehearsal is a door: it plays the world
}

// network is what the action can reach.
func (p *Play) network() sim.Network {
	return sim.Network{apiHost: p.moments, versionerHost: p.Versioner}
}

// step runs the main part of the action for an event.
func (p *Play) step(ctx context.Context, event, actor string, payload []byte, with map[string]string) error {
	if p.open {
		if err := p.finish(ctx, "success"); err != nil {
			return err
		}
	}
	p.runs++
	dir, err := os.MkdirTemp(p.dir, "step-")
	if err != nil {
		return fmt.Errorf("make room for the step: %w", err)
	}
	inputs := maps.Clone(p.inputs)
	maps.Copy(inputs, with)
	environment := runVariables(event, actor, p.GitHub.Head("main"), p.runs)
	maps.Copy(environment, inputVariables(inputs))
	if p.job, err = newJob(dir, environment, payload, app.Doors{Transport: p.network(), Now: p.now}); err != nil {
		return err
	}
	p.forget()
	if p.last, err = p.job.main(ctx); err != nil {
		return err
	}
	p.inspect()
	p.show.step(p, "main")
	p.open = p.last.Outputs["continue"] == "true"
	if !p.open {
		return p.finishQuietly(ctx)
	}
	return nil
}

// finish ends the open job, as the runner does when its other steps are over.
func (p *Play) finish(ctx context.Context, status string) error {
	if p.job == nil {
		return errors.New("there is no job to end")
	}
	outputs := p.last.Outputs
	p.forget()
	last, err := p.job.post(ctx, p.last.State, status)
	if err != nil {
		return err
	}
	merged := maps.Clone(outputs)
	maps.Copy(merged, last.Outputs)
	last.Outputs = merged
	p.last, p.open = last, false
	p.inspect()
	p.show.step(p, "post")
	return nil
}

// inspect holds a part of a step to what the runner would understand of it.
func (p *Play) inspect() {
	for name := range p.last.Outputs {
		if !slices.Contains(app.OutputNames(), name) {
			p.problems = append(p.problems, fmt.Errorf("story %q: output %q is not declared", p.story.Name, name))
		}
	}
	for _, command := range runnertest.Commands(p.last.Log) {
		if !slices.Contains([]string{"add-mask", "debug", "warning", "error"}, command.Name) {
			p.problems = append(p.problems, fmt.Errorf("story %q: the log holds the command %q", p.story.Name, command.Name))
		}
	}
}

// finishQuietly runs the post part of a step that does not go on. Where main closed everything it
// has nothing to do, and what main said stays the newest.
func (p *Play) finishQuietly(ctx context.Context) error {
	status := "success"
	if p.last.Exit != 0 {
		status = "failure"
	}
	before := len(p.GitHub.Requests())
	done, err := p.job.post(ctx, p.last.State, status)
	if err != nil {
		return err
	}
	if len(p.GitHub.Requests()) > before {
		p.show.step(p, "post")
	}
	if done.Exit != 0 {
		p.last.Log += done.Log
	}
	return nil
}

// commandEvent is the payload of a new comment.
func (p *Play) commandEvent(action string) ([]byte, error) {
	template, err := testdata.Files().ReadFile("events/issue_comment." + action + ".json")
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	return p.GitHub.CommentEvent(template, action, p.comment)
}

// plainEvent is the payload of an event that is about no comment.
func plainEvent() []byte {
	payload, _ := json.Marshal(map[string]any{"repository": map[string]any{"name": repository, "owner": map[string]string{"login": owner}}})
	return payload
}

// said are the comments that Lockstep wrote on the pull request of the newest command.
func (p *Play) said() []sim.Comment {
	var said []sim.Comment
	for _, comment := range p.GitHub.Comments(p.pull) {
		if strings.HasSuffix(comment.Author, "[bot]") {
			said = append(said, comment)
		}
	}
	return said
}
