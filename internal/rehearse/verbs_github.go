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
		{"move BRANCH FROM [LOGIN]", "A force push: the branch points at the newest commit of another branch, or at a commit.", (*Session).move},
		{"pushpull NUMBER AGE MESSAGE", "A commit on the head of the pull request, wherever that is, whose author's date is so long ago; `sha(pull/NUMBER)` is the commit.", (*Session).pushPull},
		{"stacked NUMBER BASE STACK POSITION", "The pull request wants to be merged into the branch of another one: it has this position in the stack of that number.", (*Session).stacked},
		{"appcheck APP NAME BRANCH STATE [WORKFLOW] [EVENT]", "A check of another app than GitHub Actions, or of another workflow or event.", (*Session).appCheck},
		{"status NAME BRANCH STATE [LOGIN]", "A commit status of the branch's head, or of a commit, which everyone who may write can set: a person, or an app such as `github-actions[bot]`.", (*Session).commitStatus},
		{"rulecheck NAME APP-ID", "The default branch asks for a check that only one app may report.", (*Session).ruleCheck},
		{"unstarted WORKFLOW BRANCH CONCLUSION", "A run of the workflow on the branch's head has ended before a job began, with a conclusion such as startup_failure, or action_required where it waits for an approval.", (*Session).unstarted},
		{"recheck BRANCH", "The workflow runs on the branch's head start once more: GitHub withdraws their checks.", (*Session).recheck},
		{"protection NAME…", "Classic branch protection of the default branch asks for these checks, of everyone but administrators.", (*Session).protection},
		{"deployed ENVIRONMENT BRANCH LOGIN STATE [PAYLOAD]", "Another tool deploys; its payload may be a text.", (*Session).deployed},
		{"job-deployed ENVIRONMENT STATE", "GitHub records a deployment of its own for a job of the newest run that names the environment.", (*Session).jobDeployed},
		{"moved ENVIRONMENT TO STATE", "A status moves the newest deployment of the environment to another one, as everyone who can push may do.", (*Session).moved},
		{"outcome ENVIRONMENT STATE [DESCRIPTION]", "The newest deployment of the environment gets a status from its tool.", (*Session).outcome},
		{"forged ENVIRONMENT BRANCH LOGIN STATE PAYLOAD", "The user makes a deployment by the API; the payload is a JSON object or any text.", (*Session).forged},
		{"computing NUMBER TIMES", "GitHub has not computed yet whether the pull request can be merged, and says so the next times.", (*Session).computing},
		{"lacks TYPE.FIELD…", "The server is an older one, whose GraphQL schema does not have these fields.", (*Session).lacks},
		{"refuse TYPE.FIELD [MESSAGE]", "GraphQL refuses to answer the field, because of a missing permission or with the message.", (*Session).refuseField},
		{"runner-clock DURATION", "The runner's clock is ahead by this; behind, if it is negative.", (*Session).runnerClock},
		{"lag DURATION", "What GitHub reads is so old from here on; what a mutation returns is not.", (*Session).lag},
		{"record-lag DURATION", "GitHub's record of pushes is so old from here on.", (*Session).recordLag},
		{"archived", "The repository becomes read-only.", (*Session).archive},
		{"allow-list", "The organization gets an IP allow list without the runner's address.", (*Session).allowList},
		{"lock-conversation NUMBER", "The conversation of the pull request is locked.", (*Session).lockConversation},
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
