// Package browser opens the pages that Lockstep writes in Chromium.
package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// root is the directory of the action's module.
const root = "../../.."

// pictures names the folder for pictures of the pages, for people to look at; without it none are kept.
const pictures = "LOCKSTEP_PICTURES"

type size struct {
	name          string
	width, height int64
}

func sizes() []size {
	return []size{{"wide", 1280, 900}, {"phone", 360, 740}}
}

// TestPages opens every page, in light and dark, on a wide screen and on a phone.
func TestPages(t *testing.T) {
	t.Parallel()
	browser := start(t)
	folder := written(t)
	for _, name := range []string{"three", "fifty", "hostile", "empty", "dora", "dora-year", "dora-hostile", "dora-empty"} {
		for _, scheme := range []string{"light", "dark"} {
			for _, screen := range sizes() {
				t.Run(name+" "+scheme+" "+screen.name, func(t *testing.T) {
					opened := open(t, browser, view{filepath.Join(folder, name+".html"), scheme, screen})
					assertHarmless(t, opened)
					assertFits(t, opened)
					assertReadable(t, opened)
					assertNamed(t, opened)
					opened.picture(t, name+"-"+scheme+"-"+screen.name+".png")
				})
			}
		}
	}
}

// TestHarmIsSeen shows that the checks find what they look for.
func TestHarmIsSeen(t *testing.T) {
	t.Parallel()
	browser := start(t)
	for name, test := range map[string]struct {
		html  string
		check func(failer, *opened)
	}{
		"script":            {"<script>document.title='taken'</script>", assertHarmless},
		"file from outside": {"<img src='https://example.com/x.png'>", assertHarmless},
		"inline style":      {"<p style='color:red'>a</p>", assertHarmless},
		"style is blocked":  {"<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><style>p{}</style>", assertHarmless},
		"handler":           {"<p onclick='x()'>a</p>", assertHarmless},
		"link":              {"<a href='javascript:x'>a</a>", assertHarmless},
		"too wide":          {"<div style='width:1000px'>a</div>", assertFits},
		"too pale":          {"<p style='color:#aaa;background:#fff'>a</p>", assertReadable},
		"picture":           {"<svg role='img'></svg>", assertNamed},
		"order of headings": {"<h1>a</h1><h3>b</h3>", assertNamed},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "page.html")
			if err := os.WriteFile(path, []byte("<!DOCTYPE html><meta name=viewport content='width=device-width'><title>a page</title>"+test.html), 0o600); err != nil {
				t.Fatal(err)
			}
			found := &collector{}
			test.check(found, open(t, browser, view{path, "light", sizes()[1]}))
			if found.count == 0 {
				t.Error("it was not seen")
			}
		})
	}
}

// failer is what the checks need of a test.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

type collector struct{ count int }

func (c *collector) Helper()               {}
func (c *collector) Errorf(string, ...any) { c.count++ }
func (c *collector) Fatalf(string, ...any) { c.count++ }

// assertHarmless wants nothing but text, pictures and links to https.
func assertHarmless(t failer, o *opened) {
	t.Helper()
	found := eval[[]string](t, o, `[...document.querySelectorAll('*')].flatMap(e => [
		...(['SCRIPT','IMG','IFRAME','OBJECT','EMBED','LINK','BASE','FORM','INPUT'].includes(e.tagName.toUpperCase()) ? [e.outerHTML] : []),
		...[...e.attributes].filter(a => a.name.startsWith('on') || a.name == 'style').map(a => e.outerHTML),
		...(e.tagName == 'A' && e.protocol != 'https:' ? [e.outerHTML] : []),
	]).concat(document.title == 'taken' ? ['a title that a script has set'] : [])`)
	requests, complaints := o.heard()
	for _, complaint := range complaints {
		t.Errorf("the browser says: %s", complaint)
	}
	for _, request := range requests {
		t.Errorf("the page asks for %s", request)
	}
	for _, one := range found {
		t.Errorf("the page has %.300s", one)
	}
	if styles := eval[int](t, o, `document.querySelectorAll('style').length`); styles > 1 {
		t.Errorf("the page has %d style sheets", styles)
	}
}

// assertFits wants no scrolling to the side, and nothing that sticks out.
func assertFits(t failer, o *opened) {
	t.Helper()
	found := eval[[]string](t, o, `(() => {
		const width = document.documentElement.clientWidth;
		const out = document.documentElement.scrollWidth > width ? ['the page is ' + document.documentElement.scrollWidth + ' wide, and the screen ' + width] : [];
		for (const e of document.querySelectorAll('body *')) {
			if (e.closest('svg') && e.tagName != 'svg') continue;
			const box = e.getBoundingClientRect();
			if (box.width > 1 && (box.right > width + 0.5 || box.left < -0.5)) out.push(e.tagName + ' ' + e.className + ' from ' + box.left + ' to ' + box.right);
		}
		return out.slice(0, 5);
	})()`)
	for _, one := range found {
		t.Errorf("on a screen of %d: %s", o.screen.width, one)
	}
}

// assertReadable wants a contrast of 4.5 to 1 for words and of 3 to 1 for signs.
func assertReadable(t failer, o *opened) {
	t.Helper()
	found := eval[[]string](t, o, `(() => {
		const light = c => { const [r, g, b] = c.match(/[\d.]+/g).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
		const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (c != 'rgba(0, 0, 0, 0)') return c } return 'rgb(255, 255, 255)' };
		const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
		const out = new Set();
		for (const e of document.querySelectorAll('body *')) {
			const style = getComputedStyle(e);
			if (e.closest('svg')) {
				const wants = e.matches('.sign, .mark, rect.lock');
				if (wants && contrast(style.fill, behind(e)) < 3) out.add('sign ' + e.getAttribute('class') + ': ' + style.fill + ' on ' + behind(e));
				continue;
			}
			if (![...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())) continue;
			if (contrast(style.color, behind(e)) < 4.5) out.add(e.tagName + ' ' + e.className + ': ' + style.color + ' on ' + behind(e));
		}
		return [...out].slice(0, 5);
	})()`)
	for _, one := range found {
		t.Errorf("hard to read: %s", one)
	}
}

// assertNamed wants a name for every picture, headings in order, unique ids and a head for each column.
func assertNamed(t failer, o *opened) {
	t.Helper()
	found := eval[[]string](t, o, `(() => {
		const out = [];
		if (!document.title.trim()) out.push('no title');
		if (document.documentElement.lang == '') out.push('no language');
		for (const svg of document.querySelectorAll('svg')) {
			const ids = (svg.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
			const named = ids.length && ids.every(id => document.getElementById(id)?.textContent.trim());
			if (svg.getAttribute('aria-hidden') != 'true' && !(svg.getAttribute('role') == 'img' && named)) out.push('a picture without a name: ' + svg.outerHTML.slice(0, 200));
			if (svg.querySelector('a, [tabindex]')) out.push('a link inside a picture');
		}
		let level = 0;
		for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
			const now = +h.tagName[1];
			if (now > level + 1) out.push(h.tagName + ' after H' + level);
			level = now;
		}
		const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
		if (new Set(ids).size != ids.length) out.push('an id twice');
		for (const u of document.querySelectorAll('use')) if (!document.querySelector(u.getAttribute('href') || '#none')) out.push('a sign that is not there: ' + u.getAttribute('href'));
		for (const table of document.querySelectorAll('table')) {
			const heads = table.querySelectorAll('thead th[scope=col]').length;
			for (const row of table.querySelectorAll('tbody tr')) if (row.children.length != heads || !row.querySelector('th[scope=row]')) out.push('a row that does not fit');
		}
		return out.slice(0, 5);
	})()`)
	for _, one := range found {
		t.Errorf("not accessible: %s", one)
	}
}

// view is a page and how it is looked at.
type view struct {
	path, scheme string
	screen       size
}

// address is that of a file, unless the path is an address itself.
func (v view) address() string {
	if strings.HasPrefix(v.path, "http") {
		return v.path
	}
	return "file://" + v.path
}

// opened is a page that is open.
type opened struct {
	view
	ctx context.Context

	mu         sync.Mutex
	requests   []string // besides the page itself
	complaints []string // of the console, and about what was blocked
}

// heard returns what the browser has said so far.
func (o *opened) heard() (requests, complaints []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.requests), slices.Clone(o.complaints)
}

func (o *opened) listen(event any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Request.URL != o.address() {
			o.requests = append(o.requests, e.Request.URL)
		}
	case *log.EventEntryAdded:
		o.complaints = append(o.complaints, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		o.complaints = append(o.complaints, e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		o.complaints = append(o.complaints, "a dialog: "+e.Message)
	}
}

// eval runs a script of the test inside the page.
func eval[T any](t failer, o *opened, script string) T {
	t.Helper()
	value, err := chromedp.Run(o.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return value
}

// picture keeps a picture of the page, of a long one its beginning.
func (o *opened) picture(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv(pictures)
	if folder == "" {
		return
	}
	const tallest = 2400
	height := min(eval[float64](t, o, "document.documentElement.scrollHeight"), tallest)
	clip := &page.Viewport{Width: float64(o.screen.width), Height: height, Scale: 1}
	shot, err := chromedp.Call(o.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip, CaptureBeyondViewport: new(true)})
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name), shot.Data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// start starts the browser, which ends with the test.
func start(t *testing.T) context.Context {
	t.Helper()
	options := slices.Clone(chromedp.DefaultExecAllocatorOptions[:])
	if os.Geteuid() == 0 || os.Getenv("CI") != "" { // in a container, and on many runners, Chromium's own sandbox cannot be set up
		options = append(options, chromedp.NoSandbox)
	}
	allocated, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	browser, end := chromedp.NewContext(allocated)
	t.Cleanup(end)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("Chromium does not start; Debian has it as the package chromium: %v", err)
	}
	return browser
}

// open opens a file in a tab of its own.
func open(t *testing.T, browser context.Context, v view) *opened {
	t.Helper()
	tab, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	o := &opened{view: v, ctx: tab}
	if err := o.load(); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *opened) load() error {
	if err := chromedp.Listen(o.ctx, o.listen); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(o.ctx, patience)
	defer cancel()
	scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: o.scheme}}}
	_, network := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, log := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, media := chromedp.Call(ctx, emulation.SetEmulatedMedia, scheme)
	shown := chromedp.Do(ctx, chromedp.EmulateViewport(o.screen.width, o.screen.height), chromedp.Navigate(o.address()))
	return errors.Join(network, log, media, shown)
}

// written returns the folder with the pages.
func written(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	command := exec.CommandContext(t.Context(), "go", "run", "./internal/tools/pages", "-out", folder)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}
