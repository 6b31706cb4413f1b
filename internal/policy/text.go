package policy

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// longestShown is how much of a value or a name an error shows, in characters.
const longestShown = 60

// cut shortens a text that is shown in an error.
func cut(text string) string {
	if characters := []rune(text); len(characters) > longestShown {
		return string(characters[:longestShown]) + "…"
	}
	return text
}

// quote shows a text from the file, without its invisible characters.
func quote(text string) string { return strconv.Quote(cut(withoutQuery(text))) }

// withoutQuery takes out of an address what may be meant for an application only, also where no address belongs.
func withoutQuery(text string) string {
	begin := strings.Index(text, "://")
	if begin < 0 {
		return text
	}
	address, _, hasQuery := strings.Cut(text[begin:], "?")
	if user := strings.LastIndex(address, "@"); user >= 0 {
		address = "://…" + address[user:]
	}
	if hasQuery {
		address += "?…"
	}
	return text[:begin] + address
}

// isPlainName reports whether an error shows a name without quotes.
func isPlainName(name string) bool {
	special := func(char rune) bool {
		return char != '_' && char != '-' && !unicode.IsLetter(char) && !unicode.IsNumber(char)
	}
	return name != "" && len(name) <= longestShown && !strings.ContainsFunc(name, special)
}

// plainWord needs no quotes in a list.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]{0,60}$`)

// join returns the path of a key in a map.
func join(path, name string) string {
	if !isPlainName(name) {
		name = quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// shown describes a value in an error.
func (v value) shown() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	default:
		return quote(v.node.Value)
	}
}

// tag is the type of a plain word: !!str, !!int, !!bool, !!null, …; "" for what is no word.
func (v value) tag() string {
	if v.node.Kind != yaml.ScalarNode || v.node.Style&yaml.TaggedStyle != 0 {
		return ""
	}
	return v.node.ShortTag()
}

// isNothing reports whether a key has no value at all.
func (v value) isNothing() bool { return v.tag() == "!!null" && v.node.Value == "" }

// isBool reports whether a value is the word true or false, without quotes.
func (v value) isBool(word string) bool { return v.tag() == "!!bool" && v.node.Value == word }

// means reports whether a value is one of some words, in any case, with quotes or without.
func (v value) means(words string) bool {
	return v.node.Kind == yaml.ScalarNode && !v.isNothing() &&
		strings.Contains(words, " "+strings.ToLower(v.node.Value)+" ") && !strings.Contains(v.node.Value, " ")
}

// What people write for false and true, and what is neither here.
const (
	wordsForOff = " false 0 off no none null ~ n never disabled "
	wordsForOn  = " true 1 on yes y always enabled "
)

// isPrintable reports whether people can see each character of a text.
func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, isHidden)
}

// joinsAll reports whether each joiner of a text has something to join: an escape of YAML can write one anywhere.
func joinsAll(text string) bool {
	for i, char := range text {
		if isJoiner(char) && !joins(text, i) {
			return false
		}
	}
	return true
}

// oddSpace finds a space that looks like the usual one and is another.
func oddSpace(text string) bool {
	return strings.ContainsFunc(text, func(char rune) bool { return char != ' ' && unicode.Is(unicode.Zs, char) })
}

// twoAlphabets reports whether a text has letters of Latin next to those of alphabets with letters that look the same.
func twoAlphabets(text string) bool {
	isLatin := func(char rune) bool { return unicode.Is(unicode.Latin, char) }
	isAlike := func(char rune) bool {
		return unicode.In(char, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Lisu)
	}
	return strings.ContainsFunc(text, isLatin) && strings.ContainsFunc(text, isAlike)
}

// bare writes a word to put in the place of a value, which may be in quotes.
func (v value) bare(word string) string {
	if v.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		return word + " without quotes"
	}
	return word
}

// named describes a value in an error, by a name where it is not a word.
func (v value) named(name string) string {
	if v.node.Kind == yaml.ScalarNode {
		return v.shown()
	}
	return quote(name)
}
