package message

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// shownReleases is how many releases the summary lists: the output and the files have all.
const shownReleases = 30

// ManifestSummary lists the newest releases of an environment on the page of the run.
func ManifestSummary(m manifest.Manifest, d deploy.Decision) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Lockstep: what was released to %s\n\n", markdown.Text(m.Environment))
	for _, f := range d.Blocking() {
		fmt.Fprintf(&b, "%s %s\n\n", sign(f.Level), strings.TrimSpace(f.Text+" "+f.Hint))
	}
	if len(m.Releases) == 0 {
		return b.String() + "Nothing was deployed there since " + m.Since + ". Is the name of the environment right?\n"
	}
	b.WriteString("| Date | Version | Commit | Status | Changes | Stories |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range m.Releases[:min(len(m.Releases), shownReleases)] {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.Date, releasedVersion(r), markdown.Link(markdown.Code(deploy.Short(r.SHA)), address(r.URL)),
			strings.ReplaceAll(string(r.Status), "_", " "), releasedChanges(r), markdown.Text(markdown.Brief(strings.Join(r.Stories, ", "))))
	}
	if left := len(m.Releases) - shownReleases; left > 0 {
		fmt.Fprintf(&b, "\nAnd %s more, in the output `manifest` and in the files.\n", strconv.Itoa(left))
	}
	return b.String()
}

func address(url *string) string {
	if url == nil {
		return ""
	}
	return *url
}

func releasedVersion(r manifest.Release) string {
	if r.Version == nil {
		return "–"
	}
	return markdown.Cell(markdown.Brief(*r.Version))
}

// releasedChanges lists the changes of a release in one cell, or says why they are not known.
func releasedChanges(r manifest.Release) string {
	if r.Unknown != nil {
		return "unknown: " + markdown.Text(*r.Unknown)
	}
	const most = 5
	var shown []string
	for _, change := range r.Changes[:min(len(r.Changes), most)] {
		name := markdown.Code(deploy.Short(change.SHA))
		if change.Pull != nil {
			name = markdown.Text("#" + strconv.Itoa(*change.Pull))
		}
		shown = append(shown, markdown.Link(name, address(change.URL))+" "+markdown.Text(markdown.Brief(change.Title)))
	}
	if left := len(r.Changes) - most; left > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", left))
	}
	if len(shown) == 0 {
		return "–"
	}
	return strings.Join(shown, "; ")
}
