package sim_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// shared lists the types of what can be reached from both of two values and can change. What never
// changes once it is made may be shared: the compiled schema, a protocol, git's objects.
func shared(one, other any) []string {
	reached := map[uintptr]bool{}
	walk(reflect.ValueOf(one), map[uintptr]bool{}, func(v reflect.Value) { reached[v.Pointer()] = true })
	var types []string
	walk(reflect.ValueOf(other), map[uintptr]bool{}, func(v reflect.Value) {
		if reached[v.Pointer()] {
			types = append(types, v.Type().String())
		}
	})
	return types
}

func walk(v reflect.Value, seen map[uintptr]bool, found func(reflect.Value)) {
	if constant := v.Type().String(); constant == "*sim.Schema" || constant == "sim.protocol" || constant == "time.Time" {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		found(v)
		if v.Kind() == reflect.Pointer {
			walk(v.Elem(), seen, found)
			return
		}
		for entries := v.MapRange(); entries.Next(); {
			walk(entries.Value(), seen, found)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			walk(field, seen, found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), seen, found)
		}
	default:
	}
}

func TestCloneGoesItsOwnWay(t *testing.T) {
	t.Parallel()
	github := start(t)
	github.AddUser(sim.User{Login: "alice", Permission: "write"})
	github.AddTeam("acme", "release", "alice")
	head := github.Push(sim.Commit{Branch: "checkout", Message: "Faster", Author: "alice"})
	github.OpenPull(sim.Pull{Number: 1, Author: "alice", Head: "checkout"})
	github.Review(1, "alice", "COMMENTED")
	github.OpenIssue(sim.Issue{})
	github.Label(1, "one")
	comment := github.Comment(1, "alice", "Hello")
	github.ReactAs(comment, "alice", "eyes")
	github.Check(sim.Check{Name: "build", Commit: head, State: "success"})
	github.RequireReviews(1)
	github.Deploy(sim.DeploymentSpec{Environment: "staging", Ref: "checkout", SHA: head, Creator: "alice", State: "success"})
	github.Fail(sim.Fault{Path: "/rate_limit", Times: 2})
	require.NoError(t, github.Lock(sim.Lock{Environment: "staging", Owner: "alice", Pull: 1}))
	_, _ = ask(t, github, "GET /repos/acme/shop/deployments", nil)

	clone := github.Clone()
	assert.Empty(t, shared(github, clone))
	assert.Equal(t, github.Comments(1), clone.Comments(1))
	assert.Equal(t, github.Deployments(""), clone.Deployments(""))
	assert.Equal(t, github.Requests(), clone.Requests())
	clone.Comment(1, "alice", "Bye")
	require.NoError(t, clone.Unlock("staging"))
	assert.Len(t, github.Comments(1), 1)
	assert.NotEmpty(t, github.Head("staging-branch-deploy-lock"))
	for range 2 {
		status, _ := ask(t, clone, "GET /rate_limit", nil)
		assert.Equal(t, http.StatusBadGateway, status)
	}
	status, _ := ask(t, github, "GET /rate_limit", nil)
	assert.Equal(t, http.StatusBadGateway, status, "the clone spent its own failures")
}

func TestClonesOfReceivers(t *testing.T) {
	t.Parallel()
	webhook := sim.NewWebhookReceiver(time.Now)
	webhook.Fail(sim.Fault{Times: 2})
	assert.Empty(t, shared(webhook, webhook.Clone(time.Now)))
	versioner := sim.NewVersioner("key")
	versioner.Fail(sim.Fault{Times: 2})
	versioner.Refuse(sim.Refusal{Status: 423})
	assert.Empty(t, shared(versioner, versioner.Clone()))
	assert.NotEmpty(t, shared(versioner, versioner))
}
