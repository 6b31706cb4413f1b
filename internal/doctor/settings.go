package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Settings are what deployments are set to, as far as it is known.
type Settings struct {
	config.Config
	Computed []string // inputs that only the runner can work out; the configuration has their defaults
}

// Knows reports whether the configuration has what inputs really say.
func (s Settings) Knows(inputs ...string) bool {
	return !slices.ContainsFunc(inputs, func(name string) bool { return slices.Contains(s.Computed, name) })
}

func (s Settings) targets() []string {
	if !s.Knows("environment_targets") {
		return nil
	}
	return s.Targets
}

// reachable lists the environments that commands can deploy to: those that they can name, and the default one.
func (s Settings) reachable() []string { return append(slices.Clone(s.Targets), s.Environment) }

// earlier lists the environments that come before others, by the input or the rules file.
func (s Settings) earlier() []string {
	if s.Policy == nil || len(s.Order) > 0 {
		return s.Order[:max(len(s.Order)-1, 0)]
	}
	var all []string
	for _, one := range s.Policy.Environments {
		all = append(all, one.After.Value...)
	}
	return envname.Distinct(all)
}

// listsAll reports whether the order surely goes by deployments that others made as well.
func (s Settings) listsAll() bool {
	return len(s.earlier()) > 0 && !s.OrderScope.OwnOnly() && s.Knows("deployment_order_scope")
}

// verifies reports whether the order surely goes by the runs of deployments.
func (s Settings) verifies() bool {
	return len(s.earlier()) > 0 && s.OrderScope == config.VerifiedDeployments && s.Knows("deployment_order_scope")
}

// Settings lists what deployments are set to: by the examining step, else by the workflow files.
func (s Setup) Settings() []Settings {
	if s.Running != nil {
		return []Settings{{Config: *s.Running}}
	}
	var all []Settings
	for _, use := range s.answers() {
		all = append(all, use.Settings)
	}
	return all
}

func gather(settings []Settings, names func(Settings) []string) []string {
	var all []string
	for _, c := range settings {
		for _, name := range names(c) {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

func without(all, known []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(known, name) })
}

func unlisted(environments, known []string) []string {
	return slices.DeleteFunc(slices.Clone(environments), func(name string) bool { return envname.Contains(known, name) })
}

// Labels lists the labels that the settings name.
func Labels(settings []Settings) []string {
	return gather(settings, func(c Settings) []string {
		all := labelsOf(c)
		for _, environment := range c.Environments() {
			all = append(all, c.Labels.For(environment).All()...)
		}
		return all
	})
}

func templates(settings []Settings) []string {
	return gather(settings, func(c Settings) []string { return []string{c.Messages.TemplatePath} })
}

const mostLocks = 5 // whose rules are looked up: rulesets go by patterns, of which a few give a sample

func locks(settings []Settings) []string {
	all := gather(settings, func(c Settings) []string {
		if c.Locks.Disabled {
			return nil
		}
		branches := []string{lock.GlobalBranch}
		for _, environment := range c.targets() {
			branches = append(branches, lock.Branch(environment))
		}
		return branches
	})
	return all[:min(len(all), mostLocks)]
}

// Needs says which facts the setup wants.
func (s Setup) Needs(commit string, run int64) checkup.Needs {
	settings := s.Settings()
	files := slices.Concat(templates(settings), s.ownersFiles())
	wanted := checkup.Needs{Commit: commit, Run: run, Labels: Labels(settings), Files: files, Locks: locks(settings)}
	for _, c := range settings {
		if c.Knows("stable_branch") {
			wanted.Deploy.StableBranch, wanted.Deploy.Rules = c.StableBranch, true
		}
	}
	wanted.Deploy.Environments = gather(settings, func(c Settings) []string {
		if !c.listsAll() {
			return nil
		}
		return c.earlier()
	})
	if s.Running != nil && s.Deploys {
		wanted.Permissions = needs(Commands, Settings{Config: *s.Running})
	}
	return wanted
}
