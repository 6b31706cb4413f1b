package docs

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// checkupTable lists every check of the doctor. What each looks at is written by hand.
func checkupTable(m *maker, b block) string {
	var rows [][]string
	for _, name := range doctor.Checks() {
		key := markdown.Cell(name)
		rows = append(rows, append([]string{key}, kept(m, b, key, 1, 1)...))
	}
	return table([]string{"Check", "What it looks at"}, rows)
}

// checkupSample is what `.help` says of a workflow with mistakes, without the checks that pass.
func checkupSample(m *maker) string {
	const careless = `on: {issue_comment: {types: [created]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: {contents: write, actions: read, pull-requests: write, deployments: write, checks: read, statuses: read}
    steps:
      - {id: lockstep, uses: lockstep-action/lockstep@v1, with: {enforced_deployment_order: "staging,production", environment_targets: "staging,production"}}
      - {name: Deploy, run: ./deploy.sh}
`
	files := []checkup.File{{Path: ".github/workflows/deploy.yml", Text: careless}}
	setup := doctor.Setup{Names: []string{"lockstep-action/lockstep"}}
	setup.Read(files)
	m.require(len(setup.Unreadable) == 0, "unreadable workflow: %v", setup.Unreadable)
	running := settings(m, map[string]string{"use_security_warnings": "false", "enforced_deployment_order": "staging,production", "environment_targets": "staging,production"})
	setup.Running = &running
	found, _, _ := strings.Cut(message.Checkup(doctor.Examine(doctor.Examination{Setup: setup})), "<details><summary>Passed checks")
	return found
}
