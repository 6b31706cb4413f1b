package plan

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/message"
)

// UpdateIssue keeps the part of an issue's text between two markers current.
type UpdateIssue struct {
	Number int
	Board  string // what is between the markers, with the markers
}

func (UpdateIssue) effect()          {}
func (u UpdateIssue) String() string { return fmt.Sprintf("keep issue #%d current", u.Number) }

// Place returns the issue's text with what it is to say, and whether anything but the time is different from before.
func (u UpdateIssue) Place(text string) (placed string, changed bool) {
	return message.PlaceBoard(text, u.Board)
}
