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
		"pwd", "DB_PWD", "auth", "basicAuth", "auth_header", "bearer", "jwt", "idJWT", "dsn", "SENTRY_DSN", "access_key", "accessKey", "access-key",
		"connection_string", "connectionString",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean, dropped := metadata(t, `{"kept":1,"`+name+`":"hush","deep":{"list":[0,{"`+name+`":{"a":"hush"}}]}}`)
			assert.JSONEq(t, `{"deep":{"list":[0,{}]},"kept":1}`, clean, name)
			assert.ElementsMatch(t, []string{name, "deep.list.1." + name}, dropped)
		})
	}
	const harmless = `{"region":"eu","key":"v","author":"x","private":true,"docker_image":"a:b","tests_passed":true,"Passing":1,"PASSED":"2",` +
		`"authority":"x","authored_at":"x","cwd":"x","pwdless":1,"access":"x","connection":"x","bearers":2}`
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
		"glpat-abcdefghij0123456789", "npm_abcdefghijklmnopqrstuvwxyz0123456789", "AIzaSyA1234567890abcdefghijklmnopqrstuv",
		"whsec_abcdefghijklmnopqrstuvwxyz", "dckr_pat_abcdefghijklmnopqrstuvwxyz", "https://hooks.slack.com/services/T00/B00/abcdefghijklmnopqrstuvwx",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnop", "eyJhbGciOiJub25lIn0.e30.", "ASIAIOSFODNN7EXAMPLE", "hvs.abcdefghijklmnopqrstuvwx",
		"pypi-abcdefghijklmnopqrstuvwx", "sk-proj-abcdefghijklmnopqrst", "xapp-1-A123-abcdefgh",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----\nMIIE cut off",
	} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(map[string]any{"a": "before (" + secret, "b": []string{secret}, "c": "x_" + secret, "note " + secret: 1})
			require.NoError(t, err)
			clean, dropped := metadata(t, string(text))
			assert.JSONEq(t, `{"a":"before (***","b":["***"],"c":"x_***"}`, clean, secret)
			assert.Equal(t, []string{"note ***"}, dropped, secret)
		})
	}
	const plain = `{"a":"ghp_short, desk_chairs, compat_layer_version, AKIA, sk_, -----BEGIN, xoxb-1, npm_install, ` +
		`eyJ.a.b, https://github.com/acme/shop, git@github.com:acme/shop, //shared@2x.png, pypi-mirror, task-force"}`
	clean, _ := metadata(t, plain)
	assert.JSONEq(t, plain, clean)
}

// A secret may be a number.
func TestMetadataNumbers(t *testing.T) {
	t.Parallel()
	m, dropped, err := track.ParseMetadata(`{"a":12345678,"b":[1.12345678,1234567]}`, "12345678")
	require.NoError(t, err)
	clean, err := json.Marshal(m)
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":"***","b":["***",1234567]}`, string(clean))
	assert.Empty(t, dropped)
}

// The user of an address is hidden with the password: either can be the token.
func TestMetadataAddresses(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"postgres://u:secretpw@h/db":          "postgres://***@h/db",
		"https://token@github.com/acme/shop":  "https://***@github.com/acme/shop",
		"a https://u:p@h b redis://:p@cache":  "a https://***@h b redis://***@cache",
		"https://h/path@2x?mail=ada@x.com":    "https://h/path@2x?mail=ada@x.com",
		"https://u:p@ss@h/x":                  "https://***@h/x",
		"_https://u:p@h/_":                    "_https://***@h/_",
		"env_redis://:p@cache":                "env_redis://***@cache",
		"https://h/x?a=1&access_token=hush#f": "https://h/x?a=1&***#f",
		"https://h/x?sig=hush&design=blue":    "https://h/x?***&design=blue",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(map[string]string{"a": given})
			require.NoError(t, err)
			clean, dropped := metadata(t, string(text))
			assert.JSONEq(t, `{"a":"`+want+`"}`, clean)
			assert.Empty(t, dropped)
		})
	}
}

// A secret of an input is removed from every text of an event, and the rest stays.
func TestRedaction(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]track.Event{
		"deployment": full(config.Failed), "build": built(config.Started), "blocked": full(track.Blocked), "rollback": rollback(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same, err := track.NewRedaction("another-secret", "x", "").Event(e)
			require.NoError(t, err)
			assert.Equal(t, e, same, "nothing to remove")
		})
	}
	e := full(config.Failed)
	e.Product, e.Version, e.Error, e.EnvironmentURL = "a hush-hush b", "hush-hush", "https://u:pw@h eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "https://hush-hush.example"
	e.Warnings, e.SCM.PullTitle, e.Artifacts[0].Location = []string{"hush-hush"}, "hush-hush", "oci/hush-hush"
	e.Metadata, _, _ = track.ParseMetadata(`{"a":["hush-hush",{"x hush-hush":1.10}],"n":9007199254740993}`)
	clean, err := track.NewRedaction("hush-hush").Event(e)
	require.NoError(t, err)
	assert.Equal(t, e.ID, clean.ID, "a receiver knows it again")
	assert.Equal(t, "a *** b", clean.Product)
	assert.Equal(t, "https://***@h ***", clean.Error)
	record, err := clean.Record()
	require.NoError(t, err)
	assert.NotContains(t, string(record), "hush")
	assert.Contains(t, string(record), `{"a":["***",{"x ***":1.10}],"n":9007199254740993}`)
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
