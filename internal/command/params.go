package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Params are the words behind the separator of a deployment command.
type Params struct {
	// Given is set when there are any.
	Given bool
	// Raw is their text, without surrounding white space.
	Raw string
	// JSON is what they say, as compact JSON text: an object with an entry for each flag, and
	// the other words in the list "_". The form is that of the JavaScript library yargs-parser
	// 22 without options, printed by JSON.stringify. It is "" when there are none.
	JSON string
}

// maxKeyParts is how many parts a dotted key may have. JavaScript runs out of stack when it
// prints objects that are nested somewhat deeper.
const maxKeyParts = 4000

// positional is the key of the words that are no flags.
const positional = "_"

// parseParams reads the text of parameters. It fails for the few texts that yargs-parser
// fails for as well.
func parseParams(raw string) (Params, error) {
	params := Params{Given: true, Raw: raw}
	parser := &paramParser{
		words:   splitWords(raw),
		entries: &object{},
		aliases: map[string]string{},
	}
	parser.entries.put(positional, &list{})
	if err := parser.parse(); err != nil {
		return params, fmt.Errorf("parse parameters: %w", err)
	}
	params.JSON = string(appendJSON(nil, parser.entries))
	return params, nil
}

// splitWords splits text at blanks outside of quotes. Quotes may stand anywhere in a word and
// stay a part of it; one that is not closed goes on to the end.
func splitWords(text string) []string {
	text = js.Trim(text)
	var words []string
	var quote byte
	start := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == ' ' && quote == 0:
			if i > start {
				words = append(words, text[start:i])
			}
			start = i + 1
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
	}
	if start < len(text) {
		words = append(words, text[start:])
	}
	return words
}

// paramParser turns words into entries.
type paramParser struct {
	words   []string // the words not yet read
	entries *object
	aliases map[string]string // the other name of a key, in both directions
}

func (p *paramParser) parse() error {
	for len(p.words) > 0 {
		word := p.take()
		if word == "--" {
			return p.appendVerbatim(p.words)
		}
		if err := p.read(word); err != nil {
			return err
		}
	}
	return nil
}

// take removes the next word, which there must be, and returns it.
func (p *paramParser) take() string {
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

// read reads one word, and the next one too if that is its value.
func (p *paramParser) read(word string) error {
	switch {
	case isNameless(word):
		return p.appendPositional(word)
	case strings.HasPrefix(word, "--"):
		return p.readLong(word)
	case strings.HasPrefix(word, "-") && word != "-" && !isNegative(word):
		return p.readShort(word)
	}
	return p.appendPositional(word)
}

// isNameless reports whether word is three or more dashes, alone or with an equals sign.
func isNameless(word string) bool {
	rest := strings.TrimLeft(word, "-")
	return len(word)-len(rest) >= 3 && (rest == "" || rest[0] == '=')
}

// readLong reads --name=value, --no-name, --name value and --name. What follows a line
// terminator in the name is lost.
func (p *paramParser) readLong(word string) error {
	if name, value, ok := splitAssignment(word); ok {
		return p.set(name, value)
	}
	name := firstLine(word[len("--"):])
	if negated, ok := strings.CutPrefix(name, "no-"); ok && negated != "" {
		return p.set(negated, false)
	}
	if name == "" {
		return p.appendPositional(word)
	}
	return p.setWithNext(name, func(next string) bool {
		return !strings.HasPrefix(next, "-") || isNegative(next)
	})
}

// splitAssignment splits a long flag at the equals sign. A name that would be empty takes one
// of the dashes.
func splitAssignment(word string) (name, value string, ok bool) {
	body := word[len("--"):]
	line := firstLine(body)
	if line == "" || !strings.Contains(line[1:], "=") {
		return "", "", false
	}
	if body[0] == '=' {
		return "-", body[1:], true
	}
	name, value, _ = strings.Cut(body, "=")
	return name, value, true
}

// setWithNext sets name to the next word if that may be a value, else to true.
func (p *paramParser) setWithNext(name string, mayBeValue func(string) bool) error {
	if len(p.words) > 0 && mayBeValue(p.words[0]) {
		return p.set(name, p.take())
	}
	return p.set(name, true)
}

// set stores a value under a key and under the key's other names. Text loses its quotes and
// becomes a number if it looks like one.
func (p *paramParser) set(name string, value any) error {
	if text, ok := value.(string); ok {
		value = coerce(withoutQuotes(text))
	}
	if strings.Count(name, ".") >= maxKeyParts {
		return fmt.Errorf("a key has more than %d parts", maxKeyParts)
	}
	p.addAlias(name)
	for _, key := range p.keysOf(name) {
		if err := p.entries.assign(key, value); err != nil {
			return fmt.Errorf("set %q: %w", key, err)
		}
	}
	return nil
}

// keysOf returns all keys that name stands for: itself, its alias, and itself with the alias
// of its first part.
func (p *paramParser) keysOf(name string) []string {
	keys := []string{name}
	alias, hasAlias := p.aliases[name]
	if hasAlias {
		keys = append(keys, alias)
	}
	first, rest, dotted := strings.Cut(name, ".")
	if other, ok := p.aliases[first]; ok && dotted {
		if key := other + "." + rest; !hasAlias || key != alias {
			keys = append(keys, key)
		}
	}
	return keys
}

// addAlias makes a key with dashes known by its camel-case name as well. The first alias of a
// key stays.
func (p *paramParser) addAlias(name string) {
	if !strings.Contains(name, "-") {
		return
	}
	if _, known := p.aliases[name]; known {
		return
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = camelCase(part)
	}
	alias := strings.Join(parts, ".")
	p.aliases[name] = alias
	if _, known := p.aliases[alias]; !known {
		p.aliases[alias] = name
	}
}

// appendPositional adds a word that is no flag, as a number if it looks like one.
func (p *paramParser) appendPositional(word string) error {
	return p.appendToList(coerce(word))
}

// appendVerbatim adds words as they are.
func (p *paramParser) appendVerbatim(words []string) error {
	for _, word := range words {
		if err := p.appendToList(word); err != nil {
			return err
		}
	}
	return nil
}

func (p *paramParser) appendToList(value any) error {
	words, ok := p.entries.values[positional].(*list)
	if !ok {
		return errors.New(`the flag "--_" has replaced the list of words, which takes no more`)
	}
	words.items = append(words.items, value)
	return nil
}
