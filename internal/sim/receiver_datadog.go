package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// How to reach the receiver of deployments for Datadog's DORA metrics.
const (
	DatadogURL = "https://api.datadoghq.com/api/v2/dora/deployment"
	DatadogKey = "0123456789abcdef0123456789abcdef"
)

// Datadog's limits, and how far the clocks of others may be off.
const (
	datadogTagLimit  = 100
	datadogTolerance = 5 * time.Minute
	datadogHistory   = 2 * 365 * 24 * time.Hour
)

// NewDatadogReceiver returns a receiver at [DatadogURL] that takes deployments by [DatadogKey]. It
// measures their age by the given clock. The text of a message is the service, its version, its
// environment and its tags.
func NewDatadogReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{DatadogURL}, inspect: inspectDatadog,
		accept: func(m Message) answer {
			return reply(http.StatusOK, object{"data": object{"id": m.ID, "type": "dora_deployment"}})
		},
		refuse: func(status int, why string) answer { return reply(status, object{"errors": []any{why}}) },
	}, now)
}

func inspectDatadog(i *inspection) {
	if i.header("Dd-Api-Key") != DatadogKey {
		i.wrong(http.StatusForbidden, "Forbidden")
	}
	i.isJSON(http.StatusUnsupportedMediaType)
	fields := i.object()
	if fields == nil {
		return
	}
	i.members("", fields, []member{{"data", true, isObject}})
	data, _ := fields["data"].(object)
	i.members("data", data, []member{{"attributes", true, isObject}})
	attributes, _ := data["attributes"].(object)
	i.members("data.attributes", attributes, []member{
		{"service", true, isWord},
		{"started_at", true, isUnixTime},
		{"finished_at", true, isUnixTime},
		{"id", false, isLike(`^[a-zA-Z0-9_.:-]{16,128}$`)},
		{"env", false, isWord},
		{"version", false, isWord},
		{"team", false, isWord},
		{"git", false, isObject},
		{"custom_tags", false, areTags},
	})
	if git, given := attributes["git"].(object); given {
		i.members("data.attributes.git", git, []member{{"commit_sha", true, isLike(`^[0-9a-fA-F]{40,64}$`)}, {"repository_url", true, isAddress}})
	}
	i.isPast(attributes)
	i.message.ID = textOf(attributes, "id")
	said := []string{textOf(attributes, "service"), textOf(attributes, "version"), textOf(attributes, "env"), fmt.Sprint(attributes["custom_tags"])}
	i.message.Text = strings.Join(said, " ")
}

// isPast wants a deployment that began before it ended, and not long ago. Moments in a unit that
// Datadog does not know are far away.
func (i *inspection) isPast(attributes object) {
	started, finished := unixTime(attributes["started_at"]), unixTime(attributes["finished_at"])
	switch {
	case started.After(finished):
		i.wrong(http.StatusBadRequest, "started_at %s is after finished_at %s", started, finished)
	case finished.After(i.now.Add(datadogTolerance)) || started.Before(i.now.Add(-datadogHistory)):
		i.wrong(http.StatusBadRequest, "the deployment from %s to %s is not of these days", started, finished)
	}
}

func isUnixTime(value any) bool { return !unixTime(value).IsZero() }

// unixTime reads a number of seconds, milliseconds or nanoseconds by its size.
func unixTime(value any) time.Time {
	number, _ := value.(json.Number)
	count, err := number.Int64()
	const milliseconds, nanoseconds = 1e11, 1e17
	switch {
	case err != nil || count <= 0:
		return time.Time{}
	case count >= nanoseconds:
		return time.Unix(0, count)
	case count >= milliseconds:
		return time.UnixMilli(count)
	}
	return time.Unix(count, 0)
}

// areTags knows lists of key:value.
func areTags(value any) bool {
	tags, isList := value.([]any)
	isTag := isLike(`^[^:\s]+:\S+$`)
	for _, tag := range tags {
		if !isTag(tag) {
			return false
		}
	}
	return isList && len(tags) <= datadogTagLimit
}
