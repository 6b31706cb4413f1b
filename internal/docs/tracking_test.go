package docs

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/track"
)

// foreignKeys are the keys of messages whose form is not ours.
func foreignKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, message := range slices.Concat(toPagerDuty(repo(t), "error", told(repo(t), config.Failed)), toDatadog(repo(t), told(repo(t), config.Completed))) {
		for _, path := range paths(t, message) {
			keys = append(keys, path[strings.LastIndex(path, ".")+1:])
		}
	}
	require.NotEmpty(t, keys)
	return keys
}

// The message on the page has the keys of one that the action sends.
func TestWebhookSampleIsComplete(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?s)```json\n(\\{\n  \"type\".*?)```")
	shown := fence.FindStringSubmatch(trackingPage(t))
	require.NotNil(t, shown)
	story, err := rehearse.ParseStory(t.Name(), []byte(`
user octocat write
push faster-checkout Faster checkout
pull 1 octocat faster-checkout Faster checkout
check test faster-checkout success
deployed production main octocat success
pass 1m
comment octocat 1 .deploy to production
want output continue true
job success 1m
-- with --
mode: comment
product: shop
version: 1.4.0
environment_urls: production|https://shop.example
metadata: {"region":"eu"}
artifacts: oci=ghcr.io/acme/shop:1.4.0
webhook_url: https://hooks.example.com/deployments
webhook_secret: whsec_cmVoZWFyc2FsLW9mLXNpZ25lZC13ZWJob29rcw==
`))
	require.NoError(t, err)
	var body []byte
	require.NoError(t, rehearsed(t, story, rehearse.Options{
		After: func(p *rehearse.Session) {
			if messages := p.Receivers["webhook"].Messages(); len(messages) > 0 {
				body = messages[len(messages)-1].Body
			}
		},
	}))
	require.NotEmpty(t, body, "the webhook was told")
	assert.Equal(t, paths(t, body), paths(t, []byte(shown[1])))
}

// paths lists the keys of a JSON object with those inside, in their order.
func paths(t *testing.T, text []byte) []string {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &members))
	var all []string
	for _, key := range order(repo(t), string(text)) {
		all = append(all, key)
		if !bytes.HasPrefix(bytes.TrimSpace(members[key]), []byte("{")) {
			continue
		}
		for _, inner := range paths(t, members[key]) {
			all = append(all, key+"."+inner)
		}
	}
	return all
}

// eventKeys are the keys of an event.
func eventKeys(t *testing.T) []string {
	t.Helper()
	e := told(repo(t), config.Completed)
	e.Changes = &deploy.Changelog{Commits: 2, More: 1, Unknown: 1} // of a list that is not complete
	text, err := e.Record()
	require.NoError(t, err)
	var keys []string
	for _, path := range paths(t, text) {
		keys = append(keys, path[strings.LastIndex(path, ".")+1:])
	}
	return keys
}

// metadataKeys are the keys that Versioner gets in addition to its own fields.
func metadataKeys(t *testing.T) []string {
	t.Helper()
	e := told(repo(t), config.Completed)
	e.Previous.Version = "1.3.0"
	var to wire
	messages := deliver(repo(t), track.NewVersioner("https://api.versioner.io", "sk_key", track.Options{Agent: "lockstep", Transport: &to, Now: afterwards}), &to, e)
	require.Len(t, messages, 1)
	var body struct {
		Metadata json.RawMessage `json:"extra_metadata"`
	}
	require.NoError(t, json.Unmarshal(messages[0], &body))
	return order(repo(t), string(body.Metadata))
}

func trackingPage(t *testing.T) string {
	t.Helper()
	return read(repo(t), filepath.Join(root, "docs", "tracking.md"))
}

// verification is a message to the function on the page that looks at signatures.
type verification struct {
	Secret string
	Header http.Header
	Body   []byte
	Now    time.Time
}

// The function on the page tells messages that the action signed from all others.
func TestVerificationOfSignatures(t *testing.T) {
	t.Parallel()
	to, messages := posted(repo(t), told(repo(t), config.Completed))
	genuine := func(change func(*verification)) verification {
		v := verification{Secret: signingSecret, Header: to.headers[0].Clone(), Body: messages[0], Now: afterwards()}
		change(&v)
		return v
	}
	late := func(by time.Duration) func(*verification) {
		return func(v *verification) { v.Now = v.Now.Add(by) }
	}
	said := verify(t, []verification{
		genuine(func(*verification) {}),
		genuine(late(4 * time.Minute)),
		genuine(func(v *verification) {
			v.Header.Set("Webhook-Signature", "v1,b2xk "+v.Header.Get("Webhook-Signature"))
		}),
		genuine(late(6 * time.Minute)),
		genuine(late(-6 * time.Minute)),
		genuine(func(v *verification) { v.Body = append(bytes.Clone(v.Body), ' ') }),
		genuine(func(v *verification) { v.Secret = "whsec_YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgb3Igc28=" }),
		genuine(func(v *verification) { v.Header.Set("Webhook-Id", "another") }),
		genuine(func(v *verification) { v.Header.Del("Webhook-Timestamp") }),
		genuine(func(v *verification) { v.Header.Del("Webhook-Signature") }),
	})
	assert.Equal(t, []bool{true, true, true, false, false, false, false, false, false, false}, said)
	assert.Contains(t, trackingPage(t), "is signed with `"+signingSecret+"`", "the message on the page can be checked")
}

// verify runs the function on the page.
func verify(t *testing.T, cases []verification) []bool {
	t.Helper()
	shown := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(trackingPage(t))
	require.NotNil(t, shown, "the page shows a function")
	const program = `
func main() {
	var cases []struct {
		Secret string
		Header http.Header
		Body   []byte
		Now    time.Time
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	var said []bool
	for _, c := range cases {
		said = append(said, verify(c.Secret, c.Header, c.Body, c.Now))
	}
	json.NewEncoder(os.Stdout).Encode(said)
}

`
	imports := `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

`
	path := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(path, []byte(imports+shown[1]+program), 0o600))
	input, err := json.Marshal(cases)
	require.NoError(t, err)
	run := exec.CommandContext(t.Context(), "go", "run", path)
	run.Stdin = bytes.NewReader(input)
	var problems bytes.Buffer
	run.Stderr = &problems
	output, err := run.Output()
	require.NoError(t, err, problems.String())
	var said []bool
	require.NoError(t, json.Unmarshal(output, &said))
	return said
}

// What a workflow of the documentation gives to our action is taken by it, apart from what only a runner
// can evaluate.
func TestInputsOfDocumentedWorkflows(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, w := range workflows(t) {
		for name, job := range w.Jobs {
			for _, step := range job.calls() {
				given := inputs(w.workflow, step)
				_, err := tryOut(given)
				require.NoError(t, err, "%s: %s", w.page, name)
				checked += len(given)
			}
		}
	}
	assert.Positive(t, checked)
}
