package release

import (
	"fmt"
	"regexp"
)

// Image is the repository of the released images.
const Image = "ghcr.io/lockstep-action/lockstep"

var (
	imageLine  = regexp.MustCompile(`(?m)^  image:.*$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// PinImage returns action.yml with the released image in place of the Dockerfile. One line changes.
func PinImage(action, digest string, v Version) (string, error) {
	if !digestForm.MatchString(digest) {
		return "", fmt.Errorf("pin image in action.yml: %q is not a sha256 digest", digest)
	}
	const unpinned = "  image: Dockerfile"
	if lines := imageLine.FindAllString(action, -1); len(lines) != 1 || lines[0] != unpinned {
		return "", fmt.Errorf("pin image in action.yml: the lines of the image are %q, not one %q", lines, unpinned)
	}
	return imageLine.ReplaceAllLiteralString(action, fmt.Sprintf("  image: docker://%s@%s # %s", Image, digest, v.Tag())), nil
}
