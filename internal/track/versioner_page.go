package track

import (
	"net/url"
	"strings"
)

// VersionerPage is where people see what Versioner recorded, "" where that is unknown. Without an address of
// its pages it is known for Versioner's own service only.
func VersionerPage(apiURL, pagesURL string, kind Kind, r Receipt) string {
	pages := strings.TrimSuffix(pagesURL, "/")
	if pages == "" {
		pages = knownPages(apiURL)
	}
	switch {
	case pages == "":
		return ""
	case kind == Build && r.VersionID != "":
		return pages + "/manage/catalog?tab=versions&view=" + url.QueryEscape(r.VersionID)
	case kind != Build && r.ID != "":
		return pages + "/manage/deployments?view=" + url.QueryEscape(r.ID)
	}
	return ""
}

// knownPages are the pages that belong to an address of Versioner's own API.
func knownPages(apiURL string) string {
	address, err := url.Parse(apiURL)
	if err != nil {
		return ""
	}
	return map[string]string{
		"api.versioner.io":             "https://app.versioner.io",
		"development-api.versioner.io": "https://dev.versioner.io",
	}[strings.ToLower(address.Hostname())]
}
