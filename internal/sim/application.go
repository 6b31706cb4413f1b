package sim

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// ApplicationURL is where the application is that deployments change.
const ApplicationURL = "https://app.example.com"

// applicationElsewhere is where a redirect of the application leads.
const applicationElsewhere = "/elsewhere"

// Application is a server that is deployed to, and asked how it is. A client tells it nothing: it is an
// [http.Handler] that watches for that.
type Application struct {
	traffic *traffic

	mu    sync.Mutex
	text  string
	hosts []string // in addition to that of ApplicationURL
	asked []Question
}

// Question is a request that the application got.
type Question struct {
	Path   string // with its query
	Header http.Header
	At     time.Time
}

// NewApplication returns an application that answers 200.
func NewApplication() *Application {
	return &Application{traffic: newTraffic(NewClock(1)), text: "ok\n"}
}

// Hosts are the names of the application's server.
func (a *Application) Hosts() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, _ := url.Parse(ApplicationURL) // our constant
	return append([]string{at.Host}, a.hosts...)
}

// ServeAt gives the application's server one more name.
func (a *Application) ServeAt(host string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hosts = append(a.hosts, host)
}

// Say sets what the application answers with.
func (a *Application) Say(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text = text
}

// SayLate sets what the application answers with after a megabyte of something else.
func (a *Application) SayLate(text string) {
	const megabyte = 1 << 20
	a.Say(strings.Repeat(".", megabyte) + text)
}

// Fail arranges for requests to fail.
func (a *Application) Fail(f Fault) { a.traffic.add(f) }

// Recover forgets what was arranged to fail.
func (a *Application) Recover() { a.traffic.recover() }

// Questions returns what was asked so far, oldest first.
func (a *Application) Questions() []Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.asked)
}

// Violations lists what clients did that no health check does.
func (a *Application) Violations() []string { return a.traffic.violated() }

// Requests returns what was asked so far, with the answers.
func (a *Application) Requests() []Request { return a.traffic.recorded() }

// UseClock sets the clock. It is the real time until then.
func (a *Application) UseClock(c *Clock) { a.traffic.clock = c }

// Clone returns an independent copy.
func (a *Application) Clone() *Application {
	a.mu.Lock()
	defer a.mu.Unlock()
	return &Application{traffic: a.traffic.clone(), text: a.text, hosts: slices.Clone(a.hosts), asked: slices.Clone(a.asked)}
}

// ServeHTTP answers one request.
func (a *Application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a body that cannot be read is there all the same
	a.inspect(r, body)
	a.traffic.handle(w, r, Request{Method: r.Method, Path: r.URL.EscapedPath()}, func() answer {
		a.mu.Lock()
		defer a.mu.Unlock()
		return answer{status: http.StatusOK, body: plain(a.text)}
	})
}

// inspect judges a request: everyone may read what the application is told.
func (a *Application) inspect(r *http.Request, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, Question{Path: r.URL.RequestURI(), Header: r.Header.Clone(), At: a.traffic.clock.Now()})
	if r.Method != http.MethodGet || len(body) > 0 {
		a.traffic.violate("%s with %d bytes, where a GET without any is enough", r.Method, len(body))
	}
	if r.URL.Path == applicationElsewhere {
		a.traffic.violate("a redirect was followed")
	}
	for name, values := range r.Header {
		switch agent := strings.Join(values, ","); name {
		case "Accept-Encoding", "Connection":
		case "User-Agent":
			if !strings.HasPrefix(agent, "lockstep/") || strings.ContainsAny(agent, " ,") {
				a.traffic.violate("User-Agent says %q", agent)
			}
		default:
			a.traffic.violate("the header %s tells the application more than it should know", name)
		}
	}
}
