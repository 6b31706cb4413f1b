package policy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
)

// Change is a key whose value differs between two rules files. A value is "" where the file does not set it.
type Change struct {
	Environment   string // "" for the file as a whole
	Key           string
	Before, After string
}

// Compare returns what differs between two rules files, nil for a file that is not there. Environments have the keys of
// defaults that they do not set themselves.
func Compare(before, after *Policy) []Change {
	before, after = orEmpty(before), orEmpty(after)
	var all []Change
	for _, name := range envname.Distinct(slices.Concat(after.Names(), before.Names())) {
		for _, one := range compareRows(before.shown(name), after.shown(name)) {
			one.Environment = name
			all = append(all, one)
		}
	}
	return append(all, compareRows(before.whole(), after.whole())...)
}

func orEmpty(p *Policy) *Policy {
	if p == nil {
		return &Policy{}
	}
	return p
}

// listed is the key under which an environment is there at all.
const listed = "environments"

// shown returns what the file says of an environment, nothing where it does not name it.
func (p *Policy) shown(name string) []Row {
	rules, isNamed := p.For(name, false)
	if !isNamed {
		return nil
	}
	return append([]Row{{Key: listed, Value: rules.Name}}, Rules{Environment: rules.Environment}.Rows()...)
}

// whole returns the keys that are not those of an environment.
func (p *Policy) whole() []Row {
	var all []Row
	if len(p.Environments) > 1 {
		all = append(all, Row{Key: "order of environments", Value: strings.Join(p.Names(), ", ")})
	}
	if p.Zone != nil {
		all = append(all, Row{Key: "time_zone", Value: p.Zone.String()})
	}
	for _, one := range p.Freezes {
		value := one.Period() + clause("environments", strings.Join(one.Environments, ", ")) + clause("reason", one.Reason)
		all = append(all, Row{Key: "freeze " + one.Name, Value: value})
	}
	for _, one := range p.PathRules {
		value := one.String() + clause("environments", strings.Join(one.Environments, ", ")) + clause("note", one.Note)
		all = append(all, Row{Key: "path rule " + one.Name, Value: value})
	}
	if p.Override.Line > 0 {
		all = append(all, Row{Key: "override", Value: p.Override.String()})
	}
	return all
}

func clause(name, text string) string {
	if text == "" {
		return ""
	}
	return "; " + name + ": " + text
}

// compareRows returns what differs, in the order of the later file, with what it lacks at the end.
func compareRows(before, after []Row) []Change {
	value := func(all []Row, key string) string {
		position := slices.IndexFunc(all, func(one Row) bool { return one.Key == key })
		if position < 0 {
			return ""
		}
		return all[position].Value
	}
	var keys []string
	for _, one := range slices.Concat(after, before) {
		if !slices.Contains(keys, one.Key) {
			keys = append(keys, one.Key)
		}
	}
	var all []Change
	for _, key := range keys {
		if old, now := value(before, key), value(after, key); old != now {
			all = append(all, Change{Key: key, Before: old, After: now})
		}
	}
	return all
}
