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

// Scenario is a part of a story that can be played again and again. No step of a workflow is under way when it
// begins and when it ends.
type Scenario struct {
	Story  string
	Number int // from 1
	Lines  []Line

	session *Session      // as it is when the scenario begins
	since   time.Duration // from the beginning of the story to that
}

// Scenarios plays a story and returns its scenarios.
func Scenarios(ctx context.Context, story Story, o Options) ([]Scenario, error) {
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return nil, fmt.Errorf("make room for the story: %w", err)
	}
	defer os.RemoveAll(dir)        //nolint:errcheck // a left-over temporary folder does no harm
	began := sim.NewClock(1).Now() // a story may begin at another time
	p := newSession(story, o, dir)
	p.GitHub.SetLatency(o.Latency)
	var all []Scenario
	next, calls := Scenario{Story: story.Name, Number: 1, session: p.fork()}, p.calls
	for i, line := range story.Lines {
		if err := p.line(ctx, line); err != nil {
			return nil, fmt.Errorf("story %q, line %d (%s %s): %w", story.Name, line.Number, line.Verb, line.Rest, err)
		}
		next.Lines = append(next.Lines, line)
		if p.calls == calls || !p.rests(story.Lines[i+1:]) {
			continue
		}
		all, calls = append(all, next), p.calls
		next = Scenario{Story: story.Name, Number: len(all) + 1, session: p.fork(), since: p.Now().Sub(began)}
	}
	if p.calls != calls {
		all = append(all, next)
	}
	return all, p.verdict()
}

// rests reports whether nothing is under way, and no further line belongs to the newest step.
func (p *Session) rests(lines []Line) bool {
	lines = slices.DeleteFunc(slices.Clone(lines), Line.expects)
	belongs := len(lines) > 0 && slices.Contains([]string{"job", "crash", "finish", "result", "another-job"}, lines[0].Verb)
	return !p.open && !belongs && len(p.hooks.missed()) == 0
}

// expects reports whether a line only looks at how things are.
func (l Line) expects() bool { return l.Verb == "want" || l.Verb == "cmp" }

// calls reports whether a line runs the action anew.
func (l Line) calls() bool {
	return slices.Contains([]string{"comment", "edit", "rerun", "step", "closed", "finish", "result", "another-job"}, l.Verb)
}

// fork returns an independent copy of the session.
func (p *Session) fork() *Session {
	forked := *p
	f := &forked
	f.GitHub, f.Versioner = p.GitHub.Clone(), p.Versioner.Clone()
	f.Application = p.Application.Clone()
	f.Receivers = map[string]*sim.Receiver{}
	for name, one := range p.Receivers {
		f.Receivers[name] = one.Clone(p.clock.Now)
	}
	f.hooks = &hooks{next: f.GitHub}
	f.inputs, f.post, f.variables = maps.Clone(p.inputs), maps.Clone(p.post), maps.Clone(p.variables)
	f.handed, f.secrets = maps.Clone(p.handed), slices.Clip(p.secrets)
	f.comments, f.seen = maps.Clone(p.comments), maps.Clone(p.seen)
	f.pushed = map[string][]string{}
	for branch, commits := range p.pushed {
		f.pushed[branch] = slices.Clip(commits)
	}
	f.job, f.problems = nil, nil
	return f
}

// Play plays the scenario in a session of its own, without its expectations. When enough reports true, the
// scenario ends with the step that is under way. Lines that fail because something went differently than in the
// story are skipped.
func (s Scenario) Play(ctx context.Context, o Options, enough func() bool) error {
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return fmt.Errorf("make room for the scenario: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder does no harm
	p := s.session.fork()
	p.dir = dir
	p.observe(o)
	p.useClock(sim.NewClock(o.Pace)) // time begins again in each bubble
	p.clock.Advance(s.since)
	if o.Before != nil {
		o.Before(p)
	}
	for _, line := range s.Lines {
		if line.expects() {
			continue
		}
		if enough() && (p.isOver() || line.calls()) && !p.endsAnother(line) {
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

// endsAnother reports whether a line ends what another job than that of the newest step, or another attempt, has started. A
// new command may be lost before it starts anything.
func (p *Session) endsAnother(line Line) bool {
	lost := p.called.Verb == "comment" && p.command.run != p.start.run
	again := p.start.attempt > 1 && !lost
	return (p.called.Verb == "another-job" || again) && (line.Verb == "finish" || line.Verb == "result")
}

// try plays a line, if it can be played.
func (p *Session) try(ctx context.Context, line Line) {
	if line.calls() {
		p.called = line
	}
	_ = p.line(ctx, line) // see Play
}

// calm removes the faults and hooks that the story arranged, since they were meant for another course of events.
func (p *Session) calm() {
	p.hooks.forget()
	p.GitHub.Recover()
	for _, server := range p.receivers() {
		server.Recover()
	}
}

// Again repeats the newest call of the action in a new run that goes well.
func (p *Session) Again(ctx context.Context) error {
	p.tracked = 0
	p.calm()
	if err := p.line(ctx, p.called); err != nil {
		return err
	}
	return p.leave(ctx)
}

// Called is the line that made the action run last.
func (p *Session) Called() string { return strings.TrimSpace(p.called.Verb + " " + p.called.Rest) }

// Commanded reports whether someone waits for an answer to the newest step: it is about a comment.
func (p *Session) Commanded() bool { return p.step.variables["GITHUB_EVENT_NAME"] == "issue_comment" }

// isOver reports whether nothing more comes of the newest step. What the story itself kills can have a
// post part.
func (p *Session) isOver() bool { return !p.open && (p.lost || !p.last.Killed) }

// Kill lets the process die that is running. Of what it wrote only the saved state stays.
func (p *Session) Kill() error {
	p.lost = true
	return p.job.kill()
}

// Stop cancels the job that is running.
func (p *Session) Stop() { p.job.process.stop() }

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
func (p *Session) Newest() Part {
	return Part{
		Exit: p.last.Exit, Outputs: p.last.Outputs, Log: p.last.Log, Summary: p.last.Summary, Killed: p.last.Killed,
		Cancelled: p.last.Cancelled, Post: p.posted, Run: p.step.run, Attempt: p.step.attempt, Pull: p.pull,
		Event: p.step.variables["GITHUB_EVENT_NAME"], Actor: p.step.variables["GITHUB_ACTOR"],
	}
}

// Pull is the pull request that the newest step is about, 0 for none.
func (p *Session) Pull() int { return p.pull }

// Post lets the post part of a step run whose main part was killed.
func (p *Session) Post(ctx context.Context) error {
	p.calm()
	return p.finish(ctx, "failure")
}

// Input is an input of the newest step.
func (p *Session) Input(name string) string {
	return p.job.environment["INPUT_"+strings.ToUpper(name)]
}
