package checklist

import (
	"regexp"
	"strings"
)

// htmlBlock is a block of HTML. Markdown inside of it is not read.
type htmlBlock struct {
	end     *regexp.Regexp // of its last line
	comment bool           // a comment has begun and not ended
}

// htmlBlocks are the beginnings and ends of blocks of HTML, in the order in which they are tried. The last one is whole in
// its line, and does not interrupt a paragraph.
//
//nolint:gochecknoglobals // a table
var htmlBlocks = []struct{ start, end *regexp.Regexp }{
	{regexp.MustCompile(`(?i)^<(?:script|pre|style|textarea)(?:[ >]|$)`), regexp.MustCompile(`(?i)</(?:script|pre|style|textarea)>`)},
	{regexp.MustCompile(`^<!--`), regexp.MustCompile(`-->`)},
	{regexp.MustCompile(`^<\?`), regexp.MustCompile(`\?>`)},
	{regexp.MustCompile(`^<![A-Za-z]`), regexp.MustCompile(`>`)},
	{regexp.MustCompile(`^<!\[CDATA\[`), regexp.MustCompile(`\]\]>`)},
	{regexp.MustCompile(`(?i)^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?: |/?>|$)`), blank},
	{regexp.MustCompile(`^(?:<[A-Za-z][A-Za-z0-9-]*(?: +[A-Za-z_:][\w.:-]*(?: *= *(?:[^ "'=<>` + "`" + `]+|'[^']*'|"[^"]*"))?)* */?>|</[A-Za-z][A-Za-z0-9-]* *>) *$`), blank},
}

var blank = regexp.MustCompile(`^ *$`)

// htmlAt returns the end of the block of HTML that begins in a line, nil when none does.
func (r *reader) htmlAt(text string) *regexp.Regexp {
	if !strings.HasPrefix(text, "<") {
		return nil
	}
	for i, one := range htmlBlocks {
		if one.start.MatchString(text) && (r.leaf != paragraphLeaf || i < len(htmlBlocks)-1) {
			return one.end
		}
	}
	return nil
}

// htmlLine reads a line of a block of HTML. What is not in a comment is shown as it is written.
func (r *reader) htmlLine(line string) {
	shown := r.html.uncomment(line)
	found, text := boxLine(shown)
	if r.fresh && found == noBox {
		found, text = box(shown)
	}
	r.add(found, strings.Join(strings.Fields(text), " "))
	if !r.html.comment && r.html.end.MatchString(line) {
		r.leaf = noLeaf
	}
}

// uncomment returns a line without its comments.
func (h *htmlBlock) uncomment(line string) string {
	var shown strings.Builder
	for line != "" {
		if h.comment {
			_, after, ends := strings.Cut(line, "-->")
			h.comment, line = !ends, after
			continue
		}
		before, after, begins := strings.Cut(line, "<!--")
		shown.WriteString(before)
		h.comment, line = begins, after
		if begins && (strings.HasPrefix(after, ">") || strings.HasPrefix(after, "->")) { // a comment without text
			h.comment, line = false, strings.TrimPrefix(after, "-")[1:]
		}
	}
	return shown.String()
}
