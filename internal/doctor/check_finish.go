package doctor

import (
	"regexp"
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// checkFinish looks at deployments that another job has to end.
func checkFinish(e Examination) []deploy.Finding {
	var found []deploy.Finding
	applies := false
	for _, use := range e.Uses {
		switch {
		case use.Role == Commands && use.Config.SkipCompleting:
			applies = true
			found = append(found, unfinished(e, use)...)
		case use.Role == Finishes:
			applies = true
			found = append(found, finishing(use)...)
		}
	}
	if !applies {
		return nil
	}
	return orFine(found, "what one job starts another one ends")
}

// unfinished tells starts that no step ends.
func unfinished(e Examination, start Use) []deploy.Finding {
	ends := func(u Use) bool { return u.Role == Finishes && u.File == start.File }
	if start.Workflow.Starts("workflow_call") || slices.ContainsFunc(e.Uses, ends) {
		return nil
	}
	return []deploy.Finding{{
		Level: deploy.Warn, Text: start.where() + ": `skip_completing` leaves the end to the workflow, but none of its steps has `mode: finish`. Unless a script does all of it, deployments and locks stay behind.",
		Hint: "Add a job with `mode: finish` and the output `handoff`, as `docs/multi-job.md` of the action shows it.",
	}}
}

// finishing tells what ends may miss.
func finishing(use Use) []deploy.Finding {
	var found []deploy.Finding
	if len(use.In.Needs) > 0 && !regexp.MustCompile(`always\(\)|!\s*cancelled\(\)`).MatchString(use.In.If+" "+use.Step.If) {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: use.where() + ": it is skipped when a job before it fails, and the deployment never ends.",
			Hint: "Begin the job's `if:` with `always() &&`.",
		})
	}
	if len(use.In.Needs) > 0 && use.Step.With["status"] == "" {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: use.where() + ": without `status` it tells how this job went, not how the deployment did.",
			Hint: "Set `status: ${{ needs.<job that deploys>.result }}`.",
		})
	}
	return found
}
