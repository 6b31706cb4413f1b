package gh

import (
	"bytes"
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

// MismatchError says that GitHub created the deployment for another commit than the one that was
// checked, because the branch moved in between.
type MismatchError struct {
	DeploymentID int64
	Want, Got    string
}

// Error names both commits.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("deployment %d was created for commit %s instead of %s", e.DeploymentID, e.Got, e.Want)
}

// MergedError says that GitHub created no deployment, because it merged the default branch into the
// ref first.
type MergedError struct{ Message string }

// Error names both commits.
func (e *MergedError) Error() string { return "no deployment was created: " + e.Message }

func deploying() doing { return doing{"create the deployment", "deployments: write"} }

// startDeployment creates a deployment: POST /repos/{owner}/{repo}/deployments.
func (c *Client) startDeployment(ctx context.Context, e plan.StartDeployment) (plan.Done, error) {
	request := &github.DeploymentRequest{
		Ref: &e.Ref, Environment: &e.Environment, AutoMerge: &e.AutoMerge, RequiredContexts: &e.RequiredContexts,
		ProductionEnvironment: &e.Production, Payload: e.Payload,
	}
	deployment, _, err := c.rest.Repositories.CreateDeployment(ctx, c.owner, c.repository, request)
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
func (c *Client) startDeploymentOnce(ctx context.Context, e plan.StartDeployment) (plan.Done, error) {
	found, err := c.findDeployment(ctx, e.Environment, func(found plan.Payload) bool { return plan.SameRun(found, e.Payload) })
	if err != nil {
		return plan.Done{}, deploying().failed(err)
	}
	if found != nil {
		return adopt(found, e)
	}
	return c.startDeployment(ctx, e)
}

func (c *Client) findDeployment(ctx context.Context, environment string, isOurs func(plan.Payload) bool) (*github.Deployment, error) {
	options := &github.DeploymentsListOptions{Environment: environment, ListOptions: github.ListOptions{PerPage: 30}}
	deployments, _, err := c.rest.Repositories.ListDeployments(ctx, c.owner, c.repository, options)
	if err != nil {
		return nil, err
	}
	for _, deployment := range deployments {
		if payload, readable := readPayload(deployment.Payload); readable && isOurs(payload) {
			return deployment, nil
		}
	}
	return nil, nil
}

// readPayload reads a payload that is an object, or JSON text of one inside a string.
func readPayload(raw json.RawMessage) (plan.Payload, bool) {
	raw = unwrapped(raw)
	var payload plan.Payload
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return payload, false
	}
	return payload, json.Unmarshal(raw, &payload) == nil
}

// unwrapped takes JSON text out of a JSON string around it.
func unwrapped(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	return raw
}

func settingStatus() doing { return doing{"set the deployment's status", "deployments: write"} }

// maxDescription is the longest description of a status that GitHub takes, in characters.
const maxDescription = 140

// setStatus adds a status: POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses. Where
// the deployment's number is unknown because its creation was cut off, it is looked for; where
// there is no deployment, there is nothing to set.
func (c *Client) setStatus(ctx context.Context, e plan.SetStatus, l plan.Ledger) (plan.Done, error) {
	id, err := c.deploymentID(ctx, e, l)
	if err != nil || id == 0 {
		return plan.Done{}, settingStatus().failed(err)
	}
	request := &github.DeploymentStatusRequest{State: &e.State, LogURL: &e.LogURL, Environment: &e.Environment}
	if e.EnvironmentURL != "" {
		request.EnvironmentURL = &e.EnvironmentURL
	}
	if e.Description != "" {
		runes := []rune(e.Description)
		request.Description = new(string(runes[:min(len(runes), maxDescription)]))
	}
	status, _, err := c.rest.Repositories.CreateDeploymentStatus(ctx, c.owner, c.repository, id, request)
	return plan.Done{StatusID: status.GetID()}, settingStatus().failed(created(status.GetID(), err))
}

// setStatusOnce adds a status unless the newest one says the same already.
func (c *Client) setStatusOnce(ctx context.Context, e plan.SetStatus, l plan.Ledger) (plan.Done, error) {
	id, err := c.deploymentID(ctx, e, l)
	if err != nil || id == 0 {
		return plan.Done{}, settingStatus().failed(err)
	}
	l.DeploymentID = id
	latest, err := c.latestStatus(ctx, id)
	if err != nil {
		return plan.Done{}, settingStatus().failed(err)
	}
	if latest.GetState() == e.State {
		return plan.Done{StatusID: latest.GetID()}, nil
	}
	return c.setStatus(ctx, e, l)
}

func (c *Client) deploymentID(ctx context.Context, e plan.SetStatus, l plan.Ledger) (int64, error) {
	if l.DeploymentID != 0 || !l.Attempted {
		return l.DeploymentID, nil
	}
	found, err := c.findDeployment(ctx, e.Environment, l.SameRun)
	return found.GetID(), err
}

// latestStatus reads the newest status of a deployment, nil when it has none yet:
// GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses, newest first.
func (c *Client) latestStatus(ctx context.Context, id int64) (*github.DeploymentStatus, error) {
	statuses, _, err := c.rest.Repositories.ListDeploymentStatuses(ctx, c.owner, c.repository, id, &github.ListOptions{PerPage: 1})
	if err != nil || len(statuses) == 0 {
		return nil, err
	}
	return statuses[0], nil
}

// OpenDeployment finds the deployment that an earlier step of the same run created for the same
// product and environment, 0 when there is no such deployment. Finished ones are left out unless the wanted
// state is itself an end.
func (c *Client) OpenDeployment(ctx context.Context, l plan.Ledger, wanted config.Status) (int64, error) {
	found, err := c.findDeployment(ctx, l.Subject.Environment, l.SameProduct)
	what := doing{"look for the deployment", "deployments: write"} // which the next steps need
	if err != nil || found == nil || wanted.Terminal() {
		return found.GetID(), what.failed(err)
	}
	latest, err := c.latestStatus(ctx, found.GetID())
	if err != nil || isOver(latest.GetState()) {
		return 0, what.failed(err)
	}
	return found.GetID(), nil
}

// isOver reports whether a deployment in this state has ended.
func isOver(state string) bool {
	return slices.Contains([]string{"success", "failure", "error", "inactive"}, state)
}

// countCommits counts the commits between two: GET /repos/{owner}/{repo}/compare/{basehead}. Only the first
// page of the answer lists the changed files, which are not needed.
func (c *Client) countCommits(ctx context.Context, e plan.CountCommits) (plan.Done, error) {
	options := &github.ListOptions{PerPage: 1, Page: 2}
	comparison, _, err := c.rest.Repositories.CompareCommits(ctx, c.owner, c.repository, e.Base, e.Head, options)
	if err = counted(comparison, err); err != nil {
		return plan.Done{}, doing{"count the commits since the last deployment", "contents: read"}.failed(err)
	}
	return plan.Done{Ahead: comparison.GetAheadBy(), Behind: comparison.GetBehindBy()}, nil
}
