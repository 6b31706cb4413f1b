package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestStatusFile(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"index.html", "public/index.html", "a b/ü.html", ".github-pages/x", "..x/y..html"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			c, err := readInputs(t, map[string]string{"mode": "status", "status_file": value})
			require.NoError(t, err)
			assert.Equal(t, config.BoardSettings{File: value}, c.Board)
			assert.Equal(t, config.ShowStatus, c.Mode)
		})
	}
	for _, value := range []string{
		"/etc/passwd", "..", "../x", "a/../../x", "a/../x", ".", "./x", "a//b", "a/", `a\b`, `..\x`, "a\nb", "a\x00b",
		".git/hooks/pre-commit", "sub/.GIT/config", strings.Repeat("x", 256),
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			c, err := readInputs(t, map[string]string{"mode": "status", "status_file": value})
			require.ErrorContains(t, err, `input "status_file"`)
			require.ErrorContains(t, err, "must be a path below the workspace")
			assert.Empty(t, c.Board.File)
		})
	}
}

func TestBoardIssue(t *testing.T) {
	t.Parallel()
	c, err := readInputs(t, map[string]string{"mode": "status", "board_issue": "12"})
	require.NoError(t, err)
	assert.Equal(t, 12, c.Board.Issue)
	for _, value := range []string{"0", "-1", "#12", "x", "1.5", "99999999999999999999", "https://github.com/acme/shop/issues/12"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			_, err := readInputs(t, map[string]string{"mode": "status", "board_issue": value})
			require.ErrorContains(t, err, "must be the number of an issue")
		})
	}
}

func TestBoardInputsNeedTheirMode(t *testing.T) {
	t.Parallel()
	for input, value := range map[string]string{"status_file": "index.html", "board_issue": "12"} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			_, err := readInputs(t, map[string]string{input: value})
			require.ErrorContains(t, err, `input "`+input+`": needs mode: status`)
		})
	}
}

func TestModeStatusExcludesOthers(t *testing.T) {
	t.Parallel()
	for input, wrong := range map[string]string{"merge_deploy_mode": "mode", "unlock_on_merge_mode": "mode", "result_mode": "result_mode"} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			_, err := readInputs(t, map[string]string{"mode": "status", input: "true", "job_results": `["success"]`})
			require.ErrorContains(t, err, `input "`+wrong+`"`)
		})
	}
	_, err := readInputs(t, map[string]string{"mode": "status", "environment_targets": "a b,a-b", "environment": "a b"})
	assert.NoError(t, err, "it takes no locks")
}
