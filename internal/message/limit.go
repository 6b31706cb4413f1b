package message

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// maxComment is the longest comment that GitHub takes, in UTF-16 code units.
const maxComment = 65536

// Limit puts the hidden marker behind a comment. Of a comment that would be too long it keeps whole
// lines: code spans are never longer than a line, and a fence or fold that the cut leaves open is
// closed, so that what was harmless stays harmless.
func Limit(body, marker string) string {
	const notice = "… (the rest is left out: GitHub takes no longer comments)\n\n"
	body = strings.TrimRight(body, "\n") + "\n"
	full := body + "\n" + marker
	if js.UTF16Len(full) <= maxComment {
		return full
	}
	return cut(body, maxComment-js.UTF16Len(notice+marker)) + notice + marker
}

// cut keeps as many lines as there is room for, in UTF-16 code units.
func cut(body string, room int) string {
	var open opened
	kept, closing := 0, ""
	for line := range strings.Lines(body) {
		open.read(line)
		room -= js.UTF16Len(line)
		if js.UTF16Len(open.closing()) > room {
			break
		}
		kept += len(line)
		closing = open.closing()
	}
	return body[:kept] + closing
}

// opened is what the lines so far have opened and not closed.
type opened struct {
	fence string // the backticks that end a block of code, "" outside of one
	folds int
}

func (o *opened) read(line string) {
	text := strings.TrimSpace(line)
	rest := strings.TrimLeft(text, "`")
	ticks := text[:len(text)-len(rest)]
	switch {
	case o.fence != "":
		if rest == "" && len(ticks) >= len(o.fence) {
			o.fence = ""
		}
	case len(ticks) >= 3 && !strings.Contains(rest, "`"):
		o.fence = ticks
	case strings.HasPrefix(text, "<details>"):
		o.folds++
	case strings.HasPrefix(text, "</details>"):
		o.folds--
	}
}

// closing ends what is open, with a blank line behind it.
func (o *opened) closing() string {
	text := "\n"
	if o.fence != "" {
		text = o.fence + "\n\n"
	}
	return text + strings.Repeat("</details>\n\n", max(0, o.folds))
}
