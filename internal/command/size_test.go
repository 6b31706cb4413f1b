package command

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxBody is how long GitHub lets a comment be, in characters.
const maxBody = 65536

// filled returns start, followed by as many repetitions of part as fit into a comment.
func filled(start, part string) string {
	return start + strings.Repeat(part, (maxBody-len(start))/len(part))
}

// longBodies are comments on which a careless parser takes minutes: each repeats what makes
// it look far ahead, go back or copy.
func longBodies() map[string]string {
	return map[string]string{
		"blanks":                 filled(".deploy", " ") + "x",
		"line breaks":            filled(".deploy ", "\r\n") + "x",
		"nothing":                filled(".deploy ", "\x00"),
		"triggers":               filled(".deploy ", ".deploy "),
		"half triggers":          filled(".deploy ", ".deplo"),
		"capital triggers":       filled(".deploy ", ".DEPLOY  "),
		"letters that fold":      filled(".deploy ", "ßᾳŉ"),
		"commits":                filled(".deploy ", commit+" "),
		"one long commit":        filled(".deploy ", "a"),
		"commits and blanks":     filled(".deploy "+commit, strings.Repeat(" ", 600)+commit),
		"short of a commit":      filled(".deploy ", ".deploy "+commit[:39]+" "),
		"reasons":                filled(".lock ", "--reason "),
		"flags":                  filled(".lock ", "-i "),
		"almost flags":           filled(".lock ", "-i"),
		"global flags":           filled(".lock ", "--globa"),
		"periods":                filled(".lock staging ", "--for 1h "),
		"period flags":           filled(".lock staging ", "--for "),
		"almost period flags":    filled(".lock staging ", "--fo"),
		"a long period":          filled(".lock staging --for ", "1"),
		"blanks before a period": filled(".lock staging --for", " ") + "1h",
		"separators":             filled(".deploy ", "|"),
		"words":                  filled(".deploy | ", "a "),
		"dashes":                 filled(".deploy | ", "-"),
		"dashes and blanks":      filled(".deploy | ", "- "),
		"quotes":                 filled(".deploy | ", `"' `),
		"letters":                filled(".deploy | -", "a"),
		"letters and digits":     filled(".deploy | -", "a1"),
		"a long number":          filled(".deploy | -n", "1"),
		"almost a number":        filled(".deploy | -n", "1") + "x",
		"hexadecimal":            filled(".deploy | 0x", "f"),
		"surrogates":             filled(".deploy | -", "😀"),
		"equals signs":           filled(".deploy | --a", "="),
		"one key":                filled(".deploy | ", "--a=1 "),
		"one key, counted":       filled(".deploy | --a=x ", "--a=1 "),
		"joined and counted":     filled(".deploy | --a=x ", "--a 2 --a=1 "),
		"joined to a long text":  filled(".deploy | --a-b="+strings.Repeat("x", maxBody/2)+" ", "--a-b 2 --a-b=1 "),
		"short keys":             filled(".deploy | ", "-a "),
		"keys with dashes":       filled(".deploy | ", "--a-b "),
		"a key of dashes":        filled(".deploy | --a", "-b"),
		"capital sigmas":         filled(".deploy | --A-", "Σ'"),
		"dots":                   filled(".deploy | --a", ".a"),
		"deep keys":              filled(".deploy | ", "--"+strings.Repeat("a.", 2000)+"a=1 "),
		"deep lists":             filled(".deploy | ", "--a.b.c --a.b "),
		"control characters":     filled(".deploy | --a=", "\x01"),
	}
}

// TestLongBodies would not end within the test's time limit if reading took much more time
// than the length of a comment accounts for.
func TestLongBodies(t *testing.T) {
	t.Parallel()
	for name, body := range longBodies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := defaults()
			noNaked(&g)
			command, err := g.Parse(body)
			checkCommand(t, g, command)
			if command.Kind == Lock && err != nil {
				require.ErrorContains(t, err, `read "--for": `)
				return
			}
			if err != nil {
				require.ErrorContains(t, err, "more than 4000 parts")
				return
			}
			if command.Params.Raw != "" {
				assert.True(t, json.Valid([]byte(command.Params.JSON)))
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	bodies := longBodies()
	bodies["an everyday command"] = ".deploy staging | --cpu=2 --memory=4G -q my-queue"
	for name, body := range bodies {
		b.Run(name, func(b *testing.B) {
			g := defaults()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				command, _ := g.Parse(body)
				if command.Kind == None {
					b.Fatal("not recognised")
				}
			}
		})
	}
}
