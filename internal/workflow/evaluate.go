package workflow

import (
	"regexp"
	"strconv"
	"strings"
)

// Refuses reports whether a condition is surely false where these contexts have these values. What depends on
// anything else is not sure.
func Refuses(condition string, known map[string]string) bool {
	inside := bare(condition)
	if AlwaysTrue(condition) || Computed(inside) || inside == "" {
		return false
	}
	e := evaluation{tokens: token.FindAllString(inside, mostTokens+1), known: known}
	if len(e.tokens) > mostTokens {
		return false
	}
	result := e.either()
	return !e.failed && len(e.tokens) == 0 && result.isFalse()
}

const mostTokens = 1000 // of a condition, which a person wrote

var token = regexp.MustCompile(`'(?:[^']|'')*'|\|\||&&|[!=]=|[<>]=?|[!()\[\],]|[\w.*-]+|\S`)

// result is what a part of a condition comes to. False, null and the empty text are "".
type result struct {
	known bool
	text  string
}

func truth(holds bool) result {
	return result{true, strings.TrimPrefix(strconv.FormatBool(holds), "false")}
}

func (r result) isFalse() bool { return r.known && r.text == "" }

func (r result) isTrue() bool { return r.known && r.text != "" }

// evaluation reads a condition from left to right. It fails at what is no expression.
type evaluation struct {
	tokens []string
	known  map[string]string
	failed bool
}

// take takes the next token if it is one of these.
func (e *evaluation) take(those ...string) string {
	for _, text := range those {
		if len(e.tokens) > 0 && e.tokens[0] == text {
			e.tokens = e.tokens[1:]
			return text
		}
	}
	return ""
}

func (e *evaluation) either() result {
	left := e.both()
	for e.take("||") != "" {
		right := e.both()
		if !left.isTrue() && (left.isFalse() || right.isTrue()) {
			left = right
		}
	}
	return left
}

func (e *evaluation) both() result {
	left := e.comparison()
	for e.take("&&") != "" {
		right := e.comparison()
		if !left.isFalse() && (left.isTrue() || right.isFalse()) {
			left = right
		}
	}
	return left
}

func (e *evaluation) comparison() result {
	left := e.negation()
	operator := e.take("==", "!=", "<", ">", "<=", ">=")
	if operator == "" {
		return left
	}
	right := e.negation()
	if !left.known || !right.known || operator != "==" && operator != "!=" {
		return result{}
	}
	return truth(strings.EqualFold(left.text, right.text) == (operator == "=="))
}

func (e *evaluation) negation() result {
	if e.take("!") == "" {
		return e.operand()
	}
	inner := e.negation()
	if !inner.known {
		return inner
	}
	return truth(inner.isFalse())
}

// operand reads a text, a name, a call or what is in parentheses, and what is accessed in it.
func (e *evaluation) operand() result {
	var found result
	switch {
	case e.take("(") != "":
		found = e.either()
		e.want(")")
	case len(e.tokens) == 0 || !operand.MatchString(e.tokens[0]):
		e.failed = true
	default:
		name := e.tokens[0]
		e.tokens = e.tokens[1:]
		found = e.named(name)
	}
	for e.accessed() {
		found = result{}
	}
	return found
}

var operand = regexp.MustCompile(`^['\w-]`)

// accessed takes an access to a member, such as ['name'] or .name behind parentheses.
func (e *evaluation) accessed() bool {
	if e.take("[") != "" {
		if e.take("*") == "" {
			e.either()
		}
		return e.want("]")
	}
	if len(e.tokens) > 0 && strings.HasPrefix(e.tokens[0], ".") {
		e.tokens = e.tokens[1:]
		return true
	}
	return false
}

func (e *evaluation) want(text string) bool {
	e.failed = e.failed || e.take(text) == ""
	return !e.failed
}

func (e *evaluation) named(name string) result {
	if text, isText := strings.CutPrefix(name, "'"); isText {
		return result{true, strings.ReplaceAll(strings.TrimSuffix(text, "'"), "''", "'")}
	}
	if e.take("(") != "" {
		return call(strings.ToLower(name), e.arguments())
	}
	switch lower := strings.ToLower(name); lower {
	case "true":
		return truth(true)
	case "false", "null":
		return truth(false)
	default:
		if text, isKnown := e.known[lower]; isKnown {
			return result{true, text}
		}
	}
	return result{}
}

func (e *evaluation) arguments() []result {
	if e.take(")") != "" {
		return nil
	}
	all := []result{e.either()}
	for e.take(",") != "" {
		all = append(all, e.either())
	}
	e.want(")")
	return all
}

// call evaluates the functions that look into a text, without regard to case as GitHub does.
func call(function string, arguments []result) result {
	look, isKnown := map[string]func(string, string) bool{
		"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix,
	}[function]
	if !isKnown || len(arguments) != 2 || !arguments[0].known || !arguments[1].known {
		return result{}
	}
	return truth(look(strings.ToLower(arguments[0].text), strings.ToLower(arguments[1].text)))
}
