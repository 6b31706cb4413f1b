package app

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Output is one output of the action.
type Output struct{ Name, Value string }

// Outputs are what the run says to the workflow.
func Outputs(r Result) []Output {
	target := targetOutputs(r)
	return slices.Concat(
		commandOutputs(r), lookOutputs(r), modeOutputs(r), trackingOutputs(r), startOutputs(r), rollbackOutputs(r), healthOutputs(r), target, idOutputs(r.Ledger),
		lockOutputs(r.Decision), orderOutputs(r.Decision), retryOutputs(r.Decision),
		present(Output{"record", r.Record}, Output{"record_file", r.RecordFile}),
		[]Output{
			{"decision", string(r.Decision.Outcome())},
			{"reason_code", string(r.Decision.Reason)},
			{"result", resultOutput(r, target)},
		},
	)
}

func present(all ...Output) []Output {
	return slices.DeleteFunc(all, func(o Output) bool { return o.Value == "" })
}

func commandOutputs(r Result) []Output {
	e, asked := r.Request.Event, r.Request.Command
	if r.Config.Mode == config.Promote && asked.KnownEnvironment {
		return append([]Output{{"type", asked.Type}}, environmentOutputs(r)...)
	}
	if r.Config.Mode != config.Comment || r.Decision.Reason == deploy.UnsupportedEvent ||
		asked.Kind == command.Deprecated || asked.Kind == command.Naked {
		return nil
	}
	all := []Output{
		{"comment_body", asked.Text},
		{"issue_number", strconv.Itoa(e.Pull)},
		{"triggered", strconv.FormatBool(asked.Kind != command.None)},
	}
	if asked.Kind == command.None {
		return all
	}
	all = append(all,
		Output{"type", asked.Type}, Output{"comment_id", strconv.FormatInt(e.Comment.ID, 10)},
		Output{"actor_handle", e.Comment.Author}, Output{"actor", e.Actor})
	all = append(all, present(Output{"rerun_by", e.RerunBy()})...)
	if !asked.Kind.Deploys() {
		return all
	}
	all = append(all, Output{"params", asked.Params.Raw}, Output{"parsed_params", asked.Params.JSON})
	if !asked.KnownEnvironment {
		return all
	}
	return append(all, environmentOutputs(r)...)
}

func environmentOutputs(r Result) []Output {
	asked := r.Request.Command
	all := []Output{{"environment", asked.Environment}}
	if url := r.Config.For(asked.Environment).Resolved.URL; url != "" || namesURLs(r.Config) {
		all = append(all, Output{"environment_url", cmp.Or(url, "null")})
	}
	return all
}

// namesURLs reports whether the inputs or the rules file name the address of any environment.
func namesURLs(c config.Config) bool {
	inFile := func(name string) bool { return c.For(name).Resolved.URL != "" }
	return len(c.EnvironmentURLs) > 0 || c.Policy != nil && slices.ContainsFunc(c.Policy.Names(), inFile)
}

// lookOutputs are what GitHub said, for a deployment and its rehearsal.
func lookOutputs(r Result) []Output {
	first, asked := r.First, r.Request.Command
	if first == nil || r.Config.Mode == config.Promote || !asked.Kind.Deploys() || first.Decision.Denied() || first.Decision.Verdict == deploy.Ignore {
		return nil // nothing else was looked at
	}
	f, found := first.Facts, first.Decision.Evidence
	all := []Output{
		{"base_ref", f.Pull.BaseRef},
		{"default_branch_tree_sha", f.Stable.Head.TreeSHA},
		{"fork", strconv.FormatBool(found.Fork)},
	}
	if found.OtherBase {
		all = append(all, Output{"non_default_target_branch_used", "true"})
	}
	all = append(all, present(Output{"sha_deployment", found.ExactSHA})...)
	if head := found.Head; head != (deploy.ForkHead{}) {
		all = append(all, Output{"fork_ref", head.Ref}, Output{"fork_label", head.Label},
			Output{"fork_checkout", head.Checkout}, Output{"fork_full_name", head.FullName})
	}
	if asked.GoesBack() || asked.SHA != "" {
		return all
	}
	return append(all, stateOutputs(found)...)
}

func stateOutputs(found deploy.Evidence) []Output {
	return []Output{
		{"commit_status", string(found.CommitStatus)},
		{"review_decision", found.ReviewDecision},
		{"is_outdated", knownBool(found.Outdated)},
		{"merge_state_status", found.MergeState},
		{"approved_reviews_count", strconv.Itoa(found.Approvals)},
	}
}

// knownBool is empty where GitHub did not tell.
func knownBool(b deploy.Known[bool]) string {
	if !b.OK {
		return ""
	}
	return strconv.FormatBool(b.Value)
}

func modeOutputs(r Result) []Output {
	all := slices.Concat(present(Output{"environment", r.Environment}), secondsOutput(r), boardOutputs(r.Decision.Board))
	switch {
	case r.Manifest != nil:
		all = append(all, Output{"manifest", r.Manifest.Output()})
	case r.Config.Mode == config.MergeDeploy && r.Environment != "":
		needed := r.Decision.Reason == deploy.MergeDeployRequired
		all = append(all, Output{"continue", strconv.FormatBool(needed)})
		if needed {
			all = append(all, Output{"sha", r.Decision.Target.SHA})
		}
	case r.DORA != nil:
		all = append(all, Output{"dora", r.DORA.JSON(r.Request.Event.Owner + "/" + r.Request.Event.Repository)})
	case r.Config.Mode == config.UnlockOnMerge && r.Unlocked != nil:
		all = append(all, Output{"unlocked_environments", strings.Join(r.Unlocked, ",")})
	case r.Config.Mode == config.Finish && r.Ledger != nil:
		all = append(all, Output{"noop", strconv.FormatBool(r.Ledger.Subject.Noop)})
		if r.endsStart() {
			all = append(all, Output{"deployment_result", string(r.Config.Result.Jobs)})
		}
	}
	return all
}

func secondsOutput(r Result) []Output {
	if r.Seconds == nil {
		return nil
	}
	return []Output{{"total_seconds", strconv.Itoa(*r.Seconds)}}
}

func trackingOutputs(r Result) []Output {
	t := r.Tracking
	all := present(Output{"event_id", t.EventID}, Output{"tracking_status", t.Status})
	if t.Refusal != nil {
		all = append(all, Output{"block_code", t.Refusal.Code}, Output{"retry_after", t.Refusal.RetryAfter})
	}
	newest := map[string]string{} // a later receipt may leave something out
	for _, receipt := range t.Receipts {
		for _, o := range receiptOutputs(receipt, r.Ledger.End) {
			newest[o.Name] = o.Value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		all = append(all, Output{name, newest[name]})
	}
	return all
}

// retryOutputs say when what refuses the request will have ended, where all of it ends by itself.
func retryOutputs(d deploy.Decision) []Output {
	at := d.RetryAfter()
	if d.Verdict != deploy.Refuse || at.IsZero() {
		return nil
	}
	return []Output{{"retry_after", at.UTC().Format(time.RFC3339)}}
}

func receiptOutputs(receipt track.Receipt, end plan.EndSettings) []Output {
	all := present(
		Output{"tracking_id", receipt.ID}, Output{"tracking_url", receiptURL(receipt, end)},
		Output{"version_id", receipt.VersionID}, Output{"product_id", receipt.ProductID}, Output{"environment_id", receipt.EnvironmentID})
	if end.Build {
		all = append(all, present(Output{"build_id", receipt.ID})...)
	}
	if count := len(receipt.ReportOnly); count > 0 {
		all = append(all, Output{"report_only_warnings", strconv.Itoa(count)})
	}
	return all
}

// startOutputs let the workflow go on, and give it what it needs to end the deployment where it wants to.
func startOutputs(r Result) []Output {
	if r.Decision.Reason != deploy.DeploymentReady && r.Decision.Reason != deploy.NoopReady {
		return nil
	}
	all := []Output{
		{"noop", strconv.FormatBool(r.Decision.Target.Noop)},
		{"continue", "true"},
		{"run_attempt", strconv.Itoa(r.Request.Event.Run.Attempt)},
	}
	l := r.Ledger
	if live := l.Subject.Live; live != nil {
		all = append(all, present(Output{"changelog", message.Changelog(live.Changes)})...)
	}
	if !l.End.SkipCompleting {
		return all
	}
	if l.Lock != nil && !l.Lock.Sticky {
		all = append(all, Output{"lock_ref_sha", l.Lock.Tip})
	}
	handoff, _ := l.Handoff() // it was saved before
	return append(all, append([]Output{{"handoff", handoff}}, present(Output{"context", l.Context(r.Request, r.Config)})...)...)
}

// rollbackOutputs tell the target of a rollback, and for every other start what a rollback would go back to.
func rollbackOutputs(r Result) []Output {
	d := r.Decision
	runs := d.Before
	switch {
	case d.Reason != deploy.DeploymentReady && (d.Reason != deploy.TrackRecorded || r.Config.Status != config.Started):
		return nil
	case d.Target.Rollback && d.Back.To != nil:
		from := ""
		if d.Back.From != nil {
			from = d.Back.From.SHA
		}
		return append([]Output{{"rollback", "true"}}, present(
			Output{"rollback_from", from}, Output{"rollback_sha", d.Back.To.SHA}, Output{"rollback_version", d.Back.To.Version})...)
	case runs == nil || runs.SHA == d.Target.SHA:
		return nil
	}
	return present(Output{"rollback_sha", runs.SHA}, Output{"rollback_version", runs.Version})
}

// targetOutputs are ref and commit. Failed checks leave them empty, and a workflow that forgets to look at continue
// deploys nothing. Where the branch has moved, it is the commit that was checked.
func targetOutputs(r Result) []Output {
	t := r.Decision.Target
	switch {
	case r.Decision.Reason == deploy.RefChanged:
		return checkedOutputs(r)
	case r.knowsTarget() && r.Request.Command.Kind.Deploys():
		return []Output{{"ref", t.Ref}, {"sha", t.SHA}, {"commit_verified", strconv.FormatBool(t.Commit.Verified)}}
	case r.Decision.Reason == deploy.PrechecksFailed:
		return []Output{{"ref", ""}, {"sha", ""}}
	}
	return nil
}

func checkedOutputs(r Result) []Output {
	now, before := r.Decision.Target, r.Ledger.Subject
	sha, ref := cmp.Or(r.Request.Pinned, before.SHA), now.Ref
	if ref == now.SHA {
		ref = sha
	}
	all := []Output{{"ref", ref}, {"sha", sha}}
	if before.SHA == sha {
		all = append(all, Output{"commit_verified", strconv.FormatBool(before.Verified)})
	}
	return all
}

func idOutputs(l *plan.Ledger) []Output {
	if l == nil {
		return nil
	}
	all := []Output{
		{"deployment_id", strconv.FormatInt(l.DeploymentID, 10)},
		{"initial_comment_id", strconv.FormatInt(l.StartedCommentID, 10)},
		{"initial_reaction_id", strconv.FormatInt(l.ReactionID, 10)},
	}
	return slices.DeleteFunc(all, func(o Output) bool { return o.Value == "0" })
}

func lockOutputs(d deploy.Decision) []Output {
	switch state := d.Locks.Target; {
	case !state.Target.Global:
		return nil
	case d.Reason == deploy.LockAcquired:
		return []Output{{"global_lock_claimed", "true"}}
	case d.Reason == deploy.UnlockCompleted && state.Status != deploy.Free:
		return []Output{{"global_lock_released", "true"}}
	}
	return nil
}

func orderOutputs(d deploy.Decision) []Output {
	if d.Reason != deploy.DeploymentOrderFailed {
		return nil
	}
	var names []string
	for _, state := range deploy.Missing(d.Order) {
		names = append(names, state.Environment)
	}
	return present(Output{"needs_to_be_deployed", strings.Join(names, ",")})
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

func resultOutput(r Result, target []Output) string {
	d := r.Decision
	all := result{
		SchemaVersion: 1, Decision: d.Outcome(), ReasonCode: d.Reason, Operation: operation(r), Environment: js.OrNull(environment(r)),
		Ref: js.OrNull(valueOf(target, "ref")), SHA: js.OrNull(valueOf(target, "sha")),
	}
	if r.starting() {
		all.DeploymentType = js.OrNull(string(d.Target.Kind))
	}
	if r.endsStart() {
		s := r.Ledger.Subject
		all.DeploymentType, all.Ref, all.SHA = js.OrNull(string(s.Kind)), js.OrNull(s.Ref), js.OrNull(s.SHA)
	}
	if r.Request.Command.Kind == command.Lock {
		all.Ref = js.OrNull(r.Facts.Pull.HeadRef)
	}
	if r.Ledger != nil {
		all.DeploymentID = js.OrNull(r.Ledger.DeploymentID)
	}
	text, _ := js.Stringify(all) // cannot fail: texts and numbers
	return text
}

func valueOf(all []Output, name string) string {
	for _, output := range all {
		if output.Name == name {
			return output.Value
		}
	}
	return ""
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

func operation(r Result) string {
	kind := r.Request.Command.Kind
	switch {
	case r.Config.Result.Mode && r.Config.Mode == config.Finish:
		return "result"
	case r.neverStarted(), kind == command.Deprecated, kind == command.Naked:
		return command.None.String()
	case slices.Contains([]config.Mode{config.MergeDeploy, config.UnlockOnMerge, config.Doctor, config.ShowStatus, config.Manifest, config.DORA, config.Promote}, r.Config.Mode):
		return string(r.Config.Mode)
	}
	if kind == command.Rollback { // workflows go on as after any other deployment
		kind = command.Deploy
	}
	return kind.String()
}

// Result is how a run ended: plain data, from which outputs, summary and exit status follow.
type Result struct {
	Config   config.Config
	Request  deploy.Request
	Facts    deploy.Facts    // read last
	Decision deploy.Decision // made last
	First    *Look           // what was read and decided first, nil where nothing was
	Ledger   *plan.Ledger    // nil where nothing could be begun
	Tracking Tracking

	Environment string              // that a mode without a command is about, "" for none
	Problems    []string            // because of which the run could not begin
	Seconds     *int                // that the deployment took, nil before its end
	Rules       []message.RulesView // mode doctor: what the page of the run shows of the rules files
	DORA        *dora.Report        // mode dora, nil for none
	Manifest    *manifest.Manifest  // mode manifest, nil where nothing was read
	Unlocked    []string            // mode unlock_on_merge: the environments whose locks were removed

	Occurred   time.Time // when a tracked state came about
	Record     string    // the event of what was begun or recorded, as JSON
	RecordFile string    // where it was written, "" for nowhere
}

// Look is what was read of a request, and decided on that.
type Look struct {
	Facts    deploy.Facts
	Decision deploy.Decision
}

// Tracking is what became of the events of a run.
type Tracking struct {
	EventID  string          // of the last one for the tracking endpoint, or of the first notice
	Status   string          // recorded, not_recorded or blocked; "" when nothing was sent
	Refusal  *track.Refusal  // the last one, nil for none
	Receipts []track.Receipt // of what the tracking endpoint recorded
}

func (t Tracking) receipt() *track.Receipt {
	if len(t.Receipts) == 0 {
		return nil
	}
	return &t.Receipts[len(t.Receipts)-1]
}

func (r Result) because(reason deploy.Reason) Result {
	r.Decision.Reason = reason
	return r
}

// invalid returns the result of a run that could not begin because of how it is set up.
func (r Result) invalid(problems ...string) Result {
	r.Problems = problems
	return r.because(deploy.UnexpectedError)
}

// neverStarted reports whether the run ended before it could look at what was asked for.
func (r Result) neverStarted() bool {
	return r.Decision.Reason == deploy.UnexpectedError && r.Ledger == nil
}

// failedAfterGates reports whether something went wrong with a deployment that every gate had let pass: nothing but
// the start itself has a finding that blocks.
func (r Result) failedAfterGates() bool {
	d := r.Decision
	refused := func(f deploy.Finding) bool { return f.Gate != "start" }
	return d.Reason == deploy.UnexpectedError && d.Target.SHA != "" &&
		r.Request.Command.Kind.Deploys() && !slices.ContainsFunc(d.Blocking(), refused)
}

// endsStart reports whether a step with result_mode knows the start that it ends.
func (r Result) endsStart() bool {
	return r.Config.Result.Mode && r.Environment != "" && r.Ledger != nil
}

func (r Result) starting() bool {
	return r.failedAfterGates() || slices.Contains([]deploy.Reason{
		deploy.DeploymentReady, deploy.NoopReady, deploy.ConfirmationRejected, deploy.ConfirmationTimedOut,
		deploy.RefChanged, deploy.DeploymentSHAMismatch, deploy.BaseBranchUpdateRequired,
	}, r.Decision.Reason)
}

func (r Result) knowsTarget() bool {
	return r.starting() || slices.Contains([]deploy.Reason{
		deploy.CommitSafetyFailed, deploy.DeploymentOrderFailed, deploy.LockConflict, deploy.TrackRecorded, deploy.TrackingBlocked,
	}, r.Decision.Reason)
}
