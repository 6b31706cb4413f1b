// Package checkup defines what the doctor needs to know about a setup, and what GitHub and the receivers of events
// said.
package checkup

import "github.com/lockstep-action/lockstep/internal/deploy"

// File is one workflow file.
type File struct{ Path, Text string }

// Needs says which facts a check-up wants from GitHub.
type Needs struct {
	Commit      string // whose files are looked at
	Run         int64  // the workflow run that asks
	Deploy      deploy.Needs
	Labels      []string
	Files       []string // paths of files whose text is wanted
	Locks       []string // branches
	Permissions []string // of the token, that are to be tried out
}

// Facts are what GitHub and the receivers of events said.
type Facts struct {
	Deploy       deploy.Facts // deployments of the ordered environments, rules of the stable branch
	Environments []Environment
	Unlisted     bool // GitHub has more environments than it named
	Private      bool // not everyone may read the repository
	Labels       map[string]bool
	Files        map[string]*string  // by path; nil when there is no such file
	LockRules    map[string][]string // types of rules that apply to the branch of a lock
	Token        []Grant             // what the token was seen to lack or to be allowed
	Receivers    []Receiver
	Unavailable  map[Part]deploy.Problem // what could not be read, and why
}

// MarkUnavailable notes that a part could not be read, and why.
func (f *Facts) MarkUnavailable(part Part, problem deploy.Problem) {
	if f.Unavailable == nil {
		f.Unavailable = map[Part]deploy.Problem{}
	}
	f.Unavailable[part] = problem
}

// Part names a part of the facts that can fail to be read on its own.
type Part string

// The parts.
const (
	FilesPart        Part = "workflow files"
	DeploymentsPart  Part = "deployments and rules"
	EnvironmentsPart Part = "environments"
	LabelsPart       Part = "labels"
	TemplatesPart    Part = "templates"
	RulesPart        Part = "rules file"
	LockRulesPart    Part = "rules for locks"
)

// Environment is an environment of the repository.
type Environment struct {
	Name  string
	Rules []string // types of protection rules, as GraphQL's DeploymentProtectionRuleType spells them
}

// Grant says whether the token may do something.
type Grant struct {
	Permission string // as in a workflow file, such as "contents: write"
	For        string // what it is needed for, as the end of a sentence
	Allowed    bool
	Personal   bool            // the token belongs to a person: no workflow file says what it may do
	Problem    *deploy.Problem // why it is not known, nil when it is
}

// Receiver is a system that gets events.
type Receiver struct {
	Name    string
	Gate    bool   // it can refuse a deployment
	Problem string // why it was not reached, "" when it was; no secret
}
