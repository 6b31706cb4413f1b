package track

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Named is a sink with a name, one of several.
type Named interface {
	Sink
	Prober
	Wants(e Event) bool // whether there is anything to send about the event
}

// Prober is a receiver that can be pinged.
type Prober interface {
	Name() string                   // what it is called in the log; no secret
	Ping(ctx context.Context) error // whether it can be reached, without sending it an event
}

// Redeliver returns the sink as one that first delivers each event that it missed, also when another does not arrive.
func Redeliver(sink Named, missed []Event) Named {
	if len(missed) == 0 {
		return sink
	}
	return backlogSink{sink, missed}
}

type backlogSink struct {
	Named
	missed []Event
}

func (l backlogSink) Wants(Event) bool { return true }

func (l backlogSink) Send(ctx context.Context, e Event) error {
	var errs []error
	for _, missed := range l.missed {
		errs = append(errs, l.Named.Send(ctx, missed))
	}
	if l.Named.Wants(e) {
		errs = append(errs, l.Named.Send(ctx, e))
	}
	return errors.Join(errs...)
}

// Result is what became of an event at one sink.
type Result struct {
	Name      string
	Delivered bool  // false also where the sink did not want the event
	Err       error // nil also where the sink did not want the event
}

// Fanout sends an event to all sinks that want it at the same time, and returns the results in the order of the
// sinks. None waits for another or fails with it.
func Fanout(ctx context.Context, sinks []Named, e Event) []Result {
	results := make([]Result, len(sinks))
	var group sync.WaitGroup
	for i, sink := range sinks {
		results[i].Name = sink.Name()
		if !sink.Wants(e) {
			continue
		}
		group.Go(func() {
			err := sink.Send(ctx, e)
			results[i].Delivered = err == nil
			if err != nil {
				results[i].Err = fmt.Errorf("sink %q: %w", sink.Name(), err)
			}
		})
	}
	group.Wait()
	return results
}

// Problem explains to people why the event was not delivered. It is only for results with an error.
func (r Result) Problem() deploy.Problem {
	if refusal, refused := errors.AsType[*Refusal](r.Err); refused {
		return refusal.Problem()
	}
	name := markdown.Code(r.Name)
	failure, failed := errors.AsType[*Failure](r.Err)
	switch {
	case !failed:
		return deploy.Problem{Text: fmt.Sprintf("The event was not sent to %s: %s.", name, markdown.Code(r.Err.Error())), Hint: unharmed}
	case failure.Status == 0:
		return deploy.Problem{Text: fmt.Sprintf("%s gave no answer to the event: %s.", name, markdown.Code(failure.Message)), Hint: unharmed}
	}
	text := fmt.Sprintf("%s rejected the event (HTTP %d): %s.", name, failure.Status, markdown.Code(failure.said()))
	return deploy.Problem{Text: text, Hint: noticeHint(failure.Status)}
}

const unharmed = "The deployment continues."

func noticeHint(status int) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return unharmed + " Check the secret or token for this receiver."
	case status == http.StatusNotFound, status == http.StatusGone, status >= 300 && status < 400:
		return unharmed + " Check the address of this receiver."
	}
	return unharmed
}
