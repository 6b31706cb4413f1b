package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Gate is one check on a request. A part that it rests on and that was not read blocks before Check runs.
type Gate struct {
	Name    string
	Rule    policy.RuleName          // what the rules file calls it, "" for what it can neither soften nor lift
	Ways    []Way                    // the ways of asking that are held to a rule of the file; nil for every way, and for gates of no such rule
	Needs   func(*Case, *Needs)      // adds what has to be read for the gate, nil for nothing
	Parts   func(*Case) []Part       // the facts that the gate rests on for this request
	Without string                   // why there are no Parts for any request
	Advice  func(*Case) []Part       // the facts without which the gate passes with a warning only
	Code    func(*Case, Part) Reason // the reason for a part that is missing, nil for UnexpectedError
	Check   func(*Case) Finding      // of level Pass where there is nothing to say
}

// holds reports whether the request is held to the gate.
func (g Gate) holds(k *Case) bool {
	return g.Ways == nil || k.ruled() && slices.Contains(g.Ways, k.Way)
}

func (g Gate) run(k *Case) Finding {
	if !g.holds(k) {
		return Finding{Gate: g.Name, Level: Pass, Text: k.notHeld()}
	}
	finding := g.soften(k, g.decide(k))
	finding.Gate = g.Name
	if k.ruled() {
		finding.Rule = g.Rule
	}
	return finding
}

// notHeld says why a rule of the file does not hold for the request.
func (k *Case) notHeld() string {
	if !k.ruled() {
		return "no rules file names the environment"
	}
	return "a " + k.Way.String() + " is not held to this rule"
}

// soften turns what blocks into a warning, where the rules file only evaluates the rule, or someone lifts it.
func (g Gate) soften(k *Case, f Finding) Finding {
	if f.Level != Block || g.Rule == "" || !k.ruled() {
		return f
	}
	switch {
	case k.Config.Resolved.Rules.Enforcement.Value == policy.Evaluate:
		f.Level, f.Softened = Warn, Evaluated
		f.Notice = strings.TrimSuffix("⚠️ A rule that is only evaluated is not met: "+f.Text+"\n\n"+f.Notice, "\n\n")
	case k.overrides(g.Rule):
		f = k.lift(g.Rule, f)
	}
	return f
}

func (g Gate) decide(k *Case) Finding {
	if part, problem, missing := k.firstMissing(g.Parts); missing {
		code := UnexpectedError
		if g.Code != nil {
			code = g.Code(k, part)
		}
		if k.promotes() && code != PolicyInvalid { // what is not known is no reason to wait: someone has to look
			code = UnexpectedError
		}
		return block(code, problem.Text, problem.Hint)
	}
	finding := g.Check(k)
	if finding.Level == Undecided {
		finding.Level, finding.Code = Block, UnexpectedError
	}
	if _, problem, missing := k.firstMissing(g.Advice); missing && finding.Level == Pass {
		return Finding{Level: Warn, Text: problem.Text, Hint: problem.Hint}
	}
	return finding
}

func (k *Case) firstMissing(list func(*Case) []Part) (Part, Problem, bool) {
	if list == nil {
		return "", Problem{}, false
	}
	for _, part := range list(k) {
		if problem, missing := k.Missing(part); missing {
			return part, problem, true
		}
	}
	return "", Problem{}, false
}

// Missing returns why a part of the facts cannot be relied on: it could not be read, or it was not read at all.
func (f Facts) Missing(part Part) (Problem, bool) {
	if problem, unavailable := f.Unavailable[part]; unavailable {
		return problem, true
	}
	if f.Read[part] {
		return Problem{}, false
	}
	return Problem{
		Text: "I could not read the " + markdown.Text(string(part)) + ".",
		Hint: "Run the command again. If this keeps happening, check the `permissions:` of the job.",
	}, true
}

func deploymentGates() []Gate {
	return []Gate{
		policyGate(), allowGate(), environmentGate(), parametersGate(), targetBranchGate(), forkGate(), commitGate(), wayBackGate(), checksGate(), outdatedGate(),
		draftGate(), conflictsGate(), reviewsGate(), safetyGate(), verificationGate(), rulesGate(), clockGate(), rollbackGate(), orderGate(), soakGate(), freezeGate(),
		approvalsGate(), noopGate(), labelsGate(), checklistGate(), pathRulesGate(),
		templateGate(), startGate(), lockGate(), confirmationGate(),
	}
}

// trackGates check only a start: what has happened already is recorded whatever the other gates would say.
func trackGates(c config.Config) []Gate {
	switch {
	case c.Builds(), c.Status.Terminal(), c.Status == "":
		return []Gate{statusGate()}
	case c.Status == config.Started:
		return []Gate{statusGate(), policyGate(), allowGate(), commitGate(), orderGate(), soakGate(), freezeGate(), approvalsGate(), pathRulesGate(), lockGate()}
	}
	return []Gate{statusGate(), commitGate()}
}

// lockGates refuse an unknown environment even where locks are switched off.
func lockGates(kind command.Kind, c config.Config) []Gate {
	switch {
	case c.Locks.Disabled:
		return []Gate{environmentGate()}
	case kind == command.Lock:
		return []Gate{environmentGate(), lockPeriodGate(), lockGate()}
	case kind == command.LockInfo:
		return []Gate{environmentGate(), readableLockGate()}
	}
	return []Gate{environmentGate(), unlockGate()}
}

func gatesFor(k *Case) []Gate {
	gates := []Gate{permissionGate()}
	switch kind := k.Command.Kind; {
	case k.tracks():
		return trackGates(k.Config)
	case k.promotes():
		return promotionGates()
	case kind.Deploys():
		return append(gates, deploymentGates()...)
	case kind.AboutLocks():
		return append(gates, lockGates(kind, k.Config)...)
	case kind == command.Status:
		return append(gates, environmentGate())
	}
	return gates
}
