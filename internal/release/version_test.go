package release

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		"1.2.3":            {1, 2, 3, ""},
		"v1.2.3":           {1, 2, 3, ""},
		"0.0.0":            {},
		"10.20.30":         {10, 20, 30, ""},
		"v1.2.0-rc.1":      {1, 2, 0, "rc.1"},
		"1.0.0-alpha-7.0x": {1, 0, 0, "alpha-7.0x"},
		"1.0.0-0":          {1, 0, 0, "0"},
	} {
		v, err := ParseVersion(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, v, text)
	}
	for _, text := range []string{
		"", "v", "1", "1.2", "v1.2.3.4", "01.2.3", "1.2.03", "1.2.3-", "1.2.3-rc..1", "1.2.3-rc.01", "1.2.3+build", "1.2.3-rc.1+b",
		"V1.2.3", "vv1.2.3", " 1.2.3", "1.2.3\n", "1.2.3\nevil=1", "1.2.-3", "1.2.3-ä", "1234567.0.0", "1.2.3 ", "latest",
	} {
		_, err := ParseVersion(text)
		assert.Error(t, err, "%q", text)
	}
}

// Each version comes after all that stand before it.
func TestCompare(t *testing.T) {
	t.Parallel()
	var sorted []Version
	for _, text := range []string{
		"0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
		"1.0.0", "1.0.1-rc.1", "1.0.1", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "10.0.0",
	} {
		v, err := ParseVersion(text)
		require.NoError(t, err)
		assert.Equal(t, text, v.String())
		sorted = append(sorted, v)
	}
	for i, a := range sorted {
		for j, b := range sorted {
			switch got := a.Compare(b); {
			case i < j:
				assert.Negative(t, got, "%s and %s", a, b)
			case i > j:
				assert.Positive(t, got, "%s and %s", a, b)
			default:
				assert.Zero(t, got, "%s and %s", a, b)
			}
		}
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	v := Version{12, 3, 4, "rc.1"}
	assert.Equal(t, "v12.3.4-rc.1", v.Tag())
	assert.Equal(t, "v12", v.MajorTag())
	got := Versions([]string{"v1", "v1.2.0", "1.3.0", "v1.2", "nightly", "v1.2.0-rc.1", "v01.2.0", ""})
	assert.Equal(t, []Version{{1, 2, 0, ""}, {1, 2, 0, "rc.1"}}, got)
}

func TestForwardsOnly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version        string
		others         []string
		isNew, isMajor bool
	}{
		{"1.0.0", nil, true, true},
		{"1.2.0", []string{"v1.1.0", "v1.1.9", "v1"}, true, true},
		{"1.2.0", []string{"v1.2.0"}, true, true}, // carried on
		{"1.2.0", []string{"v1.2.0", "v1.2.1"}, false, false},
		{"1.9.0", []string{"v1.10.0"}, false, false},
		{"1.2.0", []string{"v1.2.0-rc.2"}, true, true},
		{"1.2.0", []string{"v1.3.0-rc.1"}, false, true}, // a version before its time holds no tag
		{"1.2.0", []string{"v2.0.0"}, false, true},
		{"2.0.0", []string{"v1.9.0"}, true, true},
		{"1.2.0-rc.1", []string{"v1.1.0"}, true, false},
		{"1.2.0-rc.1", []string{"v1.2.0"}, false, false},
		{"2.0.0-rc.1", []string{"v1.1.0"}, true, false},
	} {
		v, err := ParseVersion(test.version)
		require.NoError(t, err)
		err = CheckNew(v, Versions(test.others))
		assert.Equal(t, test.isNew, err == nil, "%s after %v: %v", v, test.others, err)
		assert.Equal(t, test.isMajor, MovesMajor(v, Versions(test.others)), "%s after %v", v, test.others)
	}
}
