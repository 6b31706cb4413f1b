package policy

import (
	"slices"

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
		for _, one := range compareEntries(before.shown(name), after.shown(name)) {
			one.Environment = name
			all = append(all, one)
		}
	}
	return append(all, compareEntries(before.whole(), after.whole())...)
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
func (p *Policy) shown(name string) []Entry {
	rules, isNamed := p.For(name, false)
	if !isNamed {
		return nil
	}
	return append([]Entry{{Key: listed, Text: rules.Name}}, rules.Entries()...)
}

// whole returns the keys that are not those of an environment.
func (p *Policy) whole() []Entry {
	var all []Entry
	if len(p.Environments) > 1 {
		all = append(all, Entry{Key: "order of environments", Text: textOfList(p.Names())})
	}
	if p.Zone != nil {
		all = append(all, Entry{Key: "time_zone", Text: p.Zone.String()})
	}
	for _, one := range p.Freezes {
		all = append(all, Entry{Key: "freezes: " + one.Name, Text: one.String()})
	}
	for _, one := range p.PathRules {
		all = append(all, Entry{Key: "path_rules: " + one.Name, Text: one.String()})
	}
	if text := p.Override.String(); text != "" {
		all = append(all, Entry{Key: "override", Text: text})
	}
	return all
}

// compareEntries returns what differs, in the order of the later file, with what it lacks at the end.
func compareEntries(before, after []Entry) []Change {
	value := func(all []Entry, key string) string {
		for _, one := range all {
			if one.Key == key {
				return one.Text
			}
		}
		return ""
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
