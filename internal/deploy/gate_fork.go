package deploy

// forkGate believes GitHub's own flag only: a fork that was deleted has no name left to compare.
func forkGate() Gate {
	return Gate{Name: "fork", Needs: needState, Parts: forkParts, Check: checkFork}
}

func forkParts(k *Case) []Part {
	parts := pullParts(k)
	if k.Pull.CrossRepo && k.Config.Origin.Forks && k.DeploysHead() {
		parts = append(parts, GatesPart)
	}
	return parts
}

func checkFork(k *Case) Finding {
	switch {
	case k.Command.StableBranch:
		return pass("a rollback deploys no code of the pull request")
	case !k.Pull.CrossRepo:
		return pass("the pull request comes from this repository")
	case !k.Config.Origin.Forks:
		return block(PrechecksFailed,
			"This pull request comes from a fork. Code of forks must not be deployed from here.",
			"Push the commits to a branch of this repository and open a pull request from there.")
	case !k.DeploysHead():
		return pass("the pull request comes from a fork, and the command names the commit")
	}
	return checkForkReview(k)
}

// checkForkReview requires the review of a fork from rehearsals and admins as well: the author of the pull
// request chose what runs with the workflow's secrets.
func checkForkReview(k *Case) Finding {
	decision := k.Pull.ReviewDecision
	switch {
	case needsReview(decision):
		return block(PrechecksFailed,
			"This pull request comes from a fork and "+reviewGap(decision)+". That applies to rehearsals and admins too.",
			reviewHint(decision))
	case decision == "":
		return Finding{Level: Warn, Text: "This pull request comes from a fork, and no rule of its base requires a review."}
	}
	return pass("the pull request comes from a fork and was reviewed")
}

// needsReview tells the decisions that a review can still change.
func needsReview(decision string) bool {
	return decision == ReviewRequired || decision == ChangesRequested
}
