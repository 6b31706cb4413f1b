package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Checkup shows what an examination of the set-up found: what has to change, what should, and how much is
// fine.
func Checkup(findings []deploy.Finding) string {
	byLevel := map[deploy.Level][]deploy.Finding{}
	for _, finding := range findings {
		byLevel[finding.Level] = append(byLevel[finding.Level], finding)
	}
	blocking, advice, passed := byLevel[deploy.Block], byLevel[deploy.Warn], byLevel[deploy.Pass]
	var b strings.Builder
	switch {
	case len(blocking) > 0:
		fmt.Fprintf(&b, "**Must be fixed** (%d):\n\n%s", len(blocking), checkupList(blocking))
	case len(advice) > 0:
		b.WriteString("Nothing blocks deployments.\n")
	default:
		b.WriteString("No problems found.\n")
	}
	if len(advice) > 0 {
		fmt.Fprintf(&b, "\n**Recommended changes** (%d):\n\n%s", len(advice), checkupList(advice))
	}
	if len(passed) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>Passed checks</summary>\n\n%s\n</details>\n", checkupList(passed))
	}
	return b.String()
}

func checkupList(findings []deploy.Finding) string {
	var b strings.Builder
	for _, finding := range findings {
		fmt.Fprintf(&b, "- %s %s\n", sign(finding.Level), strings.ReplaceAll(finding.Text, "\n", " "))
		if finding.Hint != "" {
			fmt.Fprintf(&b, "  **What to do:** %s\n", strings.ReplaceAll(finding.Hint, "\n", " "))
		}
	}
	return b.String()
}

// CheckupSummary shows an examination on the workflow run's page.
func CheckupSummary(findings []deploy.Finding) string {
	return "## Lockstep: check-up\n\n" + Checkup(findings)
}
