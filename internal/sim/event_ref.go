package sim

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

// RefEvent fills the real payload of an event that is about a branch or a tag: push, release,
// workflow_dispatch or schedule. The reference is a full one, such as refs/tags/v1. Numbers of
// the template stay exact.
func (g *GitHub) RefEvent(template []byte, event, ref, sender string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	payload, ok := decode(template).(object)
	if !ok {
		return nil, errors.New("read event template: it is no JSON object")
	}
	oid, found := g.git.Ref(ref)
	if !found {
		return nil, fmt.Errorf("find %s: it does not exist", ref)
	}
	payload["repository"] = merged(payload["repository"], g.restRepository(g.repository.FullName()))
	payload["sender"] = g.user(sender).rest()
	var err error
	switch event {
	case "push":
		g.fillPush(payload, ref, oid, sender)
	case "release":
		err = g.fillRelease(payload, ref, sender)
	case "workflow_dispatch":
		payload["ref"], payload["workflow"] = ref, workflowPath
	case "workflow_run":
		g.fillWorkflowRun(payload, ref, oid, sender)
	case "schedule":
		payload["schedule"], payload["workflow"] = "30 5 * * 1", workflowPath
	default:
		err = fmt.Errorf("event %q is about no branch or tag", event)
	}
	return encode(payload), err
}

// workflowPath is the file of the workflow that a payload names.
const workflowPath = ".github/workflows/deploy.yml"

// TagHead returns the oid of the commit that a tag points at, "" when there is no such tag.
func (g *GitHub) TagHead(tag string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	oid, _ := g.git.Ref("refs/tags/" + tag)
	return oid
}

// fillPush tells of one new commit; the push of a tag tells of none, and of the commit that it names.
func (g *GitHub) fillPush(payload object, ref, oid, sender string) {
	commit, _ := g.git.Commit(oid)
	head, before := g.pushedCommit(commit), strings.Repeat("0", len(oid))
	payload["commits"] = []any{}
	if strings.HasPrefix(ref, "refs/heads/") {
		payload["commits"] = []any{head}
		if len(commit.Parents) > 0 {
			before = commit.Parents[0]
		}
	}
	payload["ref"], payload["before"], payload["after"], payload["head_commit"] = ref, before, oid, head
	payload["created"], payload["compare"] = strings.Trim(before, "0") == "", g.web("/compare/%s...%s", before, oid)
	pusher := g.user(sender)
	payload["pusher"] = object{"name": pusher.Login, "email": g.signature(sender, commit.Committer.When).Email}
}

// pushedCommit is a commit as payloads of pushes show it.
func (g *GitHub) pushedCommit(c git.Commit) object {
	person := func(s git.Signature) object {
		shown := object{"name": s.Name, "email": s.Email}
		if login := g.loginOf(s); login != "" {
			shown["username"] = login
		}
		return shown
	}
	return object{
		"id": c.OID, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": c.Committer.When,
		"url": g.web("/commit/%s", c.OID), "author": person(c.Author), "committer": person(c.Committer),
		"added": []any{}, "removed": []any{}, "modified": []any{},
	}
}

// fillWorkflowRun tells that a run of another workflow has ended, which a push to the branch had started.
func (g *GitHub) fillWorkflowRun(payload object, ref, oid, sender string) {
	run, isObject := payload["workflow_run"].(object)
	if !isObject {
		return
	}
	payload["action"] = "completed"
	run["event"], run["status"], run["conclusion"] = "push", "completed", "success"
	run["head_branch"], run["head_sha"] = strings.TrimPrefix(ref, "refs/heads/"), oid
	run["created_at"], run["run_started_at"], run["updated_at"] = g.now(), g.now(), g.now()
	run["repository"] = merged(run["repository"], g.restRepository(g.repository.FullName()))
	run["head_repository"] = run["repository"]
	run["actor"], run["triggering_actor"] = g.user(sender).rest(), g.user(sender).rest()
}

// fillRelease tells that the release of a tag was published.
func (g *GitHub) fillRelease(payload object, ref, sender string) error {
	tag, isTag := strings.CutPrefix(ref, "refs/tags/")
	release, ok := payload["release"].(object)
	if !isTag || !ok {
		return fmt.Errorf("release %s: a tag and a template with a release are needed", ref)
	}
	payload["action"] = "published"
	release["tag_name"], release["name"], release["target_commitish"] = tag, tag, g.repository.DefaultBranch
	release["author"], release["html_url"] = g.user(sender).rest(), g.web("/releases/tag/%s", tag)
	release["url"] = g.api("/releases/1")
	release["assets_url"], release["upload_url"] = g.api("/releases/1/assets"), g.api("/releases/1/assets{?name,label}")
	release["tarball_url"], release["zipball_url"] = g.api("/tarball/%s", tag), g.api("/zipball/%s", tag)
	release["created_at"], release["published_at"] = g.now(), g.now()
	return nil
}
