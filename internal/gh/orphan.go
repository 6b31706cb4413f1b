package gh

import (
	"context"
	"encoding/json"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// createdBy reads out of a payload which run made a deployment, zero for those of other tools.
func createdBy(payload string) deploy.CreatedByRun {
	var of plan.Payload
	if json.Unmarshal(unwrapped([]byte(payload)), &of) != nil || of.Tool != plan.Tool {
		return deploy.CreatedByRun{}
	}
	return deploy.CreatedByRun{
		Run: deploy.RunID{ID: of.RunID, Attempt: of.RunAttempt}, Comment: of.TriggerCommentID,
		Product: of.Product, Version: of.Version,
	}
}

// findMakers finds out for each deployment of ours that is under way whether its run is over. Where that
// cannot be told it is left alone.
func (c *Client) findMakers(ctx context.Context, needs deploy.Needs, facts *deploy.Facts) {
	known := map[deploy.RunID]deploy.RunState{}
	for _, found := range facts.Locks {
		known[deploy.RunID{ID: found.Document.RunID, Attempt: found.Document.RunAttempt}] = found.Run
	}
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i := range facts.Live {
		found := &facts.Live[i]
		if !found.InProgress() || found.CreatedBy.Run.ID == 0 || found.CreatedBy.Run == needs.Run {
			continue
		}
		if found.CreatedBy.State = known[found.CreatedBy.Run]; found.CreatedBy.State != deploy.RunUnknown {
			continue
		}
		group.Go(func() error {
			state, err := c.runState(ctx, found.CreatedBy.Run, needs.Run)
			if err != nil {
				c.log.Debug("it is unknown whether a deployment is still under way", "run", found.CreatedBy.Run.ID, "error", err.Error())
			}
			found.CreatedBy.State = state
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
}

// endLost ends the deployment of a run that was lost, if nobody has ended it since it was looked at. It is
// found as one whose creation was cut off.
func (c *Client) endLost(ctx context.Context, e plan.CloseOrphan) error {
	status := plan.SetStatus{State: "error", Environment: e.Environment, Description: plan.WhyOrphaned}
	of := plan.Ledger{RunID: e.CreatedBy.Run.ID, RunAttempt: e.CreatedBy.Run.Attempt, TriggerID: e.CreatedBy.Comment, Attempted: true}
	id, err := c.deploymentID(ctx, status, of)
	if err != nil || id == 0 {
		return settingStatus().failed(err)
	}
	latest, err := c.latestStatus(ctx, id)
	if err != nil || isOver(latest.GetState()) {
		return settingStatus().failed(err)
	}
	of.DeploymentID = id
	_, err = c.setStatus(ctx, status, of)
	return err
}
