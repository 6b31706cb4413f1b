package rehearse

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/testdata"
)

// trigger is the event that a workflow runs on.
type trigger struct {
	event, actor string
	payload      []byte
	branch       string            // that its run is listed under, or the tag
	sha          string            // of the run, "" for the newest commit of the branch
	variables    map[string]string // in which it differs from a run on the default branch
}

// newTrigger returns the event on a branch, a tag or a pull request.
func (p *Session) newTrigger(event, at, actor string) (trigger, error) {
	o := trigger{event: event, actor: actor, branch: "main", variables: map[string]string{}}
	var err error
	switch event {
	case "pull_request":
		err = o.onPull(p, at)
	case "push", "workflow_dispatch", "schedule", "release":
		err = o.onRef(p, at)
	case "workflow_run":
		err = o.onRun(p, at)
	default:
		o.payload = plainEvent()
	}
	return o, err
}

// onPull is about a pull request that is open.
func (o *trigger) onPull(p *Session, at string) error {
	number, err := strconv.Atoi(at)
	if err != nil {
		return errors.New("the number of a pull request is needed, as in pull_request@1")
	}
	template, err := testdata.Files().ReadFile("events/pull_request.opened.json")
	if err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	if o.payload, err = p.GitHub.PullEvent(template, "synchronize", number, o.actor); err != nil {
		return err
	}
	err = aboutPull(o.variables, o.payload)
	o.branch = o.variables["GITHUB_HEAD_REF"]
	return err
}

// onRef is about a branch, by default main, or a tag.
func (o *trigger) onRef(p *Session, at string) error {
	template, err := refTemplate(o.event)
	if err != nil {
		return err
	}
	tag, isTag := strings.CutPrefix(at, "tags/")
	if isTag || o.event == "release" {
		o.branch, o.sha = tag, p.GitHub.TagHead(tag)
		o.variables["GITHUB_REF"], o.variables["GITHUB_SHA"] = "refs/tags/"+tag, o.sha
	} else {
		o.branch = cmp.Or(at, "main")
		o.variables["GITHUB_REF"], o.variables["GITHUB_SHA"] = "refs/heads/"+o.branch, p.GitHub.Head(o.branch)
	}
	o.payload, err = p.GitHub.RefEvent(template, o.event, o.variables["GITHUB_REF"], o.actor)
	return err
}

// onRun is about another run, of a push to a branch, which has ended. It runs the workflow file of the default branch.
func (o *trigger) onRun(p *Session, at string) error {
	template, err := refTemplate(o.event)
	if err != nil {
		return err
	}
	o.payload, err = p.GitHub.RefEvent(template, o.event, "refs/heads/"+cmp.Or(at, "main"), o.actor)
	return err
}

// refTemplate is a real payload of an event. What a schedule brings is all filled in.
func refTemplate(event string) ([]byte, error) {
	name := map[string]string{"push": "push", "workflow_dispatch": "workflow_dispatch", "release": "release.published", "workflow_run": "workflow_run.completed"}[event]
	if name == "" {
		return []byte("{}"), nil
	}
	template, err := testdata.Files().ReadFile("events/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	return template, nil
}
