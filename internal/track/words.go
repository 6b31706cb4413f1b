package track

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

func chatEvents() []string {
	return []string{
		"deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted", "deployment.blocked", rolledBack, overridden,
	}
}

func happened(e Event) (sign, words string) {
	words = "Deployment of " + e.Product
	if e.kind() == Build {
		words = "Build of " + e.Product
	}
	if e.Environment != "" {
		words += " to " + e.Environment
	}
	if e.change() == Rollback && e.State == config.Completed {
		return "↩️", words + " is done: a rollback"
	}
	switch e.State {
	case config.Pending:
		return "⏳", words + " is waiting"
	case config.Started:
		if e.Override != nil {
			return "⚠️", words + " has started, with rules overridden"
		}
		return "🔄", words + " has started"
	case config.Completed:
		return "✅", words + " is done"
	case config.Failed:
		return "❌", words + " has failed"
	case config.Aborted:
		return "🚫", words + " was stopped"
	case Blocked:
		return "⛔", words + " was not allowed to start"
	}
	return "", words
}

func details(e Event) string {
	facts := []string{e.Version}
	if e.Actor.Login != "" {
		facts = append(facts, "by "+e.Actor.Login)
	}
	text := strings.TrimSpace(strings.Join(facts, " "))
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

type fact struct{ name, value string }

func reason(e Event) string {
	if e.State == Blocked {
		said := strings.Fields(strings.Join([]string{e.Block.Code, e.Block.Rule, e.Block.Message}, " "))
		return cmp.Or(strings.Join(said, " "), e.Error)
	}
	return e.Error
}

// lifted says which rules a command has lifted, and why.
func lifted(e Event) string {
	if e.Override == nil {
		return ""
	}
	return strings.Join(e.Override.Rules, ", ") + ": " + e.Override.Reason
}

func took(e Event) string {
	if e.duration() == 0 {
		return ""
	}
	return e.duration().String()
}

func pages(e Event, limit int) []fact {
	var all []fact
	for _, page := range []fact{
		{"Workflow run", e.GitHub.RunURL}, {"Pull request", e.SCM.pullURL()}, {"Commit", e.SCM.commitURL()}, {"Environment", e.EnvironmentURL},
	} {
		address, err := url.Parse(page.value)
		web := err == nil && address.Host != "" && (address.Scheme == "https" || address.Scheme == "http")
		if web && len(address.String()) <= limit {
			all = append(all, fact{page.name, address.String()})
		}
	}
	return all
}

func oneLine(text string, limit int) string {
	return shorten(text, limit, func(r rune) string { return string(r) })
}

func shorten(text string, limit int, spell func(rune) string) string {
	var b strings.Builder
	size, end := 0, 0 // end is where an ellipsis still fits
	for _, r := range text {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			r = ' '
		}
		spelt := spell(r)
		if size += len(utf16.Encode([]rune(spelt))); size > limit {
			return b.String()[:end] + "…"
		}
		b.WriteString(spelt)
		if size < limit {
			end = b.Len()
		}
	}
	return b.String()
}

// percentEncode spells the bytes of a text by their numbers where they have a meaning.
func percentEncode(text string, special func(byte) bool) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if special(c) {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

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
	details       json.RawMessage
	repeated      bool // the answer to an earlier attempt was lost
	uncertain     bool // an earlier attempt may have been accepted all the same
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
	if r.repeated && r.Status == http.StatusConflict {
		hint += " The answer to the first attempt was lost: if the deployment in the way is this one, end it in the tracking service."
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

	unusable  bool // the receiver said yes, and not to what
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
	switch {
	case f.unusable:
		text = fmt.Sprintf("The tracking endpoint gave no usable answer (HTTP %d): %s.", f.Status, markdown.Code(f.Message))
	case f.Status != 0:
		text = fmt.Sprintf("The tracking endpoint did not record the deployment (HTTP %d): %s.", f.Status, markdown.Code(f.said()))
	}
	return deploy.Problem{Text: text, Hint: f.hint()}
}

func (f *Failure) hint() string {
	switch {
	case f.unusable:
		return "Check the input `versioner_api_url`: something else may answer there."
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
