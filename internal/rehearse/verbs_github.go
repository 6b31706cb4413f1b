package rehearse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Verbs in this file bring GitHub into states that are rare, and that a deployment has to get along with.

func (p *Session) recheck(_ context.Context, rest string) error {
	head := p.GitHub.Head(rest)
	if head == "" {
		return fmt.Errorf("there is no branch %q", rest)
	}
	p.GitHub.RerunChecks(head)
	return nil
}

func (p *Session) protection(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err == nil {
		p.GitHub.Protect(sim.Protection{Checks: f})
	}
	return err
}

func (p *Session) computing(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 1)
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(f[0])
	if err == nil {
		p.GitHub.EditPull(number, func(pull *sim.Pull) { pull.Computing = times })
	}
	return err
}

func (p *Session) runnerClock(_ context.Context, rest string) (err error) {
	p.skew, err = time.ParseDuration(rest)
	return err
}

func (p *Session) lag(_ context.Context, rest string) error {
	behind, err := time.ParseDuration(rest)
	if err == nil {
		p.GitHub.Lag(behind)
	}
	return err
}

func (p *Session) lacks(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err == nil {
		p.GitHub.Lacks(f...)
	}
	return err
}

func (p *Session) refuseField(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err == nil {
		p.GitHub.RefuseField(sim.FieldRefusal{Field: f[0], Message: strings.Join(f[1:], " ")})
	}
	return err
}

func (p *Session) archive(context.Context, string) error {
	p.GitHub.Archive()
	return nil
}

func (p *Session) allowList(context.Context, string) error {
	p.GitHub.RestrictAddresses()
	return nil
}

func (p *Session) lockConversation(_ context.Context, rest string) error {
	number, _, err := p.numbered(rest, 0)
	if err == nil {
		p.GitHub.LockConversation(number)
	}
	return err
}
