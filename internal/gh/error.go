package gh

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Error is a request to GitHub that failed.
type Error struct {
	Doing      string // what was being done, as "read the pull request"
	Permission string // what the token needs for it, as "pull-requests: read"
	Status     int    // HTTP status, 0 when there was no answer
	Message    string // what GitHub said, untrusted
	cause      error
}

// Error returns the chain for the log.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Doing, e.cause) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) hint() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "The token is invalid or expired. Check the input `github_token`."
	case Denied(e):
		return fmt.Sprintf("Add `%s` to the `permissions:` of the job.", e.Permission)
	case strings.Contains(e.Message, "rule violations"):
		return "A ruleset of the repository forbids it. Leave the branch out of the ruleset, or let GitHub Actions bypass it."
	case e.Status == http.StatusNotFound:
		return fmt.Sprintf("Either it does not exist, or the token may not see it: check that the job's `permissions:` have `%s`.", e.Permission)
	case e.Status == http.StatusConflict:
		return "Fix what GitHub reports: merge the base, resolve conflicts, or wait for the required checks. Then run the command again."
	case e.Status == http.StatusUnprocessableEntity:
		return "GitHub rejected the request: check the names in the command and in the workflow's inputs."
	case e.Status == http.StatusTooManyRequests || strings.Contains(e.Message, "rate limit"):
		return "The token's rate limit is used up. Wait some minutes and run the command again."
	}
	return "Run the command again. If this keeps happening, look at <https://www.githubstatus.com>."
}

// lookError is a failure to read what an effect led to. It does not mean that GitHub refused the effect.
type lookError struct{ cause error }

func (e *lookError) Error() string { return "look again: " + e.cause.Error() }
func (e *lookError) Unwrap() error { return e.cause }

// Definite reports whether GitHub clearly said no: the same request would fail again.
func Definite(err error) bool {
	_, looking := errors.AsType[*lookError](err)
	_, taken := errors.AsType[*TakenError](err)
	_, replaced := errors.AsType[*ReplacedError](err)
	if looking || taken || replaced {
		return !looking
	}
	failed, isOurs := errors.AsType[*Error](err)
	if !isOurs {
		return false
	}
	if graph, isGraph := errors.AsType[*GraphError](failed.cause); isGraph {
		return graph.Type != ""
	}
	return failed.Status >= 400 && failed.Status < 500
}

// Explain says for people what an error of this package means, and what to do about it.
func Explain(err error) deploy.Problem {
	failed, isOurs := errors.AsType[*Error](err)
	if !isOurs {
		return deploy.Problem{Text: "Something went wrong while talking to GitHub: " + markdown.Code(err.Error()) + "."}
	}
	said := failed.Message
	if said == "" {
		said = failed.cause.Error()
	}
	return deploy.Problem{
		Text: fmt.Sprintf("I could not %s. GitHub said: %s.", failed.Doing, markdown.Code(said)),
		Hint: failed.hint(),
	}
}

// Denied reports whether an error comes from a permission that the token lacks.
func Denied(err error) bool {
	failed, isOurs := errors.AsType[*Error](err)
	switch {
	case !isOurs:
		return false
	case failed.Status == http.StatusForbidden:
		return !strings.Contains(failed.Message, "rate limit")
	case failed.Status == http.StatusUnauthorized:
		return true
	}
	graph, isGraph := errors.AsType[*GraphError](failed.cause)
	return isGraph && graph.Type == "FORBIDDEN"
}

// doing describes a request in errors.
type doing struct{ what, permission string }

func (d doing) failed(err error) error {
	if err == nil {
		return nil
	}
	status, message := statusAndMessage(err)
	return &Error{Doing: d.what, Permission: d.permission, Status: status, Message: message, cause: err}
}

// errNoID is for answers that claim success without naming what was created.
const errNoID = constant("the answer names nothing that was created")

func created[T comparable](id T, err error) error {
	if err == nil && id == *new(T) {
		return errNoID
	}
	return err
}

// constant is an error that is always the same.
type constant string

func (e constant) Error() string { return string(e) }

// answerError is an answer with a status that says no.
type answerError struct {
	status  int
	message string
}

func (e *answerError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.status, e.message) }

func statusError(status int, body []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) != nil || said.Message == "" {
		said.Message = http.StatusText(status)
	}
	return &answerError{status: status, message: said.Message}
}

// statusAndMessage finds what GitHub answered inside an error of either client.
func statusAndMessage(err error) (int, string) {
	if e, ok := errors.AsType[*answerError](err); ok {
		return e.status, e.message
	}
	if e, ok := errors.AsType[*GraphError](err); ok {
		return 0, e.Message
	}
	if e, ok := errors.AsType[*github.ErrorResponse](err); ok {
		return e.Response.StatusCode, details(e)
	}
	if e, ok := errors.AsType[*github.RateLimitError](err); ok {
		return e.Response.StatusCode, e.Message
	}
	if e, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		return e.Response.StatusCode, e.Message
	}
	return 0, ""
}

func details(e *github.ErrorResponse) string {
	said := []string{e.Message}
	for _, one := range e.Errors {
		if one.Message != "" {
			said = append(said, one.Message)
		}
	}
	return strings.Join(said, ": ")
}
