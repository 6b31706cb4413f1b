package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// wayBackGate wants a rollback to have one target, which a run of a workflow on the default branch has deployed.
func wayBackGate() Gate {
	return Gate{
		Name: "way back", Check: checkWayBack,
		Parts: func(k *Case) []Part {
			if !k.Target.Rollback || !k.Command.KnownEnvironment {
				return nil
			}
			return []Part{LivePart}
		},
		Code: func(*Case, Part) Reason { return RollbackTargetMissing },
	}
}

func checkWayBack(k *Case) Finding {
	switch {
	case !k.Target.Rollback:
		return pass("the command does not go back to what ran before")
	case !k.Command.KnownEnvironment:
		return pass("without an environment there is nothing to go back to")
	case (k.Event.Rerun() || k.Command.To == "") && k.since() != nil: // who names a target does not mean the one before
		return k.overtaken()
	case k.Back.To == nil:
		return k.noWayBack()
	}
	return k.checkEvidence(*k.Back.To)
}

// overtaken says that what the command was to leave may not run any longer.
func (k *Case) overtaken() Finding {
	text := markdown.Code(k.Target.Environment) + " has had another deployment since the command."
	if k.Event.Rerun() {
		text = "This run was started again, and " + text
	}
	return block(CommitSafetyFailed, text, "Write the command in a new comment: "+markdown.Code(k.typed(k.Config.Commands.Rollback, k.Target.Environment))+".")
}

// checkEvidence does not believe a record that everyone who can push can forge.
func (k *Case) checkEvidence(to Deployment) Finding {
	position := slices.IndexFunc(k.Live, func(d Deployment) bool { return d.ID == to.ID })
	why := doubt(k.Live, position, k.Origins)
	recorded := markdown.Code(Short(to.SHA)) + " is recorded as a success, but I cannot confirm which run deployed it: " + why + "."
	hint := k.unconfirmed(to.SHA)
	if problem, missing := k.Missing(OriginsPart); missing {
		recorded = markdown.Code(Short(to.SHA)) + " is recorded as a success, but I could not look up the run that deployed it. " + problem.Text
		hint = joined(problem.Hint, hint)
	}
	stable := markdown.Code(k.Config.StableBranch)
	switch {
	case why == "":
		return pass("GitHub confirms the run that deployed the target")
	case !k.fullTarget():
		return block(RollbackTargetMissing, recorded, hint)
	case k.Exact.Commit.SHA != to.SHA || !k.Exact.InStable:
		return block(RollbackTargetMissing, recorded+" The branch "+stable+" does not contain it either.", "Choose another commit, or type "+markdown.Code(k.deployStable())+".")
	}
	return Finding{Level: Warn, Text: recorded + " The command names the whole commit, and " + stable + " contains it."}
}

// unconfirmed says what to type where nothing but the record speaks for a commit.
func (k *Case) unconfirmed(sha string) string {
	return "If you are sure, type " + markdown.Code(k.backTo(sha)) + ", which is accepted if " + markdown.Code(k.Config.StableBranch) + " contains the commit."
}

// deployStable returns the command that deploys the stable branch to the environment.
func (k *Case) deployStable() string {
	return k.Config.Commands.Deploy + " " + k.Config.StableBranch + " to " + k.Target.Environment
}

// backTo returns the command that goes back to a commit or version.
func (k *Case) backTo(to string) string {
	return k.Config.Commands.Rollback + " " + k.Target.Environment + " to " + to
}

// noWayBack says why there is no target, and which there are.
func (k *Case) noWayBack() Finding {
	var text string
	environment, to := "**"+markdown.Text(k.Target.Environment)+"**", k.Command.To
	switch name := markdown.Code(markdown.Brief(to)); {
	case len(k.Live) == 0:
		text = "Nothing has been deployed to " + environment + " yet."
	case len(k.Back.Matches) > 1:
		text = name + " is ambiguous: it is " + Plural(len(k.Back.Matches), "commit") + " that ran in " + environment + " successfully."
	case to != "":
		text = k.notTarget(to, name, environment)
	case k.Back.From == nil:
		text = "No deployment of Lockstep has succeeded in " + environment + " yet."
	default:
		text = environment + " has nothing to go back to: no other commit has run there successfully that was not rolled back from."
	}
	if k.Older != "" {
		text += fmt.Sprintf(" The newest %d deployments were searched.", len(k.Live))
	}
	f := block(RollbackTargetMissing, text, "Deploy what you need: "+markdown.Code(k.deployStable())+".")
	if len(k.Back.Known) > 0 {
		f.Hint = "Choose one of these, or deploy what you need: " + strings.TrimPrefix(f.Hint, "Deploy what you need: ")
		f.Details = k.targetTable()
	}
	return f
}

// notTarget says why what the command names is no target.
func (k *Case) notTarget(to, name, environment string) string {
	before := k.before()
	i := slices.IndexFunc(before, func(d Deployment) bool { return d.Own && d.everRan() && isMeant(before, d, to) })
	switch {
	case i < 0 && shortCommit.MatchString(to):
		return name + " is too short for a commit, and no version that ran in " + environment + ". Type at least 7 digits."
	case i < 0:
		return name + " has never run in " + environment + " successfully."
	case k.Back.From != nil && k.Back.From.SHA == before[i].SHA:
		return name + " is what runs in " + environment + " now."
	case before[i].Commit == nil:
		return name + " ran in " + environment + ", but the commit no longer exists."
	case leftBehind(before, before[i].SHA):
		return environment + " was rolled back from " + name + "."
	}
	return name + " has the same files as what runs in " + environment + " now."
}

// mostTargets is how many targets a refusal lists.
const mostTargets = 5

// targetTable lists the newest targets, each with its command.
func (k *Case) targetTable() string {
	listed := k.Back.Known
	if len(k.Back.Matches) > 0 {
		listed = k.Back.Matches
	}
	var b strings.Builder
	b.WriteString("| Commit | Version | Pull request | Ran since | Command |\n| --- | --- | --- | --- | --- |\n")
	for _, d := range listed[:min(len(listed), mostTargets)] {
		pull, since := "–", "–"
		if d.Pull > 0 {
			pull = markdown.Text(fmt.Sprintf("#%d", d.Pull))
		}
		if d.SucceededAt.OK {
			since = FormatTime(d.SucceededAt.Value)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdown.Code(Short(d.SHA)), version(d), pull, since, markdown.Code(k.backTo(k.digits(d.SHA))))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func version(d Deployment) string {
	named := d.Named()
	if named == "" {
		return "–"
	}
	return markdown.Code(markdown.Brief(named))
}

// digits returns as many digits of a commit as it takes to tell it from the other targets, and from their versions.
func (k *Case) digits(sha string) string {
	alike := 0
	for _, d := range k.Back.Known {
		if d.named(Short(sha)) {
			alike++
		}
	}
	if alike > 1 {
		return sha
	}
	return Short(sha)
}

// checkTarget wants the target of a rollback to be the one that was decided on before.
func (k *Case) checkTarget() Finding {
	if k.Pinned == "" || k.Pinned == k.Target.SHA {
		return pass("the target has not changed")
	}
	return block(RefChanged,
		"What "+markdown.Code(k.Config.Commands.Rollback)+" goes back to changed from "+markdown.Code(Short(k.Pinned))+" while the command was being checked.",
		"Look at what was deployed, then run the command again.")
}

// goesBackAnyway reports whether the request goes on without a rules file that cannot be used: a rollback does for those
// who administer or maintain the repository.
func (k *Case) goesBackAnyway() bool {
	by := k.acting()
	return k.Command.Kind == command.Rollback && (by.Permission == "admin" || by.Role == "admin" || by.Role == "maintain")
}
