package sim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// example is one of the published events.
func example(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/cdevents", name+".json"))
	require.NoError(t, err)
	var event map[string]any
	require.NoError(t, json.Unmarshal(data, &event))
	return event
}

// attributes are those of the envelope around an event.
func attributes(event map[string]any) map[string]string {
	text := func(object map[string]any, name string) string {
		value, _ := object[name].(string)
		return value
	}
	context := part(event, "context")
	return map[string]string{
		"specversion": "1.0", "id": text(context, "id"), "source": text(context, "source"), "type": text(context, "type"),
		"time": text(context, "timestamp"), "subject": text(part(event, "subject"), "id"),
	}
}

// binary puts the attributes of an event into headers.
func binary(t *testing.T, event map[string]any) message {
	t.Helper()
	all := attributes(event)
	m := message{url: sim.CDEventsURL, body: compact(t, event)}.with(quoted(all["id"]))
	for name, value := range all {
		m.header[http.CanonicalHeaderKey("ce-"+name)] = strings.NewReplacer(" ", "%20", "%", "%25", `"`, "%22", "é", "%C3%A9").Replace(value)
	}
	return m.with(map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + sim.CDEventsToken})
}

// structured puts an event into its envelope, with more in it.
func structured(t *testing.T, event, more map[string]any) message {
	t.Helper()
	envelope := map[string]any{"data": event, "datacontenttype": "application/json"}
	for name, value := range attributes(event) {
		envelope[name] = value
	}
	maps.Copy(envelope, more)
	return message{url: sim.CDEventsURL, body: compact(t, envelope)}.with(quoted(attributes(event)["id"])).with(map[string]string{
		"Content-Type": "application/cloudevents+json", "Authorization": "Bearer " + sim.CDEventsToken,
	})
}

// Every published example is taken in both modes.
func TestCDEventsConformance(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/cdevents/*.json")
	require.NoError(t, err)
	require.Len(t, paths, 13)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			event := example(t, strings.TrimSuffix(filepath.Base(path), ".json"))
			for mode, m := range map[string]message{"binary": binary(t, event), "structured": structured(t, event, nil)} {
				r := sim.NewCDEventsReceiver(now)
				status, said := deliver(t, r, m)
				assert.Equal(t, 202, status, "%s, %s: %s", path, mode, said)
				require.Empty(t, r.Violations())
				assert.Equal(t, attributes(event)["type"], r.Messages()[0].Type)
				assert.Equal(t, attributes(event)["id"], r.Messages()[0].ID)
			}
		})
	}
}

// Values of headers are encoded; custom data can be anything.
func TestCDEventsEncoding(t *testing.T) {
	t.Parallel()
	event := example(t, "pipelinerun_queued")
	part(event, "subject")["id"] = `deploy "50 %" of café`
	event["customData"], event["customDataContentType"] = map[string]any{"a": 1}, "application/json"
	r := sim.NewCDEventsReceiver(now)
	status, said := deliver(t, r, binary(t, event))
	assert.Equal(t, 202, status, said)
	assert.Empty(t, r.Violations())
	event["customData"] = "YQ=="
	part(event, "context")["id"] = "other"
	status, said = deliver(t, r, structured(t, event, nil))
	assert.Equal(t, 202, status, said)
	m := binary(t, event)
	for _, value := range []string{`deploy "50 %25"`, "50%", "%FF", "caf\xc3\xa9", "a\tb"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			refusesAll(t, sim.NewCDEventsReceiver, map[string]misfit{value: {m.with(map[string]string{"Ce-Subject": value}), 400, "ce-subject"}})
		})
	}
}

func TestCDEventsEnvelopes(t *testing.T) {
	t.Parallel()
	event := example(t, "service_upgraded")
	bin := binary(t, event)
	header := func(name, value string) message { return bin.with(map[string]string{name: value}) }
	field := func(name string, value any) message { return structured(t, event, map[string]any{name: value}) }
	broken := structured(t, event, nil)
	broken.body = "{"
	misfits := map[string]misfit{
		"no envelope":       {broken, 400, "the body is no JSON object"},
		"no token":          {header("Authorization", ""), 401, "Authorization"},
		"wrong token":       {header("Authorization", "Bearer other"), 401, "Authorization"},
		"wrong scheme":      {header("Authorization", "token "+sim.CDEventsToken), 401, "Authorization"},
		"no content type":   {header("Content-Type", ""), 415, "neither binary nor structured"},
		"batch":             {header("Content-Type", "application/cloudevents-batch+json"), 415, "neither binary nor structured"},
		"content type":      {header("Ce-Datacontenttype", "application/json"), 400, "ce-datacontenttype"},
		"old envelope":      {header("Ce-Specversion", "0.3"), 400, "specversion of the envelope"},
		"other time":        {header("Ce-Time", "2023-03-20T14:27:06Z"), 400, "time is"},
		"no key":            {header("Idempotency-Key", ""), 400, "Idempotency-Key"},
		"two modes":         {structured(t, event, nil).with(map[string]string{"Ce-Id": "x"}), 400, "ce-id belongs to the binary mode"},
		"unknown attribute": {field("more", 1), 400, `unknown field "more"`},
		"data type":         {field("datacontenttype", "text/json"), 400, "datacontenttype is text/json"},
		"no data":           {field("data", nil), 400, "data is no object"},
		"data as text":      {field("data", compact(t, event)), 400, "data is no object"},
		"no time inside":    {field("time", nil), 400, "time is"},
	}
	for _, name := range []string{"id", "source", "type", "subject"} {
		misfits["no "+name] = misfit{header("Ce-"+name, ""), 400, name + ` is "" in the envelope`}
		misfits["other "+name] = misfit{field(name, "other"), 400, `"other"`}
	}
	refusesAll(t, sim.NewCDEventsReceiver, misfits)
}

// Bodies break the rules of the vocabulary one at a time.
func TestCDEventsBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		example string
		change  func(event, context, subject, content map[string]any)
		want    string
	}{
		"no subject":        {"service_upgraded", func(e, _, _, _ map[string]any) { delete(e, "subject") }, "subject is <nil>"},
		"no context":        {"service_upgraded", func(e, _, _, _ map[string]any) { delete(e, "context") }, "context is <nil>"},
		"unknown member":    {"service_upgraded", func(e, _, _, _ map[string]any) { e["more"] = 1 }, `unknown field "more"`},
		"list of data":      {"service_upgraded", func(e, _, _, _ map[string]any) { e["customData"] = []any{} }, "customData is []"},
		"type of data":      {"service_upgraded", func(e, _, _, _ map[string]any) { e["customDataContentType"] = 1 }, "customDataContentType is 1"},
		"old version":       {"service_upgraded", func(_, c, _, _ map[string]any) { c["specversion"] = "0.4.1" }, "context.specversion is 0.4.1"},
		"version":           {"service_upgraded", func(_, c, _, _ map[string]any) { delete(c, "specversion"); c["version"] = "0.5.1" }, "context.specversion is <nil>"},
		"no id":             {"service_upgraded", func(_, c, _, _ map[string]any) { c["id"] = "" }, "context.id is"},
		"no source":         {"service_upgraded", func(_, c, _, _ map[string]any) { delete(c, "source") }, "context.source is"},
		"source":            {"service_upgraded", func(_, c, _, _ map[string]any) { c["source"] = "%zz" }, "context.source is"},
		"unknown type":      {"service_upgraded", func(_, c, _, _ map[string]any) { c["type"] = "dev.cdevents.service.upgraded.0.2.0" }, "context.type is"},
		"type as object":    {"service_upgraded", func(_, c, _, _ map[string]any) { c["type"] = map[string]any{} }, "context.type is"},
		"no moment":         {"service_upgraded", func(_, c, _, _ map[string]any) { c["timestamp"] = "today" }, "context.timestamp is"},
		"schema":            {"service_upgraded", func(_, c, _, _ map[string]any) { c["schemaUri"] = "/schema" }, "context.schemaUri is"},
		"chain":             {"service_upgraded", func(_, c, _, _ map[string]any) { c["chainId"] = "" }, "context.chainId is"},
		"links":             {"service_upgraded", func(_, c, _, _ map[string]any) { c["links"] = "x" }, "context.links is"},
		"unknown context":   {"service_upgraded", func(_, c, _, _ map[string]any) { c["time"] = "x" }, `context: unknown field "time"`},
		"no subject id":     {"service_upgraded", func(_, _, s, _ map[string]any) { delete(s, "id") }, "subject.id is"},
		"no content":        {"service_upgraded", func(_, _, s, _ map[string]any) { delete(s, "content") }, "subject.content is"},
		"type of subject":   {"service_upgraded", func(_, _, s, _ map[string]any) { s["type"] = "service" }, `subject: unknown field "type"`},
		"no environment":    {"service_deployed", func(_, _, _, c map[string]any) { delete(c, "environment") }, "content.environment is"},
		"environment name":  {"service_deployed", func(_, _, _, c map[string]any) { c["environment"] = "staging" }, "content.environment is"},
		"environment alone": {"service_deployed", func(_, _, _, c map[string]any) { c["environment"] = map[string]any{} }, "environment.id is"},
		"in environment":    {"service_removed", func(_, _, _, c map[string]any) { part(c, "environment")["name"] = "x" }, `environment: unknown field "name"`},
		"no artifact":       {"service_rolledback", func(_, _, _, c map[string]any) { delete(c, "artifactId") }, "content.artifactId is"},
		"artifact":          {"service_rolledback", func(_, _, _, c map[string]any) { c["artifactId"] = "shop:1.2.3" }, "content.artifactId is"},
		"digest":            {"service_rolledback", func(_, _, _, c map[string]any) { c["artifactId"] = "pkg:oci/shop@sha256:abc" }, "content.artifactId is"},
		"large letters":     {"service_rolledback", func(_, _, _, c map[string]any) { c["artifactId"] = "pkg:github/Acme/shop@abc" }, "content.artifactId is"},
		"url":               {"pipelinerun_started", func(_, _, _, c map[string]any) { delete(c, "uri"); c["url"] = "https://x.example" }, "content.uri is"},
		"prose":             {"pipelinerun_queued", func(_, _, _, c map[string]any) { c["url"] = "https://x.example" }, `content: unknown field "url"`},
		"relative":          {"pipelinerun_queued", func(_, _, _, c map[string]any) { c["uri"] = "/runs/1" }, "content.uri is"},
		"outcome":           {"pipelinerun_finished", func(_, _, _, c map[string]any) { c["outcome"] = "completed" }, "content.outcome is"},
		"errors":            {"pipelinerun_finished", func(_, _, _, c map[string]any) { c["errors"] = []any{} }, "content.errors is"},
		"no name":           {"pipelinerun_started", func(_, _, _, c map[string]any) { delete(c, "pipelineName") }, "content.pipelineName is"},
		"build":             {"build_finished", func(_, _, _, c map[string]any) { c["outcome"] = "success" }, `unknown field "outcome"`},
		"build started":     {"build_started", func(_, _, _, c map[string]any) { c["artifactId"] = "pkg:a/b" }, `unknown field "artifactId"`},
		"environment":       {"environment_deleted", func(_, _, _, c map[string]any) { c["uri"] = "https://x.example" }, `unknown field "uri"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event := example(t, test.example)
			subject := part(event, "subject")
			test.change(event, part(event, "context"), subject, part(subject, "content"))
			refusesAll(t, sim.NewCDEventsReceiver, map[string]misfit{name: {binary(t, event), 400, test.want}})
		})
	}
	event := example(t, "service_upgraded")
	part(part(event, "subject"), "content")["artifactId"] = "pkg:github/acme/shop@0123abc"
	r := sim.NewCDEventsReceiver(now)
	status, said := deliver(t, r, binary(t, event))
	assert.Equal(t, 202, status, said)
}
