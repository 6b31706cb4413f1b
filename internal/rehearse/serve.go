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

	"github.com/lockstep-action/lockstep/internal/app"
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
func NewService(ctx context.Context, address, command string) (*Service, error) {
	schema, err := LoadSchema()
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	p := newPlay(Story{}, Options{Schema: schema}, "")
	s := &Service{GitHub: p.GitHub, Versioner: p.Versioner, URL: "http://" + listener.Addr().String()}
	if err := s.prepare(p, command); err != nil {
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

// prepare opens the pull request and types the command.
func (s *Service) prepare(p *Play, command string) error {
	s.GitHub.AddUser(sim.User{Login: "alice", Permission: "write"})
	s.GitHub.Push(sim.Commit{Branch: "checkout", Message: "Faster checkout", Author: "alice"})
	s.GitHub.OpenPull(sim.Pull{Number: 1, Author: "alice", Title: "Faster checkout", Head: "checkout"})
	p.pull, p.comment = 1, s.GitHub.Comment(1, "alice", command)
	payload, err := p.commandEvent("created")
	if err != nil {
		return err
	}
	s.Payload = payload
	s.Variables = runVariables("issue_comment", "alice", s.GitHub.Head("main"), 9_000_000_001)
	inputs := app.DefaultInputs()
	maps.Copy(inputs, map[string]string{
		"github_token": "sim-token", "status": "success", "enforced_deployment_order": "development,staging,production",
		"versioner_api_key": versionerKey, "versioner_api_url": s.URL + "/versioner",
	})
	maps.Copy(s.Variables, inputVariables(inputs))
	s.Variables["GITHUB_API_URL"], s.Variables["GITHUB_GRAPHQL_URL"] = s.URL, s.URL+"/graphql"
	return nil
}

// WriteTo puts the payload and the variables into a folder, as event.json and variables.env.
func (s *Service) WriteTo(dir string) error {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(s.Variables)) {
		lines = append(lines, name+"="+s.Variables[name])
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "event.json"), s.Payload, 0o600),
		os.WriteFile(filepath.Join(dir, "variables.env"), []byte(strings.Join(lines, "\n")+"\n"), 0o600),
	)
}
