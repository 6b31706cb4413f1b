package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	patience = 2 * time.Minute       // until something has to have happened
	glance   = 20 * time.Millisecond // between two looks

	right = kb.ArrowRight
	home  = kb.Home
)

// visitor is someone who uses the playground.
type visitor struct {
	*opened

	t       *testing.T
	browser context.Context
}

// visit opens the page, and waits until it can be used.
func visit(t *testing.T, browser context.Context, address string, v view) *visitor {
	t.Helper()
	v.path = address
	visiting := &visitor{t: t, browser: browser}
	visiting.opened = open(t, browser, v)
	visiting.ready()
	if t.Failed() {
		visiting.dump()
	}
	t.Logf("ready after %.0f ms", eval[float64](t, visiting.opened, "performance.now()"))
	return visiting
}

// until waits for a condition.
func (v *visitor) until(what, condition string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for {
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && met {
			return
		}
		select {
		case <-ctx.Done():
			v.dump()
			v.t.Fatalf("it never happened that %s: %s", what, condition)
		case <-ticker.C:
		}
	}
}

func (v *visitor) ready() {
	v.t.Helper()
	v.until("the page is ready", `document.documentElement.dataset.state == "ready" && document.documentElement.dataset.saved == "yes"`)
}

// is wants a condition to be met now, or at once.
func (v *visitor) is(what, condition string) {
	v.t.Helper()
	v.until(what, condition)
}

func (v *visitor) shows(selector, text string) {
	v.t.Helper()
	v.until(selector+" shows "+text, fmt.Sprintf("document.querySelector(%s)?.textContent.includes(%s)", quote(selector), quote(text)))
}

func (v *visitor) equal(selector, text string) {
	v.t.Helper()
	v.until(selector+" is "+text, fmt.Sprintf("document.querySelector(%s)?.textContent == %s", quote(selector), quote(text)))
}

func (v *visitor) text(selector string) string {
	v.t.Helper()
	return eval[string](v.t, v.opened, fmt.Sprintf("document.querySelector(%s).textContent", quote(selector)))
}

// do runs a script of the test.
func (v *visitor) do(script string) {
	v.t.Helper()
	eval[bool](v.t, v.opened, "(() => {"+script+"; return true})()")
}

func (v *visitor) act(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.dump()
		v.t.Fatal(err)
	}
}

func (v *visitor) click(selector string) {
	v.t.Helper()
	v.do(fmt.Sprintf("document.querySelector(%s).scrollIntoView({block: 'center'})", quote(selector)))
	v.act(chromedp.Click(chromedp.CSS(selector)))
}

// clickIn clicks the element with this text.
func (v *visitor) clickIn(within, selector, text string) {
	v.t.Helper()
	v.until(text+" is there", fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.textContent == %s && e.checkVisibility())", quote(within+" "+selector), quote(text)))
	v.do(fmt.Sprintf("document.querySelectorAll('[data-test]').forEach(e => e.removeAttribute('data-test')); const e = [...document.querySelectorAll(%s)].find(e => e.textContent == %s && e.checkVisibility()); e.dataset.test = 'it'", quote(within+" "+selector), quote(text)))
	v.click("[data-test=it]")
}

// tap clicks a button, and waits for what comes of it.
func (v *visitor) tap(text string) {
	v.t.Helper()
	v.clickIn("body", "button.act", text)
	v.ready()
}

// press clicks the button of the world with this name, and waits for what comes of it.
func (v *visitor) press(name string) {
	v.t.Helper()
	selector := fmt.Sprintf("button[aria-label=%s]", quote(name))
	v.until(name+" is there", "document.querySelector("+quote(selector)+")")
	v.click(selector)
	v.ready()
}

// write replaces the text of a field.
func (v *visitor) write(selector, text string) {
	v.t.Helper()
	v.do(fmt.Sprintf("const e = document.querySelector(%s); e.focus(); e.select()", quote(selector)))
	v.act(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// say types a comment and sends it.
func (v *visitor) say(text string) {
	v.t.Helper()
	v.write("#text", text+"\r")
}

// command types a comment, and waits for the answer.
func (v *visitor) command(text string) {
	v.t.Helper()
	before := eval[int](v.t, v.opened, "Number(document.documentElement.dataset.lines)")
	v.say(text)
	v.until(text+" is in the story", fmt.Sprintf("Number(document.documentElement.dataset.lines) > %d", before))
	v.ready()
}

// play fills in the form for inputs.
func (v *visitor) play(nameField, name, valueField, value string) {
	v.t.Helper()
	v.click("#tab-inputs")
	v.write(nameField, name)
	v.write(valueField, value+"\r")
	v.ready()
	v.click("#tab-world")
}

// rules writes the rules file, and waits until it was checked.
func (v *visitor) rules(text string) {
	v.t.Helper()
	v.click("#tab-rules")
	v.write("#rules-text", text)
	v.until("the rules are checked", `document.getElementById("rules-text").dataset.checked == "yes"`)
}

func (v *visitor) keys(keys string) {
	v.t.Helper()
	v.act(chromedp.KeyEvent(keys))
}

// tabTo presses the tab key until something has the focus.
func (v *visitor) tabTo(selector string) {
	v.t.Helper()
	const most = 300
	for range most {
		if eval[bool](v.t, v.opened, fmt.Sprintf("document.activeElement.matches(%s)", quote(selector))) {
			return
		}
		v.keys(kb.Tab)
	}
	v.dump()
	v.t.Fatalf("the tab key does not reach %s", selector)
}

func (v *visitor) reload() {
	v.t.Helper()
	v.do("document.documentElement.dataset.state = 'reloading'; location.reload()")
	v.ready()
}

// clean wants that nothing was asked of another server, and that the browser had nothing to say.
func (v *visitor) clean() {
	v.t.Helper()
	origin, _, _ := strings.Cut(v.path, "#")
	requests, complaints := v.heard()
	for _, request := range requests {
		if !strings.HasPrefix(request, origin) && !strings.HasPrefix(request, "blob:"+origin) {
			v.t.Errorf("the page asks for %s", request)
		}
	}
	for _, complaint := range complaints {
		v.t.Errorf("the browser says: %s", complaint)
	}
}

// dump shows what the visitor sees.
func (v *visitor) dump() {
	v.t.Helper()
	seen, err := chromedp.Run(context.WithoutCancel(v.ctx), chromedp.Evaluate[string](`document.documentElement.dataset.state + "\n" + document.body.innerText`))
	_, complaints := v.heard()
	v.t.Logf("the page shows: %s\n%v\nthe browser says: %q", seen, err, complaints)
}

// inspect has axe-core look at a part of the page, wants the page to fit, and keeps a picture.
func (v *visitor) inspect(name, part, script string) {
	v.t.Helper()
	v.do("if (!window.axe) {" + script + "}")
	found, err := chromedp.Run(v.ctx, chromedp.Evaluate[[]string](`axe.run(`+quote(part)+`, {resultTypes: ["violations"]}).then(r => r.violations.map(x => x.impact + " " + x.id + ": " + x.help + ": " + x.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatal(err)
	}
	for _, one := range found {
		if strings.HasPrefix(one, "serious") || strings.HasPrefix(one, "critical") {
			v.t.Errorf("%s: %s", name, one)
		} else {
			v.t.Logf("%s: %s", name, one)
		}
	}
	if wide := eval[int](v.t, v.opened, "document.documentElement.scrollWidth"); int64(wide) > v.screen.width {
		v.t.Errorf("%s: the page is %d wide", name, wide)
	}
	v.snapshot("playground-" + name)
}

// snapshot keeps a picture of what is on the screen.
func (v *visitor) snapshot(name string) {
	v.t.Helper()
	folder := os.Getenv(pictures)
	if folder == "" {
		return
	}
	shot, err := chromedp.Call(v.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+"-"+v.scheme+"-"+v.screen.name+".png"), shot.Data, 0o600)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}

// quote writes a text as JavaScript.
func quote(text string) string { return strconv.Quote(text) }
