package track

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

func datadog() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "datadog", Required: "secret", Warnings: silent,
			Settings: []config.Setting{
				{
					Name: "secret", Input: "datadog_api_key", Secret: true, FromEnv: true, Read: readToken,
					Description: "API key for Datadog's DORA metrics; empty for none",
				},
				{
					Name: "site", Input: "datadog_site", Default: "datadoghq.com", Read: readDatadogSite,
					Description: "Datadog site, such as `datadoghq.eu` or `us3.datadoghq.com`",
				},
				{
					Name: "service", Input: "datadog_service",
					Description: "Datadog's name of the service; the product when empty",
				},
			},
		},
		Title: "Datadog", requests: datadogRequests,
		address: func(s config.Sink) string { return "https://api." + s.Settings["site"] },
	}
}

var datadogSite = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)

func readDatadogSite(value string) (string, error) {
	switch {
	case !datadogSite.MatchString(value):
		return "", errors.New("must be the name of a site, such as datadoghq.com or us3.datadoghq.com, without https://")
	case strings.HasPrefix(value, "app.") || strings.HasPrefix(value, "api."):
		return "", errors.New("must be the name of a site without app. or api., such as datadoghq.com")
	case value == "ddog-gov.com" || strings.HasSuffix(value, ".ddog-gov.com"):
		return "", errors.New("the sites for governments have no DORA metrics; use another site, such as datadoghq.com")
	}
	return value, nil
}

// datadogRequests report a completed deployment, whose id stays the same. One that failed is not a deployment to
// the metrics: Datadog finds by itself which of the completed ones had to be repaired.
func datadogRequests(r *receiver, e Event) []request {
	if e.kind() == Build || e.State != config.Completed || len(r.types(e)) == 0 {
		return nil
	}
	var message doraDeployment
	message.Data.Attributes = newDoraAttributes(e, r.setting("service"))
	header := http.Header{"Dd-Api-Key": {r.setting("secret")}}
	return []request{{path: "/api/v2/dora/deployment", id: e.ID, header: header, message: message}}
}

type doraDeployment struct {
	Data struct {
		Attributes doraAttributes `json:"attributes"`
	} `json:"data"`
}

type doraAttributes struct {
	ID          string   `json:"id"`
	Service     string   `json:"service"`
	Environment string   `json:"env,omitempty"`
	Version     string   `json:"version,omitempty"`
	Started     int64    `json:"started_at"` // in milliseconds
	Finished    int64    `json:"finished_at"`
	Git         doraGit  `json:"git,omitzero"`
	Tags        []string `json:"custom_tags,omitempty"`
}

type doraGit struct {
	SHA        string `json:"commit_sha"`
	Repository string `json:"repository_url"`
}

func newDoraAttributes(e Event, service string) doraAttributes {
	begun, ended := e.Times.Started, e.Times.Completed
	if begun.IsZero() || begun.After(ended) {
		begun = ended // the beginning is required, also where it is unknown
	}
	a := doraAttributes{
		ID: e.ID, Service: cmp.Or(service, e.Product), Environment: e.Environment, Version: e.Version,
		Started: begun.UnixMilli(), Finished: ended.UnixMilli(), Tags: []string{"change:" + string(e.change())},
	}
	if e.Actor.Login != "" {
		a.Tags = append(a.Tags, "deployed_by:"+e.Actor.Login)
	}
	if e.SCM.SHA != "" {
		a.Git = doraGit{SHA: e.SCM.SHA, Repository: e.SCM.page()}
	}
	return a
}
