package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// remedy is what every refusal of a lock's name ends with.
const remedy = "; choose another name, or set disable_lock: true"

func TestLockNamesThatAreFine(t *testing.T) {
	t.Parallel()
	for _, targets := range []string{
		"production,development,staging",
		"qa,, qa2 ,",
		"super production,super\tstaging,a b,a  b",
		"prod,prod/eu,prod/us-east/1",
		"v1.2,a.lock.b/c,prod.locks,lock",
		"Global,global/eu,globally,global-branch-deploy-lock",
		"prod,prod-branch-deploy-lock,prod-branch-deploy-lock-2/x",
		"-prod,prod-,@,@prod,{prod},prod@home,#1,100%,prod;eu,<prod>,\"prod\",$prod,prod|eu,!prod,'prod',`prod`",
		"製造,prod\u200beu,prod\u0085eu,prod\u00a0eu",
	} {
		t.Run(targets, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, read(t, values{"environment_targets": targets}).Targets, "%q", targets)
		})
	}
}

func TestLockNamesThatNoBranchMayHave(t *testing.T) {
	t.Parallel()
	for text, names := range map[string][]string{
		"contain control characters":        {"prod\x00eu", "prod\x01", "\x1fprod", "prod\x7f", "prod\x1b[31m"},
		`contain any of ~ ^ : ? * [ \`:      {"prod~1", "prod^", ":prod", "prod?", "*", "prod[eu]", `prod\eu`},
		"contain ..":                        {"prod..eu", "..", "../prod", "prod.."},
		"contain @{":                        {"prod@{1}", "@{"},
		"begin or end with / or contain //": {"/", "/prod", "prod/", "prod//eu", "//"},
		"end with a dot":                    {"prod.", ".", "prod/eu."},
		"have a part between slashes that begins with a dot or ends with .lock": {
			".prod", "prod/.eu", ".lock", "prod.lock", "prod.lock/eu", "prod/eu.lock",
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, name := range names {
				problem := failing(t, values{"environment_targets": "staging," + name})
				assert.Equal(t, config.InputError{
					Input: "environment_targets", Value: name,
					Accepted: "its lock is a branch named after it, and the name of a branch must not " + text + remedy,
				}, *problem)
				problem = failing(t, values{"environment": name})
				assert.Equal(t, "environment", problem.Input, "%q: the default environment is one, too", name)
				assert.Equal(t, name, problem.Value)
			}
		})
	}
}

// What the name must not hold is looked for behind the blanks.
func TestLockNamesAreSanitisedFirst(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"prod\neu", "prod\teu", "prod. eu", "prod/ eu", "prod\ufeffeu", "@ {"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, read(t, values{"environment_targets": name}).Targets, name)
		})
	}
}

func TestLocksThatAreTheSameBranch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ one, other string }{
		{"super production", "super-production"},
		{"super-production", "super production"},
		{"a\tb", "a\nb"},
		{"a\u00a0b", "a\u3000b"},
		{"a  b", "a- b"},
	} {
		t.Run(test.one+" and "+test.other, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"environment_targets": test.one + ",staging," + test.other})
			assert.Equal(t, config.InputError{
				Input: "environment_targets", Value: test.other,
				Accepted: "its lock would be the branch " + lock.Branch(test.one) + ", which is also the lock of " + quoted(test.one) + remedy,
			}, *problem)
		})
	}
	problem := failing(t, values{"environment_targets": "a b", "environment": "a-b"})
	assert.Equal(t, "environment", problem.Input)
	assert.Equal(t, `its lock would be the branch a-b-branch-deploy-lock, which is also the lock of "a b"`+remedy, problem.Accepted)
}

func quoted(name string) string {
	return `"` + strings.NewReplacer("\t", `\t`, "\n", `\n`, "\u00a0", `\u00a0`, "\u3000", `\u3000`).Replace(name) + `"`
}

func TestEnvironmentsThatTakeTheGlobalLock(t *testing.T) {
	t.Parallel()
	for _, given := range []values{
		{"environment_targets": "staging,global"},
		{"environment": "global"},
		{"environment_targets": "global", "environment": "global"},
	} {
		t.Run(fmt.Sprint(given), func(t *testing.T) {
			t.Parallel()
			problem := failing(t, given)
			assert.Equal(t, "global", problem.Value)
			assert.Equal(t, "its lock would be the branch "+lock.GlobalBranch+", which is also the global lock"+remedy, problem.Accepted)
		})
	}
}

func TestLocksThatNeedABranchAsDirectory(t *testing.T) {
	t.Parallel()
	const inside = "prod-branch-deploy-lock/x"
	for _, test := range []struct{ targets, value, branch, other, owner string }{
		{"prod," + inside, inside, lock.Branch(inside), lock.Branch("prod"), `the lock of "prod"`},
		{inside + ",prod", "prod", lock.Branch("prod"), lock.Branch(inside), `the lock of "` + inside + `"`},
		{"a b,a-b-branch-deploy-lock/x", "a-b-branch-deploy-lock/x", lock.Branch("a-b-branch-deploy-lock/x"), lock.Branch("a b"), `the lock of "a b"`},
		{"global-branch-deploy-lock/x", "global-branch-deploy-lock/x", lock.Branch("global-branch-deploy-lock/x"), lock.GlobalBranch, "the global lock"},
	} {
		t.Run(test.targets, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"environment_targets": test.targets})
			assert.Equal(t, config.InputError{
				Input: "environment_targets", Value: test.value,
				Accepted: "its lock would be the branch " + test.branch + ", which cannot exist together with " + test.other + ", which is " + test.owner + remedy,
			}, *problem)
		})
	}
	problem := failing(t, values{"environment_targets": "production-branch-deploy-lock/x"})
	assert.Equal(t, "environment production", problem.Input+" "+problem.Value, "a command that names none means production")
}

func TestEveryLockConflictIsTold(t *testing.T) {
	t.Parallel()
	_, err := config.Read(source(filled(values{"environment_targets": "a b,a-b,global,x:y", "environment": "a\tb"}), nil))
	require.EqualError(t, err, `input "environment_targets" has the value "a-b": its lock would be the branch a-b-branch-deploy-lock, which is also the lock of "a b"; choose another name, or set disable_lock: true
input "environment_targets" has the value "global": its lock would be the branch global-branch-deploy-lock, which is also the global lock; choose another name, or set disable_lock: true
input "environment_targets" has the value "x:y": its lock is a branch named after it, and the name of a branch must not contain any of ~ ^ : ? * [ \; choose another name, or set disable_lock: true
input "environment" has the value "a\tb": its lock would be the branch a-b-branch-deploy-lock, which is also the lock of "a b"; choose another name, or set disable_lock: true`)
}

// Where no lock is taken or removed, any name will do.
func TestLockNamesWithoutLocks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given   values
		refused bool
	}{
		{values{}, true},
		{values{"mode": "comment"}, true},
		{values{"unlock_on_merge_mode": "true"}, true},
		{values{"merge_deploy_mode": "true", "unlock_on_merge_mode": "true"}, true},
		{values{"disable_lock": "true"}, false},
		{values{"mode": "comment", "disable_lock": "true"}, false},
		{values{"mode": "track"}, false},
		{values{"mode": "finish"}, false},
		{values{"merge_deploy_mode": "true"}, false},
	} {
		t.Run(fmt.Sprint(test.given), func(t *testing.T) {
			t.Parallel()
			test.given["environment_targets"] = "global"
			if test.refused {
				assert.Equal(t, "environment_targets", failing(t, test.given).Input, "%v", test.given)
				return
			}
			assert.Equal(t, []string{"global"}, read(t, test.given).Targets, "%v", test.given)
		})
	}
}

// A tracked step deploys to an environment of any name, also when auto has yet to find out that
// it is one.
func TestEnvironmentOfTrackedStep(t *testing.T) {
	t.Parallel()
	for _, about := range []string{"version", "product"} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "eu:1", read(t, values{"environment": "eu:1", about: "shop"}).Environment)
			assert.Equal(t, "environment", failing(t, values{"environment": "eu:1", about: "shop", "mode": "comment"}).Input)
			assert.Equal(t, "environment_targets", failing(t, values{"environment_targets": "eu:1", about: "shop"}).Input)
		})
	}
	assert.Equal(t, "eu:1", read(t, values{"environment": "eu:1", "event_type": "deployment"}).Environment)
}
