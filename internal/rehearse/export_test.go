package rehearse

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
)

// Inputs returns the inputs that steps get at this point of the story.
func (p *Session) Inputs() map[string]string { return maps.Clone(p.inputs) }

// Page returns the page that the newest step wrote, "" for none.
func (p *Session) Page() string {
	text, err := os.ReadFile(filepath.Join(p.job.environment["GITHUB_WORKSPACE"], cmp.Or(p.job.environment["INPUT_STATUS_FILE"], p.job.environment["INPUT_DORA_FILE"])))
	if err != nil {
		return ""
	}
	return string(text)
}
