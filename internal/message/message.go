// Package message writes every Markdown text that a person reads.
//
// Headings and hidden markers are the ones that tools look for in the comments of branch-deploy;
// the sentences are our own. Everything that comes from outside goes through package markdown.
package message

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Subject is what the messages of one run are about. It travels to the post step.
type Subject struct {
	Actor          string            `json:"actor"`
	Environment    string            `json:"environment"`
	EnvironmentURL string            `json:"environment_url,omitempty"`
	Ref            string            `json:"ref"`
	SHA            string            `json:"sha"`
	Kind           deploy.TargetKind `json:"kind"`
	Noop           bool              `json:"noop,omitempty"`
	Stable         bool              `json:"stable,omitempty"`
	Fork           bool              `json:"fork,omitempty"`
	Reviews        *Reviews          `json:"reviews,omitempty"` // nil where they were not looked at
	Verified       bool              `json:"verified,omitempty"`
	Committer      string            `json:"committer,omitempty"`
	CommitURL      string            `json:"commit_url,omitempty"`
	Params         string            `json:"params,omitempty"`
	ParsedParams   json.RawMessage   `json:"parsed_params,omitempty"`
	RunURL         string            `json:"run_url"`
	StartedAt      time.Time         `json:"started_at"`
	Trigger        Trigger           `json:"trigger"`
}

// Reviews are the reviews of a pull request when it was checked.
type Reviews struct {
	Count    int    `json:"count"`
	Decision string `json:"decision,omitempty"`
}

// Trigger is the comment that holds the command.
type Trigger struct {
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Body      string    `json:"body,omitempty"`
	URL       string    `json:"url,omitempty"`
}

// maxRepeated is how much of a text from outside the details repeat, in characters.
const maxRepeated = 1000

// ShortBody cuts a text from outside to what the details repeat of it.
func ShortBody(body string) string {
	runes := []rune(body)
	if len(runes) <= maxRepeated {
		return body
	}
	return string(runes[:maxRepeated]) + "…"
}

// maxParameters is how long parameters may be as JSON, in bytes, to be repeated in full. Longer
// ones would leave no room for anything else in a comment, or in the saved state.
const maxParameters = 8000

// Brief returns the subject with its parameters cut where they are too long to be repeated.
func (s Subject) Brief() Subject {
	text, err := json.MarshalIndent([]any{s.Params, s.ParsedParams}, "", "  ")
	if err != nil || len(text) > maxParameters {
		s.Params, s.ParsedParams = ShortBody(s.Params), nil
	}
	return s
}

// Started says that a deployment, or its rehearsal, begins.
func Started(s Subject) string {
	doing := fmt.Sprintf("deploying %s to %s", revision(s), bold(s.Environment))
	if s.Stable {
		doing = fmt.Sprintf("rolling back %s to %s", bold(s.Environment), revision(s))
	}
	if s.Noop {
		doing = "rehearsing (**noop**) " + undertaking(s)
	}
	return fmt.Sprintf("### Deployment Triggered 🚀\n\n%s is %s. %s.\n\n%s",
		bold(s.Actor), doing, markdown.Link("Follow the run", s.RunURL), startDetails(s))
}

// undertaking names what is done.
func undertaking(s Subject) string {
	what := fmt.Sprintf("the deployment of %s to %s", revision(s), bold(s.Environment))
	if s.Stable {
		what = fmt.Sprintf("the rollback of %s to %s", bold(s.Environment), revision(s))
	}
	return what
}

// revision names what is deployed.
func revision(s Subject) string {
	commit := markdown.Link(markdown.Code(deploy.Short(s.SHA)), s.CommitURL)
	if s.Fork {
		return "commit " + commit + " of a fork"
	}
	if s.Kind == deploy.SHATarget {
		return "commit " + commit
	}
	return markdown.Code(s.Ref) + " (" + commit + ")"
}

// Ending is how a deployment ended, and when.
type Ending struct {
	Status       config.Status
	RawStatus    string // as the workflow spells it
	DeploymentID int64
	At           time.Time
	Seconds      int
	ShowURL      bool
	Rollback     string // the command that deploys the stable branch instead, "" for none
}

// Result says how a deployment ended.
func Result(s Subject, r Ending) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Deployment Results %s\n\n%s\n\n", r.emoji(), r.sentence(s))
	if r.Rollback != "" && r.Status == config.Failed {
		fmt.Fprintf(&b, "**What to do:** Correct it and deploy again, or go back to the stable branch with %s.\n\n", markdown.Code(r.Rollback))
	}
	if r.Status == config.Completed && !s.Noop && s.EnvironmentURL != "" && r.ShowURL {
		_, host, _ := strings.Cut(s.EnvironmentURL, "://")
		fmt.Fprintf(&b, "> **Environment URL:** %s\n\n", markdown.Link(markdown.Text(host), s.EnvironmentURL))
	}
	b.WriteString(resultDetails(s, r))
	return b.String()
}

func (r Ending) emoji() string {
	switch r.Status {
	case config.Completed:
		return "✅"
	case config.Failed:
		return "❌"
	case config.Aborted, config.Pending, config.Started:
	}
	return "⚠️"
}

func (r Ending) sentence(s Subject) string {
	who, what, after := bold(s.Actor), undertaking(s), duration(r.Seconds)
	if s.Noop {
		what = "the rehearsal (**noop**) of " + what
	}
	if r.Status == config.Completed {
		return fmt.Sprintf("%s successfully finished %s in %s.", who, what, after)
	}
	log := markdown.Link("run's log", s.RunURL)
	if r.Status == config.Failed {
		return fmt.Sprintf("%s started %s, and it failed after %s. The %s says why.", who, what, after, log)
	}
	how := "how it ended is unknown (the workflow's status is " + markdown.Code(r.RawStatus) + ")"
	if r.RawStatus == "" {
		how = "how it ended is unknown (the input `status` is empty)"
	}
	if r.Status == config.Aborted {
		how = "the job was cancelled after " + after
	}
	next := "The " + log + " says more."
	if !s.Noop {
		next = fmt.Sprintf("What runs in %s now is uncertain: look at the %s before you deploy again.", bold(s.Environment), log)
	}
	return fmt.Sprintf("%s started %s, and %s. %s", who, what, how, next)
}

// Failed says that a command could not be carried out because something broke, and what was done
// about it.
func Failed(s Subject, problem deploy.Problem) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### ⚠️ Cannot proceed with deployment\n\n%s\n", problem.Text)
	if problem.Hint != "" {
		fmt.Fprintf(&b, "\n**What to do:** %s\n", problem.Hint)
	}
	fmt.Fprintf(&b, "\nNothing was deployed. The %s has the details.\n", markdown.Link("run's log", s.RunURL))
	return b.String()
}

// bold shows a name.
func bold(name string) string { return "**" + markdown.Text(name) + "**" }

// duration shows whole seconds as people say them.
func duration(seconds int) string {
	return (time.Duration(seconds) * time.Second).String()
}
