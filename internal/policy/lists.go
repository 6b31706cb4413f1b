package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/envname"
)

// readNames reads the names of the environments, which everything else may refer to.
func (r *reader) readNames(whole value) {
	for _, entry := range r.topEntries(whole) {
		if entry.name != "environments" || entry.value.node.Kind != yaml.MappingNode {
			continue
		}
		r.nameEach(r.entries(entry.value))
	}
	r.errs, r.stopped = nil, false // what is wrong is noted when all is read
}

// nameEach takes the names of the environments. Where there are too many, it is not known which of them count.
func (r *reader) nameEach(all []entry) {
	r.names = []string{}
	for _, one := range all {
		switch {
		case nameProblem(one.name) != "" || envname.Contains(r.names, one.name):
		case len(r.names) == mostEnvironments:
			r.names = nil
			return
		default:
			r.names = append(r.names, one.name)
			r.environments = append(r.environments, Environment{Name: one.name, Line: one.key.line})
		}
	}
}

func (r *reader) topEntries(whole value) []entry {
	if whole.node.Kind != yaml.MappingNode {
		return nil
	}
	return r.entries(whole)
}

// nameProblem returns what is wrong with the name of an environment.
func nameProblem(name string) string {
	switch {
	case strings.Contains(name, "*"):
		return "has a *, which is reserved for a later version"
	case name == "" || name != strings.TrimSpace(name) || !isPrintable(name) || strings.ContainsFunc(name, isJoiner):
		return "is not a name: it is empty, or has spaces around it or invisible characters"
	case oddSpace(name):
		return "has a space that is not the usual one; write the usual one"
	case twoAlphabets(name):
		return "has letters of two alphabets, which look alike; write it in one"
	case utf8.RuneCountInString(name) > longestName:
		return fmt.Sprintf("has more than %d characters", longestName)
	}
	return ""
}

// environments are a map of names.
func environments() kind[[]Environment] {
	const what, example = "a map of names", "each name as a key: {staging: , production: {after: staging}}"
	names := schema{"pattern": `^[^\s*]([^*]*[^\s*])?$`, "maxLength": longestName}
	members := environmentKeys()
	return kind[[]Environment]{
		text: "map: name → map or nothing",
		schema: schema{
			"type": "object", "minProperties": 1, "maxProperties": mostEnvironments, "propertyNames": names,
			"additionalProperties": either(schema{"type": "null"}, environmentSchema(members)),
		},
		read: func(r *reader, v value) ([]Environment, bool) {
			if !r.isMap(v, what, example) {
				return nil, false
			}
			if len(v.node.Content) == 0 {
				r.fail(v, "there is no environment; write %s", example)
			}
			written := r.entries(v)
			if len(written) > mostEnvironments {
				r.fail(v, "there are %d environments; at most %d are read", len(written), mostEnvironments)
				written = written[:mostEnvironments]
			}
			var all []Environment
			for _, entry := range written {
				if r.checkName(entry, all) {
					all = append(all, r.environment(entry, members))
				}
			}
			return all, true
		},
	}
}

// checkName reports whether the name of an environment can be read and is not that of an earlier one.
func (r *reader) checkName(e entry, earlier []Environment) bool {
	if problem := nameProblem(e.name); problem != "" {
		r.fail(e.key, "the name %s %s", quote(e.name), problem)
		return false
	}
	same := func(one Environment) bool { return envname.Same(one.Name, e.name) }
	if i := slices.IndexFunc(earlier, same); i >= 0 {
		r.fail(e.key, "%s differs from %s in line %d in case only; remove one", quote(e.name), quote(earlier[i].Name), earlier[i].Line)
		return false
	}
	return true
}

func (r *reader) environment(e entry, members []member[Environment]) Environment {
	read := Environment{Name: e.name, Line: e.key.line}
	if e.value.tag() == "!!null" {
		return read
	}
	seen := readMap(r, e.value, members, &read)
	if _, hasParents := seen["after"]; read.Soak.Value > 0 && !hasParents {
		r.fail(seen["soak"], "soak needs after; write after: and the environments in which the commit runs first, or remove soak")
	}
	return read
}

// environmentName is an environment of the file, in its spelling there.
func environmentName() kind[string] {
	text := words("the name of an environment", "staging")
	read := text.read
	text.text = "name"
	text.schema = schema{"type": "string", "pattern": `^\S(.*\S)?$`, "maxLength": longestName}
	text.read = func(r *reader, v value) (string, bool) {
		name, ok := read(r, v)
		if !ok || r.names == nil {
			return name, ok
		}
		if i := envname.Index(r.names, name); i >= 0 {
			return r.names[i], true
		}
		hint := r.perhaps(name, r.names)
		if hint == "" {
			hint = "; add it to environments, or name one that is there"
		}
		r.fail(v, "there is no environment %s%s", quote(name), hint)
		return "", false
	}
	return text
}

func environmentList() kind[[]string] {
	list := listOf(environmentName(), "[production]", same)
	list.text = "list of names"
	return list
}

// after is a name, or a list of names.
func after() kind[[]string] {
	one, list := environmentName(), listOf(environmentName(), "[staging]", same)
	return kind[[]string]{
		text: "name or list of names", schema: either(one.schema, list.schema),
		read: func(r *reader, v value) ([]string, bool) {
			if v.means(wordsForOff) && !envname.Contains(r.names, v.node.Value) {
				r.fail(v, "%s is not an environment; leave the key out", v.shown())
				return nil, false
			}
			if v.node.Kind == yaml.SequenceNode {
				return list.read(r, v)
			}
			name, ok := one.read(r, v)
			return []string{name}, ok
		},
	}
}

// checkOrder finds environments that wait for themselves.
func (r *reader) checkOrder(p *Policy, all value) {
	parents := map[string][]string{}
	for _, one := range p.Environments {
		parents[one.Name] = one.After.Value
	}
	done := map[string]bool{}
	for _, one := range p.Environments {
		r.findCircle([]string{one.Name}, parents, done, all)
	}
}

// findCircle looks for the last environment of a path among those before it.
func (r *reader) findCircle(path []string, parents map[string][]string, done map[string]bool, all value) {
	last := path[len(path)-1]
	if done[last] {
		return
	}
	for _, parent := range parents[last] {
		if begin := slices.Index(path, parent); begin >= 0 {
			r.failCircle(append(slices.Clone(path[begin:]), parent), all)
			continue
		}
		r.findCircle(append(slices.Clone(path), parent), parents, done, all)
	}
	done[last] = true
}

func (r *reader) failCircle(circle []string, all value) {
	for i, node := range all.node.Content {
		if i%2 == 0 && node.Value == circle[0] {
			at := value{line: node.Line, column: node.Column, path: join(all.path, node.Value)}
			r.failOrder(at, all.node.Content[i+1], circle)
		}
	}
}

func (r *reader) failOrder(at value, environment *yaml.Node, circle []string) {
	if environment.Kind == yaml.AliasNode {
		environment = environment.Alias
	}
	for i := 0; i+1 < len(environment.Content); i += 2 {
		if environment.Content[i].Value == "after" {
			at.line, at.column = environment.Content[i+1].Line, environment.Content[i+1].Column
			at.path = join(at.path, "after")
		}
	}
	slices.Reverse(circle)
	var names []string
	for _, name := range circle {
		if !isPlainName(name) {
			name = quote(name)
		}
		names = append(names, name)
	}
	r.fail(at, "environments wait for each other: %s; remove one of them from after", strings.Join(names, " → "))
}
