package deploy

import (
	"reflect"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// EveryGate returns each gate that any request is checked by, once. Where gates share a name, that of the
// command is a suffix.
func EveryGate() map[string]Gate {
	all, known := map[string]Gate{}, map[[2]uintptr]bool{}
	add := func(suffix string, gates ...Gate) {
		for _, gate := range gates {
			identity := [2]uintptr{reflect.ValueOf(gate.Check).Pointer(), reflect.ValueOf(gate.Parts).Pointer()}
			if known[identity] {
				continue
			}
			name := gate.Name
			if _, taken := all[name]; taken {
				name += suffix
			}
			if _, taken := all[name]; taken {
				panic("two gates are named " + name)
			}
			known[identity], all[name] = true, gate
		}
	}
	add("", permissionGate(), mergeGate(), endedLocksGate())
	add("", deploymentGates()...)
	add(" of a promotion", promotionGates()...)
	add(" of a tracked step", trackGates(config.Config{Mode: config.TrackIt, Status: config.Started})...)
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo} {
		add(" of "+kind.String(), lockGates(kind, config.Config{})...)
	}
	return all
}

// RunGate returns the finding of one gate.
func RunGate(g Gate, k *Case) Finding { return g.run(k) }

// Doubt returns why a deployment is not verified.
func Doubt(deployments []Deployment, position int, origins []Origin) string {
	return doubt(deployments, position, origins)
}

// GatesFor lists the gates of a request.
func GatesFor(k *Case) []Gate { return gatesFor(k) }

// Among reports whether a user is one of the principals.
func (k *Case) Among(principals []policy.Principal, a Actor) bool { return k.among(principals, a) }

// Memberships returns which pairs decide that.
func Memberships(principals []policy.Principal, a Actor) []Membership {
	return memberships(principals, a)
}

// NeedMembers asks for pairs.
func (k *Case) NeedMembers(n *Needs, pairs ...Membership) { k.needMembers(n, pairs...) }

// NotMembers says why a user does not count as a member.
func (k *Case) NotMembers(principals []policy.Principal, login string) Problem {
	return k.notMembers(principals, login)
}
