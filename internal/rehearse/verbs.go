package rehearse

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Verb is a word that a script's line can begin with.
type Verb struct {
	Usage string // the verb and what follows it
	Does  string // one sentence

	play func(*Play, context.Context, string) error
}

// name is the verb itself.
func (v Verb) name() string {
	name, _, _ := strings.Cut(v.Usage, " ")
	return name
}

// Verbs lists every verb, but for those that expect something: see Wants.
func Verbs() []Verb {
	return []Verb{
		{"user LOGIN PERMISSION [ROLE]", "Somebody with a permission (`admin`, `write`, `read`, `none`) and a role.", (*Play).user},
		{"push BRANCH [MESSAGE]", "A commit on a branch, which is created if need be.", (*Play).push},
		{"signed BRANCH [MESSAGE]", "A commit with a verified signature.", (*Play).signed},
		{"during TEXT LINE", "The line is played just before the next request whose method, path or body holds the text.", (*Play).during},
		{"delete-branch BRANCH", "The branch goes away.", (*Play).deleteBranch},
		{"pull NUMBER LOGIN BRANCH [TITLE]", "A pull request into the default branch.", (*Play).openPull},
		{"fork NUMBER LOGIN BRANCH OWNER/NAME", "A pull request from another repository; `deleted` is one that is gone.", (*Play).openFork},
		{"draft NUMBER [BASE]", "The pull request becomes a draft; with a base, it wants to be merged into that branch instead.", (*Play).draft},
		{"state NUMBER MERGE-STATE", "GitHub says this of whether the pull request can be merged: `DIRTY`, `BLOCKED`, …", (*Play).mergeState},
		{"merge NUMBER", "The pull request is merged.", (*Play).merge},
		{"review NUMBER LOGIN STATE", "Somebody reviews: `APPROVED` or `CHANGES_REQUESTED`.", (*Play).review},
		{"check NAME BRANCH STATE", "A check of the branch's head stands so: `in_progress`, `success`, `failure`, …; `1..120` in the name makes so many.", (*Play).check},
		{"rule reviews COUNT", "The default branch asks for so many reviews; `rule checks NAME…` for these checks.", (*Play).rule},
		{"comment LOGIN NUMBER TEXT", "Somebody comments, and the workflow runs. In double quotes the text may hold escapes.", (*Play).commentAs},
		{"edit LOGIN", "The newest comment is edited.", (*Play).edit},
		{"job STATUS [DURATION]", "The job's own steps end (`success`, `failure`, `cancelled`), and the post step runs.", (*Play).endJob},
		{"end STATUS", "The same, if there is a job to end.", (*Play).end},
		{"step EVENT LOGIN NAME=VALUE…", "The action runs as a step of a workflow on another event, with these inputs.", (*Play).trackStep},
		{"deployed ENVIRONMENT BRANCH LOGIN STATE", "Another tool deploys.", (*Play).deployed},
		{"set NAME VALUE", "An input changes from here on.", (*Play).set},
		{"token SCOPE=LEVEL…", "The workflow's token may do only this from here on.", (*Play).token},
		{"pass DURATION", "Time passes.", (*Play).pass},
		{"fail METHOD PATH STATUS [after] [TIMES]", "GitHub fails the next matching request; `cut` or `hang` instead of a status; `after` it took effect; `*` stands for one part of a path.", (*Play).fail},
		{"tracker STATUS CODE MESSAGE", "The tracking endpoint refuses the next start; `tracker down` fails everything.", (*Play).tracker},
	}
}

// resolve replaces sha(BRANCH) by the branch's newest commit of this story, and sha(BRANCH~1) by the
// one before.
func (p *Play) resolve(text string) string {
	return regexp.MustCompile(`sha\(([^()~]+)(~1)?\)`).ReplaceAllStringFunc(text, func(word string) string {
		branch, before := strings.CutSuffix(word[len("sha("):len(word)-1], "~1")
		back := 1
		if before {
			back = 2
		}
		commits := p.pushed[branch]
		if len(commits) < back {
			return word
		}
		return commits[len(commits)-back]
	})
}

// line plays one line of the script.
func (p *Play) line(ctx context.Context, line Line) error {
	line.Rest = p.resolve(line.Rest)
	if line.Verb == "want" || line.Verb == "cmp" {
		if err := p.expect(line); err != nil {
			p.problems = append(p.problems, fmt.Errorf("story %q, line %d: %w", p.story.Name, line.Number, err))
		}
		return nil
	}
	var known []string
	for _, verb := range Verbs() {
		if verb.name() == line.Verb {
			return verb.play(p, ctx, line.Rest)
		}
		known = append(known, verb.name())
	}
	return fmt.Errorf("no such verb; there are %s, want and cmp", strings.Join(known, ", "))
}

// fields reads words and wants at least so many.
func fields(rest string, least int) ([]string, error) {
	all, err := words(rest)
	if err == nil && len(all) < least {
		err = fmt.Errorf("%d words are needed", least)
	}
	return all, err
}

func (p *Play) user(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	u := sim.User{Login: f[0], Permission: f[1]}
	if len(f) > 2 {
		u.RoleName = f[2]
	}
	p.GitHub.AddUser(u)
	return nil
}

func (p *Play) push(_ context.Context, rest string) error {
	return p.commit(rest, sim.Commit{Author: "alice"})
}

func (p *Play) signed(_ context.Context, rest string) error {
	return p.commit(rest, sim.Commit{Author: "alice", Verified: true})
}

func (p *Play) commit(rest string, c sim.Commit) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	c.Branch, c.Message = f[0], strings.Join(f[1:], " ")
	c.Files = map[string]string{c.Branch + ".txt": c.Message}
	p.pushed[c.Branch] = append(p.pushed[c.Branch], p.GitHub.Push(c))
	return nil
}

func (p *Play) during(ctx context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	line := Line{Verb: f[1], Rest: strings.Join(f[2:], " ")}
	p.moments.before(f[0], func() error { return p.line(ctx, line) })
	return nil
}

func (p *Play) openPull(_ context.Context, rest string) error {
	return p.openFrom(rest, "")
}

func (p *Play) openFork(_ context.Context, rest string) error {
	f, err := fields(rest, 4)
	if err != nil {
		return err
	}
	return p.openFrom(strings.Join(f[:3], " "), f[3])
}

func (p *Play) openFrom(rest, from string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(f[0])
	if err != nil {
		return err
	}
	p.GitHub.OpenPull(sim.Pull{Number: number, Author: f[1], Head: f[2], Title: strings.Join(f[3:], " "), HeadRepository: from})
	p.pull = number
	return nil
}

func (p *Play) merge(_ context.Context, rest string) error {
	number, err := strconv.Atoi(rest)
	if err == nil {
		p.GitHub.MergePull(number)
	}
	return err
}

func (p *Play) review(_ context.Context, rest string) error {
	number, f, err := numbered(rest, 2)
	if err == nil {
		p.GitHub.Review(number, f[0], f[1])
	}
	return err
}

// numbered reads the number of a pull request and words behind it.
func numbered(rest string, least int) (int, []string, error) {
	f, err := fields(rest, least+1)
	if err != nil {
		return 0, nil, err
	}
	number, err := strconv.Atoi(f[0])
	return number, f[1:], err
}

func (p *Play) draft(_ context.Context, rest string) error {
	number, f, err := numbered(rest, 0)
	if err != nil {
		return err
	}
	p.GitHub.EditPull(number, func(pull *sim.Pull) {
		pull.Draft = len(f) == 0
		if len(f) > 0 {
			pull.Base = f[0]
		}
	})
	return nil
}

func (p *Play) mergeState(_ context.Context, rest string) error {
	number, f, err := numbered(rest, 1)
	if err == nil {
		p.GitHub.EditPull(number, func(pull *sim.Pull) { pull.MergeState = f[0] })
	}
	return err
}

func (p *Play) check(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	for i := range checkCount(f[0]) {
		p.GitHub.Check(sim.Check{Name: strings.ReplaceAll(f[0], checkRange, strconv.Itoa(i+1)), Commit: p.GitHub.Head(f[1]), State: f[2]})
	}
	return nil
}

// checkRange stands in the name of a check for each number of a crowd that fills more than one page.
const checkRange = "1..120"

func checkCount(name string) int {
	if strings.Contains(name, checkRange) {
		return 120
	}
	return 1
}

func (p *Play) rule(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	if f[0] == "checks" {
		p.GitHub.RequireChecks(f[1:]...)
		return nil
	}
	count, err := strconv.Atoi(f[1])
	if err == nil {
		p.GitHub.RequireReviews(count)
	}
	return err
}

func (p *Play) deleteBranch(_ context.Context, rest string) error {
	p.GitHub.DeleteBranch(rest)
	return nil
}

func (p *Play) commentAs(ctx context.Context, rest string) error {
	login, rest, _ := strings.Cut(rest, " ")
	pull, body, _ := strings.Cut(rest, " ")
	number, err := strconv.Atoi(pull)
	if err != nil {
		return err
	}
	if strings.HasPrefix(body, `"`) {
		if body, err = strconv.Unquote(body); err != nil {
			return fmt.Errorf("read comment: %w", err)
		}
	}
	p.pull, p.comment = number, p.GitHub.Comment(number, login, body)
	p.comments[number]++
	p.show.said(login, number, body)
	return p.runCommand(ctx, login, "created")
}

func (p *Play) edit(ctx context.Context, login string) error {
	return p.runCommand(ctx, login, "edited")
}

func (p *Play) runCommand(ctx context.Context, actor, action string) error {
	payload, err := p.commandEvent(action)
	if err != nil {
		return err
	}
	return p.step(ctx, "issue_comment", actor, payload, nil)
}

func (p *Play) endJob(ctx context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	if !p.open {
		return errors.New("the action did not say continue, so that there is no job to end")
	}
	if len(f) > 1 {
		duration, err := time.ParseDuration(f[1])
		if err != nil {
			return fmt.Errorf("read duration: %w", err)
		}
		p.wait(duration)
	}
	return p.finish(ctx, f[0])
}

func (p *Play) end(ctx context.Context, rest string) error {
	if !p.open {
		return nil
	}
	return p.finish(ctx, rest)
}

func (p *Play) trackStep(ctx context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	with := map[string]string{}
	for _, pair := range f[2:] {
		name, value, _ := strings.Cut(pair, "=")
		with[name] = value
	}
	p.show.stepped(f[1], f[0], with)
	again := p.runs // steps of one workflow run share its number
	if err := p.step(ctx, f[0], f[1], plainEvent(), with); err != nil {
		return err
	}
	if with["status"] == "started" || with["status"] == "pending" {
		p.runs = again
	}
	return nil
}

func (p *Play) deployed(_ context.Context, rest string) error {
	f, err := fields(rest, 4)
	if err != nil {
		return err
	}
	p.GitHub.Deploy(sim.DeploymentSpec{Environment: f[0], Ref: f[1], SHA: p.GitHub.Head(f[1]), Creator: f[2], State: f[3]})
	return nil
}

func (p *Play) set(_ context.Context, rest string) error {
	name, value, _ := strings.Cut(rest, " ")
	p.inputs[name] = strings.TrimSpace(value)
	return nil
}

func (p *Play) token(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	permissions := map[string]string{}
	for _, pair := range f {
		scope, level, _ := strings.Cut(pair, "=")
		permissions[scope] = level
	}
	p.GitHub.AddToken(sim.Token{Value: "scoped-token", Login: "github-actions[bot]", Permissions: permissions})
	p.inputs["github_token"] = "scoped-token"
	return nil
}

func (p *Play) pass(_ context.Context, rest string) error {
	duration, err := time.ParseDuration(rest)
	if err == nil {
		p.wait(duration)
	}
	return err
}

func (p *Play) fail(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	fault := sim.Fault{Method: f[0], Path: f[1], Times: 1}
	switch f[2] {
	case "cut":
		fault.Cut = true
	case "hang":
		fault.Hang = true
	default:
		if fault.Status, err = strconv.Atoi(f[2]); err != nil {
			return err
		}
	}
	for _, word := range f[3:] {
		if word == "after" {
			fault.After = true
		} else if fault.Times, err = strconv.Atoi(word); err != nil {
			return err
		}
	}
	p.GitHub.Fail(fault)
	return nil
}

func (p *Play) tracker(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	if f[0] == "down" {
		p.Versioner.Fail(sim.Fault{Status: 500, Times: -1})
		return nil
	}
	status, err := strconv.Atoi(f[0])
	if err != nil || len(f) < 3 {
		return errors.New("status, code and message are needed")
	}
	p.Versioner.Refuse(sim.Refusal{Status: status, Code: f[1], Message: f[2]})
	return nil
}
