package track_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func metadata(t *testing.T, text string) (string, []string) {
	t.Helper()
	m, dropped, err := track.ParseMetadata(text)
	require.NoError(t, err)
	clean, err := json.Marshal(m)
	require.NoError(t, err)
	return string(clean), dropped
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "{}", " \n": "{}", "{}": "{}", ` {"a":1} `: `{"a":1}`,
		`{"z":1,"a":[true,null,"x"],"n":{"b":{}}}`: `{"a":[true,null,"x"],"n":{"b":{}},"z":1}`,
		`{"large":9007199254740993,"exact":1.10}`:  `{"exact":1.10,"large":9007199254740993}`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			clean, dropped := metadata(t, text)
			assert.Equal(t, want, clean, text)
			assert.Empty(t, dropped, text)
		})
	}
}

func TestInvalidMetadata(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[]": "it must be a JSON object", "null": "it must be a JSON object", `"hush"`: "it must be a JSON object", "7": "it must be a JSON object",
		"{": "it is not valid JSON", "hush": "it is not valid JSON", `{"a":hush}`: "it is not valid JSON",
		"{} {}": "something follows the JSON object", "{}hush": "something follows the JSON object",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m, dropped, err := track.ParseMetadata(text)
			require.EqualError(t, err, "read metadata: "+want, text)
			assert.True(t, m.IsZero())
			assert.Empty(t, dropped)
		})
	}
}

func TestMetadataIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 100 << 10
	exact := `{"a":"` + strings.Repeat("x", limit-8) + `"}`
	_, _, err := track.ParseMetadata(exact)
	require.NoError(t, err)
	_, _, err = track.ParseMetadata(exact + " ")
	require.EqualError(t, err, "read metadata: it has 102401 bytes, and 102400 are allowed")
}

// What has the name of a secret is left out, wherever it is.
func TestMetadataNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"pass", "PASSWORD", "dbPassword", "passwd", "client_secret", "Token", "api_key", "api-key", "apiKey", "Authorization",
		"Set-Cookie", "credentials", "private_key", "private-key", "PrivateKey", "dbPass", "db_pass", "pass-phrase", "passphrase", "PassKey", "pass1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean, dropped := metadata(t, `{"kept":1,"`+name+`":"hush","deep":{"list":[0,{"`+name+`":{"a":"hush"}}]}}`)
			assert.JSONEq(t, `{"deep":{"list":[0,{}]},"kept":1}`, clean, name)
			assert.ElementsMatch(t, []string{name, "deep.list.1." + name}, dropped)
		})
	}
	const harmless = `{"region":"eu","key":"v","author":"x","private":true,"docker_image":"a:b","tests_passed":true,"Passing":1,"PASSED":"2"}`
	clean, dropped := metadata(t, harmless)
	assert.JSONEq(t, harmless, clean)
	assert.Empty(t, dropped)
}

// What has the form of a secret is made unreadable, also in the middle of a text.
func TestMetadataForms(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		"ghp_abcdefghijklmnopqrstuvwxyz0123456789", "gho_abcdefgh12345678", "ghu_abcdefgh12345678", "ghs_abcdefgh12345678", "ghr_abcdefgh12345678",
		"github_pat_11ABCDEFG0123456789_abcdef", "xoxb-123456789012-abcdef", "xoxp-12345678-a", "xoxa-12345678-a", "xoxr-12345678-a", "xoxs-12345678-a",
		key, "sk_live_abcdefgh", "pat_abcdefgh12", "AKIAIOSFODNN7EXAMPLE",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----\nMIIE cut off",
	} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(map[string]any{"a": "before (" + secret, "b": []string{secret}, "note " + secret: 1})
			require.NoError(t, err)
			clean, dropped := metadata(t, string(text))
			assert.JSONEq(t, `{"a":"before (***","b":["***"]}`, clean, secret)
			assert.Equal(t, []string{"note ***"}, dropped, secret)
		})
	}
	const plain = `{"a":"ghp_short, desk_chairs, compat_layer_version, AKIA, sk_, -----BEGIN, xoxb-1"}`
	clean, _ := metadata(t, plain)
	assert.JSONEq(t, plain, clean)
}

// An event that is kept for later is the same when it is read again.
func TestEventIsKept(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]track.Event{
		"deployment": full(config.Completed), "announced": announced(config.Started), "build": built(config.Failed), "blocked": full(track.Blocked),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packed, err := json.Marshal(e)
			require.NoError(t, err)
			var kept track.Event
			require.NoError(t, json.Unmarshal(packed, &kept))
			want, err := e.Record()
			require.NoError(t, err)
			got, err := kept.Record()
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
			assert.Equal(t, e.ID, kept.ID)
		})
	}
	var m track.Metadata
	require.ErrorContains(t, m.UnmarshalJSON([]byte(`[]`)), "read metadata")
}
