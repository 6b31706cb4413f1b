// Package deploy is the heart: it decides whether a request may proceed.
//
// It does no I/O and never asks for the time. A Request and the Facts that GitHub gave go in, a
// Decision comes out: every gate has its say, so that a person sees all that is wrong at once.
package deploy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Request is what someone asked for.
type Request struct {
	Command    command.Command
	Unreadable error // why the command's parameters could not be read, nil when they could
	Event      event.Event
	SHA        string // the commit of a tracked step, "" to take the pull request's head
	Pinned     string // the commit that an earlier decision was about, "" the first time
}

// Verdict is what happens next.
type Verdict int

// The verdicts.
const (
	Ignore  Verdict = iota // do nothing, say nothing
	Refuse                 // say why not
	Ask                    // wait for a confirmation, then decide again
	Proceed                // do it
)

// String names the verdict.
func (v Verdict) String() string {
	return [...]string{"ignore", "refuse", "ask", "proceed"}[v]
}

// Level is how much a finding weighs.
type Level int

// The levels.
const (
	Pass Level = iota
	Warn
	Block
)

// String names the level.
func (l Level) String() string {
	return [...]string{"pass", "warn", "block"}[l]
}

// Finding is what one gate has to say. Text and Hint are sentences in Markdown for people; what
// they repeat from outside is made harmless by the gate.
type Finding struct {
	Gate  string
	Level Level
	Code  Reason // why the request is refused, for Block
	Text  string
	Hint  string // what to do about it
}

// Decision is the verdict, what it is about and every finding that led to it.
type Decision struct {
	Kind     command.Kind // what was asked for
	At       time.Time    // when the facts were read
	Verdict  Verdict
	Reason   Reason
	Target   Target
	Locks    LockStates   // how the request stands to the locks
	Claim    lock.Claim   // that the request makes to the lock of its target
	Answer   Answer       // to the question whether to go on
	Ended    []EndedLock  // locks that end with their pull request
	Live     *Deployment  // what runs in the environment now, nil when nothing is known to
	Orphans  []Orphan     // deployments to the environment that nobody else will end
	Evidence Evidence     // what it rests on, for deployments and rehearsals
	Order    []OrderState // how each earlier environment stands
	Update   bool         // have GitHub merge the base into the pull request's branch, whose head is Target.SHA
	Findings []Finding
	Checkup  []Finding // what an examination of the set-up found, for `.help`
}

// Outcome tells what a workflow does with the decision. A question about a lock that cannot be read
// has failed, whereas a command that meets one is stopped.
func (d Decision) Outcome() Outcome {
	if d.Kind == command.LockInfo && d.Reason == LockConflict {
		return Failure
	}
	return d.Reason.Outcome()
}

// Denied reports whether the decision is about missing rights alone.
func (d Decision) Denied() bool {
	blocking := d.Blocking()
	return d.Verdict == Refuse && len(blocking) == 1 && blocking[0].Gate == "permission"
}

// Blocking lists the findings that stand in the way.
func (d Decision) Blocking() []Finding { return d.at(Block) }

// Warnings lists the findings that people should know of.
func (d Decision) Warnings() []Finding { return d.at(Warn) }

func (d Decision) at(level Level) []Finding {
	var found []Finding
	for _, f := range d.Findings {
		if f.Level == level {
			found = append(found, f)
		}
	}
	return found
}

// gate is one check. Its function returns a finding of level Pass when it has nothing to say.
type gate struct {
	name  string
	check func(Request, config.Config, Facts) Finding
}

// commandGates are the gates of a deployment by comment, in the order of their reason codes.
func commandGates() []gate {
	return []gate{
		{"environment", checkEnvironment},
		{"parameters", checkParameters},
		{"target branch", checkTargetBranch},
		{"fork", checkFork},
		{"commit", checkCommit},
		{"checks", checkChecks},
		{"outdated", checkOutdated},
		{"draft", checkDraft},
		{"conflicts", checkConflicts},
		{"reviews", checkReviews},
		{"safety", checkSafety},
		{"verification", checkVerification},
		{"rules", checkRules},
		{"order", checkOrder},
		{"template", checkTemplate},
		{"lock", checkLock},
		{"confirmation", checkConfirmation},
	}
}

// trackGates are the gates of a tracked step: the workflow itself asks, so nobody's rights count.
// What already happened is recorded whatever the other gates would say.
func trackGates(c config.Config) []gate {
	gates, status := []gate{{"status", checkStatus}}, c.Status
	if c.Builds() || status.Terminal() || status == "" {
		return gates
	}
	gates = append(gates, gate{"commit", checkCommit})
	if status == config.Started {
		gates = append(gates, gate{"order", checkOrder}, gate{"lock", checkLock})
	}
	return gates
}

// Decide runs every gate and weighs the findings.
func Decide(r Request, c config.Config, f Facts) Decision {
	if c.Mode == config.TrackIt {
		return decideTrack(r, c, f)
	}
	return decideCommand(r, c, f)
}

// decideTrack decides on one state of a tracked step.
func decideTrack(r Request, c config.Config, f Facts) Decision {
	d := Decision{Kind: r.Command.Kind, At: f.ReadAt, Verdict: Proceed, Reason: TrackRecorded, Target: target(r, c, f), Live: live(f)}
	d.run(trackGates(c), r, c, f)
	return d
}

// decideCommand looks at the actor's rights first, and says no more to those without them.
func decideCommand(r Request, c config.Config, f Facts) Decision {
	d := Decision{Kind: r.Command.Kind, At: f.ReadAt, Verdict: Proceed, Target: target(r, c, f)}
	permission := checkPermission(r, c, f)
	permission.Gate = "permission"
	d.Findings = []Finding{permission}
	if permission.Level == Block {
		d.Verdict, d.Reason = Refuse, permission.Code
		if quietForOutsiders(r.Command) {
			d.Verdict = Ignore
		}
		return d
	}
	return d.decideKind(r, c, f)
}

// quietForOutsiders tells the comments that a stranger must not be able to make the action
// write: corrections of commands that could not be carried out anyway.
func quietForOutsiders(c command.Command) bool {
	malformed := c.Kind == command.Deprecated || c.Kind == command.Naked
	return malformed || (c.Kind.Deploys() && !c.KnownEnvironment)
}

func (d Decision) decideKind(r Request, c config.Config, f Facts) Decision {
	switch r.Command.Kind {
	case command.Deploy:
		d.decideDeployment(DeploymentReady, r, c, f)
	case command.Noop:
		d.decideDeployment(NoopReady, r, c, f)
	case command.Help:
		d.Reason = HelpCompleted
	case command.Lock, command.Unlock, command.LockInfo:
		d.decideLock(r, c, f)
	case command.Deprecated:
		d.Verdict, d.Reason = Refuse, DeprecatedCommand
	case command.Naked:
		d.Verdict, d.Reason = Refuse, NakedCommandDisabled
	case command.None:
		d.Verdict, d.Reason = Ignore, NoTrigger
	}
	return d
}

// decideDeployment decides on a deployment or its rehearsal. Where a confirmation is wanted it is
// asked for when nothing else stands in the way.
func (d *Decision) decideDeployment(ready Reason, r Request, c config.Config, f Facts) {
	d.Reason, d.Evidence, d.Live, d.Answer = ready, evidence(r, c, f), live(f), f.Answer
	d.run(commandGates(), r, c, f)
	d.Orphans = findOrphans(f, d.Locks.Target)
	if d.Verdict == Proceed && c.Confirmation.Required && f.Answer.Kind == NoAnswer {
		d.Verdict = Ask
	}
}

// live finds what runs in the environment: the newest deployment that is active, whoever made it.
func live(f Facts) *Deployment {
	for _, deployment := range f.Live {
		if deployment.State == Active {
			return &deployment
		}
	}
	return nil
}

// run adds the finding of every gate; the first one that blocks gives the reason. A branch is brought
// up to date only where nothing earlier stands in the way: its checks have passed, its code is welcome.
func (d *Decision) run(gates []gate, r Request, c config.Config, f Facts) {
	for _, g := range gates {
		finding := g.check(r, c, f)
		finding.Gate = g.name
		if finding.Level == Block && d.Verdict != Refuse {
			d.Verdict, d.Reason = Refuse, finding.Code
			if g.name == "outdated" && updates(c, f) {
				d.Update, finding.Hint = true, updating(f)
			}
		}
		d.Findings = append(d.Findings, finding)
		switch g.name {
		case "order":
			d.Order = orderStates(r, c, f)
		case "lock":
			d.Locks, d.Claim = lockStates(r, c, f), ClaimOf(r, c, f)
		}
	}
}
