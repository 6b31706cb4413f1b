package checkup

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// RulesAt names the commits whose rules file is read.
type RulesAt struct {
	Paths  []string
	Commit string // whose file is examined
	Pull   bool   // the commit is that of a pull request: its file takes the place of the default branch's
	Head   string // the head of that pull request, "" for none
}

// RulesFile is a rules file that is examined.
type RulesFile struct {
	Path     string
	Now      Text
	Before   Text // as the default branch has it, where Compared
	Compared bool
	Head     Text // as the head of the pull request has it, which people see next to annotations
}

// Text is a file, if there is one.
type Text struct {
	Exists  bool
	Text    string
	Problem string // why it cannot be read, as the end of a sentence, "" where it can
}

// Place returns where a line of the file belongs in the file of the head, which may be older than what is merged: without
// a line where the head does not have it.
func (f RulesFile) Place(line, column int) deploy.FilePlace {
	now, head := strings.Split(f.Now.Text, "\n"), strings.Split(f.Head.Text, "\n")
	if !f.Head.Exists || f.Head.Text == f.Now.Text || line < 1 || line > len(now) {
		return deploy.FilePlace{File: f.Path, Line: line, Column: column}
	}
	for distance := range max(len(now), len(head)) {
		for _, other := range []int{line - distance, line + distance} {
			if other >= 1 && other <= len(head) && head[other-1] == now[line-1] {
				return deploy.FilePlace{File: f.Path, Line: other, Column: column}
			}
		}
	}
	return deploy.FilePlace{File: f.Path}
}
