package app

import (
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
	"github.com/lockstep-action/lockstep/internal/track"
)

// home is the repository of the action, by which workflows call it.
const home = "lockstep-action/lockstep"

// doctor examines how the action is set up, on any event. It changes nothing.
func (r *run) doctor(ctx context.Context, invalid error) int {
	r.advise()
	client, err := r.client()
	if err != nil {
		return r.fail(err)
	}
	files, problem := client.WorkflowFiles(ctx, r.examinedCommit())
	setup := r.setup(files)
	setup.Invalid = listed(invalid)
	setup.Deploys = setup.AnswersHere() // then the mode is worked out, and the inputs are those of deployments
	if setup.Deploys || r.isSet() {
		setup.Running = &r.config
	}
	facts := r.examined(ctx, client, setup)
	if problem != nil {
		facts.MarkUnavailable(checkup.FilesPart, *problem)
	}
	findings := doctor.Examine(doctor.Examination{Setup: setup, Facts: facts})
	r.decision.Findings, r.decision.Reason = findings, deploy.DoctorCompleted
	if len(r.decision.Blocking()) > 0 {
		r.decision.Reason = deploy.DoctorFoundProblems
	}
	return r.report()
}

// checkUpPatience is how long the answer to a call for help waits for a check-up. What is not known by then is
// left out, and the answer says so.
const checkUpPatience = 10 * time.Second

// checkUp examines the set-up of the step that answers a command. The workflow files are read at the same time
// as everything else: what this step is set to is known.
func (r *run) checkUp(ctx context.Context) []deploy.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkUpPatience)
	defer cancel()
	var files []checkup.File
	var problem *deploy.Problem
	var group sync.WaitGroup
	group.Go(func() { files, problem = r.session.github.WorkflowFiles(ctx, r.examinedCommit()) })
	facts := r.examined(ctx, r.session.github, doctor.Setup{Running: &r.config, Deploys: true})
	group.Wait()
	if problem != nil {
		facts.MarkUnavailable(checkup.FilesPart, *problem)
	}
	setup := r.setup(files)
	setup.Running, setup.Deploys = &r.config, true
	return doctor.Examine(doctor.Examination{Setup: setup, Facts: facts})
}

// setup finds out where workflow files use the action.
func (r *run) setup(files []checkup.File) doctor.Setup {
	e := r.request.Event
	setup := doctor.Setup{Names: []string{home}, Repository: e.Owner + "/" + e.Repository, Here: r.here()}
	switch name := r.runner.Getenv("GITHUB_ACTION_REPOSITORY"); name {
	case "":
		setup.Names = append(setup.Names, "./") // only an action in the same repository has no name
	default:
		setup.Names = append(setup.Names, name)
	}
	setup.Read(files)
	return setup
}

// examinedCommit is the commit whose files are looked at: the one whose workflow runs.
func (r *run) examinedCommit() string {
	if commit, known := deploy.WorkflowCommit(r.request); known {
		return commit
	}
	return "HEAD"
}

// here is the place of the step, where its workflow belongs to this repository.
func (r *run) here() doctor.Place {
	e := r.request.Event
	file, inside := strings.CutPrefix(r.runner.Getenv("GITHUB_WORKFLOW_REF"), e.Owner+"/"+e.Repository+"/")
	if !inside {
		return doctor.Place{}
	}
	file, _, _ = strings.Cut(file, "@")
	return doctor.Place{File: file, Job: e.Run.Job}
}

// isSet reports whether the step has inputs that say how deployments go.
func (r *run) isSet() bool {
	return slices.ContainsFunc(config.DeploymentInputs(), func(input config.Input) bool {
		given := r.runner.Input(input.Name)
		return given != "" && given != input.Default
	})
}

// examined reads what an examination needs, from GitHub and from receivers at the same time.
func (r *run) examined(ctx context.Context, client *gh.Client, setup doctor.Setup) checkup.Facts {
	var receivers []checkup.Receiver
	var group sync.WaitGroup
	group.Go(func() { receivers = r.ping(ctx) })
	facts := client.Checkup(ctx, setup.Needs(r.examinedCommit(), r.request.Event.Run.ID))
	group.Wait()
	facts.Receivers = receivers
	return facts
}

// ping finds out which receivers of events can be reached. Where they cannot be set up, the inputs say so.
func (r *run) ping(ctx context.Context) []checkup.Receiver {
	var doors []track.Prober
	if gate := r.gate(); gate != nil {
		doors = append(doors, gate)
	}
	for _, sink := range r.config.Sinks {
		if one, err := r.notice(sink, r.config.AllowInsecureHTTP); err == nil {
			doors = append(doors, one)
		}
	}
	receivers := make([]checkup.Receiver, len(doors))
	var group sync.WaitGroup
	for i, door := range doors {
		group.Go(func() {
			receivers[i] = checkup.Receiver{Name: door.Name(), Gate: i == 0 && r.config.Tracks() && r.config.Versioner.FailOnError != config.FailNever}
			if err := door.Ping(ctx); err != nil {
				receivers[i].Problem = err.Error()
			}
		})
	}
	group.Wait()
	return receivers
}
