package track

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// slack posts messages for people in a channel, through one of Slack's incoming webhooks.
func slack() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "slack", Required: config.AddressSetting,
			Settings: []config.Setting{
				secretAddress("slack_webhook_url", "URL of the Slack channel's incoming webhook; empty for none"),
				events("slack_events", "Events for Slack, comma-separated; when empty, all deployment events except `deployment.pending`"),
				{
					Name: "mention_on_failure", Input: "slack_mention_on_failure", Read: readMention,
					Description: "Who to mention in Slack about a failure: `@here`, `@channel`, or the ID of a user or user group",
				},
			},
		},
		Title: "Slack", usual: chatEvents(), requests: slackRequests, classify: classifySlack, final: []int{http.StatusNotFound, http.StatusGone},
	}
}

func slackRequests(r *receiver, e Event) []request {
	if len(r.types(e)) == 0 {
		return nil
	}
	return []request{{id: e.ID, message: newSlackMessage(e, mention(r.setting("mention_on_failure")))}}
}

// classifySlack reads what Slack's answer means: a message is posted when it says ok.
func classifySlack(status int, said answer) error {
	if status == http.StatusOK && said.message == "ok" {
		return nil
	}
	return said.failure(status)
}

var mentions = regexp.MustCompile(`^(@here|@channel|[UWS][A-Z0-9]{7,30})$`)

// readMention wants an id, or a word that Slack turns into a mention; names are not looked up.
func readMention(value string) (string, error) {
	if !mentions.MatchString(value) {
		return "", errors.New("must be @here, @channel, or the id of a user (U… or W…) or of a user group (S…)")
	}
	return value, nil
}

// mention is the markup that mentions a user, a group or a channel, "" for no one.
func mention(id string) string {
	switch {
	case id == "":
		return ""
	case strings.HasPrefix(id, "@"):
		return "<!" + id[1:] + ">"
	case strings.HasPrefix(id, "S"):
		return "<!subteam^" + id + ">"
	}
	return "<@" + id + ">"
}

// Slack's limits, in characters.
const (
	maxSlackHeader  = 150
	maxSlackSection = 3000
)

type slackMessage struct {
	Text   string       `json:"text"` // for notifications
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Fields   []slackText `json:"fields,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"` // no name or address in it becomes a link
}

func newSlackMessage(e Event, mention string) slackMessage {
	sign, words := happened(e)
	title := strings.TrimSpace(sign + " " + words)
	blocks := []slackBlock{{Type: "header", Text: &slackText{Type: "plain_text", Text: oneLine(title, maxSlackHeader)}}}
	if mention != "" && e.State == config.Failed {
		blocks = append(blocks, slackSection(mention))
	}
	if fields := slackFields(e); len(fields) > 0 {
		blocks = append(blocks, slackBlock{Type: "section", Fields: fields})
	}
	for _, why := range []string{slackReason(e), slackWarnings(e)} {
		if why != "" {
			blocks = append(blocks, slackSection(why))
		}
	}
	if run := slackRun(e); run != "" {
		blocks = append(blocks, slackBlock{Type: "context", Elements: []slackText{slackMarkup(run)}})
	}
	return slackMessage{Text: slackEscape(title+details(e), maxSlackSection), Blocks: blocks}
}

func slackFields(e Event) []slackText {
	var fields []slackText
	for _, field := range []fact{
		{"Version", slackCode(e.Version)},
		{"Environment", slackLink(slackCode(e.Environment), e.EnvironmentURL)},
		{"Commit", slackLink(slackCode(deploy.Short(e.SCM.SHA)), e.SCM.commitURL())},
		{"By", slackCode(e.Actor.Login)},
		{"Pull request", slackPull(e.SCM)},
		{"Before", slackCode(cmp.Or(e.Previous.Version, e.Previous.SHA))},
		{"Took", took(e)},
		{"Override", slackCode(lifted(e))},
	} {
		if field.value != "" {
			fields = append(fields, slackMarkup("*"+field.name+"*\n"+field.value))
		}
	}
	return fields
}

func slackPull(s SCM) string {
	if s.Pull == 0 {
		return ""
	}
	return slackLink(fmt.Sprintf("#%d", s.Pull), s.pullURL()) + strings.TrimSuffix(" "+slackCode(s.PullTitle), " ")
}

func slackReason(e Event) string {
	why := reason(e)
	if why == "" {
		return ""
	}
	const fence = "```"
	return fence + slackEscape(why, maxSlackSection-2*len(fence)) + fence
}

func slackWarnings(e Event) string {
	const most = 10 // of the length of a code span: all of them fit into a section
	var lines []string
	for _, warning := range e.Warnings[:min(len(e.Warnings), most)] {
		lines = append(lines, "⚠️ "+slackCode(warning))
	}
	if more := len(e.Warnings) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func slackRun(e Event) string {
	name := strings.TrimSpace(cmp.Or(e.GitHub.Workflow, "Workflow run") + " " + number(e.GitHub.RunNumber))
	if e.GitHub.RunURL == "" {
		return ""
	}
	return slackLink(slackCode(name), e.GitHub.RunURL)
}

func slackSection(text string) slackBlock {
	markup := slackMarkup(text)
	return slackBlock{Type: "section", Text: &markup}
}

func slackMarkup(text string) slackText {
	return slackText{Type: "mrkdwn", Text: text, Verbatim: true}
}

// slackCode shows a text as code, in which nothing is emphasis; "" for nothing.
func slackCode(text string) string {
	const longest = 200
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return "`" + slackEscape(text, longest) + "`"
}

// slackLink shows a label, which is markup already, as a link. Where no browser opens the address, it is the
// label alone.
func slackLink(label, address string) string {
	const longest = 1000
	web := strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
	if label == "" || !web || len(address) > longest {
		return label
	}
	address = percentEncode(address, func(c byte) bool { return c <= ' ' || c == 0x7f || strings.IndexByte("<>|`", c) >= 0 })
	return "<" + strings.ReplaceAll(address, "&", "&amp;") + "|" + label + ">"
}

// slackEscape takes the meaning from what Slack gives one: &, < and > begin mentions and links, and
// a backtick would end code. The limit counts the characters of the result.
func slackEscape(text string, limit int) string {
	meaning := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'")
	return shorten(text, limit, func(r rune) string { return meaning.Replace(string(r)) })
}
