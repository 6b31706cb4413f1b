package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// NewLedger opens the ledger of a request that was decided on.
func NewLedger(r deploy.Request, c config.Config, d deploy.Decision, f deploy.Facts) Ledger {
	c = c.For(d.Target.Environment)
	e, t := r.Event, d.Target
	about := subject(r, c, d, f.ReadAt)
	return Ledger{
		RunID: e.Run.ID, RunAttempt: e.Run.Attempt, Skew: f.Skew,
		Pull: e.Pull, PullID: f.Pull.ID, PullTitle: message.ShortBody(f.Pull.Title), TriggerID: e.Comment.ID, Reaction: c.Reaction,
		Product:    cmp.Or(c.Track.Product, e.Repository),
		Version:    version(c, d),
		Branch:     branch(r, f, t),
		Records:    c.Mode == config.TrackIt && c.Status != config.Pending && c.Status != config.Started,
		Repository: f.Repository, Lock: ownLock(r, c, d), Timeout: c.Confirmation.Timeout,
		Policy: policyUsed(c), Override: overridden(d), Checks: checks(d), Subject: about, End: endSettings(r, c, d, about),
		HealthChecks: healthChecks(c, t),
	}
}

// version is what the deployment is called: a rollback is of the version that ran before, and a promotion of the one that
// runs in the environments before.
func version(c config.Config, d deploy.Decision) string {
	if to := d.Back.To; d.Target.Rollback && to != nil {
		return cmp.Or(to.Version, to.SHA)
	}
	return cmp.Or(c.Track.Version, d.Target.Version, d.Target.SHA)
}

// Renew brings a ledger up to what was decided after a confirmation: what was done stays noted.
func (l Ledger) Renew(r deploy.Request, c config.Config, d deploy.Decision, f deploy.Facts) Ledger {
	fresh := NewLedger(r, c, d, f)
	fresh.Phase, fresh.ReactionID, fresh.PromptID, fresh.Answer = l.Phase, l.ReactionID, l.PromptID, f.Answer.Kind
	if fresh.Subject.Live != nil && l.Subject.Live != nil && fresh.Subject.Live.SHA == l.Subject.Live.SHA {
		fresh.Subject.Live = l.Subject.Live
	}
	if l.Lock != nil {
		fresh.Lock = l.Lock
	}
	fresh.End.Metadata = l.End.Metadata
	fresh.Subject.TookOver = cmp.Or(fresh.Subject.TookOver, l.Subject.TookOver)
	return fresh
}

func subject(r deploy.Request, c config.Config, d deploy.Decision, at time.Time) message.Subject {
	t := d.Target
	about := message.Subject{
		Fork: d.Evidence.Fork, Reviews: reviews(d.Evidence),
		LockCommand: r.Command.Kind.AboutLocks(), Live: liveOf(r, d), TookOver: tookOver(d), Notices: notices(d),
		Actor: r.Event.Actor, RerunBy: r.Event.RerunBy(), Environment: t.Environment, EnvironmentURL: c.Resolved.URL,
		Ref: t.Ref, SHA: t.SHA, Kind: t.Kind, Noop: t.Noop, Stable: t.Stable, Forward: t.Forward,
		Verified: t.Commit.Verified, Committer: t.Commit.Committer, CommitURL: t.Commit.URL,
		Params: r.Command.Params.Raw, RunURL: r.Event.Run.URL, StartedAt: at,
		Trigger: message.Trigger{
			CreatedAt: r.Event.Comment.CreatedAt, UpdatedAt: r.Event.Comment.UpdatedAt,
			Body: message.ShortBody(r.Command.Text), URL: r.Event.Comment.URL,
		},
	}
	if t.Rollback {
		about.Rollback = rollbackOf(r, d)
	}
	if live := about.Live; t.Stable && !t.Noop && live != nil && live.SHA == t.SHA && c.Commands.Rollback != "" {
		about.WayBack = c.Commands.Rollback + " " + t.Environment
	}
	if parsed := r.Command.Params.JSON; parsed != "" {
		about.ParsedParams = json.RawMessage(parsed)
	}
	return about
}

// rollbackOf tells people what they go back to.
func rollbackOf(r deploy.Request, d deploy.Decision) *message.Rollback {
	about := &message.Rollback{Reason: message.ShortBody(r.Command.Reason)}
	if to := d.Back.To; to != nil {
		about.Pull, about.Until = to.Pull, d.Back.Until
		about.Again = d.Back.From != nil && d.Back.From.SHA == to.SHA
		about.Version = message.ShortBody(to.Named())
	}
	return about
}

// maxNotices is how much of what rules say the comment on a start has, in bytes: the ledger has to take it as well.
const maxNotices = 8 << 10

// notices are what rules say about a start, as far as there is room.
func notices(d deploy.Decision) []string {
	var all []string
	room, isCut := maxNotices, false
	for _, finding := range d.Findings {
		var kept []string
		for part := range strings.SplitSeq(finding.Notice, "\n\n") {
			if len(part) > room {
				isCut = true
				continue
			}
			kept, room = append(kept, part), room-len(part)
		}
		if text := strings.Join(kept, "\n\n"); text != "" {
			all = append(all, text)
		}
	}
	if isCut {
		all = append(all, "The rules file says more than there is room for.")
	}
	return all
}

// policyUsed names the rules file that the decision rests on, nil for none.
func policyUsed(c config.Config) *PolicyUsed {
	if c.Policy == nil {
		return nil
	}
	return &PolicyUsed{Commit: c.Policy.Source.Commit, Path: c.Policy.Source.Path}
}

// Lift notes what the command lifts by a second look: a freeze may have begun since the first one.
func (l *Ledger) Lift(again deploy.Decision) { l.Override = overridden(again) }

// overridden is what the command has lifted, nil for nothing.
func overridden(d deploy.Decision) *Override {
	if d.Override == nil {
		return nil
	}
	lifted := &Override{Reason: d.Override.Reason, By: d.Override.By}
	for _, rule := range d.Override.Rules {
		lifted.Rules = append(lifted.Rules, string(rule))
	}
	return lifted
}

// liveOf is what runs in the environment. If that is what is to be deployed, there is nothing to count.
func liveOf(r deploy.Request, d deploy.Decision) *message.Live {
	if d.Running == nil || d.Running.SHA == "" {
		return nil
	}
	e := r.Event
	return &message.Live{
		SHA: d.Running.SHA, Version: message.ShortBody(d.Running.Version), Counted: d.Running.SHA == d.Target.SHA,
		CompareURL: fmt.Sprintf("%s/%s/%s/compare/%s...%s", e.Run.ServerURL, e.Owner, e.Repository, d.Running.SHA, d.Target.SHA),
	}
}

func reviews(s deploy.Evidence) *message.Reviews {
	if s.MergeState == "" {
		return nil
	}
	return &message.Reviews{Count: s.Approvals, Decision: s.ReviewDecision}
}

func branch(r deploy.Request, f deploy.Facts, t deploy.Target) string {
	switch {
	case t.Stable:
		return t.Ref
	case t.Rollback: // the branch of the pull request may have nothing to do with it
		return ""
	}
	return cmp.Or(r.Event.Branch, f.Pull.HeadRef)
}

// Check is a check of the deployed commit that counted.
type Check struct {
	Name     string `json:"name"`
	Result   string `json:"result"` // in GitHub's words, in lower case; "" while it runs
	Required bool   `json:"required"`
}

// maxChecks is how many checks are kept: events and the saved state have little room.
const maxChecks = 50

func checks(d deploy.Decision) []Check {
	var kept []Check
	for _, one := range d.Evidence.Checks[:min(len(d.Evidence.Checks), maxChecks)] {
		kept = append(kept, Check{Name: message.ShortBody(one.Name), Result: strings.ToLower(one.Value), Required: one.Required})
	}
	return kept
}

// EndSettings are what the end says and does. The start settles them: the end reads nothing but secrets again, because
// it has to agree with its start.
type EndSettings struct {
	SkipCompleting bool                `json:"skip_completing,omitempty"` // the workflow ends the deployment, by mode finish
	Skipped        bool                `json:"skipped,omitempty"`         // a job that deploys was skipped: nothing failed
	Build          bool                `json:"build,omitempty"`           // it is about a build: nothing is deployed
	FailOnError    config.FailOnError  `json:"fail_on_api_error,omitempty"`
	Tracking       *TrackingEndpoint   `json:"tracking,omitempty"`  // nil for none
	Receivers      []config.Sink       `json:"receivers,omitempty"` // of notices, without addresses and secrets
	AllowHTTP      bool                `json:"allow_http,omitempty"`
	Comments       config.CommentStyle `json:"comments,omitempty"`
	CommitStatus   string              `json:"commit_status,omitempty"` // the context of the commit status that the end writes, "" for none
	ShowURL        bool                `json:"show_url,omitempty"`
	Rollback       message.WayOut      `json:"rollback,omitzero"` // what people can type where the deployment fails
	Template       deploy.File         `json:"template,omitzero"` // of the result. Its text is read again, at that commit
	Success        Labels              `json:"success,omitzero"`
	Failure        Labels              `json:"failure,omitzero"`
	TakenBack      []string            `json:"taken_back,omitempty"` // labels that come in addition where the workflow went back itself
	Metadata       json.RawMessage     `json:"metadata,omitempty"`   // of events, without what looks like a secret
	Artifacts      []config.Artifact   `json:"artifacts,omitempty"`
	IncludeEmail   bool                `json:"include_email,omitempty"`
}

// TrackingEndpoint is where events are recorded. Its key is a secret, and read again.
type TrackingEndpoint struct {
	APIURL string `json:"api_url"`
	UIURL  string `json:"ui_url,omitempty"`
}

// Tracks reports whether events are recorded at a tracking endpoint.
func (l Ledger) Tracks() bool { return l.End.Tracking != nil }

// Notifies reports whether anyone receives notices.
func (l Ledger) Notifies() bool { return len(l.End.Receivers) > 0 }

func (l Ledger) strict() bool { return l.End.FailOnError == config.FailAlways }

// wayOut is what people can type where a deployment fails: a rollback, if a success of ours runs now, or else the stable
// branch. A rollback that fails can be typed again, or to another target.
func wayOut(c config.Config, d deploy.Decision, s message.Subject) message.WayOut {
	runs, to, word := d.Before, d.WayOut, c.Commands.Rollback
	switch {
	case s.Noop:
		return message.WayOut{}
	case s.Rollback != nil && word != "":
		return message.WayOut{Command: word + " " + s.Environment}
	case s.Rollback != nil:
		return message.WayOut{}
	case word != "" && runs != nil && runs.Own && runs.SHA != s.SHA && to != nil:
		return message.WayOut{Command: word + " " + s.Environment, SHA: to.SHA, Version: message.ShortBody(to.Named())}
	case s.Stable:
		return message.WayOut{}
	}
	return message.WayOut{Command: c.Commands.Deploy + " " + c.StableBranch + " to " + s.Environment}
}

// endSettings settles the end of a request. The metadata are added by those who know which of them are secret.
func endSettings(r deploy.Request, c config.Config, d deploy.Decision, s message.Subject) EndSettings {
	settled := EndSettings{
		SkipCompleting: c.SkipCompleting, Build: c.Builds(), AllowHTTP: c.AllowInsecureHTTP,
		FailOnError: c.Versioner.FailOnError, Comments: c.Messages.Style, ShowURL: c.URLInComment,
		Template: deploy.TemplateFile(r, c), Artifacts: c.Track.Artifacts, IncludeEmail: c.Track.IncludeEmail,
	}
	settled.Rollback = wayOut(c, d, s)
	settled.settleLabels(s, c)
	settled.CommitStatus = commitStatusContext(c, s)
	if c.Tracks() {
		settled.Tracking = &TrackingEndpoint{APIURL: c.Versioner.APIURL, UIURL: c.Versioner.UIURL}
	}
	for _, sink := range c.Sinks {
		settled.Receivers = append(settled.Receivers, sink.WithoutSecrets())
	}
	return settled
}
