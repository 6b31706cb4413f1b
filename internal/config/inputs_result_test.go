package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestReadJobResults(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]struct {
		result config.JobResult
		status config.Status
	}{
		`["success"]`:                         {config.JobSucceeded, config.Completed},
		"[\n  \"success\",\n  \"success\"\n]": {config.JobSucceeded, config.Completed},
		`["success","skipped"]`:               {config.JobSkipped, config.Aborted},
		`["failure","skipped"]`:               {config.JobFailed, config.Failed},
		`["failure","cancelled","success"]`:   {config.JobCancelled, config.Aborted},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"result_mode": "True", "context": "{}", "job_results": given, "status": "success"})
			assert.Equal(t, want.result, c.Result.Jobs)
			assert.Equal(t, want.status, c.Status, "the results count, not the status of the job that reports them")
			assert.Equal(t, config.Finish, c.Mode)
		})
	}
	err := read(t, values{"result_mode": "true"}).Result.Check()
	require.EqualError(t, err, `input "job_results": accepted is a JSON array of success, failure, cancelled and skipped, with at least one entry`)
	require.NoError(t, read(t, nil).Result.Check())
	for _, given := range []string{
		"[]", "success", `"success"`, `["Success"]`, `["success",""]`, `[null]`, `{"deploy":{"result":"success"}}`, `["success"`, `["neutral"]`,
		`["` + strings.Repeat("x", 64<<10) + `"]`,
	} {
		t.Run(fmt.Sprintf("%.40q", given), func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"result_mode": "true", "job_results": given})
			assert.Equal(t, config.InputError{
				Input: "job_results", Accepted: "accepted is a JSON array of success, failure, cancelled and skipped, with at least one entry",
			}, *problem)
		})
	}
}

func TestReadResultURL(t *testing.T) {
	t.Parallel()
	for given, valid := range map[string]bool{
		"https://pr-1.shop.example/start?x=1#y": true, "HTTPS://shop.example": true, "": true,
		"http://shop.example": false, "shop.example": false, "https://": false, "https://user@shop.example": false,
		"https://user:word@shop.example": false, "https://shop.example/a b": false, "https://shop.example/\u0085": false,
		"https://shop.example/" + strings.Repeat("x", 2<<10): false, "javascript:alert(1)": false,
	} {
		t.Run(fmt.Sprintf("%.40q", given), func(t *testing.T) {
			t.Parallel()
			all := values{"result_mode": "true", "job_results": `["success"]`, "result_url": given}
			if valid {
				assert.Equal(t, given, read(t, all).Result.URL)
				return
			}
			problem := failing(t, all)
			assert.Equal(t, "result_url", problem.Input)
			assert.Empty(t, problem.Value, "it may hold a password")
		})
	}
}

func TestReadResultMode(t *testing.T) {
	t.Parallel()
	with := func(name, value string) values {
		return values{"result_mode": "true", "job_results": `["success"]`, name: value}
	}
	c := read(t, with("result_inherit_settings", "false"))
	assert.Equal(t, config.ResultSettings{Mode: true, Jobs: config.JobSucceeded}, c.Result)
	assert.Equal(t, config.Finish, read(t, with("mode", "finish")).Mode)
	assert.Equal(t, "H4", read(t, with("handoff", "H4")).Handoff)
	for _, mode := range []string{"track", "doctor"} {
		assert.Equal(t, "result_mode", failing(t, with("mode", mode)).Input)
	}
	assert.Equal(t, "result_mode", failing(t, with("merge_deploy_mode", "true")).Input)
	for _, name := range []string{"context", "job_results", "result_url"} {
		given := values{name: map[string]string{"job_results": `["success"]`, "result_url": "https://shop.example"}[name]}
		if name == "context" {
			given[name] = "{}"
		}
		assert.Equal(t, config.InputError{Input: name, Accepted: "needs result_mode: true"}, *failing(t, given))
	}
	both := with("context", "{}")
	both["handoff"] = "H4"
	assert.Equal(t, `inputs "handoff" and "context" are both set: give one`, failing(t, both).Error())
}
