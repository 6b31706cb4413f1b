package sim

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
)

// Network reaches handlers by the host of a request, without sockets: it works inside a
// synctest bubble. It is an [http.RoundTripper].
type Network map[string]http.Handler

// RoundTrip asks the handler of the request's host and waits for its whole answer, or for the
// end of the request's context. An unregistered host fails as a failed dial does; a
// handler that panics with [http.ErrAbortHandler] has cut the connection.
func (n Network) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := n[r.URL.Host]
	if !ok {
		handler, ok = n[r.URL.Hostname()]
	}
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true,
		}}
	}
	return roundTrip(handler, r)
}

// Client returns a client that reaches this repository whatever the host of a request is.
func (g *GitHub) Client() *http.Client { return &http.Client{Transport: direct{g}} }

type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) { return roundTrip(d.handler, r) }

type outcome struct {
	response *http.Response
	err      error
}

func roundTrip(handler http.Handler, r *http.Request) (*http.Response, error) {
	incoming, err := received(r)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	done := make(chan outcome, 1)
	go func() { done <- serve(handler, incoming) }()
	select {
	case result := <-done:
		if err := r.Context().Err(); result.err != nil && err != nil {
			return nil, err
		}
		if result.response != nil {
			result.response.Request = r
		}
		return result.response, result.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// received is the request as a server sees it, with its body already read.
func received(r *http.Request) (*http.Request, error) {
	var body []byte
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // it was only read
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, fmt.Errorf("read request body: %w", err)
		}
	}
	incoming := r.Clone(r.Context())
	incoming.Body = io.NopCloser(bytes.NewReader(body))
	incoming.ContentLength = int64(len(body))
	incoming.RequestURI = r.URL.RequestURI()
	incoming.RemoteAddr = "127.0.0.1:1"
	if incoming.Host == "" {
		incoming.Host = r.URL.Host
	}
	return incoming, nil
}

func serve(handler http.Handler, r *http.Request) (result outcome) {
	defer func() {
		switch reason := recover(); reason {
		case nil:
		case http.ErrAbortHandler:
			result = outcome{err: io.ErrUnexpectedEOF}
		case errRefused:
			result = outcome{err: errRefused}
		default:
			panic(reason)
		}
	}()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Body = io.NopCloser(bytes.NewReader(slices.Clone(recorder.Body.Bytes())))
	response.ContentLength = int64(recorder.Body.Len())
	return outcome{response: response}
}
