package track

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// buildEvent is the body of POST /build-events/. Texts that are unknown are left out.
type buildEvent struct {
	Product      string         `json:"product_name"`
	Version      string         `json:"version"`
	Status       config.Status  `json:"status"`
	Repository   string         `json:"scm_repository,omitempty"`
	SHA          string         `json:"scm_sha,omitempty"`
	Branch       string         `json:"scm_branch,omitempty"`
	SourceSystem string         `json:"source_system"`
	BuildNumber  string         `json:"build_number,omitempty"`
	InvokeID     string         `json:"invoke_id,omitempty"`
	BuildURL     string         `json:"build_url,omitempty"`
	BuiltBy      string         `json:"built_by,omitempty"`
	BuiltByEmail string         `json:"built_by_email,omitempty"`
	BuiltByName  string         `json:"built_by_name,omitempty"`
	StartedAt    string         `json:"started_at,omitempty"`   // RFC 3339, only for starts
	CompletedAt  string         `json:"completed_at,omitempty"` // RFC 3339, only for ends
	ErrorMessage string         `json:"error_message,omitempty"`
	Metadata     map[string]any `json:"extra_metadata"`
}

func newBuildEvent(e Event) buildEvent {
	body := buildEvent{
		Product: e.Product, Version: e.Version, Status: e.State,
		Repository: e.SCM.Repository, SHA: e.SCM.SHA, Branch: e.SCM.Branch, SourceSystem: "github",
		BuildNumber: number(e.GitHub.RunNumber), InvokeID: number(e.GitHub.RunID), BuildURL: e.GitHub.RunURL,
		BuiltBy: e.Actor.Login, BuiltByEmail: e.Actor.Email, BuiltByName: e.Actor.Name,
		ErrorMessage: e.Error, Metadata: metadata(e),
	}
	switch {
	case e.State.Terminal():
		body.CompletedAt = e.Times.Completed.Format(time.RFC3339)
	case e.State == config.Started:
		body.StartedAt = e.Times.Occurred.Format(time.RFC3339)
	}
	return body
}
