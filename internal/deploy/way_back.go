package deploy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
)

// WayBack is what an environment can go back to.
type WayBack struct {
	From    *Deployment  // what a rollback leaves, nil where nothing is known to run
	To      *Deployment  // the target, nil for none
	Until   time.Time    // when the target was replaced, zero where that is not known
	Known   []Deployment // all targets, newest first, each commit once
	Matches []Deployment // the targets that the command names, where it names one
}

// NotStarted is how the last status of a deployment begins that was called off before anything was changed.
const NotStarted = "aborted: the deployment did not start"

// wayBack finds the target of a rollback: the newest deployment of ours that succeeded, of another commit and other files
// than what runs, that was not rolled back from, and whose commit still exists.
func (k *Case) wayBack() WayBack {
	before := k.before()
	back := WayBack{From: leaves(before, k.counts(before))}
	for _, d := range before {
		if isTarget(before, back, d) {
			back.Known = append(back.Known, d)
		}
	}
	back.Matches = back.Known
	if to := k.Command.To; to != "" {
		back.Matches = slices.DeleteFunc(slices.Clone(back.Known), func(d Deployment) bool { return !isMeant(before, d, to) })
	}
	if unique := len(back.Matches) == 1; unique || len(back.Matches) > 1 && k.Command.To == "" {
		back.To, back.Until = &back.Matches[0], replacedAt(before, back.Matches[0])
	}
	return back
}

// replacedAt returns when the first newer deployment than this one succeeded, zero where that is not known.
func replacedAt(deployments []Deployment, replaced Deployment) time.Time {
	var at time.Time
	for _, d := range deployments {
		if d.ID == replaced.ID {
			return at
		}
		if d.everRan() {
			at = d.SucceededAt.Value
		}
	}
	return time.Time{}
}

// before are the deployments that there were when the command was typed. A run that is started again goes back to what it
// went back to the first time.
func (k *Case) before() []Deployment {
	if !k.Event.Rerun() || k.Command.Kind != command.Rollback { // a board shows what a new command would do
		return k.Live
	}
	return slices.DeleteFunc(slices.Clone(k.Live), func(d Deployment) bool { return !d.CreatedAt.Before(k.Event.Comment.CreatedAt) })
}

// since returns the newest deployment of another command that was created after this one was typed, nil for none. The first
// attempt of a run minds only deployments of ours, such as the rollback that someone else has typed at the same time.
func (k *Case) since() *Deployment {
	asked, again, counts := k.Event.Comment.CreatedAt, k.Event.Rerun(), k.counts(k.Live)
	i := slices.IndexFunc(k.Live, func(d Deployment) bool {
		other := d.Own && d.CreatedBy.Comment != k.Event.Comment.ID
		if again {
			return !d.CreatedAt.Before(asked) && (other || !d.Own && counts(d))
		}
		return other && d.CreatedAt.Truncate(time.Second).After(asked)
	})
	if i < 0 {
		return nil
	}
	return &k.Live[i]
}

// counts returns which deployments say what runs, as the scope has it. What GitHub itself makes for a job of a run of ours is
// no deployment of another tool: it names the commit of the workflow, not the one that the job deploys.
func (k *Case) counts(deployments []Deployment) func(Deployment) bool {
	jobs := map[string]bool{}
	for _, d := range deployments {
		if run := d.CreatedBy.Run.ID; d.Own && run > 0 {
			jobs[PageURL(k.Request, "actions/runs", strconv.FormatInt(run, 10))] = true
		}
	}
	return func(d Deployment) bool {
		run, _, ofJob := strings.Cut(d.LogURL, "/job/")
		return d.Own || !k.Config.OrderScope.OwnOnly() && (!ofJob || !jobs[run])
	}
}

// leaves returns the deployment whose commit a rollback leaves: what runs, or an attempt since then that failed or was
// lost, which may have changed a part of it.
func leaves(deployments []Deployment, counts func(Deployment) bool) *Deployment {
	for i, d := range deployments {
		if d.Own && d.Outcome().Unsuccessful() && !d.notStarted() {
			return &deployments[i]
		}
		if counts(d) && d.everRan() {
			break
		}
	}
	return runs(deployments, counts)
}

// runs returns what runs, of those deployments that count. One that does not count makes GitHub set those before it to
// inactive.
func runs(deployments []Deployment, counts func(Deployment) bool) *Deployment {
	i := slices.IndexFunc(deployments, func(d Deployment) bool { return counts(d) && d.everRan() })
	if i < 0 || deployments[i].State == Inactive && !replaced(deployments, i) {
		return nil
	}
	return &deployments[i]
}

// notStarted reports whether the deployment was called off before anything was changed.
func (d Deployment) notStarted() bool {
	return strings.HasPrefix(d.ending().Description, NotStarted)
}

// wayOut returns what a rollback goes back to if the deployment that is asked for fails, nil where that is not known.
func (k *Case) wayOut() *Deployment {
	i := slices.IndexFunc(k.Live, func(d Deployment) bool {
		return d.Own && d.everRan() && d.SHA != "" && d.SHA != k.Target.SHA && !leftBehind(k.Live, d.SHA)
	})
	if i < 0 {
		return nil
	}
	return &k.Live[i]
}

func isTarget(deployments []Deployment, back WayBack, d Deployment) bool {
	same := func(other Deployment) bool { return other.SHA == d.SHA }
	switch {
	case !d.Own || !d.everRan() || d.SHA == "" || d.Commit == nil:
		return false
	case back.From != nil && back.From.everRan() && back.From.sameFiles(d):
		return false
	case back.From != nil && back.From.SHA == d.SHA && back.From.Rollback == nil: // deployed again, and failed: only a rollback is tried again
		return false
	}
	return !slices.ContainsFunc(back.Known, same) && !leftBehind(deployments, d.SHA)
}

func (d Deployment) sameFiles(other Deployment) bool {
	return d.SHA == other.SHA || d.TreeSHA != "" && d.TreeSHA == other.TreeSHA
}

// leftBehind reports whether a commit was rolled back from, and has not succeeded since. An attempt to deploy it again
// that failed, or was called off, does not make it good.
func leftBehind(deployments []Deployment, sha string) bool {
	for _, d := range deployments {
		switch {
		case !d.Own:
		case d.SHA == sha && d.everRan():
			return false
		case d.Rollback != nil && d.Rollback.From == sha && d.SHA != sha: // one that tries again leaves its own commit
			return true
		}
	}
	return false
}

var (
	commitPrefix = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)
	shortCommit  = regexp.MustCompile(`^[0-9a-fA-F]{1,6}$`)
)

// named reports whether someone means the deployment by a commit, of which seven digits are enough, or by a version.
func (d Deployment) named(to string) bool {
	return d.Version == to && to != "" || commitPrefix.MatchString(to) && strings.HasPrefix(d.SHA, strings.ToLower(to))
}

// isMeant reports whether a command that names a commit or a version means the deployment. All digits of a commit that ran
// there mean that commit, whatever others are called.
func isMeant(deployments []Deployment, d Deployment, to string) bool {
	is := func(d Deployment) bool { return d.Own && d.everRan() && strings.EqualFold(d.SHA, to) }
	if fullCommit.MatchString(to) && slices.ContainsFunc(deployments, is) {
		return is(d)
	}
	return d.named(to)
}

// fullTarget reports whether the command names the target by all digits of its commit.
func (k *Case) fullTarget() bool {
	return k.Back.To != nil && fullCommit.MatchString(k.Command.To) && strings.EqualFold(k.Command.To, k.Back.To.SHA)
}

// mostHistory is how many deployments are searched for the target of a rollback.
const mostHistory = 500

// needWayBack asks for the deployments of the environment, as far back as the target of a rollback is, and then for the
// run that made it.
func (k *Case) needWayBack(n *Needs) {
	n.History = true
	switch to := k.Back.To; {
	case to != nil && to.CreatedBy.Run.ID > 0:
		n.Runs = []int64{to.CreatedBy.Run.ID}
	case to == nil && k.Older != "" && len(k.Live) < mostHistory && len(k.Back.Matches) == 0:
		n.Older = k.Older
	}
}
