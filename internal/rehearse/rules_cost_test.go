package rehearse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rulesRequestTable measures the start of a deployment under rules files.
func rulesRequestTable(t *testing.T) string {
	t.Helper()
	const begin = "user alice write\nuser bob write\nset team_token sim-token\nteam acme/leads bob alice\npush checkout Faster\npull 1 alice checkout\n" +
		"review 1 bob APPROVED\nlabelled 1 qa\n"
	const deploy = "comment alice 1 .deploy to production\n"
	const staged = begin + "comment alice 1 .deploy to staging\njob success\npass 2h\n" + deploy
	const merged = begin + "merge 1\ncomment alice 1 .deploy main to production\njob success\ncomment alice 1 .deploy main to production\n"
	const released = "comment alice 1 .deploy production\njob success\npush checkout Faster still\n"
	const past = "freezes:\n  - {name: move, from: 2020-01-01 10:00, until: 2020-01-02 10:00}\n"
	const paths = "path_rules:\n  - {name: sql, paths: [\"db/**\"], reviews: 1}\n"
	file := func(rules string) string {
		return "-- .github/lockstep.yml --\nversion: 1\nenvironments:\n  staging:\n  production:\n    production: true\n" + rules
	}
	var b strings.Builder
	b.WriteString("\n| Start | Requests | Rounds |\n| --- | --- | --- |\n")
	for _, row := range []struct{ text, script, reason string }{
		{"`.deploy`, no file", staged, "deployment_ready"},
		{"`environments`, `freezes`, `reviews: 1`", staged + file("    reviews: 1\n"+past), "deployment_ready"},
		{"Any of `after`, `soak`, `labels`, `checklist`, `noop`", staged + file("    after: staging\n    soak: 1h\n    labels: {require: [qa]}\n"), "deployment_ready"},
		{"The same, and `path_rules`", staged + file("    after: staging\n    soak: 1h\n"+paths), "deployment_ready"},
		{"As in row three, and one team in `allow`", staged + file("    after: staging\n    allow: [acme/leads]\n"), "deployment_ready"},
		{"`.deploy main` that runs already, no file", merged, "deployment_ready"},
		{"The same, with a file", merged + file(""), "deployment_ready"},
		{"`.rollback`, no file", begin + released + released + "comment alice 1 .rollback production\n", "deployment_ready"},
		{"The same, with a file", begin + released + released + "comment alice 1 .rollback production\n" + file("    update_branch: false\n"), "deployment_ready"},
		{"A refusal by the order, no file", begin + deploy + "-- with --\nenforced_deployment_order: staging,production\n", "deployment_order_failed"},
		{"A refusal by `after`", begin + deploy + file("    after: staging\n"), "deployment_order_failed"},
		{"A broken file", begin + deploy + file("    soak: soon\n"), "policy_invalid"},
	} {
		requests, rounds, outputs, log := measure(t, row.script)
		require.Equal(t, row.reason, outputs["reason_code"], log)
		fmt.Fprintf(&b, "| %s | %d | %d |\n", row.text, requests, rounds)
	}
	return b.String() + "\n"
}
