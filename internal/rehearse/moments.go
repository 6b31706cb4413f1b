package rehearse

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// moments lets things happen just before GitHub gets a certain request.
type moments struct {
	next http.Handler

	mu      sync.Mutex
	waiting []moment
	turn    sync.Mutex // held while a moment happens, so that they follow each other
}

type moment struct {
	text string
	do   func() error
}

func (m *moments) before(text string, do func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, moment{text, do})
}

// What a moment can make of the request that it came before.
var (
	errDied    = errors.New("the process died before it could ask")
	errStopped = errors.New("the job was cancelled before it could ask")
)

// ServeHTTP lets the moment happen, then GitHub answer.
func (m *moments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = m.happen(r.Method + " " + r.URL.Path + "\n" + string(body))
	}
	switch {
	case errors.Is(err, errDied):
		http.Error(w, deadBody, http.StatusUnauthorized)
		return
	case errors.Is(err, errStopped) && r.Context().Err() != nil:
		panic(http.ErrAbortHandler)
	case err != nil && !errors.Is(err, errStopped):
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.next.ServeHTTP(w, r)
}

func (m *moments) happen(request string) error {
	one, due := m.take(request)
	if !due {
		return nil
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	return one.do()
}

// take finds the oldest moment that a request is waited for by.
func (m *moments) take(request string) (moment, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, one := range m.waiting {
		if strings.Contains(request, one.text) {
			m.waiting = append(m.waiting[:i:i], m.waiting[i+1:]...)
			return one, true
		}
	}
	return moment{}, false
}

// forget lets nothing happen any more.
func (m *moments) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = nil
}

// missed lists the moments that never came.
func (m *moments) missed() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, one := range m.waiting {
		all = append(all, one.text)
	}
	return all
}

func (p *Play) during(ctx context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	line := Line{Verb: f[1], Rest: strings.Join(f[2:], " ")}
	p.moments.before(f[0], func() error {
		err := p.line(ctx, line)
		if err != nil {
			p.problems = append(p.problems, fmt.Errorf("story %q, during %q (%s %s): %w", p.story.Name, f[0], line.Verb, line.Rest, err))
		}
		return err
	})
	return nil
}

func (p *Play) kill(_ context.Context, text string) error {
	return p.interrupt(text, func() error { return cmp.Or(p.job.kill(), errDied) })
}

func (p *Play) cancel(_ context.Context, text string) error {
	return p.interrupt(text, func() error {
		p.job.process.stop()
		return errStopped
	})
}

// interrupt lets something happen to the action just before a request.
func (p *Play) interrupt(text string, do func() error) error {
	f, err := fields(text, 1)
	if err == nil {
		p.moments.before(strings.Join(f, " "), do)
	}
	return err
}
