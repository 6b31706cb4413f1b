// Package deploy decides whether a request may proceed.
//
// It does no I/O and never asks for the time. A Request, the settings and the Facts that GitHub gave make a Case;
// every gate looks at the Case, and a person sees everything that is wrong at once in the Decision. A gate declares
// the parts of the facts that it rests on: a part that could not be read, or that was never read, blocks.
package deploy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Request is what someone asked for.
type Request struct {
	Command    command.Command
	Unreadable error // why the command's parameters could not be read, nil when they could
	Event      event.Event
	SHA        string // the commit of a tracked step, "" to take the pull request's head
	Pinned     string // the commit that an earlier decision was about, "" the first time
}

// run names the attempt of the workflow run that asks.
func (r Request) run() RunID { return RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt} }

// Grammar returns how the settings spell commands.
func Grammar(c config.Config) command.Grammar {
	w := c.Commands
	return command.Grammar{
		Trigger: w.Deploy, NoopTrigger: w.Noop, LockTrigger: w.Lock, UnlockTrigger: w.Unlock,
		HelpTrigger: w.Help, LockInfoAlias: w.LockInfo, ParamSeparator: w.Separator,
		GlobalLockFlag: w.GlobalFlag, StableBranch: c.StableBranch, DefaultEnvironment: c.Environment,
		EnvironmentTargets: c.Environments(), DisableNakedCommands: w.DisableNaked,
		Flags: c.Policy != nil, RollbackTrigger: w.Rollback, StatusTrigger: w.Status,
	}
}

// Verdict is what happens next.
type Verdict int

// The verdicts on a request.
const (
	Ignore  Verdict = iota // do nothing, say nothing
	Refuse                 // say why not
	Ask                    // wait for a confirmation, then decide again
	Proceed                // do it
)

// String names the verdict.
func (v Verdict) String() string { return [...]string{"ignore", "refuse", "ask", "proceed"}[v] }

// Level is how much a finding weighs.
type Level int

// The levels of a finding.
const (
	Undecided Level = iota // a gate that says nothing blocks
	Pass
	Warn
	Block
)

// String names the level.
func (l Level) String() string { return [...]string{"undecided", "pass", "warn", "block"}[l] }

// Finding is the result of one gate, with sentences in Markdown; the gate escapes what they repeat from outside.
type Finding struct {
	Gate  string
	Level Level
	Code  Reason // why the request is refused, for Block
	Text  string
	Hint  string // what to do about it

	Rule       policy.RuleName // that the gate checks, "" for none of the rules file
	Softened   Softening       // why something that blocks only warns
	RetryAfter time.Time       // when it no longer blocks, zero where that is not known
	Notice     string          // for the comment on the start, "" for nothing
	Details    string          // a table for the refusal, "" for none
	At         FilePlace       // what it is about, the zero value for no file
}

// FilePlace is a place in a file of the repository, by its path from the root. Line and column count from 1, and are 0
// where they are not known.
type FilePlace struct {
	File         string
	Line, Column int
}

// Softening says why a finding only warns.
type Softening string

// The reasons for a warning in place of a refusal.
const (
	Evaluated  Softening = "evaluate" // the rules file only evaluates the rule
	Overridden Softening = "override" // someone with the right to do so lifts the rule
)

func pass(text string) Finding { return Finding{Level: Pass, Text: text} }

func block(code Reason, text, hint string) Finding {
	return Finding{Level: Block, Code: code, Text: text, Hint: hint}
}

// Decision is the verdict, what it is about and every finding that led to it.
type Decision struct {
	Kind     command.Kind // what was asked for
	At       time.Time    // when the facts were read
	Verdict  Verdict
	Reason   Reason
	Target   Target
	Locks    LockStates   // the relation of the request to the locks
	Claim    lock.Claim   // that the request makes to the lock of its target
	Answer   Answer       // to the question whether to go on
	Ended    []EndedLock  // locks that end with their pull request
	Running  *Deployment  // what runs in the environment now, nil when nothing is known to
	Back     WayBack      // of a rollback
	Before   *Deployment  // what runs now, of the deployments that count by the scope: what a job can go back to; nil for nothing
	WayOut   *Deployment  // what a rollback goes back to if this deployment fails, nil where that is not known
	Orphans  []Orphan     // deployments to the environment whose runs have ended without reporting
	Evidence Evidence     // what it rests on, for deployments and rehearsals
	Order    []OrderState // the state of each earlier environment
	Update   bool         // have GitHub merge the base into the pull request's branch, whose head is Target.SHA
	Findings []Finding
	Checkup  []Finding // what an examination of the set-up found, for `.help`
	Policy   PolicyState
	About    string    // the environment that `.help` or `.status` is asked about, "" for all
	Override *Override // what the command has lifted, nil for nothing
	Board    *Board    // what runs where, nil unless that is asked for
}

// Outcome returns what a workflow does with the decision: only a question fails on a lock that cannot be read.
func (d Decision) Outcome() Outcome {
	if d.Kind == command.LockInfo && d.Reason == LockConflict {
		return Failure
	}
	return d.Reason.Outcome()
}

// Denied reports whether only the permission of the actor is missing.
func (d Decision) Denied() bool {
	blocking := d.Blocking()
	return d.Verdict == Refuse && len(blocking) == 1 && blocking[0].Gate == "permission"
}

// Blocking lists the findings that block.
func (d Decision) Blocking() []Finding { return d.at(Block) }

// Warnings lists the findings that people should know of.
func (d Decision) Warnings() []Finding { return d.at(Warn) }

func (d Decision) at(level Level) []Finding {
	return slices.DeleteFunc(slices.Clone(d.Findings), func(f Finding) bool { return f.Level != level })
}

// Decide runs every gate of the request and combines the findings into a decision.
func Decide(r Request, c config.Config, f Facts) Decision {
	k := NewCase(r, c, f)
	gates := gatesFor(k)
	d := Decision{Kind: r.Command.Kind, At: f.ReadAt, Verdict: Proceed, Target: k.Target, Policy: policyState(k)}
	if k.publishes() {
		d.publish(r, c, f)
		return d
	}
	if k.tracks() {
		d.Reason, d.Running = TrackRecorded, Running(f.Live)
		d.Before, d.WayOut = runs(k.Live, k.counts(k.Live)), k.wayOut()
		if c.Status == config.Started {
			d.Order, d.Locks, d.Claim = k.Order, k.Locks, k.Claim
		}
		d.run(k, gates...)
		return d
	}
	if k.promotes() {
		d.decidePromotion(k, gates)
		return d
	}
	if d.run(k, gates[0]); d.Verdict == Refuse { // the permission: without it nothing more is said
		if quietForOutsiders(r.Command) {
			d.Verdict = Ignore
		}
		return d
	}
	d.decideKind(k, gates[1:])
	return d
}

// RetryAfter returns when nothing that blocks does so any longer, zero where that is not known.
func (d Decision) RetryAfter() time.Time {
	var latest time.Time
	for _, finding := range d.Blocking() {
		if finding.RetryAfter.IsZero() {
			return time.Time{}
		}
		if finding.RetryAfter.After(latest) {
			latest = finding.RetryAfter
		}
	}
	return latest
}

// quietForOutsiders keeps strangers from making the action correct a command that they may not run.
func quietForOutsiders(c command.Command) bool {
	malformed := c.Kind == command.Deprecated || c.Kind == command.Naked
	return malformed || (c.Kind.Deploys() && !c.KnownEnvironment)
}

func (d *Decision) decideKind(k *Case, gates []Gate) {
	switch k.Command.Kind {
	case command.Deploy:
		d.decideDeployment(DeploymentReady, k, gates)
	case command.Rollback:
		d.decideDeployment(DeploymentReady, k, gates)
	case command.Noop:
		d.decideDeployment(NoopReady, k, gates)
	case command.Help:
		d.Reason, d.About = HelpCompleted, k.Command.About
	case command.Lock, command.Unlock, command.LockInfo:
		d.Reason, d.Locks, d.Claim = lockReason(k), k.Locks, k.Claim
		d.run(k, gates...)
	case command.Status:
		d.Reason, d.About = StatusCompleted, k.Command.About
		if d.run(k, gates...); d.Verdict == Proceed {
			d.Board = new(BoardOf(k.Request, k.Config, k.Facts))
		}
	case command.Deprecated:
		d.Verdict, d.Reason = Refuse, DeprecatedCommand
	case command.Naked:
		d.Verdict, d.Reason = Refuse, NakedCommandDisabled
	case command.None:
		d.Verdict, d.Reason = Ignore, NoTrigger
	}
}

func (d *Decision) decideDeployment(ready Reason, k *Case, gates []Gate) {
	d.Reason, d.Evidence, d.Running, d.Answer = ready, k.evidence(), Running(k.Live), k.Answer
	d.Order, d.Locks, d.Claim, d.Orphans, d.Back = k.Order, k.Locks, k.Claim, orphans(k), k.Back
	d.Before, d.WayOut = runs(k.Live, k.counts(k.Live)), k.wayOut()
	if k.Target.Rollback {
		d.Running = k.Back.From
	}
	if d.run(k, gates[0]); d.Verdict == Refuse { // the rules file: without it nothing that the others say is certain
		return
	}
	d.run(k, gates[1:]...)
	d.Override = k.overridden(d.Findings)
	if said := k.overrideFinding(d.Findings); said != nil {
		d.add(*said)
	}
	d.planUpdate(k)
	if d.Verdict == Proceed && k.Config.Confirmation.Required && k.Answer.Kind == NoAnswer {
		d.Verdict = Ask
	}
}

func lockReason(k *Case) Reason {
	owned := k.Locks.Target.Status == Ours || k.Locks.Target.Status == OwnedByActor
	switch kind := k.Command.Kind; {
	case k.Config.Locks.Disabled:
		return LockingDisabled
	case kind == command.LockInfo:
		return LockInfoCompleted
	case kind == command.Unlock:
		return UnlockCompleted
	case owned:
		return LockAlreadyOwned
	}
	return LockAcquired
}

func (d *Decision) run(k *Case, gates ...Gate) {
	for _, g := range gates {
		d.add(g.run(k))
	}
}

func (d *Decision) add(f Finding) {
	if f.Level == Block && d.Verdict != Refuse { // the first one gives the reason
		d.Verdict, d.Reason = Refuse, f.Code
	}
	d.Findings = append(d.Findings, f)
}

// Evidence is what the decision on a deployment rests on, as outputs report it; what was not read is left out.
type Evidence struct {
	CommitStatus   ChecksState // output commit_status
	Checks         []Check     // that it comes from
	ReviewDecision string      // output review_decision, "" where no review is required
	Outdated       Known[bool] // output is_outdated
	MergeState     string      // output merge_state_status
	Approvals      int         // output approved_reviews_count
	Admin          bool        // the actor needs no review

	OtherBase bool     // output non_default_target_branch_used
	ExactSHA  string   // output sha_deployment, "" unless exact commits are enabled
	Fork      bool     // output fork: the code comes from another repository
	Head      ForkHead // zero unless forks are allowed
}

// ForkHead tells where the code of a fork is.
type ForkHead struct {
	Ref      string // output fork_ref: the branch
	Label    string // output fork_label, "owner:branch"; "" when the fork is gone
	Checkout string // output fork_checkout, "owner-branch branch": the arguments for a local checkout
	FullName string // output fork_full_name, "owner/name"
}

func (k *Case) evidence() Evidence {
	e := Evidence{OtherBase: k.Pull.BaseRef != "" && k.Pull.BaseRef != k.Config.StableBranch}
	if k.Config.Origin.ExactCommits {
		e.ExactSHA = k.Command.SHA
	}
	e.Fork = k.Pull.CrossRepo && !k.Command.GoesBack()
	if e.Fork && k.Config.Origin.Forks {
		e.Head = forkHead(k.Pull)
	}
	if k.DeploysHead() {
		e.CommitStatus, e.Checks = k.Checks.State, k.Checks.Counted
		e.ReviewDecision = k.reviewDecision()
		e.Outdated = k.outdated()
		e.MergeState, e.Approvals, e.Admin = k.Pull.MergeState, k.Pull.Approvals, k.Admin
	}
	return e
}

func forkHead(p PullRequest) ForkHead {
	head := ForkHead{Ref: p.HeadRef, FullName: p.HeadRepo}
	if owner, _, known := strings.Cut(p.HeadRepo, "/"); known {
		head.Label = owner + ":" + p.HeadRef
		head.Checkout = owner + "-" + p.HeadRef + " " + p.HeadRef
	}
	return head
}

func firstFew(names []string) string {
	const few = 5
	var shown []string
	for _, name := range names[:min(len(names), few)] {
		shown = append(shown, markdown.Brief(name))
	}
	if len(names) <= few {
		return markdown.Codes(shown, ", ")
	}
	return fmt.Sprintf("%s and %d more", markdown.Codes(shown, ", "), len(names)-few)
}

func distinct[T comparable](list []T) []T {
	var kept []T
	for _, one := range list {
		if !slices.Contains(kept, one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// Plural returns a number of things.
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Capitalized returns a text that is not empty as the beginning of a sentence.
func Capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// FormatTime returns a time in UTC, to the second.
func FormatTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

func has(names []string) string { return either(names, "has", "have") }

// either returns the word for one name, or that for several.
func either(names []string, one, several string) string {
	if len(names) == 1 {
		return one
	}
	return several
}
