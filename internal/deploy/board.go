package deploy

import (
	"cmp"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// MostOnBoard is how many environments are read for a board.
const MostOnBoard = 50

// Board is what runs where, and what is in the way of the pull request that asks.
type Board struct {
	At      time.Time
	About   string     // the only environment that was asked for, "" for all
	Rows    []BoardRow // in the order of the settings
	LeftOut []string   // environments that were not read, because there are too many
}

// BoardRow is one environment. It is untrusted as far as GitHub's deployments are: anyone who can push can make them.
type BoardRow struct {
	Environment string
	URL         string   // "" for none
	Production  bool     // it is a production environment
	After       []string // the environments that come right before it

	Problem     *Problem // why nothing is known of what runs there, nil where it is known
	State       BoardState
	Running     *Deployment  // what runs, nil for nothing
	Untold      bool         // what runs may be among older deployments, which were not read
	Newest      *Deployment  // the last attempt, nil for none
	Deployments []Deployment // newest first, at most ten; links lead to the server itself
	Lock        *LockState   // that counts most, also one that is stale or the actor's; nil for none
	LockProblem *Problem     // why the locks are not known, nil where they are
	Freeze      *BoardFreeze // nil for none, and where GitHub does not say what time it is
	Rollback    *Deployment  // what .rollback would go back to, not confirmed; nil for nothing, and where it was not looked for

	Command string    // that deploys the pull request there, "" where there is no such command
	Asked   *Decision // on that command by the asker, nil without a pull request
}

// BoardState is the state of one environment.
type BoardState string

// The states.
const (
	NothingYet    BoardState = "nothing_yet"  // no deployment was ever made
	Runs          BoardState = "runs"         // the last attempt succeeded
	Deploying     BoardState = "deploying"    // the last attempt has not ended
	CheckingState BoardState = "health_check" // the last attempt waits for the check of the application
	LastFailed    BoardState = "failed"       // the last attempt failed: what ran before runs on, if anything did
	RolledBack    BoardState = "rolled_back"  // the last attempt was a rollback, and succeeded
	TakenDown     BoardState = "taken_down"   // what was deployed last is inactive, and nothing took its place
	StateUnknown  BoardState = "unknown"
)

// BoardFreeze is the freeze that is in effect, or the next one.
type BoardFreeze struct {
	Name, Reason string
	Active       bool
	When         string    // when it begins, or ends, in the zone of the rules file; "" where no end is known
	From         time.Time // when it begins, zero for one that is in effect
	Until        time.Time // when it ends, with all that touch it; zero for one that has not begun, and where no end is known
}

// longestFreezeAhead is how far ahead the next freeze is looked for.
const longestFreezeAhead = 366 * 24 * time.Hour

// BoardFacts are facts of several environments that a decision on one deployment needs once.
type BoardFacts struct {
	Rehearsals map[StatusOf]Rehearsal
	Compared   map[Comparison]Compared
}

// Compared is what a comparison found, or why it found nothing.
type Compared struct {
	Changes Changes
	Problem *Problem
}

// OnBoard returns the environments that a request about what runs where is about, and those that are too many.
func OnBoard(r Request, c config.Config) (shown, leftOut []string) {
	if r.Command.About != "" {
		return []string{r.Command.About}, nil
	}
	all := c.Environments()
	most := min(len(all), MostOnBoard)
	return all[:most:most], all[most:]
}

// BoardOf returns what runs where. With a pull request, each row has the decision on its deployment by the asker.
func BoardOf(r Request, c config.Config, f Facts) Board {
	shown, leftOut := OnBoard(r, c)
	board := Board{At: f.ReadAt, About: r.Command.About, LeftOut: leftOut}
	for _, environment := range shown {
		board.Rows = append(board.Rows, boardRow(r.deploying(environment, c), c, f))
	}
	return board
}

// showsBoard reports whether a command that may be run asks what runs where.
func (k *Case) showsBoard() bool {
	return k.Command.Kind == command.Status && permissionGate().run(k).Level == Pass && k.Command.KnownEnvironment
}

func boardRow(asked Request, c config.Config, f Facts) BoardRow {
	k := boardCase(asked, c, f)
	row := BoardRow{
		Environment: k.Target.Environment, URL: k.Config.Resolved.URL, Production: k.Config.Resolved.Production,
		After: k.parents(), Freeze: boardFreeze(k), State: StateUnknown,
	}
	row.Lock, row.LockProblem = k.boardLock()
	if problem, missing := k.Missing(LivePart); missing {
		row.Problem = &problem
	} else {
		row.fill(k)
	}
	if asked.Event.Pull != 0 && c.Commands.Deploy != "" {
		row.Command, row.Asked = asked.Command.Text, new(Decide(asked, c, k.Facts))
	}
	return row
}

// deploying returns the request with the command that deploys the pull request to an environment.
func (r Request) deploying(environment string, c config.Config) Request {
	return Request{Event: r.Event, Command: command.Command{
		Kind: command.Deploy, Text: c.Commands.Deploy + " " + environment, Environment: environment, KnownEnvironment: true,
	}}
}

// fill says what runs, and what was deployed.
func (row *BoardRow) fill(k *Case) {
	for _, one := range k.Live[:min(len(k.Live), BoardDepth)] {
		row.Deployments = append(row.Deployments, k.linked(one))
	}
	if running := Running(k.Live); running != nil {
		row.Running = new(k.linked(*running))
	}
	if len(row.Deployments) > 0 {
		row.Newest = &row.Deployments[0]
	}
	ran := slices.ContainsFunc(k.Live, Deployment.everRan)
	row.Untold = !ran && len(k.Live) > 0 && !k.Live[len(k.Live)-1].First
	row.State = boardStateOf(row.Newest, row.Running)
}

// linked returns the deployment with links to the server itself only: to the run that ended it, where one did.
func (k *Case) linked(d Deployment) Deployment {
	d.LogURL = k.onServer(cmp.Or(d.ending().LogURL, d.LogURL))
	d.Statuses = slices.Clone(d.Statuses)
	for i := range d.Statuses {
		d.Statuses[i].LogURL = k.onServer(d.Statuses[i].LogURL)
	}
	return d
}

// parents are the environments that come right before that of the request.
func (k *Case) parents() []string {
	earlier := k.Config.Resolved.Earlier
	if len(earlier) == 0 || k.ordered() {
		return earlier
	}
	return earlier[len(earlier)-1:]
}

// boardLock returns the lock that counts most, nil for none, or why the locks are not known.
func (k *Case) boardLock() (*LockState, *Problem) {
	if k.Config.Locks.Disabled {
		return nil, nil
	}
	if problem, missing := k.Missing(LocksPart); missing {
		return nil, &problem
	}
	var found *LockState
	for _, state := range k.Locks.inOrder() {
		if state.Status != Free && (found == nil || weight(state.Status) > weight(found.Status)) {
			found = &state
		}
	}
	return found, nil
}

func boardFreeze(k *Case) *BoardFreeze {
	rules := k.Config.Resolved.Rules
	if rules == nil || !k.toldTime() {
		return nil
	}
	when := func(at time.Time) string { return whenThere(at, rules.Zone, k.ReadAt) }
	if frozen, isFrozen := policy.FrozenAt(rules.Freezes, rules.Zone, k.ReadAt); isFrozen {
		one := &BoardFreeze{Name: frozen.Freeze.Name, Reason: frozen.Freeze.Reason, Active: true, Until: frozen.Until}
		if !frozen.Until.IsZero() {
			one.When = when(frozen.Until)
		}
		return one
	}
	next, begin, found := policy.NextFreeze(rules.Freezes, rules.Zone, k.ReadAt, longestFreezeAhead)
	if !found {
		return nil
	}
	return &BoardFreeze{Name: next.Name, Reason: next.Reason, From: begin, When: when(begin)}
}

// boardStateOf returns the state of an environment by the last attempt and what runs.
func boardStateOf(newest, running *Deployment) BoardState {
	if newest == nil {
		return NothingYet
	}
	switch outcome := newest.Outcome(); {
	case outcome == OutcomeChecking:
		return CheckingState
	case outcome.InFlight():
		return Deploying
	case outcome.Unsuccessful():
		return LastFailed
	case outcome != OutcomeSuccess && running == nil:
		return StateUnknown
	case running == nil:
		return TakenDown
	case newest.Rollback != nil && outcome == OutcomeSuccess:
		return RolledBack
	}
	return Runs
}
