package track

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Versioner sends events to Versioner's API: POST <base>/deployment-events/ and <base>/build-events/.
type Versioner struct {
	base    string
	header  http.Header
	courier client
}

// NewVersioner returns a sink whose address was checked with the inputs.
func NewVersioner(baseURL, key, agent string, transport http.RoundTripper) *Versioner {
	return &Versioner{
		base: strings.TrimSuffix(baseURL, "/"),
		header: http.Header{
			"Content-Type":  {"application/json"},
			"Authorization": {"Bearer " + key},
			"User-Agent":    {agent},
		},
		courier: client{client: noRedirects(transport), limits: gateLimits(), hide: hiding(key), judge: permitted},
	}
}

// Name says what the sink is called in the log.
func (v *Versioner) Name() string { return "versioner" }

// Wants reports whether the event is one that the API knows.
func (v *Versioner) Wants(e Event) bool { return e.State != Blocked }

// Send delivers one event, with the same bytes on every attempt.
func (v *Versioner) Send(ctx context.Context, e Event) error {
	_, err := v.Record(ctx, e)
	return err
}

// Record delivers one event, and reads what the API says of what it recorded.
func (v *Versioner) Record(ctx context.Context, e Event) (Receipt, error) {
	path, content := "/deployment-events/", any(newDeploymentEvent(e))
	if e.kind() == Build {
		path, content = "/build-events/", newBuildEvent(e)
	}
	body, err := json.Marshal(content)
	if err != nil {
		return Receipt{}, fmt.Errorf("write event %s: %w", e.ID, err)
	}
	var receipt Receipt
	message := post{url: v.base + path, id: e.ID, header: v.header, body: body}
	message.taken = func(answered []byte) { receipt = readReceipt(answered, v.courier.hide) }
	message.presumed = func(r *Refusal) { receipt = Receipt{ID: r.conflictID, Presumed: true} }
	err = v.courier.deliver(ctx, e, message)
	return receipt, err
}

// permitted reads what an answer of a gate means. Any 2xx means that the event was taken, whatever
// its body.
func permitted(status int, said answer) error {
	switch status {
	case http.StatusConflict, http.StatusLocked, http.StatusPreconditionRequired:
		return &Refusal{
			Status: status, Code: said.code, Rule: said.rule, Message: said.message,
			RetryAfter: said.retryAfter, conflictID: said.conflictID, conflictSince: said.conflictSince,
		}
	}
	return taken(status, said)
}

// byItself reports whether the deployment that is in the way of a start began with that start. The
// receiver's clock may be some seconds behind.
func (r *Refusal) byItself(e Event) bool {
	const skew = 5 * time.Second
	return e.State == config.Started && r.Status == http.StatusConflict &&
		!r.conflictSince.IsZero() && !r.conflictSince.Before(e.Times.Occurred.Add(-skew))
}
