package config_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func TestReadChecks(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.Checks{
		"all":                      {Mode: config.AllChecks},
		"":                         {Mode: config.AllChecks},
		" , ,":                     {Mode: config.AllChecks},
		" required ":               {Mode: config.RequiredChecks},
		"ALL":                      {Mode: config.ListedChecks, Names: []string{"ALL"}},
		"Required":                 {Mode: config.ListedChecks, Names: []string{"Required"}},
		"all,lint":                 {Mode: config.ListedChecks, Names: []string{"all", "lint"}},
		"build (ubuntu) , ci/test": {Mode: config.ListedChecks, Names: []string{"build (ubuntu)", "ci/test"}},
		",build,,build,":           {Mode: config.ListedChecks, Names: []string{"build", "build"}},
		"build\nlint":              {Mode: config.ListedChecks, Names: []string{"build\nlint"}},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			want.Unseen = config.UnseenPending
			assert.Equal(t, want, read(t, values{"checks": given}).Checks, "%q", given)
		})
	}
}

// Each list of names, with what lists have in common.
func TestReadGateLists(t *testing.T) {
	t.Parallel()
	for input, got := range map[string]func(config.Config) []string{
		"ignored_checks":          func(c config.Config) []string { return c.Checks.Ignored },
		"skip_ci":                 func(c config.Config) []string { return c.Checks.Skip },
		"skip_reviews":            func(c config.Config) []string { return c.Reviews.Skip },
		"draft_permitted_targets": func(c config.Config) []string { return c.Origin.Drafts },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for given, want := range map[string][]string{
				"": nil, " ": nil, ",": nil, "dev": {"dev"}, " dev , Staging ,, qa": {"dev", "Staging", "qa"}, "false": {"false"},
			} {
				assert.Equal(t, want, got(read(t, values{input: given})), "%s: %q", input, given)
			}
		})
	}
}

// Each flag, off unless it is switched on.
func TestReadGateFlags(t *testing.T) {
	t.Parallel()
	for input, got := range map[string]func(config.Config) bool{
		"allow_forks": func(c config.Config) bool { return c.Origin.Forks },
		"allow_non_default_target_branch_deployments": func(c config.Config) bool { return c.Origin.OtherBases },
		"allow_sha_deployments":                       func(c config.Config) bool { return c.Origin.ExactCommits },
		"allow_uncontained_sha_deployments":           func(c config.Config) bool { return c.Origin.AnyExactCommit },
		"commit_verification":                         func(c config.Config) bool { return c.Origin.Verification },
		"verify_rollbacks":                            func(c config.Config) bool { return c.Origin.VerifyRollbacks },
		"deployment_auto_merge":                       func(c config.Config) bool { return c.Origin.AutoMerge },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for given, want := range map[string]bool{
				"true": true, "True": true, "TRUE": true, "true\n": true, "false": false, "False": false, "FALSE": false, "": false,
			} {
				assert.Equal(t, want, got(read(t, values{input: given})), "%s: %q", input, given)
			}
			off := read(t, values{input: "false"})
			assert.Equal(t, read(t, nil), off, "%s: false is the default", input)
			assert.NotEqual(t, off, read(t, values{input: "true"}), input)
			for _, given := range []string{"yes", "1", "tRue", "on", "null"} {
				problem := failing(t, values{input: given})
				assert.Equal(t, config.InputError{Input: input, Value: given, Accepted: "must be true or false"}, *problem)
			}
		})
	}
}

func TestReadSecurityWarnings(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{"": true, "true": true, "FALSE": false} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"use_security_warnings": given}).SecurityWarnings, "%q", given)
		})
	}
	assert.Equal(t, "must be true or false", failing(t, values{"use_security_warnings": "warn"}).Accepted)
}

func TestReadGateChoices(t *testing.T) {
	t.Parallel()
	for input, test := range map[string]struct {
		got      func(config.Config) string
		fallback string
		words    []string
		accepted string
	}{
		"unreported_checks": {
			func(c config.Config) string { return string(c.Checks.Unseen) }, "pending",
			[]string{"pending", "ignore"},
			"must be pending or ignore",
		},
		"update_branch": {
			func(c config.Config) string { return string(c.Outdated.Update) }, "warn",
			[]string{"disabled", "warn", "force"},
			"must be disabled, warn or force",
		},
		"outdated_mode": {
			func(c config.Config) string { return string(c.Outdated.Mode) }, "strict",
			[]string{"pr_base", "default_branch", "strict"},
			"must be pr_base, default_branch or strict",
		},
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for _, word := range test.words {
				assert.Equal(t, word, test.got(read(t, values{input: " " + word})), input)
			}
			assert.Equal(t, test.fallback, test.got(read(t, values{input: ""})), input)
			for _, odd := range []string{"Warn", "STRICT", "true", "pending,ignore", "none"} {
				problem := failing(t, values{input: odd})
				assert.Equal(t, config.InputError{Input: input, Value: odd, Accepted: test.accepted}, *problem)
			}
		})
	}
}

func TestReadAdmins(t *testing.T) {
	t.Parallel()
	long := "a123456789-123456789-123456789-123456789-123456789-123456789"
	for given, want := range map[string]config.Admins{
		"":                           {},
		"false":                      {},
		"False":                      {},
		" , ":                        {},
		"octocat":                    {Logins: []string{"octocat"}},
		"OctoCat, @Ada ,,bob-2":      {Logins: []string{"octocat", "ada", "bob-2"}},
		"ada,false":                  {Logins: []string{"ada"}},
		"ada_acme":                   {Logins: []string{"ada_acme"}},
		"Acme/Ops,@acme/site-team":   {Teams: []string{"acme/ops", "acme/site-team"}},
		"ada, acme/ops, bob":         {Logins: []string{"ada", "bob"}, Teams: []string{"acme/ops"}},
		"renovate[bot]":              {},
		"-ada, ada-, a--b, _ada, é":  {},
		"ada lovelace":               {},
		"@@ada":                      {},
		"acme/, /ops, acme/ops/deep": {},
		"ac me/ops":                  {},
		"a_b_c":                      {},
		"https://github.com/ada":     {},
		long:                         {Logins: []string{long}},
		long + "0":                   {},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"admins": given}).Admins, "%q", given)
		})
	}
}

func TestReadAdminsToken(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"": "", "false": "", " false\n": "", " ghp_x ": "ghp_x", "False": "False",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			c := read(t, values{"admins_pat": given})
			assert.Equal(t, want, c.Admins.Token, "%q", given)
			assert.Equal(t, want != "", len(c.Secrets()) == 2, "%q: no log may show it", given)
		})
	}
}

func TestReadCommentActions(t *testing.T) {
	t.Parallel()
	for given, want := range map[string][]string{
		"": {"created"}, "created": {"created"}, "edited": {"edited"}, "edited , created": {"edited", "created"},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"comment_actions": given}).Origin.CommentActions, "%q", given)
		})
	}
	for _, given := range []string{"deleted", "created,deleted", "Created", ",", "*"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"comment_actions": given})
			assert.Equal(t, config.InputError{
				Input: "comment_actions", Value: given, Accepted: "must be created, edited, or both separated by a comma",
			}, *problem)
		})
	}
}

// A mistake in one of them is told together with every other.
func TestReadGateErrorsTogether(t *testing.T) {
	t.Parallel()
	c, err := config.Read(source(filled(values{
		"update_branch": "merge", "allow_forks": "maybe", "outdated_mode": "", "skip_ci": "dev",
	}), nil), track.SinkTypes()...)
	require.EqualError(t, err, `input "update_branch" has the value "merge": must be disabled, warn or force
input "allow_forks" has the value "maybe": must be true or false`)
	assert.False(t, c.Origin.Forks, "what cannot be read opens nothing")
	assert.Equal(t, []string{"dev"}, c.Checks.Skip)
}

func TestReadConfirmation(t *testing.T) {
	t.Parallel()
	assertFlag(t, "deployment_confirmation", func(c *config.Config) *bool { return &c.Confirmation.Required })
}

// The largest number that JavaScript holds exactly is far beyond the longest time.Duration.
func TestReadConfirmationTimeout(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]time.Duration{
		"": time.Minute, " ": time.Minute, "60": time.Minute, "1": time.Second, " 7\n": 7 * time.Second, "100": 100 * time.Second,
		"9223372036": 9223372036 * time.Second,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"deployment_confirmation_timeout": given}).Confirmation.Timeout, "%q", given)
		})
	}
	for _, given := range []string{
		"0", "00", "-1", "+1", "01", "1.5", "1e3", "0x10", "1_000", "1,000", "1 000", "60s", "1m", "soon", "null", "false", "٣", "１",
		"9223372037", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551617",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "deployment_confirmation_timeout", Value: given, Accepted: "must be a number of seconds from 1 to 9223372036",
			}, *failing(t, values{"deployment_confirmation_timeout": given}))
		})
	}
}

// assertFlag holds that a boolean input is off until it is switched on, sets its field and no
// other, and refuses what is neither on nor off.
func assertFlag(t *testing.T, input string, field func(*config.Config) *bool) {
	t.Helper()
	off, on := read(t, nil), read(t, nil)
	assert.False(t, *field(&off), input)
	*field(&on) = true
	for given, want := range map[string]config.Config{
		"true": on, "True": on, "TRUE": on, " true\n": on, "false": off, "False": off, "FALSE": off, "": off, " ": off,
	} {
		assert.Equal(t, want, read(t, values{input: given}), "%s: %q", input, given)
	}
	for _, given := range []string{"yes", "1", "0", "tRue", "on", "null", "true,false"} {
		problem := failing(t, values{input: given})
		assert.Equal(t, config.InputError{Input: input, Value: given, Accepted: "must be true or false"}, *problem)
	}
}

func TestReadLockFlags(t *testing.T) {
	t.Parallel()
	for input, field := range map[string]func(*config.Config) *bool{
		"disable_lock":          func(c *config.Config) *bool { return &c.Locks.Disabled },
		"sticky_locks":          func(c *config.Config) *bool { return &c.Locks.Sticky },
		"sticky_locks_for_noop": func(c *config.Config) *bool { return &c.Locks.StickyNoop },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			assertFlag(t, input, field)
		})
	}
}

// Every input for a length of time reads the same ones. With an order, none lacks what it needs.
func TestReadPeriods(t *testing.T) {
	t.Parallel()
	with := func(input, value string) values {
		return values{input: value, "enforced_deployment_order": "staging,production"}
	}
	for _, input := range config.Inputs(track.SinkTypes()...) {
		if !input.Period {
			continue
		}
		off := read(t, with(input.Name, ""))
		for given, want := range map[string]time.Duration{
			"": 0, " ": 0, "30m": 30 * time.Minute, " 2H\n": 2 * time.Hour, "1d12h": 36 * time.Hour, "1w": 168 * time.Hour,
			"365d": 365 * 24 * time.Hour,
		} {
			t.Run(input.Name+" "+given, func(t *testing.T) {
				t.Parallel()
				c := read(t, with(input.Name, given))
				assert.Equal(t, want == 0, assert.ObjectsAreEqual(off, c))
				if want > 0 {
					assert.Contains(t, fmt.Sprintf("%+v", c), want.String())
				}
			})
		}
		for _, given := range []string{"0", "0m", "90", "2 h", "12h1d", "-1h", "1.5h", "366d", "53w", "never", "false", "null", "30s", "1y"} {
			t.Run(input.Name+" "+given, func(t *testing.T) {
				t.Parallel()
				assert.Equal(t, config.InputError{
					Input: input.Name, Value: given,
					Accepted: "must be a length of time such as 30m, 2h, 1d12h or 1w, of at most 365 days",
				}, *failing(t, with(input.Name, given)))
			})
		}
	}
	assert.Equal(t, 36*time.Hour, read(t, values{"lock_expiry": "1d12h"}).Locks.Expiry)
}

func TestReadLockOwner(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.LockOwner{
		"": config.OwnedByUser, "user": config.OwnedByUser, "pull_request\n": config.OwnedByPull,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"lock_owner": given}).Locks.Owner, "%q", given)
		})
	}
	for _, given := range []string{"User", "pr", "pull-request", "user,pull_request", "true", "null"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "lock_owner", Value: given, Accepted: "must be user or pull_request",
			}, *failing(t, values{"lock_owner": given}))
		})
	}
}
