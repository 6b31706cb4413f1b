package deploy

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// freezeNotice is how long before a freeze a start warns of it.
const freezeNotice = time.Hour

// freezeGate wants no freeze of the environment to be in effect.
func freezeGate() Gate {
	return Gate{
		Name: "freeze", Rule: policy.FreezeRule, Ways: changingWays(), Check: checkFreeze,
		Without: "it rests on GitHub's time, and blocks where that is not known",
	}
}

func checkFreeze(k *Case) Finding {
	if !k.ruled() || len(k.Config.Resolved.Rules.Freezes) == 0 {
		return pass("the environment has no freezes")
	}
	rules, there := k.Config.Resolved.Rules, bold(k.Target.Environment)
	if !k.toldTime() {
		return block(FreezeActive, "GitHub did not say what time it is: I cannot tell whether "+there+" is frozen.", "Run the command again.")
	}
	if frozen, isFrozen := policy.FrozenAt(rules.Freezes, rules.Zone, k.ReadAt); isFrozen {
		return freezeRefusal(k, frozen)
	}
	next, begin, soon := policy.NextFreeze(rules.Freezes, rules.Zone, k.ReadAt, freezeNotice)
	if !soon {
		return pass("no freeze is in effect")
	}
	text := there + " will be frozen from " + whenThere(begin, rules.Zone, k.ReadAt) + ": " + reasonOf(next) + "."
	return Finding{Level: Warn, Text: text, Hint: "What is being deployed by then goes on.", Notice: "⚠️ " + text}
}

// toldTime reports whether GitHub said what time it is. The runner's clock opens no rule.
func (k *Case) toldTime() bool { return !k.ReadAt.IsZero() && !k.Untold }

func freezeRefusal(k *Case, frozen policy.Frozen) Finding {
	rules, there, why := k.Config.Resolved.Rules, bold(k.Target.Environment), reasonOf(frozen.Freeze)
	if frozen.Until.IsZero() {
		return block(FreezeActive, there+" is frozen, and no end is known: "+why+".",
			"The freezes in "+markdown.Code(rules.Source.Path)+" leave no gap. Correct them on the default branch.")
	}
	finding := block(FreezeActive,
		there+" is frozen until "+whenThere(frozen.Until, rules.Zone, k.ReadAt)+": "+why+".",
		Capitalized(again(k))+" after that. A rollback is not held to freezes.")
	finding.RetryAfter = frozen.Until
	return finding
}

func reasonOf(f policy.Freeze) string {
	text := markdown.Text(markdown.Brief(f.Name))
	if reason := strings.TrimRight(f.Reason, ". "); reason != "" {
		text += ", " + markdown.Text(markdown.Brief(reason))
	}
	return text
}
