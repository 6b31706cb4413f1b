package release

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var digest = "sha256:" + strings.Repeat("0a", 32)

// One line of the real files changes, and everything else stays byte for byte.
func TestPinTheRealFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pin      func([]byte) ([]byte, error)
		old, new string
	}{
		"action.yml": {
			func(text []byte) ([]byte, error) { return PinImage(text, digest, Version{1, 2, 0, ""}) },
			"  image: Dockerfile", "  image: docker://ghcr.io/lockstep-action/lockstep@" + digest + " # v1.2.0",
		},
		"Dockerfile": {
			func(text []byte) ([]byte, error) { return PinBase(text, digest) },
			"FROM --platform=$BUILDPLATFORM golang:1.26 AS build", "FROM --platform=$BUILDPLATFORM golang:1.26@" + digest + " AS build",
		},
	} {
		text, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		text = unpinned(text)
		before := strings.Split(string(text), "\n")
		require.Contains(t, before, test.old)
		pinned, err := test.pin(text)
		require.NoError(t, err)
		after := strings.Split(string(pinned), "\n")
		require.Len(t, after, len(before))
		for i := range before {
			if before[i] == test.old {
				before[i] = test.new
			}
		}
		assert.Equal(t, before, after)
		_, err = test.pin(pinned)
		require.Error(t, err, "what is pinned is not pinned again")
	}
}

// unpinned is a file as it is on main, also where these tests run on a release commit.
func unpinned(text []byte) []byte {
	text = regexp.MustCompile(`(?m)^  image: docker://.*$`).ReplaceAllLiteral(text, []byte("  image: Dockerfile"))
	return regexp.MustCompile(`@sha256:[0-9a-f]{64} AS build`).ReplaceAllLiteral(text, []byte(" AS build"))
}

func TestPinImage(t *testing.T) {
	t.Parallel()
	v := Version{1, 2, 0, "rc.1"}
	pinned, err := PinImage([]byte("inputs:\r\n  a:\n    image: Dockerfile\n  image: Dockerfile"), digest, v)
	require.NoError(t, err)
	want := "inputs:\r\n  a:\n    image: Dockerfile\n  image: docker://ghcr.io/lockstep-action/lockstep@" + digest + " # v1.2.0-rc.1"
	assert.Equal(t, want, string(pinned))

	for _, text := range []string{
		"", "image: Dockerfile\n", "  image: dockerfile\n", "  image: ./Dockerfile\n", "  image: Dockerfile \n", "  image: Dockerfile\r\n",
		"  image: 'Dockerfile'\n", "  image: Dockerfile # here\n", "  image: docker://ghcr.io/lockstep-action/lockstep:v1\n",
		"  image: Dockerfile\n  image: Dockerfile\n", "  image: Dockerfile\n  image: other\n",
	} {
		_, err := PinImage([]byte(text), digest, v)
		require.Error(t, err, "%q", text)
	}
	for _, wrong := range []string{"", "sha256:", digest[:70], digest + "0", strings.ToUpper(digest), "sha512:" + digest[7:], digest + "\n", "x" + digest} {
		_, err := PinImage([]byte("  image: Dockerfile\n"), wrong, v)
		require.Error(t, err, "%q", wrong)
		_, err = PinBase([]byte("FROM --platform=$BUILDPLATFORM golang:1.26 AS build\n"), wrong)
		require.Error(t, err, "%q", wrong)
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	base, err := Base([]byte("# a comment\nFROM --platform=$BUILDPLATFORM mirror.example/golang:1.26-bookworm AS build\nFROM scratch\n"))
	require.NoError(t, err)
	assert.Equal(t, "mirror.example/golang:1.26-bookworm", base)
	for _, text := range []string{
		"", "FROM golang:1.26 AS build\n", "FROM --platform=$BUILDPLATFORM golang AS build\n",
		"FROM --platform=$BUILDPLATFORM golang:1.26@" + digest + " AS build\n",
		strings.Repeat("FROM --platform=$BUILDPLATFORM golang:1.26 AS build\n", 2),
	} {
		_, err := Base([]byte(text))
		require.Error(t, err, "%q", text)
		_, err = PinBase([]byte(text), digest)
		require.Error(t, err, "%q", text)
	}
}
