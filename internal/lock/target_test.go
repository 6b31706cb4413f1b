package lock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/lock"
)

func TestBranch(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]string{
		"production":                   "production-branch-deploy-lock",
		"super production":             "super-production-branch-deploy-lock",
		"prod/us-east":                 "prod/us-east-branch-deploy-lock",
		"Prod":                         "Prod-branch-deploy-lock",
		"a b":                          "a-b-branch-deploy-lock",
		"a-b":                          "a-b-branch-deploy-lock",
		"a  b":                         "a--b-branch-deploy-lock",
		" a ":                          "-a--branch-deploy-lock",
		"a\tb\nc\rd\ve\ff":             "a-b-c-d-e-f-branch-deploy-lock",
		"a\u00a0b\ufeffc\u3000d":       "a-b-c-d-branch-deploy-lock",
		"a\u1680b\u2003c\u2028d\u2029": "a-b-c-d--branch-deploy-lock",
		"a\u0085b\u200bc\u180ed":       "a\u0085b\u200bc\u180ed-branch-deploy-lock",
		"ü~^:?*[\\":                    "ü~^:?*[\\-branch-deploy-lock",
		"global":                       lock.GlobalBranch,
		"":                             "-branch-deploy-lock",
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, lock.Branch(environment), "%q", environment)
			assert.Equal(t, want, lock.Target{Environment: environment}.Branch(), "%q", environment)
		})
	}
}

func TestBranchOfAllEnvironments(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "global-branch-deploy-lock", lock.Target{Global: true}.Branch())
	assert.Equal(t, "global-branch-deploy-lock", lock.Target{Environment: "production", Global: true}.Branch())
}

func TestFile(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "lock.json", lock.File)
}
