// Package release holds what a release of the action needs to decide and to write: versions, the
// pinned lines of action.yml and Dockerfile, notes, the list of what is in the image, and the tags
// and the release on GitHub. It is no part of the shipped program.
package release

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is a version by the rules of Semantic Versioning, without build metadata.
type Version struct {
	Major, Minor, Patch int
	Pre                 string // what follows the hyphen, such as rc.1
}

// ParseVersion reads 1.2.3 or 1.2.3-rc.1, with or without a v in front.
func ParseVersion(text string) (Version, error) {
	form := regexp.MustCompile(`^v?(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$`)
	match := form.FindStringSubmatch(text)
	if match == nil {
		return Version{}, fmt.Errorf("read version %q: it has to look like 1.2.3 or 1.2.3-rc.1", text)
	}
	v := Version{Pre: match[4]}
	for i, number := range []*int{&v.Major, &v.Minor, &v.Patch} {
		*number, _ = strconv.Atoi(match[i+1]) // at most six digits
	}
	for part := range strings.SplitSeq(v.Pre, ".") {
		if len(part) > 1 && part[0] == '0' && numeric(part) {
			return Version{}, fmt.Errorf("read version %q: a number in it begins with a zero", text)
		}
	}
	return v, nil
}

// String is the version without a v in front.
func (v Version) String() string {
	text := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Pre != "" {
		text += "-" + v.Pre
	}
	return text
}

// Tag is the tag of this one version, which never moves.
func (v Version) Tag() string { return "v" + v.String() }

// MajorTag is the tag that moves to the newest release of a major version.
func (v Version) MajorTag() string { return "v" + strconv.Itoa(v.Major) }

// Compare is negative when v comes before w, and positive when it comes after it.
func (v Version) Compare(w Version) int {
	return cmp.Or(
		cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch),
		comparePre(v.Pre, w.Pre),
	)
}

// comparePre orders what follows the hyphen. Nothing comes last: 1.0.0-rc.1 is before 1.0.0.
func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), comparePart)
}

// comparePart orders numbers by value, and before words.
func comparePart(a, b string) int {
	switch {
	case numeric(a) && numeric(b):
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	case numeric(a):
		return -1
	case numeric(b):
		return 1
	}
	return strings.Compare(a, b)
}

func numeric(part string) bool {
	return part != "" && strings.Trim(part, "0123456789") == ""
}

// Versions reads those of the tags that are versions, and leaves out the rest.
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
		if other.Compare(v) > 0 {
			return fmt.Errorf("release %s: %s has been released already, and releases only go forwards", v.Tag(), other.Tag())
		}
	}
	return nil
}

// MovesMajor reports whether the tag of the major version belongs on v: never on a version before
// its time, and never back to an older one.
func MovesMajor(v Version, others []Version) bool {
	if v.Pre != "" {
		return false
	}
	return !slices.ContainsFunc(others, func(other Version) bool {
		return other.Major == v.Major && other.Pre == "" && other.Compare(v) > 0
	})
}
