package track_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/track"
)

// A receiver is there when it answers anything to HEAD, as long as that is not that it is out of order.
func TestPing(t *testing.T) {
	t.Parallel()
	for status, problem := range map[int]string{
		200: "", 204: "", 401: "", 404: "", 405: "", 501: "", // the last one knows no HEAD
		302: "it redirects (HTTP 302)", 500: "it answers with HTTP 500", 503: "it answers with HTTP 503",
	} {
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.Header.Get("Authorization"))
			w.WriteHeader(status)
		}))
		for _, one := range notices(t, server.URL, http.DefaultTransport) {
			door, isDoor := one.(track.Prober)
			require.True(t, isDoor, one.Name())
			err := door.Ping(t.Context())
			if problem == "" {
				require.NoError(t, err, status)
			} else {
				require.ErrorContains(t, err, problem)
			}
		}
		server.Close()
		for _, request := range asked {
			assert.Equal(t, "HEAD ", request, "neither an event nor a key is sent")
		}
	}
}
