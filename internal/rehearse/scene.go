package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Scene is a piece of a story that can be played again and again: when it begins and when it ends no
// step of a workflow is under way.
type Scene struct {
	Story  string
	Number int // from 1
	Lines  []Line

	stage *Play         // as it is when the scene begins
	since time.Duration // from the beginning of the story to that
}

// Scenes plays a story and takes it apart. The folder holds what the scenes need, as long as they are
// played.
func Scenes(ctx context.Context, story Story, o Options) ([]Scene, error) {
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return nil, fmt.Errorf("make room for the story: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder harms nobody
	p := newPlay(story, o, dir)
	p.GitHub.SetLatency(o.Latency)
	began := p.now()
	var all []Scene
	next, calls := Scene{Story: story.Name, Number: 1, stage: p.fork()}, p.calls
	for i, line := range story.Lines {
		if err := p.line(ctx, line); err != nil {
			return nil, fmt.Errorf("story %q, line %d (%s %s): %w", story.Name, line.Number, line.Verb, line.Rest, err)
		}
		next.Lines = append(next.Lines, line)
		if p.calls == calls || !p.rests(story.Lines[i+1:]) {
			continue
		}
		all, calls = append(all, next), p.calls
		next = Scene{Story: story.Name, Number: len(all) + 1, stage: p.fork(), since: p.now().Sub(began) - p.ahead}
	}
	if p.calls != calls {
		all = append(all, next)
	}
	return all, p.verdict()
}

// rests reports whether nothing is under way, and nothing that is still to come belongs to what was.
func (p *Play) rests(lines []Line) bool {
	lines = slices.DeleteFunc(slices.Clone(lines), Line.expects)
	belongs := len(lines) > 0 && slices.Contains([]string{"job", "crash", "finish"}, lines[0].Verb)
	return !p.open && !belongs && len(p.moments.missed()) == 0
}

// expects reports whether a line only looks at how things are.
func (l Line) expects() bool { return l.Verb == "want" || l.Verb == "cmp" }

// calls reports whether a line runs the action anew.
func (l Line) calls() bool {
	return slices.Contains([]string{"comment", "edit", "rerun", "step", "closed", "finish"}, l.Verb)
}

// fork returns a stage that is set exactly like this one, and goes its own way from there.
func (p *Play) fork() *Play {
	forked := *p
	f := &forked
	f.GitHub, f.Versioner = p.GitHub.Clone(), p.Versioner.Clone()
	f.Receivers = map[string]*sim.Receiver{}
	for name, receiver := range p.Receivers {
		f.Receivers[name] = receiver.Clone(f.now)
	}
	f.moments = &moments{next: f.GitHub}
	f.inputs, f.variables = maps.Clone(p.inputs), maps.Clone(p.variables)
	f.comments, f.pushed, f.seen = maps.Clone(p.comments), maps.Clone(p.pushed), maps.Clone(p.seen)
	f.job, f.problems = nil, nil
	return f
}

// Play plays the scene on a stage of its own, without looking at what it expects, and gives that stage to
// the function. When enough reports that there is nothing more to see, the scene ends with the step that
// is under way. Lines that make no sense any more, because something went another way than in the story,
// are left out.
func (s Scene) Play(ctx context.Context, o Options, enough func() bool) error {
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return fmt.Errorf("make room for the scene: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder harms nobody
	p := s.stage.fork()
	p.dir = dir
	p.heed(o)
	p.wait(s.since)
	if o.Before != nil {
		o.Before(p)
	}
	for _, line := range s.Lines {
		if enough() && (p.isOver() || line.calls()) {
			break
		}
		p.try(ctx, line)
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	if o.After != nil {
		o.After(p)
	}
	return errors.Join(p.problems...)
}

// try plays a line, if it makes sense.
func (p *Play) try(ctx context.Context, line Line) {
	if line.expects() {
		return
	}
	if line.calls() {
		p.called = line
	}
	_ = p.line(ctx, line) // see Play
}

// calm lets everything work again, and nothing more happen in between: what the story arranges was meant
// for another course of things.
func (p *Play) calm() {
	p.moments.forget()
	p.GitHub.Recover()
	for _, server := range p.receivers() {
		server.Recover()
	}
}

// Again lets whoever asked last ask for the same once more, in a new run that goes well.
func (p *Play) Again(ctx context.Context) error {
	p.tracked = 0
	p.calm()
	if err := p.line(ctx, p.called); err != nil {
		return err
	}
	return p.leave(ctx)
}

// Called is the line that made the action run last.
func (p *Play) Called() string { return strings.TrimSpace(p.called.Verb + " " + p.called.Rest) }

// isOver reports whether nothing more comes of the newest step. What the story itself kills can have a
// post part.
func (p *Play) isOver() bool { return !p.open && (p.lost || !p.last.Killed) }

// Kill lets the process die that is running. Of what it wrote only the saved state stays.
func (p *Play) Kill() error {
	p.lost = true
	return p.job.kill()
}

// Stop cancels the job that is running.
func (p *Play) Stop() { p.job.process.stop() }

// Part is a part of a step, as it ended.
type Part struct {
	Exit              int
	Outputs           map[string]string
	Log, Summary      string
	Killed, Cancelled bool
	Post              bool  // it is the post part
	Run               int64 // the workflow run
	Attempt           int
	Pull              int
	Event, Actor      string
}

// Newest is the newest part of the newest step.
func (p *Play) Newest() Part {
	return Part{
		Exit: p.last.Exit, Outputs: p.last.Outputs, Log: p.last.Log, Summary: p.last.Summary, Killed: p.last.Killed,
		Cancelled: p.last.Cancelled, Post: p.posted, Run: p.step.run, Attempt: p.step.attempt, Pull: p.pull,
		Event: p.step.variables["GITHUB_EVENT_NAME"], Actor: p.step.variables["GITHUB_ACTOR"],
	}
}

// Pull is the pull request that the newest step is about, 0 for none.
func (p *Play) Pull() int { return p.pull }

// Post lets the post part of a step run whose main part was killed.
func (p *Play) Post(ctx context.Context) error {
	p.calm()
	return p.finish(ctx, "failure")
}

// Input is an input of the newest step.
func (p *Play) Input(name string) string {
	return p.job.environment["INPUT_"+strings.ToUpper(name)]
}
