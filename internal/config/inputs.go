package config

import (
	"slices"
	"strings"
	"time"
)

// Input is one input of the action.
type Input struct {
	Name        string
	Aliases     []string // other accepted names; each is also read with hyphens
	Default     string   // as declared in action.yml
	Required    bool
	Secret      bool
	Variable    string // environment variable that is read when the input is not given
	Description string // one line of Markdown
	Period      bool   // a length of time such as 30m, empty for none

	needs      need // what it makes no sense without
	allowEmpty bool // an empty value is a choice of its own, not a request for the default
	sensitive  bool // errors do not repeat the value: it may contain a secret by mistake
	read       reader
	readWith   func(getenv func(string) string) reader // instead of read, for a value that names environment variables
}

// need is an input that another one cannot do without: with a value, or with any if that is empty.
type need struct{ input, value string }

// String returns the need as a workflow spells it.
func (n need) String() string { return strings.TrimSuffix(n.input+": "+n.value, ": ") }

// Spellings returns every name of the input, the canonical one first; those of inputs with aliases also with hyphens.
func (i Input) Spellings() []string {
	names := []string{i.Name}
	if len(i.Aliases) == 0 {
		return names
	}
	names = append(names, i.Aliases...)
	for _, name := range names {
		if hyphens := strings.ReplaceAll(name, "_", "-"); !slices.Contains(names, hyphens) {
			names = append(names, hyphens)
		}
	}
	return names
}

func (i Input) expression() bool { return strings.Contains(i.Default, "${{") }

// Inputs returns every input, in the order of the documentation, with those of the types of sinks.
func Inputs(types ...SinkType) []Input {
	return slices.Concat(runInputs(), DeploymentInputs(), trackInputs(), eventInputs(), sinkInputs(types))
}

// DeploymentInputs returns the inputs about commands and deployments, without those about tracking and receivers.
func DeploymentInputs() []Input {
	return slices.Concat(
		environmentInputs(), policyInputs(), commandInputs(), gateInputs(), checkInputs(), originInputs(), confirmationInputs(), lockInputs(),
		messageInputs(), finishInputs(), healthInputs(), resultInputs(), boardInputs(), reportInputs(),
	)
}

// Declared returns what action.yml declares: each input, and each of its other spellings, which have no default unless
// they are secrets.
func Declared(types ...SinkType) []Input {
	var all []Input
	for _, input := range Inputs(types...) {
		for _, name := range input.Spellings() {
			if name == input.Name {
				all = append(all, input)
				continue
			}
			another := Input{Name: name, Description: "Another spelling of `" + input.Name + "`"}
			if input.Secret { // a secret that is missing is told from an input that is not given
				another.Default = input.Default
			}
			all = append(all, another)
		}
	}
	return all
}

// Defaults returns the value that the runner fills in for each input, without expressions, which only it can evaluate.
func Defaults(types ...SinkType) map[string]string {
	defaults := map[string]string{}
	for _, input := range Inputs(types...) {
		if !input.expression() {
			defaults[input.Name] = input.Default
		}
	}
	return defaults
}

func newInput(name, fallback, description string, read reader) Input {
	return Input{Name: name, Default: fallback, Description: description, read: read}
}

func flag(name, description string, field func(*Config) *bool) Input {
	return newInput(name, "false", description, boolean(field))
}

func periodInput(name, description string, field func(*Config) *time.Duration) Input {
	input := newInput(name, "", description, optional(length(field)))
	input.Period = true
	return input
}

func runInputs() []Input {
	return []Input{
		newInput("mode", "auto", "What the action does: `comment` (run a command), `track` (record a deployment), `finish` (complete a deployment of another job), `doctor` (check the setup), `status` (show what runs where), `manifest` (list releases), `dora` (report DORA metrics), `promote` (deploy what runs in earlier environments), or `auto` (choose by event and inputs)",
			choice(func(c *Config) *Mode { return &c.Mode }, Auto, Comment, TrackIt, Finish, Doctor, ShowStatus, Manifest, DORA, Promote)),
		{
			Name: "github_token", Default: "${{ github.token }}", Required: true, Secret: true,
			Description: "Token for GitHub's API; a fine-grained personal access token cannot read check runs",
			read:        requiredText(func(c *Config) *string { return &c.Token }),
		},
		newInput("status", "${{ job.status }}", "Job status to record; with `mode: track`, the state of the deployment: `started`, `success`, `failure`, `cancelled`, or a synonym",
			optional(readStatus)),
	}
}

func environmentInputs() []Input {
	return []Input{
		newInput("environment", "", "Environment of a command that names none (`production` when empty); with `mode: track`, `promote` or `manifest`, the environment to record, promote to or list",
			text(func(c *Config) *string { return &c.Environment })),
		newInput("environment_targets", "production,development,staging",
			"Environments that a command can name, comma-separated",
			environments(func(c *Config) *[]string { return &c.Targets })),
		{
			Name: "production_environments", Aliases: []string{"production_environment"}, Default: "production", allowEmpty: true,
			Description: "Environments whose deployments GitHub marks as production, comma-separated",
			read:        environments(func(c *Config) *[]string { return &c.ProductionEnvironments }),
		},
		newInput("environment_urls", "", "URL of each environment, as comma-separated `environment|URL` pairs; `disabled` as the URL of an environment without one",
			readEnvironmentURLs),
		newInput("environment_url_in_comment", "true",
			"Link the environment's URL in the comment on a successful deployment",
			boolean(func(c *Config) *bool { return &c.URLInComment })),
	}
}

func commandInputs() []Input {
	word := func(name, fallback, description string, field func(*Config) *string) Input {
		return Input{Name: name, Default: fallback, Description: description, allowEmpty: true, read: text(field)}
	}
	return []Input{
		newInput("trigger", ".deploy", "Command that deploys",
			requiredText(func(c *Config) *string { return &c.Commands.Deploy })),
		word("noop_trigger", ".noop", "Command that rehearses a deployment; every check runs, and no deployment is created",
			func(c *Config) *string { return &c.Commands.Noop }),
		word("lock_trigger", ".lock", "Command that locks an environment",
			func(c *Config) *string { return &c.Commands.Lock }),
		word("unlock_trigger", ".unlock", "Command that unlocks an environment",
			func(c *Config) *string { return &c.Commands.Unlock }),
		word("lock_info_alias", ".wcid", "Command that shows who has a lock (where can I deploy?)",
			func(c *Config) *string { return &c.Commands.LockInfo }),
		word("help_trigger", ".help", "Command that lists the commands and the settings",
			func(c *Config) *string { return &c.Commands.Help }),
		word("rollback_trigger", defaultRollback, "Command that deploys the previous good commit of an environment again",
			func(c *Config) *string { return &c.Commands.Rollback }),
		word("status_trigger", defaultStatus, "Command that shows what runs where and what would block a deployment",
			func(c *Config) *string { return &c.Commands.Status }),
		newInput("param_separator", "|", "Text that separates a command from parameters",
			requiredText(func(c *Config) *string { return &c.Commands.Separator })),
		word("global_lock_flag", "--global", "Flag that applies a lock command to every environment",
			func(c *Config) *string { return &c.Commands.GlobalFlag }),
		flag("disable_naked_commands", "Refuse commands that name no environment",
			func(c *Config) *bool { return &c.Commands.DisableNaked }),
		{
			Name: "reaction", Default: "eyes", allowEmpty: true,
			Description: "Reaction to a command that was seen: `+1`, `-1`, `laugh`, `confused`, `heart`, `hooray`, `rocket` or `eyes`; empty for none",
			read: choice(func(c *Config) *string { return &c.Reaction },
				"eyes", "+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", ""),
		},
	}
}

func gateInputs() []Input {
	return slices.Concat([]Input{
		{
			Name: "permissions", Default: "write,admin", allowEmpty: true,
			Description: "Permissions and roles that can run commands, comma-separated: `read`, `triage`, `write`, `maintain`, `admin`, or a custom role",
			read:        entries(func(c *Config) *[]string { return &c.Permissions }),
		},
		newInput("stable_branch", "main", "Branch that a rollback deploys (`.deploy main to production`)",
			requiredText(func(c *Config) *string { return &c.StableBranch })),
	}, orderInputs(), []Input{
		newInput("required_contexts", "false",
			"Commit statuses that GitHub requires before creating a deployment, comma-separated; `false` for none",
			unless("false", entries(func(c *Config) *[]string { return &c.RequiredContexts }))),
		flag("commit_status", "Write how each deployment ended as the commit status `lockstep/deploy/<environment>` (needs `statuses: write`)",
			func(c *Config) *bool { return &c.CommitStatus }),
	})
}

func trackInputs() []Input {
	return []Input{
		{
			Name: "product", Aliases: []string{"product_name"},
			Description: "Name of what is deployed; the repository's name when empty",
			read:        text(func(c *Config) *string { return &c.Track.Product }),
		},
		newInput("version", "", "Version that is deployed; the commit when empty",
			text(func(c *Config) *string { return &c.Track.Version })),
		{
			Name: "event_type", Aliases: []string{"event-type"},
			Description: "What `mode: track` records: a `deployment` (also when empty) or a `build`, which has no environment",
			read:        choice(func(c *Config) *string { return &c.Track.EventType }, "", "deployment", "build"),
		},
		newInput("deployment_id", "", "With `mode: track` and a final status, the GitHub deployment to complete; found by run, product and environment when empty",
			optional(readDeploymentID)),
		{
			Name: "versioner_api_key", Aliases: []string{"api_key"}, Default: "none", Secret: true, Variable: "VERSIONER_API_KEY",
			Description: "Key for Versioner's API; `none` to send nothing to Versioner. With `mode: track`, an empty key is an error",
			read:        unless("none", text(func(c *Config) *string { return &c.Versioner.APIKey })),
		},
		{
			Name: "versioner_api_url", Aliases: []string{"api_url"}, Default: "https://api.versioner.io", Variable: "VERSIONER_API_URL",
			Description: "Base URL of Versioner's API",
			read:        baseAddress(func(c *Config) *string { return &c.Versioner.APIURL }),
		},
		{
			Name: "fail_on_api_error", Aliases: []string{"fail-on-api-error"}, Default: "true",
			Description: "When Versioner's API cannot be reached: `true` stops the start of a deployment, `always` also fails the step that ends a deployment, `false` goes on",
			read:        readFailOnError,
		},
	}
}
