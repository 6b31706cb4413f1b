package release

import (
	"bytes"
	"fmt"
	"regexp"
)

// Image is the repository of the released images.
const Image = "ghcr.io/lockstep-action/lockstep"

// PinImage puts the released image in place of the Dockerfile in action.yml. One line changes.
func PinImage(action []byte, digest string, v Version) ([]byte, error) {
	if err := checkDigest(digest); err != nil {
		return nil, err
	}
	line, err := only(action, `(?m)^  image:.*$`)
	if err != nil {
		return nil, fmt.Errorf("pin image in action.yml: %w", err)
	}
	if found := string(action[line[0]:line[1]]); found != "  image: Dockerfile" {
		return nil, fmt.Errorf("pin image in action.yml: the line is %q, not %q", found, "  image: Dockerfile")
	}
	return replace(action, line, fmt.Sprintf("  image: docker://%s@%s # %s", Image, digest, v.Tag())), nil
}

// Base is the image in which the Dockerfile compiles the program.
func Base(dockerfile []byte) (string, error) {
	at, err := only(dockerfile, baseLine)
	if err != nil {
		return "", fmt.Errorf("find base image in Dockerfile: %w", err)
	}
	return string(dockerfile[at[2]:at[3]]), nil
}

// PinBase adds the digest to the image in which the Dockerfile compiles. One line changes.
func PinBase(dockerfile []byte, digest string) ([]byte, error) {
	if err := checkDigest(digest); err != nil {
		return nil, err
	}
	at, err := only(dockerfile, baseLine)
	if err != nil {
		return nil, fmt.Errorf("pin base image in Dockerfile: %w", err)
	}
	return replace(dockerfile, []int{at[3], at[3]}, "@"+digest), nil
}

// baseLine is the line of a base image that is named by its tag alone.
const baseLine = `(?m)^FROM --platform=\$BUILDPLATFORM ([a-z0-9./-]+:[a-z0-9.-]+) AS build$`

func checkDigest(digest string) error {
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(digest) {
		return fmt.Errorf("read digest %q: it has to be sha256: and 64 hexadecimal digits", digest)
	}
	return nil
}

// only finds the one place where the expression matches.
func only(text []byte, expression string) ([]int, error) {
	found := regexp.MustCompile(expression).FindAllSubmatchIndex(text, -1)
	if len(found) != 1 {
		return nil, fmt.Errorf("%d lines look like %s, not one", len(found), expression)
	}
	return found[0], nil
}

func replace(text []byte, at []int, with string) []byte {
	return bytes.Join([][]byte{text[:at[0]], []byte(with), text[at[1]:]}, nil)
}
