package gh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// MismatchError says that the branch moved, and GitHub created the deployment for a commit that was not checked.
type MismatchError struct {
	DeploymentID int64
	Want, Got    string
}

// Error names both commits.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("deployment %d was created for commit %s instead of %s", e.DeploymentID, e.Got, e.Want)
}

// MergedError says that GitHub created no deployment, but merged the default branch into the ref.
type MergedError struct{ Message string }

// Error returns what GitHub said.
func (e *MergedError) Error() string { return "no deployment was created: " + e.Message }

// deployer creates deployments, and sets and finds them.
type deployer struct{ *repository }

func deploying() doing { return doing{"create the deployment", "deployments: write"} }

func (d *deployer) startDeployment(ctx context.Context, e plan.StartDeployment) (plan.Done, error) {
	request := &github.DeploymentRequest{
		Ref: &e.Ref, Environment: &e.Environment, AutoMerge: &e.AutoMerge, RequiredContexts: &e.RequiredContexts,
		ProductionEnvironment: &e.Production, Payload: e.Payload,
	}
	deployment, _, err := d.rest.Repositories.CreateDeployment(ctx, d.owner, d.name, request)
	if accepted, is202 := errors.AsType[*github.AcceptedError](err); is202 {
		err = acceptedError(accepted.Raw)
	}
	if err = created(deployment.GetID(), err); err != nil {
		return plan.Done{}, deploying().failed(err)
	}
	return adopt(deployment, e)
}

// acceptedError reads an answer 202: GitHub did something else than to create a deployment.
func acceptedError(raw []byte) error {
	err := statusError(http.StatusAccepted, raw)
	if _, message := statusAndMessage(err); strings.Contains(message, "Auto-merged") {
		return &MergedError{Message: message}
	}
	return err
}

// adopt takes a deployment for ours if it is about the right commit.
func adopt(found *github.Deployment, e plan.StartDeployment) (plan.Done, error) {
	done := plan.Done{DeploymentID: found.GetID()}
	if found.GetSHA() != e.SHA {
		return done, &MismatchError{DeploymentID: found.GetID(), Want: e.SHA, Got: found.GetSHA()}
	}
	return done, nil
}

// startDeploymentOnce creates a deployment unless an earlier attempt did.
func (d *deployer) startDeploymentOnce(ctx context.Context, e plan.StartDeployment, l plan.Ledger) (plan.Done, error) {
	found, err := d.findDeployment(ctx, e.Environment, l.SameProduct)
	if err != nil {
		return plan.Done{}, deploying().failed(err)
	}
	if found != nil {
		return adopt(found, e)
	}
	return d.startDeployment(ctx, e)
}

func (d *deployer) findDeployment(ctx context.Context, environment string, isOurs func(plan.Payload) bool) (*github.Deployment, error) {
	options := &github.DeploymentsListOptions{Environment: environment, ListOptions: github.ListOptions{PerPage: 30}}
	deployments, _, err := d.rest.Repositories.ListDeployments(ctx, d.owner, d.name, options)
	if err != nil {
		return nil, err
	}
	for _, deployment := range deployments {
		if payload, err := readPayload(deployment.Payload); err == nil && isOurs(payload) {
			return deployment, nil
		}
	}
	return nil, nil
}

// readPayload reads a payload, as far as it has our form. GitHub gives one that was created from a string as JSON
// text inside of a JSON string.
func readPayload(raw json.RawMessage) (plan.Payload, error) {
	var payload plan.Payload
	err := json.Unmarshal(unquoted(raw), &payload)
	return payload, err
}

// unquoted returns the content of a JSON string, and any other value as it is.
func unquoted(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	return raw
}

func settingStatus() doing { return doing{"set the deployment's status", "deployments: write"} }

// maxDescription is the longest description of a status that GitHub takes, in characters.
const maxDescription = 140

// setStatus adds a status. Where the deployment's number is unknown because its creation was cut off, it is looked
// for; where there is no deployment, there is nothing to set.
func (d *deployer) setStatus(ctx context.Context, e plan.SetStatus, l plan.Ledger) (plan.Done, error) {
	id, err := d.deploymentID(ctx, e, l)
	if err != nil || id == 0 {
		return plan.Done{}, settingStatus().failed(err)
	}
	request := &github.DeploymentStatusRequest{State: &e.State, LogURL: &e.LogURL, Environment: &e.Environment}
	if e.EnvironmentURL != "" {
		request.EnvironmentURL = &e.EnvironmentURL
	}
	if e.Description != "" {
		request.Description = new(shortened(e.Description))
	}
	status, _, err := d.rest.Repositories.CreateDeploymentStatus(ctx, d.owner, d.name, id, request)
	return plan.Done{StatusID: status.GetID(), StatusAt: status.GetCreatedAt().Time}, settingStatus().failed(created(status.GetID(), err))
}

// setStatusOnce adds a status unless an earlier attempt did. Of two that say that it runs, the description tells which.
func (d *deployer) setStatusOnce(ctx context.Context, e plan.SetStatus, l plan.Ledger) (plan.Done, error) {
	return d.setStatusUnless(ctx, e, l, func(newest *github.DeploymentStatus) bool {
		return newest.GetState() == e.State && (isOver(e.State) || newest.GetDescription() == shortened(e.Description))
	})
}

// closeOrphan ends the deployment of a run that has ended, unless it has an end by now. It is found as one whose
// creation was cut off.
func (d *deployer) closeOrphan(ctx context.Context, e plan.CloseOrphan) error {
	status := plan.SetStatus{State: "error", Environment: e.Environment, Description: plan.WhyOrphaned}
	by := e.CreatedBy
	of := plan.Ledger{RunID: by.Run.ID, RunAttempt: by.Run.Attempt, TriggerID: by.Comment, Attempted: true}
	_, err := d.setStatusUnless(ctx, status, of, func(newest *github.DeploymentStatus) bool { return isOver(newest.GetState()) })
	return err
}

// setStatusUnless adds a status unless the newest one will do.
func (d *deployer) setStatusUnless(ctx context.Context, e plan.SetStatus, l plan.Ledger, willDo func(*github.DeploymentStatus) bool) (plan.Done, error) {
	id, err := d.deploymentID(ctx, e, l)
	if err != nil || id == 0 {
		return plan.Done{}, settingStatus().failed(err)
	}
	l.DeploymentID = id
	latest, err := d.latestStatus(ctx, id)
	if err != nil {
		return plan.Done{}, settingStatus().failed(err)
	}
	if willDo(latest) {
		return plan.Done{StatusID: latest.GetID(), StatusAt: latest.GetCreatedAt().Time}, nil
	}
	return d.setStatus(ctx, e, l)
}

func (d *deployer) deploymentID(ctx context.Context, e plan.SetStatus, l plan.Ledger) (int64, error) {
	if l.DeploymentID != 0 || !l.Attempted {
		return l.DeploymentID, nil
	}
	return twice(ctx, func() (int64, error) {
		found, err := d.findDeployment(ctx, e.Environment, l.SameRun)
		return found.GetID(), err
	})
}

func (d *deployer) latestStatus(ctx context.Context, id int64) (*github.DeploymentStatus, error) {
	statuses, _, err := d.rest.Repositories.ListDeploymentStatuses(ctx, d.owner, d.name, id, &github.ListOptions{PerPage: 1})
	if err != nil || len(statuses) == 0 {
		return nil, err
	}
	return statuses[0], nil
}

// OpenDeployment finds the deployment that an earlier step of the same run created for the same product and
// environment, 0 for none. Finished ones are left out unless the wanted state is itself an end.
func (d *deployer) OpenDeployment(ctx context.Context, l plan.Ledger, wanted config.Status) (int64, error) {
	found, err := d.findDeployment(ctx, l.Subject.Environment, l.SameProduct)
	what := doing{"look for the deployment", "deployments: write"} // which the next steps need
	if err != nil || found == nil || wanted.Terminal() {
		return found.GetID(), what.failed(err)
	}
	latest, err := d.latestStatus(ctx, found.GetID())
	if err != nil || isOver(latest.GetState()) {
		return 0, what.failed(err)
	}
	return found.GetID(), nil
}

func isOver(state string) bool {
	return slices.Contains([]string{"success", "failure", "error", "inactive"}, state)
}

// countCommits counts the commits between two, and lists them where that is wanted.
func (d *deployer) countCommits(ctx context.Context, e plan.CountCommits) (plan.Done, error) {
	if e.Lists {
		return d.listChanges(ctx, e)
	}
	return d.onlyCount(ctx, e)
}

// onlyCount counts the commits between two. The changed files are only on the first page, and not needed.
func (d *deployer) onlyCount(ctx context.Context, e plan.CountCommits) (plan.Done, error) {
	options := &github.ListOptions{PerPage: 1, Page: 2}
	comparison, _, err := d.rest.Repositories.CompareCommits(ctx, d.owner, d.name, e.Base, e.Head, options)
	if err = counted(comparison, err); err != nil {
		return plan.Done{}, doing{"count the commits since the last deployment", "contents: read"}.failed(err)
	}
	return plan.Done{Ahead: comparison.GetAheadBy(), Behind: comparison.GetBehindBy()}, nil
}
