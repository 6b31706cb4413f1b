package sim

import (
	"errors"
	"fmt"
	"maps"
)

// CommentEvent fills a real issue_comment payload with this repository, a comment and its
// pull request. The action is created, edited or deleted; the sender is the comment's author.
// Numbers of the template stay exact.
func (g *GitHub) CommentEvent(template []byte, action string, commentID int64) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	payload, ok := decode(template).(object)
	if !ok {
		return nil, errors.New("read event template: it is no JSON object")
	}
	found := g.comment(commentID)
	if found == nil {
		return nil, fmt.Errorf("find comment %d: it does not exist", commentID)
	}
	issue, _ := payload["issue"].(object)
	if issue == nil {
		return nil, errors.New("read event template: it has no issue")
	}
	g.fillIssue(issue, g.pulls[found.pull])
	payload["action"] = action
	payload["comment"] = g.restComment(found)
	payload["repository"] = merged(payload["repository"], g.restRepository(g.repository.FullName()))
	payload["sender"] = g.user(found.author).rest()
	return encode(payload), nil
}

// PullEvent fills a real pull_request payload with this repository and a pull request, which
// a user has opened, closed and so on. Numbers of the template stay exact.
func (g *GitHub) PullEvent(template []byte, action string, number int, sender string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	payload, ok := decode(template).(object)
	if !ok {
		return nil, errors.New("read event template: it is no JSON object")
	}
	found := g.pulls[number]
	if found == nil {
		return nil, fmt.Errorf("find pull request %d: it does not exist", number)
	}
	payload["action"], payload["number"] = action, number
	payload["pull_request"] = merged(payload["pull_request"], g.restPull(found))
	payload["repository"] = merged(payload["repository"], g.restRepository(g.repository.FullName()))
	payload["sender"] = g.user(sender).rest()
	return encode(payload), nil
}

func (g *GitHub) fillIssue(issue object, p *pull) {
	page := g.web("/pull/%d", p.Number)
	self := g.api("/issues/%d", p.Number)
	issue["url"], issue["repository_url"], issue["html_url"] = self, g.api(""), page
	issue["labels_url"], issue["comments_url"], issue["events_url"] = self+"/labels{/name}", self+"/comments", self+"/events"
	issue["id"], issue["node_id"], issue["number"] = p.id, p.nodeID(), p.Number
	issue["title"], issue["body"], issue["user"] = p.Title, p.Body, g.user(p.Author).rest()
	issue["state"], issue["draft"], issue["labels"] = restState(p.state), p.Draft, g.restLabels(p)
	issue["comments"], issue["author_association"] = len(g.commentsOf(p.Number)), g.user(p.Author).association()
	issue["created_at"], issue["updated_at"], issue["closed_at"] = p.createdAt, p.updatedAt, moment(p.closedAt)
	issue["pull_request"] = object{
		"url": g.api("/pulls/%d", p.Number), "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"merged_at": p.mergedAt(),
	}
}

// merged is the template's object with new values on top.
func merged(template any, values object) object {
	result, ok := template.(object)
	if !ok {
		return values
	}
	maps.Copy(result, values)
	return result
}
