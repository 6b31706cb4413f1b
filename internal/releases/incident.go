package releases

import "time"

// Incident is an issue about an incident.
type Incident struct {
	Number   int
	Title    string
	Body     string
	URL      string
	OpenedAt time.Time
	ClosedAt time.Time // zero for one that is open
}
