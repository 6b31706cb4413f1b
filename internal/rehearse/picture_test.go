package rehearse_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The picture of a terminal is what the command on its first line prints today. Only in virtual time
// have the commits the same names every day.
func TestPicture(t *testing.T) {
	const picture, story = "docs/rehearsal.svg", "docs/rehearsal.txtar"
	text := printed(t, story)
	lines := strings.Split(text, "\n")
	assert.LessOrEqual(t, len(lines), 40, "it fits on a screen")
	assert.LessOrEqual(t, widest(lines), 100, "and into a page")
	shown := draw("go run ./cmd/rehearse -brief "+story, text)
	path := filepath.Join("..", "..", picture)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(shown), 0o600))
		return
	}
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(kept), shown, "go test ./internal/rehearse -run TestPicture -update draws it anew")
}

// printed is what the command rehearse prints of a story, with colours.
func printed(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", path))
	require.NoError(t, err)
	story, err := rehearse.ParseStory(path, data)
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		printer := &rehearse.Printer{Out: &out, Paint: rehearse.Colours(), Brief: true}
		require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: compiled, Show: printer}))
	})
	return strings.TrimRight(out.String(), "\n")
}

const (
	columnWidth, lineHeight = 8, 18 // of a letter and a line, in pixels
	margin, bar             = 20, 36
)

// draw shows text as in a terminal: in fixed width, with a class for each colour, dark or light as the
// reader has it.
func draw(command, painted string) string {
	lines := append([]string{"\x1b[2m$\x1b[0m " + command, ""}, strings.Split(painted, "\n")...)
	width, height := 2*margin+columnWidth*widest(lines), bar+lineHeight*len(lines)+margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title">
<title id="title">A rehearsal in a terminal: a deployment to production is refused, because staging comes first; then staging is deployed</title>
<style>
text { font: 13px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; fill: #1f2328; white-space: pre; }
.window { fill: #f6f8fa; stroke: #d0d7de; } .button { fill: #d0d7de; }
.bold { font-weight: bold; } .faint { fill: #59636e; } .good { fill: #1a7f37; } .bad { fill: #cf222e; } .warn { fill: #9a6700; } .name { fill: #0a6c83; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .window { fill: #0d1117; stroke: #30363d; } .button { fill: #30363d; }
.faint { fill: #9198a1; } .good { fill: #3fb950; } .bad { fill: #ff7b72; } .warn { fill: #d29922; } .name { fill: #56d4dd; }
}
</style>
<rect class="window" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>
<circle class="button" cx="20" cy="18" r="5"/><circle class="button" cx="38" cy="18" r="5"/><circle class="button" cx="56" cy="18" r="5"/>
`, width, height, width, height, width-1, height-1)
	for i, line := range lines {
		if line != "" {
			fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", margin, bar+lineHeight*(i+1)-5, spans(line))
		}
	}
	return b.String() + "</svg>\n"
}

// widest counts the letters of the longest line, without its colours.
func widest(lines []string) int {
	most := 0
	for _, line := range lines {
		for _, part := range strings.Split(line, "\x1b[")[1:] {
			code, _, _ := strings.Cut(part, "m")
			line = strings.Replace(line, "\x1b["+code+"m", "", 1)
		}
		most = max(most, utf8.RuneCountInString(line))
	}
	return most
}

// spans turns a terminal's colours into classes.
func spans(line string) string {
	classes := map[string]string{"1": "bold", "2": "faint", "31": "bad", "32": "good", "33": "warn", "36": "name"}
	plain, coloured, _ := strings.Cut(line, "\x1b[")
	b := new(strings.Builder)
	escape(b, plain)
	for part := range strings.SplitSeq(coloured, "\x1b[") {
		code, text, _ := strings.Cut(part, "m")
		switch class := classes[code]; {
		case text == "":
		case class == "":
			escape(b, text)
		default:
			b.WriteString(`<tspan class="` + class + `">`)
			escape(b, text)
			b.WriteString("</tspan>")
		}
	}
	return b.String()
}

func escape(b *strings.Builder, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a Builder takes everything
}

// Whatever a rehearsal prints, the picture is XML and shows that text.
func TestDrawEscapes(t *testing.T) {
	t.Parallel()
	shown := draw("one", "a <b> & \"c\"\n\x1b[31m</text>\x1b[0m x\n\x1b[36ms < t\x1b[0m")
	var picture struct {
		Text []struct {
			Content string `xml:",chardata"`
			Spans   []struct {
				Class   string `xml:"class,attr"`
				Content string `xml:",chardata"`
			} `xml:"tspan"`
		} `xml:"text"`
	}
	require.NoError(t, xml.Unmarshal([]byte(shown), &picture))
	require.Len(t, picture.Text, 4)
	assert.Equal(t, `a <b> & "c"`, picture.Text[1].Content)
	assert.Equal(t, " x", picture.Text[2].Content)
	assert.Equal(t, "</text>", picture.Text[2].Spans[0].Content)
	assert.Equal(t, "bad", picture.Text[2].Spans[0].Class)
	assert.Equal(t, "name", picture.Text[3].Spans[0].Class)
}
