package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// card is a message with an Adaptive Card of these elements; more are further members of the card.
func card(more string, elements ...string) message {
	return attached(`{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"type":"AdaptiveCard","version":"1.4","body":[` +
		strings.Join(elements, ",") + `]` + more + `}}`)
}

func attached(attachments ...string) message {
	return teams(`{"type":"message","attachments":[` + strings.Join(attachments, ",") + `]}`)
}

func teams(body string) message {
	return message{url: sim.TeamsURL, body: body, header: map[string]string{"Content-Type": "application/json"}}
}

func runs(text string) string {
	return `{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"` + text + `"}]}`
}

func TestTeamsMessages(t *testing.T) {
	t.Parallel()
	r := sim.NewTeamsReceiver(now)
	status, said := deliver(t, r, card(`,"actions":[{"type":"Action.OpenUrl","title":"Run","url":"https://github.com"}]`,
		runs("title"), `{"type":"TextBlock","text":"words","wrap":true,"size":"Large"}`, `{"type":"FactSet","facts":[{"title":"Version","value":"1"}]}`))
	assert.Equal(t, 202, status, said)
	assert.Empty(t, r.Violations())
	assert.Equal(t, "title\nwords\nVersion\n1", r.Messages()[0].Text)
	status, _ = deliver(t, r, card(`,"msteams":{"entities":[{"type":"mention","text":"<at>Ada</at>","mentioned":{"id":"ada","name":"Ada"}}]}`, runs("<at>Ada</at>")))
	assert.Equal(t, 202, status)
}

func TestTeamsViolations(t *testing.T) {
	t.Parallel()
	unsigned := card("", runs("x"))
	unsigned.url, _, _ = strings.Cut(unsigned.url, "?")
	for name, test := range map[string]struct {
		message message
		status  int
		want    string
	}{
		"form":            {card("", runs("x")).with(map[string]string{"Content-Type": "application/x-www-form-urlencoded"}), http.StatusUnsupportedMediaType, "content type"},
		"no signature":    {unsigned, http.StatusUnauthorized, "no signature"},
		"old text":        {teams(`{"text":"x"}`), 400, "type is <nil>"},
		"old card":        {teams(`{"@type":"MessageCard","text":"x"}`), 400, "type is <nil>"},
		"bare card":       {teams(`{"type":"AdaptiveCard","version":"1.4","body":[` + runs("x") + `]}`), 400, "type is AdaptiveCard"},
		"no attachments":  {teams(`{"type":"message"}`), 400, "attachments is <nil>"},
		"none attached":   {attached(), 400, "attachments is []"},
		"too large":       {card("", runs(strings.Repeat("x", 28<<10))), http.StatusRequestEntityTooLarge, "MessageSizeExceeded"},
		"other content":   {attached(`{"contentType":"application/vnd.microsoft.teams.card.o365connector","content":{}}`), 400, "contentType is application/vnd.microsoft.teams"},
		"elsewhere":       {attached(`{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":"https://x.example","content":{}}`), 400, "contentUrl is https://x.example"},
		"no card":         {attached(`{"contentType":"application/vnd.microsoft.card.adaptive","content":{"version":"1.4"}}`), 400, "content.type is <nil>"},
		"unknown version": {attached(`{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard","version":"2.0","body":[` + runs("x") + `]}}`), 400, "version is 2.0"},
		"no body":         {card(""), 400, "body is []"},
		"unknown element": {card("", `{"type":"Banner"}`), 400, `unknown element "Banner"`},
		"unknown member":  {card("", `{"type":"TextBlock","text":"x","bold":true}`), 400, `unknown field "bold"`},
		"unknown inline":  {card("", `{"type":"RichTextBlock","inlines":[{"type":"Link","text":"x"}]}`), 400, "inlines.0.type is Link"},
		"no inlines":      {card("", `{"type":"RichTextBlock","inlines":[]}`), 400, "inlines is []"},
		"number":          {card("", `{"type":"TextBlock","text":1}`), 400, "text is 1"},
		"unknown size":    {card("", `{"type":"TextBlock","text":"x","size":"Huge"}`), 400, "size is Huge"},
		"unknown action":  {card(`,"actions":[{"type":"Action.Http","url":"https://x.example"}]`, runs("x")), 400, "type is Action.Http"},
		"script":          {card(`,"actions":[{"type":"Action.OpenUrl","url":"javascript:alert(1)"}]`, runs("x")), 400, "url is javascript"},
		"mention":         {card("", runs("<at>everyone</at>")), 400, `the mention "<at>" has no entity`},
		"other mention":   {card(`,"msteams":{"entities":[{"text":"<at>Ada</at>"}]}`, runs("<AT id='1'>x")), 400, "has no entity"},
	} {
		refusesAll(t, sim.NewTeamsReceiver, map[string]misfit{name: {test.message, test.status, test.want}})
	}
}
