package plan

import (
	"encoding/json"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// EndSettings are what the end says and does. The start settles them: the end reads nothing but secrets again, because
// it has to agree with its start.
type EndSettings struct {
	SkipCompleting bool                `json:"skip_completing,omitempty"` // the workflow ends the deployment, by mode finish
	Build          bool                `json:"build,omitempty"`           // it is about a build: nothing is deployed
	FailOnError    config.FailOnError  `json:"fail_on_api_error,omitempty"`
	Tracking       *TrackingEndpoint   `json:"tracking,omitempty"`  // nil for none
	Receivers      []config.Sink       `json:"receivers,omitempty"` // of notices, without addresses and secrets
	AllowHTTP      bool                `json:"allow_http,omitempty"`
	Comments       config.CommentStyle `json:"comments,omitempty"`
	ShowURL        bool                `json:"show_url,omitempty"`
	Rollback       string              `json:"rollback,omitempty"` // the command that deploys the stable branch instead, "" for none
	Template       deploy.File         `json:"template,omitzero"`  // of the result. Its text is read again, at that commit
	Success        Labels              `json:"success,omitzero"`
	Failure        Labels              `json:"failure,omitzero"`
	Metadata       json.RawMessage     `json:"metadata,omitempty"` // of events, without what looks like a secret
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

// endSettings settles the end of a request. The metadata are added by those who know which of them are secret.
func endSettings(r deploy.Request, c config.Config, s message.Subject) EndSettings {
	settled := EndSettings{
		SkipCompleting: c.SkipCompleting, Build: c.Builds(), AllowHTTP: c.AllowInsecureHTTP,
		FailOnError: c.Versioner.FailOnError, Comments: c.Messages.Style, ShowURL: c.URLInComment,
		Template: deploy.TemplateFile(r, c), Artifacts: c.Track.Artifacts, IncludeEmail: c.Track.IncludeEmail,
	}
	if !s.Noop && !s.Stable {
		settled.Rollback = c.Commands.Deploy + " " + c.StableBranch + " to " + s.Environment
	}
	settled.Success, settled.Failure = endLabels(s, c.Labels)
	if c.Tracks() {
		settled.Tracking = &TrackingEndpoint{APIURL: c.Versioner.APIURL, UIURL: c.Versioner.UIURL}
	}
	for _, sink := range c.Sinks {
		settled.Receivers = append(settled.Receivers, sink.WithoutSecrets())
	}
	return settled
}
