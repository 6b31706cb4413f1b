package rehearse

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// Printer shows a story as the people in it would see it. A nil Printer shows nothing.
type Printer struct {
	Out   io.Writer
	Paint Paint
	Brief bool // only what people wait for: what speaks against a command, what is done, what is answered
}

// Paint colours words; the zero value leaves them plain.
type Paint struct{ reset, bold, faint, good, bad, warn, name string }

// Colours paint for a terminal.
func Colours() Paint {
	return Paint{
		reset: "\x1b[0m", bold: "\x1b[1m", faint: "\x1b[2m",
		good: "\x1b[32m", bad: "\x1b[31m", warn: "\x1b[33m", name: "\x1b[36m",
	}
}

func (p *Printer) printf(format string, a ...any) {
	if p != nil {
		_, _ = fmt.Fprintf(p.Out, format, a...) // an error has nowhere to go
	}
}

func (p *Printer) in(colour, text string) string {
	if colour == "" {
		return text
	}
	return colour + text + p.Paint.reset
}

func (p *Printer) title(s Story) {
	if p != nil {
		p.printf("%s\n\n", p.in(p.Paint.bold, "━━ "+cmp.Or(s.Title, s.Name)))
	}
}

// said shows a comment of a person.
func (p *Printer) said(login string, pull int, body string) {
	if p != nil {
		p.printf("%s commented on #%d\n%s\n", p.in(p.Paint.name, login), pull, p.quote(body))
	}
}

// stepped shows that a workflow runs the action as a step.
func (p *Printer) stepped(login, event string, with map[string]string) {
	if p == nil {
		return
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(with)) {
		all = append(all, name+": "+with[name])
	}
	p.printf("a workflow runs for %s on %s\n%s\n", p.in(p.Paint.name, login), event, p.quote(strings.Join(all, "\n")))
}

// ends shows whose job ends, how, and why if no line of the story says so.
func (p *Printer) ends(step invocation, status, why string) {
	if p == nil {
		return
	}
	if why != "" {
		why = p.in(p.Paint.faint, " ("+why+")")
	}
	p.printf("the job of %s ends: %s%s\n", p.in(p.Paint.name, step.actor()), status, why)
}

// skipped shows that the runner hands an output on to no other job.
func (p *Printer) skipped(output string) {
	if p == nil {
		return
	}
	p.printf("  %s\n", p.in(p.Paint.faint, "Skip output '"+output+"' since it may contain secret."))
}

// step shows what the action thought, did and said in one of its parts.
func (p *Printer) step(play *Session, part string) {
	if p == nil {
		return
	}
	p.findings(play.last.Trace)
	p.annotations(play.last)
	p.effects(play.last.Trace)
	p.answers(play)
	p.ending(play, part)
}

func (p *Printer) findings(t app.Trace) {
	findings := t.Findings
	if p.Brief {
		findings = slices.DeleteFunc(slices.Clone(findings), func(f app.TraceFinding) bool { return f.Level.String() == "pass" })
		switch len(findings) {
		case len(t.Findings):
		case 0:
			p.passed("all gates let it pass")
		default:
			p.passed("the other gates let it pass")
		}
	}
	for _, f := range findings {
		p.printf("  %s %-13s %s\n", p.mark(f.Level.String()), f.Gate, p.in(p.Paint.faint, indented(f.Text)))
	}
}

// indented puts the further lines of a finding below its first one.
func indented(text string) string {
	return strings.ReplaceAll(blankLine.ReplaceAllString(text, "\n"), "\n", "\n"+strings.Repeat(" ", len("  ✘ policy        ")-len("✘")+1))
}

func (p *Printer) passed(text string) {
	p.printf("  %s %s\n", p.mark("pass"), p.in(p.Paint.faint, text))
}

func (p *Printer) mark(level string) string {
	switch level {
	case "block":
		return p.in(p.Paint.bad, "✘")
	case "warn":
		return p.in(p.Paint.warn, "!")
	}
	return p.in(p.Paint.good, "✔")
}

// annotations shows what the run's page says, but for what gates have said.
func (p *Printer) annotations(s stage) {
	marks := map[string]string{"error": "block", "warning": "warn"}
	for _, command := range runnertest.Commands(s.Log) {
		level, isShown := marks[command.Name]
		said := slices.ContainsFunc(s.Trace.Findings, func(f app.TraceFinding) bool { return strings.HasPrefix(command.Data, f.Text) })
		if isShown && !said {
			p.printf("  %s %s: %s\n", p.mark(level), command.Name, plain(command.Data))
		}
	}
}

func (p *Printer) effects(t app.Trace) {
	for _, e := range t.Effects {
		if e.Err != nil {
			p.printf("  %s %s: %v\n", p.in(p.Paint.bad, "→"), e.What, e.Err)
			continue
		}
		p.printf("  %s %s\n", p.in(p.Paint.good, "→"), e.What)
	}
}

// answers shows the comments that came since the last time.
func (p *Printer) answers(play *Session) {
	all := play.GitHub.Comments(play.pull)
	for _, comment := range all[min(len(all), play.comments[play.pull]):] {
		body := visible(comment.Body)
		if p.Brief {
			body = short(body)
		}
		p.printf("%s commented on #%d\n%s\n", p.in(p.Paint.name, "lockstep"), play.pull, p.quote(body))
	}
	play.comments[play.pull] = len(all)
}

// ending shows outputs, events and what it took.
func (p *Printer) ending(play *Session, part string) {
	for _, name := range p.outputs(part) {
		if value, set := play.last.Outputs[name]; set {
			p.printf("  %s = %s\n", p.in(p.Paint.faint, name), value)
		}
	}
	for _, event := range play.Versioner.Events()[play.shown:] {
		play.shown++
		p.printf("  %s tracking endpoint got %s\n", p.in(p.Paint.name, "●"), event.State)
	}
	p.printf("  %s\n\n", p.in(p.Paint.faint, fmt.Sprintf("%d requests to GitHub, exit %d", len(play.GitHub.Requests()), play.last.Exit)))
}

// outputs names the outputs that are shown.
func (p *Printer) outputs(part string) []string {
	switch {
	case part == "post":
		return []string{"total_seconds"}
	case p.Brief:
		return []string{"continue", "reason_code"}
	}
	return []string{"continue", "decision", "reason_code", "environment", "ref", "sha", "deployment_id", "needs_to_be_deployed"}
}

// verdict shows how many expectations are met.
func (p *Printer) verdict(expected, unmet, problems int) {
	if p == nil {
		return
	}
	text, level := count(expected, "expectation is met", "expectations are met"), "pass"
	switch {
	case unmet > 0:
		text, level = count(unmet, fmt.Sprintf("of %d expectations is not met", expected), fmt.Sprintf("of %d expectations are not met", expected)), "block"
	case problems > 0:
		text, level = text+", but there are other problems", "block"
	case expected == 0:
		text, level = "the story expects nothing: it has no line that begins with want", "warn"
	}
	p.printf("%s %s\n", p.mark(level), text)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (p *Printer) quote(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + p.in(p.Paint.faint, "│") + " " + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}

// What is shown of a comment in another way, or not at all.
var (
	fold      = regexp.MustCompile(`(?s)<details>.*?</details>`)
	hidden    = regexp.MustCompile(`(?s)<!--.*?-->`)
	address   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	blankLine = regexp.MustCompile(`\n\s*\n`)
	escaped   = regexp.MustCompile("(?s)```.*?```|``.*?``|`[^`]*`|\\\\[[:punct:]]|&lt;|&amp;") // or code, which has no others
)

// visible leaves out what a browser does not show at first: folds and hidden markers.
func visible(body string) string {
	body = fold.ReplaceAllString(body, "▸ Details")
	body = hidden.ReplaceAllString(body, "")
	return plain(strings.TrimSpace(body))
}

// plain takes the escapes of Markdown off, as a browser does.
func plain(text string) string {
	return escaped.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '`' { // inside of a table, where even code escapes a bar
			return strings.ReplaceAll(found, `\|`, "|")
		}
		return html.UnescapeString(strings.TrimPrefix(found, `\`))
	})
}

// short leaves the words of links and drops their addresses, the marks of folds and blank lines.
func short(text string) string {
	text = address.ReplaceAllString(text, "$1")
	text = strings.TrimSpace(strings.TrimSuffix(text, "▸ Details"))
	return blankLine.ReplaceAllString(text, "\n")
}
