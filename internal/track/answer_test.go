package track_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Every form in which a refusal has been seen, with every status that refuses.
func TestRefusalForms(t *testing.T) {
	t.Parallel()
	const object = `{"error":"Blocked","message":"Not now","code":"NO_DEPLOY_WINDOW","retry_after":"2026-11-23T08:00:00Z","details":{"rule_name":"Weekend"}}`
	full := track.Refusal{Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "Not now", RetryAfter: "2026-11-23T08:00:00Z"}
	for name, test := range map[string]struct {
		body string
		want track.Refusal
	}{
		"text in detail":       {`{"detail":"Version 1.2.3 already exists with different SHA"}`, track.Refusal{Message: "Version 1.2.3 already exists with different SHA"}},
		"list in detail":       {`{"detail":[{"loc":["body","version"],"msg":"too long","type":"x"},{"loc":["body",0],"msg":"odd"}]}`, track.Refusal{Message: "body.version: too long; body.0: odd"}},
		"object in detail":     {`{"detail":` + object + `}`, full},
		"object":               {object, full},
		"object with blanks":   {"\n " + object + "\n", full},
		"no JSON":              {"upstream said no", track.Refusal{Message: "upstream said no"}},
		"web page":             {"<!DOCTYPE html><title>409</title>", track.Refusal{Message: "a web page instead of an answer"}},
		"empty":                {"", track.Refusal{}},
		"blank":                {" \n", track.Refusal{}},
		"error alone":          {`{"detail":{"error":"Blocked","code":"X"}}`, track.Refusal{Code: "X", Message: "Blocked"}},
		"code alone":           {`{"code":"X"}`, track.Refusal{Code: "X"}},
		"unknown members":      {`{"detail":{"why":"so"}}`, track.Refusal{Message: `{"why":"so"}`}},
		"number of seconds":    {`{"message":"m","retry_after":3600}`, track.Refusal{Message: "m", RetryAfter: "3600"}},
		"members of odd types": {`{"message":["m"],"error":7,"code":{},"retry_after":true,"details":[]}`, track.Refusal{Message: "7"}},
		"null members":         {`{"detail":{"message":"m","code":null,"retry_after":null,"details":null}}`, track.Refusal{Message: "m"}},
		"rule is a number":     {`{"message":"m","details":{"rule_name":5}}`, track.Refusal{Message: "m", Rule: "5"}},
		"empty detail":         {`{"detail":{}}`, track.Refusal{Message: "{}"}},
		"no object":            {`[1]`, track.Refusal{Message: "[1]"}},
		"cut off":              {`{"detail":{"message":"Not`, track.Refusal{Message: `{"detail":{"message":"Not`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{http.StatusConflict, http.StatusLocked, http.StatusPreconditionRequired} {
				server := answering(status, test.body)
				err := send(t, server, config.Started)
				want := test.want
				want.Status, want.State = status, config.Started
				assert.EqualExportedValues(t, want, *refusal(t, err), "%s with %d", name, status)
				assert.True(t, track.Definite(err), "%s with %d", name, status)
				assert.Len(t, server.times, 1, "%s with %d: a no stays a no", name, status)
			}
		})
	}
}

func TestFailureForms(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"detail":"Invalid API key"}`:              "Invalid API key",
		`{"detail":[{"loc":["body"],"msg":"odd"}]}`: "body: odd",
		`{"message":"Forbidden"}`:                   "Forbidden",
		`{"error":"Forbidden"}`:                     "Forbidden",
		`{"detail":{"message":"Forbidden"}}`:        "Forbidden",
		`{"status":"invalid event","message":"Event object is invalid","errors":["a is wrong","b is long"]}`: "Event object is invalid: a is wrong; b is long",
		`{"errors":["Forbidden"]}`: "Forbidden",
		`{"errors":[{"title":"Generic Error","detail":"no service"},{"title":"Again"},{},null,7]}`: "no service; Again; 7",
		`{"errors":{"a":"b"}}`:           `{"errors":{"a":"b"}}`,
		`{"errors":[]}`:                  `{"errors":[]}`,
		`{"message":"odd","errors":"x"}`: "odd",
		"<html>":                         "a web page instead of an answer",
		"plain":                          "plain",
		"":                               "",
	} {
		t.Run(fmt.Sprintf("%.20q", body), func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{300, 400, 401, 403, 404, 405, 410, 413, 422} {
				server := answering(status, body)
				err := send(t, server, config.Started)
				assert.Equal(t, &track.Failure{Status: status, State: config.Started, Message: want}, failure(t, err), "%s with %d", body, status)
				assert.True(t, track.Definite(err), "%s with %d", body, status)
				assert.Len(t, server.times, 1, "%s with %d", body, status)
			}
		})
	}
}

// Any 2xx means that a notice was accepted.
func TestAccepted(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204, 299} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			for _, body := range []string{`{"id":"7f3a"}`, "", "<html>", `{"id":`, strings.Repeat("x", 1<<20)} {
				server := answering(status, body)
				require.NoError(t, to(t, sink("webhook", nil), server).Send(t.Context(), announced(config.Started)), "%d", status)
				assert.Len(t, server.times, 1)
			}
		})
	}
	broken := inTurn(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), failing{})), Request: r}, nil
	})
	require.NoError(t, to(t, sink("webhook", nil), broken).Send(t.Context(), announced(config.Started)), "the status came, so the event was accepted")
}

// failing is a connection that breaks while an answer is read.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRefusalWhoseBodyBreaksOff(t *testing.T) {
	t.Parallel()
	server := inTurn(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusLocked, Body: io.NopCloser(io.MultiReader(strings.NewReader("closed"), failing{})), Request: r}, nil
	})
	assert.Equal(t, "closed", refusal(t, send(t, server, config.Started)).Message)
}

// What a server sends without end is neither read nor repeated without end.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	const limit = 2 << 10
	long := strings.Repeat("é", 100<<10)
	for _, body := range []string{long, `{"detail":"` + long + `"}`, `{"message":"` + long[:40<<10] + `","code":"` + long[:10<<10] + `"}`} {
		t.Run(fmt.Sprintf("%.20q", body), func(t *testing.T) {
			t.Parallel()
			said := refusal(t, send(t, answering(423, body), config.Started))
			assert.LessOrEqual(t, len(said.Message), limit)
			assert.LessOrEqual(t, len(said.Code), limit)
			assert.True(t, strings.HasSuffix(said.Message, "é…"), "no character is cut")
			assert.LessOrEqual(t, len(failure(t, send(t, answering(400, body), config.Started)).Message), limit)
		})
	}
	exact := strings.Repeat("x", limit)
	assert.Equal(t, exact, refusal(t, send(t, answering(423, exact), config.Started)).Message)
	counted := &counter{}
	server := inTurn(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(counted), Request: r}, nil
	})
	require.Error(t, send(t, server, config.Started))
	assert.LessOrEqual(t, counted.read, 1<<20)
}

// counter is an answer without end.
type counter struct{ read int }

func (c *counter) Read(p []byte) (int, error) {
	c.read += len(p)
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// Answers are shown on pull requests, where no runner masks anything.
func TestKeyIsNeverRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, body := range []string{
			"key " + key + " is wrong",
			`{"detail":"key ` + key + ` is wrong"}`,
			`{"detail":{"message":"` + key + `","code":"` + key + `","retry_after":"` + key + `","details":{"rule_name":"` + key + `"}}}`,
			strings.Repeat("x", 2035) + key,
		} {
			for _, status := range []int{401, 409, 500} {
				err := send(t, answering(status, body), config.Started)
				require.Error(t, err)
				assert.NotContains(t, err.Error(), "s3cret")
				if r, refused := err.(*track.Refusal); refused { //nolint:errorlint // looks at this very error
					assert.NotContains(t, r.Problem().Text+r.Problem().Hint+r.Code+r.RetryAfter, "s3cret")
					continue
				}
				assert.NotContains(t, failure(t, err).Problem().Text, "s3cret")
			}
		}
	})
}

func TestWithoutAKey(t *testing.T) {
	t.Parallel()
	err := track.NewVersioner(base, "", options(answering(401, "Not authenticated"))).Send(t.Context(), announced(config.Started))
	assert.Equal(t, "Not authenticated", failure(t, err).Message)
}
