package track

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Datadog reports what was deployed to Datadog's DORA metrics.
type Datadog struct {
	*receiver
	options DatadogOptions
}

// DatadogOptions are what Datadog needs beside its endpoint, whose address has no path.
type DatadogOptions struct {
	APIKey  string
	Service string // what Datadog calls the product, "" for its own name
}

// NewDatadog returns a sink that gets deployments that were completed. Those that failed are no
// deployments to the metrics: Datadog finds by itself which of the completed ones had to be repaired.
func NewDatadog(to Endpoint, o DatadogOptions) (*Datadog, error) {
	common, err := newReceiver("datadog", to, o.APIKey)
	switch {
	case err != nil:
		return nil, err
	case o.APIKey == "" || strings.ContainsFunc(o.APIKey, notInValue):
		return nil, common.to.impossible(errors.New("its key is empty, or has a line break or a control character"))
	}
	return &Datadog{receiver: common, options: o}, nil
}

// Wants reports whether the sink is there for the event, and has words for it.
func (d *Datadog) Wants(e Event) bool {
	return e.kind() == Deployment && e.State == config.Completed && d.receiver.Wants(e)
}

// Send delivers one deployment, whose id stays the same.
func (d *Datadog) Send(ctx context.Context, e Event) error {
	var message doraDeployment
	message.Data.Attributes = newDoraAttributes(e, d.options.Service)
	p, err := d.letter(strings.TrimSuffix(d.to.URL, "/")+"/api/v2/dora/deployment", e.ID, message)
	if err != nil {
		return err
	}
	p.header.Set("Dd-Api-Key", d.options.APIKey)
	return d.courier.deliver(ctx, e, p)
}

// doraDeployment is the body of a request.
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
		begun = ended // a beginning that nobody knows is required all the same
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
