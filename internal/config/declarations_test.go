package config_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// GitHub compares names of inputs without regard to case, and turns blanks into underscores.
var name = regexp.MustCompile(`^[a-z][a-z_]*[a-z]$`)

func TestInputsAreDeclaredOnce(t *testing.T) {
	t.Parallel()
	seen, variables := map[string]string{}, map[string]string{}
	for _, input := range config.Inputs() {
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
	assert.Equal(t, map[string]string{"VERSIONER_API_KEY": "versioner_api_key", "VERSIONER_API_URL": "versioner_api_url"}, variables)
}

func TestDeclarationsReadWell(t *testing.T) {
	t.Parallel()
	for _, input := range config.Inputs() {
		assertSentence(t, input.Name, input.Description)
		assert.Equal(t, strings.TrimSpace(input.Default), input.Default, input.Name)
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
	} {
		assert.Equal(t, fallback, declared(t, input).Default, input)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	defaults := config.Defaults()
	for _, input := range config.Inputs() {
		value, listed := defaults[input.Name]
		if strings.Contains(input.Default, "${{") {
			assert.False(t, listed, "%s: only the runner can evaluate it", input.Name)
			continue
		}
		assert.True(t, listed, input.Name)
		assert.Equal(t, input.Default, value, input.Name)
	}
	assert.Len(t, defaults, len(config.Inputs())-2, "github_token and status are expressions")
}

func TestSecretInputs(t *testing.T) {
	t.Parallel()
	var secret []string
	for _, input := range config.Inputs() {
		if input.Secret {
			secret = append(secret, input.Name)
		}
	}
	assert.Equal(t, []string{"github_token", "admins_pat", "versioner_api_key"}, secret)
}
