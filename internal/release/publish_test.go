package release

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const repository = "/repos/lockstep-action/lockstep"

type object = map[string]any

// hub is the part of GitHub that has the commits, tags and releases of one repository.
type hub struct {
	commits  map[string]object // by SHA
	trees    map[string]object
	tags     map[string]object // what each names
	releases map[string]object // by tag
	writes   []string
	moves    []string // every commit that v1 has named
	requests int

	failAt    int // the number of the request that fails
	failAfter bool
}

func newHub() *hub {
	return &hub{
		commits: map[string]object{
			"source": {"tree": object{"sha": "base"}}, "other": {"tree": object{"sha": "otherbase"}}, "twin": {"tree": object{"sha": "base"}},
		},
		trees: map[string]object{"base": {}, "otherbase": {}}, tags: map[string]object{}, releases: map[string]object{},
	}
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.requests++
	if h.requests == h.failAt && !h.failAfter {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	body := object{}
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	path := strings.TrimPrefix(r.URL.Path, repository)
	status, answer := h.answer(r.Method+" "+path, body)
	if r.Method != http.MethodGet && status < 300 {
		h.writes = append(h.writes, r.Method+" "+path)
	}
	if h.requests == h.failAt {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (h *hub) answer(what string, body object) (int, any) {
	method, path, _ := strings.Cut(what, " ")
	switch {
	case what == "POST /git/trees":
		return h.createTree(body)
	case what == "POST /git/commits":
		return h.createCommit(body)
	case what == "POST /git/refs":
		return h.createRef(body)
	case what == "POST /releases":
		return h.createRelease(body)
	case method == http.MethodPatch && strings.HasPrefix(path, "/git/refs/tags/"):
		return h.updateRef(strings.TrimPrefix(path, "/git/refs/tags/"), body)
	case method == http.MethodGet && strings.HasPrefix(path, "/git/matching-refs/tags/"):
		return h.matching(strings.TrimPrefix(path, "/git/matching-refs/tags/"))
	}
	for prefix, stored := range map[string]map[string]object{
		"/git/commits/": h.commits, "/git/ref/tags/": h.tags, "/releases/tags/": h.releases,
	} {
		if name, ok := strings.CutPrefix(path, prefix); ok && method == http.MethodGet {
			if found, there := stored[name]; there {
				return http.StatusOK, found
			}
		}
	}
	return http.StatusNotFound, object{"message": "Not Found"}
}

// named gives things that are the same the same name, as Git does.
func named(thing any) string {
	text, _ := json.Marshal(thing)
	sum := sha1.Sum(text)
	return hex.EncodeToString(sum[:])
}

func (h *hub) createTree(body object) (int, any) {
	if _, there := h.trees[body["base_tree"].(string)]; !there {
		return http.StatusUnprocessableEntity, object{"message": "no such tree"}
	}
	sha := named(body)
	h.trees[sha] = body
	return http.StatusCreated, object{"sha": sha}
}

func (h *hub) createCommit(body object) (int, any) {
	if _, there := h.trees[body["tree"].(string)]; !there || body["author"] != nil {
		return http.StatusUnprocessableEntity, object{"message": "no such tree, or not signed"}
	}
	var parents []any
	for _, parent := range body["parents"].([]any) {
		parents = append(parents, object{"sha": parent})
	}
	sha := named([]any{body, len(h.commits)}) // two commits are never the same: they have a time
	h.commits[sha] = object{"sha": sha, "tree": object{"sha": body["tree"]}, "parents": parents, "message": body["message"]}
	return http.StatusCreated, h.commits[sha]
}

func (h *hub) createRef(body object) (int, any) {
	tag := strings.TrimPrefix(body["ref"].(string), "refs/tags/")
	_, commit := h.commits[body["sha"].(string)]
	if _, there := h.tags[tag]; there || !commit {
		return http.StatusUnprocessableEntity, object{"message": "Reference already exists"}
	}
	h.point(tag, body["sha"].(string))
	return http.StatusCreated, h.tags[tag]
}

func (h *hub) updateRef(tag string, body object) (int, any) {
	if _, there := h.tags[tag]; !there || body["force"] != true || strings.Contains(tag, ".") {
		return http.StatusUnprocessableEntity, object{"message": "tags of versions never move"}
	}
	h.point(tag, body["sha"].(string))
	return http.StatusOK, h.tags[tag]
}

func (h *hub) point(tag, sha string) {
	h.tags[tag] = object{"ref": "refs/tags/" + tag, "object": object{"type": "commit", "sha": sha}}
	if tag == "v1" {
		h.moves = append(h.moves, sha)
	}
}

func (h *hub) matching(prefix string) (int, any) {
	found := []object{}
	for tag, ref := range h.tags {
		if strings.HasPrefix(tag, prefix) {
			found = append(found, ref)
		}
	}
	return http.StatusOK, found
}

func (h *hub) createRelease(body object) (int, any) {
	tag := body["tag_name"].(string)
	_, tagged := h.tags[tag]
	if _, there := h.releases[tag]; there || !tagged {
		return http.StatusUnprocessableEntity, object{"message": "Validation Failed"}
	}
	h.releases[tag] = body
	return http.StatusCreated, body
}

// named commit of a tag.
func (h *hub) sha(tag string) string {
	if ref, there := h.tags[tag]; there {
		return ref["object"].(object)["sha"].(string)
	}
	return ""
}

// publish publishes a version from the source, and returns what was logged.
func (h *hub) publish(t *testing.T, version string, change ...func(*Publication)) ([]string, error) {
	t.Helper()
	v, err := ParseVersion(version)
	require.NoError(t, err)
	a := Publication{
		Version: v, Source: "source", Run: "https://github.com/run", Notes: "- Something.\n",
		Action: "image " + version,
	}
	for _, f := range change {
		f(&a)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	client := github.NewClient(server.Client())
	client.BaseURL, err = url.Parse(server.URL + "/")
	require.NoError(t, err)
	var log []string
	publisher, err := NewPublisher(client, "lockstep-action/lockstep", func(line string) { log = append(log, line) })
	require.NoError(t, err)
	return log, publisher.Publish(context.WithoutCancel(t.Context()), a)
}

// assertPublished compares the state with what users may rely on.
func (h *hub) assertPublished(t *testing.T, version string) {
	t.Helper()
	tag := "v" + version
	commit := h.commits[h.sha(tag)]
	require.NotNil(t, commit)
	assert.Equal(t, []any{object{"sha": "source"}}, commit["parents"])
	assert.Contains(t, commit["message"], "Release "+tag+"\n")
	tree := h.trees[commit["tree"].(object)["sha"].(string)]
	assert.Equal(t, "base", tree["base_tree"])
	assert.Equal(t, []any{
		object{"path": "action.yml", "mode": "100644", "type": "blob", "content": "image " + version},
	}, tree["tree"])
	require.Len(t, h.releases, 1)
	assert.Equal(t, "- Something.\n", h.releases[tag]["body"])
}

func TestPublish(t *testing.T) {
	t.Parallel()
	h := newHub()
	_, err := h.publish(t, "1.2.0")
	require.NoError(t, err)
	h.assertPublished(t, "1.2.0")
	assert.Equal(t, []string{"POST /git/trees", "POST /git/commits", "POST /git/refs", "POST /releases", "POST /git/refs"}, h.writes)
	assert.Equal(t, []string{h.sha("v1.2.0")}, h.moves)
	made := h.releases["v1.2.0"]
	assert.Equal(t, []any{"true", false, true}, []any{made["make_latest"], made["prerelease"], made["generate_release_notes"]})

	writes := len(h.writes)
	_, err = h.publish(t, "1.2.0")
	require.NoError(t, err)
	assert.Equal(t, []string{"POST /git/trees"}, h.writes[writes:], "a second time changes nothing")
}

func TestPublishBeforeItsTime(t *testing.T) {
	t.Parallel()
	h := newHub()
	h.point("v1", "other")
	_, err := h.publish(t, "1.2.0-rc.1")
	require.NoError(t, err)
	h.assertPublished(t, "1.2.0-rc.1")
	made := h.releases["v1.2.0-rc.1"]
	assert.Equal(t, []any{"false", true}, []any{made["make_latest"], made["prerelease"]})
	assert.Equal(t, "other", h.sha("v1"))
}

// Each request may fail, before or after it has had its effect: the next run ends as if nothing had
// been, and the tag of the major version never names what has no release.
func TestPublishAgain(t *testing.T) {
	t.Parallel()
	whole := newHub()
	_, err := whole.publish(t, "1.2.0")
	require.NoError(t, err)
	require.Positive(t, whole.requests)
	for at := 1; at <= whole.requests; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("request %d, after %t", at, after), func(t *testing.T) {
				t.Parallel()
				h := newHub()
				h.point("v1", "other")
				h.failAt, h.failAfter = at, after
				_, err := h.publish(t, "1.2.0")
				require.Error(t, err)
				if h.sha("v1") != "other" {
					assert.NotEmpty(t, h.releases)
				}
				h.failAt = 0
				_, err = h.publish(t, "1.2.0")
				require.NoError(t, err)
				h.assertPublished(t, "1.2.0")
				assert.Equal(t, []string{"other", h.sha("v1.2.0")}, h.moves)
			})
		}
	}
}

// The run of an older version that is carried on after a newer one does not take users back.
func TestPublishLate(t *testing.T) {
	t.Parallel()
	h := newHub()
	h.point("v1.10.0", "other")
	h.point("v1", "other")
	log, err := h.publish(t, "1.9.0")
	require.NoError(t, err)
	h.assertPublished(t, "1.9.0")
	assert.Equal(t, []string{"other"}, h.moves)
	assert.Contains(t, log, "tag v1 stays where it is")
}

// Nothing is written where the tag is there for something else.
func TestPublishTwice(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Publication){
		"another commit":                     func(a *Publication) { a.Source = "other" },
		"another commit with the same files": func(a *Publication) { a.Source = "twin" },
		"another image":                      func(a *Publication) { a.Action = "image of another build" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub()
			_, err := h.publish(t, "1.2.0")
			require.NoError(t, err)
			before, writes := h.sha("v1.2.0"), len(h.writes)
			h.releases = map[string]object{}
			_, err = h.publish(t, "1.2.0", change)
			require.ErrorContains(t, err, `check tag "v1.2.0"`)
			assert.Equal(t, before, h.sha("v1.2.0"))
			assert.Empty(t, h.releases)
			assert.False(t, slices.ContainsFunc(h.writes[writes:], func(w string) bool { return w != "POST /git/trees" }))
		})
	}
	h := newHub()
	h.tags["v1.2.0"] = object{"ref": "refs/tags/v1.2.0", "object": object{"type": "tag", "sha": "annotated"}}
	_, err := h.publish(t, "1.2.0")
	require.ErrorContains(t, err, "not made by this workflow")
}

func TestNewPublisher(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "lockstep", "/lockstep", "lockstep-action/"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewPublisher(github.NewClient(nil), name, nil)
			assert.Error(t, err)
		})
	}
}
