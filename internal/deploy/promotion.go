package deploy

import "fmt"

// promotionGates are those of a tracked start, with gates for what there is to promote. The first three say whether there
// is anything: without that, nothing is said of rules.
func promotionGates() []Gate {
	return []Gate{
		policyGate(), candidateGate(), forwardGate(),
		allowGate(), orderGate(), evidenceGate(), soakGate(), freezeGate(), approvalsGate(), pathRulesGate(), onceGate(), lockGate(),
	}
}

func (d *Decision) decidePromotion(k *Case, gates []Gate) {
	const first = 3
	d.Reason, d.Order, d.Locks, d.Claim, d.Orphans = DeploymentReady, k.Order, k.Locks, k.Claim, orphans(k)
	d.Before, d.WayOut = k.replaces(), k.wayOut()
	d.Running = d.Before
	for _, gate := range gates[:first] {
		if d.run(k, gate); d.Verdict == Refuse {
			d.Reason = d.promotionReason()
			return
		}
	}
	if d.run(k, gates[first:]...); d.Verdict == Refuse {
		d.Reason = d.promotionReason()
		return
	}
	d.Target.Pull = k.reviewedMerge().pull
}

// stays is why there is nothing to promote.
func stays(hint, format string, about ...any) Finding {
	return block(NothingToPromote, fmt.Sprintf(format, about...), hint)
}

// promotionReason tells a broken set-up, which someone has to repair, from a rule that says no.
func (d *Decision) promotionReason() Reason {
	for _, finding := range d.Blocking() {
		if finding.Code == PolicyInvalid || finding.Code == UnexpectedError {
			return finding.Code
		}
	}
	return NothingToPromote
}
