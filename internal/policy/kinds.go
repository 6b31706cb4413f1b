package policy

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/period"
)

// The lengths of texts, in characters.
const (
	longestName = 255
	longestText = 500
	longestNote = 2000
)

// words is a text in one line, without spaces around it.
func words(what, example string) kind[string] {
	return kind[string]{
		text: "text", schema: schema{"type": "string", "pattern": `^\S(.*\S)?$`, "maxLength": longestText},
		read: func(r *reader, v value) (string, bool) {
			text, ok := r.freeText(v, what, example)
			switch {
			case !ok:
			case text == "" || text != strings.TrimSpace(text) || !isPrintable(text) || !joinsAll(text):
				r.fail(v, "%s is not %s: it is empty, or has spaces around it or invisible characters; write for example %s", v.shown(), what, example)
			case utf8.RuneCountInString(text) > longestText:
				r.fail(v, "%s has more than %d characters; write fewer", v.shown(), longestText)
			default:
				return text, true
			}
			return "", false
		},
	}
}

// sameSpaces is a text that is compared with others: a space that only looks like the usual one would never be found.
func sameSpaces(of kind[string]) kind[string] {
	read := of.read
	of.read = func(r *reader, v value) (string, bool) {
		text, ok := read(r, v)
		if ok && oddSpace(text) {
			r.fail(v, "%s has a space that is not the usual one; write the usual one", v.shown())
			return "", false
		}
		return text, ok
	}
	return of
}

// note is a text that can have several lines.
func note() kind[string] {
	return kind[string]{
		text: "text", schema: schema{"type": "string", "pattern": `\S`, "maxLength": longestNote},
		read: func(r *reader, v value) (string, bool) {
			text, ok := r.freeText(v, "a text", "what people need to know")
			text = strings.TrimSpace(text)
			switch {
			case !ok:
			case text == "" || !isPrintable(strings.NewReplacer("\n", "", "\t", "").Replace(text)) || !joinsAll(text):
				r.fail(v, "the text is empty or has invisible characters; write what people need to know")
			case utf8.RuneCountInString(v.node.Value) > longestNote:
				r.fail(v, "the text has more than %d characters; write fewer", longestNote)
			default:
				return text, true
			}
			return "", false
		},
	}
}

// text returns a value that is a text of some form.
func (r *reader) text(v value, what, example string) (string, bool) {
	if !r.isKind(v, yaml.ScalarNode, what, example) {
		return "", false
	}
	if tag := v.tag(); tag != "!!str" && tag != "!!timestamp" {
		r.wrong(v, what, example)
		return "", false
	}
	return v.node.Value, true
}

// freeText returns a value that is any text: one that looks like a number needs quotes.
func (r *reader) freeText(v value, what, example string) (string, bool) {
	if tag := v.tag(); tag == "!!int" || tag == "!!float" {
		r.fail(v, "%s is a number, not %s; write %s, in quotes", cut(v.node.Value), what, v.shown())
		return "", false
	}
	return r.text(v, what, example)
}

func boolean() kind[bool] {
	return kind[bool]{
		text: "`true`, `false`", schema: schema{"type": "boolean"},
		read: func(r *reader, v value) (bool, bool) {
			switch {
			case v.isBool("true"), v.isBool("false"):
				return v.isBool("true"), true
			case v.means(wordsForOn):
				r.fail(v, "%s is not true or false; write %s", v.shown(), v.bare("true"))
			case v.means(wordsForOff):
				r.fail(v, "%s is not true or false; write %s", v.shown(), v.bare("false"))
			default:
				r.isKind(v, 0, "true or false", "true or false")
			}
			return false, false
		},
	}
}

// onlyTrue is a switch that is off where the file does not have it.
func onlyTrue() kind[bool] {
	return kind[bool]{
		text: "`true`", schema: schema{"const": true},
		read: func(r *reader, v value) (bool, bool) {
			if !v.isBool("true") {
				r.isKind(v, 0, "true", "true, or leave the key out")
			}
			return true, v.isBool("true")
		},
	}
}

// oneOf is one of some words.
func oneOf[W ~string](all ...W) kind[W] {
	var listed []string
	for _, one := range all {
		listed = append(listed, string(one))
	}
	return kind[W]{
		text: "`" + strings.Join(listed, "`, `") + "`", schema: schema{"enum": listed},
		read: func(r *reader, v value) (W, bool) {
			what := enumeration(listed)
			switch {
			case v.isNothing() || !r.isKind(v, yaml.ScalarNode, what, "one of these words"):
				r.isKind(v, 0, what, what)
			case !slices.Contains(listed, v.node.Value):
				r.fail(v, "%s is not %s%s", v.shown(), what, r.perhaps(strings.ToLower(v.node.Value), listed))
			default:
				return W(v.node.Value), true
			}
			return "", false
		},
	}
}

// enumeration writes a choice of words: a, b or c.
func enumeration(all []string) string {
	last := len(all) - 1
	if last < 1 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

// orFalse is a kind, or the word false, which gives another value.
func orFalse[V any](of kind[V], off V) kind[V] {
	return kind[V]{
		text: of.text + ", `false`", schema: either(schema{"const": false}, of.schema),
		read: func(r *reader, v value) (V, bool) {
			switch {
			case v.isBool("false"):
				return off, true
			case v.means(wordsForOff):
				r.fail(v, "%s does not switch this off; write %s", v.shown(), v.bare("false"))
				return off, false
			}
			return of.read(r, v)
		},
	}
}

func either(all ...schema) schema {
	var flat []schema
	for _, one := range all {
		if inner, isChoice := one["anyOf"].([]schema); isChoice && len(one) == 1 {
			flat = append(flat, inner...)
			continue
		}
		flat = append(flat, one)
	}
	return schema{"anyOf": flat}
}

// number is a whole number in a range.
func number(least, most int) kind[int] {
	return kind[int]{
		text: "number", schema: schema{"type": "integer", "minimum": least, "maximum": most},
		read: func(r *reader, v value) (int, bool) {
			what := fmt.Sprintf("a number from %d to %d", least, most)
			if !r.isKind(v, yaml.ScalarNode, what, "1") {
				return 0, false
			}
			count, err := strconv.Atoi(v.node.Value)
			switch {
			case err != nil || strconv.Itoa(count) != v.node.Value:
				r.wrong(v, what, meantNumber(v.node.Value))
			case v.tag() != "!!int":
				r.fail(v, "%s is a text in quotes; write %d", v.shown(), count)
			case count < least || count > most:
				r.fail(v, "%d is not %s; write another", count, what)
			default:
				return count, true
			}
			return 0, false
		},
	}
}

// meantNumber returns the number that a word means, otherwise 1.
func meantNumber(word string) string {
	words := []string{"one", "two", "three", "four", "five"}
	return strconv.Itoa(max(slices.Index(words, strings.ToLower(word)), 0) + 1)
}

const lengthPattern = `^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$`

var lengthParts = regexp.MustCompile(lengthPattern)

// length is a length of time.
func length() kind[time.Duration] {
	const what, example = "a length of time", "30m, 2h or 1d12h"
	return kind[time.Duration]{
		text: "length", schema: schema{"type": "string", "pattern": lengthPattern, "minLength": 2},
		read: func(r *reader, v value) (time.Duration, bool) {
			if v.tag() == "!!int" {
				r.fail(v, "%s has no unit; write for example %[1]sm or %[1]sh", cut(v.node.Value))
				return 0, false
			}
			text, ok := r.text(v, what, example)
			if !ok {
				return 0, false
			}
			read, ok := parseLength(text)
			if !ok && lengthParts.MatchString(text) {
				r.fail(v, "%s is nothing or more than a year; write a length in between", quote(text))
			} else if !ok {
				r.fail(v, "%s is not %s; write %s", quote(text), what, cmp.Or(meantLength(text), example))
			}
			return read, ok
		},
	}
}

var loosePart = regexp.MustCompile(`^([0-9]{1,6}) ?(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(,? (and )?|$)`)

// meantLength returns the length that a text such as "30 minutes" or "1h 30m" means, as the file wants it; "" if it
// is not known.
func meantLength(text string) string {
	meant := ""
	for rest := strings.ToLower(text); rest != ""; {
		part := loosePart.FindStringSubmatch(rest)
		if part == nil {
			return ""
		}
		meant, rest = meant+part[1]+part[2][:1], rest[len(part[0]):]
	}
	if _, ok := parseLength(meant); !ok {
		return ""
	}
	return meant
}

// parseLength reads a length of time that may have seconds, which package period has not.
func parseLength(text string) (time.Duration, bool) {
	parts := lengthParts.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	total, err := time.ParseDuration("0" + parts[len(parts)-1])
	if rest := strings.TrimSuffix(text, parts[len(parts)-1]); err == nil && rest != "" {
		var read time.Duration
		read, err = period.Parse(rest)
		total += read
	}
	return total, err == nil && total > 0 && total <= period.Longest
}

// address is an https URL.
func address() kind[string] {
	const example = "https://app.example.com"
	return kind[string]{
		text: "https URL", schema: schema{"type": "string", "format": "uri", "pattern": `^https://[^/@\s?#][^\s]*$`, "maxLength": longestNote},
		read: func(r *reader, v value) (string, bool) {
			text, ok := r.text(v, "an https URL", example)
			if !ok {
				return "", false
			}
			parsed, err := url.Parse(text)
			switch {
			case err != nil || parsed.Hostname() == "" || strings.ContainsAny(text, " \t\r\n") || !isPrintable(text) || len(text) > longestNote:
				r.fail(v, "%s is not an https URL; write for example %s", quote(text), example)
			case parsed.Scheme != "https" || !strings.HasPrefix(text, "https://"):
				r.fail(v, "%s is not an https URL; begin it with https://", quote(text))
			case parsed.User != nil:
				r.fail(v, "the URL must not contain a user or a password: everyone can read it")
			default:
				return text, true
			}
			return "", false
		},
	}
}
