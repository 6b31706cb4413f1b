package rehearse

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// write commits onto a branch, or with the name pull/NUMBER onto the head of a pull request.
func (p *Session) write(branch string, c sim.Commit) error {
	c.Branch, c.Author = branch, cmp.Or(c.Author, "alice")
	name, isPull := strings.CutPrefix(branch, "pull/")
	if !isPull {
		p.pushed[branch] = append(p.pushed[branch], p.GitHub.Push(c))
		return nil
	}
	number, err := strconv.Atoi(name)
	if err != nil || p.GitHub.PullState(number) == "" {
		return fmt.Errorf("there is no pull request %s", name)
	}
	p.pushed[branch] = append(p.pushed[branch], p.GitHub.PushToPull(number, c))
	return nil
}

func (p *Session) commitSection(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	text, err := p.story.section(strings.Join(f[2:], " "))
	if err != nil {
		return err
	}
	return p.write(f[0], sim.Commit{Message: "Write " + f[1], Files: map[string]string{f[1]: text}})
}

func (p *Session) rename(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	revision := cmp.Or(p.GitHub.Head(f[0]), "main")
	if strings.HasPrefix(f[0], "pull/") {
		revision = "refs/" + f[0] + "/head"
	}
	text, found := p.GitHub.File(revision, f[1])
	if !found {
		return fmt.Errorf("there is no file %q on %s", f[1], f[0])
	}
	return p.write(f[0], sim.Commit{Message: "Move " + f[1], Files: map[string]string{f[2]: text}, Removes: []string{f[1]}})
}

func (p *Session) describe(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 1)
	if err != nil {
		return err
	}
	text, err := p.story.section(f[0])
	if err == nil {
		p.GitHub.EditPull(number, func(pull *sim.Pull) { pull.Body = text })
	}
	return err
}

func (p *Session) openIssue(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	number, err := readNumber("the issue", f[0])
	if err != nil {
		return err
	}
	last := len(f) - 1
	text, err := p.story.section(f[last])
	if err == nil {
		p.GitHub.OpenIssue(sim.Issue{Number: number, Body: p.resolve(text), Labels: f[1:last]})
	}
	return err
}

func (p *Session) unlabelled(_ context.Context, rest string) error {
	number, names, err := p.numbered(rest, 1)
	if err != nil {
		return err
	}
	return p.GitHub.Unlabel(number, names...)
}

func (p *Session) team(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	organization, team, found := strings.Cut(f[0], "/")
	if !found {
		return fmt.Errorf("%q is not like ORG/TEAM", f[0])
	}
	for _, word := range f[1:] {
		login, state, _ := strings.Cut(word, "=")
		switch state {
		case "", "active":
			p.GitHub.AddTeam(organization, team, login)
		case "pending":
			p.GitHub.InviteToTeam(organization, team, login)
		default:
			return oneOf("the state", state, "active", "pending")
		}
	}
	return nil
}

func (p *Session) at(_ context.Context, rest string) error {
	moment, err := readMoment(rest)
	if err != nil {
		return err
	}
	ahead := moment.Sub(p.clock.Now())
	if !p.began {
		return nil // the session began at that moment
	}
	if ahead < 0 {
		return fmt.Errorf("it is %s already; only the first line can go back", p.clock.Now().In(moment.Location()).Format(time.RFC3339))
	}
	p.clock.Advance(ahead)
	return nil
}
