package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
)

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
