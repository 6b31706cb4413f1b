package rehearse

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// Verb is a word that a script's line can begin with.
type Verb struct {
	Usage string // the verb and what follows it
	Does  string // in a few words

	play func(*Session, context.Context, string) error
}

// keyword is the first word of a usage: what a line is recognised by.
func keyword(usage string) string {
	word, _, _ := strings.Cut(usage, " ")
	return word
}

// Verbs lists every verb, but for those that expect something: see Wants.
func Verbs() []Verb { return slices.Concat(storyVerbs(), githubVerbs()) }

func storyVerbs() []Verb {
	return []Verb{
		{"user LOGIN PERMISSION [ROLE]", "Adds a user: `admin`, `write`, `read`, `none` or `deleted`.", (*Session).user},
		{"push BRANCH [MESSAGE]", "Adds a commit.", (*Session).push},
		{"signed BRANCH [MESSAGE]", "Adds a verified commit.", (*Session).signed},
		{"file BRANCH PATH TEXT", "Commits a file.", (*Session).file},
		{"commit BRANCH PATH SECTION", "Commits a section as a file, also on `pull/NUMBER`.", (*Session).commitSection},
		{"rename BRANCH FROM TO", "Moves a file.", (*Session).rename},
		{"before-request TEXT LINE", "Plays LINE before the next request with TEXT.", (*Session).beforeRequest},
		{"delete-branch BRANCH", "Deletes the branch.", (*Session).deleteBranch},
		{"forgotten COMMIT", "GitHub loses the commit.", (*Session).forgotten},
		{"pull NUMBER LOGIN BRANCH [TITLE]", "Opens a pull request.", (*Session).openPull},
		{"fork NUMBER LOGIN BRANCH OWNER/NAME", "Opens one from a fork, or a `deleted` one.", (*Session).openFork},
		{"draft NUMBER [BASE]", "Converts to a draft, or changes the base.", (*Session).draft},
		{"state NUMBER MERGE-STATE", "Sets the merge state, such as `DIRTY`.", (*Session).mergeState},
		{"describe NUMBER SECTION", "Sets the description.", (*Session).describe},
		{"issue NUMBER [LABEL…] SECTION", "Opens an issue.", (*Session).openIssue},
		{"merge NUMBER [METHOD]", "Merges: `merge`, `squash` or `rebase`.", (*Session).merge},
		{"close NUMBER", "Closes a pull request or issue.", (*Session).closePull},
		{"closed NUMBER LOGIN NAME=VALUE…", "Runs the workflow on the close event.", (*Session).closed},
		{"review NUMBER LOGIN STATE [COMMIT]", "Reviews the head or COMMIT: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`.", (*Session).review},
		{"labelled NUMBER NAME…", "Adds labels.", (*Session).labelled},
		{"unlabelled NUMBER NAME…", "Removes labels.", (*Session).unlabelled},
		{"check NAME BRANCH STATE [FORM…]", "Sets a check. FORM: `app=NAME`, `workflow=NAME`, `new-run`, `twin` (same name), `jobs=COUNT`. `1..120` in NAME sets 120.", (*Session).check},
		{"rule reviews COUNT", "Requires reviews; also `rule checks NAME…`, `rule TYPE PATTERN`.", (*Session).rule},
		{"environment NAME [RULE…]", "Adds an environment and rules, such as `REQUIRED_REVIEWERS`.", (*Session).environment},
		{"label NAME", "Adds a repository label.", (*Session).label},
		{"team ORG/TEAM LOGIN[=STATE]…", "Adds members; `=pending` only invites.", (*Session).team},
		{"workflow NAME [FILE]", "Commits a workflow file.", (*Session).workflow},
		{"comment LOGIN NUMBER TEXT", "The user comments, and the workflow runs.", (*Session).commentAs},
		{"edit LOGIN", "Edits the newest comment.", (*Session).edit},
		{"react LOGIN CONTENT [COUNT]", "Reacts to Lockstep's newest comment, also COUNT times.", (*Session).react},
		{"rerun [LOGIN]", "Re-runs the newest command or promotion.", (*Session).rerun},
		{"rerun-failed [LOGIN]", "Re-runs the failed jobs; `finish` ends them.", (*Session).rerunFailed},
		{"another-job [NAME=VALUE…]", "Another job handles the same comment.", (*Session).anotherJob},
		{"job STATUS [DURATION]", "Ends the job: `success`, `failure` or `cancelled`.", (*Session).endJob},
		{"end STATUS", "The same, if a job is open.", (*Session).end},
		{"finish STATUS [bare] [NAME=VALUE…]", "Another job runs `mode: finish`; `bare` drops other inputs.", (*Session).finishElsewhere},
		{"result RESULT[,RESULT…] [foreign] [NAME=VALUE…]", "Another job runs `result_mode: true` after results such as `success,skipped`; `foreign`: branch-deploy's `context`.", (*Session).resultElsewhere},
		{"tampered deployment ENVIRONMENT", "Changes the `handoff`; also `tampered lock ENVIRONMENT`, `comment NUMBER`, `field NAME=JSON`, `context ENVIRONMENT`.", (*Session).tampered},
		{"secret VALUE", "Adds a secret: the runner drops outputs with it.", (*Session).secret},
		{"post NAME VALUE", "Sets an input for post steps.", (*Session).setPost},
		{"kill TEXT", "Kills the action before the next request with TEXT.", (*Session).kill},
		{"cancel TEXT", "Cancels the job at that point.", (*Session).cancel},
		{"crash [CONCLUSION]", "The runner is lost: `failure` or `cancelled`.", (*Session).crash},
		{"step EVENT[@REF] LOGIN NAME=VALUE…", "Runs a tracked step or promotion on `push`, `workflow_dispatch`, `schedule`, `release`, `pull_request` or `workflow_run`; REF is a branch, `tags/NAME` or number. `status=in_progress` leaves the run to the next `step`.", (*Session).trackStep},
		{"tag NAME [BRANCH]", "Tags a branch's head.", (*Session).tag},
		{"locked ENVIRONMENT LOGIN [FORM…] [PULL] [REASON]", "Adds a branch-deploy lock; FORM: `sticky`, `deploying`, `legacy`, `broken`, `empty`.", (*Session).locked},
		{"unlocked ENVIRONMENT", "Deletes a lock's branch.", (*Session).unlocked},
		{"set NAME VALUE", "Changes an input.", (*Session).set},
		{"env NAME VALUE", "Sets an environment variable for later steps.", (*Session).env},
		{"token [KIND LOGIN] SCOPE=LEVEL…", "Limits the token; KIND: `app`, `fine-grained`, `classic`.", (*Session).token},
		{"pass DURATION", "Time passes.", (*Session).pass},
		{"at MOMENT", "Time passes until MOMENT; the first line sets the beginning.", (*Session).at},
		{"fail METHOD PATH STATUS [after] [TIMES] [says MESSAGE]", "Fails the next matching request: a status, `cut`, `hang`, `slow`, `down`; `after` it took effect. `*` is one path segment.", (*Session).fail},
		{"tracker STATUS CODE MESSAGE [FORM] [any]", "The tracking endpoint refuses the next start, or `any` event; FORM: `bare`, `text`, `list`. Also `tracker down`, `tracker report-only RULE MESSAGE`, `tracker running PRODUCT ENVIRONMENT VERSION`.", (*Session).tracker},
		{"receiver NAME HOW [TIMES]", "`versioner`, `app` or a type is `gone`, `down`, `slow`, `up`, or fails: a status, `cut`, `hang`, `after`, `wait=SECONDS`.", (*Session).receiver},
		{"app says TEXT", "`https://app.example.com` answers TEXT; `app late TEXT`: after a megabyte; `app at HOST…`: also there.", (*Session).app},
	}
}

// shaOf is sha(BRANCH), or sha(BRANCH~N), also of a pull request to which the story pushed.
var shaOf = regexp.MustCompile(`sha\(([^()~]+)(?:~([1-9]))?\)`)

// resolve replaces sha(BRANCH) by the branch's newest commit of this story, and sha(BRANCH~N) by the one that is N pushes
// older.
func (p *Session) resolve(text string) string {
	return shaOf.ReplaceAllStringFunc(text, func(word string) string {
		parts := shaOf.FindStringSubmatch(word)
		back, _ := strconv.Atoi(parts[2]) // no number is the newest
		commits := p.pushed[parts[1]]
		if len(commits) <= back {
			return word
		}
		return commits[len(commits)-1-back]
	})
}

// line plays one line of the script.
func (p *Session) line(ctx context.Context, line Line) error {
	line.Rest = p.resolve(line.Rest)
	defer func() { p.began = true }()
	if line.Verb == "want" || line.Verb == "cmp" {
		p.expected++
		if err := p.expect(line); err != nil {
			p.unmet++
			p.problems = append(p.problems, fmt.Errorf("story %q, line %d: %w", p.story.Name, line.Number, err))
		}
		return nil
	}
	var known []string
	for _, verb := range Verbs() {
		if keyword(verb.Usage) == line.Verb {
			return verb.explain(verb.play(p, ctx, line.Rest))
		}
		known = append(known, keyword(verb.Usage))
	}
	return errUnknown("verb", line.Verb, append(known, "want", "cmp"))
}

// errTooShort is an error about a line that lacks words.
var errTooShort = errors.New("a word is missing")

// explain says how the verb is written, where that is the problem.
func (v Verb) explain(err error) error {
	if errors.Is(err, errTooShort) {
		return fmt.Errorf("%w; write: %s", err, v.Usage)
	}
	return err
}

// fields reads words and wants at least so many.
func fields(rest string, least int) ([]string, error) {
	all, err := words(rest)
	if err == nil && len(all) < least {
		err = errTooShort
	}
	return all, err
}

func (p *Session) user(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	if err := oneOf("the permission", f[1], "admin", "write", "read", "none", deletedUser); err != nil {
		return err
	}
	if f[1] == deletedUser {
		p.GitHub.DeleteUser(f[0])
		return nil
	}
	u := sim.User{Login: f[0], Permission: f[1]}
	if len(f) > 2 {
		u.RoleName = f[2]
	}
	p.GitHub.AddUser(u)
	return nil
}

// deletedUser is in the place of the permission of an account that is gone.
const deletedUser = "deleted"

func (p *Session) push(_ context.Context, rest string) error {
	return p.commit(rest, sim.Commit{Author: "alice"})
}

func (p *Session) signed(_ context.Context, rest string) error {
	return p.commit(rest, sim.Commit{Author: "alice", Verified: true})
}

func (p *Session) commit(rest string, c sim.Commit) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	c.Branch, c.Message = f[0], strings.Join(f[1:], " ")
	c.Files = map[string]string{c.Branch + ".txt": c.Message}
	p.pushed[c.Branch] = append(p.pushed[c.Branch], p.GitHub.Push(c))
	return nil
}

func (p *Session) move(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	return p.GitHub.MoveBranch(cmp.Or(strings.Join(f[2:], ""), "alice"), f[0], f[1])
}

func (p *Session) pushPull(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 2)
	if err != nil {
		return err
	}
	age, err := readDuration(f[0])
	if err != nil {
		return err
	}
	message, name := strings.Join(f[1:], " "), fmt.Sprintf("pull/%d", number)
	p.pushed[name] = append(p.pushed[name], p.GitHub.PushToPull(number, sim.Commit{
		Message: message, AuthoredAt: p.clock.Now().Add(-age), Files: map[string]string{"pushed.txt": message},
	}))
	return nil
}

func (p *Session) openPull(_ context.Context, rest string) error {
	return p.openFrom(rest, "")
}

func (p *Session) openFork(_ context.Context, rest string) error {
	f, err := fields(rest, 4)
	if err != nil {
		return err
	}
	return p.openFrom(strings.Join(f[:3], " "), f[3])
}

func (p *Session) openFrom(rest, from string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	number, err := readNumber("the pull request", f[0])
	if err != nil {
		return err
	}
	p.GitHub.OpenPull(sim.Pull{Number: number, Author: f[1], Head: f[2], Title: strings.Join(f[3:], " "), HeadRepository: from})
	p.pull = number
	return nil
}

func (p *Session) merge(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 0)
	if err != nil {
		return err
	}
	method := sim.MergeMethod(cmp.Or(strings.Join(f, " "), string(sim.MergeCommits)))
	if err := oneOf("the method", string(method), string(sim.MergeCommits), string(sim.SquashMerge), string(sim.RebaseMerge)); err != nil {
		return err
	}
	if p.GitHub.MergePullBy(number, method) == "" {
		return errors.New("there is a conflict")
	}
	return nil
}

// closePull closes an issue or a pull request, which share their numbers.
func (p *Session) closePull(_ context.Context, rest string) error {
	if number, err := readNumber("the issue", rest); err == nil && p.GitHub.Issue(number).Number == number {
		p.GitHub.EditIssue(number, func(i *sim.Issue) { i.Closed = true })
		return nil
	}
	number, _, err := p.numbered(rest, 0)
	if err == nil {
		p.GitHub.ClosePull(number)
	}
	return err
}

func (p *Session) file(_ context.Context, rest string) error {
	branch, rest, _ := strings.Cut(rest, " ")
	path, rest, found := strings.Cut(rest, " ")
	text, err := unquote(rest)
	if err != nil || !found {
		return cmp.Or(err, errors.New("branch, path and text are needed"))
	}
	return p.write(branch, sim.Commit{Message: "Write " + path, Files: map[string]string{path: text}})
}

func (p *Session) workflow(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	text, err := p.story.section(f[len(f)-1])
	if err != nil {
		return err
	}
	return p.write("main", sim.Commit{Message: "Write " + f[0], Files: map[string]string{".github/workflows/" + f[0]: text}})
}

func (p *Session) labelled(_ context.Context, rest string) error {
	number, names, err := p.numbered(rest, 1)
	if err == nil {
		p.GitHub.Label(number, names...)
	}
	return err
}

func (p *Session) review(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 2)
	if err != nil {
		return err
	}
	if err := oneOf("the review", f[1], "APPROVED", "CHANGES_REQUESTED", "DISMISSED"); err != nil {
		return err
	}
	return p.GitHub.SubmitReview(sim.ReviewSpec{Pull: number, Login: f[0], State: f[1], Commit: strings.Join(f[2:], " ")})
}

// numbered reads the number of an existing pull request and words behind it.
func (p *Session) numbered(rest string, least int) (int, []string, error) {
	f, err := fields(rest, least+1)
	if err != nil {
		return 0, nil, err
	}
	number, err := readNumber("the pull request", f[0])
	if err == nil && p.GitHub.PullState(number) == "" {
		err = fmt.Errorf("there is no pull request %d", number)
	}
	return number, f[1:], err
}

// unquote reads a text, which in double quotes may hold Go's escapes.
func unquote(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	plain, err := strconv.Unquote(text)
	if err != nil {
		return "", errQuotes(text)
	}
	return plain, nil
}

func (p *Session) draft(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 0)
	if err != nil {
		return err
	}
	p.GitHub.EditPull(number, func(pull *sim.Pull) {
		pull.Draft = len(f) == 0
		if len(f) > 0 {
			pull.Base = f[0]
		}
	})
	return nil
}

func (p *Session) stacked(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 3)
	if err != nil {
		return err
	}
	stack, errStack := readNumber("the stack", f[1])
	position, errPosition := readNumber("the position", f[2])
	p.GitHub.EditPull(number, func(pull *sim.Pull) {
		pull.Base, pull.Stack = f[0], &sim.Stack{Number: stack, Position: position, Size: position, Base: "main"}
	})
	return errors.Join(errStack, errPosition)
}

func (p *Session) mergeState(_ context.Context, rest string) error {
	number, f, err := p.numbered(rest, 1)
	if err == nil {
		p.GitHub.EditPull(number, func(pull *sim.Pull) { pull.MergeState = f[0] })
	}
	return err
}

func (p *Session) check(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	head, err := p.head(f[1])
	if err != nil {
		return err
	}
	made := sim.Check{Commit: head, State: f[2]}
	for _, word := range f[3:] {
		if err := shapeCheck(&made, word); err != nil {
			return err
		}
	}
	for i := range checkCount(f[0]) {
		made.Name = strings.ReplaceAll(f[0], checkRange, strconv.Itoa(i+1))
		p.GitHub.Check(made)
	}
	return nil
}

// shapeCheck gives a check the form that a word names.
func shapeCheck(c *sim.Check, word string) (err error) {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "new-run":
		c.NewRun = true
	case "twin":
		c.Twin = true
	case "workflow":
		c.Workflow = value
	case "app":
		c.App = value
	case "jobs":
		c.Jobs, err = readNumber("how many jobs", value)
	default:
		err = fmt.Errorf("%q is no form of a check", word)
	}
	return err
}

// checkRange in the name of a check is replaced by each number: more checks than fit on one page.
const checkRange = "1..120"

func checkCount(name string) int {
	if strings.Contains(name, checkRange) {
		return 120
	}
	return 1
}

func (p *Session) appCheck(_ context.Context, rest string) error {
	f, err := fields(rest, 4)
	if err != nil {
		return err
	}
	f = append(f, "", "")
	return p.report(sim.Check{App: f[0], Name: f[1], State: f[3], Workflow: f[4], Event: f[5]}, f[2])
}

func (p *Session) commitStatus(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	if err := oneOf("the state", f[2], "pending", "success", "failure", "error"); err != nil {
		return err
	}
	made := sim.Check{Name: f[0], State: f[2], CommitStatus: true, Creator: strings.Join(f[3:], " ")}
	if made.Creator != "" && !p.GitHub.CanWrite(made.Creator) {
		return fmt.Errorf("%s may not write, and so not set a status", made.Creator)
	}
	return p.report(made, f[1])
}

// report puts a check on the head of a branch.
func (p *Session) report(c sim.Check, branch string) (err error) {
	if c.Commit, err = p.head(branch); err != nil {
		return err
	}
	p.GitHub.Check(c)
	return nil
}

// head returns the newest commit of a branch, or a commit that is named itself.
func (p *Session) head(branch string) (string, error) {
	head := cmp.Or(p.GitHub.Head(branch), p.GitHub.CommitOf(branch))
	if head == "" {
		return "", fmt.Errorf("there is no branch %q", branch)
	}
	return head, nil
}

func (p *Session) ruleCheck(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	app, err := readNumber("the app", f[1])
	if err == nil {
		p.GitHub.AddRule(sim.Rule{Type: "required_status_checks", Parameters: map[string]any{
			"required_status_checks": []any{map[string]any{"context": f[0], "integration_id": app}},
		}})
	}
	return err
}

func (p *Session) rule(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	if f[0] == "checks" {
		p.GitHub.RequireChecks(f[1:]...)
		return nil
	}
	if f[0] != "reviews" {
		p.GitHub.AddRule(sim.Rule{Type: f[0], Branch: f[1]})
		return nil
	}
	count, err := readNumber("how many reviews", f[1])
	if err == nil {
		p.GitHub.RequireReviews(count)
	}
	return err
}

func (p *Session) environment(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err == nil {
		p.GitHub.AddEnvironment(f[0], f[1:]...)
	}
	return err
}

func (p *Session) label(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err == nil {
		p.GitHub.AddLabel(strings.Join(f, " "))
	}
	return err
}

func (p *Session) tag(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	head, err := p.head(cmp.Or(strings.Join(f[1:], ""), "main"))
	if err != nil {
		return err
	}
	p.GitHub.TagCommit(f[0], head)
	return nil
}

func (p *Session) deleteBranch(_ context.Context, rest string) error {
	p.GitHub.DeleteBranch(rest)
	return nil
}

func (p *Session) forgotten(_ context.Context, rest string) error {
	p.GitHub.Forget(rest)
	return nil
}

func (p *Session) commentAs(ctx context.Context, rest string) error {
	if err := p.leave(ctx); err != nil {
		return err
	}
	login, rest, _ := strings.Cut(rest, " ")
	pull, rest, _ := strings.Cut(rest, " ")
	number, _, err := p.numbered(pull, 0)
	if err != nil {
		return err
	}
	body, err := unquote(rest)
	if err != nil {
		return err
	}
	p.pull, p.comment = number, p.GitHub.Comment(number, login, body)
	p.comments[number]++
	p.show.said(login, number, body)
	return p.runCommand(ctx, login, "created")
}

func (p *Session) edit(ctx context.Context, login string) error {
	if err := p.leave(ctx); err != nil {
		return err
	}
	return p.runCommand(ctx, login, "edited")
}

func (p *Session) runCommand(ctx context.Context, actor, action string) error {
	payload, err := p.commandEvent(action)
	if err != nil {
		return err
	}
	p.command = p.newRun("issue_comment", actor, payload)
	return p.call(ctx, p.command)
}

func (p *Session) react(_ context.Context, rest string) error {
	return reactTo(p.GitHub, p.said(), rest)
}

// reactTo reacts to the newest of the comments that the action wrote.
func reactTo(github *sim.GitHub, said []sim.Comment, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	if len(said) == 0 {
		return errors.New("there is no comment of Lockstep yet")
	}
	if !slices.Contains(sim.ReactionContents(), f[1]) {
		return fmt.Errorf("%q is not one of the reactions %q", f[1], sim.ReactionContents())
	}
	newest := said[len(said)-1].ID
	if len(f) == 2 {
		github.ReactAs(newest, f[0], f[1])
		return nil
	}
	count, err := readNumber("how many people", f[2])
	for i := range count {
		github.ReactAs(newest, fmt.Sprintf("%s-%d", f[0], i+1), f[1])
	}
	return err
}

func (p *Session) endJob(ctx context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	if !p.open && !p.last.Killed {
		return errors.New("the action did not output continue: there is no job to end")
	}
	if len(f) > 1 {
		duration, err := readDuration(f[1])
		if err != nil {
			return err
		}
		if err := p.advance(duration); err != nil {
			return err
		}
	}
	return p.finishAs(ctx, f[0])
}

func (p *Session) end(ctx context.Context, rest string) error {
	if !p.open {
		return nil
	}
	return p.finishAs(ctx, rest)
}

// finishAs ends the open job as a line says.
func (p *Session) finishAs(ctx context.Context, status string) error {
	if err := oneOf("the status", status, jobGoesWell, "failure", "cancelled"); err != nil {
		return err
	}
	p.show.ends(p.step, status, "")
	return p.finish(ctx, status)
}

func (p *Session) trackStep(ctx context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	event, at, _ := strings.Cut(f[0], "@")
	with, err := inputPairs(f[2:])
	if err != nil {
		return err
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	why, err := p.newTrigger(event, at, f[1])
	if err != nil {
		return err
	}
	p.show.stepped(f[1], f[0], with)
	step := p.invocationOf(why, p.tracked)
	if p.tracked == 0 { // steps of one workflow run share its number
		step = p.runOf(why)
	}
	step.with, step.goesOn = with, begins(cmp.Or(with["status"], p.inputs["status"]))
	p.tracked = 0
	if step.goesOn {
		p.tracked = step.run
	}
	if cmp.Or(with["mode"], p.inputs["mode"]) == string(config.Promote) {
		p.command = step // it can be started again, as a command can
	}
	return p.call(ctx, step)
}

// begins reports whether a status leaves a deployment open, which another step of the run then ends.
func begins(status string) bool {
	state, known := config.ParseStatus(status)
	return known && !state.Terminal()
}

// inputPairs reads inputs of the form NAME=VALUE.
func inputPairs(words []string) (map[string]string, error) {
	all := pairs(words)
	return all, checkInputs(slices.Sorted(maps.Keys(all))...)
}

// pairs reads words of the form NAME=VALUE.
func pairs(words []string) map[string]string {
	all := map[string]string{}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		all[name] = value
	}
	return all
}

func (p *Session) deployed(_ context.Context, rest string) error {
	f, err := fields(rest, 4)
	if err != nil {
		return err
	}
	made := sim.DeploymentSpec{Environment: f[0], Ref: f[1], SHA: p.GitHub.Head(f[1]), Creator: f[2], State: f[3]}
	if len(f) > 4 {
		made.Payload = strings.Join(f[4:], " ")
	}
	p.GitHub.Deploy(made)
	return nil
}

func (p *Session) outcome(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	return p.setNewest(f[0], sim.Status{State: f[1], Description: strings.Join(f[2:], " ")})
}

// setNewest adds a status to the newest deployment of an environment.
func (p *Session) setNewest(environment string, status sim.Status) error {
	all := p.GitHub.Deployments(environment)
	if len(all) == 0 {
		return fmt.Errorf("nothing was deployed to %q", environment)
	}
	p.GitHub.SetDeploymentStatus(all[0].ID, status)
	return nil
}

func (p *Session) moved(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	return p.setNewest(f[0], sim.Status{State: f[2], Environment: f[1]})
}

func (p *Session) jobDeployed(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	switch {
	case err != nil:
		return err
	case p.job == nil:
		return errors.New("there is no run yet")
	}
	of := p.job.environment
	id := p.GitHub.JobDeployment(f[0], of["GITHUB_SHA"])
	p.GitHub.SetDeploymentStatus(id, sim.Status{State: f[1], LogURL: of["GITHUB_SERVER_URL"] + "/" + of["GITHUB_REPOSITORY"] + "/actions/runs/" + of["GITHUB_RUN_ID"] + "/job/1"})
	return nil
}

func (p *Session) forged(_ context.Context, rest string) error {
	f := strings.SplitN(rest, " ", 5)
	if len(f) < 5 {
		return errors.New("5 words are needed")
	}
	var payload any = f[4]
	var object map[string]any
	if json.Unmarshal([]byte(f[4]), &object) == nil {
		payload = object
	}
	sha, err := p.head(f[1])
	if err != nil {
		return err
	}
	p.GitHub.Deploy(sim.DeploymentSpec{Environment: f[0], Ref: f[1], SHA: sha, Creator: f[2], State: f[3], Payload: payload})
	return nil
}

func (p *Session) locked(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	lock := sim.Lock{Environment: environmentOf(f[0]), Owner: f[1], Pull: p.pull, CreatedAt: p.clock.Now()}
	f = f[2:]
	for len(f) > 0 && shape(&lock, f[0]) {
		f = f[1:]
	}
	if len(f) > 0 {
		if number, err := strconv.Atoi(f[0]); err == nil {
			lock.Pull, f = number, f[1:]
		}
	}
	lock.Reason = strings.Join(f, " ")
	return p.GitHub.Lock(lock)
}

// shape gives a lock the form that a word names, if it names one.
func shape(lock *sim.Lock, word string) bool {
	switch word {
	case "sticky":
		lock.Deploying = false
	case "deploying":
		lock.Deploying = true
	case "global":
		lock.Environment = ""
	case "legacy", "broken", "empty":
		lock.Form = sim.LockForm(word)
	default:
		return false
	}
	return true
}

// environmentOf reads an environment, of which --global means all.
func environmentOf(word string) string {
	if word == "--global" {
		return ""
	}
	return word
}

func (p *Session) unlocked(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	return p.GitHub.Unlock(environmentOf(f[0]))
}

func (p *Session) env(_ context.Context, rest string) error {
	name, rest, _ := strings.Cut(rest, " ")
	value, err := unquote(strings.TrimSpace(rest))
	if err != nil || name == "" {
		return cmp.Or(err, errors.New("a name is needed"))
	}
	p.variables[name] = value
	return nil
}

func (p *Session) set(_ context.Context, rest string) error {
	name, value, _ := strings.Cut(rest, " ")
	value, err := unquote(strings.TrimSpace(value))
	p.inputs[name] = value
	return cmp.Or(err, checkInputs(name))
}

func (p *Session) secret(_ context.Context, rest string) error {
	value, err := unquote(rest)
	if err != nil || value == "" {
		return cmp.Or(err, errors.New("a value is needed"))
	}
	p.secrets = append(p.secrets, value)
	return nil
}

func (p *Session) setPost(_ context.Context, rest string) error {
	name, value, _ := strings.Cut(rest, " ")
	p.post[name] = strings.TrimSpace(value)
	return checkInputs(name)
}

func (p *Session) token(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	made := sim.Token{Value: "scoped-token", Login: sim.ActionsLogin}
	kinds := map[string]sim.TokenKind{"app": sim.InstallationToken, "fine-grained": sim.FineGrainedToken, "classic": sim.ClassicToken}
	if kind, known := kinds[f[0]]; known && len(f) > 1 {
		made.Kind, made.Login, f = kind, f[1], f[2:]
		p.owner = made.Login
	}
	made.Permissions = pairs(f)
	p.GitHub.AddToken(made)
	p.inputs["github_token"] = made.Value
	return nil
}

func (p *Session) pass(_ context.Context, rest string) error {
	duration, err := readDuration(rest)
	if err != nil {
		return err
	}
	return p.advance(duration)
}

func (p *Session) advance(d time.Duration) error {
	err := inRange(p.clock.Now().Add(d))
	if err == nil {
		p.clock.Advance(d)
	}
	return err
}

func (p *Session) fail(_ context.Context, rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	fault, err := readFault(f[2:])
	if err != nil {
		return err
	}
	fault.Method, fault.Path = f[0], f[1]
	p.GitHub.Fail(fault)
	return nil
}
