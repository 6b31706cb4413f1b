package deploy

import "slices"

// onceGate keeps two steps of one attempt from starting two deployments.
func onceGate() Gate {
	return Gate{
		Name: "once", Parts: func(k *Case) []Part { return append(lockParts(k), LivePart) },
		Check: func(k *Case) Finding {
			isOurs := func(d Deployment) bool { return d.Own && d.CreatedBy.Run == k.run() }
			if slices.ContainsFunc(k.Live, isOurs) || k.takenElsewhere(k.Locks.Target.Lock) {
				return block(NothingToPromote, "Another step of this run has started a deployment to "+bold(k.Target.Environment)+".", "")
			}
			return pass("this run has started nothing there yet")
		},
	}
}
