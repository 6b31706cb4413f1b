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
			if k.Target.Commit.SHA != "" && k.Older != "" && !k.reachesBack() && len(k.Live) < mostHistory {
				n.Older = k.Older
			}
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
	case k.isVeiled(from), from == nil && k.unsettled() != "":
		return stays("A person has to decide: "+k.byHand()+".", "%s", k.unsettled())
	case from != nil && from.SHA == k.Target.SHA:
		return stays("", "%s already runs in %s.", commit, name)
	case from != nil && from.TreeSHA != "" && from.TreeSHA == k.Target.Commit.TreeSHA:
		return stays("", "%s runs %s, which has the same files as %s.", name, markdown.Code(Short(from.SHA)), commit)
	}
	if why := k.takenAway(); why != "" {
		return stays(k.newer(),
			"%s: a promotion does not deploy it there again.", why)
	}
	if finding := k.checkAttempts(); finding.Level == Block {
		return finding
	}
	return k.checkAdvance(from)
}

// takenAway says that the candidate was rolled back from in the environment, "" where it was not. A pull request that was
// rolled back from may be merged all the same, which makes another commit with the same files.
func (k *Case) takenAway() string {
	name, commit := bold(k.Target.Environment), markdown.Code(Short(k.Target.SHA))
	if left := k.leftFiles(); left != "" && left != k.Target.SHA {
		return name + " was rolled back from " + markdown.Code(Short(left)) + ", which has the same files as " + commit
	} else if left != "" {
		return name + " was rolled back from " + commit
	}
	if !k.reachesBack() {
		return "It is not known whether " + name + " was rolled back from " + commit + ": the newest " +
			Plural(len(k.Live), "deployment") + " are all newer than it"
	}
	return ""
}

// leftFiles returns the commit with the candidate's files that was rolled back from, "" for none. No later success changes
// that: the candidate would run, or something older took its place, and that of another commit may be forged.
func (k *Case) leftFiles() string {
	alike := []string{k.Target.SHA}
	for _, d := range k.Live {
		if k.isCandidate(d) {
			alike = append(alike, d.SHA)
		}
	}
	for _, d := range k.Live { // one that tries again leaves its own commit
		if d.Own && d.Rollback != nil && !k.isCandidate(d) && slices.Contains(alike, d.Rollback.From) {
			return d.Rollback.From
		}
	}
	return ""
}

// isCandidate reports whether a deployment is of the candidate, or of a commit with the same files.
func (k *Case) isCandidate(d Deployment) bool {
	return d.sameFiles(Deployment{SHA: k.Target.SHA, TreeSHA: k.Target.Commit.TreeSHA})
}

// reachesBack reports whether all deployments are known that there were since the candidate was written. That is a word of
// its author: it was written when it was deployed to the environments before.
func (k *Case) reachesBack() bool {
	written, last := k.Target.Commit.AuthoredAt, len(k.Live)-1
	for _, environment := range k.earlier() {
		deployments := k.Deployments[environment]
		if at, _ := Vouching(deployments); at >= 0 && deployments[at].CreatedAt.Before(written.Value) {
			written.Value = deployments[at].CreatedAt
		}
	}
	return last < 0 || k.Live[last].First || written.OK && k.Live[last].CreatedAt.Before(written.Value)
}

// unsettled says why it is not certain what runs in the environment, or that nothing does, "" where it is.
func (k *Case) unsettled() string {
	name := bold(k.Target.Environment)
	switch {
	case k.isVeiled(k.replaces()):
		return "A deployment to " + name + " has a payload that I cannot read: I cannot tell what runs there."
	case k.untold():
		return "It is not known what runs in " + name + "."
	case slices.ContainsFunc(k.Live, func(d Deployment) bool { return d.Own && d.everRan() }):
		return "What ran in " + name + " was taken down."
	}
	return ""
}

// isVeiled reports whether a deployment that may be ours, since what runs, cannot be read: it may be a rollback.
func (k *Case) isVeiled(from *Deployment) bool {
	since := k.Live
	if at := k.placeOf(from); at >= 0 {
		since = k.Live[:at+1]
	}
	return slices.ContainsFunc(since, func(d Deployment) bool { return d.Unreadable })
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
	last := slices.IndexFunc(k.Live, func(d Deployment) bool { return d.Own && k.isCandidate(d) && !d.notStarted() })
	if last < 0 || !k.Live[last].Outcome().Unsuccessful() || k.startedByPerson() {
		return pass("nothing else was tried")
	}
	return stays("Find out why in "+markdown.Link("its run", k.onServer(k.Live[last].LogURL))+". Then "+k.byHand()+
		", start this workflow by hand, or deploy a newer commit to the earlier environments.",
		"The last deployment of %s to %s did not succeed: a promotion does not try it again.", commit, name)
}

// startedByPerson reports whether a person has started this very attempt of the run. Workflows may start others, and runs
// again, by their own token: each night, too.
func (k *Case) startedByPerson() bool {
	by := k.Event.Triggering
	return (k.Event.Name == "workflow_dispatch" || k.Event.Rerun()) && by != "" && !isBot(by)
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
	case slices.ContainsFunc(k.Live[k.placeOf(from):], func(d Deployment) bool { return d.Own && d.everRan() && d.SHA == k.Target.SHA }):
		return stays(k.newer(),
			"%s ran in %s before, and %s, which is older, took its place: a promotion does not deploy it there again.", commit, name, runs)
	}
	return pass("it brings " + Plural(compared.Ahead.Value, "commit") + " to what runs there")
}

// newer says what to do about a commit that was taken away before.
func (k *Case) newer() string {
	return "Deploy a newer commit to the earlier environments. If this one is good after all, " + k.byHand() + "."
}

// byHand says how a person deploys in place of a promotion.
func (k *Case) byHand() string {
	return "type " + markdown.Code(k.deployStable()) + " on a pull request"
}
