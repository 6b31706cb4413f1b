package conform

import "context"

// needsRunner begins to say how a row is seen that no program can play.
const needsRunner = "needs a runner: "

func runRows() []Assumption {
	return []Assumption{
		{
			ID: "U18a", Says: "`GET /actions/runs/{id}` names file, event, branch, commit and times of a run.", Needs: []string{"actions: read"}, Play: ownRun,
			Source: documented("rest/actions/workflow-runs#get-a-workflow-run"),
		},
		{
			ID: "U18b", Says: "Runs of comments, tags and releases keep their event's branch and commit when re-run.",
			Source: documented("actions/reference/workflows-and-actions/events-that-trigger-workflows").thin("it speaks of variables, not of what REST shows"),
			Why:    needsRunner + "start one run of each, and look at `GET /actions/runs/{id}`", Instead: "internal/rehearse/want_test.go: TestWorkflowRuns",
		},
		{
			ID: "U18c", Says: "A finished run's last change is not before its jobs' actions; `created_at` is that of the first attempt.",
			Source: documented("rest/actions/workflow-runs#get-a-workflow-run").thin("it names the fields"),
			Why:    needsRunner + "let a run create a deployment at its end, start it again, and look at both", Instead: "testdata/stories/verified.txtar",
		},
		{
			ID: "U18d", Says: "In a re-run, `GITHUB_ACTOR` started the first attempt, and `GITHUB_TRIGGERING_ACTOR` this one.",
			Source: documented("actions/reference/workflows-and-actions/variables"),
			Why:    needsRunner + "let another user re-run a run whose job prints both", Instead: "testdata/stories/rerun.txtar",
		},
		{
			ID: "U11", Says: "Cancellation sends SIGINT, SIGTERM after 7.5 seconds, SIGKILL after 2.5 more; the post step runs.",
			Source: tool("actions/runner: the time-outs of its process invoker"), Why: needsRunner + "cancel a job whose program prints the signals that it gets",
			Instead: "main_test.go: TestProcessIsInterrupted",
		},
		{
			ID: "U12a", Says: "A run started by an app's comment has the app as actor.", Why: needsRunner + "let an app comment",
			Source: documented("webhooks/webhook-events-and-payloads#issue_comment").thin("it describes the sender, not the actor of a run"), Instead: "testdata/stories/refusals.txtar",
		},
		{
			ID: "U14", Says: "The runner drops job outputs that contain masked text.", Source: tool("actions/runner: Skip output since it may contain secret"),
			Why: needsRunner + "the job `masked` of the workflow conformance.yml tries it",
		},
		{
			ID: "A11e", Says: "Branch deletions by a workflow's token start no workflow; an app's do.", Why: needsRunner + "delete a branch in both ways, with a workflow on `delete`",
			Source: documented("actions/concepts/security/github_token"),
		},
		{
			ID: "R10", Says: "A container action's post step gets the saved state; a summary has at most 1 MiB.", Why: needsRunner + "the first run of the action shows it",
			Source: tool("actions/runner: file commands of container actions"), Instead: "testdata/stories/interrupted.txtar",
		},
	}
}

func ownRun(ctx context.Context, a *attempt) Result {
	if a.options.RunID == 0 {
		return a.skip("needs to run in a workflow")
	}
	run := a.get(ctx, "/actions/runs/%d", a.options.RunID)
	var missing []string
	for _, name := range []string{"path", "event", "head_branch", "head_sha", "created_at", "updated_at", "status"} {
		if text(at(run, name)) == "" {
			missing = append(missing, name)
		}
	}
	return judge(len(missing) == 0, "path %v, event %v, branch %v, status %v; missing: %q", at(run, "path"), at(run, "event"), at(run, "head_branch"), at(run, "status"), missing)
}
