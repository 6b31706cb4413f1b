package policy_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestReadHealthChecks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.HealthCheck{
		"- url: https://app.example.com/health":          {URL: "https://app.example.com/health"},
		`[{"url": "https://app.example.com:8443/?a=b"}]`: {URL: "https://app.example.com:8443/?a=b"},
		"- {url: http://10.0.0.1, status: 2xx}":          {URL: "http://10.0.0.1", Status: []string{"2xx"}},
		"- {url: https://a.example, status: 204}":        {URL: "https://a.example", Status: []string{"204"}},
		"- {url: https://a.example, status: [200, 3xx]}": {URL: "https://a.example", Status: []string{"200", "3xx"}},
		`- {url: https://a.example, contains: "{version}"}`: {
			URL: "https://a.example", Contains: "{version}",
		},
		`- {url: https://a.example, contains: '{"status": "ok", "commit": "{sha}{short_sha}"}'}`: {
			URL: "https://a.example", Contains: `{"status": "ok", "commit": "{sha}{short_sha}"}`,
		},
		"- {url: https://a.example, attempts: 60, interval: 5s}": {URL: "https://a.example", Attempts: 60, Interval: 5 * time.Second},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := policy.ReadHealthChecks(text)
			require.NoError(t, err)
			assert.Equal(t, []policy.HealthCheck{want}, got)
		})
	}
}

func TestHealthCheckMistakes(t *testing.T) {
	t.Parallel()
	one := func(rest string) string { return "- {url: https://a.example, " + rest + "}" }
	for text, want := range map[string]string{
		"https://a.example":                            `"https://a.example" is not a list; write [{url: https://app.example.com/health}]`,
		"url: https://a.example":                       `a map is not a list; write - before url, or [{url: https://app.example.com/health}]`,
		"[]":                                           `the list is empty; write [{url: https://app.example.com/health}]`,
		"- https://a.example":                          `[0]: "https://a.example" is not a map of keys; write for example {url: https://app.example.com/health}`,
		"- {status: 200}":                              `[0]: "url" is missing; add for example url: https://app.example.com/health`,
		"- {url: 'https://a.b', to: 1}":                `[0].to: there is no key "to" here; the keys are url, status, contains, attempts, interval`,
		"- {url: ftp://a.example}":                     `[0].url: "ftp://a.example" is not an https URL; begin it with https://`,
		"- {url: a.example/health}":                    `[0].url: "a.example/health" is not an https URL; begin it with https://`,
		"- {url: 'https://'}":                          `[0].url: "https://" does not name a host; write for example https://app.example.com/health`,
		"- {url: 'https://me:x@a.b'}":                  `[0].url: the URL has a user or a password, which everyone can read; remove it`,
		"- {url: 'https://a.b/?k=s s'}":                `[0].url: "https://a.b/?…" is not a URL; write for example https://app.example.com/health`,
		"- {url: 'https://a.b/#top'}":                  `[0].url: "https://a.b/#top" has a part after #, which is not sent; remove it`,
		"- {url: 'https://{sha}.b'}":                   `[0].url: "https://{sha}.b" has a placeholder; addresses are taken literally, only contains has placeholders`,
		"- {url: 'https://127.1'}":                     `[0].url: "https://127.1" does not name a host; write for example https://app.example.com/health`,
		"- {url: 'https://0x7f000001'}":                `[0].url: "https://0x7f000001" does not name a host; write for example https://app.example.com/health`,
		"- {url: 'https://2130706433'}":                `[0].url: "https://2130706433" does not name a host; write for example https://app.example.com/health`,
		"- {url: 'https://a.b:0'}":                     `[0].url: "https://a.b:0" has a port that there is not; write one from 1 to 65535`,
		one("status: 2xx, status: 200"):                `[0].status: "status" is set twice, first in line 1`,
		one("status: 2XX"):                             `[0].status: "2XX" is not a class; write 2xx`,
		one("status: 1xx"):                             `[0].status: "1xx" is not a status; write 200 or 2xx`,
		one("status: '200'"):                           `[0].status: "200" is a text in quotes; write 200`,
		one("status: 700"):                             `[0].status: 700 is not a status from 200 to 599; write 200 or 2xx`,
		one("status: ok"):                              `[0].status: "ok" is not a status; write 200 or 2xx`,
		one("status: []"):                              `[0].status: the list is empty; write [200, 204]`,
		one("contains: {sha}"):                         `[0].contains: a map is not a text; write "{short_sha}" in quotes`,
		one("contains: 42"):                            `[0].contains: 42 is a number, not a text; write "42", in quotes`,
		one(`contains: ""`):                            `[0].contains: "" is not a text: it is empty, or has spaces around it or invisible characters; write for example "{short_sha}"`,
		one(`contains: "{branch}"`):                    `[0].contains: there is no placeholder {branch}; there are {sha}, {short_sha}, {version}`,
		one("attempts: 0"):                             `[0].attempts: 0 is not a number from 1 to 60; write another`,
		one("attempts: 60"):                            `[0]: 60 attempts of 5s each with 10s in between can take 14m50s; at most 10m are allowed: lower attempts or interval`,
		one("interval: 5m"):                            `[0]: 3 attempts of 5s each with 5m in between can take 10m15s; at most 10m are allowed: lower attempts or interval`,
		one("interval: 10"):                            `[0].interval: 10 has no unit; write for example 10m or 10h`,
		"- {url: 1":                                    `this is not YAML: did not find expected ',' or '}'; check the indentation here and in the line above, the quotes and the brackets`,
		"":                                             `there is nothing in it; write [{url: https://app.example.com/health}]`,
		one("attempts: 1") + "\n" + one("attempts: 1"): `[1]: "https://a.example" is in the list twice; remove one`,
		strings.Repeat(one("attempts: 1")+"\n", 11):    `there are 11 health checks; at most 10 are read`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := policy.ReadHealthChecks(text)
			var errs policy.Errors
			require.ErrorAs(t, err, &errs)
			require.Len(t, errs, 1, "%v", err)
			assert.Equal(t, want, strings.TrimPrefix(strings.TrimPrefix(errs[0].Path+": ", ": ")+errs[0].Text, ": "))
		})
	}
}

func TestHealthCheckTakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status []string
		answer int
		want   bool
	}{
		"default":            {nil, 200, true},
		"default, no others": {nil, 204, false},
		"number":             {[]string{"204"}, 204, true},
		"another number":     {[]string{"204"}, 200, false},
		"class":              {[]string{"2xx"}, 299, true},
		"another class":      {[]string{"2xx"}, 302, false},
		"list":               {[]string{"200", "3xx"}, 301, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, policy.HealthCheck{Status: test.status}.Takes(test.answer))
		})
	}
}

// What is wrong with an address is said without what may be a secret, wherever it was written.
func TestHealthCheckMistakesHoldNoSecret(t *testing.T) {
	t.Parallel()
	const query, user = "https://a.example/health?key=secret", "https://a:secret@a.example/health"
	for _, text := range []string{
		"- {url: '" + query + "'}\n- {url: '" + query + "'}", "- " + query, query, "- {'" + query + "': 1}", "- {url: '" + query + " '}",
		"- {url: https://a.example, status: '" + query + "'}", "- " + user, user, "- {url: '" + user + "'}",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := policy.ReadHealthChecks(text)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestHealthCheckDefaults(t *testing.T) {
	t.Parallel()
	check := policy.HealthCheck{URL: "https://a.example/health?key=secret"}
	assert.Equal(t, 3, check.Tries())
	assert.Equal(t, 10*time.Second, check.Pause())
	assert.Equal(t, "https://a.example/health", check.Address())
}

func TestInsecure(t *testing.T) {
	t.Parallel()
	const inside, plain = "is an address inside of a network", "does not begin with https://"
	for address, want := range map[string]string{
		"https://app.example.com":          "",
		"https://93.184.216.34/health":     "",
		"https://[2606:2800:220:1::1]":     "",
		"http://app.example.com":           plain,
		"https://localhost":                inside,
		"https://LOCALHOST.":               inside,
		"https://app.localhost":            inside,
		"https://127.0.0.1":                inside,
		"https://10.1.2.3":                 inside,
		"https://172.31.0.1":               inside,
		"https://192.168.0.1:8443":         inside,
		"https://169.254.169.254/latest":   inside,
		"https://0.0.0.0":                  inside,
		"https://100.64.0.1":               inside,
		"https://[::1]":                    inside,
		"https://[fe80::1]":                inside,
		"https://[fd00::1]":                inside,
		"https://[::ffff:169.254.169.254]": inside,
		"https://[64:ff9b::7f00:1]":        inside,
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			read, err := policy.ReadHealthChecks("- url: " + "'" + address + "'")
			require.NoError(t, err)
			assert.Equal(t, want, read[0].Insecure())
		})
	}
}

func TestIsInternal(t *testing.T) {
	t.Parallel()
	assert.True(t, policy.IsInternal(netip.Addr{}))
	for address, want := range map[string]bool{
		"8.8.8.8": false, "2606:4700::1111": false, "255.255.255.255": true, "224.0.0.1": true, "ff02::1": true, "fe80::1%eth0": true,
		"2002:7f00:1::": true, "::127.0.0.1": true, "172.32.0.1": false, "::ffff:127.0.0.1": true, "::ffff:0:127.0.0.1": true, "168.63.129.16": true,
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, policy.IsInternal(netip.MustParseAddr(address)))
		})
	}
}
