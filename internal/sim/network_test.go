package sim_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func get(t *testing.T, network sim.Network, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("body of the request"))
	require.NoError(t, err)
	return (&http.Client{Transport: network}).Do(r)
}

func TestNetwork(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		w.Header().Set("X-Host", r.Host)
		w.WriteHeader(http.StatusTeapot)
		_, err = w.Write([]byte(r.RequestURI + " " + string(body)))
		assert.NoError(t, err)
	})
	cut := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	network := sim.Network{"api.github.com": echo, "localhost:8080": echo, "cut.example": cut}

	for _, url := range []string{"https://api.github.com/a%2Fb?c=d", "http://localhost:8080/a%2Fb?c=d", "https://api.github.com:443/a%2Fb?c=d"} {
		t.Run(url, func(t *testing.T) {
			response, err := get(t, network, url)
			require.NoError(t, err, url)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, "/a%2Fb?c=d body of the request", string(body))
			assert.Equal(t, http.StatusTeapot, response.StatusCode)
			assert.Contains(t, url, response.Header.Get("X-Host"))
		})
	}

	_, err := get(t, network, "https://other.example/")
	var failure *net.OpError
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "dial", failure.Op)
	_, err = get(t, network, "https://cut.example/")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// A handler that does not look at the context cannot hold its caller back either.
func TestNetworkHonoursTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(errors.New("enough")) })
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://slow.example/", http.NoBody)
		require.NoError(t, err)
		began := time.Now()

		_, err = sim.Network{"slow.example": slow}.RoundTrip(r)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, time.Minute, time.Since(began))

		_, err = sim.Network{"slow.example": slow}.RoundTrip(r)
		require.ErrorIs(t, err, context.Canceled, "a context that has ended sends no request")
		assert.Equal(t, time.Minute, time.Since(began))
		time.Sleep(time.Hour) // until the handler has ended
	})
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestNetworkReportsABrokenBody(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://a.example/", brokenBody{})
	require.NoError(t, err)
	_, err = sim.Network{"a.example": http.NotFoundHandler()}.RoundTrip(r)
	assert.EqualError(t, err, "read request body: broken")
}
