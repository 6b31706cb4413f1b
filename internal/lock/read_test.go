package lock_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/lock"
)

// file is the text of a lock file.
type file struct {
	name string
	text string
	want lock.Document // of a valid one
	says string        // what the error says about a malformed one
}

// legacy is a lock file as version 11 of branch-deploy writes it.
func legacy() map[string]string {
	return map[string]string{
		"reason": `"release"`, "branch": `"feature"`, "created_at": `"2026-01-31T08:09:10.123Z"`,
		"created_by": `"octocat"`, "sticky": `true`, "environment": `"production"`, "global": `false`,
		"unlock_command": `".unlock production"`, "link": `"https://github.com/o/r/pull/12#issuecomment-3"`,
	}
}

// legacyLock is what such a file says.
func legacyLock() lock.Document {
	return lock.Document{
		Target: lock.Target{Environment: "production"}, Reason: "release", Branch: "feature",
		CreatedAt: createdAt(), CreatedBy: "octocat", Sticky: true,
		UnlockCommand: ".unlock production", Link: "https://github.com/o/r/pull/12#issuecomment-3",
	}
}

// written is a legacy file with fields changed or added (name, value, …). A value of "" removes
// the field.
func written(changes ...string) string {
	fields := legacy()
	for pair := range slices.Chunk(changes, 2) {
		fields[pair[0]] = pair[1]
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] != "" {
			parts = append(parts, `"`+name+`":`+fields[name])
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// but is the legacy lock with a change.
func but(change func(*lock.Document)) lock.Document {
	d := legacyLock()
	change(&d)
	return d
}

func validFiles() []file {
	same := legacyLock()
	noReason := but(func(d *lock.Document) { d.Reason = "" })
	reason := func(text string) lock.Document { return but(func(d *lock.Document) { d.Reason = text }) }
	created := func(at time.Time) lock.Document { return but(func(d *lock.Document) { d.CreatedAt = at }) }
	return []file{
		{name: "legacy", text: written(), want: same},
		{name: "version and claim", text: written("schema_version", "1", "claim_id", `"`+claimID+`"`), want: but(func(d *lock.Document) { d.ClaimID = claimID })},
		{name: "blanks around", text: " \t\r\n" + strings.ReplaceAll(written(), ",", " ,\n  ") + "\n\n", want: same},

		{name: "version 1.0", text: written("schema_version", "1.0"), want: same},
		{name: "version 1e0", text: written("schema_version", "1e0"), want: same},
		{name: "version 10e-1", text: written("schema_version", "10e-1"), want: same},
		{name: "version that rounds to 1", text: written("schema_version", "1.00000000000000000001"), want: same},

		{name: "no reason", text: written("reason", "null"), want: noReason},
		{name: "empty reason", text: written("reason", `""`), want: noReason},
		{name: "reason that is a number", text: written("reason", "5"), want: reason("5")},
		{name: "reason that is a number out of range", text: written("reason", "-1e999"), want: reason("-1e999")},
		{name: "reason that is false", text: written("reason", "false"), want: reason("false")},
		{name: "reason that is a list", text: written("reason", "[ 1,\n{ } ]"), want: reason("[1,{}]")},
		{name: "reason that is an object", text: written("reason", `{ "a" : "<b> c\u2028" }`), want: reason(`{"a":"<b> c\u2028"}`)},
		{name: "escapes", text: written("reason", `"\u00fc\ud83d\ude00\/\u0000\"\\\b\f\n\r\t\u003c"`), want: reason("ü😀/\x00\"\\\b\f\n\r\t<")},
		{name: "half a pair", text: written("reason", `"a\ud83db"`), want: reason("a\ufffdb")},
		{name: "no UTF-8", text: written("reason", "\"a\xffb\xed\xa0\x80\""), want: reason("a\ufffdb\ufffd")},
		{name: "line separators", text: written("reason", "\"a\u2028b\u2029\""), want: reason("a\u2028b\u2029")},

		{name: "no branch", text: written("branch", "null"), want: but(func(d *lock.Document) { d.Branch = "" })},
		{name: "not known to be sticky", text: written("sticky", "null"), want: but(func(d *lock.Document) { d.Sticky = false })},
		{name: "not sticky", text: written("sticky", "false"), want: but(func(d *lock.Document) { d.Sticky = false })},
		{name: "global", text: written("environment", "null", "global", "true"), want: but(func(d *lock.Document) { d.Target = lock.Target{Global: true} })},
		{name: "global with an environment", text: written("global", "true"), want: but(func(d *lock.Document) { d.Global = true })},
		{name: "no environment", text: written("environment", "null"), want: but(func(d *lock.Document) { d.Environment = "" })},
		{name: "empty texts", text: written("created_by", `""`, "unlock_command", `""`, "link", `""`), want: but(func(d *lock.Document) {
			d.CreatedBy, d.UnlockCommand, d.Link = "", "", ""
		})},

		{name: "time with an offset", text: written("created_at", `"2026-01-31T13:39:10.123+05:30"`), want: same},
		{name: "time with microseconds", text: written("created_at", `"2026-01-31T08:09:10.123999Z"`), want: same},
		{name: "not a time", text: written("created_at", `"yesterday"`), want: created(time.Time{})},
		{name: "time that is empty", text: written("created_at", `""`), want: created(time.Time{})},
		{name: "time without a zone", text: written("created_at", `"2026-01-31T08:09:10.123"`), want: created(time.Time{})},
		{name: "time of no day", text: written("created_at", `"2026-02-30T08:09:10Z"`), want: created(time.Time{})},
		{name: "time in the year 10000", text: written("created_at", `"9999-12-31T23:59:59-01:00"`), want: created(time.Time{})},
		{name: "time in the year 0", text: written("created_at", `"0001-01-01T00:00:00+01:00"`), want: created(time.Time{})},
		{name: "time in the last year", text: written("created_at", `"9999-12-31T23:59:59Z"`), want: created(time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC))},

		{name: "name twice, the last one counts", text: `{"created_by":"mallory",` + written()[1:], want: same},
		{name: "name twice, once of a wrong type", text: `{"global":"no","claim_id":null,` + written("claim_id", `"`+claimID+`"`)[1:], want: but(func(d *lock.Document) { d.ClaimID = claimID })},
		{name: "name with escapes", text: strings.Replace(written(), `"created_by"`, `"\u0063reated_by"`, 1), want: same},
	}
}

func malformedFiles() []file {
	files := []file{
		{name: "empty", says: "no JSON object"},
		{name: "null", text: "null", says: "no JSON object"},
		{name: "list", text: "[" + written() + "]", says: "no JSON object"},
		{name: "text", text: `"lock"`, says: "no JSON object"},
		{name: "empty object", text: "{}", says: `"reason" is missing`},
		{name: "cut short", text: strings.TrimSuffix(written(), "}"), says: "no JSON object"},
		{name: "trailing text", text: written() + "x", says: "no JSON object"},
		{name: "two objects", text: written() + written(), says: "no JSON object"},
		{name: "byte order mark", text: "\ufeff" + written(), says: "no JSON object"},
		{name: "odd blank", text: "\u00a0" + written(), says: "no JSON object"},
		{name: "comment", text: "{/**/" + written()[1:], says: "no JSON object"},
		{name: "no UTF-8", text: "\xff" + written(), says: "no JSON object"},
		{name: "raw line break in a text", text: written("reason", "\"a\nb\""), says: "no JSON object"},
		{name: "no number", text: written("schema_version", "01"), says: "no JSON object"},
		{name: "too deep", text: written("extra", strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)), says: "no JSON object"},
		{name: "deep and open", text: strings.Repeat(`{"a":`, 1_000_000), says: "no JSON object"},
	}
	// What each field may not be. Every field but the first two must be there.
	wrong := map[string][]string{
		"schema_version": {"null", "0", "2", "1.5", "-1", "1e400", `"1"`, "true", "[1]", "{}"},
		"claim_id": {
			"null", `""`, "1", "[]", `"` + claimID + `0"`, `"` + claimID[:len(claimID)-1] + `"`, `"` + strings.ToUpper(claimID) + `"`,
			`"sha256:` + strings.ToUpper(claimID[7:]) + `"`, `"sha512:` + claimID[7:] + `"`, `"` + claimID[7:] + `"`,
			`"` + claimID + `\n"`, `"\n` + claimID + `"`, `"` + claimID[:len(claimID)-1] + `g"`,
		},
		"reason":         {""},
		"branch":         {"", "1", "true", "[]", "{}"},
		"created_at":     {"", "null", "1769846950123", "true", "{}"},
		"created_by":     {"", "null", "1", "false", `["octocat"]`},
		"sticky":         {"", "1", `"true"`, "{}"},
		"environment":    {"", "1", "false", "[]"},
		"global":         {"", "null", "0", `"false"`, "[]"},
		"unlock_command": {"", "null", "1", "{}"},
		"link":           {"", "null", "1", "{}"},
	}
	for name, values := range wrong {
		for _, value := range values {
			says := `"` + name + `"`
			if value == "" {
				says += " is missing"
			}
			files = append(files, file{name: name + " is " + value, text: written(name, value), says: says})
		}
	}
	// A key of another case is another key.
	for name := range legacy() {
		text := strings.Replace(written(), `"`+name+`":`, `"`+strings.ToUpper(name[:1])+name[1:]+`":`, 1)
		files = append(files, file{name: name + " in another case", text: text, says: `"` + name + `" is missing`})
	}
	return files
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range validFiles() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := lock.Parse(test.text)
			require.NoError(t, err, test.name)
			assert.Equal(t, test.want, got, test.name)
		})
	}
}

func TestParseMalformed(t *testing.T) {
	t.Parallel()
	for _, test := range malformedFiles() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := lock.Parse(test.text)
			require.ErrorContains(t, err, "read lock file: ", test.name)
			require.ErrorContains(t, err, test.says, test.name)
			assert.Equal(t, lock.Document{}, got, test.name)
		})
	}
}

// A lock of an old version stays one, and stays readable.
func TestLegacyLockWrittenAgain(t *testing.T) {
	t.Parallel()
	for _, test := range validFiles() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, err := lock.Parse(test.text)
			require.NoError(t, err, test.name)
			text := d.Marshal()
			assert.Empty(t, faults(text), test.name)
			again, err := lock.Parse(text)
			require.NoError(t, err, test.name)
			assert.Equal(t, d, again, test.name)
		})
	}
}

func TestUnknownFieldsAreKept(t *testing.T) {
	t.Parallel()
	text := written(
		"zeta", `{ "b" : [ 1.0, 1e400, 123456789012345678901234567890 ],`+"\n"+` "a" : "<\u2028\/> x" }`,
		"Sticky", "false", "a\\u2028\\\"\\ud83d", "null", "", "true")
	text = strings.TrimSuffix(text, "}") + `,"twice":1,"twice":2}`
	d, err := lock.Parse(text)
	require.NoError(t, err)
	assert.Equal(t, legacyLock().Reason, d.Reason)
	written := d.Marshal()
	assert.Equal(t, strings.TrimSuffix(legacyLock().Marshal(), "}")+
		`,"":true,"Sticky":false,"a`+"\u2028"+`\"`+"\ufffd"+`":null,"twice":2,`+
		`"zeta":{"b":[1.0,1e400,123456789012345678901234567890],"a":"<\u2028\/> x"}}`, written)
	again, err := lock.Parse(written)
	require.NoError(t, err)
	assert.Equal(t, d, again)
	assert.NotEqual(t, legacyLock(), d)
}

func TestOurFields(t *testing.T) {
	t.Parallel()
	ours := func(tool string, run int64, attempt int, expires time.Time) lock.Document {
		return but(func(d *lock.Document) { d.Tool, d.RunID, d.RunAttempt, d.ExpiresAt = tool, run, attempt, expires })
	}
	all := []string{"tool", `"lockstep"`, "run_id", "123456789012", "run_attempt", "3", "expires_at", `"2026-01-31T08:09:10.123Z"`}
	for name, test := range map[string]struct {
		changes []string
		want    lock.Document
	}{
		"all":                  {nil, ours("lockstep", 123456789012, 3, createdAt())},
		"another tool":         {[]string{"tool", `"other"`}, ours("other", 123456789012, 3, createdAt())},
		"tool is no text":      {[]string{"tool", "1"}, ours("", 123456789012, 3, createdAt())},
		"tool is null":         {[]string{"tool", "null"}, ours("", 123456789012, 3, createdAt())},
		"run is text":          {[]string{"run_id", `"123456789012"`}, ours("lockstep", 0, 3, createdAt())},
		"run is too large":     {[]string{"run_id", "9223372036854775808"}, ours("lockstep", 0, 3, createdAt())},
		"run is negative":      {[]string{"run_id", "-1"}, ours("lockstep", 0, 3, createdAt())},
		"run is a fraction":    {[]string{"run_id", "1.5"}, ours("lockstep", 0, 3, createdAt())},
		"run is absent":        {[]string{"run_id", ""}, ours("lockstep", 0, 3, createdAt())},
		"attempt is a list":    {[]string{"run_attempt", "[3]"}, ours("lockstep", 123456789012, 0, createdAt())},
		"attempt is negative":  {[]string{"run_attempt", "-3"}, ours("lockstep", 123456789012, 0, createdAt())},
		"end is no time":       {[]string{"expires_at", `"soon"`}, ours("lockstep", 123456789012, 3, time.Time{})},
		"end is a number":      {[]string{"expires_at", "0"}, ours("lockstep", 123456789012, 3, time.Time{})},
		"end is null":          {[]string{"expires_at", "null"}, ours("lockstep", 123456789012, 3, time.Time{})},
		"end with an offset":   {[]string{"expires_at", `"2026-01-31T10:09:10.1239+02:00"`}, ours("lockstep", 123456789012, 3, createdAt())},
		"keys of another case": {[]string{"tool", "", "run_id", ""}, ours("", 0, 3, createdAt())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := lock.Parse(written(append(slices.Clone(all), test.changes...)...))
			require.NoError(t, err, name)
			assert.Equal(t, test.want, d, name)
		})
	}
}
