package js_test

import (
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestUTF16Len(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":           0,
		"abc":        3,
		"é":          1,
		"e\u0301":    2,
		"€":          1,
		"😀":          2,
		"a😀b":        4,
		"\uffff":     1,
		"\U00010000": 2,
		"a\xffb":     3,
	} {
		assert.Equal(t, want, js.UTF16Len(text), "%q", text)
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		limit int
		want  string
	}{
		{"abc", 0, ""},
		{"abc", 2, "ab"},
		{"abc", 3, "abc"},
		{"abc", 9, "abc"},
		{"aéb", 2, "aé"},
		{"a😀b", 1, "a"},
		{"a😀b", 2, "a"},
		{"a😀b", 3, "a😀"},
		{"", 5, ""},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, js.Prefix(test.text, test.limit), "%q to %d", test.text, test.limit)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		text  string
		units []uint16
	}{
		{"nothing", "", []uint16{}},
		{"letters", "aé€", []uint16{'a', 'é', '€'}},
		{"pair", "x😀", []uint16{'x', 0xd83d, 0xde00}},
		{"first half", "\xed\xa0\xbdx", []uint16{0xd83d, 'x'}},
		{"second half", "x\xed\xb8\x80", []uint16{'x', 0xde00}},
		{"halves in the wrong order", "\xed\xb8\x80\xed\xa0\xbd", []uint16{0xde00, 0xd83d}},
		{"last before the halves", "\ud7ff", []uint16{0xd7ff}},
		{"first after the halves", "\ue000", []uint16{0xe000}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.units, js.Units(test.text))
			assert.Equal(t, test.text, js.FromUnits(test.units))
		})
	}
}

func TestUnitsReplacesInvalidBytes(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []uint16{'a', 0xfffd, 'b'}, js.Units("a\xffb"))
	assert.Equal(t, []uint16{0xfffd, 0xfffd}, js.Units("\xed\xa0"))
}

func FuzzUnits(f *testing.F) {
	f.Add("")
	f.Add("aé€😀\ud7ff\ue000\xed\xa0\xbd\xff")
	f.Fuzz(func(t *testing.T, text string) {
		units := js.Units(text)
		assert.Equal(t, units, js.Units(js.FromUnits(units)))
		assert.Equal(t, len(utf16.Encode([]rune(text))), js.UTF16Len(text))
	})
}
