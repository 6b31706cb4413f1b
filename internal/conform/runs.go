package conform

import "context"

// needsRunner begins to say how a row is seen that no program can play.
const needsRunner = "needs a runner: "

func runRows() []Assumption {
	return []Assumption{
		{
			ID: "U18a", Says: "`GET /actions/runs/{id}` names the file, event, branch, commit and times of the run that asks.", Needs: []string{"actions: read"}, Play: ownRun,
			Source: documented("rest/actions/workflow-runs#get-a-workflow-run"),
		},
		{
			ID: "U18b", Says: "Runs of comments, tags and releases have the branch and commit that their event documents, also after a re-run.",
			Source: documented("actions/reference/workflows-and-actions/events-that-trigger-workflows").thin("it speaks of variables, not of what REST shows"),
			Why:    needsRunner + "start one run of each, and look at `GET /actions/runs/{id}`", Instead: "internal/rehearse/want_test.go: TestWorkflowRuns",
		},
		{
			ID: "U18c", Says: "The last change of a run that has ended is not before anything that its jobs did, and `created_at` is the time of its first attempt.",
			Source: documented("rest/actions/workflow-runs#get-a-workflow-run").thin("it names the fields"),
			Why:    needsRunner + "let a run create a deployment at its end, start it again, and look at both", Instead: "testdata/stories/verified.txtar",
		},
		{
			ID: "U18d", Says: "In a run that is started again, `GITHUB_ACTOR` is who started the first attempt, and `GITHUB_TRIGGERING_ACTOR` who started this one.",
			Source: documented("actions/reference/workflows-and-actions/variables"),
			Why:    needsRunner + "let another user re-run a run whose job prints both", Instead: "testdata/stories/rerun.txtar",
		},
		{
			ID: "U11", Says: "A cancelled job gets SIGINT, SIGTERM 7.5 seconds later, and SIGKILL 2.5 seconds after that; the post step runs also after a kill.",
			Source: tool("actions/runner: the time-outs of its process invoker"), Why: needsRunner + "cancel a job whose program prints the signals that it gets",
			Instead: "main_test.go: TestProcessIsInterrupted",
		},
		{
			ID: "U12a", Says: "A run of a comment by an app names the app as its actor.", Why: needsRunner + "let an app comment",
			Source: documented("webhooks/webhook-events-and-payloads#issue_comment").thin("it describes the sender, not the actor of a run"), Instead: "testdata/stories/refusals.txtar",
		},
		{
			ID: "U14", Says: "The runner drops a job's output that contains masked text.", Source: tool("actions/runner: Skip output since it may contain secret"),
			Why: needsRunner + "the job `masked` of the workflow conformance.yml tries it",
		},
		{
			ID: "A11e", Says: "A branch that a workflow's own token deletes starts no workflow; one that an app's token deletes does.", Why: needsRunner + "delete a branch in both ways, with a workflow on `delete`",
			Source: documented("actions/concepts/security/github_token"),
		},
		{
			ID: "R10", Says: "The post step of a container action gets the state that its main step saved, and a summary holds 1 MiB.", Why: needsRunner + "the first run of the action shows it",
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
