package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// shipped is a deployment for Datadog, changed in one way; nil leaves it as it is.
func shipped(t *testing.T, differently func(attributes map[string]any)) message {
	t.Helper()
	attributes := map[string]any{
		"service": "shop", "started_at": now().UnixMilli() - 60_000, "finished_at": now().UnixMilli(), "id": "5f2528b4-b0d6-5e72", "env": "production",
		"version": "1.4.0", "team": "web", "custom_tags": []any{"change:forward"},
		"git": map[string]any{"commit_sha": strings.Repeat("0a", 20), "repository_url": "https://github.com/acme/shop"},
	}
	if differently != nil {
		differently(attributes)
	}
	return toDatadog(compact(t, map[string]any{"data": map[string]any{"attributes": attributes}}))
}

func toDatadog(body string) message {
	return message{url: sim.DatadogURL, body: body, header: map[string]string{"Content-Type": "application/json", "Dd-Api-Key": sim.DatadogKey}}
}

func TestDatadogDeployments(t *testing.T) {
	t.Parallel()
	many := func(n int) []any {
		tags := make([]any, n)
		for i := range tags {
			tags[i] = "a:b:c"
		}
		return tags
	}
	for name, differently := range map[string]func(attributes map[string]any){
		"all": nil,
		"little": func(a map[string]any) {
			for _, field := range []string{"id", "env", "version", "team", "custom_tags", "git"} {
				delete(a, field)
			}
		},
		"seconds":     func(a map[string]any) { a["started_at"], a["finished_at"] = now().Unix()-60, now().Unix() },
		"nanoseconds": func(a map[string]any) { a["started_at"], a["finished_at"] = now().UnixNano()-60, now().UnixNano() },
		"no time":     func(a map[string]any) { a["started_at"] = a["finished_at"] },
		"odd clock":   func(a map[string]any) { a["finished_at"] = now().UnixMilli() + 299_000 },
		"short id":    func(a map[string]any) { a["id"] = "a-_.:Z0123456789" },
		"long id":     func(a map[string]any) { a["id"] = strings.Repeat("x", 128) },
		"many tags":   func(a map[string]any) { a["custom_tags"] = many(100) },
		"no tags":     func(a map[string]any) { a["custom_tags"] = []any{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sim.NewDatadogReceiver(now)
			status, said := deliver(t, r, shipped(t, differently))
			assert.Equal(t, 200, status, "%s: %s", name, said)
			require.Empty(t, r.Violations(), name)
			require.Len(t, r.Messages(), 1, name)
		})
	}
	r := sim.NewDatadogReceiver(now)
	_, _ = deliver(t, r, shipped(t, nil))
	assert.Equal(t, "shop 1.4.0 production [change:forward]", r.Messages()[0].Text)
	assert.Equal(t, "5f2528b4-b0d6-5e72", r.Messages()[0].ID)
	many101 := shipped(t, func(a map[string]any) { a["custom_tags"] = many(101) })
	refusesAll(t, sim.NewDatadogReceiver, map[string]misfit{"too many tags": {many101, 400, "custom_tags is"}})
}

func TestDatadogViolations(t *testing.T) {
	t.Parallel()
	misfits := map[string]misfit{
		"no key":         {shipped(t, nil).with(map[string]string{"Dd-Api-Key": ""}), 403, "Forbidden"},
		"other key":      {shipped(t, nil).with(map[string]string{"Dd-Api-Key": sim.DatadogKey[1:] + "x"}), 403, "Forbidden"},
		"form":           {shipped(t, nil).with(map[string]string{"Content-Type": "text/plain"}), 415, "content type"},
		"no data":        {toDatadog(`{}`), 400, "data is <nil>"},
		"list of data":   {toDatadog(`{"data":[]}`), 400, "data is []"},
		"no attributes":  {toDatadog(`{"data":{}}`), 400, "data.attributes is <nil>"},
		"unknown":        {toDatadog(`{"data":{"attributes":{}},"meta":{}}`), 400, `body: unknown field "meta"`},
		"unknown inside": {toDatadog(`{"data":{"attributes":{},"type":"x"}}`), 400, `data: unknown field "type"`},
	}
	const attributes = "data.attributes."
	for name, test := range map[string]struct {
		want        string
		differently func(attributes map[string]any)
	}{
		"no service":         {"service is <nil>", func(a map[string]any) { delete(a, "service") }},
		"empty service":      {"service is", func(a map[string]any) { a["service"] = "" }},
		"no start":           {"started_at is <nil>", func(a map[string]any) { delete(a, "started_at") }},
		"no end":             {"finished_at is <nil>", func(a map[string]any) { delete(a, "finished_at") }},
		"text as time":       {"started_at is 2026", func(a map[string]any) { a["started_at"] = "2026-11-20T11:06:00Z" }},
		"fraction":           {"started_at is 1.5", func(a map[string]any) { a["started_at"] = 1.5 }},
		"zero":               {"started_at is 0", func(a map[string]any) { a["started_at"] = 0 }},
		"short id":           {"id is", func(a map[string]any) { a["id"] = strings.Repeat("x", 15) }},
		"long id":            {"id is", func(a map[string]any) { a["id"] = strings.Repeat("x", 129) }},
		"odd id":             {"id is", func(a map[string]any) { a["id"] = "0123456789 abcdef" }},
		"id with line break": {"id is", func(a map[string]any) { a["id"] = "0123456789abcdef\n" }},
		"number as id":       {"id is 1", func(a map[string]any) { a["id"] = 1 }},
		"empty environment":  {"env is", func(a map[string]any) { a["env"] = "" }},
		"empty version":      {"version is", func(a map[string]any) { a["version"] = "" }},
		"number as version":  {"version is 1", func(a map[string]any) { a["version"] = 1 }},
		"text as git":        {"git is x", func(a map[string]any) { a["git"] = "x" }},
		"no commit":          {"git.commit_sha is <nil>", func(a map[string]any) { delete(part(a, "git"), "commit_sha") }},
		"short commit":       {"git.commit_sha is 0a0a0a0", func(a map[string]any) { part(a, "git")["commit_sha"] = "0a0a0a0" }},
		"no repository":      {"git.repository_url is <nil>", func(a map[string]any) { delete(part(a, "git"), "repository_url") }},
		"repository by name": {"git.repository_url is acme/shop", func(a map[string]any) { part(a, "git")["repository_url"] = "acme/shop" }},
		"tag without value":  {"custom_tags is", func(a map[string]any) { a["custom_tags"] = []any{"a:b", "change:"} }},
		"tag without key":    {"custom_tags is", func(a map[string]any) { a["custom_tags"] = []any{":x"} }},
		"number as tag":      {"custom_tags is", func(a map[string]any) { a["custom_tags"] = []any{1} }},
		"text as tags":       {"custom_tags is a:b", func(a map[string]any) { a["custom_tags"] = "a:b" }},
	} {
		misfits[name] = misfit{shipped(t, test.differently), 400, attributes + test.want}
	}
	for name, test := range map[string]struct {
		want        string
		differently func(attributes map[string]any)
	}{
		"unknown attribute": {`data.attributes: unknown field "status"`, func(a map[string]any) { a["status"] = "failed" }},
		"unknown of git":    {`data.attributes.git: unknown field "branch"`, func(a map[string]any) { part(a, "git")["branch"] = "main" }},
		"backwards":         {"is after finished_at", func(a map[string]any) { a["started_at"] = now().UnixMilli() + 1 }},
		"in the future":     {"is not of these days", func(a map[string]any) { a["finished_at"] = now().UnixMilli() + 301_000 }},
		"long ago":          {"is not of these days", func(a map[string]any) { a["started_at"] = now().AddDate(-3, 0, 0).UnixMilli() }},
		"microseconds":      {"is not of these days", func(a map[string]any) { a["started_at"], a["finished_at"] = now().UnixMicro(), now().UnixMicro() }},
	} {
		misfits[name] = misfit{shipped(t, test.differently), 400, test.want}
	}
	refusesAll(t, sim.NewDatadogReceiver, misfits)
	_, said := deliver(t, sim.NewDatadogReceiver(now), toDatadog(`{"data":{}}`))
	assert.JSONEq(t, `{"errors":["data.attributes is <nil>"]}`, said)
}
