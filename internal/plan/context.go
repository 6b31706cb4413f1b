package plan

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
)

// startContext is what branch-deploy hands from a start to its result mode, in this order of keys, and our ledger.
type startContext struct {
	SchemaVersion    int             `json:"schema_version"`
	Repository       string          `json:"repository"`
	RunID            int64           `json:"run_id"`
	RunAttempt       int             `json:"run_attempt"`
	Pull             int             `json:"issue_number"`
	TriggerID        int64           `json:"trigger_comment_id"`
	TrustedSHA       string          `json:"trusted_sha"`
	LockTip          *string         `json:"lock_ref_sha"`
	DisableLock      bool            `json:"disable_lock"`
	StartedCommentID int64           `json:"started_comment_id"`
	DeploymentID     *int64          `json:"deployment_id"`
	ReactionID       *int64          `json:"reaction_id"`
	Noop             bool            `json:"noop"`
	Ref              string          `json:"ref"`
	SHA              string          `json:"sha"`
	Environment      string          `json:"environment"`
	EnvironmentURL   *string         `json:"environment_url"`
	Actor            string          `json:"actor"`
	Fork             bool            `json:"fork"`
	Verified         bool            `json:"commit_verified"`
	StartedAt        string          `json:"deployment_start_time"`
	Approvals        string          `json:"approved_reviews_count"`
	ReviewDecision   string          `json:"review_decision"`
	Params           string          `json:"params"`
	ParsedParams     string          `json:"parsed_params"`
	Settings         contextSettings `json:"settings"`
	Ledger           string          `json:"lockstep,omitempty"`
}

// contextSettings are the inputs that settle the end, as they are written in a workflow.
type contextSettings struct {
	TemplatePath           string `json:"deploy_message_path"`
	ShowURL                string `json:"environment_url_in_comment"`
	Deployed               string `json:"successful_deploy_labels"`
	DeployFailed           string `json:"failed_deploy_labels"`
	Noop                   string `json:"successful_noop_labels"`
	NoopFailed             string `json:"failed_noop_labels"`
	SkipNoopIfApproved     string `json:"skip_successful_noop_labels_if_approved"`
	SkipDeployedIfApproved string `json:"skip_successful_deploy_labels_if_approved"`
}

// The most that branch-deploy reads, in bytes, and the only form that there is.
const (
	maxContext    = 64 << 10
	contextSchema = 1
)

// Context writes a start for a step with result_mode, of ours or of branch-deploy. It is "" where it would be too long:
// then that step looks for what its run has started.
func (l Ledger) Context(r deploy.Request, c config.Config) string {
	s := l.Subject
	all := startContext{
		SchemaVersion: contextSchema, Repository: r.Event.Owner + "/" + r.Event.Repository, RunID: l.RunID, RunAttempt: l.RunAttempt,
		Pull: l.Pull, TriggerID: l.TriggerID, TrustedSHA: r.Event.WorkflowSHA, DisableLock: c.Locks.Disabled,
		StartedCommentID: l.StartedCommentID, DeploymentID: known(l.DeploymentID), ReactionID: known(l.ReactionID),
		Noop: s.Noop, Ref: s.Ref, SHA: s.SHA, Environment: s.Environment, EnvironmentURL: known(s.EnvironmentURL),
		Actor: s.Actor, Fork: s.Fork, Verified: s.Verified, StartedAt: message.Timestamp(s.StartedAt),
		Params: s.Params, ParsedParams: string(s.ParsedParams), Settings: settingsOf(c, s.Environment),
	}
	if l.Lock != nil {
		all.LockTip = known(l.Lock.Tip)
	}
	if s.Reviews != nil {
		all.Approvals, all.ReviewDecision = strconv.Itoa(s.Reviews.Count), s.Reviews.Decision
	}
	all.Ledger, _ = l.Handoff()  // it was saved before
	text, _ := js.Stringify(all) // cannot fail: texts and numbers
	if len(text) > maxContext {
		return ""
	}
	return text
}

func known[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

func settingsOf(c config.Config, environment string) contextSettings {
	c.Labels = c.Labels.For(environment)
	listed := func(names []string) string { return strings.Join(names, ",") }
	return contextSettings{
		TemplatePath: c.Messages.TemplatePath, ShowURL: strconv.FormatBool(c.URLInComment),
		Deployed: listed(c.Labels.Deployed), DeployFailed: listed(c.Labels.DeployFailed),
		Noop: listed(c.Labels.Noop), NoopFailed: listed(c.Labels.NoopFailed),
		SkipNoopIfApproved:     strconv.FormatBool(c.Labels.SkipNoopIfApproved),
		SkipDeployedIfApproved: strconv.FormatBool(c.Labels.SkipDeployedIfApproved),
	}
}

var errNoContext = errors.New("it is no context of a start")

// ReadContext reads what a start has handed to a step with result_mode. What branch-deploy has handed over is without
// our ledger, and has to be confirmed.
func ReadContext(r deploy.Request, c config.Config, text string) (Ledger, error) {
	var given map[string]json.RawMessage
	var all startContext
	if len(text) > maxContext || json.Unmarshal([]byte(text), &given) != nil || json.Unmarshal([]byte(text), &all) != nil {
		return Ledger{}, errNoContext
	}
	if all.Ledger != "" {
		return ReadHandoff(all.Ledger)
	}
	if !complete(given) || all.SchemaVersion != contextSchema || !strings.EqualFold(all.Repository, r.Event.Owner+"/"+r.Event.Repository) ||
		all.Pull != r.Event.Pull || all.TriggerID != r.Event.Comment.ID || all.Noop != (all.DeploymentID == nil) {
		return Ledger{}, errNoContext
	}
	return all.ledger(r, c), nil
}

// complete reports whether every key of branch-deploy's is there.
func complete(given map[string]json.RawMessage) bool {
	text, _ := json.Marshal(startContext{}) // cannot fail
	var wanted map[string]json.RawMessage
	_ = json.Unmarshal(text, &wanted) // cannot fail: it was just written
	for name := range wanted {
		if _, there := given[name]; !there {
			return false
		}
	}
	return true
}

func (a startContext) ledger(r deploy.Request, c config.Config) Ledger {
	c = a.Settings.apply(c)
	s := message.Subject{
		Actor: a.Actor, Environment: a.Environment, EnvironmentURL: value(a.EnvironmentURL), Ref: a.Ref, SHA: a.SHA,
		Kind: deploy.BranchTarget, Noop: a.Noop, Fork: a.Fork, Verified: a.Verified, Params: a.Params, RunURL: r.Event.Run.URL,
		Trigger: trigger(r),
	}
	if a.ParsedParams != "" && json.Valid([]byte(a.ParsedParams)) {
		s.ParsedParams = json.RawMessage(a.ParsedParams)
	}
	if count, err := strconv.Atoi(a.Approvals); err == nil {
		s.Reviews = &message.Reviews{Count: count, Decision: a.ReviewDecision}
	}
	if started, err := time.Parse(time.RFC3339, a.StartedAt); err == nil {
		s.StartedAt = started
	}
	l := Ledger{
		Foreign: true, Phase: Ready, RunID: a.RunID, RunAttempt: a.RunAttempt, Pull: a.Pull, TriggerID: a.TriggerID, Reaction: c.Reaction,
		ReactionID: value(a.ReactionID), StartedCommentID: a.StartedCommentID, DeploymentID: value(a.DeploymentID),
		Product: r.Event.Repository, Version: a.SHA, Branch: a.Ref, Subject: s, End: endSettings(r, c, deploy.Decision{}, s),
	}
	if a.LockTip != nil && !a.DisableLock {
		l.Lock = &Lock{Branch: lock.Branch(a.Environment), Tip: *a.LockTip, Attempted: true, Confirmed: true}
	}
	return l
}

func (s contextSettings) apply(c config.Config) config.Config {
	c.Messages.TemplatePath, c.URLInComment = s.TemplatePath, isTrue(s.ShowURL)
	c.Labels = config.Labels{
		Deployed: config.List(s.Deployed), DeployFailed: config.List(s.DeployFailed), Noop: config.List(s.Noop), NoopFailed: config.List(s.NoopFailed),
		SkipNoopIfApproved: isTrue(s.SkipNoopIfApproved), SkipDeployedIfApproved: isTrue(s.SkipDeployedIfApproved),
	}
	return c
}

func isTrue(text string) bool { return strings.EqualFold(text, "true") }

func value[T any](p *T) T {
	var none T
	if p == nil {
		return none
	}
	return *p
}

// WithResult adjusts a ledger to what a step with result_mode says: the URL, and whose settings are in effect.
func (l Ledger) WithResult(r deploy.Request, c config.Config) Ledger {
	if !c.Result.Mode {
		return l
	}
	l.End.Skipped = c.Result.Jobs == config.JobSkipped
	if !c.Result.Inherit {
		l.Subject.EnvironmentURL = c.For(l.Subject.Environment).Resolved.URL
		l.End.ShowURL, l.End.Template = c.URLInComment, deploy.TemplateFile(r, c)
		l.End.settleLabels(l.Subject, c)
	}
	if c.Result.URL != "" {
		l.Subject.EnvironmentURL = c.Result.URL
	}
	return l
}
