package rehearse

import (
	"context"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// githubVerbs bring GitHub into states that are rare, or that an attacker would like, and that a deployment has to get
// along with.
func githubVerbs() []Verb {
	return []Verb{
		{"move BRANCH FROM [LOGIN]", "Force-pushes BRANCH to FROM, a branch or commit.", (*Session).move},
		{"pushpull NUMBER AGE MESSAGE", "Commits to the pull request, dated AGE ago.", (*Session).pushPull},
		{"stacked NUMBER BASE STACK POSITION", "Sets base and stack position.", (*Session).stacked},
		{"appcheck APP NAME BRANCH STATE [WORKFLOW] [EVENT]", "Sets a check of another app, workflow or event.", (*Session).appCheck},
		{"status NAME BRANCH STATE [LOGIN]", "Sets a commit status.", (*Session).commitStatus},
		{"rulecheck NAME APP-ID", "Requires a check of one app.", (*Session).ruleCheck},
		{"unstarted WORKFLOW BRANCH CONCLUSION", "A run ends before any job: `startup_failure`, …", (*Session).unstarted},
		{"recheck BRANCH", "Restarts the branch's workflow runs; their checks vanish.", (*Session).recheck},
		{"protection NAME…", "Classic protection requires these checks.", (*Session).protection},
		{"deployed ENVIRONMENT BRANCH LOGIN STATE [PAYLOAD]", "Another tool deploys.", (*Session).deployed},
		{"job-deployed ENVIRONMENT STATE", "GitHub records a deployment for `environment:`.", (*Session).jobDeployed},
		{"moved ENVIRONMENT TO STATE", "A status moves the newest deployment elsewhere.", (*Session).moved},
		{"outcome ENVIRONMENT STATE [DESCRIPTION]", "Sets the newest deployment's status.", (*Session).outcome},
		{"forged ENVIRONMENT BRANCH LOGIN STATE PAYLOAD", "Creates a deployment by the API.", (*Session).forged},
		{"computing NUMBER TIMES", "GitHub has not computed mergeability, TIMES.", (*Session).computing},
		{"lacks TYPE.FIELD…", "GraphQL lacks these fields.", (*Session).lacks},
		{"refuse TYPE.FIELD [MESSAGE]", "GraphQL refuses the field.", (*Session).refuseField},
		{"runner-clock DURATION", "Puts the runner's clock ahead.", (*Session).runnerClock},
		{"lag DURATION", "GitHub's reads lag.", (*Session).lag},
		{"record-lag DURATION", "GitHub's record of pushes lags.", (*Session).recordLag},
		{"archived", "The repository becomes read-only.", (*Session).archive},
		{"allow-list", "An IP allow list excludes the runner.", (*Session).allowList},
		{"lock-conversation NUMBER", "Locks the conversation.", (*Session).lockConversation},
	}
}

func (p *Session) recheck(_ context.Context, rest string) error {
	head, err := p.head(rest)
	if err == nil {
		p.GitHub.RerunChecks(head)
	}
	return err
}

func (p *Session) unstarted(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	head, err := p.head(f[1])
	if err == nil {
		p.GitHub.EndWithoutChecks(head, f[0], f[2])
	}
	return err
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
	times, err := readNumber("how many times", f[0])
	if err == nil {
		p.GitHub.EditPull(number, func(pull *sim.Pull) { pull.Computing = times })
	}
	return err
}

func (p *Session) runnerClock(_ context.Context, rest string) (err error) {
	p.skew, err = readDuration(rest)
	return err
}

func (p *Session) lag(_ context.Context, rest string) error {
	behind, err := readDuration(rest)
	if err == nil {
		p.GitHub.Lag(behind)
	}
	return err
}

func (p *Session) recordLag(_ context.Context, rest string) error {
	behind, err := readDuration(rest)
	if err == nil {
		p.GitHub.LagRecord(behind)
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
