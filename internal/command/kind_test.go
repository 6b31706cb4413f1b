package command

import "testing"

func TestKindPredicates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind                Kind
		deploys, aboutLocks bool
	}{
		{None, false, false},
		{Deploy, true, false},
		{Noop, true, false},
		{Lock, false, true},
		{Unlock, false, true},
		{LockInfo, false, true},
		{Help, false, false},
		{Deprecated, false, false},
		{Naked, false, false},
	} {
		if got := test.kind.Deploys(); got != test.deploys {
			t.Errorf("%v.Deploys() = %v, want %v", test.kind, got, test.deploys)
		}
		if got := test.kind.AboutLocks(); got != test.aboutLocks {
			t.Errorf("%v.AboutLocks() = %v, want %v", test.kind, got, test.aboutLocks)
		}
	}
}
