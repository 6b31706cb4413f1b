package plan

// UpdateBranch merges the base into the pull request's branch, if that still has the head that was checked.
type UpdateBranch struct {
	Pull         int
	ExpectedHead string
}

func (UpdateBranch) effect() {}

// String says what it does.
func (UpdateBranch) String() string { return "update the branch of the pull request" }

// CountCommits counts the commits between what runs and what is deployed. It changes nothing. It is an effect
// because it takes place while others do.
type CountCommits struct{ Base, Head string }

func (CountCommits) effect() {}

// String says what it does.
func (CountCommits) String() string { return "count the commits since the last deployment" }

func (CountCommits) done(l *Ledger, done Done) {
	if live := l.Subject.Live; live != nil {
		live.Counted, live.Ahead, live.Behind = true, done.Ahead, done.Behind
	}
}

// countCommits plans the distance to what runs now, unless it is known.
func countCommits(l Ledger) []Step {
	live := l.Subject.Live
	if live == nil || live.Counted {
		return nil
	}
	return []Step{{Effect: CountCommits{Base: live.SHA, Head: l.Subject.SHA}, Concurrent: true}}
}
