package track_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// What the API says of what it recorded is read as far as it is there and of the right form.
func TestReceipt(t *testing.T) {
	t.Parallel()
	rules := func(list string) string {
		return `{"id":"d1","extra_metadata":{"preflight_status":{"rules_evaluated":` + list + `}}}`
	}
	for body, want := range map[string]track.Receipt{
		`{"id":"d1","version_id":"v1","product_id":7,"environment_id":null}`: {ID: "d1", VersionID: "v1", ProductID: "7"},
		`{"id":7,"extra_metadata":"x"}`:                                      {ID: "7"},
		`{"id":"d1","extra_metadata":{"preflight_status":[]}}`:               {ID: "d1"},
		rules(`{}`):              {ID: "d1"},
		rules(`[1,"x",null,{}]`): {ID: "d1"},
		rules(`[{"rule_name":"Soak","error_message":"Wait","status":"report_only","evaluation_result":"failed"}]`): {
			ID: "d1", ReportOnly: []track.Rule{{Name: "Soak", Message: "Wait"}},
		},
		rules(`[{"rule_name":3,"status":"report_only","evaluation_result":"failed"}]`):                                                                     {ID: "d1", ReportOnly: []track.Rule{{Name: "3", Message: "no details"}}},
		rules(`[{"status":"report_only","evaluation_result":"failed"}]`):                                                                                   {ID: "d1", ReportOnly: []track.Rule{{Name: "unknown", Message: "no details"}}},
		rules(`[{"rule_name":"a","status":"report_only","evaluation_result":"passed"},{"rule_name":"b","status":"enabled","evaluation_result":"failed"}]`): {ID: "d1"},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			receipt, err := track.NewVersioner(base, key, options(answering(201, body))).Record(t.Context(), announced(config.Started))
			require.NoError(t, err, "it was accepted, whatever it says")
			assert.Equal(t, want, receipt, body)
		})
	}
	receipt, err := track.NewVersioner(base, key, options(answering(200, `{"id":"`+key+`"}`))).Record(t.Context(), announced(config.Started))
	require.NoError(t, err)
	assert.Equal(t, "***", receipt.ID, "a receiver that repeats the key")
	receipt, err = track.NewVersioner(base, key, options(answering(423, `{"id":"d1"}`))).Record(t.Context(), announced(config.Started))
	require.Error(t, err)
	assert.Equal(t, track.Receipt{}, receipt)
}

// A yes that does not say to what is no yes: the address can be wrong.
func TestUnusableAnswer(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"": "not a JSON object", "ok": "not a JSON object", "[]": "not a JSON object", "null": "without the id", "{}": "without the id",
		`{"id":null}`: "without the id", `{"id":""}`: "without the id", `{"id":{"a":1}}`: "without the id", `{"message":"hello"}`: "without the id",
		"\n<html>": "web page",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := answering(200, body)
				receipt, err := track.NewVersioner(base, key, options(server)).Record(t.Context(), announced(config.Started))
				assert.Equal(t, track.Receipt{}, receipt)
				problem := failure(t, err).Problem()
				assert.Contains(t, problem.Text, "gave no usable answer (HTTP 200)")
				assert.Contains(t, problem.Text, want)
				assert.Contains(t, problem.Hint, "versioner_api_url")
				assert.Len(t, server.times, 4, "a proxy can be in between for a moment")
				assert.False(t, track.Definite(err), "something may have been recorded")
			})
		})
	}
}

// An answer repeats the metadata, however they are spelled, and says what it has to say behind them.
func TestReceiptOfLongMetadata(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("é", config.MaxMetadata/2-10)
	metadata, _, err := track.ParseMetadata(`{"x":"` + text + `"}`)
	require.NoError(t, err)
	e := announced(config.Started)
	e.Metadata = metadata
	spelled := strings.ReplaceAll(text, "é", `\u00c3\u00a9`)
	server := answering(201, `{"extra_metadata":{"x":"`+spelled+`","preflight_status":{"rules_evaluated":[`+
		`{"rule_name":"Soak","error_message":"Wait","status":"report_only","evaluation_result":"failed"}]}},"id":"d1"}`)
	receipt, err := track.NewVersioner(base, key, options(server)).Record(t.Context(), e)
	require.NoError(t, err)
	assert.Equal(t, track.Receipt{ID: "d1", ReportOnly: []track.Rule{{Name: "Soak", Message: "Wait"}}}, receipt)
}
