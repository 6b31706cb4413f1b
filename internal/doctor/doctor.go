// Package doctor examines how Lockstep is set up in a repository, and says what to change.
//
// Like package deploy it decides without I/O: the workflow files and what GitHub said go in, findings come
// out. It looks for mistakes with this action; actionlint and zizmor look for those that any workflow can have.
package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Setup is what is examined.
type Setup struct {
	Names []string // by which workflows call the action: its repository as owner/name, or a path

	Repository string           // owner/name, "" when it does not matter
	Here       Place            // the job that examines
	Files      []checkup.File   // every workflow file of the commit
	Uses       []StepRef        // every step in them that uses the action
	Unreadable map[string]error // why files could not be read, by path
	workflows  []readable       // the others

	// Running is what the examining step is set to; nil where it is there for examining only and its inputs say
	// nothing about deployments.
	Running *config.Config
	Deploys bool     // the examining step has the token of a job that deploys
	Invalid []string // what is wrong with the inputs of the examining step
}

// Place is a job of a workflow file.
type Place struct{ File, Job string }

// Examination is a setup with the facts about it.
type Examination struct {
	Setup
	Facts checkup.Facts
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
		{"guards", Setup.answers, checkGuards},
		{"checkout", Setup.answers, checkCheckout},
		{"scripts", Setup.answers, checkScripts},
		{"finish", nil, checkFinish},
		{"concurrency", Setup.answers, checkConcurrency},
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

// Examine runs every check. The findings are in the order of the checks, and none is there twice.
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

// unavailable turns a part that could not be read into a finding.
func (e Examination) unavailable(part checkup.Part) []deploy.Finding {
	problem, missing := e.Facts.Unavailable[part]
	if !missing {
		return nil
	}
	return []deploy.Finding{warn("The "+string(part)+" could not be looked at. "+problem.Text, problem.Hint)}
}

// block is a finding that has to change.
func block(text, hint string) deploy.Finding {
	return deploy.Finding{Level: deploy.Block, Text: text, Hint: hint}
}

// warn is a finding that could be better.
func warn(text, hint string) deploy.Finding {
	return deploy.Finding{Level: deploy.Warn, Text: text, Hint: hint}
}

func fine(text string) []deploy.Finding { return []deploy.Finding{{Level: deploy.Pass, Text: text}} }

// orFine says that all is well when nothing was found.
func orFine(found []deploy.Finding, text string) []deploy.Finding {
	if len(found) == 0 {
		return fine(text)
	}
	return found
}
