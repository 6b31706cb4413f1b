package app

import (
	"cmp"
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
)

// result is output result: one JSON object whose key order never changes. Unknown is null.
type result struct {
	SchemaVersion  int            `json:"schema_version"`
	Decision       deploy.Outcome `json:"decision"`
	ReasonCode     deploy.Reason  `json:"reason_code"`
	Operation      string         `json:"operation"`
	DeploymentType *string        `json:"deployment_type"`
	Environment    *string        `json:"environment"`
	Ref            *string        `json:"ref"`
	SHA            *string        `json:"sha"`
	DeploymentID   *int64         `json:"deployment_id"`
}

// resultOutput is output result, with ref and commit as they are given out.
func resultOutput(r Result, target []Output) string {
	d := r.Decision
	all := result{
		SchemaVersion: 1, Decision: d.Outcome(), ReasonCode: d.Reason, Operation: operation(r), Environment: known(environment(r)),
		Ref: known(valueOf(target, "ref")), SHA: known(valueOf(target, "sha")),
	}
	if r.starting() {
		all.DeploymentType = known(string(d.Target.Kind))
	}
	if r.Request.Command.Kind == command.Lock {
		all.Ref = known(r.Facts.Pull.HeadRef)
	}
	if r.Ledger != nil && r.Ledger.DeploymentID != 0 {
		all.DeploymentID = new(r.Ledger.DeploymentID)
	}
	text, _ := js.Stringify(all) // cannot fail: texts and numbers
	return text
}

func valueOf(all []Output, name string) string {
	at := slices.IndexFunc(all, func(o Output) bool { return o.Name == name })
	if at < 0 {
		return ""
	}
	return all[at].Value
}

// environment is what the result is about: the words that branch-deploy uses for all environments,
// the default environment where none was named.
func environment(r Result) string {
	asked := r.Request.Command
	switch {
	case r.neverStarted():
		return ""
	case asked.Global && !asked.Kind.Deploys():
		return "GLOBAL_REQUEST"
	case r.Config.Mode == config.MergeDeploy || r.Config.Mode == config.UnlockOnMerge:
		return r.Config.Environment
	}
	return cmp.Or(r.Decision.Target.Environment, asked.Environment)
}

// operation is what was asked for, none where nothing was.
func operation(r Result) string {
	kind := r.Request.Command.Kind
	switch {
	case r.neverStarted():
		return command.None.String()
	case slices.Contains([]config.Mode{config.MergeDeploy, config.UnlockOnMerge, config.Doctor}, r.Config.Mode):
		return string(r.Config.Mode)
	case kind == command.Deprecated || kind == command.Naked:
		return command.None.String()
	}
	return kind.String()
}

func known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
