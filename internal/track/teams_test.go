package track_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/internal/track"
)

// workflow is a workflow of Microsoft Teams, with a receiver.
func workflow(t *testing.T) (*sim.Receiver, track.Named) {
	t.Helper()
	server := sim.NewTeamsReceiver(at)
	address, err := url.Parse(sim.TeamsURL)
	require.NoError(t, err)
	s := sink("teams", settings{"url": sim.TeamsURL})
	s.Events = config.EventTypes()
	return server, to(t, s, sim.Network{address.Host: server})
}

// posted sends an event, and returns the message that was posted.
func posted(t *testing.T, e track.Event) sim.Message {
	t.Helper()
	server, r := workflow(t)
	require.NoError(t, r.Send(t.Context(), e))
	require.Empty(t, server.Violations())
	require.Len(t, server.Messages(), 1)
	return server.Messages()[0]
}

func TestTeamsMessage(t *testing.T) {
	t.Parallel()
	line := func(name, value string) string {
		return `{"type":"RichTextBlock","spacing":"None","inlines":[{"type":"TextRun","text":"` + name + `: ","weight":"Bolder"},{"type":"TextRun","text":"` + value + `"}]}`
	}
	link := func(title, address string) string {
		return `{"type":"Action.OpenUrl","title":"` + title + `","url":"` + address + `"}`
	}
	message := posted(t, full(config.Failed))
	assert.JSONEq(t, `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{
		"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[`+strings.Join([]string{
		`{"type":"RichTextBlock","inlines":[{"type":"TextRun","size":"Large","weight":"Bolder","text":"❌ Deployment of shop to production has failed"}]}`,
		line("Version", "v1.2.3"), line("Environment", "production"), line("Commit", "1111111"), line("By", "octocat"), line("Before", "v1.2.2"), line("Took", "1m30s"),
		line("Pull request", "#12 Sell more"),
		`{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"the job did not succeed"}]}`,
		`{"type":"RichTextBlock","spacing":"Small","inlines":[{"type":"TextRun","text":"⚠️ ","weight":"Bolder"},{"type":"TextRun","text":"the order names a single environment"}]}`,
	}, ",")+`],"actions":[`+strings.Join([]string{
		link("Workflow run", "https://github.com/acme/shop/actions/runs/123"), link("Pull request", "https://github.com/acme/shop/pull/12"),
		link("Commit", "https://github.com/acme/shop/commit/"+deployedSHA), link("Environment", "https://shop.example"),
		link("Comparison", "https://github.com/acme/shop/compare/"+workflowSHA+"..."+deployedSHA),
	}, ",")+`]}}]}`, string(message.Body))
	assert.Equal(t, "application/json", message.Header.Get("Content-Type"))
	assert.Contains(t, posted(t, full(track.Blocked)).Text, "NO_DEPLOY_WINDOW Weekend Not now")
}

// A channel also gets events of which little is known.
func TestTeamsMessageOfLittle(t *testing.T) {
	t.Parallel()
	message := posted(t, track.Event{Product: "shop", State: config.Started})
	assert.Equal(t, "🔄 Deployment of shop has started", message.Text)
	assert.NotContains(t, string(message.Body), "actions")
}

// Nothing from outside is a mention, a link or Markdown, and no card is too long, however long its texts are: Teams
// counts a fifth more than the bytes of a request.
func TestTeamsMessageIsHarmless(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]string{
		"mentions":  "<at>everyone</at> </AT> < at><at id=\"1\">x",
		"markdown":  "[x](https://thief.example) **b** # h\n- l",
		"backspace": strings.Repeat("\x08\x7f\u202e", 3000),
		"escapes":   strings.Repeat("&<>\"\\", 3000),
		"wide":      strings.Repeat("🚀", 3000),
		"no text":   "\x00\xff\xfe",
	} {
		for _, status := range []config.Status{config.Started, config.Failed, track.Blocked} {
			t.Run(name+" "+string(status), func(t *testing.T) {
				t.Parallel()
				e := full(status)
				e.Product, e.Version, e.Environment, e.Error, e.SCM.PullTitle, e.SCM.SHA = odd, odd, odd, odd, odd, odd
				e.Previous, e.Actor.Login, e.Block.Message, e.Block.Rule = track.Previous{Version: odd, SHA: "0" + odd}, odd, odd, odd
				e.EnvironmentURL, e.GitHub.RunURL = "https://shop.example/"+odd, "https://run.example/"+odd
				e.Warnings = strings.Fields(strings.Repeat("w ", 20))
				for i := range e.Warnings {
					e.Warnings[i] = odd
				}
				message := posted(t, e)
				assert.Less(t, len(message.Body)*6/5, 28<<10)
				assert.NotContains(t, strings.ToLower(message.Text), "<at")
				assert.NotContains(t, string(message.Body), `"TextBlock"`, "which is Markdown")
			})
		}
	}
}

func TestTeamsLinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		address string
		shown   bool
	}{
		"web":        {"https://shop.example/?a=1", true},
		"script":     {"javascript:alert(1)", false},
		"no address": {"", false},
		"long":       {"https://shop.example/" + strings.Repeat("a", 500), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := full(config.Started)
			e.EnvironmentURL = test.address
			assert.Equal(t, test.shown, strings.Contains(string(posted(t, e).Body), `"title":"Environment"`))
		})
	}
	same := full(config.Completed)
	same.Previous.SHA = same.SCM.SHA
	assert.NotContains(t, string(posted(t, same).Body), "compare", "there is nothing to compare")
}

// Any 2xx accepts a message: a workflow answers 202, and some answer 200.
func TestTeamsAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{200: "", 202: "", 400: "no", 401: "no", 404: "no", 413: "no"} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			server := answering(status, `{"error":{"code":"BadRequest"},"message":"no"}`)
			err := to(t, sink("teams", nil), server).Send(t.Context(), full(config.Started))
			assert.Len(t, server.times, 1)
			if want == "" {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, want, failure(t, err).Message)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		server := inTurn(says(429, "", "Retry-After", "3"), says(202, ""))
		require.NoError(t, to(t, sink("teams", nil), server).Send(t.Context(), full(config.Started)))
		assert.Equal(t, []time.Duration{3 * time.Second}, server.waits())
	})
}

// The address goes nowhere: not into events, not into what is kept, not into errors.
func TestTeamsAddressStaysInside(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(sim.TeamsURL)
	require.NoError(t, err)
	signature := address.Query().Get("sig")
	packed, err := json.Marshal(full(config.Failed))
	require.NoError(t, err)
	assert.NotContains(t, string(packed), signature)
	refusing := to(t, sink("teams", settings{"url": sim.TeamsURL}), answering(400, `{"message":"`+signature+" at "+address.RequestURI()+`"}`))
	assert.Equal(t, "*** at ***", failure(t, refusing.Send(t.Context(), full(config.Started))).Message)
}
