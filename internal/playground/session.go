package playground

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// replayPace is how many times as fast as in real time a story waits while it is replayed: no one can react
// meanwhile but the story itself.
const replayPace = 10

// Session plays one story at a time. It is safe for concurrent use: stories and lines are played one after the other,
// but [Session.Look], and a reaction by [Session.Line], need not wait, since the action may wait for that reaction.
type Session struct {
	schema *sim.Schema
	clock  *sim.Clock // measures how long an answer takes
	turn   sync.Mutex // locked while something is played

	mu    sync.Mutex
	stage *rehearse.Stage // nil before the first story
	title string
}

// New returns a session in which no story has begun.
func New(schema *sim.Schema) *Session {
	return &Session{schema: schema, clock: sim.NewClock(1)}
}

// Begin plays a story up to its end, or to its first line that cannot be played. It takes the place of the story
// before.
func (s *Session) Begin(ctx context.Context, text string) Answer {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.answer(func() *Problem {
		story, problem := s.open(text)
		if problem != nil {
			return problem
		}
		stage := s.current()
		stage.SetPace(replayPace)
		defer stage.SetPace(1)
		for _, line := range story.Lines {
			if err := play(func() error { return stage.Line(ctx, line) }); err != nil {
				return &Problem{Line: line.Number, Text: explain(err, line.Number)}
			}
		}
		return nil
	})
}

// Line goes on with one line. Its answer names no line in a problem: it is about this one.
func (s *Session) Line(ctx context.Context, text string) Answer {
	line := rehearse.ParseLine(text)
	if stage := s.current(); line.Verb == "react" && stage != nil && stage.Scene().Running {
		return s.answer(func() *Problem { return problemOf(play(func() error { return stage.React(line.Rest) })) })
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.answer(func() *Problem {
		stage := s.current()
		switch {
		case stage == nil:
			return &Problem{Text: "no story has begun"}
		case line.Verb == "" || strings.ContainsAny(strings.TrimSpace(text), "\r\n"):
			return &Problem{Text: "one line is needed, with a verb and what follows it"}
		}
		return problemOf(play(func() error { return stage.Line(ctx, line) }))
	})
}

// Look returns how things are, also while something is played.
func (s *Session) Look() Answer { return s.answer(func() *Problem { return nil }) }

// Close ends the story.
func (s *Session) Close() error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.replace(nil, "")
}

// open reads a story and sets the stage for it.
func (s *Session) open(text string) (rehearse.Story, *Problem) {
	if err := s.replace(nil, ""); err != nil {
		return rehearse.Story{}, problemOf(err)
	}
	story, err := rehearse.ParseStory(storyName, []byte(text))
	if err != nil {
		return rehearse.Story{}, problemOf(err)
	}
	var stage *rehearse.Stage
	err = play(func() (err error) {
		stage, err = rehearse.NewStage(story, rehearse.Options{Schema: s.schema})
		return err
	})
	if err == nil {
		err = s.replace(stage, story.Title)
	}
	return story, problemOf(err)
}

// storyName is what errors call the story.
const storyName = "playground"

// replace closes the stage and takes another one.
func (s *Session) replace(stage *rehearse.Stage, title string) error {
	s.mu.Lock()
	before := s.stage
	s.stage, s.title = stage, title
	s.mu.Unlock()
	if before == nil {
		return nil
	}
	return before.Close()
}

func (s *Session) current() *rehearse.Stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stage
}

// answer does something, then looks.
func (s *Session) answer(do func() *Problem) Answer {
	began := s.clock.Now()
	answer := Answer{Problem: do()}
	s.mu.Lock()
	stage, title := s.stage, s.title
	s.mu.Unlock()
	if stage != nil {
		err := play(func() error {
			answer.View = viewOf(stage, title)
			return nil
		})
		if answer.Problem == nil {
			answer.Problem = problemOf(err)
		}
	}
	answer.Took = float64(s.clock.Now().Sub(began).Microseconds()) / 1000
	return answer
}

// play returns what the simulator panics with as an error: a story may ask for what cannot be.
func play(do func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = errors.New(strings.TrimPrefix(fmt.Sprint(reason), "sim: "))
		}
	}()
	return do()
}

// problemOf is an error as the page shows it, nil for none.
func problemOf(err error) *Problem {
	if err == nil {
		return nil
	}
	if unread, ok := errors.AsType[*rehearse.LineError](err); ok {
		return &Problem{Line: unread.Line, Text: unread.Err.Error()}
	}
	return &Problem{Text: explain(err, 0)}
}

// explain is an error without the name of the story and the line, which the page shows itself.
func explain(err error, line int) string {
	lead := fmt.Sprintf("story %q", storyName)
	text := err.Error()
	for _, prefix := range []string{fmt.Sprintf("%s, line %d: ", lead, line), lead + ": ", "read " + lead + ": "} {
		text = strings.ReplaceAll(text, prefix, "")
	}
	return strings.ReplaceAll(text, lead+", ", "")
}
