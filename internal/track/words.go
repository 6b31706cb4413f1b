package track

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/lockstep-action/lockstep/internal/config"
)

func chatEvents() []string {
	return []string{
		"deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted", "deployment.blocked", rolledBack,
	}
}

func happened(e Event) (sign, words string) {
	words = "Deployment of " + e.Product
	if e.kind() == Build {
		words = "Build of " + e.Product
	}
	if e.Environment != "" {
		words += " to " + e.Environment
	}
	if e.change() == Rollback && e.State == config.Completed {
		return "↩️", words + " is done: a rollback"
	}
	switch e.State {
	case config.Pending:
		return "⏳", words + " is waiting"
	case config.Started:
		return "🔄", words + " has started"
	case config.Completed:
		return "✅", words + " is done"
	case config.Failed:
		return "❌", words + " has failed"
	case config.Aborted:
		return "🚫", words + " was stopped"
	case Blocked:
		return "⛔", words + " was not allowed to start"
	}
	return "", words
}

func details(e Event) string {
	facts := []string{e.Version}
	if e.Actor.Login != "" {
		facts = append(facts, "by "+e.Actor.Login)
	}
	text := strings.TrimSpace(strings.Join(facts, " "))
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

type fact struct{ name, value string }

func reason(e Event) string {
	if e.State == Blocked {
		said := strings.Fields(strings.Join([]string{e.Block.Code, e.Block.Rule, e.Block.Message}, " "))
		return cmp.Or(strings.Join(said, " "), e.Error)
	}
	return e.Error
}

func took(e Event) string {
	if e.duration() == 0 {
		return ""
	}
	return e.duration().String()
}

func shortSHA(sha string) string { return sha[:min(len(sha), 7)] }

func pages(e Event, limit int) []fact {
	var all []fact
	for _, page := range []fact{
		{"Workflow run", e.GitHub.RunURL}, {"Pull request", e.SCM.pullURL()}, {"Commit", e.SCM.commitURL()}, {"Environment", e.EnvironmentURL},
	} {
		address, err := url.Parse(page.value)
		web := err == nil && address.Host != "" && (address.Scheme == "https" || address.Scheme == "http")
		if web && len(address.String()) <= limit {
			all = append(all, fact{page.name, address.String()})
		}
	}
	return all
}

func oneLine(text string, limit int) string {
	return shorten(text, limit, func(r rune) string { return string(r) })
}

func shorten(text string, limit int, spell func(rune) string) string {
	var b strings.Builder
	size, end := 0, 0 // end is where an ellipsis still fits
	for _, r := range text {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			r = ' '
		}
		spelt := spell(r)
		if size += len(utf16.Encode([]rune(spelt))); size > limit {
			return b.String()[:end] + "…"
		}
		b.WriteString(spelt)
		if size < limit {
			end = b.Len()
		}
	}
	return b.String()
}

// percentEncode spells the bytes of a text by their numbers where they have a meaning.
func percentEncode(text string, special func(byte) bool) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if special(c) {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
