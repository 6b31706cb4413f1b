package message

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// maxChangelog is how long the list of changes is in a comment and as an output, in UTF-16 code units: a comment needs
// room for the rest.
const maxChangelog = 16 << 10

// Changelog lists what a deployment brings or takes away, in Markdown, "" for nothing. GitHub links the numbers of pull
// requests.
func Changelog(c *deploy.Changelog) string {
	return changelog(c, func(pull int) string { return fmt.Sprintf("#%d", pull) })
}

func changelog(c *deploy.Changelog, reference func(pull int) string) string {
	if c == nil {
		return ""
	}
	var lines []string
	length := 0
	for _, one := range c.Changes {
		line := "- " + changeLine(one, reference)
		if length += js.UTF16Len(line); length > maxChangelog {
			break
		}
		lines = append(lines, line)
	}
	add := func(rest string) { lines = append(lines, "- "+choose(len(lines) > 0, "and ", "")+rest) }
	if more := c.More + len(c.Changes) - len(lines); more > 0 {
		add(fmt.Sprintf("%d more", more))
	}
	if c.Unknown > 0 {
		add(deploy.Plural(c.Unknown, "commit") + choose(c.Unknown == 1, " that was", " that were") + " not looked up")
	}
	return strings.Join(lines, "\n")
}

func changeLine(one deploy.Change, reference func(pull int) string) string {
	name := markdown.Code(deploy.Short(one.SHA))
	if one.Pull != 0 {
		name = reference(one.Pull)
	}
	return name + wrap(" ", markdown.Text(one.Title), "") + inBrackets(markdown.Text(one.Author))
}

// changes is the list of what a deployment brings or takes away, in a fold. The pull requests are not linked: GitHub would
// note each deployment on each of them.
func changes(s Subject) string {
	if s.Live == nil || s.Live.Changes == nil {
		return ""
	}
	c := s.Live.Changes
	title := deploy.Plural(c.Commits, "commit")
	if c.Pulls > 0 {
		title = deploy.Plural(c.Pulls, "pull request") + ", " + title
	}
	list := changelog(c, func(pull int) string { return markdown.Text(fmt.Sprintf("#%d", pull)) })
	return wrap("<details><summary>"+choose(c.Removed, "Removed: ", "")+title+"</summary>\n\n", list, "\n\n</details>")
}
