package execute_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// stage is a world in which effects do what a test says, and nothing else.
type stage struct {
	t     *testing.T
	mu    sync.Mutex
	said  map[string][]outcome // by attempt, such as "do react with eyes"
	log   []string             // what happened, in order
	fails error                // of the next save
}

// outcome is what comes of one attempt.
type outcome struct {
	done plan.Done
	err  error
}

func (s *stage) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, text)
}

func (s *stage) attempt(how string, e plan.Effect) (plan.Done, error) {
	name := how + " " + e.String()
	s.note(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.said[name]) == 0 {
		s.t.Errorf("nothing is planned for %q", name)
		return plan.Done{}, &gh.Error{Status: http.StatusTeapot}
	}
	next := s.said[name][0]
	s.said[name] = s.said[name][1:]
	return next.done, next.err
}

func (s *stage) Do(_ context.Context, e plan.Effect, _ plan.Ledger) (plan.Done, error) {
	return s.attempt("do", e)
}

func (s *stage) Redo(_ context.Context, e plan.Effect, _ plan.Ledger) (plan.Done, error) {
	return s.attempt("redo", e)
}

// on says what comes of attempts, one after the other.
func (s *stage) on(attempt string, outcomes ...outcome) { s.said[attempt] = outcomes }

func worked() outcome          { return outcome{} }
func failed(err error) outcome { return outcome{err: err} }

// atOnce is a context in which waits take no time.
func atOnce(t *testing.T) context.Context {
	t.Helper()
	return wait.WithClock(t.Context(), noTime{})
}

// noTime is a clock on which waits take no time.
type noTime struct{}

func (noTime) Wait(_ time.Duration, passed func()) (stop func()) {
	passed()
	return func() {}
}

func (noTime) Limit(time.Duration, func()) (stop func()) { return func() {} }

func newExecutor(t *testing.T) (*execute.Executor, *stage) {
	t.Helper()
	s := &stage{t: t, said: map[string][]outcome{}}
	return &execute.Executor{
		World: s, Log: slog.New(slog.DiscardHandler),
		Save: func(l plan.Ledger) error {
			s.note("save " + string(l.Phase))
			err := s.fails
			s.fails = nil
			return err
		},
		Decide: func(deploy.Facts) deploy.Decision {
			t.Error("nothing was read that changes the decision")
			return deploy.Decision{}
		},
		Explain: func(err error) deploy.Problem { return deploy.Problem{Text: err.Error()} },
		Warn:    func(error) { s.note("warn") },
		Trace:   func(plan.Effect, error) {},
	}, s
}

// The effects of the tests, and what they are called.
const (
	reacting  = "react with eyes"
	counting  = "count the commits since the last deployment"
	creating  = "create the deployment of  to production"
	setting   = "set the deployment's status: in_progress"
	releasing = "release the lock x"
	taking    = "take the lock x"
)

func react() plan.Step { return plan.Step{Effect: plan.React{Content: "eyes"}, Concurrent: true} }
func count() plan.Step { return plan.Step{Effect: plan.CountCommits{}, Concurrent: true} }
func create() plan.Step {
	return plan.Step{Effect: plan.StartDeployment{Environment: "production"}, Must: true}
}
func set() plan.Step  { return plan.Step{Effect: plan.SetStatus{State: "in_progress"}, Must: true} }
func take() plan.Step { return plan.Step{Effect: plan.TakeLock{Branch: "x"}, Must: true} }
func release() plan.Step {
	return plan.Step{Effect: plan.FreeLock{Branch: "x", Own: true}, Must: true}
}

func refused() error { return &gh.Error{Doing: "do it", Status: http.StatusUnprocessableEntity} }
func denied() error {
	return &gh.Error{Doing: "do it", Status: http.StatusForbidden, Message: "Resource not accessible by integration"}
}

func archived() error {
	return &gh.Error{Doing: "do it", Status: http.StatusForbidden, Message: "Repository was archived so is read-only."}
}

func limited() error {
	return &gh.Error{Doing: "do it", Status: http.StatusForbidden, Message: "API rate limit exceeded for installation."}
}

func locked() error {
	return &gh.Error{Doing: "do it", Status: http.StatusForbidden, Message: "Unable to create comment because issue is locked."}
}

func ambiguous() error { return &gh.Error{Doing: "do it", Status: http.StatusBadGateway} }

// The ledger is saved before and after each batch, with what the batch may leave behind.
func TestRunSavesAroundEachBatch(t *testing.T) {
	t.Parallel()
	x, s := newExecutor(t)
	s.on("do "+creating, outcome{done: plan.Done{DeploymentID: 42}})
	s.on("do "+setting, worked())
	require.NoError(t, x.Run(atOnce(t), []plan.Step{create(), set()}, execute.Start))
	assert.Equal(t, []string{
		"save starting", "do " + creating, "save starting", "save starting", "do " + setting, "save starting", "save ready",
	}, s.log)
	assert.Equal(t, int64(42), x.Ledger.DeploymentID)
	assert.True(t, x.Ledger.Attempted)
}

// meeting is a world in which each attempt waits for another one.
type meeting struct{ group *sync.WaitGroup }

func (m meeting) Do(context.Context, plan.Effect, plan.Ledger) (plan.Done, error) {
	m.group.Done()
	m.group.Wait()
	return plan.Done{}, nil
}

func (m meeting) Redo(context.Context, plan.Effect, plan.Ledger) (plan.Done, error) {
	return plan.Done{}, errors.New("nothing is repeated")
}

func TestRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	x, _ := newExecutor(t)
	both := new(sync.WaitGroup)
	both.Add(2)
	x.World = meeting{both}
	require.NoError(t, x.Run(atOnce(t), []plan.Step{react(), count()}, execute.Answer))
}

// What the ledger's phase is while steps are carried out, and after.
func TestPhases(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy  execute.Policy
		before  plan.Phase
		err     error
		saves   []string // around the attempt
		after   plan.Phase
		problem bool
	}{
		"answer":               {execute.Answer, plan.Idle, nil, nil, plan.Idle, false},
		"answer that fails":    {execute.Answer, plan.Idle, refused(), nil, plan.Idle, true},
		"question":             {execute.Question, plan.Idle, nil, []string{"save starting", "save starting"}, plan.Starting, false},
		"start":                {execute.Start, plan.Idle, nil, []string{"save starting", "save starting", "save ready"}, plan.Ready, false},
		"start that fails":     {execute.Start, plan.Idle, refused(), []string{"save starting", "save starting"}, plan.Starting, true},
		"record":               {execute.Record, plan.Idle, nil, []string{"save starting", "save starting", "save closed"}, plan.Closed, false},
		"withdraw":             {execute.Withdraw, plan.Starting, nil, []string{"save starting", "save starting", "save closed"}, plan.Closed, false},
		"withdraw that fails":  {execute.Withdraw, plan.Starting, refused(), []string{"save starting", "save starting"}, plan.Starting, true},
		"withdraw of nothing":  {execute.Withdraw, plan.Idle, nil, nil, plan.Idle, false},
		"beginning of the end": {execute.Ending, plan.Ready, nil, []string{"save ending", "save ending"}, plan.Ending, false},
		"end":                  {execute.End, plan.Ready, nil, []string{"save ending", "save ending", "save closed"}, plan.Closed, false},
		"end that fails":       {execute.End, plan.Ready, refused(), []string{"save ending", "save ending", "save closed"}, plan.Closed, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Ledger.Phase = test.before
			s.on("do "+creating, failed(test.err))
			err := x.Run(atOnce(t), []plan.Step{create()}, test.policy)
			assert.Equal(t, test.problem, err != nil, "%v", err)
			assert.Equal(t, test.after, x.Ledger.Phase)
			var saves []string
			for _, line := range s.log {
				if line != "do "+creating {
					saves = append(saves, line)
				}
			}
			assert.Equal(t, test.saves, saves)
		})
	}
}

// A workflow may only go on when the next stage can end what was begun.
func TestStartIsNotReady(t *testing.T) {
	t.Parallel()
	t.Run("saved state is lost", func(t *testing.T) {
		t.Parallel()
		x, s := newExecutor(t)
		s.fails = errors.New("disk full")
		require.ErrorContains(t, x.Run(atOnce(t), nil, execute.Start), "disk full")
		assert.Equal(t, plan.Starting, x.Ledger.Phase)
	})
	t.Run("nothing is begun without a saved state", func(t *testing.T) {
		t.Parallel()
		x, s := newExecutor(t)
		s.fails = errors.New("disk full")
		require.ErrorContains(t, x.Run(atOnce(t), []plan.Step{create()}, execute.Start), "disk full")
		assert.Equal(t, []string{"save starting"}, s.log)
	})
	t.Run("told to stop", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(atOnce(t))
		cancel()
		x, _ := newExecutor(t)
		require.ErrorIs(t, x.Run(ctx, nil, execute.Start), context.Canceled)
		assert.Equal(t, plan.Starting, x.Ledger.Phase)
	})
}

// A step that failed stops a run, is a warning, or is noted while the others are tried.
func TestFailures(t *testing.T) {
	t.Parallel()
	permitted := set()
	permitted.Permitted = true
	optional := set()
	optional.Must = false
	unlocked := set()
	unlocked.Unlocked = true
	for name, test := range map[string]struct {
		policy execute.Policy
		step   plan.Step
		err    error
		want   []string
		fails  bool
	}{
		"must":                        {execute.Answer, set(), denied(), []string{"do " + setting}, true},
		"optional":                    {execute.Answer, optional, refused(), []string{"do " + setting, "redo " + setting, "warn", "do " + reacting}, false},
		"conversation is locked":      {execute.Answer, unlocked, locked(), []string{"do " + setting, "warn", "do " + reacting}, false},
		"locked, and it must":         {execute.Answer, set(), locked(), []string{"do " + setting}, true},
		"permission is missing":       {execute.Answer, permitted, denied(), []string{"do " + setting, "warn", "do " + reacting}, false},
		"repository is archived":      {execute.Answer, permitted, archived(), []string{"do " + setting, "warn", "do " + reacting}, false},
		"archived, and it must":       {execute.Answer, set(), archived(), []string{"do " + setting}, true},
		"permitted, and a limit":      {execute.Answer, permitted, limited(), []string{"do " + setting, "redo " + setting}, true},
		"permitted, and invalid":      {execute.Answer, permitted, refused(), []string{"do " + setting, "redo " + setting}, true},
		"must, but all are tried":     {execute.Withdraw, set(), denied(), []string{"do " + setting, "do " + reacting}, true},
		"optional, and all are tried": {execute.Withdraw, optional, denied(), []string{"do " + setting, "warn", "do " + reacting}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			s.on("do "+setting, failed(test.err))
			s.on("redo "+setting, failed(test.err))
			s.on("do "+reacting, worked())
			next := react()
			next.Concurrent = false
			err := x.Run(atOnce(t), []plan.Step{test.step, next}, test.policy)
			assert.Equal(t, test.fails, err != nil, "%v", err)
			if step, isStep := errors.AsType[*execute.StepError](err); test.fails && assert.True(t, isStep) {
				assert.Equal(t, test.step.Effect, step.Effect)
				require.ErrorIs(t, err, test.err)
			}
			assert.Equal(t, test.want, s.log)
		})
	}
}

// The next comment lists what could not be cleaned up.
func TestProblemsAreNoted(t *testing.T) {
	t.Parallel()
	x, s := newExecutor(t)
	s.on("do "+releasing, failed(denied()))
	require.Error(t, x.Run(atOnce(t), []plan.Step{release()}, execute.Withdraw))
	noted, isComment := x.Ledger.Resolve(plan.Comment{Kind: plan.AnswerComment, Body: "x"}).(plan.Comment)
	require.True(t, isComment)
	assert.Contains(t, noted.Body, "The lock could not be released")
}

// A write of which it is unknown whether it took effect is repeated once, with a look at what there is.
func TestRepeats(t *testing.T) {
	t.Parallel()
	record := plan.Step{Effect: plan.RecordEvent{Status: config.Started}, Must: true}
	const recording = "tell the tracking endpoint: started"
	for name, test := range map[string]struct {
		step    plan.Step
		repeats bool
		said    map[string]outcome
		want    []string
		fails   bool
	}{
		"ambiguous":          {create(), false, map[string]outcome{"do " + creating: failed(ambiguous()), "redo " + creating: worked()}, []string{"do " + creating, "redo " + creating}, false},
		"ambiguous twice":    {create(), false, map[string]outcome{"do " + creating: failed(ambiguous()), "redo " + creating: failed(ambiguous())}, []string{"do " + creating, "redo " + creating}, true},
		"refused":            {create(), false, map[string]outcome{"do " + creating: failed(refused())}, []string{"do " + creating}, true},
		"another commit":     {create(), false, map[string]outcome{"do " + creating: failed(&gh.MismatchError{})}, []string{"do " + creating}, true},
		"merged instead":     {create(), false, map[string]outcome{"do " + creating: failed(&gh.MergedError{})}, []string{"do " + creating}, true},
		"status is refused":  {set(), false, map[string]outcome{"do " + setting: failed(refused()), "redo " + setting: worked()}, []string{"do " + setting, "redo " + setting}, false},
		"status is denied":   {set(), false, map[string]outcome{"do " + setting: failed(denied())}, []string{"do " + setting}, true},
		"event":              {record, false, map[string]outcome{"do " + recording: failed(errors.New("no answer"))}, []string{"do " + recording}, true},
		"after another part": {create(), true, map[string]outcome{"redo " + creating: worked()}, []string{"redo " + creating}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Repeats = test.repeats
			for attempt, one := range test.said {
				s.on(attempt, one)
			}
			err := x.Run(atOnce(t), []plan.Step{test.step}, execute.Answer)
			assert.Equal(t, test.fails, err != nil, "%v", err)
			assert.Equal(t, test.want, s.log)
		})
	}
}

// Once a run was told to stop nothing is repeated.
func TestNoRepeatAfterAStop(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(atOnce(t))
	cancel()
	x, s := newExecutor(t)
	s.on("do "+creating, failed(ambiguous()))
	require.Error(t, x.Run(ctx, []plan.Step{create()}, execute.Answer))
	assert.Equal(t, []string{"do " + creating}, s.log)
}

// What is read inside a write is decided on once more.
func TestSecondLook(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)
	looked := outcome{done: plan.Done{LockTip: "tip", Facts: &deploy.Facts{ReadAt: at}}}
	taken := failed(&gh.TakenError{Branch: "x", Facts: deploy.Facts{ReadAt: at}})
	granted := deploy.LockStates{Looked: true, Target: deploy.LockState{Status: deploy.Ours}, Global: deploy.LockState{Status: deploy.Free}}
	locked := granted
	locked.Global.Status = deploy.Held
	for name, test := range map[string]struct {
		outcome outcome
		again   deploy.Decision
		changed bool
		want    *plan.Lock
	}{
		"nothing in the way":        {looked, deploy.Decision{Verdict: deploy.Proceed, Locks: granted}, false, &plan.Lock{Branch: "x", Attempted: true, Tip: "tip", Confirmed: true}},
		"another lock":              {looked, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.LockConflict, Locks: locked}, true, &plan.Lock{Branch: "x", Attempted: true, Tip: "tip"}},
		"another reason, too":       {looked, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.RefChanged, Locks: locked}, true, &plan.Lock{Branch: "x", Attempted: true, Tip: "tip"}},
		"locks are not known":       {looked, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.UnexpectedError}, true, &plan.Lock{Branch: "x", Attempted: true, Tip: "tip"}},
		"another reason":            {looked, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.RefChanged, Locks: granted}, true, &plan.Lock{Branch: "x", Attempted: true, Tip: "tip", Confirmed: true}},
		"taken":                     {taken, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.LockConflict}, true, nil},
		"taken by the same person":  {taken, deploy.Decision{Verdict: deploy.Proceed, Kind: command.Deploy}, false, nil},
		"taken by the same command": {taken, deploy.Decision{Verdict: deploy.Proceed, Kind: command.Lock}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Decision, x.Ledger.Lock = &deploy.Decision{Verdict: deploy.Proceed}, &plan.Lock{Branch: "x"}
			x.Decide = func(f deploy.Facts) deploy.Decision {
				assert.Equal(t, at, f.ReadAt)
				return test.again
			}
			s.on("do "+taking, test.outcome)
			err := x.Run(atOnce(t), []plan.Step{take()}, execute.Answer)
			changed, isChanged := errors.AsType[*execute.ChangedError](err)
			require.Equal(t, test.changed, isChanged, "%v", err)
			if isChanged {
				assert.Equal(t, test.again, changed.Decision)
				assert.Contains(t, changed.Error(), string(test.again.Reason))
			}
			assert.Equal(t, test.want, x.Ledger.Lock)
		})
	}
}

// A renewal is done when its write is. What its actor has not seen it does not change.
func TestRenewal(t *testing.T) {
	t.Parallel()
	facts := deploy.Facts{ReadAt: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)}
	taken := &gh.TakenError{Branch: "x", Facts: facts}
	proceeds, refuses := deploy.Decision{Verdict: deploy.Proceed, Kind: command.Lock}, deploy.Decision{Verdict: deploy.Refuse, Reason: deploy.LockConflict}
	for name, test := range map[string]struct {
		outcome outcome
		again   deploy.Decision
		changed bool
		taken   bool
	}{
		"done":                   {outcome{done: plan.Done{LockTip: "tip"}}, refuses, false, false},
		"done, as a look shows":  {outcome{done: plan.Done{LockTip: "tip", Facts: &facts}}, refuses, false, false},
		"taken by another user":  {failed(taken), refuses, true, false},
		"changed by another run": {failed(taken), proceeds, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Decision = &proceeds
			x.Decide = func(deploy.Facts) deploy.Decision { return test.again }
			s.on("do "+taking, test.outcome)
			step := plan.Step{Effect: plan.TakeLock{Branch: "x", Instead: "old", Renews: true}, Must: true}
			err := x.Run(atOnce(t), []plan.Step{step}, execute.Answer)
			_, isChanged := errors.AsType[*execute.ChangedError](err)
			assert.Equal(t, test.changed, isChanged, "%v", err)
			assert.Equal(t, test.taken, errors.Is(err, taken), "%v", err)
			assert.Equal(t, test.changed || test.taken, err != nil, "%v", err)
		})
	}
}

// A lock that is another one by now is left alone. The run's own is gone then.
func TestReplacedLock(t *testing.T) {
	t.Parallel()
	for name, own := range map[string]bool{"own": true, "of another run": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Ledger.Lock = &plan.Lock{Branch: "x", Attempted: true}
			step := plan.Step{Effect: plan.FreeLock{Branch: "x", Own: own}, Must: true}
			s.on("do "+releasing, failed(&gh.ReplacedError{Branch: "x"}))
			err := x.Run(atOnce(t), []plan.Step{step}, execute.Withdraw)
			assert.Equal(t, own, err == nil, "%v", err)
			assert.Nil(t, x.Ledger.Lock)
			if own {
				assert.Equal(t, []string{"do " + releasing, "warn"}, s.log)
			}
		})
	}
}

// What certainly did not take place leaves nothing to take back.
func TestRejected(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		left bool
	}{"refused": {refused(), false}, "ambiguous": {ambiguous(), true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, s := newExecutor(t)
			x.Ledger.Lock = &plan.Lock{Branch: "x"}
			s.on("do "+taking, failed(test.err))
			s.on("redo "+taking, failed(test.err))
			require.Error(t, x.Run(atOnce(t), []plan.Step{take()}, execute.Start))
			assert.Equal(t, test.left, x.Ledger.Lock.Attempted)
		})
	}
}
