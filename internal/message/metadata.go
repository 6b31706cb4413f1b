package message

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Timestamp returns a time as metadata and deployment payloads show it.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// The names in the markers around the metadata.
const (
	confirmationName = "deployment-confirmation-metadata"
	startName        = "pre-deploy-metadata"
	resultName       = "post-deploy-metadata"
)

// The metadata below has the key order of branch-deploy, whose readers cut it out of the comment
// between its markers.

type startMetadata struct {
	Type        string              `json:"type"`
	Environment environmentMetadata `json:"environment"`
	Deployment  struct {
		Timestamp string `json:"timestamp,omitempty"` // empty before the start
		Logs      string `json:"logs"`
	} `json:"deployment"`
	Git struct {
		Branch    string  `json:"branch"`
		Commit    string  `json:"commit"`
		Verified  bool    `json:"verified"`
		Committer string  `json:"committer"`
		HTMLURL   *string `json:"html_url"`
	} `json:"git"`
	Context struct {
		Actor   string          `json:"actor"`
		RerunBy string          `json:"rerun_by,omitempty"`
		Noop    bool            `json:"noop"`
		Fork    bool            `json:"fork"`
		Comment commentMetadata `json:"comment"`
	} `json:"context"`
	Parameters parameterMetadata `json:"parameters"`
}

type commentMetadata struct {
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	Body      string `json:"body"`
	HTMLURL   string `json:"html_url"`
}

type environmentMetadata struct {
	Name string  `json:"name"`
	URL  *string `json:"url"`
}

type parameterMetadata struct {
	Raw    *string         `json:"raw"`
	Parsed json.RawMessage `json:"parsed"`
}

type resultMetadata struct {
	Status      string              `json:"status"`
	Environment environmentMetadata `json:"environment"`
	Deployment  struct {
		ID        *int64 `json:"id"`
		Timestamp string `json:"timestamp"`
		Logs      string `json:"logs"`
		Duration  int    `json:"duration"`
	} `json:"deployment"`
	Git struct {
		Branch   string `json:"branch"`
		Commit   string `json:"commit"`
		Verified bool   `json:"verified"`
	} `json:"git"`
	Context struct {
		Actor   string `json:"actor"`
		RerunBy string `json:"rerun_by,omitempty"`
		Noop    bool   `json:"noop"`
		Fork    bool   `json:"fork"`
	} `json:"context"`
	Reviews struct {
		Count    *int    `json:"count"`
		Decision *string `json:"decision"`
	} `json:"reviews"`
	Parameters parameterMetadata `json:"parameters"`
}

func confirmationDetails(s Subject) string {
	m := metadataOf(s)
	m.Deployment.Timestamp = ""
	return details("Details", confirmationName, m)
}

func startDetails(s Subject) string { return details("Details", startName, metadataOf(s)) }

func startedDetails(s Subject) string {
	return details("Details of the start", startName, metadataOf(s))
}

func metadataOf(s Subject) startMetadata {
	m := startMetadata{Type: string(s.Kind), Environment: environmentOf(s), Parameters: parametersOf(s)}
	m.Deployment.Timestamp, m.Deployment.Logs = Timestamp(s.StartedAt), s.RunURL
	m.Git.Branch, m.Git.Commit, m.Git.Verified = s.Ref, s.SHA, s.Verified
	m.Git.Committer, m.Git.HTMLURL = committer(s), nullable(s.CommitURL)
	m.Context.Actor, m.Context.RerunBy, m.Context.Noop, m.Context.Fork = s.Actor, s.RerunBy, s.Noop, s.Fork
	m.Context.Comment = commentMetadata{
		CreatedAt: s.Trigger.CreatedAt.UTC().Format(time.RFC3339),
		UpdatedAt: s.Trigger.UpdatedAt.UTC().Format(time.RFC3339),
		Body:      s.Trigger.Body,
		HTMLURL:   s.Trigger.URL,
	}
	return m
}

func resultDetails(s Subject, r Ending) string {
	m := resultMetadata{Status: r.RawStatus, Environment: environmentOf(s), Parameters: parametersOf(s)}
	if r.DeploymentID != 0 {
		m.Deployment.ID = new(r.DeploymentID)
	}
	m.Deployment.Timestamp, m.Deployment.Logs, m.Deployment.Duration = Timestamp(r.At), s.RunURL, r.Seconds
	m.Git.Branch, m.Git.Commit, m.Git.Verified = s.Ref, s.SHA, s.Verified
	m.Context.Actor, m.Context.RerunBy, m.Context.Noop, m.Context.Fork = s.Actor, s.RerunBy, s.Noop, s.Fork
	if s.Reviews != nil {
		m.Reviews.Count, m.Reviews.Decision = new(s.Reviews.Count), nullable(s.Reviews.Decision)
	}
	return details("Details", resultName, m)
}

// details folds metadata away under a title. The encoder escapes < and >: a comment that is repeated in it can
// neither close the markers nor open HTML.
func details(title, name string, metadata any) string {
	text, _ := json.MarshalIndent(metadata, "", "  ") // cannot fail: Brief leaves out invalid JSON
	return fmt.Sprintf("<details><summary>%s</summary>\n\n<!--- %s-start -->\n\n%s\n\n<!--- %s-end -->\n\n</details>\n",
		title, name, markdown.Fence("json", string(text)), name)
}

func environmentOf(s Subject) environmentMetadata {
	return environmentMetadata{Name: s.Environment, URL: nullable(s.EnvironmentURL)}
}

func parametersOf(s Subject) parameterMetadata {
	s = s.Brief()
	return parameterMetadata{Raw: nullable(s.Params), Parsed: s.ParsedParams}
}

// committer is never empty, for the readers of the metadata.
func committer(s Subject) string { return cmp.Or(s.Committer, "unknown") }

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
