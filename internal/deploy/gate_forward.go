package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// nextRun is what to do where something changes at the moment.
const nextRun = "The next run decides anew."

// forwardGate wants a promotion to bring something new: neither what runs already, nor what failed or was rolled back
// from, nor less than what runs.
func forwardGate() Gate {
	return Gate{
		Name: "forward", Check: checkForward,
		Needs: func(k *Case, n *Needs) {
			n.History = true
			n.Changes = k.advance()
		},
		Parts: func(k *Case) []Part {
			parts := []Part{LivePart}
			if k.Target.SHA != "" {
				parts = append(parts, MergedPart)
			}
			if k.advance() != (Comparison{}) {
				parts = append(parts, ChangesPart)
			}
			return parts
		},
	}
}

// replaces returns the deployment that runs in the environment, nil for none.
func (k *Case) replaces() *Deployment { return runs(k.Live, k.counts(k.Live)) }

// placeOf returns the position of one of the environment's deployments, -1 for nil.
func (k *Case) placeOf(d *Deployment) int {
	for i := range k.Live {
		if &k.Live[i] == d {
			return i
		}
	}
	return -1
}

// advance is what runs, to compare the candidate with; zero where there is nothing to compare.
func (k *Case) advance() Comparison {
	from := k.replaces()
	if from == nil || from.SHA == "" || k.Target.SHA == "" || from.SHA == k.Target.SHA {
		return Comparison{}
	}
	return Comparison{Base: from.SHA, Head: k.Target.SHA, Runs: true, Trees: true}
}

func checkForward(k *Case) Finding {
	if k.Target.SHA == "" {
		return stays(k.Choice.hint, "There is no commit to promote.")
	}
	from, name, commit := k.replaces(), bold(k.Target.Environment), markdown.Code(Short(k.Target.SHA))
	switch {
	case from == nil && k.unsettled() != "":
		return stays("A person has to decide: "+k.byHand()+".", "%s", k.unsettled())
	case from != nil && from.SHA == k.Target.SHA:
		return stays("", "%s already runs in %s.", commit, name)
	case from != nil && from.TreeSHA != "" && from.TreeSHA == k.Target.Commit.TreeSHA:
		return stays("", "%s runs %s, which has the same files as %s.", name, markdown.Code(Short(from.SHA)), commit)
	case leftBehind(k.Live, k.Target.SHA):
		return stays("Deploy a newer commit to the earlier environments. If this one is good after all, "+k.byHand()+".",
			"%s was rolled back from %s: a promotion does not deploy it there again.", name, commit)
	}
	if finding := k.checkAttempts(); finding.Level == Block {
		return finding
	}
	return k.checkAdvance(from)
}

// unsettled says why it is not certain that nothing runs in the environment, "" where it is.
func (k *Case) unsettled() string {
	name := bold(k.Target.Environment)
	switch {
	case k.untold():
		return "It is not known what runs in " + name + "."
	case slices.ContainsFunc(k.Live, func(d Deployment) bool { return d.Own && d.everRan() }):
		return "What ran in " + name + " was taken down."
	}
	return ""
}

// checkAttempts looks at what was tried since what runs now: a deployment that goes on, and one of the candidate that
// did not succeed. A person who starts the run tries that again.
func (k *Case) checkAttempts() Finding {
	name, commit := bold(k.Target.Environment), markdown.Code(Short(k.Target.SHA))
	since := k.Live
	if at := k.placeOf(k.replaces()); at >= 0 {
		since = k.Live[:at]
	}
	if i := slices.IndexFunc(since, func(d Deployment) bool { return d.Own && d.Outcome().InFlight() }); i >= 0 {
		return stays(nextRun, "A deployment of %s to %s has not ended yet.", markdown.Code(Short(since[i].SHA)), name)
	}
	last := slices.IndexFunc(k.Live, func(d Deployment) bool { return d.Own && d.SHA == k.Target.SHA && !d.notStarted() })
	if last < 0 || !k.Live[last].Outcome().Unsuccessful() || k.startedByPerson() {
		return pass("nothing else was tried")
	}
	return stays("Find out why in "+markdown.Link("its run", k.onServer(k.Live[last].LogURL))+". Then "+k.byHand()+
		", start this workflow by hand, or deploy a newer commit to the earlier environments.",
		"The last deployment of %s to %s did not succeed: a promotion does not try it again.", commit, name)
}

// startedByPerson reports whether a person has started this very attempt of the run.
func (k *Case) startedByPerson() bool {
	return k.Event.Name == "workflow_dispatch" || k.Event.Rerun()
}

// checkAdvance keeps an environment from losing what runs there: after a rollback of what comes before, and where a
// commit runs that was never merged. A squash makes another commit of what ran, with the same files.
func (k *Case) checkAdvance(from *Deployment) Finding {
	name, commit := bold(k.Target.Environment), markdown.Code(Short(k.Target.SHA))
	if from == nil {
		return pass("nothing runs there yet")
	}
	runs, compared := markdown.Code(Short(from.SHA)), k.Changes
	switch {
	case k.Pinned != "" && compared.Comparison != k.advance():
		return stays(nextRun, "What runs in %s changed a moment ago: it is %s now.", name, runs)
	case compared.Comparison != k.advance(), !compared.Ahead.OK, !compared.Behind.OK:
		return block(UnexpectedError, "I could not compare "+commit+" with "+runs+", which runs in "+name+".",
			"If one of them no longer exists, a person has to decide: "+k.byHand()+".")
	case compared.Ahead.Value == 0:
		return stays("To go back, type "+markdown.Code(k.Config.Commands.Rollback+" "+k.Target.Environment)+" on a pull request.",
			"%s is older than %s, which runs in %s: a promotion does not go back.", commit, runs, name)
	case compared.Behind.Value > 0 && (from.TreeSHA == "" || !slices.Contains(compared.Forms, from.TreeSHA)):
		return stays("Merge it, or if it may go, "+k.byHand()+".",
			"%s runs %s, which has %s that %s lacks: a promotion would undo that.", name, runs, Plural(compared.Behind.Value, "commit"), commit)
	}
	return pass("it brings " + Plural(compared.Ahead.Value, "commit") + " to what runs there")
}

// byHand says how a person deploys in place of a promotion.
func (k *Case) byHand() string {
	return "type " + markdown.Code(k.deployStable()) + " on a pull request"
}
