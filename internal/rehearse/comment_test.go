package rehearse_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// refused is the conversation of the picture at the top of the README.
const refused = `
user alice write
push checkout Faster checkout
pull 1 alice checkout Faster checkout
pass 1m
set enforced_deployment_order development,staging,production
set use_security_warnings false
comment alice 1 .deploy main to staging
job success
comment alice 1 .deploy to development
job success
comment alice 1 .deploy to production
want exit 1
`

// The picture of a comment, light and dark, shows what the action answers today.
func TestCommentPicture(t *testing.T) {
	comments := conversation(t, refused)
	comments = comments[max(len(comments)-2, 0):]
	require.Len(t, comments, 2)
	for line := range strings.SplitSeq(comments[1].Body, "\n") {
		if !strings.HasPrefix(line, "<!--") {
			assert.LessOrEqual(t, lengthOf(line), pageWidth-2*pageLeft, line)
		}
	}
	for name, theme := range themes() {
		path, shown := filepath.Join("..", "..", "docs", "comment-"+name+".svg"), theme.draw(comments)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(shown), 0o600))
			continue
		}
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(kept), shown, "go test ./internal/rehearse -run TestCommentPicture -update draws it anew")
	}
}

// conversation plays a story in virtual time, and returns the comments of its pull request.
func conversation(t *testing.T, text string) (comments []sim.Comment) {
	t.Helper()
	story, err := rehearse.ParseStory(t.Name(), []byte(text))
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{
			Schema: compiled,
			After:  func(p *rehearse.Session) { comments = p.GitHub.Comments(1) },
		}))
	})
	return comments
}

// theme is a set of colors.
type theme struct{ text, faint, back, head, border, code string }

func themes() map[string]theme {
	return map[string]theme{
		"light": {text: "#1f2328", faint: "#59636e", back: "#ffffff", head: "#f6f8fa", border: "#d1d9e0", code: "#eff1f3"},
		"dark":  {text: "#f0f6fc", faint: "#9198a1", back: "#0d1117", head: "#151b23", border: "#3d444d", code: "#262c36"},
	}
}

const (
	pageWidth, pageLeft = 760, 16 // of the picture and of the text inside of a comment, in pixels
	textSize, codeSize  = 14, 12
)

// canvas draws from the top to the bottom.
type canvas struct {
	strings.Builder
	theme
	y int
}

func (c theme) draw(comments []sim.Comment) string {
	p := &canvas{theme: c}
	for _, one := range comments {
		p.comment(one)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title">
<title id="title">A pull request: alice comments .deploy to production. Lockstep refuses, because staging must run this commit first, and says what to type</title>
<style>
text { font: %dpx -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: %s; white-space: pre; }
.bold { font-weight: 600; } .faint { fill: %s; }
.code { font: %dpx ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
</style>
%s</svg>
`, pageWidth, p.y, pageWidth, p.y, textSize, c.text, c.faint, codeSize, p.String())
}

// comment draws a box with a head and the comment in it.
func (p *canvas) comment(one sim.Comment) {
	if p.y > 0 {
		p.y += 12
	}
	top := p.y
	body := &canvas{theme: p.theme, y: top + 52}
	visible := regexp.MustCompile(`(?s)<!--.*?-->`).ReplaceAllLiteralString(one.Body, "")
	for block := range strings.SplitSeq(strings.TrimSpace(visible), "\n\n") {
		body.block(strings.TrimSpace(block))
	}
	body.y += 4
	fmt.Fprintf(&p.Builder, "<rect x=\"0.5\" y=\"%d.5\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"%s\"/>\n", top, pageWidth-1, body.y-top-1, p.back, p.border)
	fmt.Fprintf(&p.Builder, "<path d=\"M1 %d v-30 a5 5 0 0 1 5 -5 h%d a5 5 0 0 1 5 5 v30 z\" fill=\"%s\"/>\n<path d=\"M1 %d.5 h%d\" stroke=\"%s\"/>\n", top+36, pageWidth-12, p.head, top+36, pageWidth-2, p.border)
	p.y = top + 23
	x := p.word(pageLeft, "bold", one.Author)
	p.word(x+4, "faint", "commented")
	p.WriteString(body.String())
	p.y = body.y
}

// block draws a heading, a table or a paragraph.
func (p *canvas) block(text string) {
	switch {
	case text == "":
	case strings.HasPrefix(text, "### "):
		p.line("**" + strings.TrimPrefix(text, "### ") + "**")
		p.y += 8
	case strings.HasPrefix(text, "|"):
		p.table(strings.Split(text, "\n"))
	default:
		for line := range strings.SplitSeq(text, "\n") {
			p.line(line)
		}
		p.y += 8
	}
}

func (p *canvas) line(text string) {
	p.y += 16
	p.inline(pageLeft, text)
	p.y += 6
}

const rowHeight = 32

func (p *canvas) table(rows []string) {
	cells := [][]string{}
	for i, row := range rows {
		if i != 1 { // the line between the head and the rest
			cells = append(cells, strings.Split(strings.Trim(row, "|"), "|"))
		}
	}
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for column, cell := range row {
			widths[column] = max(widths[column], lengthOf(strings.TrimSpace(cell))+26)
		}
	}
	for i, row := range cells {
		x := pageLeft
		for column, cell := range row {
			text := strings.TrimSpace(cell)
			if i == 0 && text != "" {
				text = "**" + text + "**"
			}
			fmt.Fprintf(&p.Builder, "<rect x=\"%d.5\" y=\"%d.5\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"%s\"/>\n", x, p.y, widths[column], rowHeight, p.border)
			p.y += 21
			p.inline(x+13, text)
			p.y -= 21
			x += widths[column]
		}
		p.y += rowHeight
	}
	p.y += 14
}

var spanned = regexp.MustCompile("\\*\\*.+?\\*\\*|`[^`]+`")

// parts splits a line of Markdown into plain, bold and code text, by class.
func parts(text string) (all [][2]string) {
	last := 0
	for _, at := range spanned.FindAllStringIndex(text, -1) {
		if at[0] > last {
			all = append(all, [2]string{"", text[last:at[0]]})
		}
		if one := text[at[0]:at[1]]; strings.HasPrefix(one, "`") {
			all = append(all, [2]string{"code", strings.Trim(one, "`")})
		} else {
			all = append(all, [2]string{"bold", strings.Trim(one, "*")})
		}
		last = at[1]
	}
	if last < len(text) {
		all = append(all, [2]string{"", text[last:]})
	}
	return all
}

func (p *canvas) inline(x int, text string) {
	for _, one := range parts(text) {
		x = p.word(x, one[0], one[1])
	}
}

// word draws text of a class and returns where it ends. Its length is fixed, whatever font there is.
func (p *canvas) word(x int, class, text string) int {
	width, at := wide(class, text), x
	if class == "code" {
		fmt.Fprintf(&p.Builder, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" rx=\"6\" fill=\"%s\"/>\n", x, p.y-14, width, p.code)
		at, width = x+5, width-10
	}
	fmt.Fprintf(&p.Builder, "<text x=\"%d\" y=\"%d\" class=\"%s\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">", at, p.y, class, width)
	escape(&p.Builder, text)
	p.WriteString("</text>\n")
	return x + wide(class, text)
}

func lengthOf(text string) int {
	sum := 0
	for _, one := range parts(text) {
		sum += wide(one[0], one[1])
	}
	return sum
}

// wide is about how wide text is, in pixels.
func wide(class, text string) int {
	if class == "code" {
		return 10 + utf8.RuneCountInString(text)*codeSize*6/10
	}
	hundredths := 0
	for _, r := range text {
		hundredths += breadth(r)
	}
	if class == "bold" {
		hundredths = hundredths * 107 / 100
	}
	return hundredths * textSize / 100
}

// breadth is that of a letter, in hundredths of the size of the text.
func breadth(r rune) int {
	switch {
	case strings.ContainsRune("iljtfI.,:;'| ()", r):
		return 29
	case strings.ContainsRune("mwMW", r):
		return 83
	case r > 0x2fff:
		return 130
	case unicode.IsUpper(r), r == '→':
		return 68
	}
	return 55
}

// Text of the conversation cannot break out of the picture.
func TestCommentPictureEscapes(t *testing.T) {
	t.Parallel()
	shown := themes()["dark"].draw([]sim.Comment{{Author: "a<b>", Body: "### <script>\n\n| a | `<b>` |\n| --- | --- |\n| **</text>** | \" |\n\n<!-- hidden -->"}})
	assert.NotContains(t, shown, "<script>")
	assert.NotContains(t, shown, "<b>")
	assert.NotContains(t, shown, "hidden")
	assert.Contains(t, shown, "&lt;/text&gt;")
}
