package execute

import "github.com/lockstep-action/lockstep/internal/plan"

// Policy says what a list of steps means for the ledger.
type Policy int

// The values of Policy.
const (
	Answer   Policy = iota // begins nothing that has to be ended
	Question               // begins a deployment that waits for an answer
	Start                  // begins a deployment that a later stage ends; the workflow goes on
	Record                 // begins and ends in this stage
	Withdraw               // takes back what was begun; every step is tried
	Ending                 // begins the end; every step is tried
	End                    // completes the end; every step is tried, and nothing is left to do whatever came of it
)

// phases are those while the steps are carried out, and after they were.
func (p Policy) phases(now plan.Phase) (during, after plan.Phase) {
	switch p {
	case Question:
		return plan.Starting, plan.Starting
	case Start:
		return plan.Starting, plan.Ready
	case Record:
		return plan.Starting, plan.Closed
	case Withdraw:
		if now == plan.Starting {
			return now, plan.Closed
		}
	case Ending:
		return plan.Ending, plan.Ending
	case End:
		return plan.Ending, plan.Closed
	case Answer:
	}
	return now, now
}

// keepsGoing reports whether every step is tried: none depends on another.
func (p Policy) keepsGoing() bool { return p >= Withdraw }
