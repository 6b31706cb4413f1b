package release

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		"1.2.3":            "v1.2.3",
		"v1.2.3":           "v1.2.3",
		"0.0.0":            "v0.0.0",
		"10.20.30":         "v10.20.30",
		"v1.2.0-rc.1":      "v1.2.0-rc.1",
		"1.0.0-alpha-7.0x": "v1.0.0-alpha-7.0x",
		"1.0.0-0":          "v1.0.0-0",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			v, err := ParseVersion(text)
			require.NoError(t, err)
			assert.Equal(t, want, v)
			assert.Equal(t, strings.TrimPrefix(text, "v"), v.String())
		})
	}
}

func TestParseVersionRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "v", "1", "1.2", "v1.2.3.4", "01.2.3", "1.2.03", "1.2.3-", "1.2.3-rc..1", "1.2.3-rc.01", "1.2.3+build", "1.2.3-rc.1+b",
		"V1.2.3", "vv1.2.3", " 1.2.3", "1.2.3\n", "1.2.3\nevil=1", "1.2.-3", "1.2.3-ä", "1.2.3 ", "latest",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := ParseVersion(text)
			assert.Error(t, err)
		})
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	v := Version("v12.3.4-rc.1")
	assert.Equal(t, "v12.3.4-rc.1", v.Tag())
	assert.Equal(t, "v12", v.MajorTag())
	got := Versions([]string{"v1", "v1.2.0", "1.3.0", "v1.2", "nightly", "v1.2.0-rc.1", "v01.2.0", ""})
	assert.Equal(t, []Version{"v1.2.0", "v1.2.0-rc.1"}, got)
}

func TestForwardsOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version        Version
		others         []string
		isNew, isMajor bool
	}{
		"first":                         {"v1.0.0", nil, true, true},
		"next":                          {"v1.2.0", []string{"v1.1.0", "v1.1.9", "v1"}, true, true},
		"carried on":                    {"v1.2.0", []string{"v1.2.0"}, true, true},
		"behind a patch":                {"v1.2.0", []string{"v1.2.0", "v1.2.1"}, false, false},
		"by number":                     {"v1.9.0", []string{"v1.10.0"}, false, false},
		"after its prerelease":          {"v1.2.0", []string{"v1.2.0-rc.2"}, true, true},
		"after ten of them":             {"v1.2.0-rc.10", []string{"v1.2.0-rc.9"}, true, false},
		"prereleases hold no major tag": {"v1.2.0", []string{"v1.3.0-rc.1"}, false, true},
		"behind a major version":        {"v1.2.0", []string{"v2.0.0"}, false, true},
		"next major version":            {"v2.0.0", []string{"v1.9.0"}, true, true},
		"prerelease":                    {"v1.2.0-rc.1", []string{"v1.1.0"}, true, false},
		"prerelease behind its version": {"v1.2.0-rc.1", []string{"v1.2.0"}, false, false},
		"prerelease of a major version": {"v2.0.0-rc.1", []string{"v1.1.0"}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckNew(test.version, Versions(test.others))
			assert.Equal(t, test.isNew, err == nil, "%v", err)
			assert.Equal(t, test.isMajor, MovesMajor(test.version, Versions(test.others)))
		})
	}
}
