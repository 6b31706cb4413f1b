package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/git"
	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// States of a review.
const (
	approved         = "APPROVED"
	changesRequested = "CHANGES_REQUESTED"
	dismissed        = "DISMISSED"
)

type review struct {
	id          int64
	login       string
	state       string
	commit      string
	approved    []git.Change // the state of the diff that was reviewed
	submittedAt time.Time
}

// ReviewSpec is a review of a pull request. The state is APPROVED, CHANGES_REQUESTED, COMMENTED or PENDING, or DISMISSED,
// which dismisses the newest opinion of that user. Without a commit it is of the current head.
type ReviewSpec struct {
	Pull         int
	Login, State string
	Commit       string // one of the pull request's commits
}

// Review submits a review of a pull request's current head that GitHub takes.
func (g *GitHub) Review(pull int, login, state string) {
	if err := g.SubmitReview(ReviewSpec{Pull: pull, Login: login, State: state}); err != nil {
		panic(err)
	}
}

// SubmitReview submits a review, or dismisses one. The error is what GitHub says against it.
func (g *GitHub) SubmitReview(r ReviewSpec) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	of, state := g.existing(r.Pull), strings.ToUpper(r.State)
	known := g.user(r.Login)
	if state == dismissed {
		return of.dismiss(known.Login)
	}
	commit := cmp.Or(r.Commit, of.headOID)
	if commit != of.headOID && !slices.ContainsFunc(g.commitsOf(of), isCommit(commit)) {
		return fmt.Errorf("commit %s is not part of the pull request", commit)
	}
	if verb := ownReview[state]; verb != "" && strings.EqualFold(known.Login, of.Author) {
		return errors.New("Can not " + verb + " your own pull request")
	}
	of.reviews = append(of.reviews, &review{
		id: g.ids.nextLarge(), login: known.Login, state: state, commit: commit, approved: g.changedFiles(of), submittedAt: g.now(),
	})
	return nil
}

// ownReview is what authors may not do to their own pull requests, by the state of the review.
var ownReview = map[string]string{approved: "approve", changesRequested: "request changes on"} //nolint:gochecknoglobals // a table

// dismiss takes the newest opinion of a user back. The review stays, with another state.
func (p *pull) dismiss(login string) error {
	for _, one := range slices.Backward(p.reviews) {
		if strings.EqualFold(one.login, login) && one.isOpinion() && one.state != dismissed {
			one.state = dismissed
			return nil
		}
	}
	return fmt.Errorf("%s has no review that can be dismissed", login)
}

// dismissStale dismisses approvals whose diff is not the one of the pull request any longer, where a rule wants it. A
// commit that leaves the diff as it was keeps them; a push back to what was approved does not bring them back.
func (g *GitHub) dismissStale(p *pull) {
	if !g.dismissesStale(p.Base) {
		return
	}
	now := g.changedFiles(p)
	for _, one := range p.reviews {
		if one.state == approved && !slices.Equal(one.approved, now) {
			one.state = dismissed
		}
	}
}

// opinions returns the newest review of each user that is not just a comment, oldest first.
func (p *pull) opinions() []*review {
	var list []*review
	for i, one := range p.reviews {
		later := slices.ContainsFunc(p.reviews[i+1:], func(other *review) bool {
			return other.login == one.login && other.isOpinion()
		})
		if one.isOpinion() && !later {
			list = append(list, one)
		}
	}
	return list
}

func (r *review) isOpinion() bool {
	return r.state == approved || r.state == changesRequested || r.state == dismissed
}

// latest returns the newest review of each user, oldest first.
func (p *pull) latest() []*review {
	var list []*review
	for i, one := range p.reviews {
		if !slices.ContainsFunc(p.reviews[i+1:], func(other *review) bool { return other.login == one.login }) {
			list = append(list, one)
		}
	}
	return list
}

// reviewDecision is what the reviews amount to, "" when the base requires none. Only reviews
// of people with write access count.
func (g *GitHub) reviewDecision(p *pull) string {
	required, owners := g.requiredReviews(p.Base), g.needsCodeOwner(p.Base)
	if required == 0 && !owners {
		return ""
	}
	approvals, owned := 0, !owners
	for _, one := range p.opinions() {
		switch {
		case !g.user(one.login).canWrite():
		case one.state == changesRequested:
			return changesRequested
		case one.state == approved:
			approvals++
			owned = owned || slices.Contains(g.codeOwners, one.login)
		}
	}
	if approvals >= required && owned {
		return approved
	}
	return "REVIEW_REQUIRED"
}

// Review is a review as people see it.
type Review struct {
	Login, State string
	Commit       string // that was reviewed
	SubmittedAt  time.Time
}

// Reviews returns the newest review of each user of a pull request, oldest first, or nil when there is no such pull
// request. One that is not just a comment stays the newest when a comment follows.
func (g *GitHub) Reviews(number int) []Review {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.pulls[number]
	if found == nil {
		return nil
	}
	var all []Review
	for _, one := range found.opinions() {
		all = append(all, Review{Login: one.login, State: one.state, Commit: one.commit, SubmittedAt: one.submittedAt})
	}
	return all
}

// OwnCode makes users the code owners of every file.
func (g *GitHub) OwnCode(logins ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.codeOwners = append(g.codeOwners, logins...)
}

// needsCodeOwner reports whether a code owner has to approve. Without code owners no one has to.
func (g *GitHub) needsCodeOwner(branch string) bool {
	classic := g.protection(branch)
	asked := classic != nil && classic.CodeOwners ||
		slices.ContainsFunc(parameters[pullRule](g, branch, "pull_request"), func(r pullRule) bool { return r.CodeOwner })
	return asked && len(g.codeOwners) > 0
}

func (g *GitHub) reviewMissing(p *pull) bool {
	decision := g.reviewDecision(p)
	return decision != "" && decision != approved
}

func (g *GitHub) listReviews(c *call, p *pull) answer {
	return listed(c, p.reviews, func(one *review) any {
		author := g.user(one.login)
		self := g.api("/pulls/%d", p.Number)
		return object{
			"id": one.id, "node_id": one.nodeID(), "user": author.rest(), "body": "", "state": one.state, "commit_id": one.commit,
			"html_url": g.reviewURL(p, one), "pull_request_url": self, "author_association": author.association(),
			"submitted_at": one.submittedAt,
			"_links":       object{"html": object{"href": g.reviewURL(p, one)}, "pull_request": object{"href": self}},
		}
	})
}

func (g *GitHub) reviewURL(p *pull, r *review) string {
	return g.web("/pull/%d#pullrequestreview-%d", p.Number, r.id)
}

func (r *review) nodeID() string { return nodeID("PRR", fmt.Sprint(r.id)) }

func (g *GitHub) reviewObject(c *call, p *pull, r *review) *graph.Object {
	author := g.user(r.login)
	return &graph.Object{Type: "PullRequestReview", Fields: graph.Fields{
		"id": r.nodeID(), "databaseId": r.id, "fullDatabaseId": r.id, "state": r.state, "body": "", "bodyText": "", "bodyHTML": "",
		"author": graph.Lazy(func() any { return g.actor(r.login) }), "authorAssociation": author.association(),
		"authorCanPushToRepository": author.canWrite(), "createdAt": r.submittedAt, "updatedAt": r.submittedAt,
		"submittedAt": r.submittedAt, "publishedAt": r.submittedAt, "lastEditedAt": nil, "editor": nil,
		"includesCreatedEdit": false, "createdViaEmail": false, "isMinimized": false, "minimizedReason": nil,
		"url": g.reviewURL(p, r), "resourcePath": g.reviewURL(p, r)[len(webURL):],
		"commit":      graph.Lazy(func() any { return g.commitObject(c, r.commit) }),
		"pullRequest": graph.Lazy(func() any { return g.pullObject(c, p) }),
		"repository":  graph.Lazy(func() any { return g.repositoryObject(c) }),
	}}
}

func (g *GitHub) resolveReviews(c *call, p *pull) graph.Resolver {
	return func(args graph.Args) (any, error) {
		states, author := args.Strings("states"), args.String("author")
		list := slices.DeleteFunc(slices.Clone(p.reviews), func(one *review) bool {
			return len(states) > 0 && !slices.Contains(states, one.state) || author != "" && one.login != author
		})
		return g.reviewConnection(c, p, list)(args)
	}
}

// resolveLatestReviews serves latestReviews and latestOpinionatedReviews.
func (g *GitHub) resolveLatestReviews(c *call, p *pull) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := p.latest()
		if args.Field == "latestOpinionatedReviews" {
			list = p.opinions()
		}
		if args.Bool("writersOnly") {
			list = slices.DeleteFunc(list, func(one *review) bool { return !g.user(one.login).canWrite() })
		}
		return g.reviewConnection(c, p, list)(args)
	}
}

func (g *GitHub) reviewConnection(c *call, p *pull, list []*review) graph.Resolver {
	return graph.Connection("PullRequestReviewConnection", len(list), func(i int) any { return g.reviewObject(c, p, list[i]) }, nil)
}

func isCommit(oid string) func(git.Commit) bool {
	return func(commit git.Commit) bool { return commit.OID == oid }
}
