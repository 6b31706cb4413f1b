package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

const outdatedName = "outdated"

func outdatedGate() Gate {
	return Gate{Name: outdatedName, Parts: outdatedParts, Check: checkOutdated, Needs: func(k *Case, n *Needs) {
		needState(k, n)
		n.Fresh = k.freshnessMatters()
	}}
}

func (k *Case) freshnessMatters() bool {
	return k.DeploysHead() && k.Config.Outdated.Update != config.UpdateDisabled
}

// outdatedParts leave out what takes requests of its own, unless a distance is not known without it.
func outdatedParts(k *Case) []Part {
	if !k.freshnessMatters() {
		return nil
	}
	parts := []Part{PullPart, GatesPart}
	if !k.outdated().OK {
		parts = append(parts, FreshnessPart)
	}
	return parts
}

type gap struct {
	branch string
	behind bool // GitHub says so itself, whatever the number of commits is
	Known[int]
}

func (g gap) exists() bool { return g.behind || (g.OK && g.Value > 0) }

func (g gap) String() string {
	if g.Value == 0 {
		return "behind " + markdown.Code(g.branch)
	}
	return Plural(g.Value, "commit") + " behind " + markdown.Code(g.branch)
}

// gaps lists the branches whose commits the head must have. What GitHub itself says is about the base.
func (k *Case) gaps() []gap {
	c, pull := k.Config, k.Pull
	base := gap{pull.BaseRef, pull.MergeState == "BEHIND", pull.BehindBase}
	stable := gap{c.StableBranch, false, pull.BehindStable}
	switch {
	case c.Outdated.Mode == config.OutdatedStable:
		return []gap{stable}
	case c.Outdated.Mode == config.OutdatedBase, base.branch == stable.branch:
		return []gap{base}
	}
	return []gap{base, stable}
}

func (k *Case) outdatedBy() []gap {
	return slices.DeleteFunc(k.gaps(), func(g gap) bool { return !g.exists() })
}

// outdated is unknown where no branch is known to have what the head lacks, and one could not be compared.
func (k *Case) outdated() Known[bool] {
	isOutdated := len(k.outdatedBy()) > 0
	unknown := func(g gap) bool { return !g.OK }
	if !isOutdated && slices.ContainsFunc(k.gaps(), unknown) {
		return Known[bool]{}
	}
	return Know(isOutdated)
}

func checkOutdated(k *Case) Finding {
	switch {
	case !k.DeploysHead():
		return pass("it does not matter whether the pull request is up to date")
	case !k.freshnessMatters():
		return pass("branches that lack commits of their base may be deployed")
	}
	if found := k.outdatedBy(); len(found) > 0 {
		return outdated(found)
	}
	for _, g := range k.gaps() {
		if !g.OK {
			return block(UnexpectedError,
				"I could not read how many commits of "+markdown.Code(g.branch)+" the branch lacks.",
				"Run the command again. If this keeps happening, check that the branch "+markdown.Code(g.branch)+" exists.")
		}
	}
	return pass("the branch is up to date")
}

func outdated(found []gap) Finding {
	distances, branches := make([]string, len(found)), make([]string, len(found))
	for i, g := range found {
		distances[i], branches[i] = g.String(), markdown.Code(g.branch)
	}
	return block(PrechecksFailed,
		"The branch is "+strings.Join(distances, " and ")+".",
		"Merge "+strings.Join(branches, " and ")+" into it, wait for the checks, and run the command again.")
}

// planUpdate has GitHub update an outdated branch where nothing earlier blocks, such as a failed check. GitHub can
// only merge the base.
func (d *Decision) planUpdate(k *Case) {
	first := slices.IndexFunc(d.Findings, func(f Finding) bool { return f.Level == Block })
	base := k.gaps()[0]
	mergeable := base.branch == k.Pull.BaseRef && base.exists() && k.Pull.MergeState != dirty
	if first < 0 || d.Findings[first].Gate != outdatedName || k.Config.Outdated.Update != config.UpdateForce || !mergeable {
		return
	}
	d.Update = true
	d.Findings[first].Hint = "I ask GitHub to merge " + markdown.Code(k.Pull.BaseRef) + " into it. Wait for the checks of the new commit, and run the command again. " +
		"If none appear (GitHub starts no workflows for a merge by the workflow's own token), push a commit of your own."
}
