package policy_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func example(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".yml")
	require.NoError(t, err)
	return string(text)
}

func read(t *testing.T, text string) *policy.Policy {
	t.Helper()
	found, err := policy.Read(text)
	require.NoError(t, err)
	return found
}

func in[T any](line int, set T) policy.Value[T] { return policy.Value[T]{Value: set, Line: line} }

func TestReadStarter(t *testing.T) {
	t.Parallel()
	assert.Equal(t, &policy.Policy{
		Lines: 8, Zone: time.UTC,
		Environments: []policy.Environment{
			{Name: "staging", Line: 3},
			{
				Name: "production", Line: 4, After: in(5, []string{"staging"}), Production: in(6, true),
				Settings: policy.Settings{Reviews: in(7, policy.Reviews{Count: 1}), Soak: in(8, 30*time.Minute)},
			},
		},
	}, read(t, example(t, "starter")))
}

func team(name string) []policy.Principal { return []policy.Principal{{Kind: policy.Team, Name: name}} }

func TestReadEverything(t *testing.T) {
	t.Parallel()
	found := read(t, example(t, "everything"))
	assert.Equal(t, "Europe/Berlin", found.Zone.String())
	found.Zone = nil
	assert.Equal(t, &policy.Policy{
		Lines:    47,
		Defaults: policy.Settings{Checks: in(6, policy.Checks{}), Enforcement: in(7, policy.Active)},
		Environments: []policy.Environment{
			{Name: "dev", Line: 10, Settings: policy.Settings{
				Checks: in(11, policy.Checks{Off: true}), Reviews: in(12, policy.Reviews{Off: true}), Draft: in(13, true),
			}},
			{Name: "staging", Line: 15, After: in(16, []string{"dev"}), URL: in(17, "https://staging.example.com")},
			everythingOfProduction(),
		},
		Freezes: []policy.Freeze{
			{
				Name: "weekend", Line: 33, Kind: policy.Weekly, Reason: "no one is on call",
				From: policy.Moment{Weekday: time.Friday, Hour: 16}, Until: policy.Moment{Weekday: time.Monday, Hour: 8},
			},
			{
				Name: "nights", Line: 34, Kind: policy.Daily, Environments: []string{"staging", "production"},
				From: policy.Moment{Hour: 18}, Until: policy.Moment{Hour: 8},
			},
			{
				Name: "year-end", Line: 35, Kind: policy.Once,
				From:  policy.Moment{Year: 2026, Month: time.December, Day: 23, Hour: 18},
				Until: policy.Moment{Year: 2027, Month: time.January, Day: 4, Hour: 8},
			},
		},
		PathRules: []policy.PathRule{{
			Name: "database migration", Line: 38, Paths: []string{"db/migrate/**"}, Environments: []string{"production"},
			Merged: true, Reviews: policy.Reviews{Count: 1, From: team("acme/dba")}, Note: "To undo it: `rails db:rollback STEP=1`",
		}},
		Override: policy.Override{Line: 45, Allow: team("acme/sre"), Rules: []policy.RuleName{policy.FreezeRule, policy.SoakRule}},
	}, found)
}

func everythingOfProduction() policy.Environment {
	return policy.Environment{
		Name: "production", Line: 19, After: in(20, []string{"staging"}), Production: in(21, true), URL: in(22, "https://app.example.com"),
		Settings: policy.Settings{
			Allow: in(23, []policy.Principal{
				{Kind: policy.Team, Name: "acme/release"}, {Kind: policy.Role, Name: "maintain"}, {Kind: policy.User, Name: "alice"},
			}),
			Checks: in(24, policy.Checks{Names: []string{"build", "test"}}), Reviews: in(25, policy.Reviews{Count: 2, From: team("acme/leads")}),
			Soak: in(26, 2*time.Hour), Noop: in(27, true),
			Labels:    in(28, policy.Labels{Require: []string{"qa-passed"}, Forbid: []string{"do-not-deploy"}}),
			Checklist: in(29, "Deployment"), Confirm: in(30, true),
		},
	}
}

// minimal is a file with one key more in line 6, of an environment that comes after another.
func minimal(key string) string {
	return "version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n    " + key + "\n"
}

func TestValues(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]policy.Settings{
		"soak: 90s":                         {Soak: in(6, 90*time.Second)},
		"soak: 1d12h":                       {Soak: in(6, 36*time.Hour)},
		"soak: 1w2d3h4m5s":                  {Soak: in(6, 219*time.Hour+4*time.Minute+5*time.Second)},
		"soak: '30m'":                       {Soak: in(6, 30*time.Minute)},
		"soak: 365d":                        {Soak: in(6, 365*24*time.Hour)},
		"soak: false":                       {Soak: in(6, time.Duration(0))},
		"noop: false":                       {Noop: in(6, false)},
		"labels: false":                     {Labels: in(6, policy.Labels{})},
		"labels: {forbid: [Hold, on hold]}": {Labels: in(6, policy.Labels{Forbid: []string{"Hold", "on hold"}})},
		"checklist: false":                  {Checklist: in(6, "")},
		"checklist: Before the merge":       {Checklist: in(6, "Before the merge")},
		"reviews: true":                     {Reviews: in(6, policy.Reviews{})},
		"reviews: false":                    {Reviews: in(6, policy.Reviews{Off: true})},
		"reviews: 20":                       {Reviews: in(6, policy.Reviews{Count: 20})},
		"reviews: {count: 2}":               {Reviews: in(6, policy.Reviews{Count: 2})},
		"checks: all":                       {Checks: in(6, policy.Checks{All: true})},
		"checks: required":                  {Checks: in(6, policy.Checks{})},
		"checks: false":                     {Checks: in(6, policy.Checks{Off: true})},
		"checks: [all]":                     {Checks: in(6, policy.Checks{Names: []string{"all"}})},
		"update_branch: false":              {UpdateBranch: in(6, policy.UpdateOff)},
		"update_branch: force":              {UpdateBranch: in(6, policy.UpdateForce)},
		"update_branch: warn":               {UpdateBranch: in(6, policy.UpdateWarn)},
		"enforcement: evaluate":             {Enforcement: in(6, policy.Evaluate)},
		"confirm: false":                    {Confirm: in(6, false)},
		"draft: &a true\n    confirm: *a":   {Draft: in(6, true), Confirm: in(7, true)},
		"allow:\n      - bob_acme\n      - 'event:push'\n      - \"role:release manager\"": {Allow: in(6, []policy.Principal{
			{Kind: policy.User, Name: "bob_acme"}, {Kind: policy.Event, Name: "push"}, {Kind: policy.Role, Name: "release manager"},
		})},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, minimal(key)).Environments[1].Settings)
		})
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Freeze{
		"from: Friday 16:30, until: MON 08:00": {
			Kind: policy.Weekly, From: policy.Moment{Weekday: time.Friday, Hour: 16, Minute: 30}, Until: policy.Moment{Weekday: time.Monday, Hour: 8},
		},
		"from: sunday 00:00, until: sat 23:59": {Kind: policy.Weekly, Until: policy.Moment{Weekday: time.Saturday, Hour: 23, Minute: 59}},
		"from: 18:00, until: 08:00":            {Kind: policy.Daily, From: policy.Moment{Hour: 18}, Until: policy.Moment{Hour: 8}},
		"from: '00:00', until: \"00:01\"":      {Kind: policy.Daily, Until: policy.Moment{Minute: 1}},
		"from: 2028-02-29 00:00, until: '2028-02-29 00:01'": {
			Kind: policy.Once, From: policy.Moment{Year: 2028, Month: 2, Day: 29}, Until: policy.Moment{Year: 2028, Month: 2, Day: 29, Minute: 1},
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			want.Name, want.Line = "x", 6
			found := read(t, "version: 1\nenvironments:\n  a:\n\nfreezes:\n- {name: x, "+text+"}\n")
			assert.Equal(t, []policy.Freeze{want}, found.Freezes)
		})
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/UTC", "US/Eastern", "America/Port-au-Prince"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, name, read(t, "time_zone: "+name+"\nversion: 1\nenvironments: {a: }\n").Zone.String())
		})
	}
}

// Names are shown and compared as the list of environments spells them.
func TestNamesAreSpelledOneWay(t *testing.T) {
	t.Parallel()
	found := read(t, `version: 1
freezes: [{name: x, from: "18:00", until: "08:00", environments: [prod EU, STAGING]}]
path_rules: [{name: x, paths: [x], merged: true, environments: [PROD eu]}]
environments:
  Prod EU: {after: [staging, "5"]}
  Staging:
  5:
`)
	assert.Equal(t, []string{"Prod EU", "Staging", "5"}, found.Names())
	assert.Equal(t, []string{"Staging", "5"}, found.Environments[0].After.Value)
	assert.Equal(t, []string{"Prod EU", "Staging"}, found.Freezes[0].Environments)
	assert.Equal(t, []string{"Prod EU"}, found.PathRules[0].Environments)
}

func TestNamesOfBrokenFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []policy.Environment
	}{
		"wrong value elsewhere":       {"version: 9\nfreezes: 5\nenvironments:\n  a:\n  b: {soak: x}\n", []policy.Environment{{Name: "a", Line: 4}, {Name: "b", Line: 5}}},
		"nothing but names is there":  {"version: 1\nenvironments:\n  a: {production: true, draft: maybe}\n", []policy.Environment{{Name: "a", Line: 3}}},
		"names that cannot be read":   {"version: 1\nenvironments:\n  a:\n  b*:\n  A:\n  [c]:\n  d:\n", []policy.Environment{{Name: "a", Line: 3}, {Name: "d", Line: 7}}},
		"value of environment broken": {"version: 1\nenvironments:\n  a: [x]\n  b: y\n", []policy.Environment{{Name: "a", Line: 3}, {Name: "b", Line: 4}}},
		"key of environment twice":    {"version: 1\nenvironments:\n  a:\n  b:\n  a:\n", []policy.Environment{{Name: "a", Line: 3}, {Name: "b", Line: 4}}},
		"no map":                      {"version: 1\nenvironments: [a]\n", nil},
		"no YAML":                     {"version: 1\nenvironments: {a: \n", nil},
		"empty":                       {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := policy.Read(test.text)
			require.Error(t, err)
			assert.Equal(t, &policy.Policy{Lines: strings.Count(test.text, "\n"), Zone: time.UTC, Environments: test.want}, found)
		})
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	const text = "version: 1\nenvironments: {a: }"
	assert.Equal(t, 2, read(t, text).Lines)
	assert.Equal(t, 2, read(t, text+"\n").Lines)
	assert.Equal(t, 3, read(t, text+"\n\n").Lines)
	assert.Equal(t, 2, read(t, "\ufeff"+strings.ReplaceAll(text, "\n", "\r\n")+"\r\n").Lines)
}

// A key of an environment replaces that of the defaults, also when it is switched off.
func TestEnvironmentBeforeDefaults(t *testing.T) {
	t.Parallel()
	defaults := map[string]string{
		"allow": "[alice]", "checks": "all", "reviews": "2", "draft": "true", "update_branch": "force", "soak": "1h",
		"noop": "required", "labels": "{require: [a]}", "checklist": "A", "confirm": "true", "enforcement": "evaluate",
		"health_check": "[{url: https://a.example}]",
	}
	own := map[string]string{
		"allow": "[bob]", "checks": "false", "reviews": "false", "draft": "false", "update_branch": "false", "soak": "false",
		"noop": "false", "labels": "false", "checklist": "false", "confirm": "false", "enforcement": "active",
		"health_check": "false",
	}
	for _, key := range policy.Keys() {
		if key.Where != "defaults" {
			continue
		}
		t.Run(key.Name, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf("version: 1\nenvironments:\n  a:\n  b: {after: a}\n  c: {after: a, %s: %s}\ndefaults: {%[1]s: %[3]s}\n",
				key.Name, own[key.Name], defaults[key.Name])
			found := read(t, text)
			inherited, _ := found.For("B", false)
			assert.Equal(t, found.Defaults, inherited.Settings)
			replaced, _ := found.For("c", false)
			assert.Equal(t, found.Environments[2].Settings, replaced.Settings)
			assert.NotEqual(t, found.Defaults, replaced.Settings)
		})
	}
}

func TestSoakOfDefaultsNeedsAfter(t *testing.T) {
	t.Parallel()
	found := read(t, "version: 1\ndefaults: {soak: 2h}\nenvironments: {a: , b: {after: a}}\n")
	first, _ := found.For("a", false)
	assert.False(t, first.Soak.IsSet())
	second, _ := found.For("b", false)
	assert.Equal(t, in(2, 2*time.Hour), second.Soak)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	environments := func(count int) string {
		var text strings.Builder
		text.WriteString("version: 1\nenvironments:\n")
		for i := range count {
			fmt.Fprintf(&text, "  e%d:\n", i)
		}
		return text.String()
	}
	assert.Len(t, read(t, environments(100)).Environments, 100)
	found, err := policy.Read(environments(101))
	require.EqualError(t, err, "line 3, column 3: environments: there are 101 environments; at most 100 are read")
	assert.Len(t, found.Environments, 100)

	const file = "version: 1\nenvironments: {a: }\n#"
	read(t, file+strings.Repeat("x", 64<<10-len(file)))
	_, err = policy.Read(file + strings.Repeat("x", 64<<10-len(file)+1))
	require.EqualError(t, err, "line 1, column 1: the file has 65537 bytes; at most 65536 are read")
}

// Anchors can make a small file large.
func TestAnchorsAreLimited(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nenvironments: {a: }\n"
	for name, test := range map[string]struct{ text, want string }{
		"aliases": {
			head + "freezes:\n- &f {name: a, from: 06:00, until: 07:00}\n- [" + strings.Repeat("*f,", 10_001) + "]\noverride: {allow: [a], rules: [" + strings.Repeat("*f,", 10_001) + "]}",
			"anchors are followed more than 10000 times; write the values out",
		},
		"values": {
			head + "path_rules: [&p {name: a, merged: true, paths: [" + distinct(5_000) + "]}," + strings.Repeat("*p,", 900) + "]",
			"the file has more than 100000 values when its anchors are followed; write fewer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Read(test.text)
			require.ErrorContains(t, err, test.want)
			assert.Less(t, strings.Count(err.Error(), "\n"), 1_000)
		})
	}
}

// distinct writes a list of different words.
func distinct(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "x%d,", i)
	}
	return text.String()
}

func TestDepth(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"[", "{a: ", "- ", "? ", "&a [", "!!seq [", "\"", "'", "|\n ", "{? ", "{#\n"} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Read(strings.Repeat(part, 64<<10/len(part)))
			require.Error(t, err)
			_, err = policy.Read("version: 1\nenvironments: " + strings.Repeat(part, 9_000/len(part)))
			require.Error(t, err)
		})
	}
}

// What the file says is shown in comments and logs.
func TestErrorsHaveOneLineEach(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 30_000)
	for _, text := range []string{
		`"a\nb\e[31m": 1`, `time_zone: "a\nb\e[31m\u202e"`, `environments: {"a\n::error::b": {"c\rd": 1, soak: "x\ny"}}`, `version: "1\n2"`,
		"version: " + strings.Repeat("9", 30_000), long + ": 1", "time_zone: " + long, "environments: {" + long + ": {soak: " + long + "}}",
		"freezes: [{name: x, from: \"a\\nb\", until: \"\\0\"}]", "override: {allow: [\"a\\nb\", \"role:a\\nb\"], rules: [\"a\\nb\"]}", "x: !a%0Ab c",
		"path_rules: [{name: x, paths: [\"a/\\n/\", \"" + long + "//\"], merged: 1}]", "? !<\"> x\n", "version: !<tag:\u202fx> 1", "a: *" + long,
	} {
		t.Run(text[:min(len(text), 40)], func(t *testing.T) {
			t.Parallel()
			_, err := policy.Read(text)
			var errs policy.Errors
			require.ErrorAs(t, err, &errs)
			for _, one := range errs {
				assert.False(t, strings.ContainsFunc(one.Error(), unicode.IsControl), "%q", one.Error())
				assert.Less(t, len(one.Error()), 700)
			}
		})
	}
}

func TestPathRuleMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"db/migrate/**", "db/migrate/1.sql", true},
		{"db/migrate/**", "db/migrate/a/b/1.sql", true},
		{"db/migrate/**", "db/migrated/1.sql", false},
		{"db/migrate/**", "x/db/migrate/1.sql", false},
		{"db/*", "db/a/b", false},
		{"*.sql", "a.sql", true},
		{"*.sql", "db/a.sql", false},
		{"**/*.sql", "a.sql", true},
		{"**/*.sql", "db/x/a.sql", true},
		{"**", "a/b", true},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a?c", "abc", true},
		{"a?c", "a/c", false},
		{"[a-c].go", "b.go", true},
		{"**/*.{sql,rb}", "db/x.rb", true},
		{`app/\[id\]/*`, "app/[id]/page", true},
		{"app/[id]/*", "app/[id]/page", false},
		{"DB/*", "db/a", false},
		{"db", "db", true},
		{"db", "db/a/1.sql", true},
		{"db", "dbs/1.sql", false},
		{"db?", "db1/1.sql", false},
	} {
		t.Run(test.pattern+" "+test.path, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, policy.PathRule{Paths: []string{"other", test.pattern}}.Matches(test.path))
		})
	}
}

// The examples of keys are what messages tell people to write.
func TestEveryKeyChangesThePolicy(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nenvironments:\n  staging:\n  other:\n  production:\n"
	files := map[string]string{
		"top":          "version: 1\nenvironments: {a: , production: {}}\n",
		"environments": head + "    after: other\n    ",
		"defaults":     head + "defaults:\n  reviews: 3\n  ",
		"reviews":      head + "    reviews:\n      count: 2\n      ",
		"labels":       head + "    labels:\n      require: [x]\n      ",
		"health_check": head + "    health_check:\n     -\n      url: https://a.example\n      ",
		"freezes":      head + "freezes:\n -\n  name: x\n  from: mon 09:00\n  until: tue 09:00\n  ",
		"path_rules":   head + "path_rules:\n -\n  name: x\n  paths: [x]\n  reviews: 2\n  ",
		"override":     head + "override:\n  allow: [x]\n  rules: [soak]\n  ",
	}
	for _, key := range policy.Keys() {
		t.Run(key.Where+" "+key.Name, func(t *testing.T) {
			t.Parallel()
			before := files[key.Where]
			after := regexp.MustCompile(`(?m)^( *)`+key.Name+`: .*$`).ReplaceAllLiteralString(before, "")
			after += key.Name + ": " + key.Example
			require.NotEqual(t, before, after)
			if key.Name != "version" { // of which there is one
				without, with := read(t, before), read(t, after)
				without.Lines, with.Lines = 0, 0
				assert.NotEqual(t, without, with, after)
			}
		})
	}
}
