package deploy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkName is an entry of a list of checks. With an app, no commit status is meant, and no check run of another app.
type checkName struct {
	name string
	app  string // a slug, or a number that GitHub calls the app's id; "" for any app, and for commit statuses
}

var appShape = regexp.MustCompile(`^([0-9A-Za-z-]+(\[bot\])?)?$`)

// readCheckName splits an entry at its last @. There is one reading of each entry: a check that is called like the
// whole entry must not stand in for the check of the app. An @ at the end makes all before it the name.
func readCheckName(entry string) checkName {
	at := strings.LastIndex(entry, "@")
	if at < 1 || !appShape.MatchString(entry[at+1:]) {
		return checkName{name: entry}
	}
	return checkName{name: entry[:at], app: strings.ToLower(strings.TrimSuffix(entry[at+1:], "[bot]"))}
}

// means reports whether the entry means a check. A slug can be a number, too: a number is always the id.
func (n checkName) means(one Check) bool {
	switch {
	case one.Name != n.name:
		return false
	case n.app == "":
		return true
	case one.Kind != CheckRun:
		return false
	case isNumber(n.app):
		return n.isAppID(one.App)
	}
	return one.AppSlug == n.app
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

func (n checkName) isAppID(id Known[int64]) bool {
	return id.OK && n.app == strconv.FormatInt(id.Value, 10)
}

// listsAll reports whether the entries mean every check that could meet an expectation. GitHub tells no slug of the app
// that a rule names: a check of that app does, once it is there.
func listsAll(entries []string, e Expectation, nodes []Check) bool {
	bySlug := func(one Check) bool { return e.App.OK && e.metBy(one) && lists(entries, one) }
	return slices.ContainsFunc(nodes, bySlug) || slices.ContainsFunc(entries, func(entry string) bool {
		n := readCheckName(entry)
		return n.name == e.Name && (n.app == "" || n.isAppID(e.App))
	})
}

// lists reports whether one of the entries means a check.
func lists(entries []string, one Check) bool {
	return slices.ContainsFunc(entries, func(entry string) bool { return readCheckName(entry).means(one) })
}

// ofAppsHint says how an entry was read that names an app, "" where no entry does.
func ofAppsHint(entries []string) string {
	for _, entry := range entries {
		if read := readCheckName(entry); read.app != "" {
			return " " + markdown.Code(entry) + " means a check run " + markdown.Code(read.name) + " of the app " + markdown.Code(read.app) +
				"; if the whole text is the name of the check, write " + markdown.Code(entry+"@") + "."
		}
	}
	return ""
}

// listsWorkflow reports whether one of the entries is the name of a workflow.
func listsWorkflow(entries []string, workflow string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool { return readCheckName(entry) == checkName{name: workflow} })
}
