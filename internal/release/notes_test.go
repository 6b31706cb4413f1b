package release

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const changelog = `# Changelog

## [Unreleased]

- Something new.

## [1.2.0] - 2026-12-01

### Added

- A feature, which is used like this:

` + "```\n## not a heading\n```" + `

### Fixed

- A mistake.

## 1.10.0 - 2026-11-02

- Ten.

## 1.1.0 - 2026-11-01

### Added

## 1.0.0

- Without a date.

## 1.3.0-rc.1 - 2026-10-20

- Soon.

## 0.9.0 - 2026-10-01

- First.

[1.2.0]: https://example.com/compare/v1.1.0...v1.2.0
`

func TestNotes(t *testing.T) {
	t.Parallel()
	feature := "### Added\n\n- A feature, which is used like this:\n\n```\n## not a heading\n```\n\n### Fixed\n\n- A mistake.\n"
	for version, want := range map[string]string{
		"1.2.0": feature, "1.10.0": "- Ten.\n", "0.9.0": "- First.\n", "2.0.0-rc.1": "- Something new.\n",
	} {
		v, err := ParseVersion(version)
		require.NoError(t, err)
		got, err := Notes(changelog, v)
		require.NoError(t, err, version)
		assert.Equal(t, want, got, version)
	}
	for version, want := range map[string]string{
		"1.1.0": "says nothing", "1.0.0": "no heading", "1.2.1": "no heading", "1.3.0": "no heading", "1.2.10": "no heading", "2.0.0": "no heading",
	} {
		v, err := ParseVersion(version)
		require.NoError(t, err)
		_, err = Notes(changelog, v)
		require.ErrorContains(t, err, want, version)
	}
	_, err := Notes("## Unreleased\n\n### Added\n\n", Version{1, 0, 0, "rc.1"})
	require.ErrorContains(t, err, "says nothing")
}

// A version before its time could be released from the changelog as it is.
func TestNotesOfTheRealChangelog(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	_, err = Notes(string(text), Version{999, 0, 0, "rc.1"})
	assert.NoError(t, err)
}
