package message

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The Markdown in this file is not ours: the workflow's own text, and what a template makes of it. It
// is shown as it is, and must not reach beyond its place.

// hiddenMark begins every marker by which a comment is found again.
const hiddenMark = "<!-- lockstep"

// unmarked keeps foreign text from passing for our metadata or a hidden marker. A reader of the comment
// sees no difference.
func unmarked(text string) string {
	return without(plainLines(text), startName, resultName, confirmationName, hiddenMark)
}

// without makes words different from what they were, by a joiner that has no width.
func without(text string, words ...string) string {
	for _, word := range words {
		middle := len(word) / 2
		text = strings.ReplaceAll(text, word, word[:middle]+"\u200d"+word[middle:])
	}
	return text
}

// plainLines leaves line breaks of one kind, tabs, and no other control characters.
func plainLines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// resultsFold folds foreign text away, or says nothing where there is none. The rest of the comment takes
// so many UTF-16 code units.
func resultsFold(s Subject, text string, taken int) string {
	const opening, closing = "<details><summary>Show Results</summary>\n\n", "\n</details>\n\n"
	if js.Trim(text) == "" {
		return ""
	}
	return opening + truncate(s, openBlocks(text), taken+len(opening+closing)) + closing
}

// truncate keeps what GitHub has room for beside the rest of the comment, in whole lines, and ends
// whatever they leave open.
func truncate(s Subject, text string, taken int) string {
	text = strings.TrimRight(text, "\n") + "\n"
	notice := fmt.Sprintf("\n… (truncated: GitHub's comment size limit; see the %s)\n", markdown.Link("run's log", s.RunURL))
	room := maxComment - reserved - taken
	kept, closing := keep(text, room, newGuest())
	if kept == len(text) {
		return text + closing
	}
	kept, closing = keep(text, room-js.UTF16Len(notice), newGuest())
	return text[:kept] + closing + notice
}

// foldTags are the beginnings and ends of folds.
func foldTags() *regexp.Regexp { return regexp.MustCompile(`(?i)</?details\b`) }

// openBlocks makes plain text of the ends of folds that have no beginning: they would end the fold that
// the text is in.
func openBlocks(text string) string {
	var b strings.Builder
	var code opened
	folds, tags := 0, foldTags()
	for line := range strings.Lines(text) {
		if code.read(line); code.fence == "" {
			line = tags.ReplaceAllStringFunc(line, func(tag string) string {
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

// balanceDetails tells how many folds are open behind a tag. An end without a beginning ends nothing.
func balanceDetails(folds int, tag string) int {
	if strings.HasPrefix(tag, "</") {
		return max(0, folds-1)
	}
	return folds + 1
}

// untrusted is what foreign lines have opened and not closed, as far as one can tell without reading them
// as thoroughly as GitHub does.
type untrusted struct {
	guestState
	tags, markup *regexp.Regexp
	ended        guestState // the state that ends belongs to
	ends         string
}

type guestState struct {
	code          opened
	comment       bool
	folds         int
	ticks, tildes int  // the longest runs
	html          bool // something looks like a comment, or like HTML that reaches up to its own end
}

func newGuest() *untrusted {
	return &untrusted{tags: foldTags(), markup: regexp.MustCompile(`(?i)<(!|\?|pre|script|style|textarea)`)}
}

func (g *untrusted) read(line string) {
	g.ticks, g.tildes = max(g.ticks, longestRun(line, '`')), max(g.tildes, longestRun(line, '~'))
	marked := strings.Contains(line, "<")
	g.html = g.html || (marked && g.markup.MatchString(line))
	closes := strings.Contains(line, "-->")
	if g.comment {
		g.comment = !closes
		return
	}
	if g.code.read(line); g.code.fence != "" || !marked {
		return
	}
	g.comment = strings.HasPrefix(strings.TrimSpace(line), "<!--") && !closes
	for _, tag := range g.tags.FindAllString(line, -1) {
		g.folds = balanceDetails(g.folds, tag)
	}
}

// closing ends what is open.
func (g *untrusted) closing() string {
	if g.guestState != g.ended {
		g.ended, g.ends = g.guestState, g.end()
	}
	return g.ends
}

// endsOf ends what a text leaves open.
func endsOf(text string) string {
	g := newGuest()
	for line := range strings.Lines(text) {
		g.read(line)
	}
	return g.closing()
}

// end ends what is open. What stands in comments there is for the case that more is open than it seems,
// such as a fence behind one that began in a list: it shows nothing, and where nothing is open it does
// nothing.
func (g guestState) end() string {
	const html = "<!-- ?> ]]> </pre> -->\n" // ends everything that is HTML up to its own end
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

// longestRun counts the longest run of a character.
func longestRun(text string, of byte) int {
	longest := 0
	for i := strings.IndexByte(text, of); i >= 0; i = strings.IndexByte(text, of) {
		rest := strings.TrimLeft(text[i:], string(of))
		longest = max(longest, len(text[i:])-len(rest))
		text = rest
	}
	return longest
}
