package gh

import (
	"context"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/plan"
)

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
// product and environment, 0 when there is none. Finished ones are left out unless the wanted
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

// isOver tells the states of deployments that have ended.
func isOver(state string) bool {
	return slices.Contains([]string{"success", "failure", "error", "inactive"}, state)
}
