package track_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
	"github.com/lockstep-action/lockstep/internal/track"
)

// FuzzSaid lets a receiver answer anything: an event was accepted where the status says so, people are shown nothing but
// short code, the key is not shown again however it is spelt, and links lead to the service's pages.
func FuzzSaid(f *testing.F) {
	var letters strings.Builder
	for _, c := range key {
		fmt.Fprintf(&letters, `\u%04x`, c)
	}
	spelt := letters.String()
	text, err := json.Marshal(hostile + " \x00\x1b[31m\u202e::error::x ##[error] " + strings.Repeat("é", 3000))
	require.NoError(f, err)
	for _, body := range []string{
		`{"id":` + string(text) + `,"version_id":"` + spelt + `","extra_metadata":{"preflight_status":{"rules_evaluated":[{"rule_name":` + string(text) + `,"error_message":"` + spelt + `","status":"report_only","evaluation_result":"failed"},null]}}}`,
		`{"detail":{"code":` + string(text) + `,"message":"` + spelt + `","retry_after":` + string(text) + `,"details":{"rule_name":` + string(text) + `,"conflicting_deployment_id":"../` + spelt + `","conflicting_deployment_started":"2026-11-21T10:00:00Z"}}}`,
		`{"why":"` + spelt + ` is wrong"}`, `{"detail":{"why":"` + key + `"}}`, `["` + spelt + `"]`,
		`{"detail":[{"loc":["` + spelt + `"],"msg":` + string(text) + `}]}`, `{"errors":[{"detail":"` + spelt + `"},` + string(text) + `]}`,
		`{"message":"m","retry_after":99999999999999999999}`, `{"message":"m","retry_after":-1}`, `{"message":"m","retry_after":"7"}`,
		"<html>" + hostile, hostile, "ok", "\xff\xfe", `{"detail":{"detail":{"detail":"x"}}}`, `null`, `[]`, `{"id":1e400,"version_id":{}}`,
	} {
		for _, status := range []int{201, 423, 500} {
			f.Add(status, body, "3")
		}
	}
	f.Fuzz(func(t *testing.T, status int, body, later string) {
		if status < 200 || status > 599 {
			return
		}
		if !json.Valid([]byte(body)) {
			body = strings.ReplaceAll(body, `\u`, "u") // means nothing outside of JSON
		}
		synctest.Test(t, func(t *testing.T) {
			for _, state := range []config.Status{config.Started, config.Failed} {
				checkSaid(t, state, answering(status, body, "Retry-After", later))
			}
		})
	})
}

func checkSaid(t *testing.T, state config.Status, server *endpoint) {
	t.Helper()
	began := time.Now()
	receipt, err := track.NewVersioner(base, key, options(server)).Record(t.Context(), announced(state))
	assert.Less(t, time.Since(began), 5*time.Minute)
	assert.LessOrEqual(t, len(server.times), 4)
	status := statusOf(server)
	assert.Equal(t, status < 300 && receipt.ID != "", err == nil)
	checkReceipt(t, receipt)
	problems := []deploy.Problem{}
	switch {
	case err == nil:
	case status == http.StatusConflict, status == http.StatusLocked, status == http.StatusPreconditionRequired:
		r := refusal(t, err)
		problems = append(problems, r.Problem())
		for _, text := range []string{r.Code, r.Rule, r.Message, r.RetryAfter} {
			checkText(t, text)
		}
		e := full(track.Blocked)
		e.Block = r.Block()
		record, err := e.Record()
		require.NoError(t, err)
		assert.True(t, json.Valid(record))
	default:
		problems = append(problems, failure(t, err).Problem())
	}
	channel := to(t, sink("slack", settings{"url": "https://hook.example/" + key}), server)
	for _, result := range track.Fanout(t.Context(), []track.Named{channel}, full(state)) {
		if result.Err != nil {
			problems = append(problems, result.Problem())
		}
	}
	for _, problem := range problems {
		checkShown(t, problem)
	}
}

func statusOf(server *endpoint) int {
	request, _ := http.NewRequest(http.MethodPost, base, http.NoBody) //nolint:noctx // nothing is sent
	response, _ := server.answers[0](request)
	return response.StatusCode
}

func checkText(t *testing.T, text string) {
	t.Helper()
	assertHidden(t, text)
	assert.LessOrEqual(t, len(text), 2<<10)
	if !strings.ContainsRune(text, utf8.RuneError) { // a body that is no text stays none
		assert.True(t, utf8.ValidString(text) || !strings.HasSuffix(text, "…"), "%q", text)
	}
}

// assertHidden wants a text without the key, also where its characters are spelt as in JSON.
func assertHidden(t *testing.T, text string) {
	t.Helper()
	text = regexp.MustCompile(`\\u00[0-7][0-9a-fA-F]`).ReplaceAllStringFunc(text, func(spelt string) string {
		code, err := strconv.ParseUint(spelt[2:], 16, 8)
		require.NoError(t, err)
		return string(rune(code))
	})
	assert.NotContains(t, text, key)
}

func checkShown(t *testing.T, p deploy.Problem) {
	t.Helper()
	text := p.Text + " " + p.Hint
	assertHidden(t, text)
	assert.NotContains(t, text, "\n")
	assert.LessOrEqual(t, len(text), 10<<10)
	plain, open := markdowntest.Prose(text)
	assert.Empty(t, open, text)
	assert.False(t, strings.ContainsAny(plain, "@<#["), text)
}

func checkReceipt(t *testing.T, r track.Receipt) {
	t.Helper()
	for _, text := range []string{r.ID, r.VersionID, r.ProductID, r.EnvironmentID} {
		checkText(t, text)
	}
	for _, rule := range r.ReportOnly {
		checkText(t, rule.Name)
		checkText(t, rule.Message)
	}
	for _, kind := range []track.Kind{track.Deployment, track.Build} {
		page := track.VersionerPage("https://api.versioner.io", "", kind, r)
		if page == "" {
			continue
		}
		address, err := url.Parse(page)
		require.NoError(t, err)
		assert.Equal(t, "app.versioner.io", address.Host)
		assert.Contains(t, []string{"/manage/deployments", "/manage/catalog"}, address.Path)
		assert.Empty(t, address.Fragment)
		assert.Contains(t, []string{r.ID, r.VersionID}, address.Query().Get("view"))
	}
}

// FuzzParseMetadata wants nothing that has the name or the form of a secret to be kept, and what was cleaned to be
// clean.
func FuzzParseMetadata(f *testing.F) {
	for _, text := range []string{
		`{"a":1}`, `{"password":"x","b":{"api_key":[1]}}`, `{"a":"ghp_0123456789ab ghp_0123456789ab","ghs_0123456789ab":1}`,
		`{"a":"-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----sk_12345678"}`, `{"a":"x\u0067hp_0123456789ab"}`,
		`{"a":"AKIAAAAAAAAAAAAAAAAA","\u0000\u202e":"::error::x\n##[error]"}`, `{"a":{"a":{"a":[[[{"token":1}]]]}}}`, `{"n":1e999999,"m":-0.0}`,
		`{"a":"xoxb-1-2-3-4-5-6-7-8","b":"xoxb-12345678ghp_12345678"}`, `{"a":"<github_pat_12345678>"}`, `{"tests_passed":1,"passed":2,"pass":3,"x_pass_y":4}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, dropped, err := track.ParseMetadata(text)
		if err != nil {
			assert.True(t, m.IsZero())
			assert.NotContains(t, err.Error(), "ghp_")
			return
		}
		clean, err := json.Marshal(m)
		require.NoError(t, err)
		again, droppedAgain, err := track.ParseMetadata(string(clean))
		if len(clean) > 100<<10 {
			return // signs are spelt longer than they were
		}
		require.NoError(t, err)
		rewritten, err := json.Marshal(again)
		require.NoError(t, err)
		assert.Equal(t, string(clean), string(rewritten))
		assert.Empty(t, droppedAgain)
		var all any
		decoder := json.NewDecoder(strings.NewReader(string(clean)))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&all))
		checkClean(t, all)
		for _, path := range dropped {
			assert.NotRegexp(t, `\bgh[pousr]_[A-Za-z0-9]{8}`, path)
		}
	})
}

func checkClean(t *testing.T, value any) {
	t.Helper()
	const form = `\bgh[pousr]_[A-Za-z0-9]{8}|\bgithub_pat_\w{8}|\bxox[abprs]-[A-Za-z0-9-]{8}|\b(sk|pat)_\w{8}|\bAKIA[A-Z0-9]{12}|-----BEGIN [^-]+-----`
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			assert.NotRegexp(t, `(?i)password|secret|token|api_key|credential`, name)
			assert.NotRegexp(t, form, name)
			checkClean(t, member)
		}
	case []any:
		for _, element := range value {
			checkClean(t, element)
		}
	case string:
		assert.NotRegexp(t, form, value)
	}
}

// FuzzEvent sends an event that says anything, such as one that a saved state holds, to every kind of receiver: what
// each gets is JSON within its limits, in headers that can be sent, and mentions no one in Slack.
func FuzzEvent(f *testing.F) {
	for _, e := range []track.Event{full(config.Completed), full(track.Blocked), full(config.Failed), built(config.Started), {}} {
		text, err := json.Marshal(e)
		require.NoError(f, err)
		f.Add(string(text), "x", "oci", "")
		f.Add(string(text), "<!channel> <@U12345678> `x` \x00\u202e\n*b* & | \xff", "docker", "ghcr.io/a/B@sha256:"+strings.Repeat("0a", 32))
		f.Add(string(text), strings.Repeat("🚀`<", 2000), "oci", "docker://:80/@sha256:"+strings.Repeat("0a", 32))
	}
	f.Fuzz(func(t *testing.T, text, word, kind, location string) {
		var e track.Event
		if json.Unmarshal([]byte(text), &e) != nil {
			return
		}
		e.Product, e.Version, e.Environment, e.Error, e.SCM.PullTitle = word, word, word, word, word
		e.Actor.Login, e.GitHub.Workflow, e.EnvironmentURL, e.SCM.Branch = word, word, "https://shop.example/"+word, word
		e.SCM.ServerURL, e.SCM.Repository, e.GitHub.RunURL = "https://github.com", "acme/shop", "https://github.com/"+word
		e.Warnings, e.Block.Message = append(e.Warnings, word), word
		e.Artifacts = append(e.Artifacts, track.Artifact{Type: kind, Location: location})
		synctest.Test(t, func(t *testing.T) { checkSinks(t, e) })
	})
}

func checkSinks(t *testing.T, e track.Event) {
	t.Helper()
	server := inTurn(func(r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(r.URL.String(), base) {
			return says(200, recorded)(r)
		}
		return says(200, "ok")(r)
	})
	all := []track.Sink{track.NewVersioner(base, key, options(server))}
	for _, one := range track.Types() {
		all = append(all, to(t, sink(one.Name, settings{"alert_on_failure": "true"}), server))
	}
	for _, sink := range all {
		if err := sink.Send(t.Context(), e); err != nil {
			assert.ErrorContains(t, err, "write event", "%T", sink)
		}
	}
	for i, body := range server.bodies {
		assert.True(t, json.Valid([]byte(body)), body)
		assert.True(t, utf8.ValidString(body))
		for name, values := range server.heads[i] {
			for _, value := range values {
				assert.NotRegexp(t, `[^ -~]`, value, name)
			}
		}
		checkSlack(t, body)
	}
}

func checkSlack(t *testing.T, body string) {
	t.Helper()
	var message slackMessage
	if !strings.Contains(body, `"blocks"`) || json.Unmarshal([]byte(body), &message) != nil || message.Blocks == nil {
		return
	}
	assertNoMention(t, message.Text)
	for _, block := range message.Blocks {
		assert.Empty(t, block.wrong())
		for _, one := range append(append(asList(block.Text), block.Fields...), block.Elements...) {
			if one.Type == "mrkdwn" {
				assertNoMention(t, one.Text)
			}
		}
	}
}
