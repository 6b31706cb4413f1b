package deploy_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// Every gate fails closed: it passes nothing without the facts that it rests on, and on no value that is unknown.
func TestEveryGateFailsClosed(t *testing.T) {
	t.Parallel()
	for name, gate := range deploy.EveryGate() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, failsClosed(gate))
		})
	}
}

// A gate that forgets what it rests on, or that takes an unknown value for zero, is found.
func TestGatesThatFailOpenAreFound(t *testing.T) {
	t.Parallel()
	pull := func(*deploy.Case) []deploy.Part { return []deploy.Part{deploy.PullPart} }
	pass := deploy.Finding{Level: deploy.Pass}
	behind := func(k *deploy.Case) deploy.Finding {
		if k.Pull.BehindBase.Value > 0 {
			return deploy.Finding{Level: deploy.Block}
		}
		return pass
	}
	for name, test := range map[string]struct {
		gate deploy.Gate
		want string
	}{
		"no parts": {deploy.Gate{Check: func(*deploy.Case) deploy.Finding { return pass }}, "rests on no facts and does not say why"},
		"an unknown number is zero": {
			deploy.Gate{Parts: pull, Check: behind}, "passes a head although Pull.BehindBase is unknown",
		},
		"a gate that says nothing": {
			deploy.Gate{Parts: pull, Check: func(*deploy.Case) deploy.Finding { return deploy.Finding{} }}, "lets no request through",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, failsClosed(test.gate), test.want)
		})
	}
}

// A gate without a level in its finding blocks.
func TestSilentGate(t *testing.T) {
	t.Parallel()
	silent := deploy.Gate{Name: "silent", Check: func(*deploy.Case) deploy.Finding { return deploy.Finding{} }}
	finding := deploy.RunGate(silent, new(readiness()["head"]).new())
	assert.Equal(t, deploy.Finding{Gate: "silent", Level: deploy.Block, Code: deploy.UnexpectedError}, finding)
}

// readiness are requests that every gate lets through, one for each way in which gates depend on facts.
func readiness() map[string]situation {
	all := ways()
	head := all["head"]
	rerun := head.copy()
	older, newer := deploytest.CheckRun("test", "FAILURE"), deploytest.CheckRun("test", "SUCCESS")
	older.At = deploy.Know(older.At.Value.Add(-time.Minute))
	rerun.facts.Pull.Checks.Nodes = []deploy.Check{older, newer}
	all["head with a rerun"] = rerun
	tracked, c := deploytest.Tracking(config.Started)
	all["tracked step"] = situation{tracked, c, deploytest.Facts()}
	tracked.SHA = ""
	all["tracked step of a pull request"] = situation{tracked, c, deploytest.Facts()}
	promotion := deploytest.Promotion()
	all["promotion"] = situation{promotion.Request, promotion.Config, promotion.Facts}
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo} {
		all["command "+kind.String()] = situation{deploytest.Asking(kind, "production"), deploytest.Settings(), deploytest.Facts()}
		all["command "+kind.String()+" on all"] = situation{deploytest.Globally(kind), deploytest.Settings(), deploytest.Facts()}
	}
	for name, s := range maps.Clone(all) {
		s.change(deploytest.Enable)
		all[name] = s
		again := s.copy()
		again.request.Event.Run.Attempt, again.request.Event.Triggering = 2, "hubot"
		again.facts.Rerunner = deploy.Actor{Login: "hubot", Permission: "write"}
		all[name+", re-run"] = again
	}
	return all
}

// failsClosed finds the ways in which a gate lets a request through without the facts that it rests on.
func failsClosed(g deploy.Gate) error {
	var errs []error
	passes, rests := false, false
	for name, s := range readiness() {
		if !s.passes(g) || !asked(g, s.new()) {
			continue // the gate is not about this request
		}
		passes = true
		for _, part := range parts(g, s.new()) {
			rests = true
			errs = append(errs, passesWithout(g, s, name, part))
		}
		for path, others := range knownPaths(&s.facts) {
			errs = append(errs, passesUnknown(g, s, name, path, others))
		}
		errs = append(errs, passesWithoutTime(g, s, name))
	}
	if !passes {
		errs = append(errs, fmt.Errorf("gate %q lets no request through", g.Name))
	}
	if !rests && g.Without == "" {
		errs = append(errs, fmt.Errorf("gate %q rests on no facts and does not say why", g.Name))
	}
	return errors.Join(errs...)
}

// asked reports whether a way of asking is held to a gate.
func asked(g deploy.Gate, k *deploy.Case) bool {
	return g.Ways == nil || slices.Contains(g.Ways, k.Way)
}

// parts lists the facts that a gate rests on.
func parts(g deploy.Gate, k *deploy.Case) []deploy.Part {
	var all []deploy.Part
	for _, list := range []func(*deploy.Case) []deploy.Part{g.Parts, g.Advice} {
		if list != nil {
			all = append(all, list(k)...)
		}
	}
	return all
}

// passesWithout reports that a gate passes although a part is missing.
func passesWithout(g deploy.Gate, s situation, name string, part deploy.Part) error {
	var errs []error
	for state, take := range map[string]func(*deploy.Facts){
		"unavailable": func(f *deploy.Facts) { f.MarkUnavailable(part, deploy.Problem{Text: "No.", Hint: "Ask again."}) },
		"never read":  func(f *deploy.Facts) { delete(f.Read, part) },
	} {
		without := s.copy()
		take(&without.facts)
		if without.passes(g) {
			errs = append(errs, fmt.Errorf("gate %q passes a %s although the %s is %s", g.Name, name, part, state))
		}
	}
	return errors.Join(errs...)
}

// passesUnknown reports that a gate passes on an unknown value, although it depends on it: another value blocks.
func passesUnknown(g deploy.Gate, s situation, name, path string, others []any) error {
	depends := false
	for _, value := range others {
		other := s.copy()
		set(&other.facts, path, value)
		depends = depends || !other.passes(g)
	}
	unknown := s.copy()
	set(&unknown.facts, path, nil)
	if depends && unknown.passes(g) {
		return fmt.Errorf("gate %q passes a %s although %s is unknown", g.Name, name, path)
	}
	return nil
}

// passesWithoutTime reports that a gate passes where GitHub did not say what time it is, although another time blocks.
func passesWithoutTime(g deploy.Gate, s situation, name string) error {
	depends, without := false, s.copy()
	for _, years := range []int{-9, 9} {
		other := s.copy()
		other.facts.ReadAt = s.facts.ReadAt.AddDate(years, 0, 0)
		depends = depends || !other.passes(g)
	}
	without.facts.ReadAt = time.Time{}
	if depends && without.passes(g) {
		return fmt.Errorf("gate %q passes a %s although the time is unknown", g.Name, name)
	}
	return nil
}

// knownPaths finds the values in the facts that may be unknown, and are known, with extreme values of their types.
func knownPaths(f *deploy.Facts) map[string][]any {
	others := map[reflect.Type][]any{}
	for _, value := range []any{
		0, 1 << 20, int64(0), int64(1 << 40), deploytest.AskedAt().AddDate(-9, 0, 0), deploytest.AskedAt().AddDate(9, 0, 0),
	} {
		others[reflect.TypeOf(value)] = append(others[reflect.TypeOf(value)], value)
	}
	paths := map[string][]any{}
	walk(reflect.ValueOf(f).Elem(), "", func(path string, known reflect.Value) {
		if known.FieldByName("OK").Bool() {
			paths[path] = others[known.FieldByName("Value").Type()]
		}
	})
	return paths
}

// set changes a value that may be unknown; nil makes it unknown.
func set(f *deploy.Facts, wanted string, value any) {
	walk(reflect.ValueOf(f).Elem(), "", func(path string, known reflect.Value) {
		switch {
		case path != wanted:
		case value == nil:
			known.SetZero()
		default:
			known.FieldByName("Value").Set(reflect.ValueOf(value))
		}
	})
}

// Values that may be unknown are found in lists, and in lists by environment.
func TestEveryKnownIsFound(t *testing.T) {
	t.Parallel()
	var paths []string
	value := struct {
		List  []deploy.Check
		Lists map[string][]deploy.Commit
	}{make([]deploy.Check, 1), map[string][]deploy.Commit{"dev": make([]deploy.Commit, 1)}}
	walk(reflect.ValueOf(value), "", func(path string, _ reflect.Value) { paths = append(paths, path) })
	assert.ElementsMatch(t, []string{
		"List[0].RunID", "List[0].App", "List[0].Run", "List[0].At", "Lists[dev][0].VerifiedAt", "Lists[dev][0].AuthoredAt", "Lists[dev][0].CommittedAt", "Lists[dev][0].PushedAt",
	}, paths)
}

// walk visits every deploy.Known in a value.
func walk(v reflect.Value, path string, visit func(path string, known reflect.Value)) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case v.Kind() == reflect.Map && v.Type().Elem().Kind() == reflect.Slice:
		for key, list := range v.Seq2() {
			walk(list, fmt.Sprintf("%s[%s]", path, key), visit)
		}
	case v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]():
	case strings.HasPrefix(v.Type().Name(), "Known["):
		visit(strings.TrimPrefix(path, "."), v)
	default:
		for i := range v.NumField() {
			walk(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	}
}
