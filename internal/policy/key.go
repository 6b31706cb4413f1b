package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/similar"
)

// Key is what is known of a key of the file.
type Key struct {
	Name     string
	Where    string // the map that has the key: "top", "environments", "defaults", "freezes", "reviews", …
	Type     string // in Markdown
	Default  string // in Markdown, "" for none
	Meaning  string // in Markdown
	Example  string // a value, in YAML
	Required bool
	Rule     bool // whether it is a rule: other keys are settings
}

// schema is a part of a JSON Schema.
type schema map[string]any

// kind is what a value can be: how it is read, and what it looks like.
type kind[V any] struct {
	read   func(*reader, value) (V, bool)
	text   string // in Markdown
	schema schema
}

// member is a key of a map that becomes a T.
type member[T any] struct {
	Key
	schema schema
	read   func(*reader, value, *T)
	later  string // why the key is not read yet, "" for a key that is
}

// newMember returns a key whose value becomes a field.
func newMember[T, V any](key Key, of kind[V], field func(*T) *V) member[T] {
	return newMemberWith(key, of, func(into *T, _ value, read V) { *field(into) = read })
}

// newSetting returns a key whose value becomes a field that keeps its line.
func newSetting[T, V any](key Key, of kind[V], field func(*T) *Value[V]) member[T] {
	return newMemberWith(key, of, func(into *T, v value, read V) { *field(into) = Value[V]{Value: read, Line: v.key} })
}

func newMemberWith[T, V any](key Key, of kind[V], set func(*T, value, V)) member[T] {
	if key.Type == "" {
		key.Type = of.text
	}
	return member[T]{Key: key, schema: of.schema, read: func(r *reader, v value, into *T) {
		if read, ok := of.read(r, v); ok {
			set(into, v, read)
		}
	}}
}

// newLater returns a key that is known and refused.
func newLater[T any](name, why string) member[T] {
	return member[T]{Key: Key{Name: name}, later: why}
}

// within lifts the keys of a part to those of the whole.
func within[T, P any](members []member[P], part func(*T) *P) []member[T] {
	all := make([]member[T], len(members))
	for i, one := range members {
		all[i] = member[T]{Key: one.Key, schema: one.schema, later: one.later}
		all[i].read = func(r *reader, v value, into *T) { one.read(r, v, part(into)) }
	}
	return all
}

// readMap reads a map, and returns where the keys are that it has.
func readMap[T any](r *reader, v value, members []member[T], into *T) map[string]value {
	if !r.isMap(v, "a map of keys", "for example "+exampleOf(members)) {
		return nil
	}
	seen := map[string]value{}
	for _, entry := range r.entries(v) {
		seen[entry.name] = entry.value
		known := slices.IndexFunc(members, func(one member[T]) bool { return one.Name == entry.name })
		switch {
		case known < 0:
			r.unknownKey(entry, namesOf(members))
		case members[known].later != "":
			r.fail(entry.key, "%s %s", quote(entry.name), members[known].later)
		default:
			members[known].read(r, entry.value, into)
		}
	}
	for _, one := range members {
		if _, found := seen[one.Name]; one.Required && !found && !r.stopped {
			r.fail(v, "%s is missing; add for example %s: %s", quote(one.Name), one.Name, one.Example)
		}
	}
	return seen
}

func exampleOf[T any](members []member[T]) string {
	var names []string
	for _, one := range members {
		if one.later == "" && (one.Required || len(names) == 0) {
			names = append(names, one.Name+": "+one.Example)
		}
	}
	return "{" + strings.Join(names, ", ") + "}"
}

// namesOf returns the keys that are read.
func namesOf[T any](members []member[T]) []string {
	var names []string
	for _, one := range members {
		if one.later == "" {
			names = append(names, one.Name)
		}
	}
	return names
}

func (r *reader) unknownKey(e entry, known []string) {
	if hint := r.perhaps(strings.ToLower(e.name), known); hint != "" {
		r.fail(e.key, "there is no key %s%s", quote(e.name), hint)
		return
	}
	if r.keys == nil {
		r.keys = Keys()
	}
	for _, key := range r.keys {
		if key.Name == e.name {
			r.fail(e.key, "%s has no place here; it is a key of %s", quote(e.name), places()[key.Where])
			return
		}
	}
	r.fail(e.key, "there is no key %s here; the keys are %s", quote(e.name), strings.Join(known, ", "))
}

// perhaps suggests the nearest of the known names.
func (r *reader) perhaps(name string, known []string) string {
	if len(r.errs) >= mostSuggestions {
		return ""
	}
	return perhaps(name, known)
}

// shortestBeginning is how many letters of a name suggest it.
const shortestBeginning = 3

func perhaps(name string, known []string) string {
	if len(name) > longestName {
		return ""
	}
	nearest := similar.Nearest(name, known)
	for _, one := range known {
		if nearest == "" && len(name) >= shortestBeginning && strings.HasPrefix(one, name) {
			nearest = one
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", quote(nearest))
}
