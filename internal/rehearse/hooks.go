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

// hooks runs functions just before GitHub, or the application, gets certain requests.
type hooks struct {
	next http.Handler

	mu      sync.Mutex
	waiting []hook
	turn    sync.Mutex // locked while a hook runs: hooks run one after the other
}

type hook struct {
	text string
	do   func() error
}

func (m *hooks) before(text string, do func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, hook{text, do})
}

// What a hook can do to the request that it runs before.
var (
	errDied    = errors.New("the process died before it could ask")
	errStopped = errors.New("the job was cancelled before it could ask")
)

// ServeHTTP runs the hook that is due, then GitHub answers.
func (m *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.serve(w, r, m.next) }

// around returns another server whose requests have the same hooks.
func (m *hooks) around(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, server) })
}

func (m *hooks) serve(w http.ResponseWriter, r *http.Request, server http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = m.run(r.Method + " " + r.URL.Path + "\n" + string(body))
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
	server.ServeHTTP(w, r)
}

func (m *hooks) run(request string) error {
	one, due := m.take(request)
	if !due {
		return nil
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	return one.do()
}

// take removes the oldest hook whose text the request contains.
func (m *hooks) take(request string) (hook, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, one := range m.waiting {
		if strings.Contains(request, one.text) {
			m.waiting = append(m.waiting[:i:i], m.waiting[i+1:]...)
			return one, true
		}
	}
	return hook{}, false
}

// forget removes all hooks.
func (m *hooks) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = nil
}

// missed lists the texts of hooks that have not run.
func (m *hooks) missed() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, one := range m.waiting {
		all = append(all, one.text)
	}
	return all
}

func (p *Session) beforeRequest(ctx context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	line := Line{Verb: f[1], Rest: strings.Join(f[2:], " ")}
	p.hooks.before(f[0], func() error {
		err := p.line(ctx, line)
		if err != nil {
			p.problems = append(p.problems, fmt.Errorf("story %q, before-request %q (%s %s): %w", p.story.Name, f[0], line.Verb, line.Rest, err))
		}
		return err
	})
	return nil
}

func (p *Session) kill(_ context.Context, text string) error {
	return p.interrupt(text, func() error { return cmp.Or(p.job.kill(), errDied) })
}

func (p *Session) cancel(_ context.Context, text string) error {
	return p.interrupt(text, func() error {
		p.job.process.stop()
		return errStopped
	})
}

// interrupt stops or kills the action just before a request.
func (p *Session) interrupt(text string, do func() error) error {
	f, err := fields(text, 1)
	if err == nil {
		p.hooks.before(strings.Join(f, " "), do)
	}
	return err
}
