package config

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
)

// ReportSettings say what the modes manifest and dora read, and where they write it besides the job summary.
type ReportSettings struct {
	ManifestFiles []string // manifest_file: paths below the workspace
	Stories       string   // story_pattern: a regular expression that compiles
	Days          int      // dora_days
	Environments  []string // dora_environments, empty for those of production
	Incidents     []string // incident_labels
	DORAFile      string   // dora_file: a path below the workspace, "" for none
}

// DORAEnvironments returns the environments that mode dora is about: those that the workflow names, or else those of
// production.
func (c Config) DORAEnvironments() []string {
	if len(c.Reports.Environments) > 0 {
		return c.Reports.Environments
	}
	var all []string
	for _, name := range slices.Concat(c.ProductionEnvironments, c.Environments()) {
		known := func(other string) bool { return envname.Same(other, name) }
		if c.For(name).Resolved.Production && !slices.ContainsFunc(all, known) {
			all = append(all, name)
		}
	}
	return all
}

func reportInputs() []Input {
	manifest, dora := need{"mode", string(Manifest)}, need{"mode", string(DORA)}
	days := newInput("dora_days", "90", "Days that `mode: dora` reports on, from 1 to 365", readDays)
	days.needs = dora
	stories := newInput("story_pattern", `[A-Z][A-Z0-9]+-\d+`,
		"Regular expression (RE2) by which `mode: manifest` finds keys of user stories in titles", readStories)
	stories.needs = manifest
	return []Input{
		{
			Name: "manifest_file", needs: manifest,
			Description: "Files that `mode: manifest` writes (`.json`, `.yml` or `.yaml`), comma-separated",
			read:        optional(readManifestFiles),
		},
		stories,
		days,
		{
			Name: "dora_environments", needs: dora,
			Description: "Environments that `mode: dora` reports on, comma-separated; the production environments when empty",
			read:        optional(environments(func(c *Config) *[]string { return &c.Reports.Environments })),
		},
		{
			Name: "incident_labels", needs: dora,
			Description: "Labels of incident issues for `mode: dora`, comma-separated; the deployment that was live when an issue was opened counts as failed (needs `issues: read`)",
			read:        entries(func(c *Config) *[]string { return &c.Reports.Incidents }),
		},
		{
			Name: "dora_file", needs: dora,
			Description: "HTML page that `mode: dora` writes, such as `public/dora.html`",
			read:        optional(workspacePath(func(c *Config) *string { return &c.Reports.DORAFile })),
		},
	}
}

const mostDays = 365

func readDays(c *Config, value string) error {
	days, err := strconv.Atoi(value)
	if err != nil || days < 1 || days > mostDays {
		return errors.New("must be a number of days from 1 to 365")
	}
	c.Reports.Days = days
	return nil
}

const longestPattern = 1 << 10 // bytes

func readStories(c *Config, value string) error {
	pattern, err := regexp.Compile(value)
	switch {
	case err != nil, len(value) > longestPattern:
		return errors.New(`must be a regular expression of the syntax RE2, such as [A-Z]+-\d+`)
	case pattern.MatchString(""):
		return errors.New("must not match an empty text")
	}
	c.Reports.Stories = value
	return nil
}

func readManifestFiles(c *Config, value string) error {
	for _, name := range List(value) {
		ending := path.Ext(name)
		if err := checkWorkspacePath(name); err != nil {
			return err
		}
		if !slices.Contains([]string{".json", ".yml", ".yaml"}, strings.ToLower(ending)) {
			return errors.New("must be paths that end in .json, .yml or .yaml, such as release/manifest.json")
		}
		if !slices.Contains(c.Reports.ManifestFiles, name) {
			c.Reports.ManifestFiles = append(c.Reports.ManifestFiles, name)
		}
	}
	return nil
}
