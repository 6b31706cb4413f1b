package doctor

import (
	"errors"
	"slices"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/codeowners"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// RulesPaths lists the rules files that the settings name.
func (s Setup) RulesPaths() []string {
	return gather(s.forRules(), func(c Settings) []string { return []string{c.PolicyFile.Path} })
}

// Misplaced lists where people put a rules file that is not read from there.
func Misplaced() []string {
	return []string{".github/lockstep.yaml", ".github/.lockstep.yml", ".lockstep.yml", "lockstep.yml", "lockstep.yaml"}
}

// Wanted lists the files to read: those that the settings name, and where one could be by mistake.
func (s Setup) Wanted() []string {
	paths := s.RulesPaths()
	if slices.Contains(paths, config.DefaultPolicyPath) {
		paths = append(paths, Misplaced()...)
	}
	return paths
}

// misplaced returns a file that looks like a rules file and is not read, "" for none.
func (s Setup) misplaced() string {
	for _, path := range Misplaced() {
		if s.rules[path].Now.Exists {
			return path
		}
	}
	return ""
}

// forRules are the settings whose rules file is known: those of deployments, else those of the examining step, since
// workflows of other repositories may deploy.
func (s Setup) forRules() []Settings {
	all := s.Settings()
	if len(all) == 0 {
		all = []Settings{s.Fallback}
	}
	return slices.DeleteFunc(all, func(c Settings) bool { return !c.Knows("policy_path") })
}

// Under returns the setup under the rules files that were read: settings are those that deployments have then.
func (s Setup) Under(files map[string]checkup.RulesFile) Setup {
	asked := s.forRules()
	s.rules, s.Uses = files, slices.Clone(s.Uses)
	for i := range s.Uses {
		s.Uses[i].Settings = s.govern(s.Uses[i].Settings)
	}
	if s.Running != nil {
		s.Running = new(s.govern(Settings{Config: *s.Running}).Config)
	}
	s.Fallback = s.govern(s.Fallback)
	s.ruled = nil
	for i, c := range s.forRules() {
		if file, isRead := files[c.PolicyFile.Path]; isRead {
			s.ruled = append(s.ruled, newRuling(file, asked[i], c))
		}
	}
	return s
}

// govern returns settings under their rules file, and those of a broken file under its names.
func (s Setup) govern(c Settings) Settings {
	file := s.rules[c.PolicyFile.Path]
	if !file.Now.Exists {
		return c
	}
	read, err := policy.Read(file.Now.Text)
	if err != nil {
		c.Config = c.Named(read)
		return c
	}
	c.Config, _ = c.Under(read) // what contradicts the file is a finding
	c.Computed = without(c.Computed, []string{"environment_targets"})
	return c
}

// ruling is a rules file with settings that it is for.
type ruling struct {
	Settings          // under the rules
	inputs   Settings // without them
	file     checkup.RulesFile
	mistakes policy.Errors // in the file, or in the inputs next to it
	problem  string        // what they are, as the middle of a sentence
}

func newRuling(file checkup.RulesFile, inputs, governed Settings) ruling {
	r := ruling{Settings: governed, inputs: inputs, file: file}
	if !file.Now.Exists || file.Now.Problem != "" {
		return r
	}
	r.problem = "is broken"
	read, err := policy.Read(file.Now.Text)
	if err == nil {
		r.problem = "and the inputs contradict each other"
		var under config.Config
		if under, err = inputs.Under(read); err == nil {
			err = deploy.Ambiguous(under)
		}
	}
	r.mistakes, _ = errors.AsType[policy.Errors](err)
	return r
}

// rules are those of each environment of the file.
func (r ruling) rules() []policy.Rules {
	var all []policy.Rules
	for _, name := range r.Policy.Names() {
		if found := r.For(name).Resolved.Rules; found != nil {
			all = append(all, *found)
		}
	}
	return all
}

// RulesView is what the page of a run shows of a rules file.
type RulesView struct {
	Path     string
	Compared bool            // the pull request has a file of its own
	Unread   bool            // the file that it replaces is broken
	Changes  []policy.Change // what the pull request changes
	Draft    Draft           // the file that equals the inputs, where the repository has no rules file
}

// Draft is a rules file that equals the inputs of a workflow.
type Draft struct {
	config.Draft
	Left []string // inputs that only the runner can work out
}

// Views returns what there is to show of the rules files.
func (s Setup) Views() []RulesView {
	var all []RulesView
	for _, one := range s.ruled {
		if view := one.view(); len(view.Changes) > 0 || view.Compared || view.Draft.Text != "" {
			all = append(all, view)
		}
	}
	return slices.CompactFunc(all, RulesView.equal)
}

func (v RulesView) equal(other RulesView) bool {
	return v.Path == other.Path && v.Compared == other.Compared && slices.Equal(v.Changes, other.Changes) && v.Draft.Text == other.Draft.Text
}

func (r ruling) view() RulesView {
	view := RulesView{Path: r.file.Path}
	if !r.file.Now.Exists && !r.file.Before.Exists {
		view.Draft.Draft = r.inputs.AsRules()
		view.Draft.Left = gather([]Settings{r.inputs}, func(c Settings) []string {
			return slices.DeleteFunc(slices.Clone(c.Computed), func(name string) bool { return !slices.Contains(config.RulesInputs(), name) })
		})
		return view
	}
	now, err := parsed(r.file.Now)
	if !r.file.Compared || err != nil {
		return view
	}
	before, unread := parsed(r.file.Before)
	if unread != nil {
		before = nil
	}
	view.Compared, view.Unread, view.Changes = true, unread != nil, policy.Compare(before, now)
	return view
}

// parsed returns what a file says, nil where it does not exist.
func parsed(file checkup.Text) (*policy.Policy, error) {
	if !file.Exists {
		return nil, nil //nolint:nilnil // there is no file, and nothing is wrong with that
	}
	return policy.Read(file.Text)
}

// ownersFiles lists what is read to find the owners of rules files: nothing where there are none.
func (s Setup) ownersFiles() []string {
	for _, path := range s.RulesPaths() {
		if s.rules[path].Now.Exists {
			return codeowners.Places()
		}
	}
	return nil
}

func labelsOf(c Settings) []string {
	if c.Policy == nil {
		return nil
	}
	var all []string
	for _, one := range append([]policy.Settings{c.Policy.Defaults}, settingsOf(c.Policy)...) {
		all = append(all, one.Labels.Value.Require...)
		all = append(all, one.Labels.Value.Forbid...)
	}
	return all
}

func settingsOf(p *policy.Policy) []policy.Settings {
	all := make([]policy.Settings, len(p.Environments))
	for i, one := range p.Environments {
		all[i] = one.Settings
	}
	return all
}

// at returns a finding with its place in the file.
func (r ruling) at(f deploy.Finding, line int) deploy.Finding {
	f.At = r.file.Place(line, 0)
	return f
}
