package gh_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

const head = "1111111111111111111111111111111111111111"

// writes are effects with what must be known when they took place.
func writes() map[plan.Effect]func(plan.Done) bool {
	looks := &deploy.Needs{Locks: []string{production}}
	return map[plan.Effect]func(plan.Done) bool{
		plan.React{CommentID: 5, Content: "eyes"}:                                                                       func(d plan.Done) bool { return d.ReactionID != 0 },
		plan.Comment{Pull: 7, Body: "x", Marker: "<!-- m -->"}:                                                          func(d plan.Done) bool { return d.CommentID != 0 },
		plan.Comment{Pull: 7, PullID: "PR_1", Body: "x", Marker: "<!-- m -->", Recheck: looks}:                          func(d plan.Done) bool { return d.CommentID != 0 && d.Facts != nil },
		plan.SetStatus{State: "success", Environment: "production"}:                                                     func(d plan.Done) bool { return d.StatusID != 0 },
		plan.TakeLock{Repository: "R_1", Branch: production, ClaimID: "c", Content: "{}", Recheck: looks}:               func(d plan.Done) bool { return d.LockTip != "" && d.Facts != nil },
		plan.TakeLock{Repository: "R_1", Branch: production, ClaimID: "c", Content: "{}", Recheck: looks, Instead: "a"}: func(d plan.Done) bool { return d.LockTip != "" && d.Facts != nil },
		plan.CountCommits{Base: "a", Head: "b"}:                                                                         func(plan.Done) bool { return true },
		plan.CountCommits{Base: "a", Head: "b", Lists: true}:                                                            func(d plan.Done) bool { return d.Changes == nil || d.Changes.Commits > 0 },
		plan.RemoveLabel{Pull: 7, Name: "a"}:                                                                            func(plan.Done) bool { return true },
		plan.FreeLock{Repository: "R_1", Branch: production, Tip: head}:                                                 func(plan.Done) bool { return true },
		plan.Unreact{CommentID: 5, ReactionID: 6}:                                                                       func(plan.Done) bool { return true },
		plan.UpdateBranch{Pull: 7, ExpectedHead: head}:                                                                  func(plan.Done) bool { return true },
	}
}

// No answer to a write makes the client panic or wait for ever, and nothing counts as done whose trace the
// answer does not name.
func FuzzWrites(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `[null]`, `[{"id":1}]`, `{"id":1}`, `{"id":"1"}`, reaction, limited, `<html>`, "",
		`{"id":1,"sha":"` + head + `","state":"success"}`, `{"sha":"a","object":null}`, `{"object":{"sha":"` + head + `"}}`,
		`{"message":"@all","errors":[null,{"message":"x"}]}`, `{"message":"x","errors":["y"]}`,
		`{"ahead_by":1,"behind_by":0,"commits":[{"sha":"` + head + `"}]}`, `{"ahead_by":0,"behind_by":1,"commits":[{}]}`, `{"data":null,"errors":[null]}`, `{"data":{"createRef":null}}`, `{"data":{"updateRefs":{}}}`,
		`{"data":{"addComment":{"commentEdge":{"node":{"fullDatabaseId":"x"}}}}}`,
	} {
		for _, status := range []int{200, 202, 404, 422} {
			f.Add(status, body, "2")
		}
	}
	f.Fuzz(func(t *testing.T, status int, body, header string) {
		if status < 200 || status > 599 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			for effect, known := range writes() {
				checkWrite(t, effect, known, answer(status, body, "Link", "<https://api.github.com/x?page="+header+`>; rel="next"`, "Retry-After", header))
			}
			checkDeployment(t, answer(status, body))
		})
	})
}

func checkWrite(t *testing.T, effect plan.Effect, known func(plan.Done) bool, said answering) {
	t.Helper()
	l := ledger()
	l.DeploymentID = 9
	for _, do := range []func(*gh.Client) (plan.Done, error){
		func(c *gh.Client) (plan.Done, error) { return c.Do(t.Context(), effect, l) },
		func(c *gh.Client) (plan.Done, error) { return c.Redo(t.Context(), effect, l) },
	} {
		began, wire := time.Now(), &answers{list: []answering{said}}
		done, err := do(unfilled(t, wire))
		assert.Less(t, time.Since(began), 10*time.Minute)
		assert.Less(t, len(wire.times), 60)
		if err != nil {
			assertShown(t, gh.Explain(err))
			continue
		}
		assert.True(t, known(done), "%T counts as done: %+v", effect, done)
	}
}

// checkDeployment wants a deployment to be known by its number, and to be about the commit that was checked.
func checkDeployment(t *testing.T, said answering) {
	t.Helper()
	start := plan.StartDeployment{Environment: "production", Ref: "topic", SHA: head, RequiredContexts: []string{}}
	done, err := unfilled(t, &answers{list: []answering{said}}).Do(t.Context(), start, ledger())
	if err != nil {
		assertShown(t, gh.Explain(err))
		return
	}
	assert.NotZero(t, done.DeploymentID)
	again, err := unfilled(t, &answers{list: []answering{said}}).Do(t.Context(), plan.StartDeployment{Environment: "production", Ref: "topic", SHA: "2"}, ledger())
	require.Error(t, err, "one answer cannot be about two commits: %+v", again)
}

// Names that people choose stay one part of an address, and the names of locks are branches of the one kind.
func FuzzNames(f *testing.F) {
	for _, name := range []string{
		"production", "prod/eu west", "a b", "..", ".", "../../acme/other", "%2e%2e", "a%2Fb", "?ref=main", "#", "a\\b", "x@{1}", "", "é\u202e",
		"a\x00b", "\xff", "a\nb", "global", "main\u00a0", "a//b", "/a/", ";", "a:b", "*~^", "-branch-deploy-lock", strings.Repeat("a", 300), "{owner}", "@everyone", "::error::x",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		branch := lock.Branch(name)
		assert.True(t, strings.HasSuffix(branch, "-branch-deploy-lock"))
		assert.NotContains(t, branch, " ")
		assert.NotContains(t, branch, "\n")
		seen := &recorder{next: empty{}}
		client, err := gh.New(gh.Options{Token: "x", TeamToken: "y", Owner: "acme", Repository: "shop", Transport: seen, Now: time.Now})
		require.NoError(t, err)
		for _, effect := range []plan.Effect{
			plan.RemoveLabel{Pull: 7, Name: name},
			plan.CountCommits{Base: name, Head: name},
			plan.CountCommits{Base: name, Head: name, Lists: true},
		} {
			_, _ = client.Do(t.Context(), effect, ledger()) // only where it asks matters
		}
		_, err = client.Facts(t.Context(), deploy.Needs{Actor: name, AdminTeams: []string{"acme/" + name}})
		require.NoError(t, err)
		_, _ = client.Answer(t.Context(), 5, name)
		_, _ = client.OpenDeployment(t.Context(), plan.Ledger{}, "started")
		for _, request := range seen.all() {
			assertInside(t, request.URL, name)
		}
	})
}

// empty is a GitHub that knows a repository and nothing in it.
type empty struct{}

func (empty) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/graphql" {
		return answer(http.StatusNotFound, `{"message":"Not Found"}`)(r)
	}
	return answer(http.StatusOK, `{"data":{"repository":{"nameWithOwner":"acme/shop","id":"R_1"},"rateLimit":{"cost":1,"remaining":1,"resetAt":"2026-01-01T00:00:00Z"}}}`)(r)
}

// assertInside wants an address inside of the repository that none of its names leads out of.
func assertInside(t *testing.T, address *url.URL, name string) {
	t.Helper()
	assert.Equal(t, "api.github.com", address.Host)
	assert.Empty(t, address.Fragment)
	path := address.EscapedPath()
	if path == "/graphql" {
		return
	}
	assert.Regexp(t, `^/(repos/acme/shop|orgs/acme/teams)/`, path)
	for part := range strings.SplitSeq(path, "/") {
		assert.NotContains(t, []string{".", ".."}, part, path)
	}
	parts := strings.Split(strings.TrimPrefix(path, "/repos/acme/shop/"), "/")
	if strings.HasPrefix(path, "/repos/acme/shop/issues/7/labels/") {
		require.Len(t, parts, 4, path)
		label, err := url.PathUnescape(parts[3])
		require.NoError(t, err)
		assert.Equal(t, name, label)
	}
	if address.RawQuery != "" {
		assert.Regexp(t, `^(page|per_page|environment)=`, address.RawQuery)
	}
}
