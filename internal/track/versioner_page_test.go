package track_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/track"
)

func TestVersionerPage(t *testing.T) {
	t.Parallel()
	const service = "https://api.versioner.io"
	all := track.Receipt{ID: "d/1", VersionID: "v 2"}
	for _, test := range []struct {
		api, pages string
		kind       track.Kind
		receipt    track.Receipt
		want       string
	}{
		{service, "", track.Deployment, all, "https://app.versioner.io/manage/deployments?view=d%2F1"},
		{service, "", track.Build, all, "https://app.versioner.io/manage/catalog?tab=versions&view=v+2"},
		{"https://Development-API.versioner.io/v1", "", track.Deployment, all, "https://dev.versioner.io/manage/deployments?view=d%2F1"},
		{"https://api.versioner.example", "", track.Deployment, all, ""},
		{"https://api.versioner.io.example", "", track.Deployment, all, ""},
		{"https://api.versioner.example", "https://pages.example/", track.Deployment, all, "https://pages.example/manage/deployments?view=d%2F1"},
		{service, "", track.Deployment, track.Receipt{VersionID: "2"}, ""},
		{service, "", track.Build, track.Receipt{ID: "1"}, ""},
		{"://", "", track.Deployment, all, ""},
	} {
		t.Run(fmt.Sprint(test.api, test.pages, test.kind, test.receipt.ID), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, track.VersionerPage(test.api, test.pages, test.kind, test.receipt), "%+v", test)
		})
	}
}
