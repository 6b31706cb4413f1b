package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// Stage is a story that is played line by line, for as long as someone has lines. One line is played at a time. What
// only looks, and [Stage.React], may be called while a line is played.
type Stage struct {
	session *Session
	dir     string
	began   time.Time

	mu    sync.Mutex
	scene Scene
	steps []StageStep
	start StageStep // what was there when the newest part began
	wrong []error   // what went wrong in a server
}

// Scene is where a story has got to.
type Scene struct {
	Pull    int               // the pull request that it is about, 0 before there is one
	Running bool              // the action is running
	Open    bool              // the job goes on, and a line has to end it
	Command int64             // the newest command's comment, 0 for none
	Actor   string            // who typed it
	Inputs  map[string]string // that the workflow gives, without defaults and the token
	Polled  map[int64]bool    // comments whose reactions the running action has read

	owner  string            // of the token that the action has, "" for the workflow's own
	inputs map[string]string // with defaults
}

// StageStep is a part of a step that has ended.
type StageStep struct {
	Part

	Trace    app.Trace
	After    int64 // the newest comment on the pull request when it began, 0 for none
	Requests int   // to GitHub
}

// NewStage sets the stage for a story. It plays none of its lines. [Stage.Close] has to be called in the end.
func NewStage(story Story, o Options) (*Stage, error) {
	if o.Schema == nil {
		schema, err := LoadSchema()
		if err != nil {
			return nil, err
		}
		o.Schema = schema
	}
	dir, err := os.MkdirTemp("", "stage-")
	if err != nil {
		return nil, fmt.Errorf("make room for the story: %w", err)
	}
	s := &Stage{dir: dir}
	s.session = newSession(story, s.watched(o), dir)
	s.began = s.session.Now()
	s.session.GitHub.SetLatency(o.Latency)
	s.session.survive, s.session.quiet = s.survive, s.ended
	s.look()
	return s, nil
}

// ParseLine reads one line of a script. A line that is empty, or a comment, has no verb.
func ParseLine(text string) Line {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "#") {
		return Line{}
	}
	verb, rest, _ := strings.Cut(text, " ")
	return Line{Verb: verb, Rest: strings.TrimSpace(rest)}
}

// watched lets the stage see each part of a step begin and end, and then those who asked for it.
func (s *Stage) watched(o Options) Options {
	around, ended := o.Around, o.Ended
	o.Around = func(p *Session, transport http.RoundTripper) http.RoundTripper {
		s.begins(p)
		if around != nil {
			return around(p, transport)
		}
		return transport
	}
	o.Ended = func(p *Session) {
		s.ended(p)
		if ended != nil {
			ended(p)
		}
	}
	return o
}

// Line plays one line. The error also says which expectations it did not meet.
func (s *Stage) Line(ctx context.Context, line Line) error {
	defer s.look()
	before := len(s.session.problems)
	err := s.session.line(ctx, line)
	return errors.Join(append(slices.Clone(s.session.problems[before:]), s.blame(), err)...)
}

// React plays what follows the verb react. It may be called while another line is played: the action waits for a
// reaction then.
func (s *Stage) React(rest string) error {
	scene := s.Scene()
	said := slices.DeleteFunc(s.session.GitHub.Comments(scene.Pull), func(c sim.Comment) bool { return !scene.Wrote(c) })
	return reactTo(s.session.GitHub, said, rest)
}

// SetPace makes waits pass so many times as fast as in real time from here on.
func (s *Stage) SetPace(pace int) { s.session.clock.SetPace(pace) }

// Scene returns where the story has got to.
func (s *Stage) Scene() Scene {
	s.mu.Lock()
	defer s.mu.Unlock()
	scene := s.scene
	scene.Inputs, scene.Polled = maps.Clone(scene.Inputs), map[int64]bool{}
	if scene.Running {
		scene.Polled = polled(s.session.GitHub.Requests())
	}
	return scene
}

// Input is the value of an input: what the workflow gives, or the default.
func (s *Scene) Input(name string) string { return s.inputs[name] }

// Wrote reports whether the action wrote a comment.
func (s *Scene) Wrote(c sim.Comment) bool { return wrote(c, s.owner) }

// Steps returns the parts of steps that have ended, in the order in which they did.
func (s *Stage) Steps() []StageStep {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.steps)
}

// GitHub is the simulated GitHub. It is safe to ask it while a line is played.
func (s *Stage) GitHub() *sim.GitHub { return s.session.GitHub }

// Versioner is the simulated tracking endpoint.
func (s *Stage) Versioner() *sim.Versioner { return s.session.Versioner }

// Receivers are the simulated servers that get events, by type.
func (s *Stage) Receivers() map[string]*sim.Receiver { return maps.Clone(s.session.Receivers) }

// Began is the time in the story before its first line.
func (s *Stage) Began() time.Time { return s.began }

// Now is the time in the story.
func (s *Stage) Now() time.Time { return s.session.Now() }

// Broken lists the calls so far that break a published contract.
func (s *Stage) Broken() []string {
	broken := s.session.GitHub.Violations()
	servers := s.session.receivers()
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		for _, violation := range servers[name].Violations() {
			broken = append(broken, name+": "+violation)
		}
	}
	return broken
}

// Close removes what the stage needed.
func (s *Stage) Close() error { return os.RemoveAll(s.dir) }

// look takes over where the session has got to. The caller's goroutine is the one that plays.
func (s *Stage) look() {
	p := s.session
	scene := Scene{Pull: p.pull, Running: p.running, Open: p.open, Command: p.comment, Actor: p.command.actor(), Inputs: p.given(), inputs: maps.Clone(p.inputs), owner: p.owner}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scene = scene
}

// begins sees a part of a step begin.
func (s *Stage) begins(p *Session) {
	s.look()
	start := StageStep{Requests: p.Requests()}
	if comments := p.GitHub.Comments(p.pull); len(comments) > 0 {
		start.After = comments[len(comments)-1].ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = start
}

// ended sees a part of a step end.
func (s *Stage) ended(p *Session) {
	s.look()
	step := StageStep{Part: p.Newest(), Trace: p.last.Trace, Requests: p.Requests()}
	s.mu.Lock()
	defer s.mu.Unlock()
	step.After, step.Requests = s.start.After, step.Requests-s.start.Requests
	s.steps = append(s.steps, step)
}

// survive takes what a server could not make sense of.
func (s *Stage) survive(reason any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Errorf("%v", reason))
}

// blame returns what went wrong in servers since it was asked last.
func (s *Stage) blame() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := errors.Join(s.wrong...)
	s.wrong = nil
	return err
}

// given are the inputs that the workflow gives.
func (p *Session) given() map[string]string {
	defaults, given := defaultInputs(""), map[string]string{}
	for name, value := range p.inputs {
		if value != defaults[name] && name != "github_token" {
			given[name] = value
		}
	}
	return given
}

// polled are the comments whose reactions were read.
func polled(requests []sim.Request) map[int64]bool {
	all := map[int64]bool{}
	for _, request := range requests {
		var id int64
		if _, err := fmt.Sscanf(request.Path, "/repos/"+owner+"/"+repository+"/issues/comments/%d/reactions", &id); err == nil && request.Method == http.MethodGet {
			all[id] = true
		}
	}
	return all
}

// surviving answers in the place of a server that panics. What cuts a connection is an error, and passes.
func surviving(server http.Handler, survive func(reason any)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			reason := recover()
			_, isError := reason.(error)
			_, isFault := reason.(runtime.Error)
			switch {
			case reason == nil:
			case isError && !isFault:
				panic(reason)
			default:
				survive(reason)
				http.Error(w, deadBody, http.StatusInternalServerError)
			}
		}()
		server.ServeHTTP(w, r)
	})
}
