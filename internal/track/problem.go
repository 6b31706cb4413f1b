package track

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Refusal is a receiver's word that a deployment must not start. All its texts come from outside.
type Refusal struct {
	State      config.Status // what the event announced
	Status     int           // 409, 423 or 428
	Code       string
	Rule       string
	Message    string
	RetryAfter string // a moment or a number of seconds, as the receiver says it

	conflictID    string    // of the deployment in the way, "" when unknown
	conflictSince time.Time // when the deployment in the way began, zero when unknown
	uncertain     bool      // an earlier attempt may have been accepted all the same
}

// Error is the text for the log.
func (r *Refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("tracking endpoint refused (HTTP %d): %s %s", r.Status, r.Code, r.Message))
}

// Problem is the text for people.
func (r *Refusal) Problem() deploy.Problem {
	text, hint := "The tracking endpoint does not allow this deployment to start", r.hint()
	if r.State.Terminal() {
		text, hint = "The tracking endpoint did not take the end of this deployment", tooLate
	}
	var why []string
	if r.Code != "" {
		why = append(why, markdown.Code(r.Code))
	}
	if r.Rule != "" {
		why = append(why, "rule "+markdown.Code(r.Rule))
	}
	if len(why) > 0 {
		text += " (" + strings.Join(why, ", ") + ")"
	}
	if r.Message != "" {
		text += ": " + markdown.Code(r.Message)
	}
	return deploy.Problem{Text: text + ".", Hint: hint}
}

const tooLate = "The deployment itself is over and stays as it is; correct its record in the tracking service."

func (r *Refusal) hint() string {
	switch {
	case r.Code == "DEPLOYMENT_IN_PROGRESS", r.Code == "CONCURRENT_DEPLOYMENT":
		return "Wait until the other deployment has ended, then try again."
	case r.Status == http.StatusConflict:
		return "If another deployment is running, wait until it has ended; if this version exists with another commit, use another version. Then try again."
	case r.Status == http.StatusLocked:
		return "Deployments are not allowed at this time. Try again " + r.when() + "."
	case r.Code == "FLOW_VIOLATION":
		return "Deploy to the required environments first, then try again."
	case r.Code == "INSUFFICIENT_SOAK_TIME":
		return "The version has to run longer where it is now. Try again " + r.when() + "."
	case strings.HasSuffix(r.Code, "APPROVAL_REQUIRED"):
		return "Get the approval in the tracking service, then try again."
	}
	return "Do what the message asks for, then try again."
}

// Block says for receivers why the deployment was not allowed to start.
func (r *Refusal) Block() Block {
	return Block{Source: "versioner", Code: r.Code, Rule: r.Rule, Message: r.Message, RetryAfter: r.RetryAfter}
}

func (r *Refusal) when() string {
	if r.RetryAfter == "" {
		return "later"
	}
	if seconds, err := strconv.ParseUint(r.RetryAfter, 10, 31); err == nil {
		return "in " + (time.Duration(seconds) * time.Second).String()
	}
	return "after " + markdown.Code(r.RetryAfter)
}

// Failure is an event that could not be delivered, or that the receiver could not take.
type Failure struct {
	State   config.Status // what the event announced
	Status  int           // 0 when there was no answer
	Message string

	uncertain bool // this attempt or an earlier one may have been accepted all the same
}

// Error is the text for the log.
func (f *Failure) Error() string {
	if f.Status == 0 {
		return "tracking endpoint gave no answer: " + f.Message
	}
	return fmt.Sprintf("tracking endpoint answered HTTP %d: %s", f.Status, f.said())
}

func (f *Failure) said() string { return cmp.Or(f.Message, http.StatusText(f.Status)) }

// Problem is the text for people.
func (f *Failure) Problem() deploy.Problem {
	text := "The tracking endpoint gave no answer: " + markdown.Code(f.Message) + "."
	if f.Status != 0 {
		text = fmt.Sprintf("The tracking endpoint did not record the deployment (HTTP %d): %s.", f.Status, markdown.Code(f.said()))
	}
	return deploy.Problem{Text: text, Hint: f.hint()}
}

func (f *Failure) hint() string {
	switch {
	case f.Status == http.StatusUnauthorized:
		return "Check the input `versioner_api_key`: the key is missing, wrong or revoked."
	case f.Status == http.StatusForbidden:
		return "Use a key (input `versioner_api_key`) that may record deployments."
	case f.Status == http.StatusNotFound, f.Status >= 300 && f.Status < 400:
		return "Check the input `versioner_api_url`."
	case f.Status == http.StatusUnprocessableEntity, f.Status == http.StatusBadRequest:
		return "Check the inputs `product`, `version` and `environment`."
	case f.State.Terminal():
		return tooLate
	case f.Status == http.StatusTooManyRequests:
		return "The endpoint gets too many requests. Wait some minutes, then try again."
	}
	return "Try again. To deploy while the endpoint is out of order, set `fail_on_api_error: false`."
}

// Definite reports whether the receiver clearly did not take an event, at any attempt.
func Definite(err error) bool {
	if refusal, refused := errors.AsType[*Refusal](err); refused {
		return !refusal.uncertain
	}
	failure, failed := errors.AsType[*Failure](err)
	return failed && !failure.uncertain
}
