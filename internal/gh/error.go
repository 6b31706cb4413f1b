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
	advice     string // what to do, "" where that follows from the rest
	cause      error
}

// Error returns the chain for the log.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Doing, e.cause) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) hint() string {
	switch {
	case e.advice != "":
		return e.advice
	case e.Status == http.StatusUnauthorized:
		return "The token is invalid or expired. Check the input `github_token`."
	case e.denied() && strings.Contains(e.Message, "personal access token"):
		return fmt.Sprintf("The fine-grained personal access token in the input `github_token` lacks `%s`, or cannot have it, as with check runs. Use the workflow's own token, the token of an app, or a classic one.", e.Permission)
	case e.denied():
		return fmt.Sprintf("Add `%s` to the `permissions:` of the job.", e.Permission)
	}
	if known := e.knownRefusal(); known != "" {
		return known
	}
	switch {
	case e.graph().Extensions.Code == "undefinedField":
		return "This GitHub Enterprise Server is older than 3.17, the oldest version that works. Update it."
	case strings.Contains(e.Message, "Repository rule violations found"):
		return "A ruleset of the repository forbids it. Leave the branch out of the ruleset, or let GitHub Actions bypass it."
	case e.Status == http.StatusNotFound:
		return fmt.Sprintf("Either it does not exist, or the token may not see it: check that the job's `permissions:` have `%s`.", e.Permission)
	case e.Status == http.StatusConflict:
		return "Fix what GitHub reports: merge the base, resolve conflicts, or wait for the required checks. Then run the command again."
	case e.Status == http.StatusUnprocessableEntity:
		return "GitHub rejected the request: check the names in the command and in the workflow's inputs."
	case e.limited():
		return "The token's rate limit is used up. Wait some minutes and run the command again."
	case e.refused():
		return "An administrator of the repository or of its organization can tell why GitHub refuses this."
	}
	return "Run the command again. If this keeps happening, look at <https://www.githubstatus.com>."
}

// knownRefusal is the way out of a refusal of which GitHub's message tells more than the status, "" for all else: other
// messages quote names that people choose.
func (e *Error) knownRefusal() string {
	if e.conversationLocked() {
		return "Unlock the conversation of this pull request, or comment on another one: the workflow's token cannot comment in a locked one."
	}
	for _, known := range refusals {
		if e.refused() && strings.Contains(e.Message, known.says) {
			return known.hint
		}
	}
	return ""
}

// refusals are causes in GitHub's own words, with a way out.
var refusals = []struct{ says, hint string }{ //nolint:gochecknoglobals // a table
	{"Repository was archived", "The repository is archived, and so read-only. Unarchive it in its settings."},
	{"IP allow list enabled", "Add the addresses of the runner to the IP allow list of the organization, or use a runner whose address is on it."},
	{"SAML enforcement", "Authorize the token in the input `github_token` for the organization's single sign-on, or use the workflow's own token."},
	{"permission to create labels", "Create the label first, for example with `gh label create`, or add `issues: write` to the `permissions:` of the job."},
	{"without `workflows` permission", "The base changed a workflow file, and GitHub does not let this token push that. Merge the base into the branch yourself, and run the command again."},
}

// denied reports whether the token lacks a permission, or is not accepted at all.
func (e *Error) denied() bool {
	return e.Status == http.StatusUnauthorized || e.refused() && strings.Contains(e.Message, "not accessible by")
}

// refused reports whether GitHub does not allow something, whatever the reason.
func (e *Error) refused() bool {
	return e.Status == http.StatusForbidden && !e.limited() || e.graph().Type == "FORBIDDEN"
}

// limited reports whether a limit of requests is used up. GraphQL says that without a status.
func (e *Error) limited() bool {
	silent := e.Status == http.StatusForbidden || e.Status == 0
	return e.Status == http.StatusTooManyRequests || silent && strings.Contains(e.Message, "rate limit")
}

// conversationLocked reports a refusal that GraphQL also calls unprocessable.
func (e *Error) conversationLocked() bool {
	return (e.refused() || e.graph().Type == "UNPROCESSABLE") && strings.Contains(e.Message, "issue is locked")
}

// graph is GraphQL's error, the zero one where the cause is another.
func (e *Error) graph() GraphError {
	found, _ := errors.AsType[*GraphError](e.cause)
	return value(found)
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
	if _, unfit := errors.AsType[*IssueError](err); unfit {
		return true
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
	if unfit, isUnfit := errors.AsType[*IssueError](err); isUnfit {
		return unfit.Problem
	}
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

// Denied reports whether an error comes from a permission that the token lacks. A 403 has other causes as well, such
// as an archived repository: GitHub says "Resource not accessible by integration", or "by personal access token".
func Denied(err error) bool {
	failed, isOurs := errors.AsType[*Error](err)
	return isOurs && failed.denied()
}

// Refused reports whether GitHub does not let the token do something, whatever the reason. A limit that is used up does
// not count.
func Refused(err error) bool {
	failed, isOurs := errors.AsType[*Error](err)
	return isOurs && (failed.Status == http.StatusUnauthorized || failed.refused())
}

// ConversationLocked reports whether GitHub refuses a comment because the conversation is locked.
func ConversationLocked(err error) bool {
	failed, isOurs := errors.AsType[*Error](err)
	return isOurs && failed.conversationLocked()
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
