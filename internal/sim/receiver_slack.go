package sim

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
)

// SlackURL is the address of the simulated incoming webhook of Slack. It is a secret as a whole.
const SlackURL = "https://hooks.slack.com/services/T0REHEARSAL/B0REHEARSAL/rehearsal"

// Slack's limits.
const (
	slackTextLimit    = 40000 // characters of the fallback, as all texts
	slackBlockLimit   = 50
	slackHeaderLimit  = 150
	slackSectionLimit = 3000
	slackFieldLimit   = 2000
	slackListLimit    = 10 // fields of a section, and elements of a context
)

// NewSlackReceiver returns a receiver at [SlackURL] that takes what Slack's incoming webhooks take.
func NewSlackReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{SlackURL}, inspect: inspectSlack, accept: always(reply(http.StatusOK, plain("ok"))),
		refuse: func(status int, _ string) answer {
			if status == http.StatusNotFound {
				return reply(status, plain("no_service"))
			}
			return reply(status, plain("invalid_payload"))
		},
	}, now)
}

func inspectSlack(i *inspection) {
	i.isJSON(http.StatusBadRequest)
	fields := i.object()
	if fields == nil {
		return
	}
	i.only("body", fields, "text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media")
	i.slackMarkup("text", fields["text"], slackTextLimit)
	if fields["blocks"] == nil {
		return
	}
	blocks, _ := fields["blocks"].([]any)
	if len(blocks) == 0 || len(blocks) > slackBlockLimit {
		i.wrong(http.StatusBadRequest, "blocks: %d are not between 1 and %d", len(blocks), slackBlockLimit)
	}
	for n, block := range objectsIn(fields["blocks"]) {
		i.slackBlock(fmt.Sprintf("blocks.%d", n), block)
	}
}

func (i *inspection) slackBlock(where string, block object) {
	switch kind := textOf(block, "type"); kind {
	case "divider":
		i.only(where, block, "type", "block_id")
	case "header":
		i.only(where, block, "type", "block_id", "text")
		text, _ := block["text"].(object)
		if textOf(text, "type") != "plain_text" {
			i.wrong(http.StatusBadRequest, "%s: a header is plain_text", where)
		}
		i.slackText(where+".text", text, slackHeaderLimit)
	case "section":
		i.slackSection(where, block)
	case "context":
		i.only(where, block, "type", "block_id", "elements")
		i.slackTexts(where+".elements", block["elements"], slackSectionLimit)
	default:
		i.wrong(http.StatusBadRequest, "%s: unknown type %q", where, kind)
	}
}

func (i *inspection) slackSection(where string, block object) {
	i.only(where, block, "type", "block_id", "text", "fields")
	if block["text"] == nil && block["fields"] == nil {
		i.wrong(http.StatusBadRequest, "%s: a section has text or fields", where)
	}
	if text, given := block["text"]; given {
		fields, _ := text.(object)
		i.slackText(where+".text", fields, slackSectionLimit)
	}
	if fields, given := block["fields"]; given {
		i.slackTexts(where+".fields", fields, slackFieldLimit)
	}
}

func (i *inspection) slackTexts(where string, value any, limit int) {
	list, _ := value.([]any)
	if len(list) == 0 || len(list) > slackListLimit {
		i.wrong(http.StatusBadRequest, "%s: %d are not between 1 and %d", where, len(list), slackListLimit)
	}
	for n, text := range objectsIn(value) {
		i.slackText(fmt.Sprintf("%s.%d", where, n), text, limit)
	}
}

// slackText looks at a text object.
func (i *inspection) slackText(where string, text object, limit int) {
	switch kind := textOf(text, "type"); kind {
	case "plain_text":
		i.only(where, text, "type", "text", "emoji")
		i.slackLength(where, text["text"], limit)
	case "mrkdwn":
		i.only(where, text, "type", "text", "verbatim")
		i.slackMarkup(where, text["text"], limit)
	default:
		i.wrong(http.StatusBadRequest, "%s: %q is no type of text", where, kind)
	}
}

var (
	slackCommand = regexp.MustCompile(`<(?:https?://[^<>|\s]+|mailto:[^<>|\s]+|@[UW][A-Z0-9]+|#C[A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)(?:\|[^<>]*)?>`)
	slackEntity  = regexp.MustCompile(`&(?:amp|lt|gt);`)
)

// slackMarkup wants &, < and > escaped where they begin nothing of Slack's own.
func (i *inspection) slackMarkup(where string, value any, limit int) {
	left := slackCommand.ReplaceAllString(i.slackLength(where, value, limit), "")
	left = slackEntity.ReplaceAllString(left, "")
	if strings.ContainsAny(left, "&<>") {
		i.wrong(http.StatusBadRequest, "%s: %q is not escaped", where, value)
	}
}

// slackLength wants a text that is neither empty nor too long, and remembers it.
func (i *inspection) slackLength(where string, value any, limit int) string {
	text, _ := value.(string)
	if length := len(utf16.Encode([]rune(text))); length == 0 || length > limit {
		i.wrong(http.StatusBadRequest, "%s: %d characters are not between 1 and %d", where, length, limit)
	}
	i.readText(value)
	return text
}
