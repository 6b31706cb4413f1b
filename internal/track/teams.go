package track

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// teams posts cards for people in a channel or chat of Microsoft Teams, through a webhook of its Workflows.
func teams() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "teams", Required: config.AddressSetting,
			Settings: []config.Setting{
				secretAddress("teams_webhook_url", "URL of the Microsoft Teams workflow that posts deployments; empty for none"),
				events("teams_events", "Events for Microsoft Teams, comma-separated; when empty, all deployment events except `deployment.pending`"),
			},
		},
		Title: "Teams", usual: chatEvents(), requests: teamsRequests,
	}
}

// Limits, in characters, that keep the longest card below the 28 KB of Teams, which counts more than the bytes of the
// request: each character can be six bytes of JSON.
const (
	maxTeamsTitle    = 150
	maxTeamsValue    = 120
	maxTeamsReason   = 800
	maxTeamsWarnings = 5
	maxTeamsLink     = 500
)

type teamsMessage struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	ContentURL  *string   `json:"contentUrl"` // null: the card is in the message
	Content     teamsCard `json:"content"`
}

// teamsCard is an Adaptive Card.
type teamsCard struct {
	Schema  string        `json:"$schema"`
	Type    string        `json:"type"`
	Version string        `json:"version"`
	Body    []teamsText   `json:"body"`
	Actions []teamsAction `json:"actions,omitempty"`
}

// teamsText is a block of text without Markdown: unlike in a TextBlock or a Fact, nothing in it becomes a link.
type teamsText struct {
	Type    string     `json:"type"`
	Spacing string     `json:"spacing,omitempty"`
	Inlines []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
}

type teamsAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

func teamsRequests(r *receiver, e Event) []request {
	if len(r.types(e)) == 0 {
		return nil
	}
	card := teamsAttachment{ContentType: "application/vnd.microsoft.card.adaptive", Content: newTeamsCard(e)}
	return []request{{id: e.ID, message: teamsMessage{Type: "message", Attachments: []teamsAttachment{card}}}}
}

func newTeamsCard(e Event) teamsCard {
	sign, words := happened(e)
	title := teamsRun{Type: "TextRun", Text: teamsEscape(sign+" "+words, maxTeamsTitle), Size: "Large", Weight: "Bolder"}
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Body: []teamsText{{Type: "RichTextBlock", Inlines: []teamsRun{title}}}, Actions: teamsActions(e),
	}
	for _, known := range teamsFacts(e) {
		if strings.TrimSpace(known.value) != "" {
			card.Body = append(card.Body, teamsLine(known.name+": ", teamsEscape(known.value, maxTeamsValue), "None"))
		}
	}
	if why := reason(e); why != "" {
		card.Body = append(card.Body, teamsLine("", teamsEscape(why, maxTeamsReason), ""))
	}
	for _, warning := range e.Warnings[:min(len(e.Warnings), maxTeamsWarnings)] {
		card.Body = append(card.Body, teamsLine("⚠️ ", teamsEscape(warning, maxTeamsValue), "Small"))
	}
	if more := len(e.Warnings) - maxTeamsWarnings; more > 0 {
		card.Body = append(card.Body, teamsLine("", fmt.Sprintf("and %d more", more), "Small"))
	}
	return card
}

func teamsLine(name, value, spacing string) teamsText {
	line := teamsText{Type: "RichTextBlock", Spacing: spacing}
	if name != "" {
		line.Inlines = append(line.Inlines, teamsRun{Type: "TextRun", Text: name, Weight: "Bolder"})
	}
	line.Inlines = append(line.Inlines, teamsRun{Type: "TextRun", Text: value})
	return line
}

func teamsFacts(e Event) []fact {
	facts := []fact{
		{"Version", e.Version},
		{"Environment", e.Environment},
		{"Commit", deploy.Short(e.SCM.SHA)},
		{"By", e.Actor.Login},
		{"Before", cmp.Or(e.Previous.Version, deploy.Short(e.Previous.SHA))},
		{"Took", took(e)},
		{"Override", lifted(e)},
	}
	if e.SCM.Pull != 0 {
		facts = append(facts, fact{"Pull request", fmt.Sprintf("#%d %s", e.SCM.Pull, e.SCM.PullTitle)})
	}
	return facts
}

func teamsActions(e Event) []teamsAction {
	var actions []teamsAction
	for _, page := range append(pages(e, maxTeamsLink), comparison(e)...) {
		actions = append(actions, teamsAction{"Action.OpenUrl", page.name, page.value})
	}
	return actions
}

func comparison(e Event) []fact {
	if !commit.MatchString(e.Previous.SHA) || !commit.MatchString(e.SCM.SHA) || e.Previous.SHA == e.SCM.SHA {
		return nil
	}
	return []fact{{"Comparison", e.SCM.page() + "/compare/" + e.Previous.SHA + "..." + e.SCM.SHA}}
}

var commit = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

var atTag = regexp.MustCompile(`(?i)<(/?\s*at)`)

// teamsEscape takes the meaning from the tag that begins a mention, and cuts a text to a number of characters.
func teamsEscape(text string, limit int) string {
	return atTag.ReplaceAllString(oneLine(text, limit), "‹$1")
}
