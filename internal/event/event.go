// Package event reads the webhook payload that started the workflow.
//
// It keeps the few fields that Lockstep acts on, as plain values; everything in an Event
// comes from outside and is untrusted.
package event

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Environment is what the runner says about a run through its GITHUB_* variables.
type Environment struct {
	Name       string // GITHUB_EVENT_NAME
	Repository string // GITHUB_REPOSITORY, "owner/name"
	Actor      string // GITHUB_ACTOR: who started the first attempt
	Triggering string // GITHUB_TRIGGERING_ACTOR: who started this attempt, "" on older servers
	SHA        string // GITHUB_SHA: the default branch's head for issue_comment
	Ref        string // GITHUB_REF
	HeadRef    string // GITHUB_HEAD_REF, set for pull request events
	BaseRef    string // GITHUB_BASE_REF, the same
	RunID      string // GITHUB_RUN_ID
	RunNumber  string // GITHUB_RUN_NUMBER
	RunAttempt string // GITHUB_RUN_ATTEMPT
	ServerURL  string // GITHUB_SERVER_URL
	Workflow   string // GITHUB_WORKFLOW
	Job        string // GITHUB_JOB
	Runner     string // RUNNER_NAME
}

// Event is what happened, and in which run.
type Event struct {
	Name        string // the event's name, such as issue_comment
	Action      string // the payload's action, such as created
	Owner       string // the repository's owner
	Repository  string // the repository's name, without its owner
	Actor       string // who started the first attempt of the run
	Triggering  string // who started this attempt, "" for a later one of which the runner does not say it
	Pull        int    // number of the pull request, or 0
	OnPull      bool   // the event is about a pull request
	Merged      bool   // that pull request has been merged
	Comment     Comment
	SHA         string // the commit that this event is about, as far as the payload tells
	WorkflowSHA string // GITHUB_SHA as it is: the commit whose workflow file runs
	Ref         string
	HeadRef     string // the branch of a pull request, for its own events
	BaseRef     string // the branch that it wants to be merged into, the same
	Branch      string // the branch that the commit is on, "" for tags and unknown ones
	Author      Author
	Run         Run
	Secretless  bool // GitHub gives the run no secrets: it is of a pull request from a fork, or of Dependabot
}

// Comment is the comment that someone wrote.
type Comment struct {
	ID        int64
	Body      string
	URL       string
	Author    string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Author is who wrote the newest commit of a push.
type Author struct{ Name, Email string }

// Run names the workflow run.
type Run struct {
	ID        int64
	Number    int
	Attempt   int
	Workflow  string
	Job       string
	Runner    string // tells the jobs of a matrix apart
	ServerURL string
	URL       string // the run's page
}

// Place names the job of the run, and the runner that it runs on.
func (r Run) Place() string { return strings.TrimSuffix(r.Job+" on "+r.Runner, " on ") }

// payload is the part of a webhook payload that is read, as GitHub documents it for each event.
type payload struct {
	Action string `json:"action"`
	Issue  struct {
		Number      int       `json:"number"`
		PullRequest *struct{} `json:"pull_request"` // there for comments on pull requests only
	} `json:"issue"`
	Comment struct {
		ID        int64     `json:"id"`
		Body      string    `json:"body"`
		HTMLURL   string    `json:"html_url"`
		CreatedAt time.Time `json:"created_at"`
		UpdatedAt time.Time `json:"updated_at"`
		User      struct {
			Login string `json:"login"`
		} `json:"user"`
	} `json:"comment"`
	PullRequest struct {
		Number         int    `json:"number"`
		Merged         bool   `json:"merged"`
		MergeCommitSHA string `json:"merge_commit_sha"`
		Base           struct {
			Ref string `json:"ref"`
		} `json:"base"`
		Head struct {
			SHA  string `json:"sha"`
			Ref  string `json:"ref"`
			Repo struct {
				FullName string `json:"full_name"`
			} `json:"repo"`
		} `json:"head"`
	} `json:"pull_request"`
	HeadCommit commit   `json:"head_commit"`
	Commits    []commit `json:"commits"`
	Deployment struct {
		SHA string `json:"sha"`
	} `json:"deployment"`
	WorkflowRun struct {
		HeadSHA    string `json:"head_sha"`
		HeadBranch string `json:"head_branch"`
	} `json:"workflow_run"`
	Repository struct {
		Name  string `json:"name"`
		Owner struct {
			Login string `json:"login"`
		} `json:"owner"`
	} `json:"repository"`
}

type commit struct {
	Author Author `json:"author"`
}

// Parse reads a webhook payload. It fails on text that is no JSON object of the documented form.
func Parse(environment Environment, body []byte) (Event, error) {
	p := new(payload)
	if err := json.Unmarshal(body, &p); err != nil {
		return Event{}, fmt.Errorf("read payload of event %q: %w", environment.Name, err)
	}
	if p == nil {
		return Event{}, fmt.Errorf("read payload of event %q: it is null", environment.Name)
	}
	return convert(environment, *p), nil
}

func convert(environment Environment, p payload) Event {
	e := Event{
		Name: environment.Name, Action: p.Action,
		Actor: environment.Actor, Triggering: environment.Triggering,
		WorkflowSHA: environment.SHA, Ref: environment.Ref, HeadRef: environment.HeadRef, BaseRef: environment.BaseRef,
	}
	e.Owner, e.Repository = repository(environment.Repository, p)
	e.Run = run(environment, e.Owner, e.Repository)
	if e.Run.Attempt <= 1 {
		e.Triggering = cmp.Or(e.Triggering, e.Actor)
	}
	e.Comment = comment(p)
	e.Author = author(p)
	e.SHA, e.Branch = source(environment, p)
	e.Pull, e.Merged = p.PullRequest.Number, p.PullRequest.Merged
	if p.Issue.PullRequest != nil {
		e.Pull = p.Issue.Number
	}
	e.OnPull = e.Pull != 0
	e.Secretless = secretless(e, p)
	return e
}

// Rerun reports whether the run was started again.
func (e Event) Rerun() bool { return e.Run.Attempt > 1 || e.RerunBy() != "" }

// RerunBy returns who started this attempt, where that is someone else than who started the first one: "" for the
// same user, and where the runner does not say it.
func (e Event) RerunBy() string {
	if strings.EqualFold(e.Triggering, e.Actor) {
		return ""
	}
	return e.Triggering
}

// By returns who started this attempt, as far as the runner says it. It is for texts: rights are those of Triggering.
func (e Event) By() string { return cmp.Or(e.Triggering, e.Actor) }

func secretless(e Event, p payload) bool {
	ofPull := slices.Contains([]string{"pull_request", "pull_request_review", "pull_request_review_comment"}, e.Name)
	fromFork := !strings.EqualFold(p.PullRequest.Head.Repo.FullName, e.Owner+"/"+e.Repository)
	return e.Actor == "dependabot[bot]" || ofPull && fromFork
}

// IsCommand reports whether the event can carry a command: a comment on a pull request.
func (e Event) IsCommand() bool { return e.Name == "issue_comment" && e.OnPull }

func repository(fullName string, p payload) (owner, name string) {
	owner, name, found := strings.Cut(fullName, "/")
	if !found {
		return p.Repository.Owner.Login, p.Repository.Name
	}
	return owner, name
}

func comment(p payload) Comment {
	c := p.Comment
	return Comment{
		ID: c.ID, Body: c.Body, URL: c.HTMLURL, Author: c.User.Login,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

func author(p payload) Author {
	if len(p.Commits) > 0 {
		return cmp.Or(p.HeadCommit.Author, p.Commits[0].Author)
	}
	return p.HeadCommit.Author
}

// source says which commit and branch an event is about. GITHUB_SHA names another commit for
// some events: the default branch's head for workflow_run, a merge commit for pull requests.
// The head of a comment's pull request is not in its payload, so its SHA stays empty. A pull
// request that has just been merged is about the commit that it became on its base branch. The
// payload of a deployment can name the run that created it, which runs another commit.
func source(environment Environment, p payload) (sha, branch string) {
	switch {
	case p.Issue.PullRequest != nil:
		return "", ""
	case p.PullRequest.Merged && p.PullRequest.MergeCommitSHA != "":
		return p.PullRequest.MergeCommitSHA, p.PullRequest.Base.Ref
	case p.PullRequest.Head.SHA != "":
		return p.PullRequest.Head.SHA, p.PullRequest.Head.Ref
	case p.Deployment.SHA != "":
		return p.Deployment.SHA, ""
	case p.WorkflowRun.HeadSHA != "":
		return p.WorkflowRun.HeadSHA, p.WorkflowRun.HeadBranch
	}
	branch, isBranch := strings.CutPrefix(environment.Ref, "refs/heads/")
	if !isBranch {
		branch = environment.HeadRef
	}
	return environment.SHA, branch
}

func run(environment Environment, owner, name string) Run {
	server := strings.TrimSuffix(cmp.Or(environment.ServerURL, "https://github.com"), "/")
	r := Run{Workflow: environment.Workflow, Job: environment.Job, Runner: environment.Runner, ServerURL: server}
	// The runner writes these as decimal numbers; anything else reads as zero, "unknown".
	r.ID, _ = strconv.ParseInt(environment.RunID, 10, 64)
	r.Number, _ = strconv.Atoi(environment.RunNumber)
	r.Attempt, _ = strconv.Atoi(environment.RunAttempt)
	r.URL = fmt.Sprintf("%s/%s/%s/actions/runs/%d", server, owner, name, r.ID)
	return r
}
