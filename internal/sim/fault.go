package sim

import (
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// Fault breaks requests that match its filters.
type Fault struct {
	Method    string // HTTP method, "" for any
	Path      string // path without query, * for any one segment, "" for any path
	Operation string // part of the GraphQL operation as recorded, "" for any request

	Skip  int  // how many matching requests pass before
	Times int  // how many are broken: 0 for one, -1 for all
	After bool // the request takes effect, and only its answer is lost

	Delay  time.Duration // how late the answer comes; with nothing below it is the true one
	Status int           // the answer's status, 502 unless given
	Body   string
	Header map[string]string
	Cut    bool // close the connection instead of answering
	Refuse bool // nothing listens: no connection is made at all
	Hang   bool // do not answer before the request's context ends
}

// never is longer than any request waits.
const never = 365 * 24 * time.Hour

// Fail arranges for requests to fail. Of several faults that match, the oldest is used.
func (g *GitHub) Fail(f Fault) { g.traffic.add(f) }

// Recover forgets what was arranged to fail.
func (g *GitHub) Recover() { g.traffic.recover() }

type fault struct {
	Fault
	seen, left int
}

func newFault(f Fault) *fault {
	if f.Hang && !f.Refuse {
		f.Cut, f.Delay = true, never
	}
	if f.Status == 0 && f.isLate() && f.Delay == 0 {
		f.Status = http.StatusBadGateway
	}
	if f.Cut || f.Refuse {
		f.Status = 0
	}
	return &fault{Fault: f, left: max(f.Times, 1)}
}

func (f *fault) matches(r Request) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, r.Method)) &&
		(f.Path == "" || matchPath(f.Path, r.Path)) &&
		strings.Contains(r.Operation, f.Operation)
}

// due counts a matching request and tells whether it is one to break.
func (f *fault) due() bool {
	f.seen++
	return f.seen > f.Skip && (f.left > 0 || f.Times < 0)
}

func (f *fault) spend() { f.left-- }

// isLate reports whether nothing but the delay is wrong.
func (f *Fault) isLate() bool { return f.Status == 0 && !f.Cut && !f.Refuse }

func (f *fault) strike(w http.ResponseWriter) {
	if f.Refuse {
		panic(errRefused)
	}
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // the client may be gone
}

// errRefused is what a handler panics with when nothing listens. Only [Network] can play that: a server
// on a port has accepted the connection already, and closes it.
var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

func matchPath(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}
