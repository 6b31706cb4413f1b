package app_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Output board is one line, with every key in its place and null for what is unknown.
func TestOutputBoard(t *testing.T) {
	t.Parallel()
	const script = `
comment alice 1 .deploy staging
job success 2m
comment alice 1 .deploy production
job failure 2m
comment alice 1 .lock production --for 4h --reason measuring
comment alice 1 .status
-- .github/lockstep.yml --
version: 1
environments:
  staging:
    url: https://staging.shop.example
  production:
    production: true
    after: staging
    noop: required
    enforcement: evaluate
freezes:
  - {name: always, from: "01:00", until: "00:59"}
-- with --
update_branch: disabled
`
	_, outputs := end(t, script)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, []byte(outputs["board"]), "", " "))
	assert.Equal(t, strings.Split(`{
 "schema_version": 1,
 "at": "2000-01-01T00:04:00Z",
 "environments": [
  {
   "environment": "staging",
   "url": "https://staging.shop.example",
   "production": false,
   "after": [],
   "state": "runs",
   "running": {
    "sha": "HEAD",
    "version": null,
    "pull_request": 1,
    "by": "alice",
    "began": "2000-01-01T00:00:00Z",
    "ended": "2000-01-01T00:02:00Z",
    "outcome": "success",
    "rollback": false,
    "own": true,
    "url": "https://github.com/acme/shop/actions/runs/9000000001"
   },
   "last": {
    "sha": "HEAD",
    "version": null,
    "pull_request": 1,
    "by": "alice",
    "began": "2000-01-01T00:00:00Z",
    "ended": "2000-01-01T00:02:00Z",
    "outcome": "success",
    "rollback": false,
    "own": true,
    "url": "https://github.com/acme/shop/actions/runs/9000000001"
   },
   "lock": null,
   "freeze": null,
   "command": ".deploy staging",
   "reason_code": "deployment_ready",
   "message": null
  },
  {
   "environment": "production",
   "url": null,
   "production": true,
   "after": [
    "staging"
   ],
   "state": "failed",
   "running": null,
   "last": {
    "sha": "HEAD",
    "version": null,
    "pull_request": 1,
    "by": "alice",
    "began": "2000-01-01T00:02:00Z",
    "ended": "2000-01-01T00:04:00Z",
    "outcome": "failure",
    "rollback": false,
    "own": true,
    "url": "https://github.com/acme/shop/actions/runs/9000000002"
   },
   "lock": {
    "status": "owned",
    "by": "alice",
    "reason": "measuring",
    "since": "2000-01-01T00:04:00Z",
    "until": "2000-01-01T04:04:00Z",
    "global": false
   },
   "freeze": {
    "name": "always",
    "active": true,
    "from": null,
    "until": "2000-01-01T00:59:00Z"
   },
   "command": ".deploy production",
   "reason_code": "deployment_ready",
   "message": null
  }
 ],
 "left_out": []
}`, "\n"), strings.Split(indented.String(), "\n"))
}

// What someone chose does not fill the output: a global lock is in every row.
func TestOutputBoardStaysSmall(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 20000)
	_, outputs := end(t, `
forged staging checkout alice success {"type":"branch-deploy","tool":"lockstep","version":"`+long+`","actor":"`+long+`"}
comment alice 1 .lock --global --reason `+long+`
comment alice 1 .status
`)
	assert.Less(t, len(outputs["board"]), 8<<10)
	assert.Contains(t, outputs["board"], strings.Repeat("x", 200)+"…")
}
