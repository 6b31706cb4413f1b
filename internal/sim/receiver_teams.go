package sim

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// TeamsURL is the address of the simulated workflow of Microsoft Teams. It is a secret as a whole.
const TeamsURL = "https://default0rehearsal.00.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/rehearsal/" +
	"triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=rehearsal0signature0of0the0workflow"

// teamsBodyLimit is the largest message of Teams, in bytes.
const teamsBodyLimit = 28 << 10

// NewTeamsReceiver returns a receiver at [TeamsURL] that takes what the template "Send webhook alerts to a channel" can
// post. The real one accepts any JSON, and its run fails later, where no client sees it; this one refuses at once what
// would fail there. It knows those elements of Adaptive Cards that show text.
func NewTeamsReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{TeamsURL}, inspect: inspectTeams, accept: always(reply(http.StatusAccepted, plain(""))),
		refuse: func(status int, why string) answer {
			return reply(status, object{"error": object{"code": "BadRequest", "message": why}})
		},
	}, now)
}

func inspectTeams(i *inspection) {
	i.isJSON(http.StatusUnsupportedMediaType)
	if i.request.URL.Query().Get("sig") == "" {
		i.wrong(http.StatusUnauthorized, "the address has no signature")
	}
	if len(i.body) > teamsBodyLimit {
		i.wrong(http.StatusRequestEntityTooLarge, "MessageSizeExceeded: %d bytes are more than %d", len(i.body), teamsBodyLimit)
	}
	fields := i.object()
	if fields == nil {
		return
	}
	i.members("", fields, []member{{"type", true, isOneOf("message")}, {"attachments", true, isFilled}})
	for n, attachment := range objectsIn(fields["attachments"]) {
		where := fmt.Sprintf("attachments.%d", n)
		i.members(where, attachment, []member{
			{"contentType", true, isOneOf("application/vnd.microsoft.card.adaptive")}, {"contentUrl", false, isNull}, {"content", true, isObject},
		})
		card, _ := attachment["content"].(object)
		i.teamsCard(where+".content", card)
	}
}

func (i *inspection) teamsCard(where string, card object) {
	i.members(where, card, []member{
		{"type", true, isOneOf("AdaptiveCard")},
		{"version", true, isOneOf("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")},
		{"$schema", false, isOneOf("http://adaptivecards.io/schemas/adaptive-card.json", "https://adaptivecards.io/schemas/adaptive-card.json")},
		{"body", true, isFilled},
		{"actions", false, isFilled},
		{"fallbackText", false, isWord},
		{"msteams", false, isObject},
	})
	for n, element := range objectsIn(card["body"]) {
		i.teamsElement(fmt.Sprintf("%s.body.%d", where, n), element)
	}
	for n, action := range objectsIn(card["actions"]) {
		i.members(fmt.Sprintf("%s.actions.%d", where, n), action, []member{
			{"type", true, isOneOf("Action.OpenUrl")}, {"title", false, isWord}, {"url", true, isWebAddress},
		})
	}
	i.teamsMentions(where, card)
}

func (i *inspection) teamsElement(where string, element object) {
	spacing := member{"spacing", false, isOneOf("Default", "None", "Small", "Medium", "Large", "ExtraLarge", "Padding")}
	size := member{"size", false, isOneOf("Default", "Small", "Medium", "Large", "ExtraLarge")}
	weight := member{"weight", false, isOneOf("Default", "Lighter", "Bolder")}
	kind := member{"type", true, isText}
	switch element["type"] {
	case "TextBlock":
		i.members(where, element, []member{kind, spacing, size, weight, {"text", true, isText}, {"wrap", false, isTruth}})
		i.readText(element["text"])
	case "RichTextBlock":
		i.members(where, element, []member{kind, spacing, {"inlines", true, isFilled}})
		for n, run := range objectsIn(element["inlines"]) {
			i.members(fmt.Sprintf("%s.inlines.%d", where, n), run, []member{{"type", true, isOneOf("TextRun")}, {"text", true, isText}, size, weight})
			i.readText(run["text"])
		}
	case "FactSet":
		i.members(where, element, []member{kind, spacing, {"facts", true, isFilled}})
		for n, fact := range objectsIn(element["facts"]) {
			i.members(fmt.Sprintf("%s.facts.%d", where, n), fact, []member{{"title", true, isText}, {"value", true, isText}})
			i.readText(fact["title"])
			i.readText(fact["value"])
		}
	default:
		i.wrong(http.StatusBadRequest, "%s: unknown element %q", where, element["type"])
	}
}

// readText remembers a text that people read.
func (i *inspection) readText(value any) {
	text, _ := value.(string)
	i.message.Text = strings.TrimPrefix(i.message.Text+"\n"+text, "\n")
}

var mentionTag = regexp.MustCompile(`(?i)<\s*at\b[^>]*>`)

// teamsMentions wants an entity for each tag that mentions someone.
func (i *inspection) teamsMentions(where string, card object) {
	extra, _ := card["msteams"].(object)
	var known []string
	for _, entity := range objectsIn(extra["entities"]) {
		known = append(known, textOf(entity, "text"))
	}
	for _, tag := range mentionTag.FindAllString(i.message.Text, -1) {
		if !slices.ContainsFunc(known, func(text string) bool { return strings.HasPrefix(text, tag) }) {
			i.wrong(http.StatusBadRequest, "%s: the mention %q has no entity", where, tag)
		}
	}
}

func isNull(value any) bool { return value == nil }

func isTruth(value any) bool { _, ok := value.(bool); return ok }

func isFilled(value any) bool {
	list, _ := value.([]any)
	return len(list) > 0
}

func isWebAddress(value any) bool {
	text, _ := value.(string)
	return isAddress(value) && (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://"))
}
