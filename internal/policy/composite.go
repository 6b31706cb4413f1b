package policy

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// listOf is a list of at least one value, each of them once.
func listOf[V any](item kind[V], example string, identity func(V) string) kind[[]V] {
	return kind[[]V]{
		text:   "list of " + item.text,
		schema: schema{"type": "array", "items": item.schema, "minItems": 1, "uniqueItems": true},
		read: func(r *reader, v value) ([]V, bool) {
			if !r.isList(v, example) {
				return nil, false
			}
			before, all, seen := len(r.errs), []V{}, map[string]bool{}
			for _, one := range r.items(v) {
				read, ok := item.read(r, one)
				if !ok {
					continue
				}
				if seen[identity(read)] {
					r.fail(one, "%s is in the list twice; remove one", one.named(identity(read)))
				}
				seen[identity(read)], all = true, append(all, read)
			}
			return all, len(all) > 0 && len(r.errs) == before && !r.stopped
		},
	}
}

// items returns the values of a list.
func (r *reader) items(v value) []value {
	var all []value
	for i, node := range v.node.Content {
		if r.stopped {
			break
		}
		place := v
		place.path = fmt.Sprintf("%s[%d]", v.path, i)
		one := r.value(node, place)
		one.key = one.line
		all = append(all, one)
	}
	return all
}

// same is the identity of words.
func same[W ~string](word W) string { return string(word) }

// mapOf is a map with known keys. The last part of the checks gets what was read, and where its keys are.
func mapOf[T any](members []member[T], checks func(*reader, value, *T, map[string]value)) kind[T] {
	return kind[T]{
		text: "map", schema: objectSchema(members),
		read: func(r *reader, v value) (T, bool) {
			var read T
			before := len(r.errs)
			seen := readMap(r, v, members, &read)
			switch {
			case len(r.errs) > before || seen == nil:
			case len(seen) == 0:
				r.fail(v, "the map is empty; write for example %s", exampleOf(members))
			default:
				checks(r, v, &read, seen)
			}
			return read, len(r.errs) == before && seen != nil
		},
	}
}

// isList reports whether a value is a list with something in it.
func (r *reader) isList(v value, example string) bool {
	if v.tag() == "!!str" && plainWord.MatchString(v.node.Value) && !strings.Contains(example, "{") {
		example = "[" + v.node.Value + "]"
	}
	if !r.isKind(v, yaml.SequenceNode, "a list", example) {
		return false
	}
	if len(v.node.Content) == 0 {
		r.fail(v, "the list is empty; write %s", example)
	}
	return len(v.node.Content) > 0
}
