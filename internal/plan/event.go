package plan

import (
	"encoding/json"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// RecordEvent records a new state of the deployment at the tracking endpoint, which may refuse a start.
type RecordEvent struct {
	Status  config.Status
	Message string         // what went wrong, for failed and aborted
	Orphan  *deploy.Orphan // the deployment of another run that it is about, nil for the own one
}

func (RecordEvent) effect() {}
func (RecordEvent) event()  {}

func (e RecordEvent) String() string { return "tell the tracking endpoint: " + string(e.Status) }

func (e RecordEvent) begin(l *Ledger) {
	l.Announced = l.Announced || e.Status == config.Started || e.Status == config.Pending
}

func (e RecordEvent) done(l *Ledger, _ Done) {
	if e.Status.Terminal() && e.Orphan == nil {
		l.Announced = false
	}
}

// rejected notes that an endpoint which refused a start knows of none.
func (e RecordEvent) rejected(l *Ledger) {
	if !e.Status.Terminal() {
		l.Announced = false
	}
}

// NotifySinks sends a new state of the deployment to the receivers that cannot refuse it, and with an end what
// could not be delivered before. It never stops anything.
type NotifySinks struct {
	Status  config.Status
	Message string          // what went wrong, for failed and aborted
	Blocked *deploy.Finding // why the deployment was not allowed to start, instead of a status
}

func (NotifySinks) effect() {}
func (NotifySinks) event()  {}

// IsEvent reports whether an effect takes place at receivers of events, not on GitHub.
func IsEvent(e Effect) bool {
	_, is := e.(interface{ event() })
	return is
}

func (n NotifySinks) String() string {
	if n.Blocked != nil {
		return "tell the others: blocked"
	}
	return "tell the others: " + string(n.Status)
}

func (n NotifySinks) begin(l *Ledger) {
	l.Notified = l.Notified || (n.Blocked == nil && !n.Status.Terminal())
}

// done notes what could not be delivered. With an end everything is sent that was kept before.
func (n NotifySinks) done(l *Ledger, done Done) {
	if n.Status.Terminal() {
		l.Notified, l.Outbox = false, nil
		return
	}
	l.keep(done.Undelivered)
}

// PendingEvent is an event that could not be delivered, with its receiver. The event has no secret.
type PendingEvent struct {
	Sink  string          `json:"sink"`
	Event json.RawMessage `json:"event"`
}

// Outbox is what could not be delivered.
type Outbox struct{ Events []PendingEvent }

// maxOutbox is how long undelivered events may be altogether, in bytes: the saved state is limited.
const maxOutbox = 16 << 10

func (l *Ledger) keep(undelivered *Outbox) {
	if undelivered == nil {
		return
	}
	size := 0
	for _, kept := range l.Outbox {
		size += len(kept.Event)
	}
	for _, pending := range undelivered.Events {
		if size += len(pending.Event); size <= maxOutbox {
			l.Outbox = append(l.Outbox, pending)
		}
	}
}

func notify(l Ledger, n NotifySinks) []Step {
	if !l.Notifies() || l.Subject.Noop {
		return nil
	}
	return []Step{{Effect: n, Concurrent: true}}
}

func blocked(l Ledger, d deploy.Decision) []Step {
	why := d.Blocking()
	deployment := d.Kind.Changes() && d.Target.Environment != ""
	if !deployment || d.Denied() || len(why) == 0 {
		return nil
	}
	return notify(l, NotifySinks{Blocked: &why[0]})
}
