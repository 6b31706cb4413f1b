package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// RulesInputs lists the inputs that a rules file replaces.
func RulesInputs() []string {
	return []string{
		"environment_targets", "enforced_deployment_order", "production_environments", "environment_urls", "checks", "skip_ci",
		"skip_reviews", "draft_permitted_targets", "update_branch", "deployment_confirmation",
	}
}

// Draft is a rules file that equals inputs.
type Draft struct {
	Text     string   // "" where no file can say what the inputs say
	Replaced []string // the inputs that go when the file comes
}

// AsRules returns the rules file that equals the inputs. The input environment stays: it names the environment of
// commands that name none.
func (c Config) AsRules() Draft {
	kept := ""
	text := c.draft()
	if _, err := policy.Read(text); err != nil { // a file takes fewer addresses than the input
		c.EnvironmentURLs, kept = nil, "environment_urls"
		text = c.draft()
	}
	if _, err := policy.Read(text); err != nil {
		return Draft{}
	}
	draft := Draft{Text: text}
	for _, input := range RulesInputs() {
		if c.sets(input) && input != kept {
			draft.Replaced = append(draft.Replaced, input)
		}
	}
	return draft
}

func (c Config) draft() string {
	var b strings.Builder
	b.WriteString("version: 1\n")
	if defaults := c.draftDefaults(); len(defaults) > 0 {
		b.WriteString("\ndefaults:\n  " + strings.Join(defaults, "\n  ") + "\n")
	}
	b.WriteString("\nenvironments:\n")
	for _, name := range envname.Distinct(slices.Concat(c.Environments(), c.Order)) {
		b.WriteString("  " + yamlWord(name) + ":\n")
		for _, line := range c.For(name).draftEnvironment() {
			b.WriteString("    " + line + "\n")
		}
	}
	return b.String()
}

func (c Config) draftDefaults() []string {
	var lines []string
	switch c.Checks.Mode {
	case RequiredChecks:
		lines = append(lines, "checks: required")
	case ListedChecks:
		lines = append(lines, "checks: "+yamlList(c.Checks.Names))
	case AllChecks:
	}
	switch c.Outdated.Update {
	case UpdateForce:
		lines = append(lines, "update_branch: force")
	case UpdateDisabled:
		lines = append(lines, "update_branch: false")
	case UpdateWarn:
	}
	if c.Confirmation.Required {
		lines = append(lines, "confirm: true")
	}
	return lines
}

// draftEnvironment writes what is resolved for one environment.
func (c Config) draftEnvironment() []string {
	var lines []string
	resolved := c.Resolved
	if len(resolved.Earlier) > 0 {
		lines = append(lines, "after: "+yamlList(resolved.Earlier))
	}
	if resolved.URL != "" {
		lines = append(lines, "url: "+yamlWord(resolved.URL))
	}
	switch byDefault := envname.Same(resolved.Environment, "production"); {
	case resolved.Production:
		lines = append(lines, "production: true")
	case byDefault:
		lines = append(lines, "production: false")
	}
	if resolved.SkipsChecks {
		lines = append(lines, "checks: false")
	}
	if resolved.SkipsReviews {
		lines = append(lines, "reviews: false")
	}
	if resolved.AllowsDrafts {
		lines = append(lines, "draft: true")
	}
	return lines
}

func yamlList(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = yamlWord(name)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

var (
	plainWord   = regexp.MustCompile(`^(?:https://)?[A-Za-z][A-Za-z0-9_./-]*$`)
	specialWord = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|y|n|null)$`)
)

// yamlWord writes a text in quotes unless it is surely read as it is. JSON's strings are YAML's. The file is shown on
// pages, where an angle bracket may begin a tag.
func yamlWord(text string) string {
	if plainWord.MatchString(text) && !specialWord.MatchString(text) {
		return text
	}
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always has a form in JSON
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`).Replace(strings.TrimSpace(quoted.String()))
}
