package conform

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/wait"
)

// attempt plays one assumption. After an error its methods do nothing, and what is judged does not count.
type attempt struct {
	*Session
	row     Assumption
	err     error
	denied  string // what GraphQL said of a missing permission
	hurries bool   // does not wait between writes
}

// judge makes a result of a condition and of what was seen.
func judge(holds bool, format string, args ...any) Result { //nolint:revive // it is an assertion
	outcome := NotHeld
	if holds {
		outcome = Held
	}
	return Result{outcome, fmt.Sprintf(format, args...)}
}

// fail ends the attempt with an error, if it is one.
func (a *attempt) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// skip ends the attempt because it cannot be made here.
func (a *attempt) skip(format string, args ...any) Result {
	a.fail(&untriedError{fmt.Sprintf(format, args...)})
	return Result{}
}

// unprepared ends the attempt because what it needs was not made by hand.
func (a *attempt) unprepared() Result { return a.skip("%s", a.row.Why) }

// rest sends a request below the repository.
func (a *attempt) rest(ctx context.Context, method, path string, body any) any {
	if method != http.MethodGet {
		a.slowDown(ctx)
	}
	if a.err != nil {
		return nil
	}
	answered, err := a.call(ctx, method, path, body)
	a.fail(err)
	return answered
}

func (a *attempt) get(ctx context.Context, format string, args ...any) any {
	return a.rest(ctx, http.MethodGet, fmt.Sprintf(format, args...), nil)
}

// refusalOf sends a request that may be refused, and returns the refusal, nil for none.
func (a *attempt) refusalOf(ctx context.Context, s step) *refusal {
	if a.err != nil {
		return nil
	}
	_, err := a.call(ctx, s.method, s.path, s.body)
	said, err := refused(err)
	a.fail(err)
	return said
}

// ask sends a GraphQL document, and returns one field of the answer as the reply's data.
func (a *attempt) ask(ctx context.Context, document string, variables map[string]any, field string) reply {
	if a.err != nil {
		return reply{}
	}
	got, err := a.graph(ctx, document, variables)
	a.fail(err)
	got.data = at(got.data, field)
	for _, one := range got.problems {
		if strings.Contains(one.Message, notAccessible) {
			a.denied = one.Message
		}
	}
	return got
}

// query asks for fields of the repository, which the reply has as its data.
func (a *attempt) query(ctx context.Context, format string, args ...any) reply {
	document := `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ` + fmt.Sprintf(format, args...) + ` } }`
	return a.ask(ctx, document, map[string]any{"owner": a.owner, "name": a.name}, "repository")
}

// mutate runs one mutation, whose payload the reply has as its data.
func (a *attempt) mutate(ctx context.Context, mutation, fields string, input map[string]any) reply {
	a.slowDown(ctx)
	kind := strings.ToUpper(mutation[:1]) + mutation[1:] + "Input!"
	return a.ask(ctx, `mutation($input: `+kind+`) { `+mutation+`(input: $input) { `+fields+` } }`, map[string]any{"input": input}, mutation)
}

// slowDown waits before a write.
func (a *attempt) slowDown(ctx context.Context) {
	if !a.hurries && a.options.Pace > 0 {
		a.pause(ctx, a.options.Pace)
	}
}

// pause waits.
func (a *attempt) pause(ctx context.Context, d time.Duration) {
	if a.err == nil {
		a.fail(wait.For(ctx, d))
	}
}

// until looks again until something has come, for twenty seconds at most, and returns how long that took.
func (a *attempt) until(ctx context.Context, hasCome func() bool) (waited time.Duration) {
	const step, most = 2 * time.Second, 20 * time.Second
	for !hasCome() && a.err == nil && waited < most {
		a.pause(ctx, step)
		waited += step
	}
	return waited
}

// branch makes a branch, and returns its name.
func (a *attempt) branch(ctx context.Context, name, sha string) string {
	name = a.marked(name)
	a.note(branchLeft(name))
	a.rest(ctx, http.MethodPost, "/git/refs", map[string]any{"ref": "refs/heads/" + name, "sha": sha})
	return name
}

// move makes a branch of this run point at another commit.
func (a *attempt) move(ctx context.Context, branch, sha string) {
	a.rest(ctx, http.MethodPatch, "/git/refs/heads/"+branch, map[string]any{"sha": sha, "force": true})
}

// commit makes a commit that writes one file on top of another commit.
func (a *attempt) commit(ctx context.Context, parent, content string, more map[string]any) string {
	on := a.get(ctx, "/git/commits/%s", parent)
	file := map[string]any{"path": a.mark + ".txt", "mode": "100644", "type": "blob", "content": content}
	tree := a.rest(ctx, http.MethodPost, "/git/trees", map[string]any{"base_tree": text(at(on, "tree", "sha")), "tree": []any{file}})
	body := map[string]any{"message": a.mark + ": " + content, "tree": text(at(tree, "sha")), "parents": []any{parent}}
	maps.Copy(body, more)
	return text(at(a.rest(ctx, http.MethodPost, "/git/commits", body), "sha"))
}

// commits makes a branch with a commit on top of the default branch, and a commit on top of that.
func (a *attempt) commits(ctx context.Context, name string) (branch, first, second string) {
	first = a.commit(ctx, a.head, name+" 1", nil)
	second = a.commit(ctx, first, name+" 2", nil)
	return a.branch(ctx, name, first), first, second
}

// pushed makes a branch with a commit on top of the default branch.
func (a *attempt) pushed(ctx context.Context, name string, more map[string]any) (commit string) {
	commit = a.commit(ctx, a.head, name, more)
	a.branch(ctx, name, commit)
	return commit
}

// rated makes a branch with a commit that has commit statuses.
func (a *attempt) rated(ctx context.Context, name string, states ...string) (commit string) {
	commit = a.pushed(ctx, name, nil)
	for _, state := range states {
		a.rest(ctx, http.MethodPost, "/statuses/"+commit, map[string]any{"state": state, "context": a.mark})
	}
	return commit
}

// tip is the commit that a branch points at, "" when it does not exist.
func (a *attempt) tip(ctx context.Context, branch string) string {
	return text(at(a.query(ctx, "ref(qualifiedName: %q) { target { oid } }", "refs/heads/"+branch).data, "ref", "target", "oid"))
}

// pull is the pull request of a session, between two branches of its own.
type pull struct {
	number     int64
	id         string // for GraphQL
	head, base string
	commit     string // of the head
}

// openPull returns the session's pull request, which is made when it is first asked for.
func (a *attempt) openPull(ctx context.Context) pull {
	if a.err != nil || a.own.number != 0 {
		return a.own
	}
	a.own = a.pullOn(ctx, a.head, "")
	return a.own
}

// pullOn opens a pull request of a commit on top of another, whose branches have this in their names.
func (a *attempt) pullOn(ctx context.Context, parent, name string) pull {
	p := pull{base: a.branch(ctx, name+"base", a.head), commit: a.commit(ctx, parent, name+"head", nil)}
	p.head = a.branch(ctx, name+"head", p.commit)
	opened := a.rest(ctx, http.MethodPost, "/pulls", map[string]any{
		"title": a.mark, "head": p.head, "base": p.base, "body": "Made by a conformance run, and closed by it.",
	})
	if said, _ := refused(a.err); said != nil && strings.Contains(said.message, "not permitted to create") {
		a.err = &untriedError{"the repository's settings do not let GitHub Actions create pull requests"}
	}
	if a.err != nil {
		return pull{}
	}
	p.number, p.id = number(at(opened, "number")), text(at(opened, "node_id"))
	a.note(pullLeft(p.number))
	return p
}

// comment comments on a pull request, and returns the comment.
func (a *attempt) comment(ctx context.Context, on pull, body string) any {
	made := a.rest(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/comments", on.number), map[string]any{"body": a.mark + ": " + body})
	if a.err == nil {
		a.note(commentLeft(number(at(made, "id"))))
	}
	return made
}

// deployment is a deployment by its two ids: GraphQL's numbers are too small for that of REST.
type deployment struct {
	id   int64
	node string
}

// deploy makes a deployment of the default branch's newest commit.
func (a *attempt) deploy(ctx context.Context, to string, more map[string]any) deployment {
	body := map[string]any{
		"ref": a.head, "environment": to, "task": a.mark, "auto_merge": false, "required_contexts": []any{},
		"production_environment": to == production,
	}
	maps.Copy(body, more)
	answered := a.rest(ctx, http.MethodPost, "/deployments", body)
	made := deployment{number(at(answered, "id")), text(at(answered, "node_id"))}
	if a.err == nil {
		a.note(deploymentLeft(made.id))
	}
	return made
}

// succeed makes a deployment that has succeeded.
func (a *attempt) succeed(ctx context.Context, to string) deployment {
	made := a.deploy(ctx, to, nil)
	a.rest(ctx, http.MethodPost, fmt.Sprintf("/deployments/%d/statuses", made.id), map[string]any{"state": "success"})
	return made
}
