package config_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestHealthCheckInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs values
		want   []policy.HealthCheck
		err    string
	}{
		"none": {values{}, nil, ""},
		"off":  {values{"health_check": "false"}, nil, ""},
		"list": {
			values{"health_check": "- url: https://a.example\n  attempts: 5\n  interval: 5s\n- url: https://b.example\n"},
			[]policy.HealthCheck{{URL: "https://a.example", Attempts: 5, Interval: 5 * time.Second}, {URL: "https://b.example"}},
			"",
		},
		"http, allowed": {
			values{"health_check": "- url: http://a.example", "allow_insecure_http": "true"}, []policy.HealthCheck{{URL: "http://a.example"}}, "",
		},
		"http": {
			values{"health_check": "- url: http://a.example/?key=hidden"},
			[]policy.HealthCheck{{URL: "http://a.example/?key=hidden"}},
			`input "health_check": "http://a.example/" does not begin with https://; that takes allow_insecure_http: true`,
		},
		"private": {
			values{"health_check": "- url: https://169.254.169.254/"},
			[]policy.HealthCheck{{URL: "https://169.254.169.254/"}},
			`input "health_check": "https://169.254.169.254/" is an address inside of a network; that takes allow_insecure_http: true`,
		},
		"mistakes": {
			values{"health_check": "- ulr: https://a.example\n  status: ok\n"},
			nil,
			`input "health_check" has the value "- ulr: https://a.example\n  status: ok": ` +
				`line 1, column 3: [0].ulr: there is no key "ulr" here; the keys are url, status, contains, attempts, interval; ` +
				`line 1, column 3: [0]: "url" is missing; add for example url: https://app.example.com/health; line 2, column 11: [0].status: "ok" is not a status; write 200 or 2xx`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.inputs["github_token"] = "t0ken"
			inputs := config.Defaults()
			maps.Copy(inputs, test.inputs)
			got, err := config.Read(config.SourceOf(inputs))
			assert.Equal(t, test.want, got.HealthChecks)
			if test.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.err)
		})
	}
}

// A file that asks what the inputs do not allow contradicts them.
func TestInsecureHealthOfFile(t *testing.T) {
	t.Parallel()
	rules, err := policy.Read("version: 1\ndefaults:\n  health_check: [{url: http://a.example}]\nenvironments:\n  production:\n    health_check: [{url: https://10.0.0.1}]\n")
	require.NoError(t, err)
	_, err = read(t, values{}).Under(rules)
	require.EqualError(t, err, "line 3, column 1: defaults.health_check: \"http://a.example\" does not begin with https://; that takes allow_insecure_http: true\n"+
		"line 6, column 1: environments.production.health_check: \"https://10.0.0.1\" is an address inside of a network; that takes allow_insecure_http: true")
	_, err = read(t, values{"allow_insecure_http": "true"}).Under(rules)
	require.NoError(t, err)
}
