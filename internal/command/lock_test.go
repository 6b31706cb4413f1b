package command

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLockCommands(t *testing.T) {
	t.Parallel()
	const alias = "lock-info-alias"
	tests := []struct {
		name string
		body string
		want Command
	}{
		{"line break before the environment", ".lock\r\nstaging", locks(Lock, "lock", "staging")},
		{"another spelling", ".lock Staging", locks(Lock, "lock", "staging")},
		{"another spelling to unlock", ".unlock STAGING", locks(Unlock, "unlock", "staging")},
		{"another spelling and info", ".lock Staging --info", locks(LockInfo, "lock", "staging")},
		{"flags keep their spelling", ".lock staging --Global", locks(Lock, "lock", "")},
		{"unlock", ".unlock", locks(Unlock, "unlock", "production")},
		{"unlock staging", ".unlock staging", locks(Unlock, "unlock", "staging")},
		{"alias", ".wcid", locks(LockInfo, alias, "production")},
		{"alias, unknown", ".wcid qa", locks(LockInfo, alias, "")},
		{"two environments", ".lock staging production", locks(Lock, "lock", "")},

		{"global", ".lock --global", locksAll(Lock, "lock")},
		{"global unlock", ".unlock --global", locksAll(Unlock, "unlock")},
		{"global question", ".wcid --global", locksAll(LockInfo, alias)},
		{"global question by flag", ".lock --global --info", locksAll(LockInfo, "lock")},
		{"global and an environment", ".lock staging --global", locksAll(Lock, "lock")},
		{"global before an environment", ".lock\t--global\nqa", locksAll(Lock, "lock")},
		{"global behind a bar", ".lock | --global", locksAll(Lock, "lock")},
		{"global and reason", ".lock --global --reason x", locksAll(Lock, "lock").because("x")},
		// P1: there, the reason loses the flag and the lock becomes global.
		{"global in a reason", ".lock --reason --global", locks(Lock, "lock", "production").because("--global")},
		{"global in an unlock reason", ".unlock --reason --global", locks(Unlock, "unlock", "production").because("--global")},
		{"global in two pieces", ".lock --glo bal", locks(Lock, "lock", "")},
		{"global twice, once whole", ".lock --global-- --global", locksAll(Lock, "lock")},

		{"info", ".lock --info", locks(LockInfo, "lock", "production")},
		{"i", ".lock --i staging", locks(LockInfo, "lock", "staging")},
		{"short i", ".lock staging\n-i", locks(LockInfo, "lock", "staging")},
		{"details", ".lock --details staging", locks(LockInfo, "lock", "staging")},
		{"d", ".lock staging --d", locks(LockInfo, "lock", "staging")},
		{"short d", ".lock -d", locks(LockInfo, "lock", "production")},
		{"all of them", ".lock -i --i --info staging -d --d --details -i", locks(LockInfo, "lock", "staging")},
		{"unknown environment", ".lock qa -i", locks(LockInfo, "lock", "")},
		{"info and a reason", ".lock -i --reason x", locks(LockInfo, "lock", "production").because("x")},
		// P2: there, these are questions, because the flags count as parts of words.
		{"word that begins like a flag", ".lock staging -debug", locks(Lock, "lock", "")},
		{"flag in a reason", ".lock --reason build -debug", locks(Lock, "lock", "production").because("build -debug")},
		{"whole flag in a reason", ".lock --reason see --info page", locks(Lock, "lock", "production").because("see --info page")},
		// P3: there, this frees a lock named staging--i and says that none was set.
		{"unlock with a flag", ".unlock staging -i", locks(Unlock, "unlock", "staging")},
		{"alias with a flag", ".wcid staging -i", locks(LockInfo, alias, "staging")},

		{"reason glued to the environment", ".lock staging--reason x", locks(Lock, "lock", "staging").because("x")},
		{"empty reason", ".lock --reason ", locks(Lock, "lock", "production")},
		{"reason with line breaks", ".lock --reason a\r\n  b\n", locks(Lock, "lock", "production").because("a\r\n  b")},
		// P5: there, the reason ends at the second flag.
		{"reason twice", ".lock --reason a --reason b", locks(Lock, "lock", "production").because("a --reason b")},
		{"environment behind the reason", ".lock --reason x staging", locks(Lock, "lock", "production").because("x staging")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := defaults().Parse(test.body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}

// TestEmptyGlobalFlag covers P4: in branch-deploy, an empty flag is in every comment.
func TestEmptyGlobalFlag(t *testing.T) {
	t.Parallel()
	g := defaults()
	g.GlobalLockFlag = ""
	for body, want := range map[string]Command{
		".lock":            locks(Lock, "lock", "production"),
		".unlock staging":  locks(Unlock, "unlock", "staging"),
		".wcid":            locks(LockInfo, "lock-info-alias", "production"),
		".lock --global":   locks(Lock, "lock", ""),
		".lock --reason x": locks(Lock, "lock", "production").because("x"),
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := g.Parse(body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, want, got, "%q", body)
		})
	}
}

func TestLockEnvironments(t *testing.T) {
	t.Parallel()
	g := defaults()
	g.DefaultEnvironment = "prod"
	g.GlobalLockFlag = "all of them"
	g.EnvironmentTargets = []string{" my env ", "", "a  b"}
	for body, want := range map[string]Command{
		".lock":                   locks(Lock, "lock", "prod"),
		".lock prod":              locks(Lock, "lock", ""),
		".lock my env":            locks(Lock, "lock", "my env"),
		".lock my -i env":         locks(LockInfo, "lock", "my env"),
		".lock a  b":              locks(Lock, "lock", "a  b"),
		".lock a b":               locks(Lock, "lock", ""),
		".lock all of them":       locksAll(Lock, "lock"),
		".lock a all of them":     locksAll(Lock, "lock"),
		".lock all of them.":      locks(Lock, "lock", ""),
		".lock call of them":      locks(Lock, "lock", ""),
		".lock all  of them":      locks(Lock, "lock", ""),
		".unlock\u00a0a  b":       locks(Unlock, "unlock", "a  b"),
		".unlock my env\u00a0--i": locks(Unlock, "unlock", "my env"),
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := g.Parse(body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, want, got, "%q", body)
		})
	}
}

func TestLockWithoutDefaultEnvironment(t *testing.T) {
	t.Parallel()
	g := defaults()
	g.DefaultEnvironment = " "
	got, err := g.Parse(".lock")
	require.NoError(t, err)
	assert.Empty(t, got.Environment)
	assert.False(t, got.KnownEnvironment)
}

func TestLockPeriods(t *testing.T) {
	t.Parallel()
	const alias = "lock-info-alias"
	tests := []struct {
		name string
		body string
		want Command
	}{
		{"default environment", ".lock --for 1d", locks(Lock, "lock", "production").lasting(24 * time.Hour)},
		{"behind the environment", ".lock staging --for 2h", locks(Lock, "lock", "staging").lasting(2 * time.Hour)},
		{"before the environment", ".lock --for 2H staging", locks(Lock, "lock", "staging").lasting(2 * time.Hour)},
		{"before a reason", ".lock staging --for 1h30m --reason release", locks(Lock, "lock", "staging").lasting(90 * time.Minute).because("release")},
		{"glued to a reason", ".lock --for 2h--reason x", locks(Lock, "lock", "production").lasting(2 * time.Hour).because("x")},
		{"other blanks", ".lock\u00a0staging\r\n--for\t 30m\n", locks(Lock, "lock", "staging").lasting(30 * time.Minute)},
		{"global", ".lock --global --for 8h", locksAll(Lock, "lock").lasting(8 * time.Hour)},
		{"before the global flag", ".lock --for 1w --global --reason x", locksAll(Lock, "lock").lasting(7 * 24 * time.Hour).because("x")},
		{"global and an environment", ".lock staging --for 1w --global", locksAll(Lock, "lock").lasting(7 * 24 * time.Hour)},
		{"unknown environment", ".lock qa --for 2h", locks(Lock, "lock", "").lasting(2 * time.Hour)},
		{"within the environment", ".lock sta --for 2h ging", locks(Lock, "lock", "").lasting(2 * time.Hour)},
		{"more words", ".lock staging --for 2h please", locks(Lock, "lock", "").lasting(2 * time.Hour)},
		{"behind a bar", ".lock staging | --for 2h", locks(Lock, "lock", "").lasting(2 * time.Hour)},

		{"in a reason", ".lock --reason x --for 2h", locks(Lock, "lock", "production").because("x --for 2h")},
		{"in one word", ".lock --for=2h", locks(Lock, "lock", "")},
		{"glued to the period", ".lock --for2h", locks(Lock, "lock", "")},
		{"glued to the environment", ".lock staging--for 2h", locks(Lock, "lock", "")},
		{"another case", ".lock --For 2h", locks(Lock, "lock", "")},
		{"period without the flag", ".lock 2h", locks(Lock, "lock", "")},

		{"unlock", ".unlock --for 2h", locks(Unlock, "unlock", "")},
		{"unlock staging", ".unlock staging --for 2h", locks(Unlock, "unlock", "")},
		{"global unlock", ".unlock --global --for 2h", locksAll(Unlock, "unlock")},
		{"question", ".lock --for 2h --info", locks(LockInfo, "lock", "")},
		{"question by alias", ".wcid --for 2h", locks(LockInfo, alias, "")},
		{"global question", ".wcid --global --for 2h", locksAll(LockInfo, alias)},
		{"deployment", ".deploy staging --for 2h", unknown().flagged("--for")},
		{"help", ".help --for", Command{Kind: Help, Type: "help"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := defaults().Parse(test.body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}

// TestLockPeriodsThatAreNone covers that what else the command says is read all the same.
func TestLockPeriodsThatAreNone(t *testing.T) {
	t.Parallel()
	const (
		missing = `read "--for": a length of time such as 2h must follow it`
		twice   = `read "--for": it is there more than once`
	)
	wrong := func(quoted string) string {
		return `read "--for": ` + quoted + ` is no length of time such as 30m, 2h, 1d12h or 1w, of at most a year`
	}
	tests := []struct {
		body string
		want Command
		says string
	}{
		{".lock --for", locks(Lock, "lock", "production"), missing},
		{".lock staging --for", locks(Lock, "lock", "staging"), missing},
		{".lock staging --for --reason 2h", locks(Lock, "lock", "staging").because("2h"), missing},
		{".lock --for --global", locksAll(Lock, "lock"), missing},
		{".lock --for --prod", locks(Lock, "lock", ""), missing},
		{".lock --for staging", locks(Lock, "lock", "production"), wrong(`"staging"`)},
		{".lock --for 2x staging", locks(Lock, "lock", "staging"), wrong(`"2x"`)},
		{".lock --for 2 h", locks(Lock, "lock", ""), wrong(`"2"`)},
		{".lock staging --for 0m", locks(Lock, "lock", "staging"), wrong(`"0m"`)},
		{".lock staging --for -1h", locks(Lock, "lock", "staging"), wrong(`"-1h"`)},
		{".lock staging --for 366d --reason x", locks(Lock, "lock", "staging").because("x"), wrong(`"366d"`)},
		{".lock --global --for forever", locksAll(Lock, "lock"), wrong(`"forever"`)},
		{".lock --for 2h --for 2h", locks(Lock, "lock", "production"), twice},
		{".lock --for 2h staging --for 3x", locks(Lock, "lock", "staging"), twice},
		{".lock staging --for --for 2h", locks(Lock, "lock", "staging"), twice},
		{".lock --global --for 2h --for", locksAll(Lock, "lock"), twice},
	}
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			got, err := defaults().Parse(test.body)
			require.EqualError(t, err, test.says)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}

// TestGlobalFlagBeforePeriods covers that the words which the configuration chooses win.
func TestGlobalFlagBeforePeriods(t *testing.T) {
	t.Parallel()
	g := defaults()
	g.GlobalLockFlag = "--for"
	g.LockInfoAlias = ".lock --for"
	for body, want := range map[string]Command{
		".lock staging --for 2h": locksAll(Lock, "lock"),
		".lock --for 2h":         locks(LockInfo, "lock", ""),
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := g.Parse(body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, want, got, "%q", body)
		})
	}
}

// Questions about locks and their removal keep a name that is no target: there may be a lock of that name.
func TestUnknownEnvironments(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		".unlock qa": "qa", ".unlock QA --reason done": "QA", ".lock qa --info": "qa", ".wcid a b": "a b",
		".unlock staging": "", ".unlock": "", ".unlock --global": "", ".unlock --global qa": "", ".lock qa": "", ".deploy qa": "", ".help qa": "",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := defaults().Parse(body)
			require.NoError(t, err)
			assert.Equal(t, want, got.Unknown)
			assert.False(t, want != "" && got.KnownEnvironment)
		})
	}
}
