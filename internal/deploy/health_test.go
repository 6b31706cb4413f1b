package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestHealthEnds(t *testing.T) {
	t.Parallel()
	well, bad := deploy.HealthResult{Result: deploy.Healthy}, deploy.HealthResult{Result: deploy.Unhealthy}
	cut := deploy.HealthResult{Result: deploy.Unchecked}
	for name, test := range map[string]struct {
		health                  *deploy.Health
		passed, failed, stopped bool
	}{
		"not checked yet":   {nil, false, false, false},
		"nothing to check":  {&deploy.Health{}, false, false, false},
		"well":              {&deploy.Health{Results: []deploy.HealthResult{well, well}}, true, false, false},
		"one is not":        {&deploy.Health{Results: []deploy.HealthResult{well, bad}}, false, true, false},
		"not known":         {&deploy.Health{Problem: "the rules file could not be read"}, false, true, false},
		"stopped":           {&deploy.Health{Results: []deploy.HealthResult{bad, cut}, Stopped: true}, false, false, true},
		"stopped too early": {&deploy.Health{Stopped: true}, false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.passed, test.health.Passed())
			assert.Equal(t, test.failed, test.health.Failed())
			assert.Equal(t, test.stopped, test.health.WasStopped())
		})
	}
}

func TestHealthFailure(t *testing.T) {
	t.Parallel()
	failed := func(url string, answers ...string) deploy.HealthResult {
		return deploy.HealthResult{URL: url, Answers: answers, Result: deploy.Unhealthy}
	}
	long := "https://app.example.com/" + strings.Repeat("a", 200)
	for name, test := range map[string]struct {
		health deploy.Health
		want   string
	}{
		"status": {
			deploy.Health{Results: []deploy.HealthResult{failed("https://app.example.com/health", "503", "503", "503")}},
			"health check failed: app.example.com/health answered 503, 3 times",
		},
		"several": {
			deploy.Health{Results: []deploy.HealthResult{{Result: deploy.Healthy}, failed("https://a.example", "503"), failed("https://b.example", "503")}},
			"health check failed: a.example answered 503 (and 1 more)",
		},
		"no answer": {
			deploy.Health{Results: []deploy.HealthResult{failed("https://a.example", "503", "gave no answer within 5s")}},
			"health check failed: a.example gave no answer within 5s, in the last of 2 attempts",
		},
		"nothing to look for": {
			deploy.Health{Results: []deploy.HealthResult{{URL: "https://a.example", Result: deploy.Unhealthy, Problem: "There is no version to look for."}}},
			"health check failed: a.example was not asked: There is no version to look for.",
		},
		"not known": {deploy.Health{Problem: "the rules file could not be read"}, "health check failed: the rules file could not be read"},
		"long address": {
			deploy.Health{Results: []deploy.HealthResult{failed(long, "503", "503", "503")}},
			"health check failed: app.example.com/" + strings.Repeat("a", 80) + "… answered 503, 3 times",
		},
		"long everything": {
			deploy.Health{Results: []deploy.HealthResult{failed(long, strings.Repeat("ß", 200)), failed(long, "503")}},
			"health check failed: app.example.com/aaa… " + strings.Repeat("ß", 84) + "… (and 1 more)",
		},
		"long problem": {deploy.Health{Problem: strings.Repeat("ß", 200)}, "health check failed: " + strings.Repeat("ß", 118) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.health.Failure()
			assert.Equal(t, test.want, got)
			assert.LessOrEqual(t, len([]rune(got)), 140)
		})
	}
}

func TestHealthText(t *testing.T) {
	t.Parallel()
	const sha = "4f2a9c1e5b8d7a6c3f0e1d2b4a5968778695a4b3"
	for name, test := range map[string]struct{ contains, version, want, problem string }{
		"plain":             {"ok", "", "ok", ""},
		"all":               {"{short_sha} {sha} {version}", "v1", "4f2a9c1 " + sha + " v1", ""},
		"JSON":              {`{"status":"ok"}`, "", `{"status":"ok"}`, ""},
		"no version":        {"{version}", "", "", "There is no version to look for."},
		"commit as version": {"{version}", sha, "", "There is no version to look for."},
		"filled in once":    {"{version}", "{sha}", "{sha}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problem := deploy.HealthText(test.contains, sha, test.version)
			assert.Equal(t, test.problem, problem)
			if problem == "" {
				assert.Equal(t, test.want, got)
			}
		})
	}
}
