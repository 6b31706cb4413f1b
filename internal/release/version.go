// Package release decides and writes what a release of the action needs: versions, the pinned line of
// action.yml, notes, and the tags and the release on GitHub. It is not part of the shipped program.
//
// It is written by hand because the commit that people use has to name the digest of its image, which
// exists only after the build: tools for releases start from a tag. What is in the image and how it was
// built is BuildKit's to say.
package release

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// Version is a version by the rules of Semantic Versioning, without build metadata, with a v in front.
type Version string

// ParseVersion returns the version in 1.2.3 or 1.2.3-rc.1, with or without a v in front.
func ParseVersion(text string) (Version, error) {
	v := "v" + strings.TrimPrefix(text, "v")
	if !semver.IsValid(v) || semver.Canonical(v) != v {
		return "", fmt.Errorf("read version %q: it has to look like 1.2.3 or 1.2.3-rc.1", text)
	}
	return Version(v), nil
}

// String returns the version without a v in front.
func (v Version) String() string { return strings.TrimPrefix(string(v), "v") }

// Tag returns the tag of this one version, which never moves.
func (v Version) Tag() string { return string(v) }

// MajorTag returns the tag that moves to the newest release of a major version.
func (v Version) MajorTag() string { return semver.Major(string(v)) }

// IsPrerelease reports whether the version has a suffix such as -rc.1.
func (v Version) IsPrerelease() bool { return semver.Prerelease(string(v)) != "" }

// After reports whether v comes after another version.
func (v Version) After(other Version) bool { return semver.Compare(string(v), string(other)) > 0 }

// Versions returns the versions among tags.
func Versions(tags []string) []Version {
	var versions []Version
	for _, tag := range tags {
		if v, err := ParseVersion(tag); err == nil && v.Tag() == tag {
			versions = append(versions, v)
		}
	}
	return versions
}

// CheckNew refuses a version that does not come after all others. The version itself may be among
// them: then its release is only carried on.
func CheckNew(v Version, others []Version) error {
	for _, other := range others {
		if other.After(v) {
			return fmt.Errorf("release %s: %s has been released already, and releases only go forwards", v.Tag(), other.Tag())
		}
	}
	return nil
}

// MovesMajor reports whether the tag of the major version belongs on v: never on a prerelease, and
// never back on an older version.
func MovesMajor(v Version, others []Version) bool {
	return !v.IsPrerelease() && !slices.ContainsFunc(others, func(other Version) bool {
		return other.MajorTag() == v.MajorTag() && !other.IsPrerelease() && other.After(v)
	})
}
