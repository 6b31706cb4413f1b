// Package gh is the only door to GitHub: it reads Facts and carries out the effects of a plan.
//
// GraphQL reads everything that one decision needs in one query; REST does the rest. Wire types do not leave this
// package, and what fails comes back as an *Error, which names the missing permission where that is the cause.
package gh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"golang.org/x/oauth2"

	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// Options are what a Client needs to know.
type Options struct {
	Token      string
	TeamToken  string // may read the members of teams, "" for none
	Owner      string
	Repository string
	APIURL     string            // REST base, "" for https://api.github.com
	GraphQLURL string            // "" to derive it from APIURL
	Version    string            // ours, for the User-Agent header
	Transport  http.RoundTripper // what reaches the network
	Now        func() time.Time
	Log        *slog.Logger
}

// Client reads from and writes to one repository. It is safe for concurrent use.
type Client struct {
	*clock
	*reader
	*pulls
	*deployer
	*locker
	*examiner
}

// repository is one repository, with the ways to reach it.
type repository struct {
	owner, name string
	rest        rest
	graph       graph
	clock       *clock
	log         *slog.Logger
}

// New returns a Client. It fails when APIURL is not a URL.
func New(o Options) (*Client, error) {
	base, graphURL, err := endpoints(o)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	githubTime := &clock{runner: o.Now}
	o.Transport = observed{o.Transport, githubTime}
	wire := layers(o, o.Token)
	on := &repository{
		owner: o.Owner, name: o.Repository, clock: githubTime, log: o.Log,
		rest: newREST(base, wire), graph: graph{url: graphURL, wire: wire},
	}
	facts := &reader{repository: on}
	if o.TeamToken != "" {
		facts.teams = new(newREST(base, layers(o, o.TeamToken)))
	}
	return &Client{
		clock: githubTime, reader: facts, pulls: &pulls{facts}, deployer: &deployer{on}, locker: &locker{facts}, examiner: &examiner{facts},
	}, nil
}

// Do carries out one effect for the first time. The result can have ids even when there is an error: then the effect
// took place, but not as it should have.
func (c *Client) Do(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	switch e := effect.(type) {
	case plan.React:
		return c.react(ctx, e)
	case plan.Unreact:
		return plan.Done{}, c.unreact(ctx, e)
	case plan.Comment:
		return c.comment(ctx, e)
	case plan.StartDeployment:
		return c.startDeployment(ctx, e)
	case plan.SetStatus:
		return c.setStatus(ctx, e, l)
	case plan.UpdateBranch:
		return plan.Done{}, c.updateBranch(ctx, e)
	case plan.EditComment:
		return plan.Done{}, c.editComment(ctx, e, l)
	case plan.CloseOrphan:
		return plan.Done{}, c.closeOrphan(ctx, e)
	case plan.TakeLock:
		return c.takeLock(ctx, e)
	case plan.FreeLock:
		return plan.Done{}, c.freeLock(ctx, e)
	case plan.CountCommits:
		return c.countCommits(ctx, e)
	case plan.AddLabels:
		return plan.Done{}, c.addLabels(ctx, e)
	case plan.RemoveLabel:
		return plan.Done{}, c.removeLabel(ctx, e)
	case plan.SetCommitStatus:
		return plan.Done{}, c.setCommitStatus(ctx, e)
	case plan.UpdateIssue:
		return plan.Done{}, c.updateIssue(ctx, e)
	case plan.RecordEvent, plan.NotifySinks:
		return plan.Done{}, fmt.Errorf("carry out %T: that is no effect on GitHub", effect)
	}
	return plan.Done{}, fmt.Errorf("carry out %T: unknown effect", effect)
}

// Redo carries out one effect whose first attempt may have taken place: it looks first.
func (c *Client) Redo(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	switch e := effect.(type) {
	case plan.Comment:
		return c.commentOnce(ctx, e, l)
	case plan.StartDeployment:
		return c.startDeploymentOnce(ctx, e, l)
	case plan.SetStatus:
		return c.setStatusOnce(ctx, e, l)
	case plan.TakeLock:
		return c.takeLockOnce(ctx, e)
	default:
		// Doing these twice is the same as doing them once.
		return c.Do(ctx, effect, l)
	}
}

// rest is the REST API, also where the client library does not know it all.
type rest struct{ *github.Client }

func newREST(base *url.URL, wire http.RoundTripper) rest {
	client := github.NewClient(door(wire))
	client.BaseURL = base
	return rest{client}
}

func (c rest) send(ctx context.Context, method, path string, body, answer any) (*github.Response, error) {
	request, err := c.NewRequest(method, path, body)
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, request, answer)
}

func isMissing(response *github.Response) bool {
	return response != nil && response.StatusCode == http.StatusNotFound
}

func (r *repository) path(format string, arguments ...any) string {
	return fmt.Sprintf("repos/%s/%s/", r.owner, r.name) + fmt.Sprintf(format, arguments...)
}

// door is a client that stays with its host, because the token is added to every request, also to a redirected
// one. GitHub redirects to itself where a repository was renamed.
func door(wire http.RoundTripper) *http.Client {
	return &http.Client{Transport: wire, CheckRedirect: func(next *http.Request, before []*http.Request) error {
		const most = 10
		from := before[0].URL
		if next.URL.Scheme != from.Scheme || next.URL.Host != from.Host || len(before) >= most {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// layers stacks the transports: the token is added first, the network comes last.
func layers(o Options, token string) http.RoundTripper {
	return &oauth2.Transport{
		Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
		Base: identify{agent: "lockstep/" + o.Version, next: &retry{
			next: bounded{next: o.Transport}, log: o.Log,
		}},
	}
}

// endpoints finds the REST and GraphQL addresses. A GitHub Enterprise server has them at /api/v3 and /api/graphql.
func endpoints(o Options) (*url.URL, string, error) {
	address := strings.TrimSuffix(o.APIURL, "/")
	if address == "" {
		address = "https://api.github.com"
	}
	base, err := url.Parse(address + "/")
	if err != nil || base.Host == "" {
		return nil, "", fmt.Errorf("read API address %q: it is not a URL", address)
	}
	if o.GraphQLURL != "" {
		return base, o.GraphQLURL, nil
	}
	if enterprise, isEnterprise := strings.CutSuffix(address, "/api/v3"); isEnterprise {
		return base, enterprise + "/api/graphql", nil
	}
	return base, address + "/graphql", nil
}

// segment is a name as one part of a path. Its dots are escaped: alone they would be a step in the path.
func segment(name string) string { return strings.ReplaceAll(url.PathEscape(name), ".", "%2E") }

const (
	maxAnswer      = 8 << 20          // bytes of one answer
	attemptTimeout = 10 * time.Second // for one request with its answer
)

// identify adds the headers that GitHub wants on every request.
type identify struct {
	agent string
	next  http.RoundTripper
}

func (t identify) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", t.agent)
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	return t.next.RoundTrip(r)
}

// bounded gives each request a time limit and each answer a size limit. It reads the whole
// answer: the limit covers it, and a cut connection is an error of the request.
type bounded struct{ next http.RoundTripper }

func (t bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := wait.Limit(r.Context(), attemptTimeout, fmt.Errorf("no answer within %s", attemptTimeout))
	defer cancel()
	response, err := t.readWhole(r.WithContext(ctx))
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return response, err
}

func (t bounded) readWhole(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("answer is longer than %d bytes", maxAnswer)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
