package gh_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

func errorAs[T error](err error) (T, bool) { return errors.AsType[T](err) }

// answering answers one request.
type answering func(*http.Request) (*http.Response, error)

// answers is a transport that gives prepared answers, the last one for ever.
type answers struct {
	list  []answering
	times []time.Time
	last  string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(text)
	}
	a.last = body
	a.times = append(a.times, time.Now())
	return a.list[min(len(a.times), len(a.list))-1](r)
}

func answer(status int, body string, header ...string) answering {
	return func(r *http.Request) (*http.Response, error) {
		response := &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		response.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		for i := 0; i < len(header); i += 2 {
			response.Header.Set(header[i], header[i+1])
		}
		return response, nil
	}
}

func broken(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func hanging(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

const (
	reaction = `{"id":2147483999,"content":"eyes"}`
	limited  = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
)

func TestRetryOfWrites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first  answering
		tries  int
		atWait time.Duration // at least
	}{
		"failure is not repeated blindly":    {answer(500, `{}`), 1, 0},
		"bad gateway neither":                {answer(502, `{}`), 1, 0},
		"cut connection neither":             {broken, 1, 0},
		"denied":                             {answer(403, `{"message":"Resource not accessible by integration"}`), 1, 0},
		"limit with a wait":                  {answer(429, `{}`, "Retry-After", "7"), 2, 7 * time.Second},
		"forbidden with a wait":              {answer(403, `{}`, "Retry-After", "2"), 2, 2 * time.Second},
		"secondary limit without a time":     {answer(403, limited), 2, time.Minute},
		"a wait beyond the budget":           {answer(429, `{}`, "Retry-After", "3600"), 1, 0},
		"an empty budget that refills soon":  {answer(403, `{}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946684810"), 2, 10 * time.Second},
		"an empty budget that refills later": {answer(403, `{}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946690000"), 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{test.first, answer(201, reaction)}}
				done, err := newClient(t, wire, "x").Do(t.Context(), plan.React{CommentID: 1, Content: "eyes"}, plan.Ledger{})
				assert.Len(t, wire.times, test.tries)
				if test.tries == 1 {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, int64(2147483999), done.ReactionID)
				assert.JSONEq(t, `{"content":"eyes"}`, wire.last, "the body is sent again")
				assert.GreaterOrEqual(t, wire.times[1].Sub(wire.times[0]), test.atWait)
			})
		})
	}
}

// spent is how GraphQL says that a budget is used up.
const spent = `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation."}]}`

func TestRetryOfReads(t *testing.T) {
	t.Parallel()
	const empty = `{"data":{"repository":{"pullRequest":null,"nameWithOwner":"acme/shop"},"rateLimit":{"cost":1,"remaining":2,"resetAt":"2026-01-01T00:00:00Z"}}}`
	for name, test := range map[string]struct {
		first answering
		tries int
	}{
		"good":              {answer(200, empty), 1},
		"failure":           {answer(500, `{}`), 2},
		"bad gateway":       {answer(502, `<html>`), 2},
		"cut":               {broken, 2},
		"hanging":           {hanging, 2},
		"limited":           {answer(429, `{}`, "Retry-After", "1"), 2},
		"not worth a retry": {answer(404, `{"message":"Not Found"}`), 1},
		"no JSON":           {answer(200, `<html>`), 2},
		"half of the JSON":  {answer(200, empty[:40]), 2},
		"an untyped error":  {answer(200, `{"data":null,"errors":[{"message":"Something went wrong"}]}`), 2},
		"a typed error":     {answer(200, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"no"}]}`), 1},
		"GraphQL's limit":   {answer(200, spent, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946684810"), 2},
		"its other name":    {answer(200, strings.Replace(spent, "LIMITED", "LIMIT", 1), "Retry-After", "3"), 2},
		"without a time":    {answer(200, spent), 2},
		"a long time":       {answer(200, spent, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946690000"), 1},
		"an unknown field":  {answer(200, `{"errors":[{"extensions":{"code":"undefinedField"},"message":"no"}]}`), 1},
		"an endless answer": {answer(200, strings.Repeat("x", 9<<20)), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{test.first, answer(200, empty)}}
				_, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 1})
				assert.Len(t, wire.times, test.tries)
				if test.tries == 2 {
					require.NoError(t, err)
				}
			})
		})
	}
}

// What never gets better is given up after five tries and well within the budget.
func TestRetryEnds(t *testing.T) {
	t.Parallel()
	for name, forever := range map[string]answering{"failing": answer(503, `{}`), "hanging": hanging} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{forever}}
				begin := time.Now()
				_, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 1})
				require.Error(t, err)
				assert.Len(t, wire.times, 5)
				assert.Less(t, time.Since(begin), 2*time.Minute)
			})
		})
	}
}

func TestCancelledRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &answers{list: []answering{answer(429, `{}`, "Retry-After", "30")}}
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := newClient(t, wire, "x").Facts(ctx, deploy.Needs{Pull: 1})
		require.Error(t, err)
		assert.Len(t, wire.times, 1)
		assert.Equal(t, time.Second, time.Since(begin))
	})
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer answering
		text   string
		hint   string
		denied bool
	}{
		"denied":      {answer(403, `{"message":"Resource not accessible by integration"}`), "GitHub said: `Resource not accessible by integration`", "Add `deployments: write`", true},
		"no token":    {answer(401, `{"message":"Bad credentials"}`), "`Bad credentials`", "github_token", true},
		"not there":   {answer(404, `{"message":"Not Found"}`), "`Not Found`", "`deployments: write`", false},
		"limited":     {answer(403, limited), "secondary rate limit", "Wait some minutes", false},
		"invalid":     {answer(422, `{"message":"Validation Failed","errors":[{"message":"No ref found"}]}`), "`Validation Failed: No ref found`", "check the names", false},
		"conflict":    {answer(409, `{"message":"Conflict merging main into x"}`), "`Conflict merging main into x`", "resolve conflicts", false},
		"broken":      {broken, "could not create the deployment", "githubstatus", false},
		"no body":     {answer(500, ``), "could not create the deployment", "githubstatus", false},
		"hostile":     {answer(422, "{\"message\":\"`\\n@everyone <b>\"}"), "`` ` @everyone <b> ``", "", false},
		"merged":      {answer(202, `{"message":"Auto-merged main into x"}`), "Auto-merged", "", false},
		"nothing new": {answer(201, `{}`), "could not create the deployment", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{test.answer}}
				_, err := newClient(t, wire, "x").Do(t.Context(), plan.StartDeployment{SHA: "a"}, plan.Ledger{})
				require.Error(t, err)
				problem := gh.Explain(err)
				assert.Contains(t, problem.Text, test.text)
				assert.Contains(t, problem.Hint, test.hint)
				assert.Equal(t, test.denied, gh.Denied(err))
				assert.NotContains(t, problem.Text, "\n")
			})
		})
	}
}

func TestDefinite(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want bool
	}{
		"refused":        {`{"data":null,"errors":[{"type":"FORBIDDEN","message":"no"}]}`, true},
		"failed untyped": {`{"data":null,"errors":[{"message":"Something went wrong"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &answers{list: []answering{answer(200, test.body)}}
				_, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 1})
				require.Error(t, err)
				assert.Equal(t, test.want, gh.Definite(err))
			})
		})
	}
	assert.False(t, gh.Definite(io.EOF))
	assert.Contains(t, gh.Explain(io.EOF).Text, "`EOF`")
}
