package deploy

import (
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
)

// EveryGate lists each gate that any request is checked by.
func EveryGate() []Gate {
	started := config.Config{Mode: config.TrackIt, Status: config.Started}
	gates := append([]Gate{permissionGate(), mergeGate(), endedLocksGate()}, deploymentGates()...)
	gates = append(gates, trackGates(started)...)
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo} {
		gates = append(gates, lockGates(kind, config.Config{})...)
	}
	return gates
}

// RunGate returns what one gate says.
func RunGate(g Gate, k *Case) Finding { return g.run(k) }
