package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkAdmins looks whether the members of teams can be found out. The token of a workflow never may.
func checkAdmins(e Examination) []deploy.Finding {
	var found []deploy.Finding
	teams := gather(e.Settings(), func(c Settings) []string { return c.Admins.Teams })
	for _, c := range e.Settings() {
		if len(c.Admins.Teams) > 0 && c.Admins.Token == "" && c.Knows("admins_pat") {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: "`admins` names teams (" + markdown.Codes(c.Admins.Teams, ", ") + "), but there is no token that may read their members: they count for nobody.",
				Hint: "Give `admins_pat` a token that may read the organization's members.",
			})
		}
	}
	if len(teams) == 0 {
		return nil
	}
	return orFine(found, "there is a token for the teams among the admins")
}
