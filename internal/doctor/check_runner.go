package doctor

import (
	"regexp"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkRunner looks whether jobs run where a container action can. Labels that are not GitHub's may mean
// anything.
func checkRunner(e Examination) []deploy.Finding {
	elsewhere := regexp.MustCompile(`(?i)^(?:(?:windows|macos)(?:-(?:latest|\d+)(?:[.-].*)?)?|ubuntu-slim)$`)
	var found []deploy.Finding
	for _, use := range e.Uses {
		for _, label := range use.In.RunsOn {
			if elsewhere.MatchString(label) {
				found = append(found, deploy.Finding{
					Level: deploy.Block, Text: use.where() + ": it runs on " + markdown.Code(label) + ", where container actions do not run.",
					Hint: "Run this job on `ubuntu-latest`, or another Linux runner with Docker. What deploys can be a job of its own.",
				})
			}
		}
	}
	return orFine(found, "every job that uses the action can run on Linux")
}
