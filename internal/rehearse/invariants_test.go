package rehearse_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// longest is how much longer a part of a step may take than without a fault: a request may be tried five
// times with ten seconds each and a minute of waits, and the way out may be needed, which has two minutes.
const longest = 6 * time.Minute

// witness watches a scenario and writes down what must not be. Without a fault it learns what the scenario
// comes to when nothing goes wrong.
type witness struct {
	saboteur *saboteur
	base     *witness // the same scenario without a fault, nil for that itself
	hurried  bool     // the story itself has told the process to stop
	resumed  bool     // what follows is no part of the scenario
	lost     bool     // no post part has run
	lostLate bool     // or it has died itself
	moody    bool     // something happens in the scenario once and at a certain moment, which the fault can shift

	began      time.Time // the part that is under way
	before     stand     // when it began
	first      stand     // when the scenario began
	parts      []came
	violations []string
	told       string // everything that was said in the scenario: logs, summaries, comments

	// What looks as if it were under way, and is not: left by earlier scenarios or by the story itself, and at
	// the end of this scenario.
	excused, left map[string]bool
}

// came is what a part came to.
type came struct {
	rehearse.Part
	said []string // new comments of the action
	took time.Duration
}

func (c came) continues() bool { return c.Outputs["continue"] == "true" }

func (c came) reason() string { return c.Outputs["reason_code"] }

// stand is how things are at a moment.
type stand struct {
	said   map[int64]string // comments of the action
	newest int64            // deployment
}

func standOf(p *rehearse.Session) stand {
	s := stand{said: map[int64]string{}}
	for _, comment := range commentsOf(p) {
		if p.Wrote(comment) {
			s.said[comment.ID] = comment.Body
		}
	}
	for _, deployment := range p.GitHub.Deployments("") {
		s.newest = max(s.newest, deployment.ID)
	}
	return s
}

func commentsOf(p *rehearse.Session) []sim.Comment {
	if p.GitHub.PullState(p.Pull()) == "" {
		return nil
	}
	return p.GitHub.Comments(p.Pull())
}

// since lists the comments that are new or were changed.
func (s stand) since(before stand) []string {
	var said []string
	for id, body := range s.said {
		if before.said[id] != body {
			said = append(said, body)
		}
	}
	return said
}

func (w *witness) violated(format string, args ...any) {
	w.violations = append(w.violations, fmt.Sprintf(format, args...))
}

// begin is for rehearse.Options.Before.
func (w *witness) begin(p *rehearse.Session) {
	w.first = standOf(p)
	w.excused = map[string]bool{}
	for _, what := range slices.Concat(stillRunning(p), stillHeld(p), stillTracked(p)) {
		w.excused[what] = true
	}
	if w.base != nil {
		maps.Copy(w.excused, w.base.left)
	}
}

// ended looks at a part of a step that has ended.
func (w *witness) ended(p *rehearse.Session) {
	now := standOf(p)
	part := came{Part: p.Newest(), said: now.since(w.before), took: p.Now().Sub(w.began)}
	w.told += part.Log + part.Summary + strings.Join(part.said, "\n")
	w.parts = append(w.parts, part)
	// What a job could not end in the seconds that it has when it is cancelled, its post part does not try again.
	ended := w.hurried && part.Post && strings.HasPrefix(p.Called(), "finish ")
	w.hurried = ended || part.Cancelled && w.saboteur.fault != nil && !w.saboteur.fault.stop
	if part.Killed {
		return // it says nothing more
	}
	if part.continues() && !part.Post {
		w.isComplete(p, part)
	}
	if w.resumed {
		return
	}
	w.inTime(part)
	if w.base != nil && w.saboteur.done() {
		w.answers(p, part)
	}
}

// lasting reports whether the fault lasts, or is a clear refusal: something may have to stay undone. A story that
// stops the process counts too, since that leaves no time for a second try, and one that fails requests itself.
func (w *witness) lasting() bool {
	f := w.saboteur.fault
	return f != nil && (f.denies || f.reach != thisOnce || w.hurried || w.failsAnyway())
}

// failsAnyway reports whether the newest part has failed in a story that fails requests, and parts, itself.
func (w *witness) failsAnyway() bool {
	failed := func(part came) bool { return part.Exit != 0 }
	return w.moody && w.base != nil && slices.ContainsFunc(w.base.parts, failed) && failed(w.parts[len(w.parts)-1])
}

// isComplete checks a part that outputs continue against what must exist then.
func (w *witness) isComplete(p *rehearse.Session, part came) {
	switch reason := part.reason(); reason {
	case "merge_deploy_required", "merge_deploy_not_required":
		return
	case "deployment_ready":
		w.deploymentRuns(p, part)
	case "noop_ready":
	default:
		w.violated("continue=true, because of %s", reason)
	}
	if !p.Commanded() {
		return // no conversation asked for it
	}
	id, _ := strconv.ParseInt(part.Outputs["initial_comment_id"], 10, 64)
	if _, said := standOf(p).said[id]; !said && !strings.Contains(part.Log, "issue is locked") {
		w.violated("continue=true, and no comment says that it starts")
	}
	if p.Input("disable_lock") != "true" {
		w.lockIsHeld(p, part)
	}
	if part.Exit != 0 {
		w.violated("continue=true, and exit %d", part.Exit)
	}
}

func (w *witness) deploymentRuns(p *rehearse.Session, part came) {
	id, _ := strconv.ParseInt(part.Outputs["deployment_id"], 10, 64)
	all := p.GitHub.Deployments(part.Outputs["environment"])
	at := slices.IndexFunc(all, func(d sim.Deployment) bool { return d.ID == id })
	switch {
	case at < 0:
		w.violated("continue=true, and there is no deployment %d", id)
	case stateOf(all[at]) != "in_progress":
		w.violated("continue=true, and the deployment is %s", stateOf(all[at]))
	case all[at].SHA != part.Outputs["sha"]:
		w.violated("continue=true for %s, and the deployment is of %s", part.Outputs["sha"], all[at].SHA)
	}
}

func (w *witness) lockIsHeld(p *rehearse.Session, part came) {
	locks := locksOf(p.GitHub)
	environment, global := locks[sim.LockBranch(part.Outputs["environment"])], locks[sim.LockBranch("")]
	// A sticky lock was taken by a command of its own, of the same owner.
	if environment.RunID != part.Run && !environment.Sticky && !global.Sticky {
		w.violated("continue=true, and the lock is %+v", environment)
	}
}

// stateOf is the newest status of a deployment, none before there is one.
func stateOf(d sim.Deployment) string {
	if len(d.Statuses) == 0 {
		return "none"
	}
	return d.Statuses[0].State
}

// lockFile is what a lock says.
type lockFile struct {
	CreatedBy string `json:"created_by"`
	Sticky    bool   `json:"sticky"`
	Tool      string `json:"tool"`
	RunID     int64  `json:"run_id"`
	Attempt   int    `json:"run_attempt"`
	Unlock    string `json:"unlock_command"`
}

func locksOf(github *sim.GitHub) map[string]lockFile {
	locks := map[string]lockFile{}
	for _, branch := range github.Branches() {
		if !strings.HasSuffix(branch, sim.LockBranch("lock")[len("lock"):]) {
			continue
		}
		if text, found := github.File(branch, sim.LockFile); found {
			var file lockFile
			_ = json.Unmarshal([]byte(text), &file) // one that is broken on purpose
			locks[branch] = file
		}
	}
	return locks
}

// inTime bounds how long a part takes.
func (w *witness) inTime(part came) {
	usual := time.Duration(0)
	if w.base == nil {
		return
	}
	if at := len(w.parts) - 1; at < len(w.base.parts) {
		usual = w.base.parts[at].took
	}
	if part.took > usual+longest {
		w.violated("it takes %v instead of %v", part.took, usual)
	}
}

// answers holds a part that a fault has hit to what it must say.
func (w *witness) answers(p *rehearse.Session, part came) {
	usual := came{}
	if at := len(w.parts) - 1; at < len(w.base.parts) {
		usual = w.base.parts[at]
	}
	if part.Exit != 0 && !strings.Contains(part.Log, "::error") {
		w.violated("exit %d, and the log holds no error", part.Exit)
	}
	// That a run is not known is an answer: it has been deleted, and its locks are stale.
	unknownRun := w.saboteur.fault.name == "404" && strings.Contains(w.saboteur.target.what, "/actions/runs/")
	promotes := (strings.Contains(p.Called(), "mode=promote") || p.Called() == "rerun" && !p.Commanded()) && !part.Post
	if promotes && part.continues() && !usual.continues() && !w.moody && !unknownRun {
		w.violated("continue=true, although nothing is promoted without a fault, because of %s", usual.reason())
	}
	asked := strings.HasPrefix(p.Called(), "comment ") || strings.HasPrefix(p.Called(), "edit ") || p.Called() == "rerun" && p.Commanded()
	if part.Post || !asked {
		if part.Exit != 0 && part.Exit != usual.Exit && len(part.said) == 0 && part.Summary == "" {
			w.violated("exit %d, and neither the pull request nor the summary says why", part.Exit)
		}
		return
	}
	if part.continues() && !usual.continues() && !w.moody && !unknownRun {
		w.violated("continue=true, although it is refused without a fault, because of %s", usual.reason())
	}
	if w.saboteur.fault.wellOnce && usual.continues() && !part.continues() && !w.moody {
		w.violated("it does not go, although trying again would have made it good, because of %s", part.reason())
	}
	if usual.continues() && !part.continues() && part.Exit == 0 {
		w.violated("it does not go, and exit is 0, because of %s", part.reason())
	}
	if part.Exit == usual.Exit && part.reason() == usual.reason() {
		return
	}
	// Strangers cannot make the action correct what could not be carried out anyway; whose permission cannot
	// be read may be one.
	malformed := []string{"invalid_environment", "deprecated_command", "naked_command_disabled"}
	if slices.Contains(malformed, usual.reason()) && strings.Contains(w.saboteur.target.what, "/permission") {
		return
	}
	if part.Exit != 0 && len(part.said) == 0 && (part.Summary == "" || !w.mute()) {
		w.violated("exit %d (%s), and the pull request does not say why", part.Exit, part.reason())
	}
}

// mute reports whether commenting may have been impossible.
func (w *witness) mute() bool {
	if strings.Contains(w.told, "issue is locked") || strings.Contains(w.told, "was archived") || strings.Contains(w.told, "IP allow list") {
		return true
	}
	f, at := w.saboteur.fault, w.saboteur.target
	comments := strings.Contains(at.what, "/comments") || strings.Contains(at.what, "addComment")
	return f.stop || w.lasting() && (f.reach == thisServer || f.reach == thisAPI || comments)
}

// end looks at everything when the scenario is over.
func (w *witness) end(p *rehearse.Session) {
	w.noDoubles(p)
	w.left = map[string]bool{}
	w.excuse(p)
	// A step that only records goes on where the token may not do it, with a warning.
	steps := strings.HasPrefix(p.Called(), "step ")
	w.leaves(stillRunning(p), strings.Contains(w.told, "::error::") || steps && strings.Contains(w.told, "::warning::"))
	w.leaves(stillHeld(p), strings.Contains(w.told, "lock"))
	w.leaves(stillTracked(p), true)
	w.eventsAreOnce(p)
	violations := slices.Concat(p.GitHub.Violations(), p.Versioner.Violations())
	for _, receiver := range p.Receivers {
		violations = append(violations, receiver.Violations()...)
	}
	for _, violation := range violations {
		w.violated("broken contract: %s", violation)
	}
}

// excuse allows for what no run can be expected to clean up. A step that only records what
// the workflow says has no lock by which the next one would learn of it, and its post part does not repeat
// the record of an end: the workflow does, in a step that always runs. And a refused actor changes
// nothing; what was lost waits, without blocking anything, for a command that is allowed, unless it is itself the
// reason of the refusal.
func (w *witness) excuse(p *rehearse.Session) {
	// A start that is refused anyway would only have ended what an earlier step of its run had begun.
	refused := w.base != nil && len(w.base.parts) > 0 && w.base.parts[0].Exit != 0
	byStep := strings.HasPrefix(p.Called(), "step ") || p.Called() == "rerun" && !p.Commanded()
	records := byStep && (w.lost || refused || !strings.Contains(p.Called(), "status=started"))
	newest := w.parts[len(w.parts)-1]
	itself := newest.reason() == "tracking_blocked" || newest.reason() == "lock_conflict" && !othersHold(p) && !strings.Contains(newest.Log, "actions: read")
	if w.resumed && (records || w.lost && newest.Exit != 0 && !itself) {
		for _, what := range slices.Concat(stillRunning(p), stillHeld(p), stillTracked(p)) {
			w.excused[what] = true
		}
	}
	// Status, lock and the word to the tracking endpoint go out at the same time. Of a process that dies just
	// then, and has no post part left, the endpoint is told nothing more: nothing on GitHub says that it has
	// to be. The same holds for a start that is called off, and dies over that, and before a deployment is
	// created where no lock tells of it; and for an end to which nothing was handed over.
	bare := strings.HasPrefix(p.Called(), "finish ") && strings.Contains(p.Called(), "handoff=")
	if w.lost && (w.lostLate || w.moody || bare || p.Input("disable_lock") == "true") {
		for _, what := range stillTracked(p) {
			w.excused[what] = true
		}
	}
}

// othersHold reports whether an environment has a sticky lock.
func othersHold(p *rehearse.Session) bool {
	for _, lock := range locksOf(p.GitHub) {
		if lock.Sticky {
			return true
		}
	}
	return false
}

// leaves notes what a scenario leaves behind. It may do so where the story without a fault does, or where the
// server has denied it and people are told.
func (w *witness) leaves(all []string, isTold bool) { //nolint:revive // it is an observation
	for _, what := range all {
		w.left[what] = true
		if w.base != nil && !w.excused[what] && (!w.lasting() || !isTold) {
			w.violated("left behind: %s", what)
		}
	}
}

func deploymentsOf(p *rehearse.Session) []sim.Deployment {
	return slices.DeleteFunc(p.GitHub.Deployments(""), func(d sim.Deployment) bool { return payloadOf(d).Tool != "lockstep" })
}

type payload struct {
	Tool    string `json:"tool"`
	Run     int64  `json:"github_run_id"`
	Attempt int    `json:"github_run_attempt"`
	Comment int64  `json:"initial_comment_id"`
	Product string `json:"product"`
	Version string `json:"version"`
}

func payloadOf(d sim.Deployment) payload {
	var of payload
	_ = json.Unmarshal(d.Payload, &of) // other tools' have other forms
	return of
}

// noDoubles: a command makes one deployment.
func (w *witness) noDoubles(p *rehearse.Session) {
	made := map[string]int{}
	for _, d := range deploymentsOf(p) {
		if d.ID > w.first.newest {
			made[fmt.Sprintf("%s %+v", d.Environment, payloadOf(d))]++
		}
	}
	for what, count := range made {
		if count > 1 {
			w.violated("%d deployments of %s", count, what)
		}
	}
}

// going reports whether a run, in this attempt, is still under way.
func going(p *rehearse.Session, run int64, attempt int) bool {
	for _, one := range p.GitHub.Runs() {
		if one.ID == run {
			return one.Status != "completed" && one.RunAttempt <= max(attempt, 1)
		}
	}
	return false
}

// stillRunning lists the deployments that look as if they were under way when their run has ended.
func stillRunning(p *rehearse.Session) []string {
	var all []string
	for _, d := range deploymentsOf(p) {
		of := payloadOf(d)
		if slices.Contains([]string{"none", "queued", "pending", "in_progress"}, stateOf(d)) && !going(p, of.Run, of.Attempt) {
			all = append(all, fmt.Sprintf("deployment of run %d.%d to %s, under way", of.Run, of.Attempt, d.Environment))
		}
	}
	return all
}

// stillHeld lists the locks of deployments whose run has ended.
func stillHeld(p *rehearse.Session) []string {
	var all []string
	for branch, lock := range locksOf(p.GitHub) {
		if !lock.Sticky && lock.Tool == "lockstep" && !going(p, lock.RunID, lock.Attempt) {
			all = append(all, fmt.Sprintf("lock %s of run %d.%d", branch, lock.RunID, lock.Attempt))
		}
	}
	return all
}

// sent is what names an event for its receiver.
type sent struct{ receiver, about, id string }

func eventsOf(p *rehearse.Session) []sent {
	run := regexp.MustCompile(`actions/runs/[0-9]+`)
	var all []sent
	for name, receiver := range map[string]*sim.Receiver{"webhook": p.Receivers["webhook"], "cdevents": p.Receivers["cdevents"]} {
		for _, m := range receiver.Messages() {
			var body struct {
				Data struct {
					Product, Version string
					Environment      struct{ Name string }
					GitHub           struct {
						Run struct{ ID, Attempt int64 }
					}
				}
			}
			_ = json.Unmarshal(m.Body, &body) // CDEvents have another form
			about := fmt.Sprintf("%s %+v %s", m.Type, body, run.FindString(string(m.Body)))
			all = append(all, sent{name, about, m.ID})
		}
	}
	for _, e := range p.Versioner.Events() {
		var body struct {
			Product     string `json:"product_name"`
			Version     string `json:"version"`
			Environment string `json:"environment_name"`
			Run         string `json:"invoke_id"`
			Metadata    struct {
				Attempt string `json:"vi_gh_run_attempt"`
			} `json:"extra_metadata"`
		}
		_ = json.Unmarshal(e.Body, &body) // the server has read it
		all = append(all, sent{"versioner", fmt.Sprintf("%s.%s %+v", e.Kind, e.State, body), e.Header.Get("Idempotency-Key")})
	}
	return all
}

// eventsAreOnce: the same event has the same id, for receivers to recognise it.
func (w *witness) eventsAreOnce(p *rehearse.Session) {
	ids := map[string]string{}
	for _, event := range eventsOf(p) {
		key := event.receiver + " " + event.about
		if known, again := ids[key]; again && known != event.id {
			w.violated("event %s was sent as %s and as %s", key, known, event.id)
		}
		ids[key] = event.id
		if event.id == "" {
			w.violated("event %s has no id", key)
		}
	}
}

// stillTracked lists what the tracking endpoint was told to begin and not told to end.
func stillTracked(p *rehearse.Session) []string {
	running := map[string]int64{}
	for _, e := range p.Versioner.Events() {
		var body struct {
			Product     string `json:"product_name"`
			Version     string `json:"version"`
			Environment string `json:"environment_name"`
			Run         string `json:"invoke_id"`
		}
		_ = json.Unmarshal(e.Body, &body) // the server has read it
		about := fmt.Sprintf("%s of %s@%s to %q, as it is tracked", e.Kind, body.Product, body.Version, body.Environment)
		running[about], _ = strconv.ParseInt(body.Run, 10, 64)
		if !slices.Contains([]string{"started", "pending"}, e.State) {
			delete(running, about)
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(running)), func(about string) bool { return going(p, running[about], 1) })
}
