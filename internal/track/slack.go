package track

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Slack tells people in a channel, through one of Slack's incoming webhooks.
type Slack struct {
	*receiver
	mention string
}

// NewSlack returns a sink that gets everything about deployments unless the endpoint says otherwise,
// except that one is waiting. The mention names who is called when one fails, as Slack writes it:
// <!here>, <@U…> or <!subteam^S…>, several separated by blanks; "" for nobody.
func NewSlack(to Endpoint, mention string) (*Slack, error) {
	if len(to.Events) == 0 {
		to.Events = []string{
			"deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted", "deployment.blocked", rolledBack,
		}
	}
	common, err := newReceiver("slack", to)
	if err != nil {
		return nil, err
	}
	form := regexp.MustCompile(`^(<!(here|channel|everyone)>|<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>)$`)
	for name := range strings.FieldsSeq(mention) {
		if !form.MatchString(name) {
			return nil, common.to.impossible(fmt.Errorf("%q is no mention; write <!here>, <!channel>, <@U…> or <!subteam^S…>", name))
		}
	}
	s := &Slack{receiver: common, mention: strings.Join(strings.Fields(mention), " ")}
	s.courier.judge, s.courier.final = posted, []int{http.StatusNotFound, http.StatusGone}
	return s, nil
}

// Send posts one message.
func (s *Slack) Send(ctx context.Context, e Event) error {
	p, err := s.letter(s.to.URL, e.ID, newSlackMessage(e, s.mention))
	if err != nil {
		return err
	}
	return s.courier.deliver(ctx, e, p)
}

// posted reads what Slack's answer means: a message is posted when it says ok.
func posted(status int, said answer) error {
	if status == http.StatusOK && said.message == "ok" {
		return nil
	}
	return &Failure{Status: status, Message: said.message, uncertain: status >= http.StatusInternalServerError}
}
