package message

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPlaceBoard(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	old, later, other := block("old", noon), block("old", noon.Add(time.Minute)), block("new", noon.Add(time.Minute))
	for name, test := range map[string]struct {
		text, block, want string
		changed           bool
	}{
		"empty":                 {"", old, old + "\n", true},
		"blank":                 {" \r\n", old, old + "\n", true},
		"without markers":       {"By hand.\r\n", old, "By hand.\n\n" + old + "\n", true},
		"replaced":              {"Before\r\n" + old + "\r\nafter", other, "Before\r\n" + other + "\r\nafter", true},
		"only the time":         {"a" + old + "b", later, "a" + old + "b", false},
		"other ends of lines":   {strings.ReplaceAll(old, "\n", "\r\n"), later, strings.ReplaceAll(old, "\n", "\r\n"), false},
		"a newer one is there":  {other, block("old", noon), other, false},
		"one of the future":     {block("x", noon.AddDate(1, 0, 0)), old, old, true},
		"same second":           {old, block("new", noon), block("new", noon), true},
		"time by hand":          {strings.Replace(old, "12:00:00", "soon", 1), old, old, true},
		"no time":               {boardBegin + "\nx\n" + boardEnd, old, old, true},
		"nothing inside":        {boardBegin + boardEnd, old, old, true},
		"only the first marker": {"a " + boardBegin + " b", old, "a " + boardBegin + " b\n\n" + old + "\n", true},
		"only the last marker":  {"a " + boardEnd + " b", old, "a " + boardEnd + " b\n\n" + old + "\n", true},
		"wrong order":           {boardEnd + " a " + boardBegin, old, boardEnd + " a " + boardBegin + "\n\n" + old + "\n", true},
		"a first marker too many": {
			"a " + boardBegin + " b\n\n" + old, other, "a " + boardBegin + " b\n\n" + other, true,
		},
		"a last marker too many": {boardEnd + " b " + old, other, boardEnd + " b " + other, true},
		"two of them":            {old + " and " + old, other, other + " and " + old, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			placed, changed := PlaceBoard(test.text, test.block)
			assert.Equal(t, test.want, placed)
			assert.Equal(t, test.changed, changed)
			again, changed := PlaceBoard(placed, test.block)
			assert.Equal(t, placed, again, "placed once more it is the same")
			assert.False(t, changed)
		})
	}
}

func FuzzPlaceBoard(f *testing.F) {
	at := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) // no later one can be read
	for _, text := range []string{"", "a", boardBegin, boardEnd, boardBegin + boardEnd, boardEnd + boardBegin, block("x", at), "a\r\n" + block("y", at)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ours := block("ours", at)
		placed, _ := PlaceBoard(text, ours)
		from, until, found := findBoard(placed)
		assert.True(t, found)
		before, _ := splitTime(placed[from:until])
		now, _ := splitTime(ours)
		assert.Equal(t, now, before)
		again, changed := PlaceBoard(placed, ours)
		assert.Equal(t, placed, again)
		assert.False(t, changed)
	})
}
