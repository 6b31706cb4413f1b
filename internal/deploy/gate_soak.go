package deploy

import (
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// soakMargin is how far GitHub's times may be apart.
const soakMargin = 5 * time.Second

// soakGate wants the commit to have run for some time in each environment that comes before.
func soakGate() Gate {
	return Gate{
		Name: "soak", Rule: policy.SoakRule, Ways: changingWays(), Parts: soakParts, Check: checkSoak,
		Needs: func(k *Case, n *Needs) { n.Times = k.soak() > 0 },
		Code:  func(*Case, Part) Reason { return SoakPending },
	}
}

func soakParts(k *Case) []Part {
	if k.soak() == 0 {
		return nil
	}
	return orderParts(k)
}

// soak is how long the commit must have run, 0 for no such rule.
func (k *Case) soak() time.Duration {
	if !k.changes() {
		return 0
	}
	return k.Config.Resolved.Rules.Soak.Value
}

func checkSoak(k *Case) Finding {
	switch {
	case k.soak() == 0:
		return pass("no soak time is asked for")
	case !k.toldTime():
		return block(SoakPending, "GitHub did not say what time it is: I cannot tell how long the commit has run.", "Run the command again.")
	case len(k.Order) == 0:
		return block(SoakPending, "The rules ask for a soak time, and for no environment that comes before.", "Add `after` to the rules file.")
	}
	var texts, hints []string
	var ready time.Time
	for _, state := range k.Order {
		one := soakIn(k, state)
		if one.Level == Pass {
			continue
		}
		texts = append(texts, one.Text)
		if one.RetryAfter.IsZero() {
			hints = append(hints, one.Hint)
		} else if one.RetryAfter.After(ready) {
			ready = one.RetryAfter
		}
	}
	if len(texts) == 0 {
		return pass("the commit has run long enough in every earlier environment")
	}
	finding := block(SoakPending, strings.Join(texts, " "), strings.Join(slices.Compact(hints), " "))
	if len(hints) == 0 {
		finding.RetryAfter = ready
		finding.Hint = "Ready at " + whenBoth(ready, k.Config.Resolved.Rules.Zone, k.ReadAt) + ". " + Capitalized(again(k)) + " then."
	}
	return finding
}

// soakIn judges one environment. It does not rely on the gate of the order: that one may only warn.
func soakIn(k *Case, state OrderState) Finding {
	there, commit := bold(state.Environment), markdown.Code(Short(k.Target.SHA))
	if !state.Satisfied || state.Newest == nil {
		return block(SoakPending, "The soak time of "+length(k.soak())+" in "+there+" has not begun.", "It begins when "+commit+" runs there.")
	}
	since := state.Newest.SucceededAt
	if !since.OK {
		return block(SoakPending, "GitHub does not say since when "+commit+" runs in "+there+".", "Run the command again. If this keeps happening, deploy the commit there again.")
	}
	ready, age := since.Value.Add(k.soak()+soakMargin), k.ReadAt.Sub(since.Value)
	text := commit + " has run in " + there + " for " + elapsed(age) + " of the " + length(k.soak()) + " that " + bold(k.Target.Environment) + " asks for."
	switch {
	case !k.ReadAt.Before(ready):
		return pass("it has run long enough")
	case age >= k.soak():
		text = commit + " reaches the " + length(k.soak()) + " in " + there + " that " + bold(k.Target.Environment) + " asks for in a few seconds."
	case age < -soakMargin:
		text = "GitHub says that " + commit + " succeeded in " + there + " at " + FormatTime(since.Value) +
			", and that it is " + FormatTime(k.ReadAt) + " now: one of its clocks is wrong."
	}
	return Finding{Level: Block, Code: SoakPending, Text: text, RetryAfter: ready}
}
