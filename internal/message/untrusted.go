package message

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The Markdown in this file is not ours: the workflow's own text, and the text of a template. It is shown as it
// is, and must not affect the rest of the comment.

// hiddenMark begins the markers by which comments are found again.
const hiddenMark = "<!-- lockstep"

// unmarked keeps foreign text from passing for our metadata or a hidden marker, without a visible difference.
func unmarked(text string) string {
	return disguise(plainLines(text), startName, resultName, confirmationName, hiddenMark)
}

func disguise(text string, words ...string) string {
	for _, word := range words {
		middle := len(word) / 2
		text = strings.ReplaceAll(text, word, word[:middle]+"\u200d"+word[middle:])
	}
	return text
}

// plainLines leaves tabs, line breaks of one kind, and no other control characters.
func plainLines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// resultsFold folds foreign text away, "" for none. The rest of the comment takes that many UTF-16 code units.
func resultsFold(s Subject, text string, taken int) string {
	const opening, closing = "<details><summary>Show Results</summary>\n\n", "\n</details>\n\n"
	if js.Trim(text) == "" {
		return ""
	}
	return opening + truncate(s, openBlocks(text), taken+len(opening+closing)) + closing
}

// truncate keeps as many whole lines as fit next to the rest of the comment, and closes what they leave open.
func truncate(s Subject, text string, taken int) string {
	text = strings.TrimRight(text, "\n") + "\n"
	notice := fmt.Sprintf("\n… (truncated: GitHub's comment size limit; see the %s)\n", markdown.Link("run's log", s.RunURL))
	room := maxComment - reserved - taken
	kept, closing := keep(text, room, new(untrusted))
	if kept == len(text) {
		return text + closing
	}
	kept, closing = keep(text, room-js.UTF16Len(notice), new(untrusted))
	return text[:kept] + closing + notice
}

var (
	foldTags   = regexp.MustCompile(`(?i)</?details\b`)
	htmlBlocks = regexp.MustCompile(`(?i)<(!|\?|pre|script|style|textarea)`)
)

// openBlocks makes plain text of ends of folds without a beginning: they would end the fold around the text.
func openBlocks(text string) string {
	var b strings.Builder
	var code opened
	folds := 0
	for line := range strings.Lines(text) {
		if code.read(line); code.fence == "" {
			line = foldTags.ReplaceAllStringFunc(line, func(tag string) string {
				before := folds
				if folds = balanceDetails(folds, tag); folds == before {
					return "&lt;" + tag[1:]
				}
				return tag
			})
		}
		b.WriteString(line)
	}
	return b.String()
}

func balanceDetails(folds int, tag string) int {
	if strings.HasPrefix(tag, "</") {
		return max(0, folds-1)
	}
	return folds + 1
}

// untrusted is what foreign lines leave open, as far as one can tell without a complete parser.
type untrusted struct {
	openState
	ended openState // the state that ends belongs to
	ends  string
}

type openState struct {
	code          opened
	comment       bool
	folds         int
	ticks, tildes int  // the longest runs
	html          bool // something looks like a comment, or like an HTML block
}

func (g *untrusted) read(line string) {
	g.ticks, g.tildes = max(g.ticks, markdown.LongestRun(line, '`')), max(g.tildes, markdown.LongestRun(line, '~'))
	marked := strings.Contains(line, "<")
	g.html = g.html || (marked && htmlBlocks.MatchString(line))
	closes := strings.Contains(line, "-->")
	if g.comment {
		g.comment = !closes
		return
	}
	if g.code.read(line); g.code.fence != "" || !marked {
		return
	}
	g.comment = strings.HasPrefix(strings.TrimSpace(line), "<!--") && !closes
	for _, tag := range foldTags.FindAllString(line, -1) {
		g.folds = balanceDetails(g.folds, tag)
	}
}

func (g *untrusted) closing() string {
	if g.openState != g.ended {
		g.ended, g.ends = g.openState, g.end()
	}
	return g.ends
}

func endsOf(text string) string {
	g := new(untrusted)
	for line := range strings.Lines(text) {
		g.read(line)
	}
	return g.closing()
}

// end returns what ends the open blocks. The ends in comments are for the case that more is open than it seems,
// such as a fence behind one that began in a list: they show nothing, and do nothing when nothing is open.
func (g openState) end() string {
	const html = "<!-- ?> ]]> </pre> -->\n" // ends every HTML block
	var b strings.Builder
	if g.code.fence != "" {
		b.WriteString(g.code.fence + "\n")
	}
	for _, fence := range []string{strings.Repeat("`", g.ticks), strings.Repeat("~", g.tildes)} {
		if len(fence) >= shortestFence {
			b.WriteString("\n<!--\n" + fence + "\n" + html)
		}
	}
	if b.Len() == 0 && g.html {
		b.WriteString("\n" + html)
	}
	return b.String() + strings.Repeat("\n</details>\n", g.folds)
}

const (
	// maxComment is the longest comment that GitHub takes, in UTF-16 code units.
	maxComment = 65536

	// reserved is what comments on results leave free for notes and the marker.
	reserved = 2000

	// maxNotes is how much of it notes take.
	maxNotes = 1600
)

// Limit puts a tail, notes and the hidden marker, behind a comment. It cuts a comment that would be too long
// between two lines, and closes a fence or fold that the cut leaves open: code spans never span lines.
func Limit(body, tail string) string {
	const notice = "… (truncated: GitHub's comment size limit)\n\n"
	// No text in the body passes for the marker.
	body = strings.TrimRight(disguise(body, hiddenMark), "\n") + "\n"
	full := body + "\n" + tail
	if js.UTF16Len(full) <= maxComment {
		return full
	}
	kept, closing := keep(body, maxComment-js.UTF16Len(notice+tail), new(opened))
	return body[:kept] + closing + notice + tail
}

// Notes shows what people have to clean up themselves, one quoted warning each, "" for nothing. It counts
// those that there is no room for.
func Notes(problems []string) string {
	var b strings.Builder
	left := 0
	for _, problem := range problems {
		note := "> ⚠️ " + strings.ReplaceAll(problem, "\n", "\n> ") + "\n\n"
		if js.UTF16Len(b.String()+note) > maxNotes {
			left++
			continue
		}
		b.WriteString(note)
	}
	if left > 0 {
		fmt.Fprintf(&b, "> ⚠️ More cleanup needed: see the run's log for %s.\n\n", deploy.Plural(left, "more problem"))
	}
	return b.String()
}

// reader reads lines of Markdown, and returns what ends what they leave open, in plain ASCII.
type reader interface {
	read(line string)
	closing() string
}

// keep returns how many bytes of a text fit the room in UTF-16 code units and whole lines, and what must follow.
func keep(text string, room int, open reader) (kept int, closing string) {
	for line := range strings.Lines(text) {
		open.read(line)
		room -= js.UTF16Len(line)
		ends := open.closing()
		if len(ends) > room {
			break
		}
		kept, closing = kept+len(line), ends
	}
	return kept, closing
}

// shortestFence is the least number of backticks or tildes that begin a code block.
const shortestFence = 3

// opened is what the lines so far leave open.
type opened struct {
	fence string // what ends the code block, "" outside of one
	folds int
}

func (o *opened) read(line string) {
	text := strings.TrimSpace(line)
	fence, rest := fenceIn(text)
	switch {
	case o.fence != "":
		if rest == "" && strings.HasPrefix(fence, o.fence) {
			o.fence = ""
		}
	case len(fence) >= shortestFence && (fence[0] == '~' || !strings.Contains(rest, "`")):
		o.fence = fence
	case strings.HasPrefix(text, "<details>"):
		o.folds++
	case strings.HasPrefix(text, "</details>"):
		o.folds--
	}
}

func fenceIn(text string) (fence, rest string) {
	rest = strings.TrimLeft(text, "`")
	if rest == text {
		rest = strings.TrimLeft(text, "~")
	}
	return text[:len(text)-len(rest)], rest
}

func (o *opened) closing() string {
	text := "\n"
	if o.fence != "" {
		text = o.fence + "\n\n"
	}
	return text + strings.Repeat("</details>\n\n", max(0, o.folds))
}
