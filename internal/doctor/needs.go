package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Needs says which facts an examination wants from GitHub.
type Needs struct {
	Commit      string // whose files are looked at
	Run         int64  // the workflow run that examines
	Deploy      deploy.Needs
	Labels      []string
	Templates   []string // paths
	Locks       []string // branches
	Permissions []string // of the token, that are to be tried out
}

// Needs says which facts the setup wants.
func (s Setup) Needs(commit string, run int64) Needs {
	settings := s.Settings()
	wanted := Needs{Commit: commit, Run: run, Labels: Labels(settings), Templates: Templates(settings)}
	for _, c := range settings {
		if c.Knows("stable_branch") {
			wanted.Deploy.StableBranch, wanted.Deploy.Rules = c.StableBranch, true
		}
	}
	wanted.Deploy.Environments = gather(settings, func(c Settings) []string {
		if !c.goesByAll() {
			return nil
		}
		return c.Order
	})
	locking := gather(settings, func(c Settings) []string {
		if c.Locks.Disabled {
			return nil
		}
		return append([]string{lock.GlobalBranch}, branches(targets(c))...)
	})
	wanted.Locks = locking[:min(len(locking), mostLocks)]
	if s.Running != nil && s.Deploys {
		wanted.Permissions = permissionsOf(Commands, Settings{Config: *s.Running})
	}
	return wanted
}

// mostLocks bounds for how many locks rules are looked up. Rulesets go by patterns, so that a few tell.
const mostLocks = 5

func branches(environments []string) []string {
	names := make([]string, len(environments))
	for i, environment := range environments {
		names[i] = lock.Branch(environment)
	}
	return names
}
