package sim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// now is the receivers' clock.
func now() time.Time { return time.Date(2026, 11, 20, 11, 6, 0, 0, time.UTC) }

// message is a request to a receiver. Values of header replace those that a sender would set.
type message struct {
	url    string
	body   string
	header map[string]string
}

// with returns the message with further headers; "" takes one away.
func (m message) with(header map[string]string) message {
	all := map[string]string{}
	maps.Copy(all, m.header)
	for name, value := range header {
		all[http.CanonicalHeaderKey(name)] = value
	}
	m.header = all
	return m
}

// deliver sends a message, and returns the answer's status and body.
func deliver(t *testing.T, r *sim.Receiver, m message) (int, string) {
	t.Helper()
	response, err := attempt(t, r, http.MethodPost, m)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(said)
}

func attempt(t *testing.T, r *sim.Receiver, method string, m message) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, m.url, bytes.NewBufferString(m.body))
	require.NoError(t, err)
	for name, value := range m.header {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return (&http.Client{Transport: sim.Network{request.URL.Host: r}, Timeout: time.Minute}).Do(request)
}

// misfit is a message that is wrong, and part of what the receiver has to say about it.
type misfit struct {
	message message
	status  int
	want    string
}

// refusesAll sends each message to a receiver of its own.
func refusesAll(t *testing.T, receiver func(func() time.Time) *sim.Receiver, misfits map[string]misfit) {
	t.Helper()
	for name, test := range misfits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receiver(now)
			status, _ := deliver(t, r, test.message)
			assert.Equal(t, test.status, status)
			assert.Contains(t, strings.Join(r.Violations(), "\n"), test.want)
			assert.Empty(t, r.Messages())
		})
	}
}

// kinds are the receivers, each with a message that it takes.
func kinds(t *testing.T) map[string]struct {
	receiver func(func() time.Time) *sim.Receiver
	message  message
	accepted int
	answer   string
} {
	t.Helper()
	return map[string]struct {
		receiver func(func() time.Time) *sim.Receiver
		message  message
		accepted int
		answer   string
	}{
		"webhook":  {sim.NewWebhookReceiver, webhook(t, "id-1", webhookBody), 204, ""},
		"slack":    {sim.NewSlackReceiver, slack(`{"text":"hello"}`), 200, "ok"},
		"cdevents": {sim.NewCDEventsReceiver, binary(t, example(t, "service_upgraded")), 202, ""},
		"alerts":   {sim.NewPagerDutyReceiver, alert(t, nil), 202, `{"message":"Event processed","status":"success"}`},
		"changes":  {sim.NewPagerDutyReceiver, change(t, nil), 202, `{"message":"Event processed","status":"success"}`},
		"datadog":  {sim.NewDatadogReceiver, shipped(t, nil), 200, `{"data":{"id":"5f2528b4-b0d6-5e72","type":"dora_deployment"}}`},
	}
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := kind.receiver(now)
			status, said := deliver(t, r, kind.message)
			assert.Equal(t, kind.accepted, status, name)
			assert.Equal(t, kind.answer, strings.TrimSpace(said), name)
			require.Empty(t, r.Violations(), name)
			messages := r.Messages()
			require.Len(t, messages, 1, name)
			assert.Equal(t, kind.message.body, string(messages[0].Body), name)
			assert.Equal(t, now(), messages[0].Received, name)
			assert.Equal(t, "application/json", messages[0].Header.Get("Content-Type"), name)
			messages[0].Body[0] = 'x'
			assert.Equal(t, kind.message.body, string(r.Messages()[0].Body), "%s: what was taken stays", name)
		})
	}
}

func TestReceiversDoors(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			elsewhere := kind.message
			elsewhere.url += "/elsewhere"
			refusesAll(t, kind.receiver, map[string]misfit{name: {elsewhere, 404, "there is nothing"}})
			r := kind.receiver(now)
			response, err := attempt(t, r, http.MethodPut, kind.message)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, 405, response.StatusCode, name)
			require.Len(t, r.Violations(), 1, name)
			path, err := url.Parse(kind.message.url)
			require.NoError(t, err)
			assert.Equal(t, "PUT "+path.Path+": the method has to be POST", r.Violations()[0])
			for _, body := range []string{"", "{", "[]", `"text"`} {
				r := kind.receiver(now)
				broken := kind.message
				broken.body = body
				status, _ := deliver(t, r, broken)
				assert.Contains(t, []int{400, 401, 403}, status, name)
				assert.Empty(t, r.Messages(), name)
				assert.Contains(t, strings.Join(r.Violations(), "\n"), "the body is no JSON object", "%s: %s", name, body)
			}
			assert.Empty(t, r.Messages(), name)
		})
	}
}

// Faults of all kinds, and what is taken in spite of them.
func TestReceiversFail(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, test := range map[string]struct {
				fault  sim.Fault
				status int // 0 for no answer
				taken  int
			}{
				"status":   {sim.Fault{Status: 503, Header: map[string]string{"Retry-After": "7"}}, 503, 0},
				"after":    {sim.Fault{Status: 504, After: true}, 504, 1},
				"cut":      {sim.Fault{Cut: true}, 0, 0},
				"hang":     {sim.Fault{Hang: true}, 0, 0},
				"late":     {sim.Fault{Delay: 30 * time.Second}, kind.accepted, 1},
				"too late": {sim.Fault{Delay: 2 * time.Minute}, 0, 1},
				"late 500": {sim.Fault{Delay: 30 * time.Second, Status: 500}, 500, 0},
			} {
				synctest.Test(t, func(t *testing.T) {
					r, began := kind.receiver(now), time.Now()
					r.Fail(test.fault)
					response, err := attempt(t, r, http.MethodPost, kind.message)
					if test.status == 0 {
						require.Error(t, err, "%s: %s", name, what)
					} else {
						require.NoError(t, err, "%s: %s", name, what)
						assert.Equal(t, test.status, response.StatusCode, "%s: %s", name, what)
						assert.Equal(t, test.fault.Header["Retry-After"], response.Header.Get("Retry-After"))
						require.NoError(t, response.Body.Close())
						assert.Equal(t, test.fault.Delay, time.Since(began), what)
					}
					assert.Len(t, r.Messages(), test.taken, "%s: %s", name, what)
					assert.Empty(t, r.Violations())
					status, _ := deliver(t, r, kind.message)
					assert.Equal(t, kind.accepted, status, "each fault is for one request")
					assert.Len(t, r.Requests(), 2)
				})
			}
		})
	}
}

func TestReceiversRecover(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := kind.receiver(now)
			r.Fail(sim.Fault{Status: 500, Times: -1})
			for range 3 {
				status, _ := deliver(t, r, kind.message)
				assert.Equal(t, 500, status, name)
			}
			r.Recover()
			status, _ := deliver(t, r, kind.message)
			assert.Equal(t, kind.accepted, status, name)
		})
	}
}

// A message that comes again is taken once, and has to be the same. Slack and PagerDuty know no ids.
func TestMessagesThatComeAgain(t *testing.T) {
	t.Parallel()
	other := webhook(t, "id-1", `{"type":"build.failed","timestamp":"2026-11-20T11:06:00Z","data":{}}`)
	changed := example(t, "service_upgraded")
	part(changed, "subject")["id"] = "other"
	for name, test := range map[string]struct {
		receiver func(func() time.Time) *sim.Receiver
		first    message
		second   message
	}{
		"webhook":  {sim.NewWebhookReceiver, webhook(t, "id-1", webhookBody), other},
		"cdevents": {sim.NewCDEventsReceiver, binary(t, example(t, "service_upgraded")), binary(t, changed)},
		"datadog":  {sim.NewDatadogReceiver, shipped(t, nil), shipped(t, func(a map[string]any) { a["version"] = "2" })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range []sim.Fault{{Status: 500, After: true}, {Status: 500}} {
				r := test.receiver(now)
				r.Fail(fault)
				_, _ = deliver(t, r, test.first)
				status, _ := deliver(t, r, test.first)
				assert.Less(t, status, 300, name)
				assert.Empty(t, r.Violations(), name)
				assert.Len(t, r.Messages(), 1, name)
				status, said := deliver(t, r, test.second)
				assert.Equal(t, 422, status, name)
				assert.Contains(t, said, "came before with another body", name)
				assert.Len(t, r.Violations(), 1, name)
			}
			r := test.receiver(now)
			r.Fail(sim.Fault{Status: 500})
			_, _ = deliver(t, r, test.first)
			_, _ = deliver(t, r, test.second)
			assert.Len(t, r.Violations(), 1, "%s: an attempt that failed counts, too", name)
		})
	}
	for _, name := range []string{"slack", "alerts", "changes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind := kinds(t)[name]
			r := kind.receiver(now)
			for range 2 {
				_, _ = deliver(t, r, kind.message)
			}
			assert.Len(t, r.Messages(), 2, name)
		})
	}
}

// compact writes JSON without blanks.
func compact(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

func quoted(id string) map[string]string {
	return map[string]string{"Idempotency-Key": strconv.Quote(id)}
}

// part is an object inside an object.
func part(of map[string]any, name string) map[string]any {
	inside, _ := of[name].(map[string]any)
	return inside
}
