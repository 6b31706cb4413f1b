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
	for version, want := range map[Version]string{
		"v1.2.0": feature, "v1.10.0": "- Ten.\n", "v0.9.0": "- First.\n", "v2.0.0-rc.1": "- Something new.\n",
	} {
		t.Run(version.Tag(), func(t *testing.T) {
			t.Parallel()
			got, err := Notes(changelog, version)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestNotesThatAreMissing(t *testing.T) {
	t.Parallel()
	for version, want := range map[Version]string{
		"v1.1.0": "says nothing", "v1.0.0": "no heading", "v1.2.1": "no heading", "v1.3.0": "no heading", "v1.2.10": "no heading", "v2.0.0": "no heading",
	} {
		t.Run(version.Tag(), func(t *testing.T) {
			t.Parallel()
			_, err := Notes(changelog, version)
			require.ErrorContains(t, err, want)
		})
	}
	_, err := Notes("## Unreleased\n\n### Added\n\n", "v1.0.0-rc.1")
	require.ErrorContains(t, err, "says nothing")
}

// A prerelease could be made from the changelog as it is.
func TestNotesOfTheRealChangelog(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	_, err = Notes(string(text), "v999.0.0-rc.1")
	assert.NoError(t, err)
}
