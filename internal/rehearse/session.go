package rehearse

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/internal/wait"
	"github.com/lockstep-action/lockstep/testdata"
)

// Options say how to play.
type Options struct {
	Schema *sim.Schema // of LoadSchema; loaded when nil
	Pace   int         // how many times as fast as in real time the action and the simulator wait; 0 is 1
	Show   *Printer    // shows the story to people; nil shows nothing

	Latency time.Duration           // of each request to GitHub; without it rounds cannot be told and are not counted
	Prepare func(*sim.GitHub)       // prepares GitHub before the story begins; nil does not
	Before  func(*Session)          // is called before the story begins; nil is not
	After   func(*Session)          // is called when the story is over; nil is not
	Rewrite func(file, body string) // is given the comments instead of comparing them; nil compares

	Around func(*Session, http.RoundTripper) http.RoundTripper // wraps the network for each part of a step; nil does not
	Ended  func(*Session)                                      // is called when a part of a step has ended; nil is not
}

// compiled is the schema of all simulators: it takes long to compile, and never changes.
var compiled = sync.OnceValues(compileSchema) //nolint:gochecknoglobals // computed once, never changed

// LoadSchema returns GitHub's published contracts for simulators.
func LoadSchema() (*sim.Schema, error) { return compiled() }

func compileSchema() (*sim.Schema, error) {
	files := testdata.Files()
	graphql, errGraphQL := files.ReadFile("schema/github.graphql")
	openapi, errOpenAPI := files.ReadFile("schema/rest.openapi.json")
	if err := errors.Join(errGraphQL, errOpenAPI); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return sim.LoadSchema(graphql, openapi)
}

// Session is a story while it is played.
type Session struct {
	GitHub      *sim.GitHub
	Versioner   *sim.Versioner
	Receivers   map[string]*sim.Receiver // by type
	Application *sim.Application         // that is deployed

	story     Story
	hooks     *hooks
	inputs    map[string]string
	post      map[string]string // inputs that evaluate otherwise in the post part
	variables map[string]string // of the environment, besides those of the runner
	dir       string
	runs      int64
	clock     *sim.Clock    // of the story, the simulator and the action
	owner     string        // of the token that the story gave the action, "" for the workflow's own
	skew      time.Duration // of the runner's clock
	show      *Printer
	rewrite   func(file, body string)
	around    func(*Session, http.RoundTripper) http.RoundTripper
	ended     func(*Session)
	quiet     func(*Session)   // is called when a post part of a step that does not go on has ended; nil is not
	survive   func(reason any) // is given what a server panics with, nil to let it end the program

	job      *job
	step     invocation        // the newest step
	last     stage             // its newest part
	running  bool              // the action is running
	began    bool              // a line was played
	posted   bool              // the newest part is the post part
	open     bool              // main said continue, and the job has not ended yet
	command  invocation        // the newest command
	start    invocation        // the newest step that another job can finish
	handed   map[string]string // the outputs of its job, as far as the runner hands them on
	secrets  []string          // of the repository, besides the tokens that the action masks
	tracked  int64             // the workflow run whose steps track a deployment
	comment  int64             // the newest command
	pull     int
	comments map[int]int         // comments shown so far, by pull request
	pushed   map[string][]string // commits of this story, by branch
	seen     map[string]int      // messages of each kind that the story has looked at
	shown    int                 // events shown so far
	latency  time.Duration
	requests int  // to GitHub, before the newest part of a step
	lost     bool // a process was killed from outside of the story
	calls    int  // of the action so far
	expected int  // lines that expect something, so far
	unmet    int  // of these
	called   Line // that called it last, in a scenario
	problems []error
}

// Run plays a story. The error holds every expectation that was not met.
func Run(ctx context.Context, story Story, o Options) error {
	if o.Schema == nil {
		schema, err := LoadSchema()
		if err != nil {
			return err
		}
		o.Schema = schema
	}
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return fmt.Errorf("make room for the story: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over temporary folder does no harm
	p := newSession(story, o, dir)
	p.GitHub.SetLatency(o.Latency)
	if o.Prepare != nil {
		o.Prepare(p.GitHub)
	}
	if o.Before != nil {
		o.Before(p)
	}
	p.show.title(story)
	for _, line := range story.Lines {
		if err := p.line(ctx, line); err != nil {
			stopped := fmt.Errorf("story %q, line %d (%s %s): %w", story.Name, line.Number, line.Verb, line.Rest, err)
			return errors.Join(append(p.problems, stopped)...)
		}
	}
	if o.After != nil {
		o.After(p)
	}
	err = p.verdict()
	p.show.verdict(p.expected, p.unmet, len(p.problems))
	return err
}

func newSession(story Story, o Options, dir string) *Session {
	clock := sim.NewClock(o.Pace)
	if begin, given := story.begin(); given {
		clock.Advance(begin.Sub(clock.Now()))
	}
	p := &Session{
		GitHub:    sim.NewAt(clock, o.Schema, sim.Repository{Owner: owner, Name: repository, DefaultBranch: "main"}),
		Versioner: sim.NewVersioner(versionerKey), Application: sim.NewApplication(),
		clock: clock,
		story: story, dir: dir, runs: 9_000_000_000, show: o.Show, rewrite: o.Rewrite, latency: o.Latency,
		variables: map[string]string{}, post: map[string]string{}, comments: map[int]int{}, pushed: map[string][]string{}, seen: map[string]int{},
	}
	p.Receivers = map[string]*sim.Receiver{}
	for _, one := range sim.ReceiverTypes() {
		p.Receivers[one.Name] = one.New(p.clock.Now)
	}
	p.useClock(p.clock)
	p.hooks = &hooks{next: p.GitHub}
	p.observe(o)
	p.inputs = defaultInputs("sim-token")
	maps.Copy(p.inputs, story.With)
	if files := story.repository(); len(files) > 0 {
		p.pushed["main"] = []string{p.GitHub.Push(sim.Commit{Message: "Files of the repository", Files: files})}
	}
	return p
}

// begin is the moment at which the story begins, if its first line says so.
func (s *Story) begin() (moment time.Time, given bool) {
	if s.Lines[0].Verb != "at" {
		return time.Time{}, false
	}
	moment, err := readMoment(s.Lines[0].Rest)
	return moment, err == nil
}

// defaultInputs are the inputs of a step that gives none.
func defaultInputs(token string) map[string]string {
	inputs := app.DefaultInputs()
	inputs["github_token"], inputs["status"], inputs["job_status"] = token, jobGoesWell, jobGoesWell
	return inputs
}

// observe takes over the observers.
func (p *Session) observe(o Options) {
	p.around, p.ended = o.Around, o.Ended
}

// useClock sets the clock of everything that is simulated.
func (p *Session) useClock(c *sim.Clock) {
	p.clock = c
	p.GitHub.UseClock(c)
	p.Versioner.UseClock(c)
	p.Application.UseClock(c)
	for _, receiver := range p.Receivers {
		receiver.UseClock(c)
	}
}

// Now is the time in the story.
func (p *Session) Now() time.Time { return p.clock.Now() }

// Last is what the newest part of the newest step came to.
func (p *Session) Last() (exit int, outputs map[string]string, log string) {
	return p.last.Exit, p.last.Outputs, p.last.Log
}

// Left is what the newest part of the newest step wrote for the post part and for the run's page.
func (p *Session) Left() (state map[string]string, summary string) {
	return p.last.State, p.last.Summary
}

// Requests counts the requests to GitHub since the story began.
func (p *Session) Requests() int { return p.requests + len(p.GitHub.Requests()) }

// forget starts a new count of requests.
func (p *Session) forget() {
	p.requests += len(p.GitHub.Requests())
	p.GitHub.ResetRequests()
}

// verdict joins the problems of the story and of the simulated services.
func (p *Session) verdict() error {
	for _, violation := range p.GitHub.Violations() {
		p.problems = append(p.problems, fmt.Errorf("story %q: broken contract: %s", p.story.Name, violation))
	}
	servers := p.receivers()
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		for _, violation := range servers[name].Violations() {
			p.problems = append(p.problems, fmt.Errorf("story %q: broken contract of %s: %s", p.story.Name, name, violation))
		}
	}
	for _, text := range p.hooks.missed() {
		p.problems = append(p.problems, fmt.Errorf("story %q: no request held %q", p.story.Name, text))
	}
	return errors.Join(p.problems...)
}

// network is what the action can reach.
func (p *Session) network() sim.Network {
	all := sim.Network{apiHost: p.hooks, enterpriseHost: p.hooks, versionerHost: p.Versioner}
	for _, host := range p.Application.Hosts() {
		all[host] = p.hooks.around(p.Application)
	}
	for _, server := range p.Receivers {
		for _, host := range server.Hosts() {
			all[host] = server
		}
	}
	if p.survive != nil {
		for host, server := range all {
			all[host] = surviving(server, p.survive)
		}
	}
	return all
}

// invocation is one call of the action by a workflow run.
type invocation struct {
	run       int64
	attempt   int
	variables map[string]string // that describe the run
	payload   []byte            // of the event
	with      map[string]string // inputs of this step alone
	bare      bool              // it has no other inputs
	pull      int               // the pull request that it is about
	goesOn    bool              // the run goes on when the step has ended
	ends      string            // how the run ends when the step succeeds
}

// newRun starts a workflow run for an event on the default branch.
func (p *Session) newRun(event, actor string, payload []byte) invocation {
	return p.runOf(trigger{event: event, actor: actor, payload: payload, branch: "main", variables: map[string]string{}})
}

// runOf starts a workflow run.
func (p *Session) runOf(o trigger) invocation {
	p.runs++
	p.GitHub.AddRun(sim.WorkflowRun{
		ID: p.runs, Name: "deploy", Path: ".github/workflows/deploy.yml", Event: o.event, Actor: o.actor,
		HeadBranch: o.branch, HeadSHA: cmp.Or(o.sha, p.GitHub.Head(o.branch)),
		RunNumber: int(p.runs % 1000), CreatedAt: p.clock.Now(),
	})
	return p.invocationOf(o, p.runs)
}

// invocationOf is a step of a workflow run.
func (p *Session) invocationOf(o trigger, run int64) invocation {
	variables := runVariables(o.event, o.actor, p.GitHub.Head("main"), run)
	maps.Copy(variables, o.variables)
	return invocation{run: run, attempt: 1, variables: variables, payload: o.payload, pull: p.pull}
}

// call runs the main part of the action in a step of a workflow run.
func (p *Session) call(ctx context.Context, step invocation) error {
	if err := p.leave(ctx); err != nil {
		return err
	}
	if err := p.newJob(step); err != nil {
		return err
	}
	p.step, p.pull = step, step.pull
	p.calls++
	p.posted = false
	p.forget()
	var err error
	if p.last, err = p.part(ctx, (*job).main); err != nil {
		return err
	}
	p.inspect()
	p.show.step(p, "main")
	p.look()
	return p.goOn(ctx)
}

// leave ends the open job, since a story goes on with another one.
func (p *Session) leave(ctx context.Context) error {
	if p.running {
		return errors.New("the action is running already")
	}
	if !p.open {
		return nil
	}
	p.show.ends(p.step, jobGoesWell, "no line ends it")
	return p.finish(ctx, jobGoesWell)
}

func (p *Session) newJob(step invocation) error {
	dir, err := os.MkdirTemp(p.dir, "step-")
	if err != nil {
		return fmt.Errorf("make room for the step: %w", err)
	}
	inputs := maps.Clone(p.inputs)
	if step.bare {
		inputs = defaultInputs(p.inputs["github_token"])
	}
	maps.Copy(inputs, step.with)
	environment := maps.Clone(step.variables)
	maps.Copy(environment, p.variables)
	maps.Copy(environment, inputVariables(inputs))
	p.job, err = newJob(dir, environment, step.payload, app.Deps{Now: func() time.Time { return p.clock.Now().Add(p.skew) }})
	return err
}

// part runs one of the two parts of a step.
func (p *Session) part(ctx context.Context, part func(*job, context.Context) (stage, error)) (stage, error) {
	p.running = true
	defer func() { p.running = false }()
	p.job.transport = p.network()
	if p.around != nil {
		p.job.transport = p.around(p, p.job.transport)
	}
	done, err := part(p.job, wait.WithClock(ctx, p.clock))
	p.guard(done)
	return done, err
}

// maskCommand tells the runner to hide a text.
var maskCommand = regexp.MustCompile(`(?m)^::add-mask::.*$`)

// guard looks for the keys of receivers in what a part of a step leaves behind. Only the runner gets them,
// to hide them.
func (p *Session) guard(done stage) {
	var text strings.Builder
	text.WriteString(maskCommand.ReplaceAllString(done.Log, "") + done.Summary)
	for _, left := range []map[string]string{done.Outputs, done.State} {
		text.WriteString(strings.Join(slices.Collect(maps.Values(left)), "\n"))
	}
	for _, comment := range p.GitHub.Comments(p.pull) {
		text.WriteString(comment.Body)
	}
	for name, key := range keys() {
		if strings.Contains(text.String(), key) {
			p.problems = append(p.problems, fmt.Errorf("story %q: the key for %s was given away", p.story.Name, name))
		}
	}
}

// goOn does what the runner does when the main part has ended.
func (p *Session) goOn(ctx context.Context) error {
	p.open = p.last.Outputs["continue"] == "true"
	if p.last.Outputs["handoff"] != "" {
		p.start, p.handed = p.step, p.handOn(p.last)
	}
	switch {
	case p.last.Killed:
		p.GitHub.FinishRun(p.step.run, "failure")
		return nil
	case p.last.Cancelled:
		p.show.ends(p.step, "cancelled", "")
		return p.finish(ctx, "cancelled")
	case p.open:
		return nil
	}
	return p.finishQuietly(ctx)
}

// handOn returns the outputs of a job that other jobs get. The runner skips each that contains what it masks.
func (p *Session) handOn(done stage) map[string]string {
	masked := slices.Clone(p.secrets)
	for _, command := range runnertest.Commands(done.Log) {
		if command.Name == "add-mask" && command.Data != "" {
			masked = append(masked, command.Data)
		}
	}
	handed := map[string]string{}
	for name, value := range done.Outputs {
		if !slices.ContainsFunc(masked, func(secret string) bool { return strings.Contains(value, secret) }) {
			handed[name] = value
			continue
		}
		p.show.skipped(name)
	}
	return handed
}

// finish ends the open job, as the runner does when its other steps are over.
func (p *Session) finish(ctx context.Context, status string) error {
	if p.job == nil {
		return errors.New("there is no job to end")
	}
	outputs := p.last.Outputs
	p.forget()
	last, err := p.runPost(ctx, status)
	if err != nil {
		return err
	}
	merged := maps.Clone(outputs)
	maps.Copy(merged, last.Outputs)
	last.Outputs = merged
	p.last, p.open, p.posted = last, false, true
	p.inspect()
	p.show.step(p, "post")
	p.conclude(status, last.Exit)
	p.look()
	return nil
}

// runPost runs the post part of the newest step.
func (p *Session) runPost(ctx context.Context, status string) (stage, error) {
	maps.Copy(p.job.environment, p.variables)
	maps.Copy(p.job.environment, inputVariables(p.post))
	saved := p.last.State
	return p.part(ctx, func(j *job, ctx context.Context) (stage, error) { return j.post(ctx, saved, status) })
}

// conclude ends the workflow run, unless another of its jobs or steps is still to come.
func (p *Session) conclude(conclusion string, exit int) {
	if p.step.goesOn || p.leavesTheEnd() && conclusion != "cancelled" {
		return
	}
	if exit != 0 && conclusion == "success" {
		conclusion = "failure"
	}
	p.GitHub.FinishRun(p.step.run, conclusion)
}

// workflowRun is the run of the newest step as GitHub knows it.
func (p *Session) workflowRun() (sim.WorkflowRun, bool) {
	runs := p.GitHub.Runs()
	at := slices.IndexFunc(runs, func(run sim.WorkflowRun) bool { return run.ID == p.step.run })
	if at < 0 {
		return sim.WorkflowRun{}, false
	}
	return runs[at], true
}

// leavesTheEnd reports whether the workflow itself completes the deployments that it starts.
func (p *Session) leavesTheEnd() bool {
	return p.last.Outputs["handoff"] != "" && p.last.Outputs["continue"] == "true"
}

// inspect holds a part of a step to what the runner would understand of it.
func (p *Session) inspect() {
	for name := range p.last.Outputs {
		if !slices.Contains(app.OutputNames(), name) {
			p.problems = append(p.problems, fmt.Errorf("story %q: output %q is not declared", p.story.Name, name))
		}
	}
	for _, command := range runnertest.Commands(p.last.Log) {
		if !slices.Contains([]string{"add-mask", "debug", "notice", "warning", "error"}, command.Name) {
			p.problems = append(p.problems, fmt.Errorf("story %q: the log holds the command %q", p.story.Name, command.Name))
		}
	}
}

// finishQuietly runs the post part of a step that does not go on. Where main closed everything it
// has nothing to do, and what main said stays the newest.
func (p *Session) finishQuietly(ctx context.Context) error {
	status := jobGoesWell
	if p.last.Exit != 0 {
		status = "failure"
	}
	before := len(p.GitHub.Requests())
	done, err := p.runPost(ctx, status)
	if err != nil {
		return err
	}
	main := p.last
	p.last, p.posted = done, true
	if len(p.GitHub.Requests()) > before {
		p.show.ends(p.step, status, "")
		p.show.step(p, "post")
	}
	if p.quiet != nil {
		p.quiet(p)
	}
	p.last, p.posted = main, false
	if done.Exit != 0 {
		p.last.Log += done.Log
	}
	p.conclude(cmp.Or(p.step.ends, "success"), max(p.last.Exit, done.Exit))
	return nil
}

// look calls the observer of ended parts.
func (p *Session) look() {
	if p.ended != nil {
		p.ended(p)
	}
}

func (p *Session) rerun(ctx context.Context, login string) error {
	if p.command.run == 0 {
		return errors.New("no command was typed that could run again")
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	p.command = p.command.again(login)
	p.GitHub.Rerun(p.command.run, login)
	p.show.stepped(p.command.actor(), "issue_comment", nil)
	return p.call(ctx, p.command)
}

// actor is the user who started the run, or this attempt of it.
func (i invocation) actor() string { return i.variables["GITHUB_TRIGGERING_ACTOR"] }

// again is the same step in the next attempt of its run. Whose run it is stays the same; a user may have started it.
func (i invocation) again(login string) invocation {
	i.attempt++
	i.variables = maps.Clone(i.variables)
	i.variables["GITHUB_RUN_ATTEMPT"] = strconv.Itoa(i.attempt)
	i.variables["GITHUB_TRIGGERING_ACTOR"] = cmp.Or(login, i.variables["GITHUB_ACTOR"])
	return i
}

// rerunFailed starts the failed jobs of a run again. The job that started the deployment is not among them.
func (p *Session) rerunFailed(ctx context.Context, login string) error {
	if p.start.run == 0 {
		return errors.New("no run has started a deployment that another job ends")
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	if p.command.run == p.start.run {
		p.command = p.command.again(login)
	}
	p.start = p.start.again(login)
	p.GitHub.Rerun(p.start.run, login)
	p.show.stepped(p.start.actor(), p.start.variables["GITHUB_EVENT_NAME"], nil)
	return nil
}

func (p *Session) anotherJob(ctx context.Context, rest string) error {
	f, err := words(rest)
	if err != nil || p.command.run == 0 {
		return cmp.Or(err, errors.New("no command was typed whose run could have another job"))
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	step := p.command
	if step.with, err = inputPairs(f); err != nil {
		return err
	}
	step.goesOn = true
	return p.inJob(ctx, "another", step, step.with)
}

// inJob runs a step in another job of its workflow run, and shows some of its inputs.
func (p *Session) inJob(ctx context.Context, name string, step invocation, shown map[string]string) error {
	step.variables = maps.Clone(step.variables)
	step.variables["GITHUB_JOB"] = name
	p.GitHub.ResumeRun(step.run)
	p.show.stepped(step.variables["GITHUB_ACTOR"], step.variables["GITHUB_EVENT_NAME"], shown)
	return p.call(ctx, step)
}

func (p *Session) finishElsewhere(ctx context.Context, rest string) error {
	f, err := words(rest)
	if err != nil || p.start.run == 0 || len(f) == 0 {
		return cmp.Or(err, errors.New("a status is needed, and a step that has handed something over"))
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	status, step := f[0], p.start
	step.bare = len(f) > 1 && f[1] == "bare"
	step.ends, step.with = status, map[string]string{"mode": "finish", "handoff": p.handed["handoff"], "status": status}
	with, err := inputPairs(slices.DeleteFunc(f[1:], func(word string) bool { return word == "bare" }))
	if err != nil {
		return err
	}
	maps.Copy(step.with, with)
	return p.inJob(ctx, "finish", step, map[string]string{"mode": "finish", "status": status})
}

// ownPart is what branch-deploy's context does not have.
var ownPart = regexp.MustCompile(`,"lockstep":"[^"]*"}$`)

func (p *Session) resultElsewhere(ctx context.Context, rest string) error {
	f, err := words(rest)
	if err != nil || p.start.run == 0 || len(f) == 0 {
		return cmp.Or(err, errors.New("results are needed, and a step that has handed something over"))
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	results := strings.Split(f[0], ",")
	all, err := json.Marshal(results)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	step := p.start
	step.bare, step.ends = true, "success"
	if slices.ContainsFunc(results, func(one string) bool { return one != "success" }) {
		step.ends = "failure"
	}
	step.with = map[string]string{"result_mode": "true", "context": p.handed["context"], "job_results": string(all)}
	if slices.Contains(f, "foreign") {
		step.with["context"] = ownPart.ReplaceAllString(step.with["context"], "}")
	}
	with, err := inputPairs(slices.DeleteFunc(f[1:], func(word string) bool { return word == "foreign" }))
	if err != nil {
		return err
	}
	maps.Copy(step.with, with)
	return p.inJob(ctx, "result", step, map[string]string{"result_mode": "true", "job_results": string(all)})
}

func (p *Session) crash(_ context.Context, conclusion string) error {
	if run, found := p.workflowRun(); !found || run.Status == "completed" {
		return errors.New("no job is running")
	}
	p.open = false
	p.GitHub.FinishRun(p.step.run, cmp.Or(conclusion, "failure"))
	return nil
}

func (p *Session) closed(ctx context.Context, rest string) error {
	number, f, err := p.numbered(rest, 1)
	if err != nil {
		return err
	}
	if p.GitHub.PullState(number) == "OPEN" {
		return fmt.Errorf("pull request %d is open", number)
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	template, err := testdata.Files().ReadFile("events/pull_request.closed.json")
	if err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	payload, err := p.GitHub.PullEvent(template, "closed", number, f[0])
	if err != nil {
		return err
	}
	p.pull = number
	step := p.newRun("pull_request", f[0], payload)
	if step.with, err = inputPairs(f[1:]); err != nil {
		return err
	}
	if err := aboutPull(step.variables, payload); err != nil {
		return err
	}
	p.show.stepped(f[0], "pull_request", step.with)
	return p.call(ctx, step)
}

// aboutPull puts into the variables of a run what the runner takes from the payload of a pull
// request that was closed.
func aboutPull(variables map[string]string, payload []byte) error {
	var event struct {
		PullRequest struct {
			Number         int    `json:"number"`
			Merged         bool   `json:"merged"`
			MergeCommitSHA string `json:"merge_commit_sha"`
			Head           struct {
				Ref string `json:"ref"`
			} `json:"head"`
			Base struct {
				Ref string `json:"ref"`
			} `json:"base"`
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	pull := event.PullRequest
	variables["GITHUB_HEAD_REF"], variables["GITHUB_BASE_REF"], variables["GITHUB_SHA"] = pull.Head.Ref, pull.Base.Ref, pull.MergeCommitSHA
	variables["GITHUB_REF"] = fmt.Sprintf("refs/pull/%d/merge", pull.Number)
	if pull.Merged {
		variables["GITHUB_REF"] = "refs/heads/" + pull.Base.Ref
	}
	return nil
}

// commandEvent is the payload of a new comment.
func (p *Session) commandEvent(action string) ([]byte, error) {
	template, err := testdata.Files().ReadFile("events/issue_comment." + action + ".json")
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	return p.GitHub.CommentEvent(template, action, p.comment)
}

// plainEvent is the payload of an event of which nothing more is known.
func plainEvent() []byte {
	payload, _ := json.Marshal(map[string]any{"repository": map[string]any{"name": repository, "owner": map[string]string{"login": owner}}})
	return payload
}

// said are the comments that Lockstep wrote on the pull request of the newest command.
func (p *Session) said() []sim.Comment {
	var said []sim.Comment
	for _, comment := range p.GitHub.Comments(p.pull) {
		if p.Wrote(comment) {
			said = append(said, comment)
		}
	}
	return said
}

// Wrote reports whether the action wrote a comment: with the workflow's token, or with another one that the story gave it.
func (p *Session) Wrote(comment sim.Comment) bool { return wrote(comment, p.owner) }

func wrote(comment sim.Comment, owner string) bool {
	return strings.HasSuffix(comment.Author, "[bot]") || comment.Author == owner
}
