package gh

import (
	"context"
	"net/http"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// stack reads the place of a pull request in its stack, nil for none. Nothing rests on it: where GitHub does not say,
// a refusal names the base. The client library does not know stacks.
func (r *reader) stack(ctx context.Context, needs deploy.Needs, pull deploy.PullRequest) *deploy.Stack {
	if needs.StackedOn == "" || pull.Number == 0 || pull.BaseRef == needs.StackedOn {
		return nil
	}
	var answer struct {
		Stack *struct {
			Number   int `json:"number"`
			Position int `json:"position"`
		} `json:"stack"`
	}
	if _, err := r.rest.send(ctx, http.MethodGet, r.path("pulls/%d", pull.Number), nil, &answer); err != nil {
		r.log.Info("the stack of the pull request could not be read", "error", err.Error())
		return nil
	}
	found := value(answer.Stack)
	if found.Number <= 0 || found.Position <= 0 {
		return nil
	}
	return &deploy.Stack{Number: found.Number, Position: found.Position}
}
