package page_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/page/pagetest"
)

// elements reads a page as strictly as XML, which has no elements that end by themselves.
func elements(t *testing.T, html string) (names map[string]int, texts string) {
	t.Helper()
	html = regexp.MustCompile(`<meta([^>]*)>`).ReplaceAllString(html, "<meta$1/>")
	reader := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(html, "<!DOCTYPE html>")))
	names = map[string]int{}
	var said strings.Builder
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return names, said.String()
		}
		require.NoError(t, err)
		switch one := token.(type) {
		case xml.StartElement:
			names[one.Name.Local]++
			for _, attribute := range one.Attr {
				assert.NotRegexp(t, `^(on|style$|src$)`, attribute.Name.Local)
				if attribute.Name.Local == "href" {
					assert.Regexp(t, `^(https://|#shape-)`, attribute.Value)
				}
			}
		case xml.CharData:
			said.Write(one)
		case xml.Comment, xml.ProcInst, xml.Directive:
			t.Errorf("the page has %T", one)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, one := range pagetest.Pages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := page.HTML(one)
			names, said := elements(t, html)
			for _, name := range []string{"script", "img", "iframe", "link", "object", "form", "base"} {
				assert.Zero(t, names[name], name)
			}
			assert.Equal(t, 1, names["style"])
			assert.Equal(t, len(one.Rows), names["article"])
			assert.Contains(t, html, `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-`)
			assert.Empty(t, regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x00]").FindString(html))
			for _, row := range one.Rows {
				if name != "hostile" {
					assert.Contains(t, said, row.Environment)
				}
			}
			assert.Less(t, len(html), 700<<10)
		})
	}
}

// A name is what it says, and no more, wherever it is.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	_, said := elements(t, page.HTML(pagetest.Hostile()))
	for _, evil := range []string{strings.Repeat("W", 120) + "…", "</svg><script>document.title='taken'</script>", "javascript:document.title='taken'", "pro\uFFFDductio\uFFFDn"} {
		assert.Contains(t, said, evil)
	}
}

func TestEmptyPage(t *testing.T) {
	t.Parallel()
	_, said := elements(t, page.HTML(page.Page{}))
	assert.Contains(t, said, "There are no environments.")
}

// The time that is shown follows from how often is deployed.
func TestScale(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		ages  []time.Duration
		since string
	}{
		"nothing":       {nil, "24 Nov 2026"},
		"hours":         {[]time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour, 90 * day}, "30 Nov 2026"},
		"days":          {[]time.Duration{day, 2 * day, 6 * day}, "24 Nov 2026"},
		"weeks":         {[]time.Duration{day, 10 * day, 29 * day}, "1 Nov 2026"},
		"years":         {[]time.Duration{800 * day}, "2 Sep 2026"},
		"in the future": {[]time.Duration{-day}, "30 Nov 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := page.Row{Environment: "production"}
			for _, age := range test.ages {
				row.Deployments = append(row.Deployments, page.Deployment{At: ago(age), State: page.Bad})
			}
			_, said := elements(t, page.HTML(page.Page{At: noon(), Rows: []page.Row{row}}))
			assert.Regexp(t, `(Since|since) `+test.since, said)
		})
	}
}

func TestTimesInBothZones(t *testing.T) {
	t.Parallel()
	row := page.Row{Environment: "production", Since: time.Date(2026, 12, 1, 23, 30, 0, 0, time.UTC)}
	for name, test := range map[string]struct {
		zone *time.Location
		want string
	}{
		"none":        {nil, "1 Dec 2026 23:30 UTC<"},
		"UTC":         {time.UTC, "1 Dec 2026 23:30 UTC<"},
		"another day": {time.FixedZone("Europe/Berlin", 3600), `1 Dec 2026 23:30 UTC <span class="there">(2 Dec 2026 00:30 Europe/Berlin)<`},
		"same day":    {time.FixedZone("America/New_York", -5*3600), `1 Dec 2026 23:30 UTC <span class="there">(18:30 America/New_York)<`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := page.HTML(page.Page{At: noon(), Zone: test.zone, Rows: []page.Row{row}})
			assert.Contains(t, html, `<time datetime="2026-12-01T23:30:00Z">`+test.want)
		})
	}
}
