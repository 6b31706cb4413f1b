package codeowners_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/codeowners"
)

// documented is the example of GitHub's documentation.
const documented = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`

func TestOf(t *testing.T) {
	t.Parallel()
	const ours = ".github/lockstep.yml"
	for name, test := range map[string]struct{ text, file, owners string }{
		"default owners":                 {documented, "README.md", "@global-owner1 @global-owner2"},
		"an extension":                   {documented, "web/src/app.js", "@js-owner"},
		"an address":                     {documented, "main.go", "docs@example.com"},
		"a team":                         {documented, "a/b.txt", "@octo-org/octocats"},
		"a folder at the root":           {documented, "docs/build-app/x.md", "@doctocat"},
		"files of a folder":              {"docs/* @d", "docs/getting-started.md", "@d"},
		"not the folders in it":          {"docs/* @d", "docs/build-app/troubleshooting.md", ""},
		"a folder anywhere":              {"apps/ @a", "deep/apps/x/y", "@a"},
		"no file of that name":           {"apps/ @a", "deep/apps", ""},
		"a name anywhere":                {documented, "deeply/nested/logs/x.log", "@octocat"},
		"taken away":                     {documented, "apps/github/x", ""},
		"next to what is taken away":     {documented, "apps/gitlab/x", "@octocat"},
		"everything":                     {"* @a", ours, "@a"},
		"the file itself":                {"/.github/lockstep.yml @a @acme/b", ours, "@a @acme/b"},
		"without a slash":                {"lockstep.yml @a", ours, "@a"},
		"its folder":                     {".github/ @a", ours, "@a"},
		"its folder without a slash":     {"/.github @a", ours, "@a"},
		"files of the root":              {"/* @a", ours, ""},
		"an extension at the root":       {"/*.yml @a", ours, ""},
		"two stars in front":             {"**/lockstep.yml @a", ours, "@a"},
		"two stars at the end":           {"/.github/** @a", ours, "@a"},
		"two stars between":              {"/a/**/b @a", "a/x/y/b", "@a"},
		"case counts":                    {"/.GitHub/ @a", ours, ""},
		"another folder":                 {"/.github/workflows/ @a", ours, ""},
		"the last one":                   {"* @a\n/.github/ @b\n", ours, "@b"},
		"the last one takes them away":   {"/.github/ @b\n*.yml\n", ours, ""},
		"a comment":                      {"# * @a", ours, ""},
		"a line that GitHub cannot read": {"* @a\n!lockstep.yml @b\n[l]*.yml @c\nlockstep.yml c", ours, "@a"},
		"a space in the path":            {`/my\ files/ @a`, "my files/x", "@a"},
		"braces are no alternatives":     {"*.{yml,yaml} @a", ours, ""},
		"line ends of Windows":           {"* @a\r\n*.yml @b\r\n", ours, "@b"},
		"nothing":                        {"", ours, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.owners, strings.Join(codeowners.Of(test.text, test.file), " "))
		})
	}
}
