package policy

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The limits of a rules file.
const (
	longestFile      = 64 << 10
	mostEnvironments = 100
	mostAliases      = 10_000
	mostValues       = 100_000 // which anchors can reach, and a file of the allowed size without them cannot
	mostErrors       = 1_000   // more are not looked for
	mostSuggestions  = 20      // more mistakes than people are shown get no suggestion of the nearest name
)

// Read reads the text of a rules file. It returns either what the file says or every mistake in it, as [Errors], up to
// a thousand. A policy with mistakes has nothing but the names of the environments, with their lines, as far as they can be read.
func Read(text string) (*Policy, error) {
	policy, r := read(text)
	if len(r.errs) == 0 {
		return policy, nil
	}
	names := emptyPolicy(text)
	names.Environments = r.environments
	return names, r.errs.sorted()
}

func emptyPolicy(text string) *Policy {
	lines := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		lines++
	}
	return &Policy{Lines: lines, Zone: time.UTC}
}

// reader keeps what is known while a file is read.
type reader struct {
	errs         Errors
	environments []Environment // names and lines
	names        []string      // of all environments, nil where they are not known
	keys         []Key         // all there are, nil until they are asked for
	aliases      int           // followed so far
	values       int           // looked at so far
	stopped      bool          // by one of the limits
}

func read(text string) (*Policy, *reader) {
	policy, r := emptyPolicy(text), &reader{}
	root, problem := parse(text)
	if problem != nil {
		r.errs = Errors{problem}
		return policy, r
	}
	whole := r.value(root, value{line: 1, column: 1})
	r.readNames(whole)
	r.aliases, r.values = 0, 0
	seen := readMap(r, whole, topKeys(), policy)
	r.checkOrder(policy, seen["environments"])
	return policy, r
}

// value is a value in the file, and where it is.
type value struct {
	node         *yaml.Node // what it is: never an alias
	line, column int        // where it is written: of an alias, its own place
	key          int        // the line of its key
	path         string
}

// value follows an alias. The place is that of the key, for a value without one of its own.
func (r *reader) value(node *yaml.Node, place value) value {
	v := value{node: node, line: place.line, column: place.column, key: place.line, path: place.path}
	if node.Line > 0 {
		v.line, v.column = node.Line, max(node.Column, 1)
	}
	r.values++
	if node.Kind == yaml.AliasNode {
		r.aliases++
		v.node = node.Alias
	}
	switch {
	case r.stopped:
	case r.aliases > mostAliases:
		r.fail(v, "anchors are followed more than %d times; write the values out", mostAliases)
		r.stopped = true
	case r.values > mostValues:
		r.fail(v, "the file has more than %d values when its anchors are followed; write fewer", mostValues)
		r.stopped = true
	}
	return v
}

// fail notes a mistake.
func (r *reader) fail(v value, format string, args ...any) {
	if len(r.errs) == mostErrors {
		r.stopped = true
		return
	}
	r.errs = append(r.errs, &Error{Line: v.line, Column: v.column, Path: v.path, Text: fmt.Sprintf(format, args...)})
}

// wrong notes that a value is not what its key takes.
func (r *reader) wrong(v value, what, write string) {
	if v.isNothing() {
		r.fail(v, "there is no value; write %s", write)
		return
	}
	r.fail(v, "%s is not %s; write %s", v.shown(), what, write)
}

// entry is a key of a map and its value.
type entry struct {
	name  string
	key   value
	value value
}

// entries returns the keys of a map in the order of the file, without those that cannot be read.
func (r *reader) entries(v value) []entry {
	var all []entry
	first := map[string]int{}
	for i := 0; i+1 < len(v.node.Content) && !r.stopped; i += 2 {
		key := r.value(v.node.Content[i], v)
		if !r.checkKey(v.node.Content[i], key) {
			continue
		}
		name := key.node.Value
		key.path = join(v.path, name)
		if line, twice := first[name]; twice {
			r.fail(key, "%s is set twice, first in line %d", quote(name), line)
			continue
		}
		first[name] = key.line
		all = append(all, entry{name: name, key: key, value: r.value(v.node.Content[i+1], key)})
	}
	return all
}

// checkKey reports whether a key is a plain word.
func (r *reader) checkKey(written *yaml.Node, key value) bool {
	switch {
	case written.Kind != yaml.ScalarNode:
		r.fail(key, "%s cannot be a key; write a word", key.shown())
	case written.Style&yaml.TaggedStyle != 0:
		r.fail(key, "the tag %s is not read; leave it out", quote(written.Tag))
	case written.ShortTag() == "!!merge":
		r.fail(key, "merge keys are not read; repeat the keys, or set them in defaults")
	case written.ShortTag() == "!!null", written.ShortTag() == "!!bool":
		r.fail(key, "%s cannot be a key; write it in quotes if it is a name", key.shown())
	default:
		return true
	}
	return false
}

// isMap reports whether a value is a map, and notes where it is not.
func (r *reader) isMap(v value, what, write string) bool {
	return r.isKind(v, yaml.MappingNode, what, write)
}

func (r *reader) isKind(v value, kind yaml.Kind, what, write string) bool {
	switch {
	case r.stopped:
	case v.node.Style&yaml.TaggedStyle != 0:
		r.fail(v, "the tag %s is not read; leave it out", quote(v.node.Tag))
	case v.node.Kind != kind:
		r.wrong(v, what, write)
	default:
		return true
	}
	return false
}
