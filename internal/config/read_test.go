package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// values are inputs, or environment variables, by name.
type values map[string]string

// filled are the inputs of a workflow that sets some of them: the runner fills in the defaults.
func filled(given values) values {
	all := values(config.Defaults(track.SinkTypes()...))
	all["github_token"], all["status"] = "t0ken", "success"
	maps.Copy(all, given)
	return all
}

func source(inputs, variables values) config.Source {
	return config.Source{
		Input:  func(name string) string { return inputs[name] },
		Getenv: func(name string) string { return variables[name] },
	}
}

func read(t *testing.T, given values) config.Config {
	t.Helper()
	c := readAll(t, given)
	c.Changed = nil // differs with each spelling of the same settings
	return c
}

func readAll(t *testing.T, given values) config.Config {
	t.Helper()
	c, err := config.Read(source(filled(given), nil), track.SinkTypes()...)
	require.NoError(t, err, "%v", given)
	return c
}

// failing reads inputs of which one must be wrong.
func failing(t *testing.T, given values) *config.InputError {
	t.Helper()
	_, err := config.Read(source(filled(given), nil), track.SinkTypes()...)
	var errs config.Errors
	require.ErrorAs(t, err, &errs, "%v", given)
	require.Len(t, errs, 1, "%v", given)
	return errs[0]
}

// What a workflow changes about commands and deployments is known, without what may be a secret.
func TestChangedInputs(t *testing.T) {
	t.Parallel()
	assert.Empty(t, readAll(t, values{"skip_ci": " ", "trigger": ".deploy"}).Changed)
	assert.Equal(t, []config.Changed{{Input: "reaction"}, {Input: "skip_ci", Value: "dev,qa"}, {Input: "allow_forks", Value: "true"}}, readAll(t, values{
		"allow_forks": "true", "skip_ci": " dev,qa ", "reaction": " ", "admins_pat": "t0ps3cret", "product": "shop",
		"environment_urls": "dev|https://dev.example/?key=t0ps3cret",
	}).Changed)
}

func TestReadDefaults(t *testing.T) {
	t.Parallel()
	assert.Equal(t, config.Config{
		Mode: config.Auto, Token: "t0ken", Status: config.Completed,
		Targets:                []string{"production", "development", "staging"},
		ProductionEnvironments: []string{"production"},
		EnvironmentURLs:        map[string]string{},
		URLInComment:           true,
		PolicyFile:             config.PolicyFile{Path: ".github/lockstep.yml"},
		Commands: config.Commands{
			Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help",
			Rollback: ".rollback", Status: ".status",
			Separator: "|", GlobalFlag: "--global",
		},
		Permissions: []string{"write", "admin"}, Reaction: "eyes",
		StableBranch: "main", OrderSettings: config.OrderSettings{OrderScope: config.AllDeployments},
		Checks:           config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Origin:           config.Origin{CommentActions: []string{"created"}},
		Outdated:         config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
		SecurityWarnings: true,
		Locks:            config.Locks{Owner: config.OwnedByUser},
		Confirmation:     config.Confirmation{Timeout: time.Minute},
		Messages:         config.Messages{TemplatePath: ".github/deployment_message.md", Style: config.NewComment, Changelog: true},
		Reports:          config.ReportSettings{Stories: `[A-Z][A-Z0-9]+-\d+`, Days: 90},
		Versioner:        config.Versioner{APIURL: "https://api.versioner.io", FailOnError: config.FailStart, Gate: true},
		Track:            config.Track{Metadata: json.RawMessage("{}")},
		Result:           config.ResultSettings{Inherit: true},
	}, read(t, nil))
}

// Each input as a workflow can set it, and what is read of it.
func TestReadAccepted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		input, value string
		got          func(config.Config) any
		want         any
	}{
		{"mode", "auto", func(c config.Config) any { return c.Mode }, config.Auto},
		{"mode", "comment", func(c config.Config) any { return c.Mode }, config.Comment},
		{"mode", " track\n", func(c config.Config) any { return c.Mode }, config.TrackIt},
		{"mode", "finish", func(c config.Config) any { return c.Mode }, config.Finish},
		{"mode", "", func(c config.Config) any { return c.Mode }, config.Auto},
		{"github_token", " ghs_x ", func(c config.Config) any { return c.Token }, "ghs_x"},
		{"environment", "qa", func(c config.Config) any { return c.Environment }, "qa"},
		{"environment_targets", "qa, prod,, Dev ,", func(c config.Config) any { return c.Targets }, []string{"qa", "prod", "Dev"}},
		{"environment_targets", " ", func(c config.Config) any { return c.Targets }, []string{"production", "development", "staging"}},
		{"production_environment", "prod", func(c config.Config) any { return c.ProductionEnvironments }, []string{"prod"}},
		{"production_environments", "prod,prod-eu", func(c config.Config) any { return c.ProductionEnvironments }, []string{"prod", "prod-eu"}},
		{"production_environments", " ", func(c config.Config) any { return c.ProductionEnvironments }, []string(nil)},
		{"environment_url_in_comment", "False", func(c config.Config) any { return c.URLInComment }, false},
		{"environment_url_in_comment", "TRUE", func(c config.Config) any { return c.URLInComment }, true},
		{"environment_url_in_comment", "", func(c config.Config) any { return c.URLInComment }, true},
		{"trigger", "/ship it", func(c config.Config) any { return c.Commands.Deploy }, "/ship it"},
		{"trigger", "", func(c config.Config) any { return c.Commands.Deploy }, ".deploy"},
		{"noop_trigger", "/plan", func(c config.Config) any { return c.Commands.Noop }, "/plan"},
		{"noop_trigger", "", func(c config.Config) any { return c.Commands.Noop }, ""},
		{"noop_trigger", "\t", func(c config.Config) any { return c.Commands.Noop }, ""},
		{"lock_trigger", "/lock", func(c config.Config) any { return c.Commands.Lock }, "/lock"},
		{"unlock_trigger", "/unlock", func(c config.Config) any { return c.Commands.Unlock }, "/unlock"},
		{"lock_info_alias", "/who", func(c config.Config) any { return c.Commands.LockInfo }, "/who"},
		{"help_trigger", "/help", func(c config.Config) any { return c.Commands.Help }, "/help"},
		{"param_separator", "--", func(c config.Config) any { return c.Commands.Separator }, "--"},
		{"param_separator", "", func(c config.Config) any { return c.Commands.Separator }, "|"},
		{"global_lock_flag", "--all", func(c config.Config) any { return c.Commands.GlobalFlag }, "--all"},
		{"global_lock_flag", "", func(c config.Config) any { return c.Commands.GlobalFlag }, ""},
		{"disable_naked_commands", "True", func(c config.Config) any { return c.Commands.DisableNaked }, true},
		{"disable_naked_commands", "FALSE", func(c config.Config) any { return c.Commands.DisableNaked }, false},
		{"reaction", "-1", func(c config.Config) any { return c.Reaction }, "-1"},
		{"reaction", "", func(c config.Config) any { return c.Reaction }, ""},
		{"permissions", "maintain, admin", func(c config.Config) any { return c.Permissions }, []string{"maintain", "admin"}},
		{"stable_branch", "release/1", func(c config.Config) any { return c.StableBranch }, "release/1"},
		{"enforced_deployment_order", "dev,qa , prod", func(c config.Config) any { return c.Order }, []string{"dev", "qa", "prod"}},
		{"deployment_order_scope", "branch-deploy", func(c config.Config) any { return c.OrderScope }, config.OwnDeployments},
		{"deployment_order_scope", "own", func(c config.Config) any { return c.OrderScope }, config.OwnDeployments},
		{"deployment_order_scope", "verified", func(c config.Config) any { return c.OrderScope }, config.VerifiedDeployments},
		{"required_contexts", "false", func(c config.Config) any { return c.RequiredContexts }, []string(nil)},
		{"required_contexts", "", func(c config.Config) any { return c.RequiredContexts }, []string(nil)},
		{"required_contexts", "ci/test,, lint", func(c config.Config) any { return c.RequiredContexts }, []string{"ci/test", "lint"}},
		{"product", "shop", func(c config.Config) any { return c.Track.Product }, "shop"},
		{"version", "v1.2.3", func(c config.Config) any { return c.Track.Version }, "v1.2.3"},
		{"event_type", "deployment", func(c config.Config) any { return c.Track.EventType }, "deployment"},
		{"event_type", "build", func(c config.Config) any { return c.Track.EventType }, "build"},
		{"job_status", "failure", func(c config.Config) any { return c.Track.JobStatus }, config.Failed},
		{"job_status", "who knows", func(c config.Config) any { return c.Track.JobStatus }, config.Status("")},
		{"event_type", "", func(c config.Config) any { return c.Track.EventType }, ""},
		{"deployment_id", "9007199254740993", func(c config.Config) any { return c.Track.DeploymentID }, int64(9007199254740993)},
		{"deployment_id", "", func(c config.Config) any { return c.Track.DeploymentID }, int64(0)},
		{"versioner_api_key", " sk_a_b_c ", func(c config.Config) any { return c.Versioner.APIKey }, "sk_a_b_c"},
		{"versioner_api_url", "https://versioner.example/base/", func(c config.Config) any { return c.Versioner.APIURL }, "https://versioner.example/base"},
		{"versioner_api_url", "http://127.0.0.1:8080", func(c config.Config) any { return c.Versioner.APIURL }, "http://127.0.0.1:8080"},
		{"versioner_gate", "False", func(c config.Config) any { return c.Versioner.Gate }, false},
		{"versioner_gate", "", func(c config.Config) any { return c.Versioner.Gate }, true},
		{"fail_on_api_error", "Yes", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailStart},
		{"fail_on_api_error", "on", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailStart},
		{"fail_on_api_error", "1", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailStart},
		{"fail_on_api_error", "FALSE", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailNever},
		{"fail_on_api_error", "no", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailNever},
		{"fail_on_api_error", "off", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailNever},
		{"fail_on_api_error", "0", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailNever},
		{"fail_on_api_error", "Always", func(c config.Config) any { return c.Versioner.FailOnError }, config.FailAlways},
	} {
		t.Run(test.input+" "+test.value, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.got(read(t, values{test.input: test.value})), "%s: %q", test.input, test.value)
		})
	}
}

func TestReadReactions(t *testing.T) {
	t.Parallel()
	for _, reaction := range []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"} {
		t.Run(reaction, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, reaction, read(t, values{"reaction": reaction}).Reaction)
		})
	}
}

// Each input with values that must not be guessed at: the error names the input and the value, and
// says what is accepted.
func TestReadRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ input, value, accepted string }{
		{"mode", "Track", "auto, comment, track, finish"},
		{"mode", "merge_deploy", "auto, comment, track, finish"},
		{"mode", "unlock_on_merge", "auto, comment, track, finish"},
		{"status", "neutral", "pending, queued, scheduled, started"},
		{"status", "inactive", "aborted, abort, cancelled, canceled, cancel, skipped"},
		{"environment_targets", ",", "at least one environment"},
		{"environment_urls", "production", "environment|URL"},
		{"environment_urls", "|https://shop.example", "environment|URL"},
		{"environment_urls", "production|shop.example", "https:// or http://, or be the word disabled"},
		{"environment_urls", "production|", "https:// or http://, or be the word disabled"},
		{"environment_urls", "production|HTTPS://shop.example", "https:// or http://, or be the word disabled"},
		{"environment_url_in_comment", "yes", "true or false"},
		{"environment_url_in_comment", "tRUE", "true or false"},
		{"disable_naked_commands", "1", "true or false"},
		{"reaction", "tada", "eyes, +1, -1, laugh, confused, heart, hooray, rocket or empty"},
		{"reaction", "Eyes", "eyes, +1"},
		{"permissions", " , ", "at least one permission"},
		{"deployment_order_scope", "mine", "all, own, verified or branch-deploy"},
		{"event_type", "Build", "empty, deployment or build"},
		{"event_type", "builds", "empty, deployment or build"},
		{"deployment_id", "v1", "the ID of a GitHub deployment"},
		{"deployment_id", "0", "the ID of a GitHub deployment"},
		{"deployment_id", "-4", "the ID of a GitHub deployment"},
		{"deployment_id", "1.5", "the ID of a GitHub deployment"},
		{"deployment_id", "9223372036854775808", "the ID of a GitHub deployment"},
		{"versioner_api_url", "api.versioner.io", "https:// or http://"},
		{"versioner_api_url", "ftp://versioner.example", "https:// or http://"},
		{"versioner_api_url", "https://", "name a host"},
		{"versioner_api_url", "https:///path", "name a host"},
		{"versioner_api_url", "https://:443", "name a host"},
		{"versioner_gate", "yes", "true or false"},
		{"versioner_api_url", "https://a b.example", "name a host"},
		{"versioner_api_url", "https://versioner.example/#x", "must not contain a query, a fragment"},
		{"fail_on_api_error", "maybe", "true, false or always"},
	} {
		t.Run(test.input+" "+test.value, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{test.input: test.value})
			assert.Equal(t, test.input, problem.Input)
			assert.Contains(t, problem.Accepted, test.accepted, "%s: %q", test.input, test.value)
			assert.Contains(t, problem.Error(), test.input)
			if strings.Trim(test.value, " ,") != "" {
				assert.Contains(t, problem.Error(), test.value, test.input)
			}
		})
	}
}

func TestReadEnvironmentURLs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given string
		want  map[string]string
	}{
		{"", map[string]string{}},
		{"null", map[string]string{}},
		{"undefined", map[string]string{}},
		{
			" production | https://shop.example/?a=1 , staging|http://s.example|x ",
			map[string]string{"production": "https://shop.example/?a=1", "staging": "http://s.example"},
		},
		{"staging|disabled", map[string]string{"staging": ""}},
	} {
		t.Run(test.given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, read(t, values{"environment_urls": test.given}).EnvironmentURLs, "%q", test.given)
		})
	}
}

// A workflow can hand over the outcome of a step that runs later: it is empty until then.
func TestReadStatusNotKnownYet(t *testing.T) {
	t.Parallel()
	c := read(t, values{"status": " "})
	assert.Equal(t, config.Status(""), c.Status)
	assert.False(t, c.Status.Terminal())
}

func TestReadSpellings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		input     string
		spellings []string
		value     string
		got       func(config.Config) any
		want      any
	}{
		{
			"product",
			[]string{"product", "product_name", "product-name"},
			"shop",
			func(c config.Config) any { return c.Track.Product }, "shop",
		},
		{
			"event_type",
			[]string{"event_type", "event-type"},
			"deployment",
			func(c config.Config) any { return c.Track.EventType }, "deployment",
		},
		{
			"versioner_api_key",
			[]string{"versioner_api_key", "api_key", "versioner-api-key", "api-key"},
			"sk_1",
			func(c config.Config) any { return c.Versioner.APIKey }, "sk_1",
		},
		{
			"versioner_api_url",
			[]string{"versioner_api_url", "api_url", "versioner-api-url", "api-url"},
			"https://v.example",
			func(c config.Config) any { return c.Versioner.APIURL }, "https://v.example",
		},
		{
			"fail_on_api_error",
			[]string{"fail_on_api_error", "fail-on-api-error"},
			"always",
			func(c config.Config) any { return c.Versioner.FailOnError }, config.FailAlways,
		},
		{
			"metadata",
			[]string{"metadata", "extra_metadata", "extra-metadata"},
			`{"a":1}`,
			func(c config.Config) any { return string(c.Track.Metadata) }, `{"a":1}`,
		},
	} {
		t.Run(test.input, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.spellings, declared(t, test.input).Spellings())
			both := values{}
			for _, spelling := range test.spellings {
				assert.Equal(t, test.want, test.got(read(t, values{spelling: test.value})), spelling)
				both[spelling] = test.value
			}
			assert.Equal(t, test.want, test.got(read(t, both)), "%s: one value under every spelling is one value", test.input)
		})
	}
	assert.Equal(t, []string{"deployment_id"}, declared(t, "deployment_id").Spellings())
}

func declared(t *testing.T, name string) config.Input {
	t.Helper()
	for _, input := range config.Declared(track.SinkTypes()...) {
		if input.Name == name {
			return input
		}
	}
	require.Fail(t, "no such input", name)
	return config.Input{}
}

func TestReadTwoValuesOfOneInput(t *testing.T) {
	t.Parallel()
	problem := failing(t, values{"product": "shop", "product-name": "store"})
	assert.Equal(t, `input "product" has the value "shop and store": product and product-name are one input: set only one of them`, problem.Error())

	problem = failing(t, values{"fail_on_api_error": "always", "fail-on-api-error": "true"})
	assert.Equal(t, "always and true", problem.Value, "the default counts where no runner fills it in")

	problem = failing(t, values{"api_key": "sk_one", "api-key": "sk_two"})
	assert.Equal(t, `input "versioner_api_key": api_key and api-key are one input: set only one of them`, problem.Error())

	filledIn := read(t, values{"fail_on_api_error": "true", "fail-on-api-error": "false"})
	assert.Equal(t, config.FailNever, filledIn.Versioner.FailOnError, "what the runner fills in is no second value")
}

func TestReadPrecedence(t *testing.T) {
	t.Parallel()
	variables := values{"VERSIONER_API_KEY": " sk_variable ", "VERSIONER_API_URL": "https://variable.example/"}
	for name, test := range map[string]struct {
		given            values
		wantKey, wantURL string
	}{
		"variable before default":      {nil, "sk_variable", "https://variable.example"},
		"input before variable":        {values{"versioner_api_key": "sk_input", "versioner_api_url": "https://input.example"}, "sk_input", "https://input.example"},
		"alias before variable":        {values{"api-key": "sk_alias", "api_url": "https://api.versioner.io"}, "sk_alias", "https://api.versioner.io"},
		"blank input":                  {values{"versioner_api_key": " ", "versioner_api_url": " "}, "sk_variable", "https://variable.example"},
		"input that holds the default": {values{"versioner_api_url": "https://api.versioner.io"}, "sk_variable", "https://variable.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := config.Read(source(filled(test.given), variables), track.SinkTypes()...)
			require.NoError(t, err, name)
			assert.Equal(t, test.wantKey+" "+test.wantURL, c.Versioner.APIKey+" "+c.Versioner.APIURL, name)
		})
	}
	_, err := config.Read(source(filled(nil), values{"VERSIONER_API_URL": "variable.example"}), track.SinkTypes()...)
	require.EqualError(t, err, `input "versioner_api_url" has the value "variable.example": must start with https:// or http:// and name a host`)
}

// The runner evaluates ${{ … }}; outside of it the text would pass for a token.
func TestReadExpressionsAreNoValues(t *testing.T) {
	t.Parallel()
	inputs := filled(values{"github_token": " ", "status": ""})
	c, err := config.Read(source(inputs, nil), track.SinkTypes()...)
	require.EqualError(t, err, `input "github_token": must not be empty`)
	assert.Empty(t, c.Token)
	assert.Empty(t, c.Status)
}

func TestReadCollectsErrors(t *testing.T) {
	t.Parallel()
	c, err := config.Read(source(filled(values{
		"mode": "fly", "github_token": "", "trigger": ".x", "noop_trigger": ".x", "environment_url_in_comment": "2",
		"permissions": ",", "deployment_id": "x", "environment": "qa",
	}), nil), track.SinkTypes()...)
	require.EqualError(t, err, `input "mode" has the value "fly": must be auto, comment, track, finish, doctor, status, manifest, dora or promote
input "github_token": must not be empty
input "environment_url_in_comment" has the value "2": must be true or false
input "deployment_id" has the value "x": must be the ID of a GitHub deployment
input "permissions": name at least one permission, or no one can run a command
input "noop_trigger" has the value ".x": must differ from trigger`)
	assert.Equal(t, ".x qa", c.Commands.Deploy+" "+c.Environment, "what could be read is there")
}

func TestReadConflictingCommands(t *testing.T) {
	t.Parallel()
	triggers := []string{"trigger", "noop_trigger", "lock_trigger", "unlock_trigger", "lock_info_alias", "help_trigger", "rollback_trigger", "status_trigger"}
	for i, first := range triggers {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			for _, second := range triggers[i+1:] {
				problem := failing(t, values{first: "/go", second: "/go"})
				assert.Equal(t, config.InputError{Input: second, Value: "/go", Accepted: "must differ from " + first}, *problem)
			}
		})
	}
	c := read(t, values{"noop_trigger": "", "lock_trigger": "", "help_trigger": ""})
	assert.Empty(t, c.Commands.Noop+c.Commands.Lock+c.Commands.Help, "commands that are switched off do not clash")
}

// Errors are shown on pull requests and in logs.
func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	for _, given := range []values{
		{"api_key": secret, "api-key": "other-" + secret},
		{"versioner_api_url": "https://user:" + secret + "@versioner.example"},
		{"versioner_api_url": "https://" + secret + "@versioner.example"},
		{"versioner_api_url": "https://versioner.example/?key=" + secret},
		{"versioner_api_url": "ftp://user:" + secret + "@versioner.example"},
		{"versioner_api_url": "https://a.example", "api_url": "https://" + secret + "@b.example"},
		{"webhook_url": secret + ".example"},
		{"webhook_url": "http://hook.example/" + secret},
		{"webhook_url": "https://hook.example/#" + secret},
		{"webhook_secret": "whsec_" + secret + "!"},
		{"webhook_headers": "X-Key " + secret},
		{"webhook_headers": "X-Key: " + secret + "\nX-Key: " + secret},
		{"webhook_headers": "X-Key: " + secret + "\x00"},
		{"webhook_headers": "X-Signature-256: " + secret},
		{"slack_webhook_url": "hooks.slack.example/" + secret},
		{"slack_webhook_url": "http://hooks.slack.example/" + secret},
		{"cdevents_url": "https://user:" + secret + "@cd.example/#x"},
		{"cdevents_url": "http://cd.example/?key=" + secret},
		{"cdevents_token": secret + " " + secret},
		{"pagerduty_routing_key": secret},
		{"pagerduty_routing_key": "R" + secret},
		{"pagerduty_url": "https://user:" + secret + "@events.example"},
		{"datadog_api_key": secret + " " + secret},
		{"metadata": `{"password":"` + secret + `"`},
		{"metadata": `["` + secret + `"]`},
		{"metadata": `{"a":"` + secret + `"}`, "extra_metadata": `{"a":"other ` + secret + `"}`},
		{"sinks": `[{"type":"slack","url":"https://hooks.slack.example/` + secret + `"}]`},
		{"sinks": `[{"type":"slack","url_env":"` + secret + `-x"}]`},
		{"sinks": `[{"type":"` + secret + `"}]`},
		{"sinks": `[{"type":"slack","url_env":"X","events":["` + secret + `"]}]`},
		{"sinks": secret},
	} {
		t.Run(fmt.Sprint(given), func(t *testing.T) {
			t.Parallel()
			problem := failing(t, given)
			assert.NotContains(t, problem.Error(), secret, "%v", given)
		})
	}
}

// Everyone who can read the pull request reads the address of an environment.
func TestEnvironmentURLsWithPasswords(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://u:p4ssw0rd@shop.example", "https://token@shop.example/x", "https://u:p4ss%zz@shop.example"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"environment_urls": "production|" + address})
			assert.Equal(t, `input "environment_urls": the URL of "production" must not contain a user or a password: everyone can read it`, problem.Error())
		})
	}
	assert.Equal(t, map[string]string{"dev": "https://dev.example/@me"}, read(t, values{"environment_urls": "dev|https://dev.example/@me"}).EnvironmentURLs)
}
