package playground

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// viewer looks at a stage.
type viewer struct {
	scene  rehearse.Scene
	stage  *rehearse.Stage
	github *sim.GitHub
}

func viewOf(stage *rehearse.Stage, title string) *View {
	v := viewer{stage: stage, github: stage.GitHub(), scene: stage.Scene()}
	rules := v.rules()
	return &View{
		Title: title, Began: moment(stage.Began()), Now: moment(stage.Now()), Running: v.scene.Running, JobOpen: v.scene.Open, Pull: v.pull(), Timeline: v.timeline(),
		Environments: v.environments(rules.Text), Deployments: list(v.github.Deployments(""), deploymentOf), Events: v.events(), Users: v.users(),
		Inputs: v.scene.Inputs, Rules: rules, Broken: append([]string{}, stage.Broken()...),
	}
}

// moment is a time as the page gets it.
func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// list converts each element; the page gets an empty list rather than null.
func list[A, B any](all []A, convert func(A) B) []B {
	converted := make([]B, len(all))
	for i, one := range all {
		converted[i] = convert(one)
	}
	return converted
}

func (v *viewer) pull() *Pull {
	found, exists := v.github.Pull(v.scene.Pull)
	if !exists {
		return nil
	}
	head := v.github.PullHead(found.Number)
	return &Pull{
		Number: found.Number, Title: found.Title, Author: found.Author, Head: found.Head, Base: found.Base, SHA: head,
		State: strings.ToLower(v.github.PullState(found.Number)), Labels: append([]string{}, v.github.Labels(found.Number)...),
		Checks: list(v.github.Checks(head), checkOf),
		Reviews: list(v.github.Reviews(found.Number), func(r sim.Review) Review {
			return Review{User: r.Login, State: r.State, Stale: r.Commit != head}
		}),
	}
}

func checkOf(c sim.Check) Check {
	state := "failure"
	switch strings.ToLower(c.State) {
	case "success", "neutral", "skipped":
		state = "success"
	case "queued", "in_progress", "pending", "waiting", "requested", "expected":
		state = "pending"
	}
	return Check{Name: c.Name, State: state}
}

// timeline puts each step behind the comments that were there when it began: behind the command, before the answer.
func (v *viewer) timeline() []Entry {
	steps := slices.DeleteFunc(v.stage.Steps(), func(s rehearse.StageStep) bool { return s.Pull != v.scene.Pull || isIdle(s) })
	timeline := []Entry{}
	for _, comment := range v.github.Comments(v.scene.Pull) {
		for len(steps) > 0 && steps[0].After < comment.ID {
			timeline, steps = append(timeline, Entry{Step: stepOf(steps[0])}), steps[1:]
		}
		timeline = append(timeline, Entry{Comment: v.comment(comment)})
	}
	for _, step := range steps {
		timeline = append(timeline, Entry{Step: stepOf(step)})
	}
	return timeline
}

// isIdle reports whether a post part had nothing to do.
func isIdle(s rehearse.StageStep) bool {
	return s.Post && s.Exit == 0 && s.Requests == 0 && len(s.Trace.Findings)+len(s.Trace.Effects) == 0
}

func (v *viewer) comment(c sim.Comment) *Comment {
	shown := &Comment{
		ID: c.ID, Author: c.Author, Bot: v.scene.Wrote(c), HTML: Render(c.Body), Reactions: []Reaction{},
		Question: v.scene.Running && v.scene.Polled[c.ID], At: moment(c.CreatedAt),
	}
	for _, one := range c.Reactions {
		answers := one.Login == v.scene.Actor && (one.Content == "+1" || one.Content == "-1")
		shown.Question = shown.Question && !answers
		at := slices.IndexFunc(shown.Reactions, func(r Reaction) bool { return r.Content == one.Content })
		if at < 0 {
			at, shown.Reactions = len(shown.Reactions), append(shown.Reactions, Reaction{Content: one.Content})
		}
		shown.Reactions[at].Users = append(shown.Reactions[at].Users, one.Login)
	}
	return shown
}

// maskCommand tells the runner to hide a text. No log shows it.
var maskCommand = regexp.MustCompile(`(?m)^::add-mask::.*\n?`)

func stepOf(s rehearse.StageStep) *Step {
	step := &Step{
		Post: s.Post, Exit: s.Exit, Decision: s.Outputs["decision"], Reason: s.Outputs["reason_code"], Findings: []Finding{}, Effects: []Effect{},
		Outputs: map[string]string{}, Requests: s.Requests, Summary: Render(s.Summary), Log: maskCommand.ReplaceAllString(s.Log, ""),
		Event: s.Event, Actor: s.Actor, Killed: s.Killed, Cancelled: s.Cancelled,
	}
	for _, one := range s.Trace.Findings {
		step.Findings = append(step.Findings, Finding{Gate: one.Gate, Verdict: one.Level.String(), HTML: renderLine(one.Text)})
	}
	for _, one := range s.Trace.Effects {
		effect := Effect{Text: one.What}
		if one.Err != nil {
			effect.Error = one.Err.Error()
		}
		step.Effects = append(step.Effects, effect)
	}
	for name, value := range s.Outputs {
		if value != "" {
			step.Outputs[name] = value
		}
	}
	return step
}

func deploymentOf(d sim.Deployment) Deployment {
	shown := Deployment{ID: d.ID, Environment: d.Environment, SHA: d.SHA, Ref: d.Ref, By: d.Creator, State: "pending", Statuses: []string{}, At: moment(d.CreatedAt)}
	var payload struct {
		Actor string `json:"actor"`
	}
	if json.Unmarshal(d.Payload, &payload) == nil {
		shown.By = cmp.Or(payload.Actor, d.Creator)
	}
	for _, one := range slices.Backward(d.Statuses) {
		shown.Statuses = append(shown.Statuses, one.State)
		shown.State = one.State
	}
	return shown
}

// events are what all receivers got, in the order in which it came.
func (v *viewer) events() []Event {
	type received struct {
		Event
		at time.Time
	}
	var all []received
	for _, one := range v.stage.Versioner().Events() {
		all = append(all, received{Event{"versioner", one.Kind + " " + one.State, indented(one.Body), moment(one.Received)}, one.Received})
	}
	receivers := v.stage.Receivers()
	for _, name := range slices.Sorted(maps.Keys(receivers)) {
		for _, one := range receivers[name].Messages() {
			headline, _, _ := strings.Cut(strings.TrimSpace(cmp.Or(one.Type, one.Text)), "\n")
			all = append(all, received{Event{name, cmp.Or(headline, "message"), indented(one.Body), moment(one.Received)}, one.Received})
		}
	}
	slices.SortStableFunc(all, func(a, b received) int { return a.at.Compare(b.at) })
	return list(all, func(r received) Event { return r.Event })
}

// indented is JSON as people read it, or the text itself.
func indented(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return string(body)
	}
	return b.String()
}

// organization owns the repository of every story.
const organization = "acme"

// users are the people who can type: no apps, and not the organization.
func (v *viewer) users() []User {
	people := slices.DeleteFunc(v.github.Users(), func(u sim.User) bool {
		return strings.HasSuffix(u.Login, "[bot]") || u.Login == organization
	})
	return list(people, func(u sim.User) User { return User{Login: u.Login, Role: u.RoleName} })
}

// rules are the rules file as the default branch has it.
func (v *viewer) rules() Rules {
	path := v.scene.Input("policy_path")
	if path == "auto" {
		path = config.DefaultPolicyPath
	}
	text, found := v.github.File("main", path)
	if !found {
		return Rules{Problems: []RuleProblem{}}
	}
	return Rules{Text: text, Problems: CheckRules(text)}
}
