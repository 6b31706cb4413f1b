package sim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How to reach the receiver of signed webhooks.
const (
	WebhookURL    = "https://hooks.example.com/deployments"
	WebhookSecret = "whsec_cmVoZWFyc2FsLW9mLXNpZ25lZC13ZWJob29rcw==" //nolint:gosec // of the simulator
)

// webhookTolerance is how old or young a webhook's signature may be.
const webhookTolerance = 5 * time.Minute

// NewWebhookReceiver returns a receiver at [WebhookURL] of messages that are signed with
// [WebhookSecret], as Standard Webhooks wants it. It measures their age by the given clock.
func NewWebhookReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{WebhookURL}, inspect: inspectWebhook, accept: always(answer{status: http.StatusNoContent}), refuse: because,
	}, now)
}

func inspectWebhook(i *inspection) {
	i.isJSON(http.StatusUnsupportedMediaType)
	id := i.header("Webhook-Id")
	if id == "" || strings.Contains(id, ".") {
		i.wrong(http.StatusBadRequest, "webhook-id is %q", id)
	}
	i.message.ID = id
	i.isRepeatable(id)
	i.isFresh()
	i.isSigned(id)
	i.isEvent()
}

// isFresh wants the moment of this attempt.
func (i *inspection) isFresh() {
	stamp := i.header("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if age := i.now.Sub(time.Unix(seconds, 0)); err != nil || age.Abs() > webhookTolerance {
		i.wrong(http.StatusUnauthorized, "webhook-timestamp is %q at %d", stamp, i.now.Unix())
	}
}

// isSigned wants one signature of the secret that the receiver knows; there can be others while a
// sender changes from one secret to the next. The signature over the body alone is by the newest
// secret, which the receiver may not know yet when there are several.
func (i *inspection) isSigned(id string) {
	signatures := strings.Fields(i.header("Webhook-Signature"))
	want := signature(id + "." + i.header("Webhook-Timestamp") + "." + string(i.body))
	known := false
	for _, text := range signatures {
		encoded, isFirstVersion := strings.CutPrefix(text, "v1,")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if !isFirstVersion || err != nil || len(got) != sha256.Size {
			i.wrong(http.StatusUnauthorized, "webhook-signature %q is not v1 and 32 bytes in base64", text)
		}
		known = known || hmac.Equal(got, want)
	}
	if !known {
		i.wrong(http.StatusUnauthorized, "webhook-signature is not by the secret")
	}
	i.isSignedSimply(signatures)
}

func (i *inspection) isSignedSimply(signatures []string) {
	text := i.header("X-Signature-256")
	encoded, named := strings.CutPrefix(text, "sha256=")
	got, err := hex.DecodeString(encoded)
	switch {
	case !named || err != nil || len(got) != sha256.Size || strings.ToLower(encoded) != encoded:
		i.wrong(http.StatusUnauthorized, "X-Signature-256 %q is not sha256= and 32 bytes in hex", text)
	case len(signatures) == 1 && !hmac.Equal(got, signature(string(i.body))):
		i.wrong(http.StatusUnauthorized, "X-Signature-256 is not by the secret")
	}
}

// signature signs a text with the receiver's secret.
func signature(text string) []byte {
	secret, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(WebhookSecret, "whsec_"))
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(text)) // a hash takes everything
	return mac.Sum(nil)
}

// isEvent wants {"type", "timestamp", "data"} without needless blanks.
func (i *inspection) isEvent() {
	fields := i.object()
	if fields == nil {
		return
	}
	i.only("body", fields, "type", "timestamp", "data")
	i.message.Type = textOf(fields, "type")
	if !slices.Contains(webhookTypes(), i.message.Type) {
		i.wrong(http.StatusBadRequest, "type %v is not one of %q", fields["type"], webhookTypes())
	}
	moment := textOf(fields, "timestamp")
	if _, err := time.Parse(time.RFC3339, moment); err != nil || !strings.HasSuffix(moment, "Z") {
		i.wrong(http.StatusBadRequest, "timestamp %v is no moment in UTC", fields["timestamp"])
	}
	if !isObject(fields["data"]) {
		i.wrong(http.StatusBadRequest, "data is no object")
	}
	compact := new(bytes.Buffer)
	if err := json.Compact(compact, i.body); err != nil || !bytes.Equal(compact.Bytes(), i.body) {
		i.wrong(http.StatusBadRequest, "the body is not compact")
	}
}

// webhookTypes lists what can have happened.
func webhookTypes() []string {
	types := []string{"deployment.blocked", "deployment.rolled_back", "deployment.overridden"}
	for _, kind := range []string{"deployment", "build"} {
		for _, state := range []string{"pending", "started", "completed", "failed", "aborted"} {
			types = append(types, kind+"."+state)
		}
	}
	return types
}
