package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// candidate is the commit that a promotion may deploy.
type candidate struct {
	sha  string // "" for none
	name string // its version, "" for none
	why  string // no commit is found, as a sentence; "" while that is not known
	hint string
}

// candidate finds the one commit that every environment before runs.
func (k *Case) candidate() candidate {
	var found candidate
	var said []string
	differs := false
	for _, environment := range k.earlier() {
		if _, missing := k.Missing(DeploymentsPart + Part(environment)); missing {
			return candidate{}
		}
		runs, why := k.runsBefore(environment)
		if why != "" {
			return candidate{why: why, hint: "Deploy to " + markdown.Code(environment) + " first."}
		}
		said = append(said, markdown.Code(environment)+" runs "+markdown.Code(Short(runs.SHA)))
		differs = differs || found.sha != "" && found.sha != runs.SHA
		if found.sha == "" {
			found.name = runs.Named()
		} else if found.name != runs.Named() {
			found.name = ""
		}
		found.sha = runs.SHA
	}
	if differs {
		return candidate{
			why:  "The environments before " + bold(k.Command.Environment) + " run different commits: " + strings.Join(said, ", ") + ".",
			hint: "Deploy one commit to all of them.",
		}
	}
	return found
}

// runsBefore returns the deployment that says what runs in an earlier environment, or why that is not known. An attempt
// that has not succeeded is as bad as none: it may have changed a part of it.
func (k *Case) runsBefore(environment string) (runsThere *Deployment, why string) {
	deployments, name := k.Deployments[environment], markdown.Code(environment)
	position, active := Vouching(deployments)
	switch {
	case len(deployments) == 0:
		return nil, "Nothing has been deployed to " + name + " yet."
	case unreadableBefore(deployments, position):
		return nil, "A deployment of " + name + " has a payload that I cannot read: I cannot tell what runs there."
	case position < 0:
		return nil, "No deployment of Lockstep is among the newest of " + name + "."
	}
	newest := &deployments[position]
	commit := markdown.Code(Short(newest.SHA))
	switch {
	case newest.SHA == "":
		return nil, "GitHub does not say which commit runs in " + name + "."
	case newest.InProgress():
		return nil, "A deployment of " + commit + " to " + name + " has not ended yet."
	case !active && newest.State == Inactive:
		return nil, "What ran in " + name + " was taken down."
	case !active:
		return nil, "The newest deployment to " + name + ", of " + commit + ", did not succeed."
	case runs(deployments, k.counts(deployments)) != newest:
		return nil, "The newest deployment of " + name + " was made by another tool. With `deployment_order_scope: own` it would not count."
	}
	return newest, ""
}

// promote fills in the target of a promotion, if there is one.
func (k *Case) promote(t *Target) {
	t.SHA, t.Ref, t.Kind, t.Version = k.Choice.sha, k.Choice.sha, SHATarget, k.Choice.name
	if t.SHA != "" && k.Merged.SHA == t.SHA {
		t.Commit = k.Merged.Commit
	}
}

// candidateGate wants the environments before to run one commit of the default branch.
func candidateGate() Gate {
	return Gate{
		Name: "candidate", Check: checkCandidate,
		Needs: func(k *Case, n *Needs) {
			n.Environments = k.earlier()
			k.needMerged(n)
		},
		Parts: func(k *Case) []Part {
			parts := k.beforeParts()
			if k.Target.SHA != "" {
				parts = append(parts, MergedPart)
			}
			return parts
		},
	}
}

// beforeParts are the deployments of the environments before.
func (k *Case) beforeParts() []Part {
	var parts []Part
	for _, environment := range k.earlier() {
		parts = append(parts, DeploymentsPart+Part(environment))
	}
	return parts
}

func checkCandidate(k *Case) Finding {
	name, commit := bold(k.Command.Environment), markdown.Code(Short(k.Target.SHA))
	switch {
	case len(k.earlier()) == 0:
		return block(UnexpectedError,
			"It is not known what comes before "+name+": there is nothing to promote from.",
			"Name the earlier environments with `after` in the rules file, or with the input `enforced_deployment_order`.")
	case k.Target.SHA == "":
		return stays(k.Choice.hint, "%s", k.Choice.why)
	case k.Pinned != "" && k.Pinned != k.Target.SHA:
		return stays(nextRun, "The environments before %s ran %s a moment ago, and now %s.", name, markdown.Code(Short(k.Pinned)), commit)
	case k.Merged.SHA != k.Target.SHA:
		return block(UnexpectedError, "I could not read where "+commit+" belongs.", Capitalized(again(k))+".")
	case !k.Merged.InDefault:
		return stays("Merge it, and deploy the default branch to the earlier environments.",
			"%s is not part of the default branch. Only merged commits are promoted, because anyone who can push can create a commit and claim that it was deployed.", commit)
	}
	return pass("every earlier environment runs " + commit + ", which is part of the default branch")
}
