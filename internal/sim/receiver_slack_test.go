package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func slack(body string) message {
	return message{url: sim.SlackURL, body: body, header: map[string]string{"Content-Type": "application/json"}}
}

// blocks is a message with a fallback and these blocks.
func blocks(list ...string) message {
	return slack(`{"text":"fallback","blocks":[` + strings.Join(list, ",") + `]}`)
}

func section(markup string) string {
	return fmt.Sprintf(`{"type":"section","text":{"type":"mrkdwn","text":%q}}`, markup)
}

func times(n int, text string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = text
	}
	return list
}

func listed(n int, text string) string { return "[" + strings.Join(times(n, text), ",") + "]" }

func plainText(n int) string {
	return `{"type":"plain_text","text":"` + strings.Repeat("x", n) + `"}`
}

func TestSlackMessages(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]message{
		"text alone":    slack(`{"text":"` + strings.Repeat("x", 40000) + `","mrkdwn":true,"unfurl_links":false,"unfurl_media":false}`),
		"charset":       slack(`{"text":"x"}`).with(map[string]string{"Content-Type": "application/json; charset=utf-8"}),
		"many blocks":   blocks(times(50, `{"type":"divider","block_id":"b"}`)...),
		"header":        blocks(`{"type":"header","text":{"type":"plain_text","text":"<a> & b","emoji":true}}`, `{"type":"header","text":`+plainText(150)+`}`),
		"sections":      blocks(section(strings.Repeat("x", 3000)), `{"type":"section","fields":`+listed(10, plainText(2000))+`}`),
		"context":       blocks(`{"type":"context","elements":` + listed(10, `{"type":"mrkdwn","text":"x","verbatim":true}`) + `}`),
		"markup":        blocks(section("*a* `b` &lt;c&gt; &amp; <https://example.com/?a=1&amp;b=2|`label`> <http://x.example>")),
		"mentions":      blocks(section("<!here> <!channel> <!everyone> <@U012AB> <@W0A> <!subteam^S0AB|team> <#C01|general> <mailto:a@b.example>")),
		"fallback text": slack(`{"text":"a &amp; b <https://example.com|c>"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sim.NewSlackReceiver(now)
			status, said := deliver(t, r, m)
			assert.Equal(t, 200, status, name)
			assert.Equal(t, "ok", said, name)
			assert.Empty(t, r.Violations(), name)
		})
	}
	r := sim.NewSlackReceiver(now)
	_, _ = deliver(t, r, blocks(`{"type":"header","text":{"type":"plain_text","text":"title"}}`, section("words")))
	assert.Equal(t, "fallback\ntitle\nwords", r.Messages()[0].Text)
}

func TestSlackViolations(t *testing.T) {
	t.Parallel()
	typeless := slack(`{"text":"x"}`).with(map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	for name, test := range map[string]struct {
		message message
		want    string
	}{
		"form":               {typeless, "content type"},
		"no text":            {slack(`{}`), "text: 0 characters"},
		"empty text":         {slack(`{"text":""}`), "text: 0 characters"},
		"number":             {slack(`{"text":1}`), "text: 0 characters"},
		"no fallback":        {slack(`{"blocks":[{"type":"divider"}]}`), "text: 0 characters"},
		"long text":          {slack(`{"text":"` + strings.Repeat("x", 40001) + `"}`), "text: 40001 characters"},
		"unescaped fallback": {slack(`{"text":"a & b"}`), "not escaped"},
		"unknown field":      {slack(`{"text":"x","channel":"#general"}`), `unknown field "channel"`},
		"no blocks":          {blocks(), "blocks: 0"},
		"blocks as text":     {slack(`{"text":"x","blocks":"y"}`), "blocks: 0"},
		"too many blocks":    {blocks(times(51, `{"type":"divider"}`)...), "blocks: 51"},
		"no block":           {blocks(`"x"`), `blocks.0: unknown type ""`},
		"unknown block":      {blocks(`{"type":"divider"}`, `{"type":"button"}`), `blocks.1: unknown type "button"`},
		"field of divider":   {blocks(`{"type":"divider","text":"x"}`), `unknown field "text"`},
		"field of header":    {blocks(`{"type":"header","text":` + plainText(1) + `,"fields":[]}`), `unknown field "fields"`},
		"header in markup":   {blocks(`{"type":"header","text":{"type":"mrkdwn","text":"x"}}`), "a header is plain_text"},
		"header as text":     {blocks(`{"type":"header","text":"x"}`), "a header is plain_text"},
		"long header":        {blocks(`{"type":"header","text":` + plainText(151) + `}`), "151 characters"},
		"wide header":        {blocks(`{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("🚀", 76) + `"}}`), "152 characters"},
		"empty header":       {blocks(`{"type":"header","text":` + plainText(0) + `}`), "0 characters"},
		"empty section":      {blocks(`{"type":"section"}`), "text or fields"},
		"field of section":   {blocks(`{"type":"section","text":` + plainText(1) + `,"elements":[]}`), `unknown field "elements"`},
		"long section":       {blocks(section(strings.Repeat("x", 3001))), "3001 characters"},
		"no fields":          {blocks(`{"type":"section","fields":[]}`), "fields: 0"},
		"too many fields":    {blocks(`{"type":"section","fields":` + listed(11, plainText(1)) + `}`), "fields: 11"},
		"long field":         {blocks(`{"type":"section","fields":` + listed(1, plainText(2001)) + `}`), "fields.0: 2001 characters"},
		"no elements":        {blocks(`{"type":"context"}`), "elements: 0"},
		"field of context":   {blocks(`{"type":"context","text":"x","elements":` + listed(1, plainText(1)) + `}`), `unknown field "text"`},
		"too many elements":  {blocks(`{"type":"context","elements":` + listed(11, plainText(1)) + `}`), "elements: 11"},
		"text of no type":    {blocks(`{"type":"section","text":{"text":"x"}}`), "no type of text"},
		"emoji in markup":    {blocks(`{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}`), `unknown field "emoji"`},
		"verbatim plain":     {blocks(`{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}`), `unknown field "verbatim"`},
		"ampersand":          {blocks(section("a & b")), "not escaped"},
		"entity":             {blocks(section("&quot;")), "not escaped"},
		"less":               {blocks(section("a < b")), "not escaped"},
		"more":               {blocks(section("a -> b")), "not escaped"},
		"markup of HTML":     {blocks(section("<b>x</b>")), "not escaped"},
		"unknown mention":    {blocks(section("<!person>")), "not escaped"},
		"login":              {blocks(section("<@alice>")), "not escaped"},
		"script":             {blocks(section("<javascript:alert(1)|x>")), "not escaped"},
		"link in a label":    {blocks(section("<https://example.com|<b>>")), "not escaped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusesAll(t, sim.NewSlackReceiver, map[string]misfit{name: {test.message, 400, test.want}})
		})
	}
	r := sim.NewSlackReceiver(now)
	_, said := deliver(t, r, slack(`{}`))
	assert.Equal(t, "invalid_payload", said)
	_, said = deliver(t, r, message{url: sim.SlackURL + "x", body: "{}"})
	assert.Equal(t, "no_service", said)
}
