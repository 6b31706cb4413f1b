package page_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/page/pagetest"
)

func TestReports(t *testing.T) {
	t.Parallel()
	for name, one := range pagetest.Reports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := page.DORA(one)
			names, _ := elements(t, html)
			for _, name := range []string{"script", "img", "iframe", "link", "object", "form", "base"} {
				assert.Zero(t, names[name], name)
			}
			assert.Equal(t, 1, names["style"])
			assert.Equal(t, len(one.Report.Environments), names["section"])
			assert.Empty(t, regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x00]").FindString(html))
			assert.Less(t, len(html), 700<<10)
		})
	}
}

// The page shows what the report says, and the bands of a distribution are those of the levels.
func TestReport(t *testing.T) {
	t.Parallel()
	html := page.DORA(pagetest.Report())
	_, said := elements(t, html)
	for _, want := range []string{
		"DORA metrics", "acme/shop", "production-eu", "Deployment frequency", "3.8 a week", "4 of 6", "n=3", "14.3 % (7)", "counts as failed: the next deployment is a rollback",
		"49 deployments in 14 weeks, at most 5 in one.", "5 under an hour, 18 under a day, 16 to a week, 4 to a month.", "7 count as failed", "2026-W48 (a part)",
	} {
		assert.Contains(t, said, want)
	}
	assert.Equal(t, 7+3, strings.Count(html, "<title>counts as failed</title>"))
	_, empty := elements(t, page.DORA(pagetest.EmptyReport()))
	assert.Contains(t, empty, "No deployments.")
	assert.Contains(t, empty, "unknown key")
	_, none := elements(t, page.DORA(page.Metrics{Report: dora.Of(dora.Settings{Days: 90}, nil, nil)}))
	assert.Contains(t, none, "There are no environments.")
}
