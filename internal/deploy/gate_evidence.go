package deploy

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// evidenceGate wants GitHub to confirm which runs deployed the candidate to the environments before, whatever the scope
// of the order is: no person looks at what is promoted.
func evidenceGate() Gate {
	return Gate{
		Name: "evidence", Check: checkEvidence,
		Needs: func(_ *Case, n *Needs) { n.Scope, n.Origins = SinceItsRun, true },
		Parts: func(k *Case) []Part { return append(k.beforeParts(), OriginsPart) },
	}
}

func checkEvidence(k *Case) Finding {
	var said []string
	for _, environment := range k.earlier() {
		deployments := k.Deployments[environment]
		position, _ := Vouching(deployments)
		if position < 0 {
			said = append(said, "No deployment of Lockstep is among the newest of "+markdown.Code(environment)+".")
			continue
		}
		if why := doubt(deployments, position, k.Origins); why != "" {
			said = append(said, fmt.Sprintf("The deployment of %s to %s does not count: %s.", markdown.Code(Short(deployments[position].SHA)), markdown.Code(environment), why))
		}
	}
	if len(said) > 0 || len(k.earlier()) == 0 {
		return block(NothingToPromote, strings.Join(append(said, "I do not promote what I cannot confirm."), " "),
			"Deploy it there again by a command, or by a workflow of the default branch.")
	}
	return pass("GitHub confirms the runs that deployed it to the environments before")
}
