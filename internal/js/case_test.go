package js_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestToUpper(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               "",
		"aZ09_-":         "AZ09_-",
		"éßŉ":            "ÉSSʼN",
		"ﬁﬀﬃﬆ":           "FIFFFFIST",
		"ǰẖẚ":            "J\u030cH\u0331Aʾ",
		"ΐΰ":             "Ι\u0308\u0301Υ\u0308\u0301",
		"ᾀᾍᾐᾟᾠᾮ":         "ἈΙἍΙἨΙἯΙὨΙὮΙ",
		"ᾳᾼῆῷῼ":          "ΑΙΑΙΗ\u0342Ω\u0342ΙΩΙ",
		"\u0587\ufb13":   "\u0535\u0552\u0544\u0546",
		"ıǆǅσς":          "IǄǄΣΣ",
		"𐐨😀":             "𐐀😀",
		"a\xffb\ufffdc":  "A\xffB\ufffdC",
		"\xed\xa0\xbdßa": "\xed\xa0\xbdSSA",
	} {
		assert.Equal(t, want, js.ToUpper(text), "%q", text)
	}
}

func TestToLower(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               "",
		"Az09_-":         "az09_-",
		"ÉSSẞ":           "éssß",
		"İI":             "i\u0307i",
		"ǄǅK":            "ǆǆk",
		"𐐀😀":             "𐐨😀",
		"A\xffB\ufffd":   "a\xffb\ufffd",
		"Σ":              "σ",
		"ΑΣ":             "ας",
		"ΑΣΑ":            "ασα",
		"ΑΣ-Σ":           "ας-σ",
		"Α'Σ'Α'Σ'":       "α'σ'α'ς'",
		"ΑΣ\u0387Α":      "ασ\u0387α",
		"Α\u0301Σ\u00ad": "α\u0301ς\u00ad",
		"1Σ ʰΣ":          "1σ ʰσ",
		"ⓐΣ ªΣ":          "ⓐς ªς",
	} {
		assert.Equal(t, want, js.ToLower(text), "%q", text)
	}
}
