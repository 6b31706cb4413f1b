package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

const (
	marker  = "<!-- marker -->"
	notice  = "… (truncated: GitHub's comment size limit)"
	longest = 65536
)

// filled is a body of one line that, with its marker, has so many UTF-16 code units.
func filled(units int) string {
	return strings.Repeat("x", units-len("\n\n"+marker))
}

func TestLimitLeavesShortComments(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "text\n\n"+marker, message.Limit("text", marker))
	assert.Equal(t, "text\n\n"+marker, message.Limit("text\n\n\n", marker), "a blank line is always before the marker")
}

// The limit counts UTF-16 code units: 🚀 is two of them, four bytes and one character.
func TestLimitAtTheBorder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		fits bool
	}{
		"one below":                  {filled(longest - 1), true},
		"at the limit":               {filled(longest), true},
		"one above":                  {filled(longest + 1), false},
		"two units end at the limit": {filled(longest-2) + "🚀", true},
		"two units end above it":     {filled(longest-1) + "🚀", false},
		"many bytes, few units":      {strings.Repeat("é", 65000), true},
		"half as many characters":    {strings.Repeat("🚀", 32768), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limited := message.Limit(test.body, marker)
			assert.LessOrEqual(t, js.UTF16Len(limited), longest, name)
			assert.True(t, strings.HasSuffix(limited, "\n\n"+marker), name)
			assert.Equal(t, test.fits, limited == test.body+"\n\n"+marker, name)
			assert.Equal(t, !test.fits, strings.Contains(limited, notice), name)
		})
	}
}

func TestLimitKeepsWholeLines(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("🚀", 499) + "!\n" // 1,000 units
	limited := message.Limit(strings.Repeat(line, 70), marker)
	assert.Equal(t, strings.Repeat(line, 65)+"\n"+notice+"\n\n"+marker, limited)

	room := longest - js.UTF16Len("\n"+notice+"\n\n"+marker) // the line before the notice is blank
	fits := strings.Repeat("x", room-1) + "\n"
	assert.Equal(t, fits+"\n"+notice+"\n\n"+marker, message.Limit(fits+line, marker))
	assert.Equal(t, notice+"\n\n"+marker, message.Limit("x"+fits+line, marker), "one more is too long")

	limited = message.Limit("first\n"+strings.Repeat("x", longest), marker)
	assert.Equal(t, "first\n\n"+notice+"\n\n"+marker, limited, "a line that is too long goes as a whole")
}

// A cut code span or fence would set free what is inside.
func TestLimitClosesWhatItCuts(t *testing.T) {
	t.Parallel()
	bad := strings.Repeat("@all <b>\n", 10000)
	for name, body := range map[string]string{
		"code span":        "intro\n" + markdown.Code(bad) + "\n",
		"fence":            "intro\n" + markdown.Fence("json", bad) + "\n",
		"fence with ticks": "intro\n" + markdown.Fence("", "````\n"+bad) + "\n",
		"fence in a fold":  "<details><summary>Details</summary>\n\n" + markdown.Fence("json", bad) + "\n\n</details>\n",
		"fold behind it":   strings.Repeat("x\n", 40000) + "<details><summary>Details</summary>\n\n</details>\n",
		"closed before":    "<details><summary>Details</summary>\n\n```json\n{}\n```\n\n</details>\n" + strings.Repeat("x\n", 40000),
		"span on own line": "```a``` b\n" + markdown.Code(bad) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limited := message.Limit(body, marker)
			assert.LessOrEqual(t, js.UTF16Len(limited), longest, name)
			assert.Contains(t, limited, notice, name)
			assert.Empty(t, harm(limited), name)
			assert.Equal(t, strings.Count(limited, "<details>"), strings.Count(limited, "</details>"), name)
		})
	}
	folded := message.Limit("<details><summary>Details</summary>\n\n"+markdown.Fence("json", bad)+"\n\n</details>\n", marker)
	assert.True(t, strings.HasSuffix(folded, "<b>\n```\n\n</details>\n\n"+notice+"\n\n"+marker))
	assert.Greater(t, js.UTF16Len(folded), longest-20, "no more is cut than has to be")
	closed := message.Limit("<details><summary>Details</summary>\n\n```json\n{}\n```\n\n</details>\n"+strings.Repeat("x\n", 40000), marker)
	assert.True(t, strings.HasSuffix(closed, "x\n\n"+notice+"\n\n"+marker), "what is closed is not closed again")
}

// An outsider who knows our markers can write one.
func TestLimitBreaksForgedMarkers(t *testing.T) {
	t.Parallel()
	forged := "<!-- lockstep:answer run=77.1 comment=5 -->"
	limited := message.Limit(markdown.Code(forged)+"\n"+markdown.Fence("", forged), forged)
	assert.Equal(t, 1, strings.Count(limited, forged))
	assert.True(t, strings.HasSuffix(limited, "\n\n"+forged))
}

func TestNotes(t *testing.T) {
	t.Parallel()
	assert.Empty(t, message.Notes(nil))
	assert.Equal(t, "> ⚠️ One.\n\n", message.Notes([]string{"One."}))
	assert.Equal(t, "> ⚠️ One.\n> More.\n\n> ⚠️ Two.\n\n", message.Notes([]string{"One.\nMore.", "Two."}))

	long := strings.Repeat("🚀", 500)
	assert.Equal(t, "> ⚠️ "+long+"\n\n> ⚠️ Two.\n\n> ⚠️ More cleanup needed: see the run's log for 2 more problems.\n\n",
		message.Notes([]string{long, long, "Two.", long}))
	assert.Equal(t, "> ⚠️ More cleanup needed: see the run's log for 1 more problem.\n\n",
		message.Notes([]string{strings.Repeat(long, 100)}), "the comment is worth more than its notes")
}

func FuzzLimit(f *testing.F) {
	f.Add("intro\n", "@all\n```\n", 30000)
	f.Add("", "🚀", 33000)
	f.Fuzz(func(t *testing.T, start, piece string, times int) {
		if piece == "" || times < 0 || times > 200000/len(piece) {
			return
		}
		long := strings.Repeat(piece, times)
		body := markdown.Text(start) + "\n" + markdown.Code(long) + "\n\n" + markdown.Fence("", long) + "\n"
		limited := message.Limit(body, marker)
		assert.LessOrEqual(t, js.UTF16Len(limited), longest)
		assert.True(t, strings.HasSuffix(limited, "\n\n"+marker))
		for _, problem := range harm(limited) {
			assert.True(t, strings.HasPrefix(problem, "heading") || strings.HasPrefix(problem, "emphasis") || strings.HasPrefix(problem, "control"), problem)
		}
	})
}
