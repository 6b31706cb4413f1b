package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// MismatchError says that GitHub created the deployment for another commit than the one that was
// checked, because the branch moved in between.
type MismatchError struct {
	DeploymentID int64
	Want, Got    string
}

// Error says it.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("deployment %d was created for commit %s instead of %s", e.DeploymentID, e.Got, e.Want)
}

// MergedError says that GitHub created no deployment, because it merged the default branch into the
// ref first.
type MergedError struct{ Message string }

// Error says it.
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

// unwrapped takes JSON text out of a JSON string that holds it.
func unwrapped(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	return raw
}
