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

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// Verb is a word that a script's line can begin with.
type Verb struct {
	Usage string // the verb and what follows it
	Does  string // one sentence

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
		{"user LOGIN PERMISSION [ROLE]", "A user with a permission (`admin`, `write`, `read`, `none`) and a role. With `deleted` the account is gone: GitHub shows no author of what it has made.", (*Session).user},
		{"push BRANCH [MESSAGE]", "A commit on a branch, which is created if need be.", (*Session).push},
		{"signed BRANCH [MESSAGE]", "A commit with a verified signature.", (*Session).signed},
		{"file BRANCH PATH TEXT", "A commit that writes a file. In double quotes the text may contain escapes.", (*Session).file},
		{"commit BRANCH PATH SECTION", "A commit that writes a file as another section of the story has it. `pull/NUMBER` is the head of that pull request, wherever it is.", (*Session).commitSection},
		{"rename BRANCH FROM TO", "A commit that moves a file.", (*Session).rename},
		{"before-request TEXT LINE", "The line is played just before the next request whose method, path or body contains the text.", (*Session).beforeRequest},
		{"delete-branch BRANCH", "The branch is deleted.", (*Session).deleteBranch},
		{"forgotten COMMIT", "GitHub no longer has the commit, as some time after a force push.", (*Session).forgotten},
		{"pull NUMBER LOGIN BRANCH [TITLE]", "A pull request into the default branch.", (*Session).openPull},
		{"fork NUMBER LOGIN BRANCH OWNER/NAME", "A pull request from another repository; `deleted` is one that is gone.", (*Session).openFork},
		{"draft NUMBER [BASE]", "The pull request becomes a draft; with a base, it wants to be merged into that branch instead.", (*Session).draft},
		{"state NUMBER MERGE-STATE", "GitHub says this of whether the pull request can be merged: `DIRTY`, `BLOCKED`, …", (*Session).mergeState},
		{"describe NUMBER SECTION", "The description of the pull request is what the section of the story says.", (*Session).describe},
		{"issue NUMBER [LABEL…] SECTION", "An issue with these labels whose text is what the section of the story says; commits such as sha(main) are filled in.", (*Session).openIssue},
		{"merge NUMBER [METHOD]", "The pull request is merged: by a merge commit, or with `squash` or `rebase`.", (*Session).merge},
		{"close NUMBER", "The pull request is closed without being merged; or the issue is closed.", (*Session).closePull},
		{"closed NUMBER LOGIN NAME=VALUE…", "The workflow runs because the user has merged or closed the pull request, with these inputs.", (*Session).closed},
		{"review NUMBER LOGIN STATE [COMMIT]", "The user reviews the head or another commit: `APPROVED` or `CHANGES_REQUESTED`; `DISMISSED` takes the user's newest review back. No one reviews an own pull request so.", (*Session).review},
		{"labelled NUMBER NAME…", "The pull request has these labels, too.", (*Session).labelled},
		{"unlabelled NUMBER NAME…", "These labels are taken off the pull request.", (*Session).unlabelled},
		{"check NAME BRANCH STATE [FORM…]", "A check of the branch's head has this state: `in_progress`, `success`, `failure`, …; `1..120` in the name makes so many. Forms are `app=NAME` (of the app, `github-actions` unless given), `workflow=NAME`, `new-run` (of the workflow), `twin` (another job of that name) and `jobs=COUNT` (how many the run makes).", (*Session).check},
		{"rule reviews COUNT", "The default branch asks for so many reviews; `rule checks NAME…` for these checks. `rule TYPE PATTERN` is a rule of that type for branches like that.", (*Session).rule},
		{"environment NAME [RULE…]", "The repository has an environment, with protection rules such as `REQUIRED_REVIEWERS`.", (*Session).environment},
		{"label NAME", "The repository has a label.", (*Session).label},
		{"team ORG/TEAM LOGIN[=STATE]…", "The users are members of the team, or with `=pending` invited only.", (*Session).team},
		{"workflow NAME [FILE]", "A commit on the default branch writes the workflow `.github/workflows/NAME`, as the story's file of that name, or another one, has it.", (*Session).workflow},
		{"comment LOGIN NUMBER TEXT", "The user comments, and the workflow runs. In double quotes the text may contain escapes.", (*Session).commentAs},
		{"edit LOGIN", "The newest comment is edited.", (*Session).edit},
		{"react LOGIN CONTENT [COUNT]", "The user reacts to the newest comment of Lockstep on the pull request; with a count so many people do, called LOGIN-1 and so on.", (*Session).react},
		{"rerun [LOGIN]", "The workflow run of the newest command is started again, by the same actor or by another user; so is that of the newest step with `mode=promote`. It is the same run's next attempt.", (*Session).rerun},
		{"rerun-failed [LOGIN]", "The failed jobs of the run that made the newest start are started again, by the same actor or by another user: it is the run's next attempt, in which the starting job keeps its outputs. `finish` then plays the job that ends it.", (*Session).rerunFailed},
		{"another-job [NAME=VALUE…]", "Another job of the workflow run of the newest command runs the action on the same comment, with these inputs.", (*Session).anotherJob},
		{"job STATUS [DURATION]", "The job's own steps end (`success`, `failure`, `cancelled`), and the post step runs.", (*Session).endJob},
		{"end STATUS", "The same, if there is a job to end.", (*Session).end},
		{"finish STATUS [bare] [NAME=VALUE…]", "Another job of the workflow run that made the newest start runs the action with `mode: finish`, what was handed over and these inputs. With `bare` it gives no other input.", (*Session).finishElsewhere},
		{"result RESULT[,RESULT…] [foreign] [NAME=VALUE…]", "The same with `result_mode: true`, as branch-deploy's workflows have it: with the output `context` and the results of the jobs in between, such as `success,skipped`. With `foreign` the context is one of branch-deploy's own.", (*Session).resultElsewhere},
		{"tampered deployment ENVIRONMENT", "Another job changes what the newest start handed over, to name the newest deployment of that environment; `tampered lock ENVIRONMENT` its lock, `tampered comment NUMBER` the comment, and `tampered field NAME=JSON` anything. With `tampered context ENVIRONMENT` the output `context` is one of branch-deploy's own that names the environment and its lock.", (*Session).tampered},
		{"secret VALUE", "The repository has a secret with this value: the runner hands no output on to other jobs that contains it.", (*Session).secret},
		{"post NAME VALUE", "An input evaluates to this in the post parts that follow, whatever it was in the main part.", (*Session).setPost},
		{"kill TEXT", "The action's process dies just before the next request that contains the text; its outputs are lost, and its workflow run fails. No post step runs, unless `job` plays one with the state saved so far.", (*Session).kill},
		{"cancel TEXT", "The job is cancelled just before the next request that contains the text: the action is told to stop, then the post step runs.", (*Session).cancel},
		{"crash [CONCLUSION]", "The runner is lost while the job runs: no post step runs, and the workflow run ends as a `failure`, or `cancelled`.", (*Session).crash},
		{"step EVENT[@REF] LOGIN NAME=VALUE…", "The action runs as a step of a workflow on another event, with these inputs; its post step runs at once. Where the status is not a final one, such as `in_progress`, the next `step` belongs to the same workflow run. Events are `push`, `workflow_dispatch` and `schedule` on a branch or on `tags/NAME`, `release` of a tag, `pull_request` with a number, `workflow_run` of a run on a branch. With `mode=promote` the job ends by a line `job`, as that of a command does.", (*Session).trackStep},
		{"tag NAME [BRANCH]", "A tag on the newest commit of a branch.", (*Session).tag},
		{"locked ENVIRONMENT LOGIN [FORM…] [PULL] [REASON]", "The user has a lock of branch-deploy; forms are `sticky` (the default), `deploying`, `legacy` (older than version 12), `broken` (the file is no lock) and `empty` (no file). `--global` is the lock of all environments.", (*Session).locked},
		{"unlocked ENVIRONMENT", "The branch of a lock is deleted by hand; `--global` for the lock of all environments.", (*Session).unlocked},
		{"set NAME VALUE", "An input changes from here on. In double quotes the value may contain escapes.", (*Session).set},
		{"env NAME VALUE", "An environment variable for the parts of steps that follow. In double quotes the value may contain escapes.", (*Session).env},
		{"token [KIND LOGIN] SCOPE=LEVEL…", "The token may do only this from here on. It is the workflow's own, or of a kind: `app`, `fine-grained` or `classic` (which has the rights of its owner).", (*Session).token},
		{"pass DURATION", "Time passes.", (*Session).pass},
		{"at MOMENT", "Time passes until then, such as `2026-12-24T10:00+01:00`. As the first line it is when the story begins, which may be in the past.", (*Session).at},
		{"fail METHOD PATH STATUS [after] [TIMES] [says MESSAGE]", "GitHub fails the next matching request; `cut`, `hang`, `slow` or `down` instead of a status, see `receiver`; `after` it took effect; `*` matches one part of a path. A 403 says that a permission is missing, unless it says something else.", (*Session).fail},
		{"tracker STATUS CODE MESSAGE [FORM] [any]", "The tracking endpoint refuses the next start, or `any` next event; the answer's form can be `bare`, `text` or `list`. `tracker down` fails everything; with `tracker report-only RULE MESSAGE` every start breaks a rule that is only reported; `tracker running PRODUCT ENVIRONMENT VERSION` is a deployment that someone else starts there.", (*Session).tracker},
		{"receiver NAME HOW [TIMES]", "`versioner`, or the receiver of a type such as `webhook`, is `gone` (nothing listens), `down` (503), `slow` (it takes a message, but answers 30 seconds later), or `up` again; with a status, `cut` or `hang` it fails so once or TIMES. `after` it took effect; `wait=SECONDS` is sent as Retry-After. The application at `https://app.example.com` is called `app`: 302 is a redirect.", (*Session).receiver},
		{"app says TEXT", "The application at `https://app.example.com` answers with this text from here on; with `late` instead of `says`, after a megabyte of something else. `app at HOST…` lets it answer at other hosts as well, such as those of your own health checks.", (*Session).app},
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
		p.clock.Advance(duration)
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
	if err == nil {
		p.clock.Advance(duration)
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
