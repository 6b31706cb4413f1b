package rehearse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// site is a request of a scenario. Requests that overlap come in any order: its name is what it asks for,
// not a mere number.
type site struct {
	part int    // of the scenario's steps, from 0: main parts and post parts
	what string // method, host, path with * for what differs, operation of GraphQL
	nth  int    // of those in the part that ask for the same, from 0
}

// String is the form in which LOCKSTEP_FAULTS takes it.
func (s site) String() string { return fmt.Sprintf("%d:%s#%d", s.part, s.what, s.nth) }

// toGitHub reports whether it is a request to GitHub.
func (s site) toGitHub() bool { return strings.Contains(s.what, "api.github.com") }

func (s site) toGraphQL() bool { return strings.Contains(s.what, "/graphql ") }

// identifier is a part of a path that differs from play to play, firstField the first field of a GraphQL document.
var (
	identifier = regexp.MustCompile(`^[0-9]+$|[0-9a-f]{40}`)
	firstField = regexp.MustCompile(`\{\s*(?:\w+:\s*)?(\w+)`)
)

// describeRequest names what a request asks for.
func describeRequest(r *http.Request, body []byte) string {
	segments := strings.Split(r.URL.Path, "/")
	for i, segment := range segments {
		if identifier.MatchString(segment) {
			segments[i] = "*"
		}
	}
	what := r.Method + " " + r.URL.Host + strings.Join(segments, "/")
	var document struct{ Query string }
	if strings.HasSuffix(r.URL.Path, "/graphql") && json.Unmarshal(body, &document) == nil {
		field := firstField.FindStringSubmatch(document.Query)
		kind, _, _ := strings.Cut(document.Query, "(")
		kind, _, _ = strings.Cut(kind, "{")
		what += " " + strings.TrimSpace(kind) + " " + strings.Join(field[min(1, len(field)):], "")
	}
	return what
}

// reach is how much of what follows a fault breaks as well.
type reach int

const (
	thisOnce   reach = iota
	thisRoute        // the same request, from here on
	thisAPI          // all requests to REST, or all to GraphQL, from here on
	thisServer       // all requests to the same server, from here on
)

// end is what follows when the process was ended.
type end int

const (
	goesOn end = iota
	postRuns
	postIsLost
)

// fault is a way in which a request goes wrong.
type fault struct {
	name     string
	reach    reach
	denies   bool // the server clearly says no: what was asked for need not happen
	after    bool // the request takes effect before
	only     func(site) bool
	answer   func(*http.Request) *http.Response // nil for no answer
	err      error
	hang     bool
	disturb  func(*http.Response) // changes the true answer
	end      end
	stop     bool // the process is told to stop
	die      bool // the process dies
	wellOnce bool // whatever it hits, trying again makes it good
}

func status(code int, message string, headers ...string) func(*http.Request) *http.Response {
	body, _ := json.Marshal(map[string]string{"message": message, "detail": message}) // texts
	return plain(code, string(body), headers...)
}

func plain(code int, body string, headers ...string) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		header := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			Status: http.StatusText(code), StatusCode: code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
		}
	}
}

// exhausted says that the hour's budget is used up, as each of GitHub's interfaces does.
func exhausted(r *http.Request) *http.Response {
	reset := strconv.FormatInt(time.Now().Add(20*time.Minute).Unix(), 10)
	if strings.HasSuffix(r.URL.Path, "/graphql") {
		return plain(200, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation."}]}`,
			"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset)(r)
	}
	return status(403, "API rate limit exceeded for installation.", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset)(r)
}

// faults lists every way in which a request is made to go wrong.
func faults() []fault {
	const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	return []fault{
		{name: "500 for ever", reach: thisRoute, denies: true, answer: status(500, "Server Error")},
		{name: "502, then good", answer: status(502, "Bad Gateway"), wellOnce: true},
		{name: "502 after it took effect", after: true, answer: status(502, "Bad Gateway"), wellOnce: true},
		{name: "401, the token has expired", reach: thisServer, denies: true, answer: status(401, "Bad credentials")},
		{name: "403, secondary limit, with Retry-After", only: site.toGitHub, answer: status(403, secondary, "Retry-After", "3"), wellOnce: true},
		{name: "403, secondary limit, without", only: site.toGitHub, answer: status(403, secondary), wellOnce: true},
		{name: "403, no permission", reach: thisRoute, denies: true, answer: status(403, "Resource not accessible by integration")},
		{name: "403, no permission, once", denies: true, answer: status(403, "Resource not accessible by integration")},
		{name: "404", denies: true, answer: status(404, "Not Found")},
		{name: "409", denies: true, answer: status(409, "Conflict")},
		{name: "422", denies: true, answer: status(422, "Validation Failed")},
		{name: "429", answer: status(429, "Too Many Requests", "Retry-After", "2"), wellOnce: true},
		{name: "connection refused", err: refused, wellOnce: true},
		{name: "cut before the answer", err: io.ErrUnexpectedEOF, wellOnce: true},
		{name: "cut after it took effect", after: true, err: io.ErrUnexpectedEOF, wellOnce: true},
		{name: "hang", hang: true, wellOnce: true},
		{name: "hang after it took effect", hang: true, after: true, wellOnce: true},
		// For receivers of events any 2xx is an acceptance: this is about GitHub alone.
		{name: "no JSON", only: site.toGitHub, answer: plain(200, "<html><title>Unicorn!</title>"), wellOnce: true},
		{name: "no JSON after it took effect", after: true, answer: plain(200, "<html><title>Unicorn!</title>"), wellOnce: true},
		{name: "half of the JSON", after: true, disturb: halve, wellOnce: true},
		{name: "GraphQL errors without data", only: site.toGraphQL, answer: plain(200, `{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`), wellOnce: true},
		{
			name: "GraphQL errors without data, after it took effect", only: site.toGraphQL, after: true, wellOnce: true,
			answer: plain(200, `{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`),
		},
		{name: "GraphQL errors of a type", only: site.toGraphQL, denies: true, answer: plain(200, `{"data":null,"errors":[{"type":"SERVICE_UNAVAILABLE","message":"Try again later."}]}`)},
		{name: "GraphQL errors with data", only: site.toGraphQL, after: true, disturb: blot, denies: true},
		{name: "the hour's limit is used up", only: site.toGitHub, reach: thisAPI, denies: true, answer: exhausted},
	}
}

// interruptions lists every way in which the process itself is ended at a request.
func interruptions() []fault {
	return []fault{
		{name: "told to stop before", stop: true},
		{name: "told to stop after", stop: true, after: true},
		{name: "dies before, post runs", die: true, end: postRuns},
		{name: "dies after, post runs", die: true, after: true, end: postRuns},
		{name: "dies before, post is lost", die: true, end: postIsLost},
		{name: "dies after, post is lost", die: true, after: true, end: postIsLost},
	}
}

// halve loses the second half of an answer.
func halve(response *http.Response) {
	body, _ := io.ReadAll(response.Body) // comes from memory
	response.Body = io.NopCloser(bytes.NewReader(body[:len(body)/2]))
	response.ContentLength = int64(len(body) / 2)
}

// blot takes the first part out of what GraphQL answers, and says that it went wrong.
func blot(response *http.Response) {
	body, _ := io.ReadAll(response.Body) // comes from memory
	var answer struct {
		Data   map[string]any `json:"data"`
		Errors []any          `json:"errors,omitempty"`
	}
	if json.Unmarshal(body, &answer) == nil && answer.Data != nil {
		path := spoil(answer.Data)
		answer.Errors = append(answer.Errors, map[string]any{"message": "Something went wrong while executing your query.", "path": path})
		body, _ = json.Marshal(answer) // it was JSON before
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// spoil sets the first object in an object to null, below the repository where that is all there is.
func spoil(data map[string]any) []any {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		inner, isObject := data[name].(map[string]any)
		switch {
		case isObject && name == "repository":
			return append([]any{name}, spoil(inner)...)
		case isObject:
			data[name] = nil
			return []any{name}
		}
	}
	return nil
}

// saboteur is between the action and the network. Without a fault it only records the requests.
type saboteur struct {
	target site
	fault  *fault

	mu     sync.Mutex
	part   int
	seen   map[string]int
	sites  []site
	struck bool
	broken error // of the rehearsal itself
}

// around is for rehearse.Options.
func (s *saboteur) around(p *rehearse.Session, next http.RoundTripper) http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part++
	s.seen = map[string]int{}
	return &ambush{saboteur: s, part: s.part - 1, play: p, next: next}
}

func (s *saboteur) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.struck
}

// ambush is the saboteur in one part of a step.
type ambush struct {
	saboteur *saboteur
	part     int
	play     *rehearse.Session
	next     http.RoundTripper
}

// RoundTrip lets a request through, or not.
func (a *ambush) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(orEmpty(r.Body))
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	what := describeRequest(r, body)
	if err := linger(r.Context(), what); err != nil {
		return nil, err
	}
	if !a.due(what) {
		return a.next.RoundTrip(r)
	}
	return a.strike(r)
}

// linger delays each kind of request by a little time of its own: of two that overlap, the same one is always
// first.
func linger(ctx context.Context, what string) error {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(what)) // never fails
	return wait.For(ctx, time.Duration(1+sum.Sum32()%40)*time.Millisecond)
}

func orEmpty(body io.Reader) io.Reader {
	if body == nil {
		return strings.NewReader("")
	}
	return body
}

// due writes down a request, and tells whether it is one to break.
func (a *ambush) due(what string) bool {
	s := a.saboteur
	s.mu.Lock()
	defer s.mu.Unlock()
	here := site{part: a.part, what: what, nth: s.seen[what]}
	s.seen[what]++
	s.sites = append(s.sites, here)
	switch {
	case s.fault == nil:
		return false
	case !s.struck:
		s.struck = here == s.target
		return s.struck
	}
	return s.reaches(here)
}

// reaches tells whether the fault still goes on here.
func (s *saboteur) reaches(here site) bool {
	server := func(of site) string {
		method, rest, _ := strings.Cut(of.what, " ")
		host, _, _ := strings.Cut(rest, "/")
		return host + method[:0]
	}
	switch s.fault.reach {
	case thisRoute:
		return here.what == s.target.what
	case thisAPI:
		return here.toGitHub() && here.toGraphQL() == s.target.toGraphQL()
	case thisServer:
		return server(here) == server(s.target)
	case thisOnce:
	}
	return false
}

// strike breaks a request.
func (a *ambush) strike(r *http.Request) (*http.Response, error) {
	f := a.saboteur.fault
	var response *http.Response
	if f.after {
		var err error
		if response, err = a.next.RoundTrip(r); err != nil {
			return nil, err
		}
	}
	switch {
	case f.stop && f.after:
		a.play.Stop()
		return response, nil
	case f.stop:
		a.play.Stop()
		return a.next.RoundTrip(r)
	case f.die:
		a.saboteur.note(a.play.Kill())
		return status(401, "Bad credentials")(r), nil
	case f.hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case f.err != nil:
		return nil, f.err
	case f.disturb != nil:
		f.disturb(response)
		return response, nil
	}
	return f.answer(r), nil
}

func (s *saboteur) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = errors.Join(s.broken, err)
}
