package track_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// verify checks a delivery as a receiver with one secret does; "" means that all is well.
func verify(secret string, header http.Header, body []byte) string {
	key := []byte(secret)
	if strings.HasPrefix(secret, "whsec_") {
		key, _ = base64.StdEncoding.DecodeString(secret[len("whsec_"):])
	}
	sum := func(content string) []byte {
		h := hmac.New(sha256.New, key)
		_, _ = io.WriteString(h, content)
		return h.Sum(nil)
	}
	if header.Get("X-Signature-256") != "sha256="+hex.EncodeToString(sum(string(body))) {
		return "the signature of the body is wrong"
	}
	return verifyStandard(header, sum(header.Get("webhook-id")+"."+header.Get("webhook-timestamp")+"."+string(body)))
}

// verifyStandard looks for one signature among those that were sent.
func verifyStandard(header http.Header, want []byte) string {
	for signature := range strings.SplitSeq(header.Get("webhook-signature"), " ") {
		version, encoded, _ := strings.Cut(signature, ",")
		sum, err := base64.StdEncoding.DecodeString(encoded)
		if version == "v1" && err == nil && hmac.Equal(sum, want) {
			return ""
		}
	}
	return "no signature is right"
}

// The test's own receiver is right about the published example, and about what is not.
func TestVerify(t *testing.T) {
	t.Parallel()
	body := []byte(`{"type":"deployment.completed","timestamp":"2026-11-20T11:06:00Z","data":{"product":"shop"}}`)
	header := func() http.Header {
		h := http.Header{}
		h.Set("webhook-id", "4f7f2c1e-2c07-5a55-9a39-0f1b6f0c9a11")
		h.Set("webhook-timestamp", "1795172760")
		h.Set("webhook-signature", "v1,GhSG8+aoMJ6oqHBy1nUfiNUtKb3pfsLBbX43HJST1Bw=")
		h.Set("X-Signature-256", "sha256=2917b84e93f3cb1600320873f71fddbb46be98a4ee35b54545070a4e8d8bbe19")
		return h
	}
	assert.Empty(t, verify(hookSecret, header(), body))
	assert.NotEmpty(t, verify("another", header(), body))
	assert.NotEmpty(t, verify(hookSecret, header(), body[1:]))
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature", "X-Signature-256"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := header()
			h.Set(name, "1"+h.Get(name))
			assert.NotEmpty(t, verify(hookSecret, h, body), name)
		})
	}
}

// strictHook takes only what is signed, fresh and complete; its answer says what is wrong.
func strictHook(secret string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		var message struct{ Type, Timestamp string }
		seconds, _ := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
		switch wrong := verify(secret, r.Header, body); {
		case wrong != "":
			return says(401, wrong)(r)
		case time.Since(time.Unix(seconds, 0)).Abs() > time.Minute: // tests in virtual time compare it to the second
			return says(401, "it is not signed for this moment")(r)
		case r.Header.Get("Content-Type") != "application/json" || r.ContentLength != int64(len(body)):
			return says(400, "it is no JSON of its length")(r)
		case r.Header.Get("Idempotency-Key") != strconv.Quote(r.Header.Get("webhook-id")):
			return says(400, "it has two ids")(r)
		case json.Unmarshal(body, &message) != nil || message.Type == "" || message.Timestamp == "":
			return says(400, "it is no event")(r)
		}
		return says(204, "")(r)
	}
}

func hook(t *testing.T, set settings, server http.RoundTripper, events ...string) track.Named {
	t.Helper()
	s := sink("webhook", set)
	s.Events = events
	return to(t, s, server)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	for _, e := range []track.Event{
		full(config.Pending), full(config.Started), full(config.Completed), full(config.Failed), full(config.Aborted), full(track.Blocked), built(config.Completed),
	} {
		t.Run(fmt.Sprint(e.Types()), func(t *testing.T) {
			t.Parallel()
			server := inTurn(strictHook(hookSecret))
			require.NoError(t, hook(t, settings{"secret": hookSecret}, server).Send(t.Context(), e), e.State)
			require.Len(t, server.bodies, 1)
			assert.Equal(t, e.ID, server.heads[0].Get("webhook-id"))
			want := fmt.Sprintf(`{"type":"%s","timestamp":"%s","data":%s}`, e.Types()[0], e.Times.Occurred.Format(time.RFC3339), record(t, e))
			assert.Equal(t, want, server.bodies[0], "compact, and in this order")
		})
	}
}

// While receivers change to a new secret, both are good.
func TestWebhookRotation(t *testing.T) {
	t.Parallel()
	both := hookSecret + " \n\tplain-old-secret "
	server := inTurn(strictHook(hookSecret))
	require.NoError(t, hook(t, settings{"secret": both}, server).Send(t.Context(), full(config.Started)))
	signatures := strings.Split(server.heads[0].Get("webhook-signature"), " ")
	require.Len(t, signatures, 2)
	h := server.heads[0]
	content := h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "." + server.bodies[0]
	mac := hmac.New(sha256.New, []byte("plain-old-secret"))
	_, _ = io.WriteString(mac, content)
	assert.Empty(t, verifyStandard(h, mac.Sum(nil)))
	assert.NotEmpty(t, verify("another", h, []byte(server.bodies[0])))
	single := inTurn(strictHook("plain-old-secret"))
	require.NoError(t, hook(t, settings{"secret": "plain-old-secret"}, single).Send(t.Context(), full(config.Started)))
}

// A signature is for its moment; the id and the body stay.
func TestWebhookSignsEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := inTurn(says(503, ""), breaks(io.EOF), strictHook(hookSecret))
		require.NoError(t, hook(t, settings{"secret": hookSecret}, server).Send(t.Context(), full(config.Started)))
		require.Len(t, server.heads, 3)
		assert.Equal(t, server.bodies[0], server.bodies[2])
		for i, header := range server.heads {
			assert.Equal(t, server.heads[0].Get("webhook-id"), header.Get("webhook-id"))
			assert.Equal(t, strconv.FormatInt(server.times[i].Unix(), 10), header.Get("webhook-timestamp"))
			assert.Empty(t, verify(hookSecret, header, []byte(server.bodies[i])))
		}
		assert.NotEqual(t, server.heads[0].Get("webhook-signature"), server.heads[2].Get("webhook-signature"))
		assert.Len(t, server.heads[2].Values("webhook-signature"), 1, "no old signature is left")
	})
}

// A rollback is two events for who wants both, each with an id of its own.
func TestWebhookRollback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		events, want, ids []string
	}{
		{nil, []string{"deployment.completed", "deployment.rolled_back"}, []string{"5f2528b4-b0d6-5e72-bb1c-1ed25a614652", "199c4b9c-6034-5c39-9886-fafd8a8b926c"}},
		{[]string{"deployment.rolled_back"}, []string{"deployment.rolled_back"}, []string{"199c4b9c-6034-5c39-9886-fafd8a8b926c"}},
		{[]string{"deployment.completed"}, []string{"deployment.completed"}, []string{"5f2528b4-b0d6-5e72-bb1c-1ed25a614652"}},
	} {
		t.Run(fmt.Sprint(test.events), func(t *testing.T) {
			t.Parallel()
			server := inTurn(strictHook(hookSecret))
			require.NoError(t, hook(t, settings{"secret": hookSecret}, server, test.events...).Send(t.Context(), rollback()))
			require.Len(t, server.bodies, len(test.want))
			for i, name := range test.want {
				assert.Contains(t, server.bodies[i], `{"type":"`+name+`",`)
				assert.Equal(t, test.ids[i], server.heads[i].Get("webhook-id"))
			}
		})
	}
	server := inTurn(says(400, "no"), strictHook(hookSecret))
	require.Error(t, hook(t, settings{"secret": hookSecret}, server).Send(t.Context(), rollback()))
	assert.Len(t, server.bodies, 1, "the second does not overtake the first")
}

func TestWebhookRollbackSharesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		server := inTurn(hangs, says(200, ""), hangs)
		failed := failure(t, hook(t, settings{"secret": hookSecret}, server).Send(t.Context(), rollback()))
		assert.Equal(t, "no delivery within 20s", failed.Message)
		assert.Equal(t, 20*time.Second, time.Since(begun))
	})
}

func TestWebhookHeaders(t *testing.T) {
	t.Parallel()
	server := answering(200, "")
	w := hook(t, settings{
		"secret": hookSecret, "signature_header": "x-hub-signature-256", "headers": "authorization: Bearer x\nX-Team: shop\tfront\nX-Empty:",
	}, server)
	require.NoError(t, w.Send(t.Context(), full(config.Started)))
	header := server.heads[0]
	assert.Equal(t, "Bearer x", header.Get("Authorization"))
	assert.Equal(t, "shop\tfront", header.Get("X-Team"))
	assert.NotContains(t, header, "X-Empty")
	assert.Empty(t, header.Get("X-Signature-256"))
	header.Set("X-Signature-256", header.Get("X-Hub-Signature-256"))
	assert.Empty(t, verify(hookSecret, header, []byte(server.bodies[0])))
}

// What cannot work is an error at once, and no secret is in it.
func TestInvalidWebhook(t *testing.T) {
	t.Parallel()
	short := "whsec_" + base64.StdEncoding.EncodeToString([]byte("hush hush hush hush hus"))
	long := "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("hush ", 13)))
	const marked = "secret: what follows whsec_ must be base64 of 24 to 64 bytes"
	for name, test := range map[string]struct {
		set  settings
		want string
	}{
		"no base64":           {settings{"secret": "good-secret whsec_hush!"}, marked},
		"a plain short one":   {settings{"secret": "hushhus"}, "secret: a secret must have at least 8 characters"},
		"a short one":         {settings{"secret": short}, marked},
		"a long one":          {settings{"secret": long}, marked},
		"signature header":    {settings{"signature_header": "a b"}, "signature_header: must be the name of a header that has no other meaning here"},
		"reserved":            {settings{"signature_header": "webhook-id"}, "signature_header: must be the name of a header that has no other meaning here"},
		"header without name": {settings{"headers": ": hush"}, "headers: must be headers as Name: value, each on a line of its own; on a single line, commas separate them"},
		"control character":   {settings{"headers": "A: hush\x00"}, "headers: the header A has control characters"},
		"reserved header":     {settings{"headers": "HOST: hush"}, "headers: the header HOST is Lockstep's own"},
		"user agent":          {settings{"headers": "User-Agent: hush"}, "headers: the header User-Agent is Lockstep's own"},
		"the signature":       {settings{"headers": "x-signature-256: hush"}, "headers: the header X-Signature-256 is for the signature"},
		"twice":               {settings{"headers": "x-a: hush\nX-A: hush"}, "headers: the header X-A is given twice"},
		"two authorizations":  {settings{"url": "https://u:p@hooks.example", "headers": "authorization: hush"}, "headers: the header Authorization must be left out, because the address has a user or a password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, `set up sink "webhook": `+test.want, invalid(t, sink("webhook", test.set)))
		})
	}
}

// Without a secret nothing is signed; the message is known by its id all the same.
func TestWebhookWithoutSecret(t *testing.T) {
	t.Parallel()
	server := answering(200, "")
	require.NoError(t, hook(t, settings{"secret": ""}, server).Send(t.Context(), announced(config.Started)))
	require.Len(t, server.heads, 1)
	assert.Equal(t, announced(config.Started).ID, server.heads[0].Get("Webhook-Id"))
	assert.Empty(t, server.heads[0].Get("Webhook-Signature"))
	assert.Empty(t, server.heads[0].Get("X-Signature-256"))
}
