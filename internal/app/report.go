package app

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// outputs are what the run says to the workflow, written all at once at the end, so that a run
// that is killed in the middle says nothing.
type outputs struct {
	mu     sync.Mutex
	names  []string
	values map[string]string
}

func (o *outputs) set(name, value string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.values == nil {
		o.values = map[string]string{}
	}
	if !slices.Contains(o.names, name) {
		o.names = append(o.names, name)
	}
	o.values[name] = value
}

// first gives out a value unless there is one already.
func (o *outputs) first(name, value string) {
	if _, given := o.get(name); !given {
		o.set(name, value)
	}
}

func (o *outputs) get(name string) (string, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	value, given := o.values[name]
	return value, given
}

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

// report writes outputs, summary and annotations, and returns the exit status.
func (r *run) report(problems ...string) int {
	r.tracer.decided(r.decision)
	r.describeEnd()
	failed := r.decision.Reason.Fails()
	annotate(r.runner.Error, r.decision.Blocking())
	annotate(r.runner.Warning, r.decision.Warnings())
	for _, name := range r.outputs.names {
		if err := r.runner.SetOutput(name, r.outputs.values[name]); err != nil {
			r.runner.Log().Error("an output could not be written", "output", name, "error", err.Error())
			failed = true
		}
	}
	r.summarize(r.summary(problems))
	if failed {
		return 1
	}
	return 0
}

// annotate shows what gates said. Gates that miss the same fact say the same; once is enough.
func annotate(show func(string), findings []deploy.Finding) {
	var shown []string
	for _, finding := range findings {
		text := strings.TrimSpace(finding.Text + " " + finding.Hint)
		if !slices.Contains(shown, text) {
			show(text)
			shown = append(shown, text)
		}
	}
}

// describeEnd gives out how the run ended.
func (r *run) describeEnd() {
	d := r.decision
	if d.Reason == deploy.DeploymentReady || d.Reason == deploy.NoopReady {
		r.outputs.set("noop", strconv.FormatBool(d.Target.Noop))
		r.outputs.set("continue", "true")
		r.describeHandoff()
	}
	r.describeTarget()
	r.describeLedger()
	r.describeLock()
	r.describeRecord()
	if missing := deploy.Missing(d.Order); d.Reason == deploy.DeploymentOrderFailed && len(missing) > 0 {
		names := make([]string, len(missing))
		for i, state := range missing {
			names[i] = state.Environment
		}
		r.outputs.set("needs_to_be_deployed", strings.Join(names, ","))
	}
	r.outputs.set("decision", string(d.Outcome()))
	r.outputs.set("reason_code", string(d.Reason))
	text, err := js.Stringify(r.result())
	if err != nil {
		r.runner.Log().Error("the result could not be written", "error", err.Error())
	}
	r.outputs.set("result", text)
}

// describeTarget gives out ref and commit; failed checks leave them empty, so that nothing is
// deployed by a workflow that forgot to look at continue.
func (r *run) describeTarget() {
	d := r.decision
	switch {
	case d.Reason == deploy.RefChanged:
		r.describeChecked()
	case (knowsTarget(d.Reason) || r.failedAfterGates()) && r.request.Command.Kind != command.Lock:
		r.outputs.set("ref", d.Target.Ref)
		r.outputs.set("sha", d.Target.SHA)
		r.outputs.set("commit_verified", strconv.FormatBool(d.Target.Commit.Verified))
	case d.Reason == deploy.PrechecksFailed:
		r.outputs.set("ref", "")
		r.outputs.set("sha", "")
	}
}

// describeChecked gives out the commit that was checked, not the one that the branch has moved to.
func (r *run) describeChecked() {
	now, before := r.decision.Target, r.session.ledger.Subject
	sha, ref := cmp.Or(r.request.Pinned, before.SHA), now.Ref
	if ref == now.SHA {
		ref = sha
	}
	r.outputs.set("ref", ref)
	r.outputs.set("sha", sha)
	if before.SHA == sha {
		r.outputs.set("commit_verified", strconv.FormatBool(before.Verified))
	}
}

// failedAfterGates reports whether something went wrong with a deployment that every gate had let pass: nothing but
// the start itself has a finding that blocks.
func (r *run) failedAfterGates() bool {
	d := r.decision
	refused := func(f deploy.Finding) bool { return f.Gate != "start" }
	return d.Reason == deploy.UnexpectedError && d.Target.SHA != "" &&
		r.request.Command.Kind.Deploys() && !slices.ContainsFunc(d.Blocking(), refused)
}

// neverStarted reports whether the run ended before it could look at what was asked for.
func (r *run) neverStarted() bool {
	return r.decision.Reason == deploy.UnexpectedError && r.session == nil
}

// describeHandoff gives out what the workflow needs to end the deployment where it wants to.
func (r *run) describeHandoff() {
	if !r.config.SkipCompleting {
		return
	}
	l := r.session.ledger
	if l.Lock != nil && !l.Lock.Sticky {
		r.outputs.set("lock_ref_sha", l.Lock.Tip)
	}
	text, err := l.Marshal()
	if err != nil {
		r.runner.Log().Error("the handoff could not be written", "error", err.Error())
	}
	r.outputs.set("handoff", text)
}

// describeLock gives out what became of the global lock.
func (r *run) describeLock() {
	d := r.decision
	if !d.Locks.Target.Target.Global {
		return
	}
	if d.Reason == deploy.LockAcquired {
		r.outputs.set("global_lock_claimed", "true")
	}
	if d.Reason == deploy.UnlockCompleted && d.Locks.Target.Status != deploy.Free {
		r.outputs.set("global_lock_released", "true")
	}
}

// knowsTarget tells the reasons that come after it was settled what would be deployed.
func knowsTarget(reason deploy.Reason) bool {
	return starting(reason) || slices.Contains([]deploy.Reason{
		deploy.CommitSafetyFailed, deploy.DeploymentOrderFailed, deploy.LockConflict, deploy.TrackRecorded, deploy.TrackingBlocked,
	}, reason)
}

// starting tells the reasons of runs that had begun to start a deployment.
func starting(reason deploy.Reason) bool {
	return slices.Contains([]deploy.Reason{
		deploy.DeploymentReady, deploy.NoopReady, deploy.ConfirmationRejected, deploy.ConfirmationTimedOut,
		deploy.RefChanged, deploy.DeploymentSHAMismatch, deploy.BaseBranchUpdateRequired,
	}, reason)
}

func (r *run) describeLedger() {
	if r.session == nil {
		return
	}
	l := r.session.ledger
	for name, id := range map[string]int64{
		"deployment_id":       l.DeploymentID,
		"initial_comment_id":  l.StartedCommentID,
		"initial_reaction_id": l.ReactionID,
	} {
		if id != 0 {
			r.outputs.set(name, strconv.FormatInt(id, 10))
		}
	}
}

func (r *run) result() result {
	d := r.decision
	all := result{SchemaVersion: 1, Decision: d.Outcome(), ReasonCode: d.Reason, Operation: r.operation()}
	if starting(d.Reason) || r.failedAfterGates() {
		all.DeploymentType = known(string(d.Target.Kind))
	}
	all.Environment = known(r.environment())
	ref, _ := r.outputs.get("ref")
	sha, _ := r.outputs.get("sha")
	if r.request.Command.Kind == command.Lock {
		ref = r.facts.Pull.HeadRef
	}
	if r.config.Mode != config.MergeDeploy {
		all.Ref, all.SHA = known(ref), known(sha)
	}
	if r.session != nil && r.session.ledger.DeploymentID != 0 {
		all.DeploymentID = new(r.session.ledger.DeploymentID)
	}
	return all
}

// environment names what the result is about: the words that branch-deploy uses for all environments,
// the default environment where nobody named one.
func (r *run) environment() string {
	asked := r.request.Command
	switch {
	case r.neverStarted():
		return ""
	case asked.Global && !asked.Kind.Deploys():
		return "GLOBAL_REQUEST"
	case r.config.Mode == config.MergeDeploy || r.config.Mode == config.UnlockOnMerge:
		return r.config.Environment
	}
	return cmp.Or(r.decision.Target.Environment, asked.Environment)
}

// operation names what was asked for, none where nothing was.
func (r *run) operation() string {
	if r.neverStarted() {
		return command.None.String()
	}
	if slices.Contains([]config.Mode{config.MergeDeploy, config.UnlockOnMerge, config.Doctor}, r.config.Mode) {
		return string(r.config.Mode)
	}
	kind := r.request.Command.Kind
	if kind == command.Deprecated || kind == command.Naked {
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

// summarize adds to what the run's page shows.
func (r *run) summarize(text string) {
	if err := r.runner.Summary(text); err != nil {
		r.runner.Log().Warn("the job summary could not be written", "error", err.Error())
	}
}

// summary is what the run's page shows.
func (r *run) summary(problems []string) string {
	if len(problems) > 0 {
		return "## Lockstep: invalid inputs\n\n" + bullets(problems) + "\n"
	}
	switch {
	case r.decision.Reason == deploy.UnsupportedEvent, r.decision.Reason == deploy.NoTrigger:
		return ""
	case r.config.Mode == config.Doctor:
		return message.CheckupSummary(r.decision.Findings)
	case r.config.Mode == config.TrackIt && r.session != nil:
		return message.RecordSummary(r.recordOf(r.config.Status, r.session.ledger), r.decision)
	case r.session == nil:
		return message.Summary(r.request, r.config, r.decision, message.Record{})
	case r.decision.Reason != deploy.DeploymentReady:
		return message.Summary(r.request, r.config, r.decision, message.Record{DeploymentID: r.session.ledger.DeploymentID})
	}
	return message.Summary(r.request, r.config, r.decision, r.recordOf(config.Started, r.session.ledger))
}

// bullets lists what is wrong, a line each.
func bullets(problems []string) string {
	shown := make([]string, len(problems))
	for i, problem := range problems {
		shown[i] = "- " + markdown.Code(problem)
	}
	return strings.Join(shown, "\n")
}
