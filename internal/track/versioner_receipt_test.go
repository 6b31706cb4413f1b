package track_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// What the API says of what it recorded is read as far as it is there and of the right form.
func TestReceipt(t *testing.T) {
	t.Parallel()
	rules := func(list string) string {
		return `{"extra_metadata":{"preflight_status":{"rules_evaluated":` + list + `}}}`
	}
	for body, want := range map[string]track.Receipt{
		``: {}, `<html>`: {}, `[]`: {}, `null`: {}, `{}`: {},
		`{"id":"d1","version_id":"v1","product_id":7,"environment_id":null}`: {ID: "d1", VersionID: "v1", ProductID: "7"},
		`{"id":{"a":1},"extra_metadata":"x"}`:                                {},
		`{"extra_metadata":{"preflight_status":[]}}`:                         {},
		rules(`{}`):              {},
		rules(`[1,"x",null,{}]`): {},
		rules(`[{"rule_name":"Soak","error_message":"Wait","status":"report_only","evaluation_result":"failed"}]`): {
			ReportOnly: []track.Rule{{Name: "Soak", Message: "Wait"}},
		},
		rules(`[{"rule_name":3,"status":"report_only","evaluation_result":"failed"}]`):                                                                     {ReportOnly: []track.Rule{{Name: "3", Message: "no details"}}},
		rules(`[{"status":"report_only","evaluation_result":"failed"}]`):                                                                                   {ReportOnly: []track.Rule{{Name: "unknown", Message: "no details"}}},
		rules(`[{"rule_name":"a","status":"report_only","evaluation_result":"passed"},{"rule_name":"b","status":"enabled","evaluation_result":"failed"}]`): {},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			receipt, err := track.NewVersioner(base, key, "lockstep/test", answering(201, body)).Record(t.Context(), announced(config.Started))
			require.NoError(t, err, "it was accepted, whatever it says")
			assert.Equal(t, want, receipt, body)
		})
	}
	receipt, err := track.NewVersioner(base, key, "lockstep/test", answering(200, `{"id":"`+key+`"}`)).Record(t.Context(), announced(config.Started))
	require.NoError(t, err)
	assert.Equal(t, "***", receipt.ID, "a receiver that repeats the key")
	receipt, err = track.NewVersioner(base, key, "lockstep/test", answering(423, `{"id":"d1"}`)).Record(t.Context(), announced(config.Started))
	require.Error(t, err)
	assert.Equal(t, track.Receipt{}, receipt)
}
