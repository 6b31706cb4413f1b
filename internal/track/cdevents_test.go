package track_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// vocabulary is what CDEvents publishes: a schema for each type of event.
type vocabulary map[string]*jsonschema.Schema

// published reads the schemas once for all tests.
var published = sync.OnceValues(func() (vocabulary, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	addresses := map[string]string{} // by type
	err := filepath.WalkDir("testdata/cdevents/schemas", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		document, err := readJSON(path)
		if err != nil {
			return err
		}
		address, _ := document["$id"].(string)
		if name := typeOf(document); name != "" {
			addresses[name] = address
		}
		return compiler.AddResource(address, document)
	})
	known := vocabulary{}
	for name, address := range addresses {
		schema, problem := compiler.Compile(address)
		known[name], err = schema, errors.Join(err, problem)
	}
	return known, err
})

func readVocabulary(t *testing.T) vocabulary {
	t.Helper()
	known, err := published()
	require.NoError(t, err)
	require.Len(t, known, 13)
	return known
}

func readJSON(path string) (map[string]any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	document, _ := value.(map[string]any)
	return document, err
}

// typeOf finds the type that a schema is for.
func typeOf(schema map[string]any) string {
	at := any(schema)
	for _, name := range []string{"properties", "context", "properties", "type", "default"} {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	name, _ := at.(string)
	return name
}

// check validates one event; "" means that it is valid.
func (v vocabulary) check(event map[string]any) string {
	header, _ := event["context"].(map[string]any)
	name, _ := header["type"].(string)
	schema, known := v[name]
	if !known {
		return "there is no type " + name
	}
	if err := schema.Validate(event); err != nil {
		return err.Error()
	}
	return ""
}

// The schemas take the published examples, and nothing that is broken.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	v := readVocabulary(t)
	examples, err := filepath.Glob("testdata/cdevents/conformance/*.json")
	require.NoError(t, err)
	require.Len(t, examples, 13)
	for _, path := range examples {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			event, err := readJSON(path)
			require.NoError(t, err)
			assert.Empty(t, v.check(event), path)
			header, _ := event["context"].(map[string]any)
			header["timestamp"] = "yesterday"
			assert.NotEmpty(t, v.check(event), path)
			header["timestamp"], header["url"] = "2026-11-21T10:00:00Z", "x"
			assert.NotEmpty(t, v.check(event), path)
		})
	}
}

// broker is a strict receiver of CloudEvents in either mode; its answer says what is wrong.
func broker(v vocabulary) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		attributes, event := received(r, body)
		header, _ := event["context"].(map[string]any)
		subject, _ := event["subject"].(map[string]any)
		if header == nil || subject == nil {
			return says(415, "it is no event")(r)
		}
		for name, want := range map[string]any{
			"specversion": "1.0", "id": header["id"], "source": header["source"], "type": header["type"], "subject": subject["id"], "time": header["timestamp"],
		} {
			if attributes[name] != want || want == "" {
				return says(400, "attribute "+name)(r)
			}
		}
		if r.Header.Get("Idempotency-Key") != `"`+attributes["id"].(string)+`"` || r.Header.Get("Authorization") != "Bearer "+hookToken {
			return says(401, "its headers")(r)
		}
		if wrong := v.check(event); wrong != "" {
			return says(422, wrong)(r)
		}
		return says(202, "")(r)
	}
}

// received reads the attributes and the event in either mode.
func received(r *http.Request, body []byte) (attributes, event map[string]any) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return nil, nil
	}
	whole, _ := value.(map[string]any)
	if r.Header.Get("Content-Type") == "application/cloudevents+json" {
		event, _ = whole["data"].(map[string]any)
		return whole, event
	}
	attributes = map[string]any{}
	for _, name := range []string{"specversion", "id", "source", "type", "subject", "time"} {
		attributes[name], _ = url.PathUnescape(r.Header.Get("ce-" + name))
	}
	return attributes, whole
}

func cdSink(t *testing.T, set settings, server http.RoundTripper) track.Named {
	t.Helper()
	s := sink("cdevents", set)
	s.Settings["token"] = hookToken
	return to(t, s, server)
}

// told is what a strict receiver was told: the events, in order.
func told(t *testing.T, set settings, e track.Event) []map[string]any {
	t.Helper()
	server := inTurn(broker(readVocabulary(t)))
	require.NoError(t, cdSink(t, set, server).Send(t.Context(), e))
	var events []map[string]any
	for i, body := range server.bodies {
		_, event := received(&http.Request{Header: server.heads[i]}, []byte(body))
		events = append(events, event)
	}
	return events
}

// in finds a value inside an event.
func in(event map[string]any, path string) any {
	value := any(event)
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// Every event that can happen, in both modes, against the published schemas.
func TestCDEvents(t *testing.T) {
	t.Parallel()
	first := full(config.Completed)
	first.Previous = track.Previous{}
	bare := announced(config.Pending)
	bare.GitHub = track.GitHub{RunID: 123}
	for name, test := range map[string]struct {
		event track.Event
		want  []string
	}{
		"pending":        {full(config.Pending), []string{"pipelinerun.queued"}},
		"started":        {full(config.Started), []string{"pipelinerun.started"}},
		"completed":      {full(config.Completed), []string{"pipelinerun.finished", "service.upgraded"}},
		"first":          {first, []string{"pipelinerun.finished", "service.deployed"}},
		"rollback":       {rollback(), []string{"pipelinerun.finished", "service.rolledback"}},
		"failed":         {full(config.Failed), []string{"pipelinerun.finished"}},
		"aborted":        {full(config.Aborted), []string{"pipelinerun.finished"}},
		"little":         {bare, []string{"pipelinerun.queued"}},
		"build pending":  {built(config.Pending), []string{"build.queued"}},
		"build started":  {built(config.Started), []string{"build.started"}},
		"build done":     {built(config.Completed), []string{"build.finished"}},
		"build failed":   {built(config.Failed), []string{"build.finished"}},
		"build aborted":  {built(config.Aborted), []string{"build.finished"}},
		"little is done": {track.Event{Product: "s", Environment: "e", State: config.Completed}.Identified(), []string{"pipelinerun.finished", "service.deployed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "little") {
				test.event.SCM = track.SCM{ServerURL: "https://github.com", Repository: "acme/shop"}
			}
			for _, mode := range []string{"binary", "structured"} {
				events := told(t, settings{"mode": mode}, test.event)
				var types []string
				for _, event := range events {
					types = append(types, strings.TrimSuffix(strings.TrimPrefix(in(event, "context.type").(string), "dev.cdevents."), ".0.3.0"))
				}
				assert.Equal(t, test.want, types, "%s %s", name, mode)
			}
		})
	}
}

func TestCDEventContents(t *testing.T) {
	t.Parallel()
	image := "pkg:oci/shop@sha256%3A" + strings.Repeat("0a", 32) + "?repository_url=ghcr.io%2Facme%2Fshop"
	events := told(t, nil, full(config.Completed))
	run, service := events[0], events[1]
	assert.Equal(t, "deployments/42", in(run, "subject.id"))
	assert.Equal(t, map[string]any{"pipelineName": "Deploy", "uri": "https://github.com/acme/shop/actions/runs/123", "outcome": "success"}, in(run, "subject.content"))
	assert.Equal(t, "shop", in(service, "subject.id"))
	assert.Equal(t, map[string]any{"environment": map[string]any{"id": "production"}, "artifactId": image}, in(service, "subject.content"))
	for i, id := range []string{"5f2528b4-b0d6-5e72-bb1c-1ed25a614652", "a8e78aec-86fb-5fa0-a916-182e379468b0"} {
		assert.Equal(t, id, in(events[i], "context.id"))
		assert.Equal(t, "43c28d68-26e8-59af-b1ab-a2cd6eaec01d", in(events[i], "context.chainId"))
		assert.Equal(t, "https://github.com/acme/shop", in(events[i], "context.source"))
		assert.Equal(t, "2026-11-21T10:01:30Z", in(events[i], "context.timestamp"))
		assert.Equal(t, "0.5.1", in(events[i], "context.specversion"))
		assert.Equal(t, "application/json", in(events[i], "customDataContentType"))
		data, err := json.Marshal(in(events[i], "customData"))
		require.NoError(t, err)
		assert.JSONEq(t, record(t, full(config.Completed)), string(data))
	}

	failed := told(t, nil, full(config.Failed))[0]
	assert.Equal(t, "failure", in(failed, "subject.content.outcome"))
	assert.Equal(t, "the job did not succeed", in(failed, "subject.content.errors"))
	assert.Equal(t, "cancel", in(told(t, nil, full(config.Aborted))[0], "subject.content.outcome"))
	started := told(t, nil, announced(config.Started))[0]
	assert.Equal(t, "runs/123", in(started, "subject.id"), "there is no deployment yet")
	assert.Nil(t, in(started, "context.chainId"))
	assert.Nil(t, in(started, "subject.content.outcome"))

	build := told(t, nil, built(config.Completed))[0]
	assert.Equal(t, "builds/123/shop", in(build, "subject.id"))
	assert.Equal(t, map[string]any{"artifactId": "pkg:github/acme/shop@" + deployedSHA}, in(build, "subject.content"))
	build = told(t, nil, built(config.Failed))[0]
	assert.Equal(t, map[string]any{}, in(build, "subject.content"), "nothing was built")
	assert.Equal(t, "failed", in(build, "customData.state"))
}

// What is deployed, as a package URL.
func TestArtifactID(t *testing.T) {
	t.Parallel()
	hex := strings.Repeat("0a", 32)
	commit := "pkg:github/acme/shop@" + deployedSHA
	for _, test := range []struct {
		artifacts []track.Artifact
		want      string
	}{
		{nil, commit},
		{[]track.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop@sha256:" + hex}}, "pkg:oci/shop@sha256%3A" + hex + "?repository_url=ghcr.io%2Facme%2Fshop"},
		{[]track.Artifact{{Type: "Docker", Location: "docker://registry.example:5000/Acme/Shop:v1", Digest: "sha256:" + hex}}, "pkg:oci/shop@sha256%3A" + hex + "?repository_url=registry.example%3A5000%2Facme%2Fshop"},
		{[]track.Artifact{{Type: "image", Location: "shop", Digest: "sha256:" + hex}}, "pkg:oci/shop@sha256%3A" + hex},
		{[]track.Artifact{{Type: "npm", Location: "shop.tgz", Digest: "sha256:" + hex}, {Type: "oci", Location: "a/b", Digest: "sha256:" + hex}}, "pkg:oci/b@sha256%3A" + hex + "?repository_url=a%2Fb"},
		{[]track.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop:v1"}}, commit},
		{[]track.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop", Digest: "sha256:" + hex[1:]}}, commit},
		{[]track.Artifact{{Type: "oci", Location: "ghcr.io/acme/", Digest: "sha256:" + hex}}, commit},
		{[]track.Artifact{{Type: "oci", Location: "", Digest: "sha256:" + hex}}, commit},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			e := full(config.Completed)
			e.Artifacts = test.artifacts
			assert.Equal(t, test.want, in(told(t, nil, e)[1], "subject.content.artifactId"), "%v", test.artifacts)
			assert.Equal(t, "pkg:npm/a@1", in(told(t, settings{"artifact_id": "pkg:npm/a@1"}, e)[1], "subject.content.artifactId"))
		})
	}
	e := full(config.Completed)
	e.Artifacts, e.SCM.ServerURL, e.SCM.Repository = nil, "https://ghe.example", "Acme/Shop"
	assert.Equal(t, commit+"?repository_url=https%3A%2F%2Fghe.example", in(told(t, nil, e)[1], "subject.content.artifactId"))
}

// Headers hold ASCII only; the receiver reads the same as in the body.
func TestCDEventHeaders(t *testing.T) {
	t.Parallel()
	e := full(config.Completed)
	e.Product = "Käse \"50%\" \n~!"
	server := inTurn(broker(readVocabulary(t)))
	require.NoError(t, cdSink(t, nil, server).Send(t.Context(), e))
	require.Len(t, server.heads, 2)
	header := server.heads[1]
	assert.Equal(t, "K%C3%A4se%20%2250%25%22%20%0A~!", header.Get("ce-subject"))
	assert.Equal(t, "application/json", header.Get("Content-Type"))
	assert.Equal(t, "1.0", header.Get("ce-specversion"))
	assert.Equal(t, "2026-11-21T10:01:30Z", header.Get("ce-time"))
	server = inTurn(broker(readVocabulary(t)))
	require.NoError(t, cdSink(t, settings{"mode": "structured"}, server).Send(t.Context(), e))
	assert.Empty(t, server.heads[1].Get("ce-id"))
	assert.Contains(t, server.bodies[1], `"datacontenttype":"application/json","data":{"context":{`)
}

func TestCDEventsWithoutAToken(t *testing.T) {
	t.Parallel()
	server := answering(202, "")
	require.NoError(t, to(t, sink("cdevents", nil), server).Send(t.Context(), full(config.Started)))
	assert.Empty(t, server.heads[0].Values("Authorization"))
}

func TestInvalidCDEvents(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]settings{
		"mode: must be binary or structured":                                  {"mode": "batch"},
		"artifact_id: must be a package URL, such as pkg:oci/shop@sha256%3A…": {"artifact_id": "ghcr.io/a"},
		"token: must be a token of ASCII characters without blanks":           {"token": "hush\nhush"},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, `set up sink "cdevents": `+want, invalid(t, sink("cdevents", set)))
		})
	}
}

// The order of the messages is the order of what happened.
func TestCDEventsStopAtTheFirstThatFails(t *testing.T) {
	t.Parallel()
	server := inTurn(says(415, "no"), says(202, ""))
	require.Error(t, cdSink(t, nil, server).Send(t.Context(), full(config.Completed)))
	assert.Len(t, server.times, 1)
}
