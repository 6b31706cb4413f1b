package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/message"
)

// home is the repository of the action, by which workflows call it.
const home = "lockstep-action/lockstep"

// copied is how a copy of the reusable workflow calls the action, which it checks out.
const copied = "./.lockstep"

// examination is a look at how the action is set up. It changes nothing.
type examination struct {
	*App
	github  *gh.Client
	config  config.Config
	request deploy.Request
}

func examine(ctx context.Context, a *App, in input) Result {
	r := in.result()
	a.advise(in.config)
	client, err := a.client(in.config, in.event)
	if err != nil {
		return r.invalid(listed(err)...)
	}
	x := examination{App: a, github: client, config: r.Config, request: r.Request}
	files, problem := client.WorkflowFiles(ctx, x.commit())
	setup := x.setup()
	setup.Read(files)
	setup.Fallback = doctor.Settings{Config: in.config, Computed: []string{"team_token"}} // which the job that deploys may have
	setup.Invalid = in.problems
	setup.Deploys = setup.AnswersHere() // then the mode is worked out, and the inputs are those of deployments
	if setup.Deploys || x.isSet() {
		setup.Running = &in.config
	}
	rules, unread := client.RulesFiles(ctx, x.rulesAt(setup))
	setup = setup.Under(rules)
	facts := x.facts(ctx, setup)
	if unread != nil {
		facts.MarkUnavailable(checkup.RulesPart, *unread)
	}
	r.Decision.Findings, r.Rules = findings(setup, facts, problem), shownRules(setup)
	if len(r.Decision.Blocking()) > 0 {
		return r.because(deploy.DoctorFoundProblems)
	}
	return r.because(deploy.DoctorCompleted)
}

// checkUpPatience is how long a request for help waits for a check-up. What is not known by then is left
// out, and said to be.
const checkUpPatience = 10 * time.Second

// checkUp examines the set-up of the step that answers a command. The workflow files are read at the same time as
// everything else: what this step is set to is known.
func (r *run) checkUp(ctx context.Context) []deploy.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkUpPatience)
	defer cancel()
	x := examination{App: r.App, github: r.github, config: r.result.Config, request: r.result.Request}
	rules, unread := r.rulesRead()
	setup := x.setup()
	setup.Running, setup.Deploys = &r.asked.config, true
	setup = setup.Under(rules)
	var files []checkup.File
	var problem *deploy.Problem
	var group sync.WaitGroup
	group.Go(func() { files, problem = r.github.WorkflowFiles(ctx, x.commit()) })
	facts := x.facts(ctx, setup)
	group.Wait()
	setup.Read(files)
	if unread != nil {
		facts.MarkUnavailable(checkup.RulesPart, *unread)
	}
	return brief(findings(setup.Under(rules), facts, problem))
}

// rulesRead returns the rules file that the command was judged by.
func (r *run) rulesRead() (map[string]checkup.RulesFile, *deploy.Problem) {
	path, file := r.asked.config.PolicyFile.Path, r.result.Facts.Policy
	problem, missing := r.result.Facts.Missing(deploy.PolicyPart)
	switch {
	case path == "":
		return nil, nil
	case missing && file.Text == "" && file.Exists, file.Commit == "":
		return nil, &problem
	}
	text := checkup.Text{Exists: file.Exists, Text: file.Text}
	return map[string]checkup.RulesFile{path: {Path: path, Now: text}}, nil
}

// brief leaves out what would make a comment too long: the page of the run of mode doctor has all of it.
func brief(all []deploy.Finding) []deploy.Finding {
	mistakes := 0
	return slices.DeleteFunc(all, func(f deploy.Finding) bool {
		if f.Gate == "policy" && f.Level == deploy.Block {
			mistakes++
		}
		return f.Gate == "policy" && f.Level == deploy.Block && mistakes > deploy.MostMistakes
	})
}

// rulesAt says which rules files are read: on a pull request those that it has when it is merged, else the newest ones of
// the default branch.
func (x examination) rulesAt(setup doctor.Setup) checkup.RulesAt {
	at, e := checkup.RulesAt{Paths: setup.Wanted(), Commit: "HEAD"}, x.request.Event
	if e.HeadRef == "" || e.SHA == "" {
		return at
	}
	at.Pull, at.Head, at.Commit = true, e.SHA, x.commit()
	if e.Name == "pull_request_target" { // its workflow is that of the base
		at.Commit = e.SHA
	}
	return at
}

// shownRules is what the page of the run shows of the rules files.
func shownRules(setup doctor.Setup) []message.RulesView {
	var all []message.RulesView
	for _, one := range setup.Views() {
		all = append(all, message.RulesView{
			Path: one.Path, Compared: one.Compared, Unread: one.Unread, Changes: one.Changes,
			Draft: one.Draft.Text, Replaced: one.Draft.Replaced, Left: one.Draft.Left,
		})
	}
	return all
}

func findings(setup doctor.Setup, facts checkup.Facts, unread *deploy.Problem) []deploy.Finding {
	if unread != nil {
		facts.MarkUnavailable(checkup.FilesPart, *unread)
	}
	return doctor.Examine(doctor.Examination{Setup: setup, Facts: facts})
}

func (x examination) setup() doctor.Setup {
	e := x.request.Event
	name := cmp.Or(x.runner.Getenv("GITHUB_ACTION_REPOSITORY"), "./") // only an action in the same repository has no name
	return doctor.Setup{Names: []string{home, name, copied}, Repository: e.Owner + "/" + e.Repository, Here: x.here()}
}

// commit is the one whose files are examined: that whose workflow runs.
func (x examination) commit() string {
	if commit, known := deploy.WorkflowCommit(x.request); known {
		return commit
	}
	return "HEAD"
}

func (x examination) here() doctor.Place {
	e := x.request.Event
	file, inside := strings.CutPrefix(x.runner.Getenv("GITHUB_WORKFLOW_REF"), e.Owner+"/"+e.Repository+"/")
	if !inside {
		return doctor.Place{}
	}
	file, _, _ = strings.Cut(file, "@")
	return doctor.Place{File: file, Job: e.Run.Job}
}

func (x examination) isSet() bool {
	return slices.ContainsFunc(config.DeploymentInputs(), func(input config.Input) bool {
		given := x.runner.Input(input.Name)
		return given != "" && given != input.Default
	})
}

func (x examination) facts(ctx context.Context, setup doctor.Setup) checkup.Facts {
	var receivers []checkup.Receiver
	var group sync.WaitGroup
	group.Go(func() { receivers = x.ping(ctx) })
	facts := x.github.Checkup(ctx, setup.Needs(x.commit(), x.request.Event.Run.ID))
	group.Wait()
	facts.Receivers = receivers
	return facts
}

// ping finds out which receivers of events can be reached. Where they cannot be set up, the inputs say so.
func (x examination) ping(ctx context.Context) []checkup.Receiver {
	c := x.config
	all := x.probers(c)
	receivers := make([]checkup.Receiver, len(all))
	var group sync.WaitGroup
	for i, one := range all {
		group.Go(func() {
			receivers[i] = checkup.Receiver{Name: one.Name(), Gate: i == 0 && c.Tracks() && c.Versioner.FailOnError != config.FailNever}
			if err := one.Ping(ctx); err != nil {
				receivers[i].Problem = err.Error()
			}
		})
	}
	group.Wait()
	return receivers
}
