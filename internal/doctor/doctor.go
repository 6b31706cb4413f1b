// Package doctor examines how Lockstep is set up in a repository, and says what to change.
//
// Like package deploy it decides without I/O: the workflow files and what GitHub said go in, findings come
// out. Each check stands in a file of its own.
package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Setup is what is examined.
type Setup struct {
	Names []string // by which workflows call the action: its repository as owner/name, or a path

	Repository string           // owner/name, "" when it does not matter
	Here       Place            // where the step stands that examines
	Files      []File           // every workflow file of the commit
	Uses       []StepRef        // every step in them that uses the action
	Unreadable map[string]error // why files could not be read, by path
	workflows  []readable       // the others

	// Running is what the examining step is set to; nil where it is there for examining only, so that its
	// inputs say nothing about deployments.
	Running *config.Config
	Deploys bool     // the examining step has the token of a job that deploys
	Invalid []string // what is wrong with the inputs of the examining step
}

// Place is a job of a workflow file.
type Place struct{ File, Job string }

// Facts are what GitHub and the receivers of events said.
type Facts struct {
	Deploy       deploy.Facts // deployments of the ordered environments, rules of the stable branch
	Environments []Environment
	Unlisted     bool // GitHub has more environments than it named
	Private      bool // not everybody may read the repository
	Labels       map[string]bool
	Templates    map[string]*string  // by path; nil when there is no such file
	LockRules    map[string][]string // types of rules that hold for the branch of a lock
	Token        []Grant             // what the token was seen to lack or to be allowed
	Receivers    []Receiver
	Unread       map[Part]deploy.Problem
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
	For        string // what it is good for, as the end of a sentence
	Allowed    bool
	Personal   bool            // the token is somebody's own: no workflow file says what it may do
	Problem    *deploy.Problem // why it is not known, nil when it is
}

// Receiver is somebody who is told of events.
type Receiver struct {
	Name    string
	Gate    bool   // it can refuse a deployment
	Problem string // why it was not reached, "" when it was; no secret
}

// Examination is a setup with the facts about it.
type Examination struct {
	Setup
	Facts Facts
}

// check looks for one kind of mistake. What it has nothing to say about it leaves out.
type check struct {
	name    string
	about   func(Setup) []StepRef // without any of these there is nothing to examine; nil where it is about something else
	examine func(Examination) []deploy.Finding
}

// checks are in the order in which people read them: what stops everything comes first.
func checks() []check {
	return []check{
		{"workflows", nil, checkWorkflows},
		{"inputs", nil, checkInputs},
		{"trigger", Setup.answers, checkTrigger},
		{"runner", Setup.all, checkRunner},
		{"token", nil, checkToken},
		{"permissions", nil, checkPermissions},
		{"condition", Setup.answers, checkCondition},
		{"expressions", Setup.all, checkExpressions},
		{"guards", Setup.answers, checkGuards},
		{"checkout", Setup.answers, checkCheckout},
		{"scripts", Setup.answers, checkScripts},
		{"finish", nil, checkFinish},
		{"concurrency", Setup.answers, checkConcurrency},
		{"pinning", Setup.all, checkPinning},
		{"order", nil, checkOrder},
		{"environments", nil, checkEnvironments},
		{"names", nil, checkNames},
		{"job environments", Setup.all, checkJobEnvironments},
		{"admins", nil, checkAdmins},
		{"rules", nil, checkRules},
		{"locks", nil, checkLocks},
		{"sticky locks", nil, checkSticky},
		{"labels", nil, checkLabels},
		{"template", nil, checkTemplate},
		{"tracking", nil, checkTracking},
	}
}

// Checks names the checks, in their order.
func Checks() []string {
	var names []string
	for _, one := range checks() {
		names = append(names, one.name)
	}
	return names
}

// Examine carries out every check. The findings are in the order of the checks, and none is there twice.
func Examine(e Examination) []deploy.Finding {
	var findings []deploy.Finding
	for _, one := range checks() {
		if one.about != nil && len(one.about(e.Setup)) == 0 {
			continue
		}
		for _, finding := range one.examine(e) {
			finding.Gate = one.name
			if !slices.Contains(findings, finding) {
				findings = append(findings, finding)
			}
		}
	}
	return findings
}

// unread turns a part that could not be read into a finding.
func (f Facts) unread(part Part) []deploy.Finding {
	problem, missing := f.Unread[part]
	if !missing {
		return nil
	}
	return []deploy.Finding{{Level: deploy.Warn, Text: "The " + string(part) + " could not be looked at. " + problem.Text, Hint: problem.Hint}}
}

func fine(text string) []deploy.Finding { return []deploy.Finding{{Text: text}} }

// orFine says that all is well when nothing was found.
func orFine(found []deploy.Finding, text string) []deploy.Finding {
	if len(found) == 0 {
		return fine(text)
	}
	return found
}
