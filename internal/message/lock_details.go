package message

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

func lockDetails(r deploy.Request, c config.Config, d deploy.Decision, state deploy.LockState) string {
	if state.Status == deploy.Corrupt {
		return table(brokenRows(r, c, state))
	}
	return table(lockRows(r, c, d.At, state)) + reason(state.Lock.Document)
}

func brokenRows(r deploy.Request, c config.Config, state deploy.LockState) [][2]string {
	branch := state.Target.Branch()
	return [][2]string{
		{"Environment", environmentCell(state.Target)},
		{"Lock branch", markdown.Link(markdown.Cell(branch), deploy.PageURL(r, "tree", branch))},
		{"Problem", markdown.Text(state.Lock.Unreadable)},
		{"To remove it", cell(howToUnlock(c, state.Target))},
	}
}

func lockRows(r deploy.Request, c config.Config, at time.Time, state deploy.LockState) [][2]string {
	said := state.Lock.Document
	return [][2]string{
		{"Environment", environmentCell(state.Target)},
		{"Branch", named(said.Branch)},
		{"Created by", named(said.CreatedBy)},
		{"Created at", created(said)},
		{"Age", age(at, said.CreatedAt)},
		{"Sticky", stickiness(said)},
		{"Global", markdown.Cell(fmt.Sprint(state.Target.Global))},
		{"Expires at", expiry(said, at)},
		{"Comment", cmp.Or(commentLink(r, said), named(said.Link))},
		{"Run", runCell(r, state.Lock)},
		{"Lock file", markdown.Link(markdown.Cell(lock.File), deploy.PageURL(r, "blob", state.Target.Branch()+"/"+lock.File))},
		{"To remove it", cell(howToUnlock(c, state.Target))},
	}
}

func environmentCell(target lock.Target) string {
	if target.Global {
		return "all"
	}
	return markdown.Cell(target.Environment)
}

// created says when a lock was taken. The time may be missing, because branch-deploy takes any text for one.
func created(said lock.Document) string {
	if said.CreatedAt.IsZero() {
		return "unknown"
	}
	return deploy.FormatTime(said.CreatedAt)
}

// age shows how old a lock is, as branch-deploy does. Clocks differ: no lock is younger than new.
func age(at, created time.Time) string {
	if created.IsZero() {
		return "unknown"
	}
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	seconds := int64(max(0, at.Sub(created)) / time.Second)
	return fmt.Sprintf("`%dd:%dh:%dm:%ds`", seconds/day, seconds%day/hour, seconds%hour/minute, seconds%minute)
}

func stickiness(said lock.Document) string {
	switch {
	case !said.Sticky:
		return "`false`: released when the deployment ends"
	case !said.ExpiresAt.IsZero():
		return "`true`"
	}
	return "`true`: stays until removed"
}

func expiry(said lock.Document, at time.Time) string {
	switch {
	case said.ExpiresAt.IsZero():
		return ""
	case said.Expired(at):
		return deploy.FormatTime(said.ExpiresAt) + " (expired)"
	}
	return deploy.FormatTime(said.ExpiresAt)
}

// commentLink links only comments on pull requests of this repository: a lock can have any text there.
func commentLink(r deploy.Request, said lock.Document) string {
	pull := said.Pull()
	address := deploy.PageURL(r, "pull", strconv.Itoa(pull))
	anchor, inside := strings.CutPrefix(said.Link, address)
	if pull == 0 || !inside || !commentAnchor.MatchString(anchor) {
		return ""
	}
	label := fmt.Sprintf("pull request %d", pull)
	if pull == r.Event.Pull {
		label = "this pull request"
	}
	return markdown.Link(label, said.Link)
}

func runCell(r deploy.Request, l deploy.Lock) string {
	return runLink(r, l.Document) + map[deploy.RunState]string{
		deploy.RunGoing: " (in progress)", deploy.RunEnded: " (ended)",
	}[l.Run]
}

var commentAnchor = regexp.MustCompile(`^(#issuecomment-[0-9]+)?$`)

func runLink(r deploy.Request, said lock.Document) string {
	address := deploy.RunURL(r, said)
	if address == "" {
		return ""
	}
	return markdown.Link(fmt.Sprintf("run %d", said.RunID), address)
}

func reason(said lock.Document) string {
	const ofDeployments = "deployment"
	if said.Reason == "" || (!said.Sticky && said.Reason == ofDeployments) {
		return ""
	}
	return "\n**Reason:**\n\n" + markdown.Fence("", visible(said.Reason)) + "\n"
}

// visible cuts a typed text to a length that fits a comment, and removes characters that turn words around.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, unmarked(ShortBody(text)))
}

func howToUnlock(c config.Config, target lock.Target) string {
	if c.Commands.Unlock == "" || (target.Global && c.Commands.GlobalFlag == "") {
		return "delete the branch " + markdown.Code(target.Branch())
	}
	return "type " + markdown.Code(deploy.UnlockCommand(c.Commands, target))
}
