package track

import (
	"cmp"
	"maps"
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// versionerEvent is the body of POST /deployment-events/ and /build-events/. Texts that are unknown are left out.
type versionerEvent struct {
	Product         string         `json:"product_name"`
	Version         string         `json:"version"`
	Environment     *string        `json:"environment_name,omitempty"` // nil for builds
	Status          config.Status  `json:"status"`
	Repository      string         `json:"scm_repository,omitempty"`
	SHA             string         `json:"scm_sha,omitempty"`
	Branch          string         `json:"scm_branch,omitempty"`
	SourceSystem    string         `json:"source_system"`
	BuildNumber     string         `json:"build_number,omitempty"`
	InvokeID        string         `json:"invoke_id,omitempty"`
	DeployURL       string         `json:"deploy_url,omitempty"`
	DeployedBy      string         `json:"deployed_by,omitempty"`
	DeployedByEmail string         `json:"deployed_by_email,omitempty"`
	DeployedByName  string         `json:"deployed_by_name,omitempty"`
	BuildURL        string         `json:"build_url,omitempty"`
	BuiltBy         string         `json:"built_by,omitempty"`
	BuiltByEmail    string         `json:"built_by_email,omitempty"`
	BuiltByName     string         `json:"built_by_name,omitempty"`
	StartedAt       string         `json:"started_at,omitempty"`   // RFC 3339, only for starts of builds
	CompletedAt     string         `json:"completed_at,omitempty"` // RFC 3339, only for ends
	ErrorMessage    string         `json:"error_message,omitempty"`
	Metadata        map[string]any `json:"extra_metadata"`
}

func newVersionerEvent(e Event) versionerEvent {
	body := versionerEvent{
		Product: e.Product, Version: e.Version, Status: e.State,
		Repository: e.SCM.Repository, SHA: e.SCM.SHA, Branch: e.SCM.Branch, SourceSystem: "github",
		BuildNumber: number(e.GitHub.RunNumber), InvokeID: number(e.GitHub.RunID), Metadata: metadata(e),
	}
	if e.State.Terminal() {
		body.CompletedAt = e.Times.Completed.Format(time.RFC3339)
	}
	if e.kind() == Build {
		body.addBuild(e)
		return body
	}
	body.Environment, body.DeployURL = new(e.Environment), e.GitHub.RunURL
	body.DeployedBy, body.DeployedByEmail, body.DeployedByName = e.Actor.Login, e.Actor.Email, e.Actor.Name
	return body
}

func (v *versionerEvent) addBuild(e Event) {
	v.BuildURL, v.ErrorMessage = e.GitHub.RunURL, e.Error
	v.BuiltBy, v.BuiltByEmail, v.BuiltByName = e.Actor.Login, e.Actor.Email, e.Actor.Name
	if e.State == config.Started {
		v.StartedAt = e.Times.Occurred.Format(time.RFC3339)
	}
}

func metadata(e Event) map[string]any {
	all := map[string]any{}
	for key, text := range map[string]string{
		"vi_gh_workflow":    e.GitHub.Workflow,
		"vi_gh_job":         e.GitHub.Job,
		"vi_gh_run_attempt": number(e.GitHub.RunAttempt),
		"vi_gh_event_name":  e.GitHub.EventName,
		"vi_gh_ref":         e.GitHub.Ref,
		"vi_gh_head_ref":    e.GitHub.HeadRef,
		"vi_gh_base_ref":    e.GitHub.BaseRef,
		"error":             e.Error,
		"rollback_version":  e.goodVersion(),
	} {
		if text != "" {
			all[key] = text
		}
	}
	if e.GitHub.DeploymentID != 0 {
		all["github_deployment_id"] = e.GitHub.DeploymentID
	}
	if e.SCM.Pull != 0 {
		all["pull_request"] = e.SCM.Pull
	}
	if change := e.change(); change != "" && change != UnknownChange {
		all["github_deployment_change"] = change
	}
	if e.Override != nil {
		all["override"] = e.Override
	}
	if len(e.Health) > 0 {
		all["health"] = e.Health
	}
	if seconds := int(e.duration() / time.Second); seconds > 0 {
		all["deployment_duration_seconds"] = seconds
	}
	maps.Copy(all, e.Metadata.values) // what the workflow says counts
	return all
}

// goodVersion is the version before. Where the commit is the version, it was the version before, too.
func (e Event) goodVersion() string {
	if e.Version == e.SCM.SHA {
		return cmp.Or(e.Previous.Version, e.Previous.SHA)
	}
	return e.Previous.Version
}

func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}
