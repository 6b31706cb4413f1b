package rehearse_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// order notes, for each deployment, which statuses were asked for and when the application was asked.
type order struct {
	mu    sync.Mutex
	noted []string
}

func (o *order) note(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.noted = append(o.noted, text)
}

// watched is a network whose traffic is noted when it is answered.
type watched struct {
	next  http.RoundTripper
	order *order
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	setsStatus := r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/deployments/") && strings.HasSuffix(r.URL.Path, "/statuses")
	switch {
	case setsStatus && strings.Contains(string(body), `"state":"success"`):
		w.order.note("success")
	case setsStatus && strings.Contains(string(body), `"description":"health check"`):
		w.order.note("checking")
	case "https://"+r.URL.Host == sim.ApplicationURL:
		defer w.order.note("answer")
	}
	return w.next.RoundTrip(r)
}

// No deployment is called a success before the last answer of its application: read from the traffic of all stories about
// health checks.
func TestNoSuccessBeforeTheLastCheck(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(stories, "health*.txtar"))
	require.NoError(t, err)
	require.Len(t, paths, 4)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			story, err := rehearse.ParseStory(filepath.Base(path), data)
			require.NoError(t, err)
			compiled, err := schema()
			require.NoError(t, err)
			watching := &watch{t: t}
			synctest.Test(t, func(t *testing.T) {
				require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, Around: watching.around, Ended: watching.ended}))
			})
			assert.Positive(t, watching.succeeded)
			assert.Positive(t, watching.failed)
		})
	}
}

// watch looks at the traffic of each part of a step.
type watch struct {
	t                 *testing.T
	order             *order
	succeeded, failed int // checks
}

func (w *watch) around(_ *rehearse.Session, next http.RoundTripper) http.RoundTripper {
	w.order = &order{}
	return watched{next, w.order}
}

func (w *watch) ended(*rehearse.Session) {
	text := strings.Join(w.order.noted, " ")
	if !strings.Contains(text, "answer") {
		return
	}
	assert.True(w.t, strings.HasPrefix(text, "checking answer"), text)
	assert.Equal(w.t, 1, strings.Count(text, "checking"), text)
	_, after, succeeded := strings.Cut(text, "success")
	assert.NotContains(w.t, after, "answer", text)
	if succeeded {
		w.succeeded++
	} else {
		w.failed++
	}
}
