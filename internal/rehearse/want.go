package rehearse

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// Want is something that a line beginning with want can expect.
type Want struct {
	Usage string // what follows want
	Does  string // in a few words

	least int // how many words follow the first one
	check func(*Session, []string) error
}

// Wants lists everything that can be expected.
func Wants() []Want {
	return []Want{
		{"exit STATUS", "The step's exit status.", 1, (*Session).wantExit},
		{"output NAME VALUE", "The output has this value.", 1, (*Session).wantOutput},
		{"output-holds NAME TEXT", "The output contains TEXT.", 2, (*Session).wantOutputHolds},
		{"no output NAME", "The output is not set; also `no comment`, `no deployment ENVIRONMENT`, `no lock ENVIRONMENT`, `no requests`.", 1, (*Session).wantNo},
		{"comment TEXT", "Lockstep's newest comment contains TEXT.", 1, (*Session).wantComment},
		{"said N TEXT", "The N-th newest does.", 2, (*Session).wantSaid},
		{"comments COUNT", "Lockstep's comments, counted.", 1, (*Session).wantComments},
		{"labels NAME…", "Exactly these labels.", 1, (*Session).wantLabels},
		{"reaction CONTENT…", "Exactly these reactions to the command.", 1, (*Session).wantReaction},
		{"deployment ENVIRONMENT STATE [BRANCH]", "The newest deployment's status and commit.", 2, (*Session).wantDeployment},
		{"status NAME STATE BRANCH", "The newest commit status.", 3, (*Session).wantStatus},
		{"deployments ENVIRONMENT COUNT", "The environment's deployments, counted.", 2, (*Session).wantDeployments},
		{"lock ENVIRONMENT LOGIN", "The user has this lock.", 2, (*Session).wantLock},
		{"lock-field ENVIRONMENT FIELD VALUE", "A field of the lock's file.", 3, (*Session).wantLockField},
		{"events STATE…", "The deployment events that the tracking endpoint got.", 1, (*Session).wantEvents},
		{"builds STATE…", "The build events.", 1, (*Session).wantBuilds},
		{"tracked FIELD VALUE", "A field of the newest event, or `absent`.", 2, (*Session).wantTrackedField},
		{"webhook TYPE…", "What the webhook got, such as `deployment.started`.", 1, (*Session).wantWebhook},
		{"cdevents TYPE…", "What the CDEvents receiver got, such as `service.upgraded`.", 1, (*Session).wantCDEvents},
		{"TYPE TEXT", "The next message to another receiver, such as `slack`; those of `pagerduty` begin with `change`, `trigger` or `resolve`.", 1, nil},
		{"asked COUNT", "The application's requests, counted.", 1, (*Session).wantAsked},
		{"run STATUS", "The run is `in_progress`, `success`, `failure` or `cancelled`.", 1, (*Session).wantRun},
		{"requests N [rounds M]", "The step made at most N requests.", 1, (*Session).wantRequests},
		{"log TEXT", "The step's log contains TEXT.", 1, (*Session).wantLog},
		{"summary TEXT", "The job summary does.", 1, (*Session).wantSummary},
		{"page TEXT", "The file of `status_file`, `dora_file` or `manifest_file` does.", 1, (*Session).wantPage},
		{"dora ENVIRONMENT FIELD VALUE", "A field of `dora`, such as `change_fail_rate.count`.", 3, (*Session).wantDORA},
		{"issue NUMBER TEXT", "The issue contains TEXT.", 2, (*Session).wantIssue},
		{"record TEXT", "The output `record` and its file do.", 1, (*Session).wantRecord},
	}
}

// most is how many words may follow the first one.
func (w Want) most() int {
	words := strings.Fields(w.Usage)
	last := words[len(words)-1]
	isOpen := slices.Contains([]string{"TEXT", "VALUE", "NAME"}, last) // wantNo, with a NAME, counts its own
	if isOpen || strings.HasSuffix(last, "…") {
		return math.MaxInt
	}
	return len(words) - 1
}

// expect checks one expectation.
func (p *Session) expect(line Line) error {
	f, err := fields(line.Rest, 1)
	if err != nil {
		return err
	}
	if line.Verb == "cmp" {
		return p.compare(f)
	}
	var known []string
	for _, want := range Wants() {
		if keyword(want.Usage) == f[0] && want.check != nil {
			if len(f) <= want.least || len(f)-1 > want.most() {
				return fmt.Errorf("write: want %s", want.Usage)
			}
			return want.check(p, f[1:])
		}
		known = append(known, keyword(want.Usage))
	}
	if at := p.Receivers[f[0]]; at != nil {
		return p.wantText(f[0], at, f[1:])
	}
	return errUnknown("expectation", f[0], known)
}

func (p *Session) wantExit(f []string) error {
	if got := strconv.Itoa(p.last.Exit); got != strings.Join(f, "") {
		return fmt.Errorf("want exit %s, got %s; the log says:\n%s", strings.Join(f, ""), got, p.last.Log)
	}
	return nil
}

func (p *Session) wantOutput(f []string) error {
	want := strings.Join(f[1:], " ")
	got, set := p.last.Outputs[f[0]]
	switch {
	case !set && want == "false":
		return cmp.Or(checkOutput(f[0]), fmt.Errorf("want output %s to be \"false\", but it was not given; write: want no output %[1]s", f[0]))
	case got != want || !set:
		return cmp.Or(checkOutput(f[0]), fmt.Errorf("want output %s to be %q, got %q", f[0], want, got))
	}
	return nil
}

// checkOutput returns an error for a name that is no output of the action.
func checkOutput(name string) error {
	if slices.Contains(app.OutputNames(), name) {
		return nil
	}
	return errUnknown("output", name, app.OutputNames())
}

func (p *Session) wantNo(f []string) error {
	most, limited := map[string]int{"output": 2, "comment": 1, "deployment": 2, "lock": 2, "requests": 1}[f[0]]
	if limited && len(f) > most {
		return fmt.Errorf("nothing can follow: want no %s", strings.Join(f[:most], " "))
	}
	switch f[0] {
	case "output":
		if len(f) < 2 {
			return errors.New("the name of the output is needed")
		}
		if got, set := p.last.Outputs[f[1]]; set {
			return fmt.Errorf("want no output %s, got %q", f[1], got)
		}
		return checkOutput(f[1])
	case "comment":
		if said := p.said(); len(said) > 0 {
			return fmt.Errorf("want no comment, got:\n%s", said[len(said)-1].Body)
		}
	case "deployment":
		if all := p.GitHub.Deployments(strings.Join(f[1:], " ")); len(all) > 0 {
			return fmt.Errorf("want no deployment, got %d", len(all))
		}
	case "lock":
		return p.wantLock([]string{strings.Join(f[1:], " "), "none"})
	case "requests":
		if all := p.GitHub.Requests(); len(all) > 0 {
			return fmt.Errorf("want no requests, got %d", len(all))
		}
	default:
		return oneOf("what is not there", f[0], "output", "comment", "deployment", "lock", "requests")
	}
	return nil
}

func (p *Session) wantComment(f []string) error {
	return p.wantSaid(append([]string{"1"}, f...))
}

func (p *Session) wantSaid(f []string) error {
	said, text := p.said(), strings.Join(f[1:], " ")
	n, err := strconv.Atoi(f[0])
	switch {
	case err != nil || n < 1:
		return fmt.Errorf("%q is no number of a comment", f[0])
	case text == "":
		return errNoText
	case len(said) < n:
		return fmt.Errorf("want %d comments, got %d; the log says:\n%s", n, len(said), p.last.Log)
	case !strings.Contains(said[len(said)-n].Body, text):
		return fmt.Errorf("want a comment that holds %q, got:\n%s", text, said[len(said)-n].Body)
	}
	return nil
}

func (p *Session) wantComments(f []string) error {
	if got := strconv.Itoa(len(p.said())); got != strings.Join(f, " ") {
		return fmt.Errorf("want %s comments, got %s", strings.Join(f, " "), got)
	}
	return nil
}

func (p *Session) wantLabels(f []string) error {
	if p.pull == 0 {
		return errors.New("there is no pull request yet")
	}
	return sameWords("labels", p.GitHub.Labels(p.pull), f)
}

// sameWords compares words regardless of their order; none means no word.
func sameWords(what string, got, want []string) error {
	want = slices.DeleteFunc(slices.Sorted(slices.Values(want)), func(s string) bool { return s == "none" })
	if got = slices.Sorted(slices.Values(got)); !slices.Equal(got, want) {
		return fmt.Errorf("want %s %q, got %q", what, want, got)
	}
	return nil
}

func (p *Session) wantDeployments(f []string) error {
	if got := strconv.Itoa(len(p.GitHub.Deployments(f[0]))); got != f[1] {
		return fmt.Errorf("want %s deployments to %s, got %s", f[1], f[0], got)
	}
	return nil
}

func (p *Session) wantLock(f []string) error {
	if len(f) != 2 || f[0] == "" {
		return errors.New("environment and login are needed")
	}
	branch := sim.LockBranch(environmentOf(f[0]))
	locked := p.GitHub.Head(branch) != ""
	if f[1] == "none" && locked {
		return fmt.Errorf("want no branch %q, but it is there", branch)
	}
	if f[1] == "none" {
		return nil
	}
	return p.wantLockField([]string{f[0], "created_by", f[1]})
}

func (p *Session) wantLockField(f []string) error {
	branch := sim.LockBranch(environmentOf(f[0]))
	file, found := p.GitHub.File(branch, sim.LockFile)
	if !found {
		return fmt.Errorf("want %s in branch %q, got none; the log says:\n%s", sim.LockFile, branch, p.last.Log)
	}
	got, err := member(json.RawMessage(file), f[1:2])
	if want := strings.Join(f[2:], " "); err == nil && got != want {
		err = fmt.Errorf("want %s of lock %q to be %q, got %q", f[1], f[0], want, file)
	}
	return err
}

func (p *Session) wantReaction(f []string) error {
	var got []string
	for _, comment := range p.GitHub.Comments(p.pull) {
		if comment.ID == p.comment {
			for _, reaction := range comment.Reactions {
				got = append(got, reaction.Content)
			}
		}
	}
	return sameWords("reactions", got, f)
}

func (p *Session) wantDeployment(f []string) error {
	all := p.GitHub.Deployments(f[0])
	if len(all) == 0 {
		return fmt.Errorf("want a deployment to %s, got none; the log says:\n%s", f[0], p.last.Log)
	}
	newest := all[0]
	state := "none"
	if len(newest.Statuses) > 0 {
		state = newest.Statuses[0].State
	}
	if state != f[1] {
		return fmt.Errorf("want the newest deployment to %s to be %s, got %s", f[0], f[1], state)
	}
	if len(f) > 2 && newest.SHA != p.GitHub.Head(f[2]) {
		return fmt.Errorf("want the newest deployment to %s to be about %s (%s), got %s", f[0], f[2], p.GitHub.Head(f[2]), newest.SHA)
	}
	return nil
}

func (p *Session) wantStatus(f []string) error {
	head, err := p.head(f[2])
	if err != nil {
		return err
	}
	if got := cmp.Or(p.GitHub.CommitStatus(head, f[0]).State, "none"); got != f[1] {
		return fmt.Errorf("want the commit status %s of %s to be %s, got %s", f[0], f[2], f[1], got)
	}
	return nil
}

func (p *Session) wantRun(f []string) error {
	run, _ := p.workflowRun()
	if got, want := cmp.Or(run.Conclusion, run.Status), strings.Join(f, " "); got != want {
		return fmt.Errorf("want the workflow run to be %s, got %q", want, got)
	}
	return nil
}

func (p *Session) wantRequests(f []string) error {
	if len(f) > 1 && (len(f) != 3 || f[1] != "rounds") {
		return errors.New("write: want requests N [rounds M]")
	}
	most, err := readNumber("how many requests", f[0])
	if err != nil {
		return err
	}
	if got := p.GitHub.Requests(); len(got) > most {
		return fmt.Errorf("want at most %d requests, got %d", most, len(got))
	}
	if len(f) == 1 {
		return nil
	}
	rounds, err := readNumber("how many rounds", f[2])
	if err == nil && p.latency > 0 && p.GitHub.Rounds() > rounds {
		return fmt.Errorf("want at most %d rounds, got %d", rounds, p.GitHub.Rounds())
	}
	return err
}

func (p *Session) wantLog(f []string) error {
	return holds("log", p.last.Log, f)
}

func (p *Session) wantSummary(f []string) error {
	return holds("summary", p.last.Summary, f)
}

func (p *Session) wantPage(f []string) error {
	if p.job == nil {
		return errors.New("there is no step yet")
	}
	given := p.job.environment
	first, _, _ := strings.Cut(given["INPUT_MANIFEST_FILE"], ",")
	text, err := os.ReadFile(filepath.Join(given["GITHUB_WORKSPACE"], cmp.Or(given["INPUT_STATUS_FILE"], given["INPUT_DORA_FILE"], first)))
	if err != nil {
		return fmt.Errorf("want a page: %w", err)
	}
	return holds("page", string(text), f)
}

func (p *Session) wantDORA(f []string) error {
	var report struct{ Environments []json.RawMessage }
	if err := json.Unmarshal([]byte(p.last.Outputs["dora"]), &report); err != nil {
		return fmt.Errorf("read the output dora: %w", err)
	}
	for _, one := range report.Environments {
		if name, err := member(one, []string{"environment"}); err != nil || name != f[0] {
			continue
		}
		got, err := member(one, strings.Split(f[1], "."))
		if want := strings.Join(f[2:], " "); err == nil && got != want {
			err = fmt.Errorf("want %s to be %q, got %q", f[1], want, got)
		}
		return err
	}
	return fmt.Errorf("the report has no environment %q", f[0])
}

func (p *Session) wantIssue(f []string) error {
	number, err := readNumber("the issue", f[0])
	if err != nil {
		return err
	}
	return holds("issue", p.GitHub.Issue(number).Body, f[1:])
}

func (p *Session) wantRecord(f []string) error {
	if p.job == nil {
		return errors.New("there is no step yet")
	}
	given := p.last.Outputs["record"]
	file, err := os.ReadFile(filepath.Join(p.job.dir, p.last.Outputs["record_file"]))
	if err != nil {
		return fmt.Errorf("want a file of the record: %w", err)
	}
	if string(file) != given {
		return fmt.Errorf("want the file to be the record %s, got %s", given, file)
	}
	return holds("record", given, f)
}

// errNoText is of an expectation that anything would meet.
var errNoText = errors.New("a text is needed")

func holds(what, got string, f []string) error {
	text := strings.Join(f, " ")
	if text == "" {
		return errNoText
	}
	if !strings.Contains(got, text) {
		return fmt.Errorf("want the %s to hold %q, got:\n%s", what, text, got)
	}
	return nil
}

// cmp comment FILE: the newest comment of Lockstep reads as in the file, but for commits, numbers
// and times, which differ from play to play.
func (p *Session) compare(f []string) error {
	if len(f) != 2 || f[0] != "comment" {
		return fmt.Errorf("write: cmp comment FILE")
	}
	said := p.said()
	if len(said) == 0 {
		return fmt.Errorf("want a comment, got none")
	}
	got, want := Settle(said[len(said)-1].Body), strings.TrimSpace(p.story.Files[f[1]])
	if p.rewrite != nil {
		p.rewrite(f[1], got)
		return nil
	}
	if got != want {
		return fmt.Errorf("want the comment to read as in %s:\n%s\n\ngot:\n%s", f[1], want, got)
	}
	return nil
}

// unsettled is what differs from play to play, with what it is replaced by.
var unsettled = []struct { //nolint:gochecknoglobals // a table
	pattern *regexp.Regexp
	word    string
}{
	{regexp.MustCompile(`\b[0-9a-f]{40}\b`), "COMMIT"},
	{regexp.MustCompile("`[0-9a-f]{7}`"), "`COMMIT`"},
	{regexp.MustCompile(`\b[0-9]{9,}\b`), "NUMBER"},
	{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`), "TIME"},
	{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+ UTC`), "TIME"},
	{regexp.MustCompile(`\bin ([0-9]+[hms])+`), "in DURATION"},
}

// Settle replaces what differs from play to play: commits, numbers, times.
func Settle(body string) string {
	for _, one := range unsettled {
		body = one.pattern.ReplaceAllString(body, one.word)
	}
	return strings.TrimSpace(body)
}
