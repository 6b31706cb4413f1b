package command

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// firstLine returns text up to its first line terminator.
func firstLine(text string) string {
	if end := strings.IndexFunc(text, js.IsLineTerminator); end >= 0 {
		return text[:end]
	}
	return text
}

// withoutQuotes removes one pair of equal quotes around text.
func withoutQuotes(text string) string {
	if len(text) < 2 || text[0] != text[len(text)-1] || text[0] != '\'' && text[0] != '"' {
		return text
	}
	return text[1 : len(text)-1]
}

// camelCase returns a key without dashes and underscores, with capitals in their place. A key
// in one case only becomes lower case first; the first character stays as it is.
func camelCase(key string) string {
	if lower := js.ToLower(key); key == js.ToUpper(key) {
		key = lower
	}
	if !strings.ContainsAny(key, "-_") {
		return key
	}
	var camel strings.Builder
	atStart, capital := key[0] != '-', false
	key = strings.TrimLeft(key, "-")
	for len(key) > 0 {
		_, size := utf8.DecodeRuneInString(key)
		character := key[:size]
		key = key[size:]
		switch {
		case character == "-" || character == "_":
			capital = !atStart
		case capital && size <= 3: // JavaScript cannot change half a surrogate pair.
			camel.WriteString(js.ToUpper(character))
			capital = false
		default:
			camel.WriteString(character)
			capital = false
		}
		atStart = false
	}
	return camel.String()
}

// maxSafeInteger is the largest integer that JavaScript counts up to without gaps, 2^53-1.
const maxSafeInteger = 1<<53 - 1

// coerce returns the number that text looks like, else text. Numbers with leading zeros and
// those beyond the safe integers stay text, hexadecimal ones never do.
func coerce(text string) any {
	if digits, ok := hexDigits(text); ok {
		number, _ := strconv.ParseFloat("0x"+digits+"p0", 64) // Too large a number is infinite.
		return number
	}
	if len(text) > 1 && text[0] == '0' && text[1] != '.' || !isDecimal(text) {
		return text
	}
	number, _ := strconv.ParseFloat(text, 64)
	if math.Abs(math.Floor(number)) > maxSafeInteger {
		return text
	}
	return number
}

// hexDigits returns the digits of a hexadecimal number such as 0x1F.
func hexDigits(text string) (string, bool) {
	if len(text) < len("0x0") || text[0] != '0' || text[1]|0x20 != 'x' {
		return "", false
	}
	for i := 2; i < len(text); i++ {
		if !isHexDigit(text[i]) {
			return "", false
		}
	}
	return text[2:], true
}

// isNegative reports whether text is a negative decimal number that is no flag: -1, -1.5, -.5.
func isNegative(text string) bool {
	number := numeral(js.Units(text))
	if !number.skip("-") {
		return false
	}
	whole := number.skipDigits()
	if number.skip(".") {
		return number.skipDigits() > 0 && len(number) == 0
	}
	return whole > 0 && len(number) == 0
}

// isDecimal reports whether text is a decimal number, perhaps with a fraction and an exponent.
func isDecimal(text string) bool {
	number := numeral(js.Units(text))
	number.skip("-")
	digits := number.skipDigits()
	if number.skip(".") {
		digits += number.skipDigits()
	}
	if digits > 0 && number.skip("e") {
		number.skip("+-")
		digits = number.skipDigits()
	}
	return digits > 0 && len(number) == 0
}

// isGroupNumber reports whether units are a number that ends a group of letters, as in -n5.
func isGroupNumber(units []uint16) bool {
	number := numeral(units)
	number.skip("-")
	digits := number.skipDigits()
	if digits > 0 && number.skip(".") {
		number.skipDigits()
	}
	if digits > 0 && number.skip("e") {
		number.skip("-")
		digits = number.skipDigits()
	}
	return digits > 0 && len(number) == 0
}

// numeral is the unread part of what may be a number, in UTF-16 code units.
type numeral []uint16

// skip passes over one of the characters, if it is next.
func (n *numeral) skip(characters string) bool {
	if len(*n) == 0 || !strings.ContainsRune(characters, rune((*n)[0])) {
		return false
	}
	*n = (*n)[1:]
	return true
}

// skipDigits passes over digits and returns how many there were.
func (n *numeral) skipDigits() int {
	before := len(*n)
	for len(*n) > 0 && (*n)[0] >= '0' && (*n)[0] <= '9' {
		*n = (*n)[1:]
	}
	return before - len(*n)
}
