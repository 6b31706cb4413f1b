package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func eventInputs() []Input {
	return []Input{
		{
			Name: "metadata", Aliases: []string{"extra_metadata"}, Default: "{}", sensitive: true,
			Description: "Extra metadata for each event: a JSON object of at most 100 KiB",
			read:        readMetadata,
		},
		{
			Name: "artifacts", sensitive: true,
			Description: "What was built or is deployed: lines of the form `type=location`, such as `oci=ghcr.io/acme/shop@sha256:…`",
			read:        readArtifacts,
		},
		flag("include_email", "Send the email address of the person who pushed to every receiver instead of to Versioner only",
			func(c *Config) *bool { return &c.Track.IncludeEmail }),
		newInput("job_status", "${{ job.status }}",
			"Result of the job for `finish_on_post`, which the runner fills in; leave the default",
			readJobStatus),
		flag("finish_on_post", "With `mode: track` and `status: started`, record how the deployment ended when the job ends",
			func(c *Config) *bool { return &c.Track.FinishOnPost }),
		{
			Name: "versioner_ui_url", Variable: "VERSIONER_UI_URL",
			Description: "Base URL of Versioner's web pages, for links; known for Versioner's own service when empty",
			read:        optional(baseAddress(func(c *Config) *string { return &c.Versioner.UIURL })),
		},
		newInput("versioner_gate", "true", "Let Versioner refuse the start of a deployment",
			boolean(func(c *Config) *bool { return &c.Versioner.Gate })),
		flag("allow_insecure_http", "Allow unencrypted `http://` addresses of other machines for events and health checks, and private networks for health checks",
			func(c *Config) *bool { return &c.AllowInsecureHTTP }),
	}
}

func messageInputs() []Input {
	labels := func(name, when string, field func(*Config) *[]string) Input {
		return newInput(name, "", "Labels for the pull request when a "+when+", comma-separated; `{environment}` becomes the environment's name", entries(field))
	}
	return []Input{
		newInput("comments", "new", "Post the result as a `new` comment, or `update` the start comment",
			choice(func(c *Config) *CommentStyle { return &c.Messages.Style }, NewComment, UpdateComment)),
		{
			Name: "deploy_message_path", Default: ".github/deployment_message.md", allowEmpty: true,
			Description: "Template in the repository for the result comment, if the file exists; empty for no template",
			read:        readTemplatePath,
		},
		labels("successful_deploy_labels", "deployment succeeded",
			func(c *Config) *[]string { return &c.Labels.Deployed }),
		labels("successful_noop_labels", "rehearsal succeeded",
			func(c *Config) *[]string { return &c.Labels.Noop }),
		labels("failed_deploy_labels", "deployment failed",
			func(c *Config) *[]string { return &c.Labels.DeployFailed }),
		labels("failed_noop_labels", "rehearsal failed",
			func(c *Config) *[]string { return &c.Labels.NoopFailed }),
		labels("rollback_labels", "`.rollback` succeeded or the status is `rolled_back`",
			func(c *Config) *[]string { return &c.Labels.RolledBack }),
		newInput("changelog", "true", "List the pull requests that a deployment brings, in comments, the record and the output `changelog`; `false` saves one request",
			boolean(func(c *Config) *bool { return &c.Messages.Changelog })),
		flag("skip_successful_noop_labels_if_approved", "Do not add `successful_noop_labels` to approved pull requests",
			func(c *Config) *bool { return &c.Labels.SkipNoopIfApproved }),
		flag("skip_successful_deploy_labels_if_approved", "Do not add `successful_deploy_labels` to approved pull requests",
			func(c *Config) *bool { return &c.Labels.SkipDeployedIfApproved }),
	}
}

// Of the two modes the later one wins, as in branch-deploy.
func finishInputs() []Input {
	return []Input{
		flag("skip_completing", "Complete nothing when the job ends; another job completes the deployment, with `mode: finish`",
			func(c *Config) *bool { return &c.SkipCompleting }),
		{
			Name: "handoff", needs: need{"mode", string(Finish)},
			Description: "With `mode: finish`, the output `handoff` of the step that started the deployment; found by the run when empty",
			read:        text(func(c *Config) *string { return &c.Handoff }),
		},
		newInput("merge_deploy_mode", "false", "After a merge, report whether `environment` still needs a deployment",
			readMergeMode(MergeDeploy)),
		newInput("unlock_on_merge_mode", "false",
			"After a merge, remove the locks that were created in the pull request",
			readMergeMode(UnlockOnMerge)),
		flag("unlock_on_close", "With `unlock_on_merge_mode`, also remove locks when a pull request is closed without a merge",
			func(c *Config) *bool { return &c.Merge.OnClose }),
		flag("unlock_global_on_merge", "With `unlock_on_merge_mode`, also remove the global lock if the pull request's commands created the lock",
			func(c *Config) *bool { return &c.Merge.Global }),
	}
}

// MaxMetadata is how long metadata may be, in bytes, as Versioner's command line has it.
const MaxMetadata = 100 << 10

// The errors begin with the words of Versioner's own action, which people search for.
func readMetadata(c *Config, value string) error {
	const invalid = "Invalid metadata JSON"
	if len(value) > MaxMetadata {
		return fmt.Errorf("%s: Metadata must not be larger than %d KiB", invalid, MaxMetadata>>10)
	}
	if !utf8.ValidString(value) || !json.Valid([]byte(value)) {
		return fmt.Errorf("%s: Metadata must be valid JSON", invalid)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(value), &members); err != nil || members == nil {
		return fmt.Errorf("%s: Metadata must be a JSON object", invalid)
	}
	c.Track.Metadata = json.RawMessage(value)
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if strings.HasPrefix(key, "vi_") {
			c.Advice = append(c.Advice, fmt.Sprintf("The metadata key %q begins with vi_, which Versioner reserves.", key))
		}
	}
	return nil
}

// recordRollback adds what the state does not say, unless the workflow says something about it.
func (c *Config) recordRollback() {
	var members map[string]json.RawMessage
	if !c.rolledBack || json.Unmarshal(c.Track.Metadata, &members) != nil {
		return
	}
	if _, given := members[RolledBack]; given {
		return
	}
	members[RolledBack] = json.RawMessage("true")
	if marked, err := json.Marshal(members); err == nil {
		c.Track.Metadata = marked
	}
}

// Artifact is something that was built or is deployed.
type Artifact struct {
	Type     string // such as oci for container images
	Location string // a name, path or address without secrets
}

// maxArtifacts is limited because events have little room.
const maxArtifacts = 50

func readArtifacts(c *Config, value string) error {
	for line := range strings.Lines(value) {
		if line = trim(line); line == "" {
			continue
		}
		kind, location, found := strings.Cut(line, "=")
		one := Artifact{Type: strings.ToLower(trim(kind)), Location: trim(location)}
		if !found || one.Type == "" || one.Location == "" || strings.ContainsFunc(one.Type+one.Location, invalid) {
			return errors.New("must be lines of the form type=location, such as oci=ghcr.io/acme/shop@sha256:…")
		}
		if mayHoldSecret(one.Location) {
			return errors.New("a location must not contain a password or a query: every receiver of the event sees it")
		}
		c.Track.Artifacts = append(c.Track.Artifacts, one)
	}
	if len(c.Track.Artifacts) > maxArtifacts {
		return fmt.Errorf("must be at most %d artifacts", maxArtifacts)
	}
	return nil
}

func invalid(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
