package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Service is the simulated GitHub on a real port, with a pull request on which someone has typed
// a command: what a process or a container needs to be tried out for real.
type Service struct {
	GitHub    *sim.GitHub
	Versioner *sim.Versioner
	URL       string            // of GitHub's API
	Variables map[string]string // that the runner would set, but for its files
	Payload   []byte            // of the event

	server *http.Server
}

// NewService listens on a loopback address and serves until the context ends.
func NewService(ctx context.Context, address string, example Example) (*Service, error) {
	schema, err := LoadSchema()
	if err != nil {
		return nil, err
	}
	story, err := example.story()
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	p := newSession(story, Options{Schema: schema}, "")
	s := &Service{GitHub: p.GitHub, Versioner: p.Versioner, URL: "http://" + listener.Addr().String()}
	if err := s.prepare(ctx, p, example.Command); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/versioner/", http.StripPrefix("/versioner", p.Versioner))
	mux.Handle("/", p.GitHub)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(listener) }() // ends with ErrServerClosed
	context.AfterFunc(ctx, func() { _ = s.server.Close() })
	return s, nil
}

// prepare plays what comes before the command, and types it.
func (s *Service) prepare(ctx context.Context, p *Session, command string) error {
	for _, line := range p.story.Lines {
		if err := p.line(ctx, line); err != nil {
			return fmt.Errorf("line %d: %w", line.Number, err)
		}
	}
	p.pull, p.comment = 1, s.GitHub.Comment(1, "alice", command)
	payload, err := p.commandEvent("created")
	if err != nil {
		return err
	}
	s.Payload = payload
	p.inputs["versioner_api_url"] = s.URL + "/versioner"
	s.Variables = runVariables("issue_comment", "alice", s.GitHub.Head("main"), 9_000_000_001)
	maps.Copy(s.Variables, inputVariables(p.inputs))
	s.Variables["GITHUB_API_URL"], s.Variables["GITHUB_GRAPHQL_URL"] = s.URL, s.URL+"/graphql"
	return nil
}

// Report says in lines what happened so far: the events that the tracking endpoint took, and what the real
// services would not have taken.
func (s *Service) Report() []string {
	var lines []string
	for _, e := range s.Versioner.Events() {
		lines = append(lines, "event: "+e.Kind+" "+e.State)
	}
	for _, violation := range slices.Concat(s.GitHub.Violations(), s.Versioner.Violations()) {
		lines = append(lines, "violation: "+violation)
	}
	return lines
}

// WriteTo puts the payload and the variables into a folder, as event.json and variables.env. It makes the folder.
func (s *Service) WriteTo(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder %q: %w", dir, err)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(s.Variables)) {
		lines = append(lines, name+"="+s.Variables[name])
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "event.json"), s.Payload, 0o600),
		os.WriteFile(filepath.Join(dir, "variables.env"), []byte(strings.Join(lines, "\n")+"\n"), 0o600),
	)
}
