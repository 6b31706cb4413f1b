package rehearse_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// act is something that a test does in the session.
type act func(*testing.T, *rehearse.Session)

// framed plays a script between two acts; each can be nil.
func framed(t *testing.T, before act, script string, after act) error {
	t.Helper()
	story, err := rehearse.ParseStory("test", []byte(script))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled}
		if before != nil {
			options.Before = func(p *rehearse.Session) { before(t, p) }
		}
		if after != nil {
			options.After = func(p *rehearse.Session) { after(t, p) }
		}
		err = rehearse.Run(t.Context(), story, options)
	})
	return err
}

// hand sends a message to a server, and returns how it was answered: "taken", a status, or "cut".
func hand(t *testing.T, to http.Handler, r *http.Request) string {
	t.Helper()
	status, _ := answered(t, to, r)
	switch {
	case status == 0:
		return "cut"
	case status/100 == 2:
		return "taken"
	}
	return strconv.Itoa(status)
}

// answered sends a message, and returns what is answered; the status is 0 for no answer.
func answered(t *testing.T, to http.Handler, r *http.Request) (int, string) {
	t.Helper()
	response, err := (&http.Client{Transport: sim.Network{r.URL.Host: to}}).Do(r)
	if err != nil {
		return 0, ""
	}
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode, string(body)
}

func request(t *testing.T, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// webhook is a signed message.
func webhook(t *testing.T, kind string) *http.Request {
	t.Helper()
	body := fmt.Sprintf(`{"type":%q,"timestamp":"2026-11-20T11:06:00Z","data":{}}`, kind)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sim.WebhookSecret, "whsec_"))
	require.NoError(t, err)
	mac := func(text string) []byte {
		sum := hmac.New(sha256.New, key)
		_, _ = sum.Write([]byte(text))
		return sum.Sum(nil)
	}
	id, stamp := strings.ReplaceAll(kind, ".", "-"), strconv.FormatInt(time.Now().Unix(), 10)
	r := request(t, sim.WebhookURL, body)
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Idempotency-Key", strconv.Quote(id))
	r.Header.Set("Webhook-Timestamp", stamp)
	r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac(id+"."+stamp+"."+body)))
	r.Header.Set("X-Signature-256", "sha256="+hex.EncodeToString(mac(body)))
	return r
}

// cdevent is an event of CDEvents in the binary mode.
func cdevent(t *testing.T, kind, content string) *http.Request {
	t.Helper()
	const moment = "2026-11-20T11:06:00Z"
	kind = "dev.cdevents." + kind + ".0.3.0"
	r := request(t, sim.CDEventsURL, fmt.Sprintf(`{"context":{"specversion":"0.5.1","id":%q,"source":"/acme","type":%q,"timestamp":%q},
		"subject":{"id":"shop","content":%s}}`, kind, kind, moment, content))
	for name, value := range map[string]string{
		"Ce-Specversion": "1.0", "Ce-Id": kind, "Ce-Source": "/acme", "Ce-Type": kind, "Ce-Subject": "shop", "Ce-Time": moment,
		"Authorization": "Bearer " + sim.CDEventsToken, "Idempotency-Key": strconv.Quote(kind),
	} {
		r.Header.Set(name, value)
	}
	return r
}

// tracked is an event for the tracking endpoint.
func tracked(t *testing.T, path, status string) *http.Request {
	t.Helper()
	body := fmt.Sprintf(`{"product_name":"shop","version":"1","status":%q}`, status)
	if path == "/deployment-events/" {
		body = strings.Replace(body, "{", `{"environment_name":"staging",`, 1)
	}
	r := request(t, "https://api.versioner.io"+path, body)
	r.Header.Set("Authorization", "Bearer sk_acme_1_rehearsal")
	return r
}

// paged is something for PagerDuty.
func paged(t *testing.T, path, rest string) *http.Request {
	t.Helper()
	return request(t, sim.PagerDutyURL+path, fmt.Sprintf(`{"routing_key":%q,%s}`, sim.PagerDutyKey, rest))
}

// counted is a deployment for Datadog.
func counted(t *testing.T, service string) *http.Request {
	t.Helper()
	moment := time.Now().UnixMilli()
	r := request(t, sim.DatadogURL, fmt.Sprintf(`{"data":{"attributes":{"service":%q,"started_at":%d,"finished_at":%d,"id":"0123456789abcdef-%s"}}}`, service, moment, moment, service))
	r.Header.Set("Dd-Api-Key", sim.DatadogKey)
	return r
}

// busy lets every receiver get something.
func busy(t *testing.T, p *rehearse.Session) {
	t.Helper()
	for _, kind := range []string{"deployment.started", "deployment.completed"} {
		assert.Equal(t, "taken", hand(t, p.Receivers["webhook"], webhook(t, kind)))
	}
	assert.Equal(t, "taken", hand(t, p.Receivers["cdevents"], cdevent(t, "pipelinerun.queued", "{}")))
	assert.Equal(t, "taken", hand(t, p.Receivers["cdevents"], cdevent(t, "service.upgraded", `{"environment":{"id":"staging"},"artifactId":"pkg:github/acme/shop@1"}`)))
	for _, text := range []string{"shop has  started", "shop is done"} {
		assert.Equal(t, "taken", hand(t, p.Receivers["slack"], request(t, sim.SlackURL, fmt.Sprintf(`{"text":%q}`, text))))
	}
	assert.Equal(t, "taken", hand(t, p.Receivers["pagerduty"], paged(t, "/v2/enqueue", `"event_action":"resolve","dedup_key":"shop/staging"`)))
	assert.Equal(t, "taken", hand(t, p.Receivers["pagerduty"], paged(t, "/v2/change/enqueue", `"payload":{"summary":"shop is done"}`)))
	for _, service := range []string{"shop", "tea"} {
		assert.Equal(t, "taken", hand(t, p.Receivers["datadog"], counted(t, service)))
	}
	for _, status := range []string{"started", "completed"} {
		assert.Equal(t, "taken", hand(t, p.Versioner, tracked(t, "/deployment-events/", status)))
	}
	assert.Equal(t, "taken", hand(t, p.Versioner, tracked(t, "/build-events/", "failed")))
}

// What receivers got can be expected, and each line goes on where the last one ended.
func TestWantsOfReceivers(t *testing.T) {
	t.Parallel()
	for good, bad := range map[string]string{
		"webhook deployment.started deployment.completed":                    "webhook deployment.completed deployment.started",
		"webhook deployment.started deployment.completed\nwant webhook none": "webhook none",
		"cdevents pipelinerun.queued service.upgraded":                       "cdevents service.upgraded",
		"cdevents pipelinerun.queued service.upgraded\nwant cdevents none":   "cdevents none",
		"slack started":        "slack done",
		`slack "has  started"`: "slack has started",
		"slack started\nwant slack done\nwant slack none":                            "slack none",
		"pagerduty resolve shop/staging":                                             "pagerduty change",
		"pagerduty resolve\nwant pagerduty change shop is done\nwant pagerduty none": "pagerduty none",
		"datadog shop": "datadog tea",
		"datadog shop\nwant datadog tea\nwant datadog none": "datadog none",
		"events started completed\nwant events none":        "events started",
		"builds failed\nwant builds none":                   "builds none",
		"events started completed\nwant builds failed":      "events started completed failed",
	} {
		t.Run(good, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, framed(t, busy, "want "+good, nil), good)
			require.ErrorContains(t, framed(t, busy, "want "+bad, nil), "line 1", bad)
		})
	}
	for _, line := range []string{
		"want slack started\nwant slack none", "want slack started\nwant slack done\nwant slack done", "want webhook", "want cdevents", "want slack", "want pagerduty", "want datadog", "want events", "want builds",
		"want webhook deployment.started",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.Error(t, framed(t, busy, line, nil), line)
		})
	}
	for _, line := range []string{"webhook none", "cdevents none", "slack none", "pagerduty none", "datadog none", "events none", "builds none"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, scenario+"want "+line))
		})
	}
}

// What a step's event is about reaches the tracking endpoint as the runner says it.
func TestStepsOnEvents(t *testing.T) {
	t.Parallel()
	const (
		start = "user bob write\npush main One\npush main Two\npush develop Three\npull 1 bob topic\ntag v1\ntag v2 develop\n"
		with  = " bob event_type=build product=p version=1 status=success versioner_api_key=sk_acme_1_rehearsal\nwant tracked "
	)
	for line, want := range map[string]string{
		"step push":                      "scm_sha sha(main)\nwant tracked scm_branch main\nwant tracked built_by_name alice\nwant tracked extra_metadata.vi_gh_event_name push",
		"step push@develop":              "scm_sha sha(develop)\nwant tracked scm_branch develop",
		"step push@tags/v1":              "scm_sha sha(main)\nwant tracked scm_branch absent\nwant tracked extra_metadata.vi_gh_ref refs/tags/v1",
		"step release@v2":                "scm_sha sha(develop)\nwant tracked built_by_name absent",
		"step workflow_dispatch@develop": "scm_sha sha(develop)\nwant tracked extra_metadata.vi_gh_ref refs/heads/develop",
		"step schedule":                  "scm_sha sha(main)\nwant tracked extra_metadata.vi_gh_event_name schedule",
		"step pull_request@1":            "scm_branch topic\nwant tracked extra_metadata.vi_gh_ref refs/pull/1/merge",
		"step repository_dispatch":       "scm_sha sha(main)",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, start+line+with+want), line)
			require.ErrorContains(t, run(t, start+line+with+"scm_sha none"), "want scm_sha to be", line)
		})
	}
	for _, line := range []string{
		"step pull_request bob", "step pull_request@2 bob", "step push@gone bob", "step push@tags/gone bob", "step release bob", "tag v1 gone", "tag",
		"want tracked status started",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.Error(t, run(t, start+line), line)
		})
	}
	require.ErrorContains(t, run(t, start+"step push"+with+"status"), "write: want tracked FIELD VALUE")
	require.ErrorContains(t, run(t, start+"step push"+with+"status.deep x"), "look for")
	require.NoError(t, run(t, start+"step push"+with+"extra_metadata {\"vi_gh_event_name\":\"push\",\"vi_gh_job\":\"deploy\",\"vi_gh_ref\":\"refs/heads/main\",\"vi_gh_run_attempt\":\"1\",\"vi_gh_workflow\":\"deploy\"}"))
}

func TestWantOutputHolds(t *testing.T) {
	t.Parallel()
	require.NoError(t, run(t, scenario+"want output-holds environment stag\nwant output-holds ref check"))
	for _, bad := range []string{"want output-holds environment prod", "want output-holds fork_ref x", "want output-holds environment"} {
		t.Run(bad, func(t *testing.T) {
			t.Parallel()
			require.Error(t, run(t, scenario+bad), bad)
		})
	}
}

// The receivers can be reached by the action, and a broken contract of one of them fails the story.
func TestReceiversAreOnStage(t *testing.T) {
	t.Parallel()
	const step = "step push alice product=shop version=1 environment=staging status=completed fail_on_api_error=false versioner_api_key="
	for url, name := range map[string]string{
		sim.WebhookURL: "webhook", sim.SlackURL: "slack", sim.CDEventsURL: "cdevents",
		sim.PagerDutyURL: "pagerduty", sim.PagerDutyEUURL: "pagerduty", sim.DatadogURL: "datadog",
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			script := scenario + "job success\nset versioner_api_url " + url + "\n" + step + "sk_acme_1_rehearsal\n"
			require.ErrorContains(t, run(t, script), "broken contract of "+name+": POST /", name)
		})
	}
	err := framed(t, nil, "user alice read", func(t *testing.T, p *rehearse.Session) {
		t.Helper()
		r := tracked(t, "/build-events/", "failed")
		r.Body = http.NoBody
		assert.Equal(t, "400", hand(t, p.Versioner, r))
		odd := request(t, "https://api.versioner.io/build-events/", `{"product_name":"shop","version":"1","status":"failed","odd":1}`)
		odd.Header.Set("Authorization", "Bearer sk_acme_1_rehearsal")
		assert.Equal(t, "taken", hand(t, p.Versioner, odd))
	})
	require.ErrorContains(t, err, `broken contract of versioner: POST /build-events/: unknown field "odd"`)
}

// A key that the action gives away fails the story.
func TestKeysAreGuarded(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{
		"webhook": sim.WebhookSecret, "slack": sim.SlackURL, "cdevents": sim.CDEventsToken, "pagerduty": sim.PagerDutyKey, "datadog": sim.DatadogKey,
		"versioner": "sk_acme_1_rehearsal",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, line := range []string{"comment alice 1 .deploy to staging | " + key, "step push alice product=shop mode=track status=completed environment=staging version=" + key} {
				t.Run(line, func(t *testing.T) {
					t.Parallel()
					require.ErrorContains(t, run(t, scenario+"job success\n"+line+"\n"), "the key for "+name+" was given away", line)
				})
			}
		})
	}
}

// Each receiver can be out of order in each way.
func TestReceiverVerb(t *testing.T) {
	t.Parallel()
	const slow = 30 * time.Second
	for _, name := range []string{"webhook", "slack", "cdevents", "pagerduty", "datadog", "versioner"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, want := range map[string]struct {
				answers string // to two messages
				taken   int
				took    time.Duration
			}{
				"up":                             {"taken taken", 2, 0},
				"down":                           {"503 503", 0, 0},
				"gone":                           {"cut cut", 0, 0},
				"gone 1":                         {"cut taken", 1, 0},
				"down 1":                         {"503 taken", 1, 0},
				"slow":                           {"taken taken", 2, 2 * slow},
				"slow 1":                         {"taken taken", 2, slow},
				"429 wait=7":                     {"429 taken", 1, 0},
				"500 2":                          {"500 500", 0, 0},
				"504 after":                      {"504 taken", 2, 0},
				"504 after 2":                    {"504 504", 2, 0},
				"cut":                            {"cut taken", 1, 0},
				"cut after":                      {"cut taken", 2, 0},
				"down\nreceiver " + name + " up": {"taken taken", 2, 0},
			} {
				t.Run(how, func(t *testing.T) {
					t.Parallel()
					require.NoError(t, framed(t, nil, "receiver "+name+" "+how, func(t *testing.T, p *rehearse.Session) {
						t.Helper()
						began, to := time.Now(), servers(p)[name]
						assert.Equal(t, want.answers, hand(t, to, different(t, name, 0))+" "+hand(t, to, different(t, name, 1)), "%s %s", name, how)
						assert.Equal(t, want.took, time.Since(began), "%s %s", name, how)
						taken := len(p.Versioner.Events())
						for _, receiver := range p.Receivers {
							taken += len(receiver.Messages())
						}
						assert.Equal(t, want.taken, taken, "%s %s", name, how)
					}))
				})
			}
		})
	}
	for _, line := range []string{
		"receiver webhook", "receiver unknown down", "receiver slack soon", "receiver slack 500 often", "tracker 423 CODE text odd", "tracker x CODE text", "tracker report-only rule",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.Error(t, run(t, line), line)
		})
	}
}

func servers(p *rehearse.Session) map[string]http.Handler {
	all := map[string]http.Handler{"versioner": p.Versioner}
	for name, receiver := range p.Receivers {
		all[name] = receiver
	}
	return all
}

// different is a message to a receiver, another one each time.
func different(t *testing.T, name string, i int) *http.Request {
	t.Helper()
	switch name {
	case "webhook":
		return webhook(t, []string{"build.started", "build.failed"}[i])
	case "cdevents":
		return cdevent(t, []string{"build.queued", "build.started"}[i], "{}")
	case "slack":
		return request(t, sim.SlackURL, `{"text":"hello"}`)
	case "pagerduty":
		return paged(t, "/v2/enqueue", `"event_action":"resolve","dedup_key":"x"`)
	case "datadog":
		return counted(t, []string{"shop", "tea"}[i])
	}
	return tracked(t, "/build-events/", "started")
}

// A receiver can say when to come back; so can GitHub.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	require.NoError(t, framed(t, nil, "receiver slack 429 wait=7\nfail GET /rate_limit 503 wait=9", func(t *testing.T, p *rehearse.Session) {
		t.Helper()
		for url, want := range map[string]string{sim.SlackURL: "7", "https://api.github.com/rate_limit": "9"} {
			r := request(t, url, `{"text":"hello"}`)
			if want == "9" {
				r.Method, r.Body = http.MethodGet, nil
			}
			response, err := (&http.Client{Transport: sim.Network{"hooks.slack.com": p.Receivers["slack"], "api.github.com": p.GitHub}}).Do(r)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, want, response.Header.Get("Retry-After"))
		}
	}))
}

// A redirect must not be followed.
func TestRedirectingReceiver(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"302", "307"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			err := framed(t, nil, "receiver webhook "+status, func(t *testing.T, p *rehearse.Session) {
				t.Helper()
				hand(t, p.Receivers["webhook"], webhook(t, "build.started"))
			})
			require.ErrorContains(t, err, "/elsewhere: there is nothing at this path", status)
		})
	}
}

// Refusals have forms, and rules can be reported only.
func TestTrackerVerb(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		path   string
		status int
		body   string
	}{
		"tracker 428 FLOW_VIOLATION no":          {"/deployment-events/", 428, `{"detail":{"code":"FLOW_VIOLATION"`},
		"tracker 428 FLOW_VIOLATION no bare":     {"/deployment-events/", 428, `{"code":"FLOW_VIOLATION"`},
		"tracker 409 C \"it is there\" text any": {"/build-events/", 409, `{"detail":"it is there"}`},
		"tracker 422 C no list any":              {"/build-events/", 422, `{"detail":[{"loc"`},
		"tracker 423 C no":                       {"/build-events/", 201, `{"build_number"`},
		"tracker report-only soak \"too soon\"":  {"/deployment-events/", 201, `"error_message":"too soon","evaluation_result":"failed","rule_name":"soak"`},
		"tracker down":                           {"/build-events/", 500, ""},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, framed(t, nil, line, func(t *testing.T, p *rehearse.Session) {
				t.Helper()
				status, body := answered(t, p.Versioner, tracked(t, want.path, "started"))
				assert.Equal(t, want.status, status, line)
				assert.Contains(t, body, want.body, line)
			}), line)
		})
	}
}
