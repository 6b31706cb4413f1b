package message

import (
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
)

// The markers around what an issue says about what runs where. What is outside of them is left alone.
const (
	boardBegin = "<!-- lockstep:board -->"
	boardEnd   = "<!-- /lockstep:board -->"
)

// boardTime begins the line that says when the board was read. It ends the board, and is no change by itself.
const boardTime = "_As of "

// BoardSummary shows what runs where on the page of the workflow run, with what could not be read or written.
func BoardSummary(r deploy.Request, c config.Config, d deploy.Decision) string {
	text := "## Lockstep: what runs where\n\n"
	for _, f := range append(d.Blocking(), d.Warnings()...) {
		if line := "- " + sign(f.Level) + " " + strings.TrimSpace(f.Text+" "+f.Hint) + "\n"; !strings.Contains(text, line) {
			text += line
		}
	}
	return text + "\n" + BoardTable(r, *d.Board) + leftOut(c, *d.Board) + boardOrder(*d.Board)
}

// maxBoard is how long the board in an issue is at most: the rest of the text is for people.
const maxBoard = 40000

// BoardIssue says in an issue what runs where, between two markers, for everyone who reads it later: times are points in
// time, and no one's pull request is meant.
func BoardIssue(r deploy.Request, c config.Config, d deploy.Decision) string {
	board := *d.Board
	board.Rows = slices.Clone(board.Rows)
	for i := range board.Rows {
		board.Rows[i].Command, board.Rows[i].Asked = "", nil
	}
	for {
		text := "### What runs where\n\n" + brokenPolicy(d.Policy) + boardTable(r, board, pointsInTime{}) + leftOut(c, board)
		if js.UTF16Len(text) <= maxBoard || len(board.Rows) == 0 {
			return block(text, board.At)
		}
		last := board.Rows[len(board.Rows)-1]
		board.Rows, board.LeftOut = board.Rows[:len(board.Rows)-1], append([]string{last.Environment}, board.LeftOut...)
	}
}

// block puts the markers around a board that was read at that time.
func block(board string, at time.Time) string {
	return boardBegin + "\n" + strings.TrimSpace(board) + "\n\n" + boardTime + at.UTC().Format(time.DateTime) + " UTC_\n" + boardEnd
}

// longestRace is how far runs that write at the same time are apart. A time that is later still was written by hand.
const longestRace = time.Hour

// PlaceBoard returns the text of an issue with a block of the board in place of the one that is there, or behind all
// else. Nothing has changed where only the time differs, and where the text has a board that was read later.
func PlaceBoard(text, block string) (placed string, changed bool) {
	from, until, found := findBoard(text)
	if !found {
		return strings.TrimRight(text, " \r\n\t") + choose(strings.TrimSpace(text) == "", "", "\n\n") + block + "\n", true
	}
	before, readBefore := splitTime(text[from:until])
	now, readNow := splitTime(block)
	if newer := readBefore.Sub(readNow); before == now || newer > 0 && newer < longestRace {
		return text, false
	}
	return text[:from] + block + text[until:], true
}

// findBoard finds the first end marker with a begin marker before it. One that someone left without its partner is part of
// the text around.
func findBoard(text string) (from, until int, found bool) {
	searched := 0
	for {
		end := strings.Index(text[searched:], boardEnd)
		if end < 0 {
			return 0, 0, false
		}
		begin := strings.LastIndex(text[searched:searched+end], boardBegin)
		if begin >= 0 {
			return searched + begin, searched + end + len(boardEnd), true
		}
		searched += end + len(boardEnd)
	}
}

// splitTime takes the line with the time out of a block. Browsers send other ends of lines.
func splitTime(block string) (rest string, at time.Time) {
	block = strings.ReplaceAll(block, "\r\n", "\n")
	begin := strings.LastIndex(block, boardTime)
	if begin < 0 {
		return block, time.Time{}
	}
	line, after, _ := strings.Cut(block[begin:], "\n")
	at, err := time.Parse(boardTime+time.DateTime+" UTC_", line)
	if err != nil {
		return block, time.Time{}
	}
	return block[:begin] + after, at
}
