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

// One line of the real file changes, and everything else stays byte for byte.
func TestPinTheRealFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../action.yml")
	require.NoError(t, err)
	// On a release commit, where these tests run as well, the image is pinned already.
	action := regexp.MustCompile(`(?m)^  image: docker://.*$`).ReplaceAllLiteralString(string(text), "  image: Dockerfile")
	pinned, err := PinImage(action, digest, "v1.2.0")
	require.NoError(t, err)
	before, after, found := strings.Cut(action, "\n  image: Dockerfile\n")
	require.True(t, found)
	assert.Equal(t, before+"\n  image: docker://ghcr.io/lockstep-action/lockstep@"+digest+" # v1.2.0\n"+after, pinned)
	_, err = PinImage(pinned, digest, "v1.2.0")
	require.Error(t, err, "what is pinned is not pinned again")
}

func TestPinImage(t *testing.T) {
	t.Parallel()
	pinned, err := PinImage("inputs:\r\n  a:\n    image: Dockerfile\n  image: Dockerfile", digest, "v1.2.0-rc.1")
	require.NoError(t, err)
	want := "inputs:\r\n  a:\n    image: Dockerfile\n  image: docker://ghcr.io/lockstep-action/lockstep@" + digest + " # v1.2.0-rc.1"
	assert.Equal(t, want, pinned)
}

func TestPinImageRefusesText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "image: Dockerfile\n", "  image: dockerfile\n", "  image: ./Dockerfile\n", "  image: Dockerfile \n", "  image: Dockerfile\r\n",
		"  image: 'Dockerfile'\n", "  image: Dockerfile # here\n", "  image: docker://ghcr.io/lockstep-action/lockstep:v1\n",
		"  image: Dockerfile\n  image: Dockerfile\n", "  image: Dockerfile\n  image: other\n",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := PinImage(text, digest, "v1.2.0")
			require.Error(t, err)
		})
	}
}

func TestPinImageRefusesDigests(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "sha256:", digest[:70], digest + "0", strings.ToUpper(digest), "sha512:" + digest[7:], digest + "\n", "x" + digest} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			_, err := PinImage("  image: Dockerfile\n", wrong, "v1.2.0")
			require.Error(t, err)
		})
	}
}
