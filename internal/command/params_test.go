package command

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vector is a text of parameters and its JSON, "" where it cannot be represented.
type vector struct {
	raw, json string
}

// readVectors reads the vectors of testdata/params.txt.
func readVectors(tb testing.TB) []vector {
	tb.Helper()
	file, err := os.ReadFile("testdata/params.txt")
	require.NoError(tb, err)
	var vectors []vector
	for line := range strings.SplitSeq(strings.TrimSuffix(string(file), "\n"), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		quoted, want, found := strings.Cut(line, " => ")
		require.True(tb, found, line)
		var vector vector
		require.NoError(tb, json.Unmarshal([]byte(quoted), &vector.raw), line)
		if want != "error" {
			vector.json = want
		}
		vectors = append(vectors, vector)
	}
	return vectors
}

func TestParseParams(t *testing.T) {
	t.Parallel()
	vectors := readVectors(t)
	require.Greater(t, len(vectors), 240)
	for _, vector := range vectors {
		t.Run(vector.raw, func(t *testing.T) {
			t.Parallel()
			params, err := parseParams(vector.raw)
			assert.Equal(t, Params{Raw: vector.raw, JSON: vector.json}, params)
			if vector.json == "" {
				require.ErrorContains(t, err, "parse parameters: ")
			} else {
				require.NoError(t, err)
			}
		})
	}
}

// TestParseKeepsCommandOnError covers that a command is complete without its parsed
// parameters: it has to be answered.
func TestParseKeepsCommandOnError(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"--_=1 foo":              `parse parameters: the flag "--_" has replaced the list of words, which takes no more`,
		"--a" + deepKey(4000):    "parse parameters: a key has more than 4000 parts",
		"--a-b --a" + deepKey(5): "",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			command, err := defaults().Parse(".deploy staging | " + raw)
			if want == "" {
				require.NoError(t, err)
				assert.NotEmpty(t, command.Params.JSON)
				return
			}
			require.EqualError(t, err, want)
			assert.Equal(t, Command{
				Kind: Deploy, Type: "deploy", Text: ".deploy staging | " + raw, Environment: "staging",
				KnownEnvironment: true, Params: Params{Raw: raw},
			}, command)
		})
	}
}

// deepKey returns a key's continuation by a number of parts.
func deepKey(parts int) string {
	return strings.Repeat(".a", parts)
}

func TestDeepestKey(t *testing.T) {
	t.Parallel()
	params, err := parseParams("--a" + deepKey(maxKeyParts-1))
	require.NoError(t, err)
	want := `{"_":[],` + strings.Repeat(`"a":{`, maxKeyParts-1) + `"a":true` + strings.Repeat("}", maxKeyParts)
	assert.Equal(t, want, params.JSON)
	assert.True(t, json.Valid([]byte(params.JSON)))
}
