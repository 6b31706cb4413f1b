package playground

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// markdown renders GitHub's Markdown. It keeps no state between texts.
//
//nolint:gochecknoglobals // a table of what is rendered how
var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		extension.Strikethrough, extension.TaskList,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"https:", "http:"})),
	),
	goldmark.WithRendererOptions(goldmarkhtml.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(guard{}, 1))),
)

// Render makes HTML of Markdown as GitHub shows it. The HTML has no scripts and no images, and asks for nothing; its
// only attributes are href and rel of links, align of table cells, class of code and start of lists. HTML in the text
// is shown as text, but for folds and a few marks.
func Render(text string) string {
	if marks(text) > mostMarks {
		return "<pre>" + html.EscapeString(text) + "</pre>\n"
	}
	var out bytes.Buffer
	if err := markdown.Convert([]byte(text), &out); err != nil {
		return html.EscapeString(text)
	}
	return out.String()
}

// mostMarks is how many marks a text is read for: the time that this takes grows with their square.
const mostMarks = 4000

// marks counts the letters that may open or close something within a sentence.
func marks(text string) int {
	count := 0
	for _, letter := range text {
		if strings.ContainsRune("*_~[]>`", letter) {
			count++
		}
	}
	return count
}

// renderLine is Render for a sentence, without a paragraph around it.
func renderLine(text string) string {
	rendered := strings.TrimSpace(Render(text))
	inner, opens := strings.CutPrefix(rendered, "<p>")
	inner, closes := strings.CutSuffix(inner, "</p>")
	if !opens || !closes || strings.Contains(inner, "<p>") {
		return rendered
	}
	return inner
}

// guard renders what could do more than show text.
type guard struct{}

// RegisterFuncs takes the place of how goldmark renders these.
func (g guard) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, g.inline)
	r.Register(ast.KindHTMLBlock, g.block)
	r.Register(ast.KindImage, g.image)
	r.Register(ast.KindLink, g.link)
	r.Register(ast.KindAutoLink, g.autoLink)
	r.Register(extensionast.KindTaskCheckBox, g.checkBox)
}

var (
	remark  = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)
	allowed = regexp.MustCompile(`(?i)&lt;(/?(?:details|summary|b|i|em|strong|code|pre|sub|sup|kbd|br|p|ul|ol|li)|details open) ?/?&gt;`)
	address = regexp.MustCompile(`(?i)^(https?://|mailto:)`)
)

// harmless escapes HTML, then lets through what is on the list, letter by letter and without attributes.
func harmless(raw string) string {
	escaped := html.EscapeString(remark.ReplaceAllString(raw, ""))
	return allowed.ReplaceAllStringFunc(escaped, func(tag string) string {
		return "<" + strings.ToLower(allowed.FindStringSubmatch(tag)[1]) + ">"
	})
}

func (guard) inline(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	if raw, isRaw := node.(*ast.RawHTML); entering && isRaw {
		_, _ = w.WriteString(harmless(string(raw.Segments.Value(source))))
	}
	return ast.WalkSkipChildren, nil
}

func (guard) block(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	if block, isBlock := node.(*ast.HTMLBlock); entering && isBlock {
		text := string(block.Lines().Value(source))
		if block.HasClosure() {
			text += string(block.ClosureLine.Value(source))
		}
		_, _ = w.WriteString(harmless(text))
	}
	return ast.WalkContinue, nil
}

// image shows the text of a picture.
func (guard) image(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	if entering {
		_, _ = w.WriteString("🖼 ")
	}
	return ast.WalkContinue, nil
}

func (guard) link(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	link, isLink := node.(*ast.Link)
	if !isLink || !address.Match(link.Destination) {
		return ast.WalkContinue, nil
	}
	if entering {
		open(w, util.URLEscape(link.Destination, true))
	} else {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func (guard) autoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	link, isLink := node.(*ast.AutoLink)
	if !entering || !isLink {
		return ast.WalkContinue, nil
	}
	label := util.EscapeHTML(link.Label(source))
	if link.AutoLinkType != ast.AutoLinkURL || !address.Match(link.URL(source)) {
		_, _ = w.Write(label)
		return ast.WalkContinue, nil
	}
	open(w, util.URLEscape(link.URL(source), false))
	_, _ = w.Write(label)
	_, _ = w.WriteString("</a>")
	return ast.WalkContinue, nil
}

// open begins a link. A page that it leads to learns nothing of this one.
func open(w util.BufWriter, destination []byte) {
	_, _ = w.WriteString(`<a rel="noopener nofollow ugc" href="`)
	_, _ = w.Write(util.EscapeHTML(destination))
	_, _ = w.WriteString(`">`)
}

func (guard) checkBox(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) { //nolint:revive // the signature is that of the library
	if box, isBox := node.(*extensionast.TaskCheckBox); entering && isBox {
		mark := "☐ "
		if box.IsChecked {
			mark = "☑ "
		}
		_, _ = w.WriteString(mark)
	}
	return ast.WalkContinue, nil
}
