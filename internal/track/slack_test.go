package track_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// slackMessage is the part of Slack's Block Kit that we use.
type slackMessage struct {
	Text   string       `json:"text"`
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text"`
	Fields   []slackText `json:"fields"`
	Elements []slackText `json:"elements"`
}

type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

// channel is a strict incoming webhook: it takes only what Slack's limits allow.
func channel(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var m slackMessage
	if err := decoder.Decode(&m); err != nil || r.Header.Get("Content-Type") != "application/json" {
		return says(400, "invalid_payload")(r)
	}
	if m.Text == "" || len(m.Blocks) == 0 || len(m.Blocks) > 50 {
		return says(400, "no_text")(r)
	}
	for i, b := range m.Blocks {
		if wrong := b.wrong(); wrong != "" {
			return says(400, fmt.Sprintf("invalid_blocks: %d: %s", i, wrong))(r)
		}
	}
	return says(200, "ok")(r)
}

func (b slackBlock) wrong() string {
	texts := append(append([]slackText{}, b.Fields...), b.Elements...)
	limit, kind := 2000, "mrkdwn"
	if b.Text != nil {
		texts = append(texts, *b.Text)
		limit = 3000
	}
	switch {
	case b.Type == "header":
		limit, kind = 150, "plain_text"
	case b.Type == "section" && len(b.Fields) > 10, b.Type == "context" && len(b.Elements) > 10, b.Type != "section" && b.Type != "context":
		return "its form"
	}
	if len(texts) == 0 {
		return "its text is missing"
	}
	for _, t := range texts {
		if size := len(utf16.Encode([]rune(t.Text))); t.Type != kind || size == 0 || size > limit || t.Verbatim != (kind == "mrkdwn") {
			return fmt.Sprintf("%s with %d characters", t.Type, size)
		}
	}
	return ""
}

func slackPost(t *testing.T, mention string, e track.Event) slackMessage {
	t.Helper()
	server := inTurn(channel)
	s := sink("slack", settings{"mention_on_failure": mention})
	s.Events = config.EventTypes()
	require.NoError(t, to(t, s, server).Send(t.Context(), e))
	require.Len(t, server.bodies, 1)
	var m slackMessage
	require.NoError(t, json.Unmarshal([]byte(server.bodies[0]), &m))
	return m
}

func TestSlackMessage(t *testing.T) {
	t.Parallel()
	markup := func(texts ...string) []slackText {
		var all []slackText
		for _, one := range texts {
			all = append(all, slackText{Type: "mrkdwn", Text: one, Verbatim: true})
		}
		return all
	}
	facts := []string{
		"*Version*\n`v1.2.3`", "*Environment*\n<https://shop.example|`production`>",
		"*Commit*\n<https://github.com/acme/shop/commit/" + deployedSHA + "|`1111111`>", "*By*\n`octocat`",
		"*Pull request*\n<https://github.com/acme/shop/pull/12|#12> `Sell more`", "*Before*\n`v1.2.2`",
	}
	assert.Equal(t, slackMessage{
		Text: "❌ Deployment of shop to production has failed (v1.2.3 by octocat)",
		Blocks: []slackBlock{
			{Type: "header", Text: &slackText{Type: "plain_text", Text: "❌ Deployment of shop to production has failed"}},
			{Type: "section", Text: &slackText{Type: "mrkdwn", Text: "<@U012ABCD>", Verbatim: true}},
			{Type: "section", Fields: markup(append(facts, "*Took*\n1m30s")...)},
			{Type: "section", Text: &slackText{Type: "mrkdwn", Text: "```the job did not succeed```", Verbatim: true}},
			{Type: "section", Text: &slackText{Type: "mrkdwn", Text: "⚠️ `the order names a single environment`", Verbatim: true}},
			{Type: "context", Elements: markup("<https://github.com/acme/shop/actions/runs/123|`Deploy 45`>")},
		},
	}, slackPost(t, "U012ABCD", full(config.Failed)))

	m := slackPost(t, "@here", full(track.Blocked))
	assert.Equal(t, "```NO_DEPLOY_WINDOW Weekend Not now```", m.Blocks[2].Text.Text)
	assert.Equal(t, markup(facts...), m.Blocks[1].Fields)
	e := full(track.Blocked)
	e.Block, e.Error = track.Block{}, "an order"
	assert.Equal(t, "```an order```", slackPost(t, "", e).Blocks[2].Text.Text)
}

func TestSlackTitles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		event track.Event
		want  string
	}{
		{full(config.Pending), "⏳ Deployment of shop to production is waiting"},
		{full(config.Started), "🔄 Deployment of shop to production has started"},
		{full(config.Completed), "✅ Deployment of shop to production is done"},
		{rollback(), "↩️ Deployment of shop to production is done: a rollback"},
		{full(config.Failed), "❌ Deployment of shop to production has failed"},
		{full(config.Aborted), "🚫 Deployment of shop to production was stopped"},
		{full(track.Blocked), "⛔ Deployment of shop to production was not allowed to start"},
		{built(config.Completed), "✅ Build of shop is done"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			m := slackPost(t, "@channel", test.event)
			assert.Equal(t, test.want, m.Blocks[0].Text.Text)
			assert.True(t, strings.HasPrefix(m.Text, test.want+" (v1.2.3 by "), m.Text)
			all, err := json.Marshal(m)
			require.NoError(t, err)
			assert.Equal(t, test.event.State == config.Failed, strings.Contains(string(all), "!channel"), "who is called on %s", test.event.State)
		})
	}
}

// Slack is also told of events of which little is known.
func TestSlackMessageOfLittle(t *testing.T) {
	t.Parallel()
	m := slackPost(t, "", track.Event{Product: "shop", State: config.Started})
	assert.Equal(t, "🔄 Deployment of shop has started", m.Text)
	assert.Len(t, m.Blocks, 1)
}

// Nothing from outside is a mention, a link or emphasis, however long it is.
func TestSlackMessageIsHarmless(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		"<!here> <@U1> <https://thief.example|x> & `*_~ @here #general\n> quote ```x`", strings.Repeat("&<>", 5000), strings.Repeat("😀", 5000),
		"\x00\x1b[31m\u202e\xff", "https://thief.example/" + strings.Repeat("a", 2000),
	} {
		t.Run(fmt.Sprintf("%.20q", hostile), func(t *testing.T) {
			t.Parallel()
			for _, status := range []config.Status{config.Started, config.Failed, track.Blocked} {
				e := full(status)
				e.Product, e.Version, e.Environment, e.EnvironmentURL, e.Error = hostile, hostile, hostile, "https://shop.example/"+hostile, hostile
				e.SCM.PullTitle, e.SCM.SHA, e.Previous.Version, e.Actor.Login, e.GitHub.Workflow = hostile, hostile, hostile, hostile, hostile
				e.GitHub.RunURL, e.Block.Message, e.Block.Rule, e.Block.Code = "https://run.example/"+hostile, hostile, hostile, hostile
				e.Warnings = []string{hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile}
				m := slackPost(t, "", e)
				assertNoMention(t, m.Text)
				for _, b := range m.Blocks[1:] {
					for _, one := range append(append(append([]slackText{}, b.Fields...), b.Elements...), asList(b.Text)...) {
						assertNoMention(t, one.Text)
					}
				}
				assert.NotContains(t, m.Blocks[0].Text.Text, "\n")
			}
		})
	}
}

func asList(t *slackText) []slackText {
	if t == nil {
		return nil
	}
	return []slackText{*t}
}

// assertNoMention wants markup whose only commands are our own links, and whose code ends.
func assertNoMention(t *testing.T, markup string) {
	t.Helper()
	for part := range strings.SplitSeq(markup, "<") {
		if part == strings.SplitN(markup, "<", 2)[0] {
			continue
		}
		assert.Regexp(t, `^https://(github\.com|shop\.example|run\.example)/[^<>| \n]*\|[^<>\n]*>`, part)
	}
	assert.NotContains(t, strings.ReplaceAll(strings.ReplaceAll(markup, "```", ""), "*\n", ""), "``")
	assert.Equal(t, 0, strings.Count(markup, "`")%2, "every code ends: %s", markup)
	for entity := range strings.SplitSeq(markup, "&") {
		if entity != strings.SplitN(markup, "&", 2)[0] {
			assert.Regexp(t, `^(amp|lt|gt);`, entity, "no entity is cut")
		}
	}
}

func TestSlackLinks(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://shop.example/?a=1&b=2": "*Environment*\n<https://shop.example/?a=1&amp;b=2|`production`>",
		"http://shop.example/a b|c<d>":  "*Environment*\n<http://shop.example/a%20b%7Cc%3Cd%3E|`production`>",
		"javascript:alert(1)":           "*Environment*\n`production`",
		"":                              "*Environment*\n`production`",
		"https://shop.example/" + strings.Repeat("a", 1000): "*Environment*\n`production`",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			e := full(config.Started)
			e.EnvironmentURL = address
			assert.Equal(t, want, slackPost(t, "", e).Blocks[1].Fields[1].Text)
		})
	}
}

func TestSlackWarnings(t *testing.T) {
	t.Parallel()
	e := full(config.Started)
	e.Warnings = strings.Fields("a b c d e f g h i j k l")
	lines := strings.Split(slackPost(t, "", e).Blocks[2].Text.Text, "\n")
	require.Len(t, lines, 11)
	assert.Equal(t, "⚠️ `j`", lines[9])
	assert.Equal(t, "and 2 more", lines[10])
}

// Exactly the limit is not cut, and one more is.
func TestSlackLimits(t *testing.T) {
	t.Parallel()
	e := full(config.Started)
	fixed := len(utf16.Encode([]rune("🔄 Deployment of  to production has started")))
	e.Product = strings.Repeat("x", 150-fixed)
	assert.NotContains(t, slackPost(t, "", e).Blocks[0].Text.Text, "…")
	e.Product += "x"
	title := slackPost(t, "", e).Blocks[0].Text.Text
	assert.True(t, strings.HasSuffix(title, "has start…"), title)

	e = full(config.Failed)
	e.Error = strings.Repeat("&", 2994/5) + "xxxx"
	why := slackPost(t, "", e).Blocks[2].Text.Text
	assert.Len(t, why, 3000, "exactly the limit")
	assert.True(t, strings.HasSuffix(why, "&amp;xxxx```"), why[2900:])
	e.Error += "x"
	why = slackPost(t, "", e).Blocks[2].Text.Text
	assert.True(t, strings.HasSuffix(why, "&amp;xxx…```"), why[2900:])
}

func TestSlackMentions(t *testing.T) {
	t.Parallel()
	for mention, want := range map[string]string{
		"@here": "<!here>", "@channel": "<!channel>", "U012ABCD": "<@U012ABCD>", "W012ABCD": "<@W012ABCD>", "S012ABCD": "<!subteam^S012ABCD>",
	} {
		t.Run(mention, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, slackPost(t, mention, full(config.Failed)).Blocks[1].Text.Text)
		})
	}
	for _, mention := range []string{"here", "@octocat", "<!here>", "@here x", "U1", "C012ABCD"} {
		t.Run(mention, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, invalid(t, sink("slack", settings{"mention_on_failure": mention})), `set up sink "slack": mention_on_failure: must be @here, `)
		})
	}
}

// Only a plain ok with 200 is one.
func TestSlackAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   string // what it fails with, "" when it does not
	}{
		{200, "ok", ""},
		{200, "ok\n", ""},
		{200, "no_service", "no_service"},
		{200, `{"ok":false}`, `{"ok":false}`},
		{200, "<html>", "a web page instead of an answer"},
		{200, "okay", "okay"},
		{201, "ok", "ok"},
		{204, "", ""},
		{400, "invalid_payload", "invalid_payload"},
		{403, "action_prohibited", "action_prohibited"},
		{404, "channel_not_found", "channel_not_found"},
		{410, "channel_is_archived", "channel_is_archived"},
	} {
		t.Run(fmt.Sprint(test.status, test.body), func(t *testing.T) {
			t.Parallel()
			server := answering(test.status, test.body)
			err := to(t, sink("slack", nil), server).Send(t.Context(), full(config.Started))
			assert.Len(t, server.times, 1, test.body)
			if test.status == 200 && test.want == "" {
				require.NoError(t, err, test.body)
				return
			}
			assert.Equal(t, test.want, failure(t, err).Message)
			assert.Equal(t, test.status, failure(t, err).Status)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		server := inTurn(says(500, "rollup_error"), channel)
		require.NoError(t, to(t, sink("slack", nil), server).Send(t.Context(), full(config.Started)))
		assert.Len(t, server.times, 2)
	})
}
