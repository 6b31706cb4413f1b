package browser

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	built = "LOCKSTEP_PLAYGROUND" // names a folder with the playground; without it, the tests build one
	axe   = "LOCKSTEP_AXE"        // names the file axe.min.js; without it, the page is not checked by axe-core

	mostWire = 6_500_000 // bytes over the wire, compressed, of everything that the page loads
)

// TestPlayground uses the page as a visitor does: by the keyboard and the mouse.
func TestPlayground(t *testing.T) {
	t.Parallel()
	folder := playground(t)
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(server.Close)
	browser := start(t)
	for name, test := range map[string]func(*testing.T, *visitor){
		"a refusal that has already happened": seesRefusal,
		"from the refusal to production":      deploysEverywhere,
		"a job that fails":                    failsAndPushes,
		"a question answered by a thumb":      confirms,
		"cancel instead of an answer":         cancels,
		"rules with mistakes":                 editsRules,
		"a freeze on Friday":                  freezes,
		"a soak time":                         soaks,
		"people and inputs":                   changesWorld,
		"link, reload, undo and export":       sharesStory,
		"a broken link":                       followsBrokenLink,
		"a line that cannot be played":        followsWrongStory,
		"a story without end":                 cancelsEndless,
		"two links at once":                   followsTwoLinks,
		"a link while the engine is busy":     refusesLink,
		"the clock of a story without a date": setsClock,
		"many environments":                   seesManyEnvironments,
		"a shipped story":                     opensShipped,
		"a hostile story":                     isNotTaken,
		"an injected script":                  blocksInjection,
		"the keyboard alone":                  usesKeyboard,
		"folds and selection stay":            keepsFolds,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, visit(t, browser, server.URL+"/", view{scheme: "light", screen: sizes()[0]}))
		})
	}
	t.Run("what is loaded is small", func(t *testing.T) { assertSmall(t, folder) })
}

// TestPlaygroundAccessible has axe-core look at the page.
func TestPlaygroundAccessible(t *testing.T) {
	t.Parallel()
	script := axeCore(t)
	server := httptest.NewServer(http.FileServer(http.Dir(playground(t))))
	t.Cleanup(server.Close)
	browser := start(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, screen := range []size{{"wide", 1280, 900}, {"phone", 390, 844}} {
			t.Run(scheme+" "+screen.name, func(t *testing.T) {
				v := visit(t, browser, server.URL+"/", view{scheme: scheme, screen: screen})
				v.inspect("first", "html", script)
				v.command(".deploy development")
				v.until("the job is open", `!document.getElementById("job").hidden`)
				v.snapshot("playground-job")
				v.do(`document.querySelectorAll("details").forEach(d => { d.open = true })`)
				v.inspect("running", "html", script)
				v.tap("It succeeds")
				for _, tab := range []string{"rules", "inputs", "records", "story"} {
					v.click("#tab-" + tab)
					v.inspect(tab, ".side", script)
				}
				v.click("#tab-rules")
				v.write("#rules-text", "version: 1\nenvironmets:\n")
				v.until("the rules are checked", `document.getElementById("rules-text").dataset.checked == "yes"`)
				v.inspect("mistakes", ".side", script)
			})
		}
	}
}

func seesRefusal(_ *testing.T, v *visitor) {
	v.shows("#timeline", "Deployment Order")
	v.shows("#timeline", "1 gate says no")
	v.shows("#lane", "production")
	v.shows(".banner", "Simulated")
	v.click(".step summary")
	v.shows(".step .gates", "order")
	v.clickIn("#timeline", ".try", ".deploy development")
	v.is("the command is in the box", `document.getElementById("text").value == ".deploy development" && document.activeElement.id == "text"`)
}

func deploysEverywhere(t *testing.T, v *visitor) {
	v.command(".deploy development")
	t.Log(v.text("#status"))
	v.shows("#job", "How does it end?")
	v.shows("#lane li:nth-child(1)", "deploying")
	v.tap("It succeeds")
	v.shows("#lane li:nth-child(1)", "this commit")
	v.command(".deploy staging")
	v.tap("It succeeds")
	v.command(".deploy production")
	v.tap("It succeeds")
	v.shows("#lane li:nth-child(3)", "this commit")
	v.click("#tab-records")
	v.shows("#deployments", "production")
	v.shows("#outputs", "success")
	v.clean()
}

func failsAndPushes(_ *testing.T, v *visitor) {
	v.command(".deploy development")
	v.tap("Push a commit meanwhile")
	v.shows("#job", "How does it end?")
	v.tap("It fails")
	v.shows("#lane li:nth-child(1)", "failed")
	v.shows("#status", "job has ended")
	v.clean()
}

func confirms(_ *testing.T, v *visitor) {
	v.play("#another-name", "deployment_confirmation", "#another-value", "true")
	v.say(".deploy development")
	v.until("the question is there", `document.querySelector(".answer")`)
	v.snapshot("playground-question")
	v.click(".answer")
	v.ready()
	v.shows("#timeline", "Deployment Triggered")
	v.shows("#story-text", `before-request "GET /repos/acme/shop/issues/comments" react alice +1`)
	v.reload() // replayed, the thumb comes in time
	v.shows("#timeline", "Deployment Triggered")
	v.clean()
}

func cancels(_ *testing.T, v *visitor) {
	v.play("#another-name", "deployment_confirmation", "#another-value", "true")
	before := v.text("#story-text")
	v.say(".deploy development")
	v.until("the question is there", `document.querySelector(".answer")`)
	v.until("it can be cancelled", `!document.getElementById("cancel").hidden`)
	v.click("#cancel")
	v.ready()
	v.shows("#status", "Cancelled")
	v.equal("#story-text", before)
	v.command(".help")
	v.clean()
}

func editsRules(_ *testing.T, v *visitor) {
	v.rules("version: 1\nenvironments:\n  staging:\n    afterr: dev\n")
	v.until("the mistake is at its line", `document.querySelector("#gutter .faulty")?.textContent == "4"`)
	v.shows("#problems", "Line 4")
	v.click("#problems button")
	v.is("the cursor is there", `document.activeElement.id == "rules-text" && document.activeElement.value.slice(0, document.activeElement.selectionStart).split("\n").length == 4`)
	v.click("#examples button") // order
	v.until("there is no mistake", `document.getElementById("rules-text").value.includes("after: development") && !document.querySelector("#gutter .faulty") && !document.querySelector("#problems li")`)
	v.click("#rules-apply")
	v.ready()
	v.shows("#story-text", "-- .github/lockstep.yml --")
	v.shows("#status", "no longer set")
	v.shows("#timeline", "comes after")
	v.clean()
}

func freezes(_ *testing.T, v *visitor) {
	v.click("#tab-rules")
	v.clickIn("#examples", "button", "Freeze")
	v.click("#rules-apply")
	v.ready()
	v.click("#tab-world")
	v.tap("Friday 17:00")
	v.shows("#clock", "Fri")
	v.shows("#clock", "17:00")
	v.command(".deploy production")
	v.shows("#timeline", "is frozen until")
	v.tap("Monday 09:00")
	v.command(".deploy production")
	v.shows("#timeline", "Deployment Triggered")
	v.clean()
}

func soaks(_ *testing.T, v *visitor) {
	v.rules("version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n    soak: 30m\n    production: true\n")
	v.click("#rules-apply")
	v.ready()
	v.command(".deploy staging")
	v.tap("It succeeds")
	v.command(".deploy production")
	v.shows("#status", "says no")
	v.click("#tab-world")
	v.tap("+ 1 hour")
	v.command(".deploy production")
	v.shows("#job", "How does it end?")
	v.clean()
}

func changesWorld(_ *testing.T, v *visitor) {
	v.write("#newcomer-name", "carol\r")
	v.ready()
	v.shows("#people", "carol")
	v.shows("#login", "carol")
	v.press("bob approves")
	v.shows("#about", "bob approved")
	v.press("Check test red")
	v.is("the check is red", `document.querySelector("#about .fact.failure")`)
	v.press("A commit on checkout")
	v.press("bob, production locks it")
	v.shows("#lane", "bob")
	v.command(".deploy development")
	v.play("#another-name", "no_such_input", "#another-value", "1")
	v.shows("#status", "no_such_input")
	v.is("it is no part of the story", `!document.getElementById("story-text").textContent.includes("no_such_input")`)
	v.press("The pull request is merged")
	v.shows("#about", "Merged")
	v.clean()
}

func sharesStory(t *testing.T, v *visitor) {
	v.command(".deploy development")
	v.tap("It succeeds")
	story := v.text("#story-text")
	v.reload()
	v.equal("#story-text", story)
	v.shows("#lane li:nth-child(1)", "this commit")
	link := eval[string](t, v.opened, "location.href")
	other := visit(t, v.browser, link, v.view)
	other.equal("#story-text", story)
	other.click("#undo")
	other.ready()
	other.shows("#job", "How does it end?")
	other.click("#undo")
	other.ready()
	other.is("the address is that of the first story", `location.hash == ""`)
	v.click("#share")
	v.until("it says what it did", `/copied|address/.test(document.getElementById("share").textContent)`)
	v.do(`window.saved = ""; const make = URL.createObjectURL; URL.createObjectURL = blob => { blob.text().then(text => { window.saved = text }); return make(blob) }`)
	v.click("#tab-story")
	v.click("#export")
	v.until("the story is saved", `window.saved != ""`)
	saved := eval[string](t, v.opened, "window.saved")
	assertPlays(t, saved)
	if !strings.Contains(saved, "want deployment development success\n") {
		t.Errorf("the saved story expects what has come of it:\n%s", saved)
	}
	v.clean()
}

// assertPlays plays a story as someone does who got its file.
func assertPlays(t *testing.T, story string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "story.txtar")
	if err := os.WriteFile(file, []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "run", "./cmd/rehearse", file)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("play the saved story: %v\n%s", err, out)
	}
}

func followsBrokenLink(t *testing.T, v *visitor) {
	for _, fragment := range []string{"garbage", "%%%", "x", packed(t, "")} {
		other := visit(t, v.browser, v.path+"#"+fragment, v.view)
		other.shows("#notice", "broken")
		other.shows("#timeline", "Deployment Order")
		other.clean()
	}
}

func followsWrongStory(t *testing.T, v *visitor) {
	other := visit(t, v.browser, v.path+"#"+packed(t, "user alice write\npush checkout Faster\npull 1 alice checkout\ncomment alice 1 .help\nfrobnicate\ncomment alice 1 .help\n"), v.view)
	other.shows("#status", "Line 5")
	other.is("the story ends there", `!document.getElementById("story-text").textContent.includes("frobnicate")`)
	other = visit(t, v.browser, v.path+"#"+packed(t, "user alice write\nreview 0 alice APPROVED\ncomment alice 7 .deploy\n"), v.view)
	other.shows("#status", "Line 2")
	other.clean()
}

// endless keeps the engine busy for longer than anyone waits.
const endless = "comment alice 1 .help\nreact x +1 50000000\n"

// cancelsEndless opens a link whose story does not end. Cancelling it leads back to the first one.
func cancelsEndless(t *testing.T, v *visitor) {
	other := &visitor{t: t, browser: v.browser}
	there := v.view
	there.path = v.path + "#" + packed(t, ready+endless+"comment alice 1 .help\n")
	other.opened = open(t, v.browser, there)
	for range 2 { // with all lines, and without the last one
		other.until("it can be cancelled", `!document.getElementById("cancel").hidden`)
		other.click("#cancel")
		other.until("it is cancelled", `document.getElementById("cancel").hidden`)
	}
	other.ready()
	other.shows("#status", "Cancelled")
	other.shows("#timeline", "Deployment Order")
	other.command(".help")
	other.clean()
}

// ready leads up to a pull request.
const ready = "user alice write\npush checkout Faster\ncheck test checkout success\npull 1 alice checkout Faster\n"

// followsTwoLinks reads the first of two addresses slowly: the newer one counts.
func followsTwoLinks(t *testing.T, v *visitor) {
	first, second := packed(t, ready+"labelled 1 first\n"), packed(t, ready+"labelled 1 second\n")
	v.do(`const Unpack = DecompressionStream; let times = 0; window.read = 0
		window.DecompressionStream = function (format) {
			const unpack = new Unpack(format), slow = times++ == 0 ? 1000 : 0
			const late = new TransformStream({ transform: (chunk, to) => new Promise(done => setTimeout(() => { to.enqueue(chunk); window.read++; done() }, slow)) })
			return { writable: unpack.writable, readable: unpack.readable.pipeThrough(late) }
		}
		location.hash = "` + first + `"; setTimeout(() => { location.hash = "` + second + `" }, 100)`)
	v.until("both are read", "window.read == 2")
	v.ready()
	v.shows("#story-text", "labelled 1 second")
	v.clean()
}

// refusesLink follows a link while a line is played that then fails: the address is that of the story on the page.
func refusesLink(t *testing.T, v *visitor) {
	v.play("#another-name", "deployment_confirmation", "#another-value", "true")
	before := eval[string](t, v.opened, "location.hash")
	v.say(".deploy development")
	v.until("the question is there", `document.querySelector(".answer")`)
	v.do(`location.hash = "` + packed(t, ready+"labelled 1 other\n") + `"`)
	v.shows("#status", "Wait")
	v.until("it can be cancelled", `!document.getElementById("cancel").hidden`)
	v.click("#cancel")
	v.ready()
	v.is("the address is that of the story", "location.hash == "+quote(before))
	v.clean()
}

func setsClock(t *testing.T, v *visitor) {
	other := visit(t, v.browser, v.path+"#"+packed(t, ready+"pass 200h\n"), v.view)
	other.tap("Friday 17:00")
	other.shows("#status", "The clock was set")
	other.shows("#clock", "Fri")
	other.clean()
}

func seesManyEnvironments(t *testing.T, v *visitor) {
	names := make([]string, 80)
	for i := range names {
		names[i] = "region-" + strconv.Itoa(i)
	}
	other := visit(t, v.browser, v.path+"#"+packed(t, ready+"-- with --\nenvironment_targets: "+strings.Join(names, ",")+"\n"), v.view)
	other.shows("#lane", "region-79")
	other.is("the page fits", "document.documentElement.scrollWidth <= innerWidth")
	other.clean()
}

func opensShipped(_ *testing.T, v *visitor) {
	v.click("#tab-story")
	v.write("#find", "freeze")
	v.until("it is found", `document.querySelector('#stories [data-key="freeze"]')`)
	v.click(`#stories [data-key="freeze"]`)
	v.ready()
	v.shows("#story-text", "weekend")
	v.shows("#timeline", "is frozen until")
	v.click("#undo")
	v.ready()
	v.shows("#timeline", "Deployment Order")
	v.clean()
}

const attack = `<img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script><svg onload=alert(1)><details ontoggle=alert(1) open><a href="javascript:alert(1)">x</a><iframe src="https://evil.example"></iframe>`

func isNotTaken(t *testing.T, v *visitor) {
	story := "# " + attack + "\nuser alice write\nuser \"" + strings.ReplaceAll(`<img/src=x/onerror=alert(1)>`, `"`, "") + "\" admin\npush checkout " + attack[:60] + "\ncheck \"<b>x</b>\" checkout success\npull 1 alice checkout " + attack +
		"\nlabelled 1 <script>alert(1)</script>\ncomment alice 1 " + attack + "\ncomment alice 1 .lock production --reason " + attack + "\ncomment alice 1 ![x](https://evil.example/x.png) [y](javascript:alert(1)) [z](data:text/html,x)\ncomment alice 1 .deploy production\n\n-- with --\nenvironment_targets: production,<b>x\n"
	other := visit(t, v.browser, v.path+"#"+packed(t, story), v.view)
	other.do(`document.querySelectorAll("details").forEach(d => { d.open = true })`)
	for _, tab := range []string{"rules", "inputs", "records", "story", "world"} {
		other.click("#tab-" + tab)
	}
	other.command(attack)
	other.is("no script ran", `window.__pwned === undefined`)
	other.is("nothing harmful is there", `!document.querySelector("#timeline img, #timeline script, #timeline svg, #timeline iframe, [onerror], [onload], [ontoggle], a[href^='javascript'], a[href^='data']") && document.scripts.length == 1`)
	other.is("links say what they are", `[...document.querySelectorAll("#timeline a")].every(a => a.rel.includes("nofollow") && a.rel.includes("noopener"))`)
	other.clean()
}

// blocksInjection shows that the policy is in force: it would stop what the guards let through.
func blocksInjection(t *testing.T, v *visitor) {
	v.do(`window.violations = []; document.addEventListener("securitypolicyviolation", e => window.violations.push(e.violatedDirective))`)
	v.do(`const s = document.createElement("script"); s.textContent = "window.__pwned = 1"; document.body.append(s);
		const i = document.createElement("img"); i.src = "https://evil.example/x.png"; document.body.append(i);
		const p = document.createElement("p"); p.setAttribute("onclick", "window.__pwned = 1"); document.body.append(p); p.click();
		fetch("https://evil.example/").catch(() => {})`)
	v.until("all four are stopped", `new Set(window.violations).size >= 3 && window.violations.length >= 4`)
	v.is("no script ran", `window.__pwned === undefined`)
	requests, _ := v.heard()
	for _, request := range requests {
		if strings.Contains(request, "evil") && !strings.HasPrefix(request, "https://evil.example/") {
			t.Errorf("the page asks for %s", request)
		}
	}
}

func usesKeyboard(_ *testing.T, v *visitor) {
	v.tabTo("#text")
	v.keys(".deploy development\r")
	v.ready()
	v.tabTo("#endings button")
	v.keys("\r")
	v.ready()
	v.shows("#lane li:nth-child(1)", "this commit")
	v.is("the focus is not lost", `document.activeElement != document.body`)
	v.tabTo("#tab-world")
	v.keys(right + right)
	v.is("the arrow keys change tabs", `!document.getElementById("inputs").hidden && document.activeElement.id == "tab-inputs"`)
	v.keys(home)
	v.tabTo(`[data-key="hour"]`)
	v.keys(" ")
	v.ready()
	v.shows("#story-text", "pass 1h")
	v.is("the focus stays", `document.activeElement.dataset.key == "hour"`)
	v.tabTo(".step summary")
	v.keys("\r")
	v.is("the step is unfolded", `document.activeElement.parentElement.open`)
	v.tabTo("#undo")
	v.keys("\r")
	v.ready()
	v.is("everything that can be clicked has a visible focus", `getComputedStyle(document.activeElement).outlineStyle != "none"`)
	v.clean()
}

func keepsFolds(_ *testing.T, v *visitor) {
	v.click(".step summary")
	v.do(`const range = document.createRange(); range.selectNodeContents(document.querySelector(".comment.bot .body")); getSelection().removeAllRanges(); getSelection().addRange(range); window.selected = getSelection().toString(); window.node = document.querySelector(".comment.bot")`)
	v.press("Check test red")
	v.is("the fold is open", `document.querySelector(".step").open`)
	v.is("the selection stays", `window.selected.length > 20 && getSelection().toString() == window.selected && window.node.isConnected`)
}

// assertSmall adds up what a visitor loads.
func assertSmall(t *testing.T, folder string) {
	t.Helper()
	total := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(data); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		total += min(out.Len(), len(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes over the wire", total)
	if total > mostWire {
		t.Errorf("the page loads %d bytes, more than %d", total, mostWire)
	}
}

// playground returns the folder with the page.
func playground(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv(built); folder != "" {
		return folder
	}
	folder := t.TempDir()
	command := exec.CommandContext(t.Context(), "go", "run", "./cmd/playground", "-out", folder)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

func axeCore(t *testing.T) string {
	t.Helper()
	path := os.Getenv(axe)
	if path == "" {
		t.Skip(axe + " names no file: .ci/run browser fetches it")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// packed writes a story as the fragment of a link.
func packed(t *testing.T, story string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(story))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(out.Bytes())
}
