package rehearse_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// words are texts that try to be more than text: each tries to break out of some of the forms in which we write.
func words() map[string]string {
	return map[string]string{
		"lines": "x\r\n::error::evil\n::set-output name=continue::evil\n \t::add-mask::staging\n##[set-env name=PATH;]evil ##[error]evil\n" +
			"EOF\nghadelimiter_x\n_GitHubActionsFileCommandDelimeter_\ncontinue<<x\nevil\nx\n---\nevil: !!evil {a: *b}\n- &b",
		"markup": "](https://evil.example) ![x](https://evil.example/x.png) www.evil.example @evil @acme/evil #1 GH-1 **evil** | evil |\n\n# evil\n\n> x " +
			"<img src=x onerror=evil></details><script>evil</script><!--- pre-deploy-metadata-start -->{}<!--- pre-deploy-metadata-end --><!-- lockstep:evil -->" +
			"<!channel> <@U12345678> <https://evil.example|evil> *evil* ~evil~ &lt;!here&gt; evil",
		"fences":   "` @evil `` <b> ``` \\` evil\n```\n@evil\n~~~\n````json\n<b>",
		"controls": "evil\x00\x1b[31m\x1b]0;x\x07\x08\x7f\u0085\u009b31m\u202e\u2066\u200f\u2028\ufeff\xff\xc3( https://user:p4ssw0rd@evil.example/?key=p4ssw0rd%0A%3A%3A#x",
		"long":     strings.Repeat("evil @evil `<b> ", 3000),
	}
}

// oneLine is a word as it can stand in one line, such as a title.
func oneLine(word string) string {
	return strings.Join(strings.FieldsFunc(word, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// short is a word as long as a name can be.
func short(word string) string {
	runes := []rune(oneLine(strings.ToValidUTF8(word, "?")))
	return string(runes[:min(len(runes), 80)])
}

// ref is a word as git takes it for the name of a branch.
func ref(word string) string {
	kept := strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`~^:?*[\`, r) {
			return '-'
		}
		return r
	}, short(word))
	return strings.Trim(strings.NewReplacer("..", "-", "@{", "-", "//", "-", "/.", "-").Replace(kept), "./-") + "-x"
}

// quoted is a word as JSON.
func quoted(word string) string {
	text, _ := json.Marshal(word) // cannot fail
	return string(text)
}

// setting is a deployment of which a source changes a part.
type setting struct {
	with   map[string]string
	pull   sim.Pull
	commit sim.Commit
	before func(*rehearse.Session)
	script string // "" for a deployment that ends well
	own    bool   // the text is the workflow's own, and is in Markdown as it is
}

// source is a way by which text comes in. A further one joins by an entry.
type source struct {
	name string
	put  func(s *setting, word string)
}

func sources() []source {
	return slices.Concat(commandSources(), repositorySources(), inputSources(), answerSources())
}

// commandSources are what anyone who comments can write.
func commandSources() []source {
	comment := func(format string) func(*setting, string) {
		return func(s *setting, word string) {
			s.script = "comment alice 1 " + strconv.Quote(fmt.Sprintf(format, word)) + "\n"
		}
	}
	return []source{
		{"parameters", comment(".deploy to staging | %s")},
		{"broken parameters", comment(".deploy to staging | --a=\"%s")},
		{"unknown environment", comment(".deploy to %s")},
		{"unknown exact commit", comment(".deploy 1111111111111111111111111111111111111111 %s")},
		{"naked command", comment("deploy %s")},
		{"reason of a lock", func(s *setting, word string) {
			s.script = "comment alice 1 " + strconv.Quote(".lock staging --reason "+word) + "\ncomment bob 1 .wcid\ncomment bob 1 .deploy to staging\n"
		}},
		{"actor without permission", func(s *setting, word string) {
			s.script = "comment eve 1 " + strconv.Quote(".deploy to staging | "+word) + "\n"
		}},
	}
}

// repositorySources are what anyone who can push or open a pull request can write.
func repositorySources() []source {
	lockFile := func(sticky bool) func(*setting, string) {
		return func(s *setting, word string) {
			document := lock.Document{
				Target: lock.Target{Environment: "staging"}, Reason: word, Branch: word, CreatedBy: word, CreatedAt: time.Now(),
				UnlockCommand: word, Link: "https://github.com/acme/shop/pull/1" + word, Sticky: sticky, Tool: word, RunID: 1,
			}
			s.before = func(p *rehearse.Session) {
				p.GitHub.Push(sim.Commit{Branch: lock.Branch("staging"), Files: map[string]string{lock.File: document.Marshal()}})
			}
			s.script = "comment bob 1 .wcid staging\ncomment bob 1 .deploy to staging\n"
		}
	}
	return []source{
		{"branch", func(s *setting, word string) { s.commit.Branch, s.pull.Head = ref(word), ref(word) }},
		{"title", func(s *setting, word string) { s.pull.Title = oneLine(strings.ToValidUTF8(word, "?")) }},
		{"commit message", func(s *setting, word string) { s.commit.Message = strings.ToValidUTF8(word, "?") }},
		{"failed check", check("failure")},
		{"good check", check("success")},
		{"sticky lock", lockFile(true)},
		{"lock that was left behind", lockFile(false)},
		{"corrupt lock", func(s *setting, word string) {
			s.before = func(p *rehearse.Session) {
				p.GitHub.Push(sim.Commit{Branch: lock.Branch("staging"), Files: map[string]string{lock.File: word}})
			}
		}},
		{"broken template", template("{{ %s }}", false)},
		{"template", func(s *setting, word string) {
			template("{{ ref }} {{ params }} {{ parsed_params }}%.0s", true)(s, word)
			s.script = "comment alice 1 " + strconv.Quote(".deploy to staging | "+word) + "\n"
		}},
	}
}

func check(state string) func(*setting, string) {
	return func(s *setting, word string) {
		s.before = func(p *rehearse.Session) {
			p.GitHub.Check(sim.Check{Pull: 1, Name: short(word), State: state})
		}
	}
}

func template(format string, own bool) func(*setting, string) {
	return func(s *setting, word string) {
		s.own = own
		s.before = func(p *rehearse.Session) {
			p.GitHub.Push(sim.Commit{Branch: "main", Files: map[string]string{".github/deployment_message.md": fmt.Sprintf(format, word)}})
			p.GitHub.PushToPull(1, sim.Commit{Files: map[string]string{"a.txt": "2"}})
		}
		s.with["update_branch"] = "disabled"
	}
}

// inputSources are what a workflow can pass on from outside.
func inputSources() []source {
	input := func(name string, value func(string) string) source {
		return source{"input " + name, func(s *setting, word string) { s.with[name] = value(word) }}
	}
	step := func(name string, value func(string) string) source {
		return source{"tracked " + name, func(s *setting, word string) {
			s.with["version"], s.with["environment"], s.with["finish_on_post"] = "1", "staging", "true"
			s.with[name] = value(word)
			s.script = "step push alice status=started\n"
		}}
	}
	same := func(word string) string { return word }
	name := func(word string) string { return strings.ReplaceAll(short(word), ",", ";") }
	return []source{
		input("environment_urls", func(word string) string {
			return "staging|https://staging.example/" + strings.NewReplacer(",", ";", "|", "!").Replace(word[:min(len(word), 2000)])
		}),
		input("successful_deploy_labels", name), input("failed_deploy_labels", name),
		input("mode", same), input("checks", same), input("status", same), input("environment_targets", same), input("sinks", same), input("handoff", same),
		step("product", name), step("version", name), step("environment", name), step("artifacts", func(word string) string { return "oci=" + word }),
		step("metadata", func(word string) string {
			return `{"a":` + quoted(word) + `,` + quoted(word) + `:["ghp_0123456789abcdef"]}`
		}),
		step("status", same), step("event_type", same), step("versioner_ui_url", func(word string) string { return "https://app.versioner.io/" + word }),
		{"results", func(s *setting, word string) {
			s.own, s.script = true, "env DEPLOY_MESSAGE "+strconv.Quote(word)+"\n"+aCommand
		}},
		{"workflow, job and who starts it again", func(s *setting, word string) {
			for _, variable := range []string{"GITHUB_TRIGGERING_ACTOR", "GITHUB_WORKFLOW", "GITHUB_JOB", "GITHUB_HEAD_REF"} {
				s.script += "env " + variable + " " + strconv.Quote(word) + "\n"
			}
			s.script += aCommand
		}},
		{"handoff", func(s *setting, word string) {
			s.with["mode"], s.with["handoff"] = "finish", handedOver(word)
			s.script = "comment alice 1 x\n"
		}},
	}
}

// handedOver is what a job could say that another one has begun.
func handedOver(word string) string {
	const firstRun, sha = 9_000_000_001, "1111111111111111111111111111111111111111"
	end := plan.EndSettings{
		Rollback: message.WayOut{Command: word, SHA: word, Version: word}, Template: deploy.File{Path: word, Commit: sha}, Success: plan.Labels{Add: []string{word}}, Failure: plan.Labels{Add: []string{word}},
		Artifacts: []config.Artifact{{Type: word, Location: word}}, Metadata: []byte(`{"x":` + quoted(word) + `}`),
		Receivers: []config.Sink{{Type: "webhook", Name: "webhook", Settings: map[string]string{"signature_header": "X-Signature-256"}}, {Type: "slack", Name: word, Settings: map[string]string{"mention_on_failure": word}}},
	}
	text, _ := plan.Ledger{
		Phase: plan.Ready, RunID: firstRun, RunAttempt: 1, Pull: 1, TriggerID: 5, DeploymentID: 6, StartedCommentID: 7, Product: word, Version: word, Branch: word,
		Repository: "R_1", PullTitle: word, Checks: []plan.Check{{Name: word, Result: word}}, Outbox: []plan.PendingEvent{{Sink: "webhook", Event: []byte(quoted(word))}},
		Lock: &plan.Lock{Branch: "production-branch-deploy-lock", ClaimID: word, Attempted: true, Tip: word, Command: word},
		Subject: message.Subject{
			Actor: word, Environment: word, EnvironmentURL: "https://staging.example/" + word, Ref: word, SHA: sha, Committer: word, Params: word,
			Rollback: &message.Rollback{Version: word, Reason: word, Pull: 1}, WayBack: word,
			Live: &message.Live{SHA: word, Version: word, Counted: true, Ahead: 1}, TookOver: &message.TookOver{Owner: word, Why: word},
			RunURL: "https://github.com/acme/shop/" + word, Trigger: message.Trigger{Body: word, URL: word},
		},
		End: end,
	}.Handoff() // cannot fail: all of it can be written
	return text
}

// answerSources are what the servers say that are asked.
func answerSources() []source {
	github := func(what, method, path string, status int) source {
		return source{"GitHub about " + what, func(s *setting, word string) {
			s.before = func(p *rehearse.Session) {
				p.GitHub.Fail(sim.Fault{Method: method, Path: path, Status: status, Times: -1, Body: `{"message":` + quoted(word) + `,"errors":[{"message":` + quoted(word) + `}]}`})
			}
		}}
	}
	versioner := func(what string, before func(*sim.Versioner, string)) source {
		return source{"Versioner: " + what, func(s *setting, word string) {
			s.before = func(p *rehearse.Session) { before(p.Versioner, word) }
		}}
	}
	all := []source{
		github("permission", "GET", "/repos/*/*/collaborators/*/permission", 403),
		github("everything", "POST", "/graphql", 401),
		github("the deployment", "POST", "/repos/*/*/deployments", 422),
		github("a merge", "POST", "/repos/*/*/deployments", 202),
		github("a status", "POST", "/repos/*/*/deployments/*/statuses", 422),
		github("labels", "POST", "/repos/*/*/issues/*/labels", 422),
		github("the lock", "POST", "/repos/*/*/git/trees", 409),
		{"GitHub about a part", func(s *setting, word string) {
			s.before = func(p *rehearse.Session) {
				p.GitHub.Fail(sim.Fault{Operation: "createRef", Status: 200, Times: -1, Body: `{"data":{"createRef":null},"errors":[{"type":` + quoted(word) + `,"path":["createRef",` + quoted(word) + `],"message":` + quoted(word) + `}]}`})
			}
		}},
		versioner("refusal", func(v *sim.Versioner, word string) {
			v.Refuse(sim.Refusal{Status: 423, Code: word, Rule: word, Message: word, RetryAfter: word, Any: true, Times: -1})
		}),
		versioner("rules", func(v *sim.Versioner, word string) { v.ReportOnly(word, word) }),
		versioner("ids", func(v *sim.Versioner, word string) {
			id := quoted(word)
			v.Fail(sim.Fault{Status: 201, Times: -1, Body: `{"id":` + id + `,"version_id":` + id + `,"product_id":` + id + `,"environment_id":` + id + `}`})
		}),
		versioner("text", func(v *sim.Versioner, word string) { v.Fail(sim.Fault{Status: 400, Times: -1, Body: word}) }),
		{"other receivers", func(s *setting, word string) {
			s.before = func(p *rehearse.Session) {
				for _, receiver := range p.Receivers {
					receiver.Fail(sim.Fault{Status: 400, Times: -1, Body: word})
				}
			}
		}},
	}
	return all
}

const aCommand = "comment alice 1 .deploy to staging\n"

// newSetting is a deployment without anything odd, with every receiver told.
func newSetting() *setting {
	s := &setting{
		with: map[string]string{"product": "shop", "environment_urls": "staging|https://staging.example", "mode": "comment", "use_security_warnings": "false"},
		pull: sim.Pull{Number: 1, Author: "alice", Head: "checkout", Title: "Faster"}, commit: sim.Commit{Branch: "checkout", Message: "One", Author: "alice"},
	}
	for _, one := range stations() {
		for _, input := range one.inputs {
			name, value, _ := strings.Cut(input, ": ")
			s.with[name] = value
		}
	}
	return s
}

// TestInjection drives every word through every source, and looks at every place where text leaves the action.
func TestInjection(t *testing.T) {
	t.Parallel()
	endings := []string{"", "end success\n", "end failure\n"}
	for i, from := range sources() {
		t.Run(from.name, func(t *testing.T) {
			t.Parallel()
			for j, kind := range slices.Sorted(maps.Keys(words())) {
				s := newSetting()
				from.put(s, words()[kind])
				if s.with["version"] != "" {
					s.with["mode"] = "track"
				}
				s.script = cmp.Or(s.script, aCommand) + endings[(i+j)%len(endings)]
				inject(t, s, kind)
			}
		})
	}
}

func inject(t *testing.T, s *setting, kind string) {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	story, err := rehearse.ParseStory("injection", []byte(s.script))
	require.NoError(t, err)
	maps.Copy(story.With, s.with)
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Before: s.prepare, After: func(p *rehearse.Session) {
			for _, place := range places() {
				for _, problem := range place.look(p, s) {
					assert.Fail(t, place.name+": "+problem, "with %s, in %s", kind, s.script[:min(len(s.script), 200)])
				}
			}
		}}
		assert.NoError(t, rehearse.Run(t.Context(), story, options), "with %s", kind)
	})
}

func (s *setting) prepare(p *rehearse.Session) {
	for login, permission := range map[string]string{"alice": "write", "bob": "write", "eve": "read"} {
		p.GitHub.AddUser(sim.User{Login: login, Permission: permission})
	}
	s.commit.Files = map[string]string{"a.txt": "1"}
	p.GitHub.Push(s.commit)
	p.GitHub.OpenPull(s.pull)
	if s.before != nil {
		s.before(p)
	}
}

// place is a place where text leaves the action. A further one joins by an entry.
type place struct {
	name string
	look func(*rehearse.Session, *setting) []string // what is wrong
}

func places() []place {
	return []place{
		{"log", lookAtLog},
		{"outputs", lookAtOutputs},
		{"state", lookAtState},
		{"summary", lookAtSummary},
		{"comments", lookAtComments},
		{"locks", lookAtLocks},
		{"deployments", lookAtDeployments},
		{"messages", lookAtMessages},
		{"secrets", lookForSecrets},
	}
}

// lookAtLog wants lines that can be printed, and no command but those that we give.
func lookAtLog(p *rehearse.Session, _ *setting) []string {
	_, _, log := p.Last()
	var wrong []string
	for line := range strings.SplitSeq(strings.TrimSuffix(log, "\n"), "\n") {
		if at := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); at >= 0 {
			wrong = append(wrong, fmt.Sprintf("a control character in %.200q", line))
		}
	}
	for _, command := range runnertest.Commands(log) {
		if !slices.Contains([]string{"add-mask", "debug", "notice", "warning", "error"}, command.Name) || len(command.Properties) > 0 {
			wrong = append(wrong, fmt.Sprintf("command %.200q", command))
		}
		for line := range strings.SplitSeq(command.Data, "\n") {
			switch {
			case command.Name == "add-mask" && (line == "staging" || len(line) < 6), command.Name == "error" && line == "evil":
				wrong = append(wrong, fmt.Sprintf("a command from outside: %.200q", command))
			case strings.HasPrefix(strings.TrimSpace(line), "::"), strings.Contains(line, "##["):
				wrong = append(wrong, fmt.Sprintf("a command inside of one: %.200q", line))
			}
		}
	}
	return wrong
}

// lookAtOutputs checks that only the action outputs continue, and only for the commit that was checked.
func lookAtOutputs(p *rehearse.Session, s *setting) []string {
	_, outputs, _ := p.Last()
	var wrong []string
	for name, value := range outputs {
		if !utf8.ValidString(value) {
			wrong = append(wrong, name+" is no text")
		}
	}
	if sha := outputs["sha"]; outputs["continue"] == "true" && sha != p.GitHub.Head(s.pull.Head) {
		wrong = append(wrong, "it goes on with "+sha)
	}
	if value, given := outputs["continue"]; given && value != "true" {
		wrong = append(wrong, "continue is "+value)
	}
	for _, name := range []string{"result", "record"} {
		if text := outputs[name]; text != "" && !json.Valid([]byte(text)) {
			wrong = append(wrong, name+" is no JSON")
		}
	}
	return wrong
}

func lookAtState(p *rehearse.Session, _ *setting) []string {
	state, _ := p.Left()
	var wrong []string
	for name, text := range state {
		if name != "ledger" || !json.Valid([]byte(text)) || strings.ContainsRune(text, 0) {
			wrong = append(wrong, fmt.Sprintf("%s is %.200q", name, text))
		}
	}
	return wrong
}

func lookAtSummary(p *rehearse.Session, _ *setting) []string {
	_, summary := p.Left()
	return harm(summary)
}

func lookAtComments(p *rehearse.Session, s *setting) []string {
	var wrong []string
	for _, comment := range p.GitHub.Comments(1) {
		if !strings.HasSuffix(comment.Author, "[bot]") {
			continue
		}
		if !s.own {
			wrong = append(wrong, harm(comment.Body)...)
		}
		wrong = append(wrong, lookAtMarkers(comment.Body)...)
	}
	return wrong
}

// lookAtMarkers wants metadata that are ours, and one hidden marker.
func lookAtMarkers(body string) []string {
	var wrong []string
	for _, name := range []string{"pre-deploy-metadata", "post-deploy-metadata", "deployment-confirmation-metadata"} {
		start, end := "<!--- "+name+"-start -->", "<!--- "+name+"-end -->"
		if strings.Count(body, start) > 1 || strings.Count(body, start) != strings.Count(body, end) {
			wrong = append(wrong, "markers of "+name+" in "+body)
			continue
		}
		_, rest, found := strings.Cut(body, start)
		text, _, _ := strings.Cut(rest, end)
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if found && !json.Valid([]byte(strings.Join(lines[1:max(1, len(lines)-1)], "\n"))) {
			wrong = append(wrong, name+" is no JSON: "+text)
		}
	}
	if count := strings.Count(body, "<!-- lockstep:"); count > 1 {
		wrong = append(wrong, fmt.Sprintf("%d hidden markers", count))
	}
	if len([]rune(body)) > 65536 || strings.ContainsRune(body, 0) {
		wrong = append(wrong, "GitHub takes no such comment")
	}
	return wrong
}

// harm lists what Markdown does beyond showing words, our own links, folds and markers.
func harm(text string) []string {
	plain, wrong := markdowntest.Prose(text)
	const links = `\]\(https://(github\.com/acme/shop|staging\.example|app\.versioner\.io)[^()<>\s\x60|\\]*\)`
	plain = regexp.MustCompile(`</?(details|summary)>|<!--[^>]*-->|<https://www\.githubstatus\.com>|`+links).ReplaceAllString(plain, "]")
	plain = regexp.MustCompile(`@(alice|bob|eve)\b`).ReplaceAllString(plain, "")
	for what, pattern := range map[string]string{
		"mention": `@[0-9A-Za-z]`, "tag": `<`, "link": `\]\(|(?i)https?://|www\.`, "image": `!\[`, "heading": `(?m)^#+ evil`, "emphasis": `\*\*evil\*\*`,
		"control character": `[\x00-\x08\x0b-\x1f\x7f\x{85}\x{9b}\x{2028}\x{202e}\x{2066}]`,
	} {
		for _, found := range regexp.MustCompile(pattern).FindAllStringIndex(plain, 3) {
			wrong = append(wrong, fmt.Sprintf("%s: %.200q", what, plain[max(0, found[0]-60):min(len(plain), found[1]+60)]))
		}
	}
	return wrong
}

func lookAtLocks(p *rehearse.Session, s *setting) []string {
	text, found := p.GitHub.File("staging-branch-deploy-lock", lock.File)
	if !found || s.before != nil {
		return nil // without a file, or the source's own
	}
	document, err := lock.Parse(text)
	if err != nil || document.CreatedBy != "alice" || document.Environment != "staging" {
		return []string{text}
	}
	return nil
}

func lookAtDeployments(p *rehearse.Session, s *setting) []string {
	var wrong []string
	for _, deployment := range p.GitHub.Deployments("staging") {
		if !json.Valid(deployment.Payload) || s.with["mode"] == "comment" && deployment.Ref != s.pull.Head {
			wrong = append(wrong, fmt.Sprintf("%+v", deployment))
		}
		for _, status := range deployment.Statuses {
			if strings.Contains(status.Description, "evil") || !strings.HasPrefix(status.LogURL, "https://github.com/acme/shop/") {
				wrong = append(wrong, fmt.Sprintf("%+v", status))
			}
			if address, err := url.Parse(status.EnvironmentURL); err != nil || status.EnvironmentURL != "" && address.Host != "staging.example" {
				wrong = append(wrong, "address "+status.EnvironmentURL)
			}
		}
	}
	return wrong
}

// lookAtMessages looks at what receivers get. They hold it to the rules of their services by themselves.
func lookAtMessages(p *rehearse.Session, _ *setting) []string {
	var wrong []string
	for _, message := range p.Receivers["slack"].Messages() {
		wrong = append(wrong, lookAtMarkup(message.Body)...)
	}
	var messages []sim.Message
	for _, receiver := range p.Receivers {
		messages = append(messages, receiver.Messages()...)
	}
	for _, message := range messages {
		for name, values := range message.Header {
			if strings.ContainsFunc(strings.Join(values, ""), func(r rune) bool { return r < ' ' || r > '~' }) {
				wrong = append(wrong, fmt.Sprintf("header %s: %.200q", name, values))
			}
		}
		if !json.Valid(message.Body) || !utf8.Valid(message.Body) {
			wrong = append(wrong, fmt.Sprintf("no JSON: %.200q", message.Body))
		}
	}
	for _, event := range p.Versioner.Events() {
		if !json.Valid(event.Body) || strings.Contains(string(event.Body), "ghp_") {
			wrong = append(wrong, fmt.Sprintf("Versioner: %.200q", event.Body))
		}
	}
	return wrong
}

// lookAtMarkup wants no mention and no address but ours in a message to Slack. Headings have no markup.
func lookAtMarkup(body []byte) []string {
	type text struct{ Type, Text string }
	var message struct {
		Text   string
		Blocks []struct {
			Text             text
			Fields, Elements []text
		}
	}
	_ = json.Unmarshal(body, &message) // other checks find what is not JSON
	var markup strings.Builder
	markup.WriteString(message.Text)
	for _, block := range message.Blocks {
		for _, one := range slices.Concat(block.Fields, block.Elements, []text{block.Text}) {
			if one.Type == "mrkdwn" {
				markup.WriteString("\n" + one.Text)
			}
		}
	}
	var wrong []string
	for _, found := range regexp.MustCompile(`<[^>]*`).FindAllString(markup.String(), -1) {
		if !strings.HasPrefix(found, "<https://github.com/acme/shop/") && !strings.HasPrefix(found, "<https://staging.example") {
			wrong = append(wrong, fmt.Sprintf("Slack: %.200q", found))
		}
	}
	return wrong
}

// lookForSecrets wants what has the form of one to be nowhere.
func lookForSecrets(p *rehearse.Session, _ *setting) []string {
	_, outputs, log := p.Last()
	state, summary := p.Left()
	if all := fmt.Sprint(outputs, state, log, summary); strings.Contains(all, "ghp_0123456789abcdef") {
		return []string{"a secret in the metadata was kept"}
	}
	return nil
}

// The table must find what it is there for.
func TestHarmOfInjections(t *testing.T) {
	for text, what := range map[string]string{
		"@evil": "mention", "<b>": "tag", "[x](https://evil.example)": "link", "https://evil.example": "link", "![x](https://github.com/acme/shop/x)": "image",
		"# evil": "heading", "**evil**": "emphasis", "a\u202eb": "control", "```\nx": "open fence", "a ` b": "open code span",
	} {
		t.Run(text, func(t *testing.T) {
			found := harm(text)
			assert.True(t, slices.ContainsFunc(found, func(one string) bool { return strings.HasPrefix(one, what) }), "%q: %q", text, found)
		})
	}
	assert.Empty(t, harm("**alice** [run](https://github.com/acme/shop/actions/runs/1) `@evil <b>`\n\n<details><summary>Details</summary>\n\n</details>\n"))
	assert.NotEmpty(t, lookAtMarkers("<!--- pre-deploy-metadata-start -->"))
	assert.NotEmpty(t, lookAtMarkers("<!--- pre-deploy-metadata-start -->\n```\n{\n```\n<!--- pre-deploy-metadata-end -->"))
	assert.NotEmpty(t, lookAtMarkers("<!-- lockstep:a --><!-- lockstep:b -->"))
	assert.Empty(t, lookAtMarkers("<!--- pre-deploy-metadata-start -->\n\n```json\n{}\n```\n\n<!--- pre-deploy-metadata-end -->\n<!-- lockstep:a -->"))
}
