package config_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// GitHub compares names of inputs without regard to case, and turns blanks into underscores.
var name = regexp.MustCompile(`^[a-z][a-z_]*[a-z]$`)

func TestInputsAreDeclaredOnce(t *testing.T) {
	t.Parallel()
	seen, variables := map[string]string{}, map[string]string{}
	for _, input := range config.Inputs(track.SinkTypes()...) {
		assert.Regexp(t, name, input.Name)
		for _, spelling := range input.Spellings() {
			assert.Empty(t, seen[spelling], "%s and %s are both read as %s", input.Name, seen[spelling], spelling)
			seen[spelling] = input.Name
		}
		if input.Variable != "" {
			assert.Empty(t, variables[input.Variable], input.Variable)
			variables[input.Variable] = input.Name
		}
	}
	assert.Equal(t, map[string]string{"VERSIONER_API_KEY": "versioner_api_key", "VERSIONER_API_URL": "versioner_api_url", "VERSIONER_UI_URL": "versioner_ui_url"}, variables)
}

func TestDeclarationsReadWell(t *testing.T) {
	t.Parallel()
	for _, input := range config.Inputs(track.SinkTypes()...) {
		t.Run(input.Name, func(t *testing.T) {
			t.Parallel()
			assertSentence(t, input.Name, input.Description)
			assert.Equal(t, strings.TrimSpace(input.Default), input.Default)
		})
	}
	seen := map[string]bool{}
	for _, output := range config.Outputs() {
		assert.Regexp(t, name, output.Name)
		assert.False(t, seen[output.Name], output.Name)
		seen[output.Name] = true
		assertSentence(t, output.Name, output.Description)
	}
}

func assertSentence(t *testing.T, name, description string) {
	t.Helper()
	assert.NotEmpty(t, description, name)
	assert.NotContains(t, description, "\n", name)
	assert.Equal(t, strings.TrimSpace(description), description, name)
	assert.False(t, strings.HasSuffix(description, "."), "%s: table cells and action.yml end without a full stop", name)
	assert.Zero(t, strings.Count(description, "`")%2, "%s leaves a code span open", name)
}

// Names that workflows written for branch-deploy use.
func TestDropInNames(t *testing.T) {
	t.Parallel()
	for input, fallback := range map[string]string{
		"github_token": "${{ github.token }}", "status": "${{ job.status }}",
		"environment_targets": "production,development,staging", "environment_urls": "",
		"environment_url_in_comment": "true", "production_environments": "production", "reaction": "eyes",
		"trigger": ".deploy", "noop_trigger": ".noop", "lock_trigger": ".lock", "unlock_trigger": ".unlock",
		"help_trigger": ".help", "lock_info_alias": ".wcid", "permissions": "write,admin",
		"param_separator": "|", "global_lock_flag": "--global", "stable_branch": "main", "required_contexts": "false",
		"disable_naked_commands": "false", "enforced_deployment_order": "", "draft_permitted_targets": "",
		"commit_verification": "false", "update_branch": "warn", "outdated_mode": "strict", "skip_ci": "",
		"checks": "all", "ignored_checks": "", "skip_reviews": "", "allow_forks": "false", "admins": "false",
		"admins_pat": "false", "allow_sha_deployments": "false", "use_security_warnings": "true",
		"allow_non_default_target_branch_deployments": "false",
		"disable_lock": "false", "sticky_locks": "false", "sticky_locks_for_noop": "false",
		"deployment_confirmation": "false", "deployment_confirmation_timeout": "60",
		"deploy_message_path": ".github/deployment_message.md", "skip_completing": "false",
		"successful_deploy_labels": "", "successful_noop_labels": "", "failed_deploy_labels": "", "failed_noop_labels": "",
		"skip_successful_noop_labels_if_approved": "false", "skip_successful_deploy_labels_if_approved": "false",
		"merge_deploy_mode": "false", "unlock_on_merge_mode": "false",
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, fallback, declared(t, input).Default, input)
		})
	}
}

// Names that such workflows read.
func TestDropInOutputs(t *testing.T) {
	t.Parallel()
	var names []string
	for _, output := range config.Outputs() {
		names = append(names, output.Name)
	}
	assert.Subset(t, names, []string{
		"actor", "actor_handle", "approved_reviews_count", "base_ref", "comment_body", "comment_id", "commit_status",
		"commit_verified", "continue", "decision", "default_branch_tree_sha", "deployment_id", "environment",
		"environment_url", "fork", "fork_checkout", "fork_full_name", "fork_label", "fork_ref",
		"global_lock_claimed", "global_lock_released", "initial_comment_id", "initial_reaction_id", "is_outdated",
		"issue_number", "merge_state_status", "needs_to_be_deployed", "non_default_target_branch_used", "noop",
		"params", "parsed_params", "reason_code", "ref", "result", "review_decision", "sha", "sha_deployment",
		"total_seconds", "triggered", "type", "unlocked_environments",
	})
	assert.Subset(t, names, []string{"handoff", "lock_ref_sha"}, "what a workflow needs that ends its deployments itself")
	assert.Subset(t, names, []string{"tracking_status", "block_code", "retry_after", "report_only_warnings", "event_id", "record"})
	assert.Subset(t, names, []string{"version_id", "product_id", "build_id", "environment_id"}, "what workflows for Versioner's action read")
}

// What is declared is what action.yml shows.
func TestTrackingDefaults(t *testing.T) {
	t.Parallel()
	for input, fallback := range map[string]string{
		"metadata": "{}", "finish_on_post": "false", "versioner_gate": "true",
		"allow_insecure_http": "false", "webhook_url": "", "webhook_secret": "", "webhook_headers": "", "webhook_events": "",
		"webhook_signature_header": "X-Signature-256", "slack_webhook_url": "", "slack_events": "", "slack_mention_on_failure": "",
		"cdevents_url": "", "cdevents_token": "", "cdevents_mode": "binary", "cdevents_artifact_id": "", "sinks": "",
		"pagerduty_routing_key": "", "pagerduty_alert_on_failure": "false", "pagerduty_severity": "error", "pagerduty_url": "https://events.pagerduty.com",
		"datadog_api_key": "", "datadog_site": "datadoghq.com", "datadog_service": "",
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, fallback, declared(t, input).Default, input)
			assert.False(t, declared(t, input).Required, input)
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	defaults := config.Defaults(track.SinkTypes()...)
	for _, input := range config.Inputs(track.SinkTypes()...) {
		t.Run(input.Name, func(t *testing.T) {
			t.Parallel()
			value, listed := defaults[input.Name]
			if strings.Contains(input.Default, "${{") {
				assert.False(t, listed, "%s: only the runner can evaluate it", input.Name)
				return
			}
			assert.True(t, listed, input.Name)
			assert.Equal(t, input.Default, value, input.Name)
		})
	}
	assert.Len(t, defaults, len(config.Inputs(track.SinkTypes()...))-3, "github_token, status and job_status are expressions")
}

func TestSecretInputs(t *testing.T) {
	t.Parallel()
	var secret []string
	for _, input := range config.Inputs() {
		if input.Secret {
			secret = append(secret, input.Name)
		}
	}
	assert.Equal(t, []string{
		"github_token", "team_token", "versioner_api_key",
	}, secret)
}

// Inputs for which blanks are a choice of their own.
func choosesBlank() map[string]string {
	return map[string]string{
		"production_environments": "no environment is production", "reaction": "no reaction",
		"noop_trigger": "off", "lock_trigger": "off", "unlock_trigger": "off", "lock_info_alias": "off", "help_trigger": "off",
		"rollback_trigger": "off", "status_trigger": "off",
		"global_lock_flag": "off", "deploy_message_path": "no template", "policy_path": "no rules file",
	}
}

// Blanks, as JavaScript knows them, ask for the default, unless they are a choice of their own.
func TestBlankInputs(t *testing.T) {
	t.Parallel()
	for _, input := range config.Inputs(track.SinkTypes()...) {
		t.Run(input.Name, func(t *testing.T) {
			t.Parallel()
			if input.Required || input.Name == "status" {
				return
			}
			for _, blank := range []string{"", " ", "\t\r\n", "\u00a0\ufeff", "\u2028\u3000"} {
				if input.Name == "permissions" { // an empty list does not say whether no one or everyone is meant
					assert.Equal(t, "permissions", failing(t, values{input.Name: blank}).Input)
					continue
				}
				_, chosen := choosesBlank()[input.Name]
				c := read(t, values{input.Name: blank})
				assert.Equal(t, chosen, !assert.ObjectsAreEqual(read(t, nil), c), "%s: %q", input.Name, blank)
			}
		})
	}
}

// Blanks around a value do not belong to it; what merely looks like blanks does.
func TestBlanksAroundInputs(t *testing.T) {
	t.Parallel()
	c := read(t, values{"stable_branch": "\ufeff trunk\u00a0\n", "environment": "\u3000qa\u2029", "environment_targets": "\u00a0qa\ufeff,\u2003prod "})
	assert.Equal(t, "trunk qa", c.StableBranch+" "+c.Environment)
	assert.Equal(t, []string{"qa", "prod"}, c.Targets)
	c = read(t, values{"stable_branch": "\u0085trunk\u200b"})
	assert.Equal(t, "\u0085trunk\u200b", c.StableBranch)
}

// Only the word false, as in action.yml, switches the contexts off; others are names of contexts.
func TestContextsThatLookLikeFalse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"False", "FALSE", "none", "null", "0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, []string{name}, read(t, values{"required_contexts": name}).RequiredContexts)
		})
	}
}

// GitHub takes no expressions in descriptions: a manifest with one cannot be loaded.
func TestDescriptionsWithoutExpressions(t *testing.T) {
	t.Parallel()
	for _, input := range config.Inputs(track.SinkTypes()...) {
		assert.NotContains(t, input.Description, "${{", input.Name)
	}
}
