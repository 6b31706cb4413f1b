package gh

import (
	"context"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// Do carries out one effect. A repeated attempt uses Redo, which looks first what the earlier one
// left behind. The result can have ids even when there is an error: then the effect took place,
// but not as it should have.
func (c *Client) Do(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	switch e := effect.(type) {
	case plan.React:
		return c.react(ctx, e)
	case plan.Unreact:
		return plan.Done{}, c.unreact(ctx, e)
	case plan.Comment:
		return c.comment(ctx, e)
	case plan.StartDeployment:
		return c.startDeployment(ctx, e)
	case plan.SetStatus:
		return c.setStatus(ctx, e, l)
	case plan.UpdateBranch:
		return plan.Done{}, c.updateBranch(ctx, e)
	case plan.EditComment:
		return plan.Done{}, c.editComment(ctx, e, l)
	case plan.CloseOrphan:
		return plan.Done{}, c.closeOrphan(ctx, e)
	case plan.TakeLock:
		return c.takeLock(ctx, e)
	case plan.FreeLock:
		return plan.Done{}, c.freeLock(ctx, e)
	case plan.CountCommits:
		return c.countCommits(ctx, e)
	case plan.AddLabels:
		return plan.Done{}, c.addLabels(ctx, e)
	case plan.RemoveLabel:
		return plan.Done{}, c.removeLabel(ctx, e)
	case plan.RecordEvent, plan.NotifySinks:
		return plan.Done{}, fmt.Errorf("carry out %T: that is no effect on GitHub", effect)
	}
	return plan.Done{}, fmt.Errorf("carry out %T: unknown effect", effect)
}

// Redo carries out one effect whose first attempt may have taken place.
func (c *Client) Redo(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	switch e := effect.(type) {
	case plan.Comment:
		return c.commentOnce(ctx, e, l)
	case plan.StartDeployment:
		return c.startDeploymentOnce(ctx, e)
	case plan.SetStatus:
		return c.setStatusOnce(ctx, e, l)
	case plan.TakeLock:
		return c.takeLockOnce(ctx, e)
	default:
		// Doing these twice is the same as doing them once.
		return c.Do(ctx, effect, l)
	}
}
