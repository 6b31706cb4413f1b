package policy

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

const mostReviews = 20

// version is checked only: there is one.
func version() kind[int] {
	return kind[int]{
		text: "`1`", schema: schema{"const": 1},
		read: func(r *reader, v value) (int, bool) {
			switch {
			case v.tag() == "!!int" && v.node.Value == "1":
				return 1, true
			case v.tag() == "!!int":
				r.fail(v, "version %s is not known: this version of Lockstep reads version 1", cut(v.node.Value))
			default:
				r.isKind(v, 0, "a version", "1")
			}
			return 0, false
		},
	}
}

// whoMay is a list of people, roles and events, which false cannot replace: it would be read in two ways.
func whoMay() kind[[]Principal] {
	list := listOf(principal(User, Team, Role, Event), "[alice, acme/release, role:maintain]", Principal.identity)
	read := list.read
	list.read = func(r *reader, v value) ([]Principal, bool) {
		if v.means(wordsForOff) || v.means(wordsForOn) || v.means(" everyone anyone all ") {
			r.fail(v, "%s is not a list; leave the key out for everyone with permissions", v.shown())
			return nil, false
		}
		if v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0 {
			r.fail(v, "the list is empty; leave the key out for everyone with permissions")
			return nil, false
		}
		return read(r, v)
	}
	return list
}

func checks() kind[Checks] {
	names := listOf(sameSpaces(words("the name of a check", "build")), "[build, test]", same)
	return kind[Checks]{
		text: "`all`, `required`, list of names", schema: either(schema{"enum": []string{"all", "required"}}, names.schema),
		read: func(r *reader, v value) (Checks, bool) {
			switch {
			case v.node.Kind == yaml.SequenceNode:
				list, ok := names.read(r, v)
				return Checks{Names: list}, ok
			case v.tag() == "!!str" && (v.node.Value == "all" || v.node.Value == "required"):
				return Checks{All: v.node.Value == "all"}, true
			}
			r.isKind(v, 0, "all, required, false or a list", "all, required, false or [build, test]")
			return Checks{}, false
		},
	}
}

func reviews() kind[Reviews] {
	counted := countedReviews()
	return kind[Reviews]{
		text: "`true`, " + counted.text, schema: either(schema{"const": true}, counted.schema),
		read: func(r *reader, v value) (Reviews, bool) {
			switch {
			case v.isBool("true"):
				return Reviews{}, true
			case v.means(wordsForOn) && v.node.Value != "1":
				r.fail(v, "%s does not switch this on; write %s", v.shown(), v.bare("true"))
				return Reviews{}, false
			}
			return counted.read(r, v)
		},
	}
}

// countedReviews are a number, with or without the people who may give them.
func countedReviews() kind[Reviews] {
	count, both := number(1, mostReviews), mapOf(reviewKeys(), checkReviewers)
	return kind[Reviews]{
		text: "number, `{count, from}`", schema: either(count.schema, both.schema),
		read: func(r *reader, v value) (Reviews, bool) {
			if v.node.Kind == yaml.MappingNode {
				return both.read(r, v)
			}
			if v.node.Kind != yaml.ScalarNode {
				r.wrong(v, "a number of reviews", "1 or {count: 1, from: [acme/leads]}")
				return Reviews{}, false
			}
			read, ok := count.read(r, v)
			return Reviews{Count: read}, ok
		},
	}
}

func checkReviewers(r *reader, _ value, read *Reviews, seen map[string]value) {
	isTeam := func(one Principal) bool { return one.Kind == Team }
	if people := len(read.From); people > 0 && people < read.Count && !slices.ContainsFunc(read.From, isTeam) {
		r.fail(seen["count"], "from has fewer people than count; lower count, or list more people")
	}
}

func noop() kind[bool] {
	required := oneOf("required")
	return orFalse(kind[bool]{
		text: required.text, schema: required.schema,
		read: func(r *reader, v value) (bool, bool) {
			if v.means(wordsForOn) {
				r.fail(v, "%s is not required or false; write required", v.shown())
				return false, false
			}
			_, ok := required.read(r, v)
			return true, ok
		},
	}, false)
}

func checkLabels(r *reader, v value, read *Labels, _ map[string]value) {
	for _, label := range read.Require {
		again := func(other string) bool { return strings.EqualFold(label, other) }
		if slices.ContainsFunc(read.Forbid, again) {
			r.fail(v, "the label %s is in require and in forbid; remove one", quote(label))
		}
	}
}

var numberSigns = regexp.MustCompile(`^#{1,6}(\s|$)`)

// heading is the text of a heading of Markdown.
func heading() kind[string] {
	text := sameSpaces(words("a heading", "Deployment"))
	read := text.read
	text.text = "heading"
	text.read = func(r *reader, v value) (string, bool) {
		if numberSigns.MatchString(v.node.Value) {
			r.fail(v, "%s begins with #; write the text of the heading only", v.shown())
			return "", false
		}
		return read(r, v)
	}
	return text
}

// mostGroups limits the alternatives of a pattern, each of which multiplies the work.
const mostGroups = 3

var (
	escapedLetter = regexp.MustCompile(`\\[\p{L}\p{N}*]`)
	groups        = regexp.MustCompile(`\{[^{}]*\}`)
)

// mostAlternatives limits how many patterns one with groups is.
const mostAlternatives = 100

// alternatives returns how many patterns one with groups is, at most.
func alternatives(text string) int {
	all := 1
	for strings.Contains(text, "{") {
		inner := groups.FindStringIndex(text)
		if inner == nil {
			break
		}
		all *= strings.Count(text[inner[0]:inner[1]], ",") + 1
		text = text[:inner[0]] + text[inner[1]:]
	}
	return all
}

// pattern matches paths of files, from the root of the repository.
func pattern() kind[string] {
	text := sameSpaces(words("a pattern of paths", "db/migrate/**"))
	read := text.read
	text.text = "pattern"
	text.schema = schema{"type": "string", "pattern": `^[^\s/!](.*[^\s/])?$`, "maxLength": longestText}
	text.read = func(r *reader, v value) (string, bool) {
		one, ok := read(r, v)
		if !ok {
			return "", false
		}
		if problem := patternProblem(one); problem != "" {
			r.fail(v, "%s %s", quote(one), problem)
			return "", false
		}
		return one, true
	}
	return text
}

func patternProblem(text string) string {
	elements := strings.Split(text, "/")
	switch {
	case strings.HasPrefix(text, "!"):
		return "begins with !; only paths to include can be listed"
	case strings.HasPrefix(text, "/"):
		return "begins with /; patterns begin at the root of the repository, so leave it out"
	case strings.HasSuffix(text, "/"):
		return fmt.Sprintf("is a directory, which matches no file; write %s**", cut(text))
	case slices.Contains(elements, ".."):
		return "has a ..; patterns begin at the root of the repository, so write the path from there"
	case slices.Contains(elements, "") || slices.Contains(elements, "."):
		return fmt.Sprintf("is not a clean path; write %s", quote(path.Clean(text)))
	case escapedLetter.MatchString(text):
		return "has a \\ before a letter or a star; write / between directories"
	case slices.ContainsFunc(elements, isLoose):
		return "has ** next to other characters, where it is a part of one name; put it between slashes, as in **/*.sql"
	case strings.Count(text, "{") > mostGroups:
		return fmt.Sprintf("has more than %d groups of alternatives; write several patterns", mostGroups)
	case alternatives(text) > mostAlternatives:
		return fmt.Sprintf("has more than %d alternatives; write several patterns", mostAlternatives)
	case !doublestar.ValidatePattern(text):
		return "is not a pattern: a bracket is not closed or is empty; write \\ before one that is part of a name"
	}
	return ""
}

// isLoose reports whether an element of a pattern has ** for any number of directories, which it is only alone.
func isLoose(element string) bool {
	return strings.Contains(element, "**") && !loneStars.MatchString(element)
}

// loneStars is ** alone, or as one of the alternatives that may have slashes.
var loneStars = regexp.MustCompile(`^([^*]*[{,])?\*\*([},][^*]*)?$`)

// Matches reports whether one of the rule's patterns matches a path from the root of the repository. One without special
// characters matches the directory of that name as well.
func (p PathRule) Matches(path string) bool {
	return slices.ContainsFunc(p.Paths, func(one string) bool {
		return doublestar.MatchUnvalidated(one, path) || !strings.ContainsAny(one, `*?[{\`) && strings.HasPrefix(path, one+"/")
	})
}
