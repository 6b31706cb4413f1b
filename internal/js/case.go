package js

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// expansions lists the characters whose upper-case form has several characters, each followed
// by that form and a blank (Unicode's SpecialCasing.txt, without the Greek letters that
// expandGreek computes).
const expansions = " ßSS ŉʼN ǰJ\u030c ΐΙ\u0308\u0301 ΰΥ\u0308\u0301 \u0587\u0535\u0552 " +
	"ẖH\u0331 ẗT\u0308 ẘW\u030a ẙY\u030a ẚAʾ " +
	"ὐΥ\u0313 ὒΥ\u0313\u0300 ὔΥ\u0313\u0301 ὖΥ\u0313\u0342 " +
	"ᾲᾺΙ ᾳΑΙ ᾴΆΙ ᾶΑ\u0342 ᾷΑ\u0342Ι ᾼΑΙ ῂῊΙ ῃΗΙ ῄΉΙ ῆΗ\u0342 ῇΗ\u0342Ι ῌΗΙ " +
	"ῒΙ\u0308\u0300 \u1fd3Ι\u0308\u0301 ῖΙ\u0342 ῗΙ\u0308\u0342 " +
	"ῢΥ\u0308\u0300 \u1fe3Υ\u0308\u0301 ῤΡ\u0313 ῦΥ\u0342 ῧΥ\u0308\u0342 " +
	"ῲῺΙ ῳΩΙ ῴΏΙ ῶΩ\u0342 ῷΩ\u0342Ι ῼΩΙ " +
	"\ufb00FF \ufb01FI \ufb02FL \ufb03FFI \ufb04FFL \ufb05ST \ufb06ST " +
	"\ufb13\u0544\u0546 \ufb14\u0544\u0535 \ufb15\u0544\u053b \ufb16\u054e\u0546 \ufb17\u0544\u053d "

// ToUpper returns s in upper case, as String.prototype.toUpperCase does: with the characters
// that become several, such as ß.
func ToUpper(s string) string {
	var upper strings.Builder
	for i, r := range s {
		switch expansion, ok := expand(r); {
		case ok:
			upper.WriteString(expansion)
		case r == utf8.RuneError:
			writeRaw(&upper, s[i:])
		default:
			upper.WriteRune(unicode.ToUpper(r))
		}
	}
	return upper.String()
}

func expand(r rune) (string, bool) {
	if r < 'ß' {
		return "", false
	}
	if r >= 0x1f80 && r <= 0x1faf {
		return expandGreek(r), true
	}
	_, rest, found := strings.Cut(expansions, " "+string(r))
	if !found {
		return "", false
	}
	expansion, _, _ := strings.Cut(rest, " ")
	return expansion, true
}

// expandGreek splits a Greek vowel with iota below into the capital vowel and a capital iota.
func expandGreek(r rune) string {
	vowel := r & 7
	switch {
	case r < 0x1f90:
		vowel |= 0x1f08
	case r < 0x1fa0:
		vowel |= 0x1f28
	default:
		vowel |= 0x1f68
	}
	return string([]rune{vowel, 'Ι'})
}

// ToLower returns s in lower case, as String.prototype.toLowerCase does: a sigma at the end of
// a word takes its final form.
func ToLower(s string) string {
	var lower strings.Builder
	for i, r := range s {
		switch {
		case r == 'İ':
			lower.WriteString("i\u0307")
		case r == 'Σ' && endsWord(s[:i], s[i+len("Σ"):]):
			lower.WriteRune('ς')
		case r == utf8.RuneError:
			writeRaw(&lower, s[i:])
		default:
			lower.WriteRune(unicode.ToLower(r))
		}
	}
	return lower.String()
}

// writeRaw copies the first character of s, which may be a byte that is no valid UTF-8.
func writeRaw(to *strings.Builder, s string) {
	_, size := utf8.DecodeRuneInString(s)
	to.WriteString(s[:size])
}

// endsWord reports whether a letter between before and after is the last one of its word:
// letters before it, none after it, not counting marks and apostrophes.
func endsWord(before, after string) bool {
	before = strings.TrimRightFunc(before, caseIgnorable)
	last, _ := utf8.DecodeLastRuneInString(before)
	after = strings.TrimLeftFunc(after, caseIgnorable)
	first, _ := utf8.DecodeRuneInString(after)
	return cased(last) && !cased(first)
}

func cased(r rune) bool {
	return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) ||
		unicode.In(r, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

func caseIgnorable(r rune) bool {
	if strings.ContainsRune("'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r) {
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
