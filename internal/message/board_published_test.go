package message_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/message"
)

func TestBoardIssue(t *testing.T) {
	t.Parallel()
	r, c, f := showing("", running())
	d := deploy.Decide(r, c, f)
	inside, begins := strings.CutPrefix(message.BoardIssue(r, c, d), "<!-- lockstep:board -->\n")
	inside, ends := strings.CutSuffix(inside, "<!-- /lockstep:board -->")
	assert.True(t, begins && ends)
	golden(t, "board-issue", inside)
	later := *d.Board
	later.At = later.At.Add(7 * time.Hour)
	d.Board = &later
	_, changed := message.PlaceBoard(message.BoardIssue(r, c, deploy.Decide(r, c, f)), message.BoardIssue(r, c, d))
	assert.False(t, changed, "nothing but the time is different")
}

func TestBoardSummary(t *testing.T) {
	t.Parallel()
	r, c, f := showing("", running())
	d := deploy.Decide(r, c, f)
	d.Findings = append(d.Findings, deploy.Finding{Level: deploy.Warn, Text: "I could not read the locks.", Hint: "Add `contents: read`."})
	d.Findings = append(d.Findings, d.Findings[len(d.Findings)-1])
	golden(t, "board-summary", message.BoardSummary(r, c, d))
}

// What people choose neither ends the block nor fills the issue.
func TestHostileBoardIssue(t *testing.T) {
	t.Parallel()
	r, c, f := showing("", running())
	d := deploy.Decide(r, c, f)
	evil := "<!-- /lockstep:board --> <!-- lockstep:board --> _As of 2026-12-01 10:00:00 UTC_ @octocat | " + strings.Repeat("é", 300)
	row := d.Board.Rows[0]
	row.Running = &deploy.Deployment{SHA: evil, Version: evil, Own: true, Actor: evil}
	d.Board.Rows = nil
	for i := range 60 {
		row.Environment = fmt.Sprint(i, evil)
		d.Board.Rows = append(d.Board.Rows, row)
	}
	block := message.BoardIssue(r, c, d)
	assert.Less(t, js.UTF16Len(block), 45000)
	assert.Contains(t, block, "left out")
	assert.Equal(t, 1, strings.Count(block, "<!-- lockstep:board -->"))
	assert.Equal(t, 1, strings.Count(block, "<!-- /lockstep:board -->"))
	text := "Before\n" + block + "\nafter\n"
	placed, _ := message.PlaceBoard(text, strings.Replace(block, "What runs", "Other", 1))
	assert.True(t, strings.HasPrefix(placed, "Before\n") && strings.HasSuffix(placed, "\nafter\n"))
	assert.Len(t, placed, len(text)-len("What runs")+len("Other"))
}
