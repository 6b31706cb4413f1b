package deploy

// startGate refuses a command that another job of the same run has started: it would deploy a second time, and take the
// other job's lock and deployment for its own. A rehearsal leaves only its lock behind.
func startGate() Gate {
	return Gate{
		Name: "single start", Check: checkStart,
		Parts: func(k *Case) []Part {
			if k.Command.GoesBack() { // a rollback has to work when everything else is broken
				return nil
			}
			return startParts(k)
		},
		Advice: startParts,
	}
}

func startParts(k *Case) []Part {
	if k.Target.Noop || !k.Command.KnownEnvironment {
		return nil
	}
	return []Part{LivePart}
}

func checkStart(k *Case) Finding {
	if !k.startedElsewhere() {
		return pass("no other job of this run has started the command")
	}
	return block(LockConflict,
		"This command was already started by another job of the same run.",
		"Use `mode: finish` there, or give the second step an `if:`.")
}

// startsByComment reports whether the request starts something that can only be started once. A tracked step may start
// several environments and products in one run.
func (k *Case) startsByComment() bool { return k.Command.Kind.Deploys() && !k.tracks() }

func (k *Case) startedElsewhere() bool {
	for _, d := range k.Live {
		by := d.CreatedBy
		if by.Comment != 0 && by.Comment == k.Event.Comment.ID && by.Run == k.run() {
			return true
		}
	}
	return k.takenElsewhere(k.Locks.Target.Lock)
}
