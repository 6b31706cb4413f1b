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

	// Running is what the examining step is set to, nil where its inputs say nothing about deployments.
	Running *config.Config
	Deploys bool     // the examining step has the token of a job that deploys
	Invalid []string // what is wrong with the inputs of the examining step

	Fallback Settings // those of the examining step, whose rules file is examined where no other settings name one
	rules    map[string]checkup.RulesFile
	ruled    []ruling
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
	examine func(Examination) []deploy.Finding
}

// checks are in the order in which people read them: what stops everything comes first.
func checks() []check {
	return []check{
		{"workflows", checkWorkflows},
		{"inputs", checkInputs},
		{"policy", checkPolicy},
		{"trigger", each(Examination.answers, checkTrigger, "new comments start the workflow")},
		{"runner", each(Examination.all, checkRunner, "every job that uses the action can run on Linux")},
		{"matrix", each(Examination.answers, checkMatrix, "the job that answers commands has no matrix")},
		{"token", checkToken},
		{"permissions", each(Examination.limited, checkPermissions, "the permissions that the workflow files grant are enough")},
		{"condition", each(Examination.answers, checkCondition, "unrelated comments start no runner")},
		{"words", each(Examination.answers, checkWords, "the conditions of jobs let every command through")},
		{"guards", each(Examination.starters, checkGuards, "what deploys waits for the output `continue`")},
		{"noop", each(Examination.answers, checkNoop, "rehearsals are told from deployments, or begin nothing")},
		{"attempts", each(Examination.starters, checkAttempts, "jobs that are re-run alone deploy nothing")},
		{"outputs", each(Examination.starters, checkOutputs, "steps, jobs and outputs that are asked for exist")},
		{"checkout", each(Examination.starters, checkCheckout, "checkouts use the verified commit")},
		{"scripts", each(Examination.starters, checkScripts, "no script interpolates untrusted outputs")},
		{"finish", each(Examination.split, checkFinish, "what one job starts another one ends")},
		{"concurrency", each(Examination.starters, checkConcurrency, "no run cancels another")},
		{"order", each(Examination.ordered, checkOrder, "every environment has its place in the order")},
		{"environments", checkEnvironments},
		{"names", each(Examination.naming, checkNames, "settings name environments that commands can name")},
		{"job environments", each(Examination.all, checkJobEnvironments, "no job creates deployments in addition to those of Lockstep")},
		{"admins", each(Examination.withTeams, checkAdmins, "there is a token for the teams among the admins")},
		{"rules", checkRules},
		{"locks", checkLocks},
		{"sticky locks", checkSticky},
		{"labels", checkLabels},
		{"template", checkTemplate},
		{"tracking", checkTracking},
	}
}

// each examines steps or settings one by one. Without any there is nothing to examine.
func each[T any](list func(Examination) []T, examine func(Examination, T) []deploy.Finding, fine string) func(Examination) []deploy.Finding {
	return func(e Examination) []deploy.Finding {
		all := list(e)
		if len(all) == 0 {
			return nil
		}
		var found []deploy.Finding
		for _, one := range all {
			found = append(found, examine(e, one)...)
		}
		return orFine(found, fine)
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
		for _, finding := range one.examine(e) {
			finding.Gate = one.name
			if !slices.Contains(findings, finding) {
				findings = append(findings, finding)
			}
		}
	}
	return findings
}

func (e Examination) unavailable(part checkup.Part) []deploy.Finding {
	problem, missing := e.Facts.Unavailable[part]
	if !missing {
		return nil
	}
	return []deploy.Finding{warn("The "+string(part)+" could not be looked at. "+problem.Text, problem.Hint)}
}

func block(text, hint string) deploy.Finding {
	return deploy.Finding{Level: deploy.Block, Text: text, Hint: hint}
}

func warn(text, hint string) deploy.Finding {
	return deploy.Finding{Level: deploy.Warn, Text: text, Hint: hint}
}

func fine(text string) []deploy.Finding { return []deploy.Finding{{Level: deploy.Pass, Text: text}} }

func orFine(found []deploy.Finding, text string) []deploy.Finding {
	if len(found) == 0 {
		return fine(text)
	}
	return found
}
